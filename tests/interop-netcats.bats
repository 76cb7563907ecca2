# SPDX-License-Identifier: GPL-3.0-or-later
#
# Interoperation with the other netcats, in both roles, both ways, by digest.

load lib/common

# Each peer ends by itself at the end of the connection; how it is told to, is its own affair.

setup() {
    common_setup
    make_file ours 2M
    make_file theirs 3M
}

# both_ways_listening COMMAND...: the peer connects to us.
both_ways_listening() {
    stdin=ours start_listener srv
    within 30 "$@" "$port" <theirs >got
    assert_ends "$srv" 0 20
    assert_same theirs srv.out
    assert_same ours got
}

# both_ways_connecting COMMAND...: the peer listens, on the port that follows. nc.openbsd and
# busybox drop what they have not sent yet when they see our half-close: so there is none.
both_ways_connecting() {
    port=$(free_port)
    stdin=theirs start peer "$@" "$port"
    wait_port "$port"
    within 30 "$NETPY" connect --eof keep 127.0.0.1 "$port" <ours >got
    assert_ends "$peer" 0 20
    assert_same ours peer.out
    assert_same theirs got
}

@test "nc.openbsd connects to us" {
    need nc.openbsd
    both_ways_listening nc.openbsd -N 127.0.0.1
}

@test "we connect to nc.openbsd" {
    need nc.openbsd
    both_ways_connecting nc.openbsd -N -l 127.0.0.1
}

@test "nc.openbsd over IPv6" {
    need nc.openbsd
    need_ipv6
    address=::1 both_ways_listening nc.openbsd -N ::1
}

@test "nc.openbsd over a unix socket, both roles" {
    need nc.openbsd
    stdin=ours start srv "$NETPY" listen "unix:$dir/sock"
    wait_until 10 test -S sock
    within 30 nc.openbsd -N -U sock <theirs >got
    assert_ends "$srv" 0
    assert_same theirs srv.out
    assert_same ours got
    stdin=theirs start peer nc.openbsd -N -l -U sock2
    wait_until 10 test -S sock2
    within 30 "$NETPY" connect --eof keep "unix:$dir/sock2" <ours >got
    assert_ends "$peer" 0
    assert_same ours peer.out
    assert_same theirs got
}

@test "nc.openbsd without -N keeps its side open: what we send arrives, and it ends with us" {
    need nc.openbsd
    port=$(free_port)
    start peer nc.openbsd -l 127.0.0.1 "$port"
    wait_port "$port"
    netpy connect --eof close 127.0.0.1 "$port" <ours
    assert_ends "$peer" 0
    assert_same ours peer.out
}

@test "nc.traditional connects to us" {
    need nc.traditional
    # It never half-closes: it ends when we do, and we when it is told to.
    stdin=ours start_listener srv --recv-only
    within 30 nc.traditional -q 1 127.0.0.1 "$port" <theirs >got
    assert_ends "$srv" 0 20
    assert_same theirs srv.out
    stdin=ours start_listener srv --send-only
    within 30 nc.traditional 127.0.0.1 "$port" >got
    assert_ends "$srv" 0 20
    assert_same ours got
}

@test "we connect to nc.traditional" {
    need nc.traditional
    port=$(free_port)
    start peer nc.traditional -l -p "$port" -s 127.0.0.1
    wait_port "$port"
    within 30 "$NETPY" connect --eof close 127.0.0.1 "$port" <ours
    assert_ends "$peer" 0 20
    assert_same ours peer.out
    port=$(free_port)
    stdin=theirs start peer nc.traditional -l -p "$port" -s 127.0.0.1 -q 1
    wait_port "$port"
    within 30 "$NETPY" connect 127.0.0.1 "$port" >got
    assert_ends "$peer" 0 20
    assert_same theirs got
}

@test "ncat connects to us" {
    need ncat
    both_ways_listening ncat 127.0.0.1
}

