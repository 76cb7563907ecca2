# SPDX-License-Identifier: GPL-3.0-or-later
#
# Datagrams to and from the programs that people have: each in both roles.

load lib/common
bats_require_minimum_version 1.5.0

# wait_udp PORT: until somebody has taken it.
wait_udp() { wait_until 15 grep -sqE "$(printf ':%04X ' "$1")" /proc/net/udp /proc/net/udp6; }

# we_ask COMMAND...: with "127.0.0.1 PORT" at its end it listens; its output is srv.out, and it
# answers with its stdin.
we_ask() {
    mkfifo in
    exec 9<>in
    port=$(free_port)
    stdin=in start srv "$@" 127.0.0.1 "$port"
    wait_udp "$port"
    start cl "$NETPY" udp-send --replies 1 --wait 10 127.0.0.1 "$port" 'a question'
    wait_until 10 has srv.out 'a question'
    echo answer >&9
    assert_ends "$cl" 0
    assert_file cl.out 'answer\n'
}

# asks_us COMMAND...: with $port at its end it sends its stdin to us and prints what comes.
asks_us() {
    start_udp_listener srv --reply 'an answer' --datagrams 1
    mkfifo in
    stdin=in start cl "$@" 127.0.0.1 "$port"
    exec 9>in
    echo question >&9
    wait_until 10 has cl.out 'an answer'
    exec 9>&-
    assert_ends "$srv" 0
    assert_file srv.out 'question\n'
}

@test "python's pair" {
    peer hello_udp_server
    run -0 netpy udp-send --replies 1 127.0.0.1 "$port" 'Hi!'
    assert_output 'Hello, World!'
    assert_peer_said 'Hi!'
    start_udp_listener srv --reply 'Hello, World!' --datagrams 1
    run run_peer hello_udp_client 127.0.0.1 "$port" 'Hi!'
    assert_output --partial 'Hello, World!'
    assert_ends "$srv" 0
}

@test "python's pair over IPv6" {
    need_ipv6
    peer hello_udp_server -6
    run -0 netpy udp-send --replies 1 ::1 "$port" 'Hi!'
    assert_output 'Hello, World!'
}

@test "nc.openbsd listens" {
    need nc.openbsd
    we_ask nc.openbsd -u -l
}

@test "nc.traditional listens" {
    need nc.traditional
    # Its -l takes the port from -p.
    we_ask sh -c 'exec nc.traditional -u -l -s "$1" -p "$2"' sh
}

@test "ncat listens" {
    need ncat
    we_ask ncat -u -l
}

@test "nc.openbsd asks" {
    need nc.openbsd
    asks_us nc.openbsd -u
}

@test "nc.traditional asks" {
    need nc.traditional
    asks_us nc.traditional -u
}

@test "ncat asks" {
    need ncat
    asks_us ncat -u
}

@test "socat asks, 60,000 bytes at a time" {
    need socat
    make_file a 60000
    start_udp_listener srv --echo --datagrams 1
    within 10 socat -b 65507 -t 2 -T 2 - "UDP:127.0.0.1:$port" <a >back
    assert_ends "$srv" 0
    assert_same a srv.out
    assert_same a back
}

@test "socat listens and answers" {
    need socat
    port=$(free_port)
    start srv socat -b 65507 "UDP4-RECVFROM:$port,bind=127.0.0.1,fork" EXEC:cat
    wait_udp "$port"
    make_file a 60000
    netpy udp-send --replies 1 --wait 10 127.0.0.1 "$port" @a >back
    assert_same a back
}

@test "socat over unix datagrams, both roles" {
    need socat
    start srv "$NETPY" udp-listen --ready-fd 5 --echo "unix:$dir/sock" 5>ready
    wait_ready srv ready
    run within 10 socat -t 1 - "UNIX-SENDTO:$dir/sock,bind=$dir/mine" <<<hello
    assert_output hello
    start soc socat "UNIX-RECVFROM:$dir/other,fork" EXEC:cat
    wait_until 10 test -S other
    run -0 netpy udp-send --replies 1 --wait 10 "unix:$dir/other" hello
    assert_output hello
}
