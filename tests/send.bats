# SPDX-License-Identifier: GPL-3.0-or-later
#
# send: asks, prints the whole answer, and knows when it is over.

load lib/common

@test "DATA words are joined by one blank and sent exactly" {
    start_listener srv --reply ok
    run netpy send 127.0.0.1 "$port" 'one  two' three
    assert_output ok
    assert_ends "$srv" 0
    assert_file srv.out 'one  two three'
}

@test "with DATA stdin is never read" {
    printf 'mine' >in
    start_listener srv --reply ok
    run bash -c '{ "$@" >/dev/null; cat; } <in' - "$NETPY" send 127.0.0.1 "$port" hello
    assert_output mine
    assert_ends "$srv" 0
    assert_file srv.out hello
}

@test "without DATA stdin is sent" {
    make_file a 1M
    peer steps -1 listen read-all send late
    run netpy send --wait 100ms 127.0.0.1 "$port" <a
    assert_success
    assert_output late
    assert_peer_said "end after $((1 << 20)) $(digest a)"
}

@test "@FILE is a file's content, @@x the text @x, @- stdin" {
    printf 'content' >file
    for pair in '@file:content' '@@file:@file' '@-:from stdin'; do
        start_listener srv --reply ok
        printf 'from stdin' | netpy send 127.0.0.1 "$port" "${pair%%:*}"
        assert_ends "$srv" 0
        assert_file srv.out "${pair#*:}"
    done
}

@test "@FILE that is not there: status 9, before the network is touched" {
    peer steps listen say client
    run netpy send 127.0.0.1 "$port" @nothing
    assert_failure 9
    assert_output --partial nothing
    assert_file <(peer_said) ""
}

@test "-e decodes escapes" {
    start_listener srv --reply ok
    netpy send -e 127.0.0.1 "$port" 'a\r\n\t\x00\xff\\b'
    assert_ends "$srv" 0
    assert_file srv.out 'a\r\n\t\0\xff\\b'
}

@test "--hex takes bytes in hexadecimal" {
    start_listener srv --reply ok
    netpy send --hex 127.0.0.1 "$port" '00 01ff' 0a
    assert_ends "$srv" 0
    assert_file srv.out '\0\001\xff\n'
    run netpy send --hex 127.0.0.1 "$port" 'xyz'
    assert_failure 2
}

@test "a backslash in DATA without -e: sent as it is, and a hint" {
    start_listener srv --reply ok
    run --separate-stderr netpy send 127.0.0.1 "$port" 'hello\r\n'
    assert_success
    assert_regex "$stderr" "hint: .*-e"
    assert_ends "$srv" 0
    assert_file srv.out 'hello\\r\\n'
}

@test "DATA that is the name of a file: sent as it is, and a hint" {
    echo content >request.txt
    start_listener srv --reply ok
    run --separate-stderr netpy send 127.0.0.1 "$port" request.txt
    assert_success
    assert_regex "$stderr" "hint: .*@request.txt"
    assert_ends "$srv" 0
    assert_file srv.out request.txt
}

@test "--until ERE ends when the answer matches, however it comes" {
    peer steps listen recv send 'line\nEN' pause 0.1 send 'D ok\n' hold
    start cl "$NETPY" send --until 'END' 127.0.0.1 "$port" hello
    assert_ends "$cl" 0
    has cl.out "line"
    has cl.out END
}

@test "--reply-bytes N ends after N bytes" {
    peer steps listen recv send 123456789 hold
    start cl "$NETPY" send --reply-bytes 5 127.0.0.1 "$port" hello
    assert_ends "$cl" 0
    assert_regex "$(<cl.out)" "^12345"
}

@test "--done-after TIME: silence for so long after the first byte is the end" {
    peer steps listen recv send answer hold
    start cl "$NETPY" send --done-after 200ms 127.0.0.1 "$port" hello
    assert_ends "$cl" 0
    assert_file cl.out answer
}

@test "--done-after does not count before the first byte" {
    peer steps listen recv pause 0.6 send answer hold
    start cl "$NETPY" send --done-after 200ms 127.0.0.1 "$port" hello
    assert_ends "$cl" 0
    assert_file cl.out answer
}

@test "--expect ERE: status 8 unless the answer matches" {
    peer steps listen recv send 'HTTP/1.1 200 OK'
    run netpy send --expect '^HTTP/1\.[01] 200' 127.0.0.1 "$port" hello
    assert_success
    run netpy send --expect '^HTTP/1\.[01] 404' 127.0.0.1 "$port" hello
    assert_failure 8
}

@test "--expect: no answer at all is status 8" {
    peer steps listen recv
    run netpy send --expect 'x' 127.0.0.1 "$port" hello
    assert_failure 8
}

@test "--expect that is no ERE: status 2" {
    run netpy send --expect '(' 127.0.0.1 1 hello
    assert_failure 2
    run netpy send --until '[' 127.0.0.1 1 hello
    assert_failure 2
}

@test "--show hex and --show text" {
    peer steps listen recv send 'a\x1b\x00b'
    run netpy send --show hex 127.0.0.1 "$port" hello
    assert_success
    assert_output --regexp '61 1b 00 62'
    run netpy send --show text 127.0.0.1 "$port" hello
    assert_success
    assert_output --partial 'a\x1b\x00b'
}

@test "a large answer comes whole" {
    make_file a 8M
    peer steps -1 listen recv file a
    netpy send 127.0.0.1 "$port" hello >out
    assert_same a out
}

@test "an answer that is slow to begin comes whole" {
    peer steps -1 listen recv pause 1.5 send late
    run netpy send 127.0.0.1 "$port" hello
    assert_success
    assert_output late
}

@test "over a unix socket" {
    peer steps -1 -u "$dir/sock" listen recv send answer
    run netpy send "unix:$dir/sock" hello
    assert_success
    assert_output answer
}
