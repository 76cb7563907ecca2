# SPDX-License-Identifier: GPL-3.0-or-later
#
# What datagrams have to survive: errors of the kernel, floods, slow readers.

load lib/common
bats_require_minimum_version 1.5.0

@test "no room in the kernel (ENOBUFS, EAGAIN) and EINTR: wait and try again" {
    need_strace
    for fault in ENOBUFS EAGAIN EINTR ENOMEM; do
        rm -f srv.port srv.out
        start_udp_listener srv --datagrams 50
        seq 50 | injected "sendmmsg:error=$fault:when=1+2" netpy udp-send --datagram line \
            --delay 1ms --wait 0 127.0.0.1 "$port"
        assert_ends "$srv" 0
        seq 50 | cmp - srv.out
    done
}

@test "the same while receiving" {
    need_strace
    for fault in EAGAIN EINTR; do
        rm -f srv.port
        under="strace -f -qq -o strace -e inject=recvmmsg:error=$fault:when=1+2" \
            start_udp_listener srv --datagrams 50
        seq 50 | netpy udp-send --delay 1ms --wait 0 127.0.0.1 "$port"
        assert_ends "$srv" 0
        seq 50 | cmp - srv.out
    done
}

@test "EPERM from a firewall: told, the others are sent, and the status is not 0" {
    need_strace
    peer udp listen recv recv
    run -1 injected "sendmmsg:error=EPERM:when=2" netpy udp-send --delay 10ms --wait 0 \
        127.0.0.1 "$port" < <(printf 'a\nb\nc\n')
    assert_output --partial 'was not sent: Operation not permitted'
    assert_output --partial '1 datagram was not sent'
    assert_ends "$peer" 0
    assert_peer_said $'a\n\nc'
}

@test "EPERM in a listener: told, and it goes on" {
    need_strace
    under="strace -f -qq -o strace -e inject=sendmmsg:error=EPERM:when=1" \
        start_udp_listener srv --echo
    run run_peer udp connect "$port" send lost pause 0.1 send heard recv
    assert_output heard
    assert_regex "$(<srv.err)" 'a datagram of 4 bytes to 127.0.0.1:[0-9]+ was not sent: Operation not'
}

@test "EMSGSIZE: a clear error" {
    need_strace
    run -1 injected "sendmmsg:error=EMSGSIZE" netpy udp-send 127.0.0.1 9 hello
    assert_output --partial 'a datagram of 5 bytes cannot go to 127.0.0.1:9: Message too long'
    assert_output --partial 'hint: --datagram SIZE'
}

@test "an error that the kernel reports while receiving does not end a listener" {
    need_strace
    under="strace -f -qq -o strace -e inject=recvmmsg:error=ECONNREFUSED:when=1+2" \
        start_udp_listener srv --datagrams 2 --lines
    run_peer udp connect "$port" send a
    run_peer udp connect "$port" send b
    assert_ends "$srv" 0
    assert_file srv.out 'a\nb\n'
}

@test "a peer that is gone does not end a listener that answers it" {
    start_udp_listener srv --echo --datagrams 3 --lines
    run_peer udp connect "$port" send a
    run_peer udp connect "$port" send b
    run run_peer udp connect "$port" send c recv
    assert_output c
    assert_ends "$srv" 0
}

@test "60,000 bytes whole, both ways, over IPv4 and IPv6" {
    make_file a 60000
    start_udp_listener srv --echo --datagrams 1
    netpy udp-send --replies 1 127.0.0.1 "$port" @a >back
    assert_same a back
    assert_same a srv.out
    need_ipv6
    address=::1 start_udp_listener six --echo --datagrams 1
    netpy udp-send --replies 1 ::1 "$port" @a >back
    assert_same a back
}

@test "what the kernel dropped is told" {
    need python3
    mkfifo out
    exec 9<>out
    stdout=out start_udp_listener srv --rcvbuf 4K
    run_peer udp connect "$port" flood 2000 1000
    # Nobody reads the pipe yet: the receive buffer has overflowed. Now it is read.
    cat <&9 >drained &
    pids+=($!)
    run_peer udp connect "$port" send end
    wait_until 10 has srv.err 'lost: the receive buffer was full'
}

@test "what was dropped last is told at the end" {
    mkfifo out
    exec 9<>out
    stdout=out start_udp_listener srv --rcvbuf 4K --deadline 1
    run_peer udp connect "$port" flood 2000 1000
    assert_ends "$srv" 7
    assert_regex "$(<srv.err)" 'datagrams were lost: the receive buffer was full'
}

@test "a reader of stdout that is stuck costs no memory and no CPU" {
    need_plain
    mkfifo out
    exec 9<>out
    stdout=out start_udp_listener srv
    run_peer udp connect "$port" flood 20000 1400
    before=$(resident "$srv")
    run_peer udp connect "$port" flood 20000 1400
    (($(resident "$srv") - before < 1000))
    assert_idle "$srv"
}

@test "a flood of senders is bounded by --max-peers" {
    need_plain
    start_udp_listener srv --max-peers 100
    cat >flood.py <<'END'
import socket, sys
socks = []
for i in range(500):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.connect(("127.0.0.1", int(sys.argv[1])))
    s.send(b"x")
    socks.append(s)
END
    before=$(resident "$srv")
    for _ in 1 2 3 4 5; do python3 flood.py "$port"; done
    wait_until 10 size_is srv.out 2500
    (($(resident "$srv") - before < 1000))
}

@test "waiting costs no CPU: idle, and after the end of stdin" {
    echo x >in
    stdin=in start_udp_listener srv
    run run_peer udp connect "$port" send hello recv
    assert_output x
    assert_idle "$srv"
}

@test "stdout: a full disk, closed, its reader gone" {
    stdout=/dev/full start_udp_listener srv
    run_peer udp connect "$port" send x
    assert_ends "$srv" 9
    assert_regex "$(<srv.err)" 'No space left on device'
    run -9 bash -c '"$NETPY" udp-listen 127.0.0.1 0 >&-'
    mkfifo out
    rm -f gone.port
    exec 9<>out
    stdout=out start_udp_listener gone
    exec 9>&-
    assert_ends "$gone" 9
}

@test "nothing is leaked by 200 addresses that are refused" {
    start_udp_listener srv --echo
    before=$(count_fds "$srv")
    run_peer udp connect "$port" flood 200 10
    assert_equal "$(count_fds "$srv")" "$before"
}

@test "stopped and continued: nothing is lost that the kernel could hold" {
    start_udp_listener srv --datagrams 3 --lines
    kill -STOP "$srv"
    for text in a b c; do run_peer udp connect "$port" send $text; done
    kill -CONT "$srv"
    assert_ends "$srv" 0
    assert_file srv.out 'a\nb\nc\n'
}
