# SPDX-License-Identifier: GPL-3.0-or-later
#
# Streams that go wrong: short, interrupted, reset, cut, deaf, stopped.

load lib/common

# A file through connect into a peer, and back through its echo, with faults in the calls.
through_echo() { # FAULTS
    need_strace
    make_file a 16M
    peer steps -1 listen echo
    injected "$1" netpy connect 127.0.0.1 "$port" <a >out
    grep -q INJECTED strace || {
        echo "the fault never happened: $(sort strace | cut -d ' ' -f 2 | cut -d '(' -f 1 | uniq -c)"
        return 1
    }
    assert_same a out
}

reads=read,readv,recvfrom,recvmsg,splice
writes=write,writev,sendto,sendmsg,sendfile,splice

@test "EINTR from every kind of read" { through_echo "$reads:error=EINTR:when=15+3"; }
@test "EINTR from every kind of write" { through_echo "$writes:error=EINTR:when=3+3"; }
@test "EAGAIN from reads that were announced" { through_echo "$reads:error=EAGAIN:when=15+3"; }
@test "EAGAIN from writes that were announced" { through_echo "$writes:error=EAGAIN:when=3+3"; }
@test "EINTR from waiting" { through_echo "epoll_wait,epoll_pwait,poll,ppoll:error=EINTR:when=2+2"; }

@test "short writes: a receive buffer of a few bytes on the other side" {
    make_file a 30K
    peer steps -1 listen buffers 2K read-all
    within 60 "$NETPY" connect 127.0.0.1 "$port" <a
    assert_peer_said "end after $((30 << 10)) $(digest a)"
}

@test "short reads: a peer that sends byte by byte, and one that reads byte by byte" {
    peer steps -1 listen drip 200 0.001
    netpy connect 127.0.0.1 "$port" >out
    size_is out 200
    make_file a 200
    peer steps -1 listen sip 200 0.001 read-all
    netpy connect 127.0.0.1 "$port" <a
    wait_until 10 has peer.out "end after 0"
}

@test "both ends write 16 MiB before they read: no deadlock" {
    make_file a 16M
    peer steps -1 listen fill 16M shut read-all
    within 60 "$NETPY" connect 127.0.0.1 "$port" <a >out
    assert_peer_said "end after $((16 << 20)) $(digest a)"
    size_is out $((16 << 20))
}

@test "the same on the listening side" {
    make_file a 16M
    stdin=a start_listener srv
    run run_peer steps connect "$port" fill 16M shut read-all
    assert_output "end after $((16 << 20)) $(digest a)"
    assert_ends "$srv" 0
    size_is srv.out $((16 << 20))
}

@test "the same between two netpy" {
    make_file a 16M
    stdin=a start_listener srv
    within 60 "$NETPY" connect 127.0.0.1 "$port" <a >out
    assert_ends "$srv" 0 30
    assert_same a out
    assert_same a srv.out
}

@test "a reset while we receive: all that came, status 1 and a message" {
    peer steps -1 listen send hello until go reset
    start cl "$NETPY" connect 127.0.0.1 "$port"
    wait_until 10 has cl.out hello
    touch go
    assert_ends "$cl" 1
    has cl.err "Connection reset by peer"
    has cl.err "127.0.0.1:$port"
}

@test "listen: a reset while we receive" {
    start_listener srv
    run_peer steps connect "$port" send hello pause 0.1 reset
    assert_ends "$srv" 1
    has srv.err "Connection reset by peer"
}

@test "send: a reset instead of an answer" {
    peer steps -1 listen recv reset
    run netpy send 127.0.0.1 "$port" hello
    assert_failure 1
    assert_output --partial "Connection reset by peer"
}

@test "a reset while we send" {
    peer steps -1 listen read 100000 reset
    start cl bash -c 'exec "$@" </dev/zero' - "$NETPY" connect 127.0.0.1 "$port"
    assert_ends "$cl" 1
    [[ -s cl.err ]]
}

@test "listen: a reset while we send" {
    stdin=/dev/zero start_listener srv
    run_peer steps connect "$port" read 100000 reset
    assert_ends "$srv" 1
    [[ -s srv.err ]]
}

@test "a reset while we only read to drop is no good end" {
    echo hi >in
    for end in reset close; do
        rm -f go
        peer steps -1 listen until go "$end" # with our data unread, close is a reset too
        start cl "$NETPY" connect --eof close --linger 20s --input in 127.0.0.1 "$port"
        wait_until 10 all_accepted "$port"
        wait_until 10 grep -qE "$(printf ' 0100007F:%04X 05 ' "$port")" /proc/net/tcp
        touch go
        assert_ends "$cl" 1
        has cl.err "Connection reset by peer"
    done
}

@test "a reset behind the peer's end is called what it is" {
    mkfifo in
    exec 9<>in
    peer steps -1 listen shut until go reset
    stdin=in start cl "$NETPY" connect -v 127.0.0.1 "$port"
    wait_until 10 has cl.err "end"
    touch go
    assert_ends "$cl" 1
    has cl.err "cannot write to 127.0.0.1:$port: Broken pipe"
}

@test "data and a reset in the same wake-up: the data first, then the report" {
    peer steps -1 listen send hello until go
    start cl "$NETPY" connect --eof keep 127.0.0.1 "$port"
    wait_until 10 has cl.out hello
    kill -STOP "$cl"
    touch go # the peer closes: a FIN, as nothing is unread
    assert_equal "$(<cl.out)" hello
    kill -CONT "$cl"
    assert_ends "$cl" 0
}

