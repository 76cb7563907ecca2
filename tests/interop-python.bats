# SPDX-License-Identifier: GPL-3.0-or-later
#
# Interoperation with python3 programs: plain sockets, asyncio, socketserver.

load lib/common

@test "connect and a server that reads 1024 bytes, answers and closes" {
    peer hello_server
    run netpy connect 127.0.0.1 "$port" <<<"hello"
    assert_success
    assert_output "Hello, World!"
    assert_peer_said "hello"
}

@test "the same over IPv6" {
    need_ipv6
    peer hello_server -6
    run netpy connect ::1 "$port" <<<"hello"
    assert_output "Hello, World!"
}

@test "send and the same server" {
    peer hello_server
    run netpy send 127.0.0.1 "$port" hello
    assert_success
    assert_output "Hello, World!"
    assert_peer_said "hello"
}

@test "listen and a client that sends, reads once and prints" {
    printf 'Hello, World!' >in
    stdin=in start_listener srv
    run run_peer hello_client 127.0.0.1 "$port" "question"
    assert_success
    assert_output "Hello, World!"
    assert_ends "$srv" 0
    assert_file srv.out "question"
}

@test "listen --reply and the same client" {
    start_listener srv --reply 'Hello, World!'
    run run_peer hello_client 127.0.0.1 "$port" "question"
    assert_output "Hello, World!"
    assert_ends "$srv" 0
    assert_file srv.out "question"
}

@test "connect --eof keep and an asyncio server that takes a half-close for the end" {
    peer asyncio_server
    mkfifo in out
    stdin=in stdout=out start cl "$NETPY" connect 127.0.0.1 "$port"
    exec 8>in 9<out
    echo hello >&8
    within 10 head -n 1 <&9 >got
    assert_file got "HELLO\n"
    exec 8>&-
    assert_ends "$cl" 0
    exec 9<&-
}

@test "send and the asyncio server" {
    peer asyncio_server
    run netpy send --wait 300ms 127.0.0.1 "$port" $'one\ntwo\n'
    assert_success
    assert_output $'ONE\nTWO'
}

@test "listen and an asyncio client" {
    echo "answer" >in
    stdin=in start_listener srv
    run run_peer asyncio_client "$port" one two
    assert_output answer
    assert_ends "$srv" 0
    assert_file srv.out "one\ntwo\n"
}

@test "listen -k --echo and ten asyncio clients" {
    start_listener srv -k --echo
    for number in 1 2 3 4 5 6 7 8 9 10; do
        run run_peer asyncio_client "$port" "number $number"
        assert_output "number $number"
    done
}

@test "connect and send with a socketserver" {
    peer socketserver_server
    run netpy connect 127.0.0.1 "$port" <<<"hello"
    assert_success
    assert_output "5 bytes: hello"
    run netpy send --eol lf 127.0.0.1 "$port" "hello"
    assert_success
    assert_output "5 bytes: hello"
}
