# SPDX-License-Identifier: GPL-3.0-or-later
#
# Two programs, a connection between them, and every byte at the other end.

load lib/common

@test "what goes into connect comes out of listen" {
    start_listener srv
    netpy connect 127.0.0.1 "$port" <<<"hello"
    assert_ends "$srv" 0
    assert_file srv.out "hello\n"
}

@test "what goes into listen comes out of connect" {
    echo "from the listener" >in
    stdin=in start_listener srv
    netpy connect --eof half 127.0.0.1 "$port" >out
    assert_ends "$srv" 0
    assert_file out "from the listener\n"
}

@test "both ways at once, every byte value, to the last byte" {
    make_file a 3000001
    make_file b 5000003
    stdin=b start_listener srv
    netpy connect 127.0.0.1 "$port" <a >out
    assert_ends "$srv" 0
    assert_same a srv.out
    assert_same b out
}

@test "the same over IPv6" {
    need_ipv6
    make_file a 1M
    address=::1 start_listener srv
    netpy connect ::1 "$port" <a
    assert_ends "$srv" 0
    assert_same a srv.out
}

@test "the same over a unix socket" {
    make_file a 1M
    start srv "$NETPY" listen "unix:$dir/sock"
    wait_until 10 test -S sock
    netpy connect "unix:$dir/sock" <a
    assert_ends "$srv" 0
    assert_same a srv.out
}

@test "the same over an abstract unix socket" {
    [[ $(uname) == Linux ]] || skip "only Linux has them"
    name=netpy-test-$$-$RANDOM
    echo answer >in
    stdin=in start srv "$NETPY" listen "unix:@$name"
    wait_until 10 grep -q "@$name" /proc/net/unix
    netpy connect "unix:@$name" <<<"question" >out
    assert_ends "$srv" 0
    assert_file srv.out "question\n"
    assert_file out "answer\n"
}

@test "listen without an address takes IPv4 and IPv6 on one port" {
    need_ipv6
    address='' start_listener srv -k --accept 2
    netpy connect 127.0.0.1 "$port" <<<"four"
    netpy connect ::1 "$port" <<<"six"
    assert_ends "$srv" 0
    run sort srv.out
    assert_output $'four\nsix'
}

@test "listen localhost takes both loopbacks on one port" {
    need_ipv6
    getent ahostsv6 localhost | grep -q ^::1 || skip "localhost has no IPv6 address here"
    address=localhost start_listener srv -k --accept 2
    netpy connect 127.0.0.1 "$port" <<<"four"
    netpy connect ::1 "$port" <<<"six"
    assert_ends "$srv" 0
    run sort srv.out
    assert_output $'four\nsix'
}

@test "connect localhost finds whichever family listens" {
    start_listener srv
    netpy connect localhost "$port" <<<"hello"
    assert_ends "$srv" 0
    assert_file srv.out "hello\n"
}

@test "HOST:PORT, [V6]:PORT and tcp:// are endpoints too" {
    for way in 127.0.0.1: tcp:127.0.0.1: tcp://127.0.0.1: localhost:; do
        start_listener srv
        netpy connect "$way$port" <<<"$way"
        assert_ends "$srv" 0
        assert_file srv.out "$way\n"
    done
    need_ipv6
    address=::1 start_listener srv
    netpy connect "[::1]:$port" <<<"six"
    assert_ends "$srv" 0
    assert_file srv.out "six\n"
}

@test "l, c and s are short for listen, connect and send" {
    start srv "$NETPY" l --port-file port 127.0.0.1 0
    wait_ready srv port
    netpy c 127.0.0.1 "$(<port)" <<<"hello"
    assert_ends "$srv" 0
    assert_file srv.out "hello\n"
    peer steps -1 listen recv send ok
    run netpy s 127.0.0.1 "$port" "hi"
    assert_success
    assert_output ok
}

