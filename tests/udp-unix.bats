# SPDX-License-Identifier: GPL-3.0-or-later
#
# Datagrams over unix sockets: paths and abstract names.

load lib/common
bats_require_minimum_version 1.5.0

listen_on() {
    local var=$1 where=$2
    shift 2
    start "$var" "$NETPY" udp-listen --ready-fd 5 "$@" "$where" 5>"$dir/$var.ready"
    wait_ready "$var" "$dir/$var.ready"
}

@test "a path: payload and an answer, between two of us" {
    listen_on srv "unix:$dir/sock" --reply answer --datagrams 1
    run -0 netpy udp-send --replies 1 "unix:$dir/sock" question
    assert_output answer
    assert_ends "$srv" 0
    assert_file srv.out question
    assert [ ! -e sock ]
}

@test "an abstract name" {
    listen_on srv "unix:@netpy-test-$$" --echo
    run -0 netpy udp-send --replies 1 "unix:@netpy-test-$$" hello
    assert_output hello
}

@test "a python peer, both ways" {
    listen_on srv "unix:$dir/sock" --echo
    run run_peer udp -u "$dir/sock" connect send hello recv fill 0 size
    assert_output $'hello\n0 bytes'
    peer udp -u "$dir/other" listen recv send answer
    run -0 netpy udp-send --replies 1 "unix:$dir/other" question
    assert_output answer
}

@test "a peer without a name is heard, and told of when it would be answered" {
    listen_on srv "unix:$dir/sock" --echo --datagrams 1 -v
    python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.connect(sys.argv[1])
s.send(b"hello")' "$dir/sock"
    assert_ends "$srv" 0
    assert_file srv.out hello
    assert_regex "$(<srv.err)" 'from unix:unnamed'
    assert_regex "$(<srv.err)" 'it has no address'
}

@test "more than a megabyte in one datagram is cut, told, and the status is not 0" {
    need_root
    listen_on srv "unix:$dir/sock" --datagrams 1
    python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, 32, 4 << 20)
s.connect(sys.argv[1])
s.send(b"x" * (3 << 19))' "$dir/sock"
    assert_ends "$srv" 1
    assert_equal "$(stat -c %s srv.out)" 1048576
    assert_regex "$(<srv.err)" 'cut'
}

@test "100,000 bytes whole: the limit of UDP is not theirs" {
    make_file a 100000
    listen_on srv "unix:$dir/sock" --datagrams 1
    netpy udp-send --wait 0 "unix:$dir/sock" @a
    assert_ends "$srv" 0
    assert_same a srv.out
}

@test "10,000 datagrams to a slow reader: none is lost" {
    seq 10000 >a
    mkfifo out
    exec 9<>out
    stdout=out listen_on srv "unix:$dir/sock" --datagrams 10000
    start cl "$NETPY" udp-send --wait 0 --input a "unix:$dir/sock"
    cat <&9 >all &
    pids+=($!)
    assert_ends "$cl" 0
    assert_ends "$srv" 0
    exec 9>&-
    wait_until 10 cmp a all
}

@test "a peer that does not read its answers does not keep the others from being heard" {
    listen_on srv "unix:$dir/sock" --echo
    cat >deaf.py <<'END'
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("")
s.connect(sys.argv[1])
for i in range(5000):
    s.send(b"x" * 1000)
other = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
other.connect(sys.argv[1])
other.send(b"hello")
END
    within 20 python3 deaf.py "$dir/sock"
    wait_until 10 has srv.out hello
    assert_equal "$(stat -c %s srv.out)" 5000005
    assert_regex "$(<srv.err)" 'was not sent: Resource temporarily unavailable'
    assert [ "$(wc -l <srv.err)" -lt 20 ]
}

@test "nobody there: status 4 at once" {
    run -4 netpy udp-send "unix:$dir/missing" x
    assert_output --partial 'No such file or directory'
    python3 -c 'import socket, sys
socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).bind(sys.argv[1])' "$dir/stale"
    run -4 netpy udp-send "unix:$dir/stale" x
    assert_output --partial 'Connection refused'
}

@test "a stream socket there: said so" {
    start srv "$NETPY" listen --ready-fd 5 "unix:$dir/sock" 5>ready
    wait_ready srv ready
    run -4 netpy udp-send "unix:$dir/sock" x
    assert_output --partial 'hint: a stream socket is there: netpy connect'
}

@test "a stale path is replaced, a live one is not" {
    python3 -c 'import socket, sys
socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).bind(sys.argv[1])' "$dir/sock"
    listen_on srv "unix:$dir/sock" --datagrams 1
    run -5 netpy udp-listen "unix:$dir/sock"
    run -0 netpy udp-send --wait 0 "unix:$dir/sock" x
    assert_ends "$srv" 0
    assert_file srv.out x
}

@test "options for IP addresses are refused" {
    run -2 netpy udp-send -p 5 "unix:$dir/sock" x
    run -2 netpy udp-send --broadcast "unix:$dir/sock" x
}