@test "a reset behind data that we have not read yet" {
    start_listener srv
    start cl python3 -u "$tests/peers/steps.py" connect "$port" send one until go send two reset
    wait_until 10 has srv.out one
    kill -STOP "$srv"
    touch go
    gone "$cl" 10
    kill -CONT "$srv"
    assert_ends "$srv" 1
}

@test "a failed write does not hide the reset from the reading side" {
    # Linux tells of a reset once: after a failed send, recv gives the rest and a clean end.
    peer steps -1 listen send tail read 1000 reset
    start cl bash -c 'exec "$@" </dev/zero' - "$NETPY" connect 127.0.0.1 "$port"
    assert_ends "$cl" 1
    [[ -s cl.err ]]
}

@test "we only send and the peer talks a lot: everything arrives" {
    make_file a 8M
    peer steps -1 listen fill 2M read-all
    netpy connect --send-only 127.0.0.1 "$port" <a
    gone "$peer" 10
    assert_peer_said "end after $((8 << 20)) $(digest a)"
}

@test "stopped and continued in the middle: nothing lost" {
    make_file a 64M
    start_listener srv
    stdin=a start cl "$NETPY" connect 127.0.0.1 "$port"
    for _ in 1 2 3 4 5; do
        kill -STOP "$cl" 2>/dev/null || break
        kill -STOP "$srv"
        kill -CONT "$srv"
        kill -CONT "$cl"
    done
    assert_ends "$cl" 0 60
    assert_ends "$srv" 0
    assert_same a srv.out
}

@test "300 harmless signals in a transfer: nothing lost" {
    make_file a 64M
    mkfifo in
    exec 9<>in
    start_listener srv
    stdin=in start cl "$NETPY" connect 127.0.0.1 "$port"
    cat a >&9 &
    feeder=$!
    # The input stays open until they are all sent: the transfer cannot end before.
    for ((i = 0; i < 300; i++)); do
        kill -WINCH "$cl" "$srv"
        kill -CONT "$cl" "$srv"
        kill -CHLD "$cl" "$srv"
    done
    assert_ends "$feeder" 0 60
    exec 9>&-
    assert_ends "$cl" 0 60
    assert_ends "$srv" 0
    assert_same a srv.out
}

@test "an idle connection uses no CPU" {
    start_listener srv
    peer_port=$port
    mkfifo in
    stdin=in start cl "$NETPY" connect 127.0.0.1 "$peer_port"
    exec 8>in
    echo hello >&8
    wait_until 10 has srv.out hello
    need_native
    assert_idle "$cl"
    assert_idle "$srv"
    exec 8>&-
    assert_ends "$cl" 0
}

@test "a peer after its end uses no CPU of ours" {
    need_native
    peer steps -1 listen shut hold
    mkfifo in
    stdin=in start cl "$NETPY" connect 127.0.0.1 "$port"
    exec 8>in
    wait_until 10 grep -E "$(printf '^ *[0-9]+: 0100007F:[0-9A-F]+ 0100007F:%04X 08' "$port")" /proc/net/tcp
    assert_idle "$cl"
    exec 8>&-
}

@test "our side after our own end uses no CPU" {
    need_native
    peer steps -1 listen read-all hold
    echo x >in
    stdin=in start cl "$NETPY" connect 127.0.0.1 "$port"
    wait_until 10 has peer.out "end after 2"
    assert_idle "$cl"
}

@test "segments lost, reordered and doubled: whole" {
    need_root
    need_netns
    need tc
    in_netns tc qdisc add dev lo root netem loss 1% 2>/dev/null || skip "no netem in this kernel"
    make_file a 3M
    in_netns bash -c 'tc qdisc add dev lo root netem delay 2ms 1ms loss 5% duplicate 2% reorder 5% &&
        "$1" listen --port-file port 127.0.0.1 0 >out & srv=$!
        until [ -s port ]; do sleep 0.02; done
        "$1" connect 127.0.0.1 "$(cat port)" <a && wait $srv' - "$NETPY"
    assert_same a out
}

@test "segments lost by a packet filter: whole" {
    need_root
    need_netns
    need iptables
    in_netns iptables -A INPUT -p tcp -m statistic --mode random --probability 0.05 -j DROP \
        2>/dev/null || skip "no packet filter with statistics here"
    make_file a 3M
    in_netns bash -c '
        iptables -A INPUT -p tcp -m statistic --mode random --probability 0.05 -j DROP
        "$1" listen --port-file port 127.0.0.1 0 >out & srv=$!
        until [ -s port ]; do sleep 0.02; done
        "$1" connect 127.0.0.1 "$(cat port)" <a && wait $srv' - "$NETPY"
    assert_same a out
}

@test "listen -k: a client that does not read keeps nothing from the next one that speaks" {
    mkfifo in
    stdin=in start srv "$NETPY" listen -k --port-file port 127.0.0.1 0
    exec 8>in
    wait_ready srv port
    start deaf python3 -u "$tests/peers/steps.py" connect "$(<port)" send 'deaf\n' hold
    wait_until 10 has srv.out deaf
    stdin=/dev/zero stdout=in start writer head -c 64M
    exec 8>&-
    # Bytes wait in our socket: what goes to the deaf one is stuck.
    wait_until 10 grep -qE "$(printf '0100007F:%04X 0100007F:[0-9A-F]+ 01 0*[1-9A-F][0-9A-F]*:' "$(<port)")" /proc/net/tcp
    start well python3 -u "$tests/peers/steps.py" connect "$(<port)" send 'well\n' read 1M
    wait_until 10 has well.out "read 1048576"
}