@test "we connect to ncat" {
    need ncat
    # ncat's listener drops what it has not sent when it sees our half-close: each way by itself.
    port=$(free_port)
    start peer ncat -l 127.0.0.1 "$port"
    wait_port "$port"
    within 30 "$NETPY" connect 127.0.0.1 "$port" <ours
    assert_ends "$peer" 0 20
    assert_same ours peer.out
    port=$(free_port)
    stdin=theirs start peer ncat -l --send-only 127.0.0.1 "$port"
    wait_port "$port"
    within 30 "$NETPY" connect 127.0.0.1 "$port" >got
    assert_ends "$peer" 0 20
    assert_same theirs got
}

@test "send gets the answer of ncat --exec, which drops it after a half-close" {
    need ncat
    port=$(free_port)
    start peer ncat -l -k -c 'read line; echo "got $line"' 127.0.0.1 "$port"
    wait_port "$port"
    run netpy send --eol lf 127.0.0.1 "$port" hello
    assert_success
    assert_output "got hello"
}

@test "ncat over a unix socket" {
    need ncat
    stdin=ours start srv "$NETPY" listen "unix:$dir/sock"
    wait_until 10 test -S sock
    within 30 ncat -U sock <theirs >got
    assert_ends "$srv" 0
    assert_same theirs srv.out
    assert_same ours got
}

@test "socat connects to us" {
    need socat
    stdin=ours start_listener srv
    within 30 socat -t 20 - "TCP:127.0.0.1:$port" <theirs >got
    assert_ends "$srv" 0 20
    assert_same theirs srv.out
    assert_same ours got
}

@test "we connect to socat" {
    need socat
    port=$(free_port)
    stdin=theirs start peer socat -t 20 - "TCP-LISTEN:$port,bind=127.0.0.1,reuseaddr"
    wait_port "$port"
    within 30 "$NETPY" connect 127.0.0.1 "$port" <ours >got
    assert_ends "$peer" 0 20
    assert_same ours peer.out
    assert_same theirs got
}

@test "socat over unix sockets, also abstract ones" {
    need socat
    name=netpy-interop-$$-$RANDOM
    stdin=ours start srv "$NETPY" listen "unix:@$name"
    wait_until 10 grep -q "@$name" /proc/net/unix
    within 30 socat -t 20 - "ABSTRACT-CONNECT:$name" <theirs >got
    assert_ends "$srv" 0
    assert_same theirs srv.out
    assert_same ours got
    stdin=theirs start peer socat -t 20 - "UNIX-LISTEN:$dir/sock"
    wait_until 10 test -S sock
    within 30 "$NETPY" connect "unix:$dir/sock" <ours >got
    assert_ends "$peer" 0
    assert_same ours peer.out
    assert_same theirs got
}

@test "socat's echo server" {
    need socat
    port=$(free_port)
    start peer socat "TCP-LISTEN:$port,bind=127.0.0.1,reuseaddr" PIPE
    wait_port "$port"
    within 30 "$NETPY" connect 127.0.0.1 "$port" <ours >got
    assert_same ours got
}

@test "busybox nc connects to us" {
    need busybox
    busybox nc 2>&1 | grep -q Usage || skip "this busybox has no nc"
    stdin=ours start_listener srv --eof keep
    within 30 busybox nc 127.0.0.1 "$port" <theirs >got
    assert_ends "$srv" 0 20
    assert_same theirs srv.out
    assert_same ours got
}

@test "we connect to busybox nc" {
    need busybox
    busybox nc 2>&1 | grep -q -- -l || skip "this busybox has no nc -l"
    port=$(free_port)
    # It has no way to choose the address.
    stdin=theirs start peer busybox nc -l -p "$port"
    wait_port "$port"
    within 30 "$NETPY" connect --eof keep 127.0.0.1 "$port" <ours >got
    assert_ends "$peer" 0 20
    assert_same ours peer.out
    assert_same theirs got
}