@test "listen says once on stderr where it listens, and nothing on stdout" {
    start_listener srv
    wait_until 10 has srv.err "127.0.0.1:$port"
    netpy connect --eof half 127.0.0.1 "$port"
    assert_ends "$srv" 0
    assert_file srv.out ""
    assert_equal "$(grep -c listening srv.err)" 1
}

@test "connect and send say nothing when all is well" {
    peer steps listen recv send answer
    run --separate-stderr netpy connect 127.0.0.1 "$port" <<<"x"
    assert_success
    assert_equal "$stderr" ""
    assert_output answer
    run --separate-stderr netpy send 127.0.0.1 "$port" x
    assert_success
    assert_equal "$stderr" ""
    assert_output answer
}

@test "--ready-fd gets one line, HOST PORT, and is closed" {
    mkfifo ready
    start srv bash -c 'exec "$@" 7>ready' - "$NETPY" listen --ready-fd 7 127.0.0.1 0
    run within 10 cat ready
    assert_success
    assert_equal "${#lines[@]}" 1
    assert_regex "$output" '^127\.0\.0\.1 [0-9]+$'
    netpy connect 127.0.0.1 "${output#* }" <<<"hello"
    assert_ends "$srv" 0
}

@test "--ready-fd names a unix socket by its endpoint" {
    mkfifo ready
    start srv bash -c 'exec "$@" 7>ready' - "$NETPY" listen --ready-fd 7 unix:sock
    run within 10 cat ready
    assert_output "unix:sock"
    netpy connect --eof half unix:sock
    assert_ends "$srv" 0
}

@test "--port-file gets the port and nothing else, and no other file stays" {
    mkdir sub
    start srv "$NETPY" listen --port-file sub/port 127.0.0.1 0
    wait_ready srv sub/port
    assert_regex "$(<sub/port)" '^[0-9]+$'
    assert_equal "$(ls -A sub)" port
    netpy connect --eof half 127.0.0.1 "$(<sub/port)"
    assert_ends "$srv" 0
}

@test "without -k the second client is refused" {
    start_listener srv
    start first python3 -u "$tests/peers/steps.py" connect "$port" send one until go
    wait_until 10 has srv.out one
    run netpy connect 127.0.0.1 "$port"
    assert_failure 4
    touch go
    assert_ends "$srv" 0
}

@test "-v is a timeline with figures at the end" {
    peer steps listen recv send answer
    run --separate-stderr netpy connect -v 127.0.0.1 "$port" <<<"question"
    assert_success
    assert_output answer
    assert_regex "$stderr" "127\.0\.0\.1:$port"
    assert_regex "$stderr" "(^|[^0-9])9([^0-9]|$)" # bytes sent
    assert_regex "$stderr" "(^|[^0-9])6([^0-9]|$)" # bytes received
}

@test "-vv is a hexdump of both directions" {
    peer steps listen recv send answer
    run --separate-stderr netpy connect -vv 127.0.0.1 "$port" <<<"question"
    assert_success
    assert_output answer
    assert_regex "$stderr" "71 75 65 73 74 69 6f 6e[ -]0a"
    assert_regex "$stderr" "61 6e 73 77 65 72"
    assert_regex "$stderr" "\|question\.?\|"
}

@test "bytes that come late come too" {
    peer steps listen drip 26 0.02
    run netpy connect 127.0.0.1 "$port"
    assert_success
    assert_output abcdefghijklmnopqrstuvwxyz
}

@test "an interactive exchange through pipes is not held back" {
    peer steps listen echo
    mkfifo in out
    start cl bash -c '"$1" connect 127.0.0.1 "$2" <in >out' - "$NETPY" "$port"
    exec 8>in 9<out
    for word in one two three; do
        echo "$word" >&8
        within 10 head -n 1 <&9 >got || :
        assert_file got "$word\n"
    done
    exec 8>&-
    assert_ends "$cl" 0
    exec 9<&-
}
