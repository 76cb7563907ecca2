# SPDX-License-Identifier: GPL-3.0-or-later
#
# Interoperation with programs that speak HTTP.

load lib/common

page=$'HTTP/1.1 200 OK\r\nContent-Length: 13\r\nConnection: close\r\n\r\nHello, World!'

@test "curl gets a page from listen --reply" {
    need curl
    start_listener srv --reply "$page"
    run curl -sS --max-time 20 "http://127.0.0.1:$port/path"
    assert_success
    assert_output "Hello, World!"
    assert_ends "$srv" 0
    assert_line_of srv.out $'GET /path HTTP/1.1\r'
}

@test "curl gets many pages from listen -k --reply" {
    need curl
    printf '%s' "$page" >page
    start_listener srv -k --reply @page
    for _ in 1 2 3 4 5; do
        run curl -sS --max-time 20 "http://127.0.0.1:$port/"
        assert_output "Hello, World!"
    done
}

@test "curl gets a page without a length: the end of the connection is the end" {
    need curl
    make_file body 3M
    { printf 'HTTP/1.0 200 OK\r\n\r\n'; cat body; } >page
    start_listener srv --reply @page
    curl -sS --max-time 20 -o got "http://127.0.0.1:$port/"
    assert_ends "$srv" 0
    assert_same body got
}

@test "curl posts, and the whole request is printed" {
    need curl
    start_listener srv --reply "$page" --reply-after 'last word'
    run curl -sS --max-time 20 --data 'first and last word' "http://127.0.0.1:$port/"
    assert_output "Hello, World!"
    assert_ends "$srv" 0
    has srv.out "first and last word"
}

@test "send gets a page from python's http.server" {
    port=$(free_port)
    mkdir www
    echo "a page" >www/index.html
    start web python3 -u -m http.server --bind 127.0.0.1 --directory www "$port"
    wait_port "$port"
    run netpy send -e 127.0.0.1 "$port" 'GET /index.html HTTP/1.0\r\n\r\n'
    assert_success
    assert_line --index 0 --partial "200 OK"
    assert_line "a page"
    printf 'GET /index.html HTTP/1.0\n\n' >in
    run netpy connect -C 127.0.0.1 "$port" <in
    assert_success
    assert_line "a page"
}

assert_line_of() { grep -qxF -e "$2" "$1"; }
