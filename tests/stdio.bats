# SPDX-License-Identifier: GPL-3.0-or-later
#
# Standard streams as careless parents leave them: full, slow, closed, shared, gone.

load lib/common

@test "stdout is a nonblocking 4 KiB pipe with a slow reader: every byte arrives" {
    make_file a 600K
    peer steps -1 listen file a
    within 60 python3 "$tests/peers/pipes.py" small-out 4096 0.005 out \
        "$NETPY" connect 127.0.0.1 "$port"
    assert_same a out
}

@test "listen: stdout is a nonblocking 4 KiB pipe with a slow reader" {
    make_file a 600K
    start srv python3 "$tests/peers/pipes.py" small-out 4096 0.005 out \
        "$NETPY" listen --port-file port 127.0.0.1 0
    wait_ready srv port
    netpy connect 127.0.0.1 "$(<port)" <a
    assert_ends "$srv" 0 60
    assert_same a out
}

@test "send: stdout is a nonblocking 4 KiB pipe with a slow reader" {
    make_file a 600K
    peer steps -1 listen recv file a
    within 60 python3 "$tests/peers/pipes.py" small-out 4096 0.005 out \
        "$NETPY" send 127.0.0.1 "$port" hello
    assert_same a out
}

@test "waiting for a slow reader costs no CPU" {
    peer steps -1 listen fill 8M
    start cl python3 "$tests/peers/pipes.py" small-out 1 1 out \
        "$NETPY" connect 127.0.0.1 "$port"
    wait_until 10 test -s out
    need pgrep
    wait_until 10 pgrep -P "$cl"
    assert_idle "$(pgrep -P "$cl")"
}

@test "stdin is nonblocking and mostly empty: EAGAIN is not an end" {
    make_file a 100K
    peer steps -1 listen read-all
    within 60 python3 "$tests/peers/pipes.py" empty-in a 5000 0.01 \
        "$NETPY" connect 127.0.0.1 "$port"
    assert_peer_said "end after 102400 $(digest a)"
}

@test "stdin is a regular file, a pipe, the null device: all the same" {
    make_file a 300K
    for way in 'exec "$@" <a' 'cat a | "$@"' 'exec "$@" < <(cat a)'; do
        peer steps -1 listen read-all
        within 20 bash -c "$way" - "$NETPY" connect 127.0.0.1 "$port"
        assert_peer_said "end after 307200 $(digest a)"
    done
}

@test "the offset of a shared stdin file is where we stopped" {
    printf 'all of it' >in
    peer steps -1 listen read-all
    run --separate-stderr bash -c '{ "$1" connect 127.0.0.1 "$2"; cat; } <in' - "$NETPY" "$port"
    assert_success
    assert_output ""
}

@test "connect: stdout on a full disk is status 9 with the reason, at once" {
    peer steps listen fill 1M hold
    stdout=/dev/full start cl "$NETPY" connect 127.0.0.1 "$port"
    assert_ends "$cl" 9
    has cl.err "No space left on device"
}

@test "listen: stdout on a full disk is status 9 with the reason, at once" {
    stdout=/dev/full start_listener srv
    start cl python3 -u "$tests/peers/steps.py" connect "$port" fill 1M hold
    assert_ends "$srv" 9
    has srv.err "No space left on device"
}

@test "send: stdout on a full disk is status 9 with the reason" {
    peer steps listen recv send answer hold
    stdout=/dev/full start cl "$NETPY" send 127.0.0.1 "$port" hello
    assert_ends "$cl" 9
    has cl.err "No space left on device"
}

@test "a disk that fills up in the middle: status 9" {
    need_root
    need mount unshare
    unshare -m true 2>/dev/null || skip "no mount namespaces here"
    peer steps -1 listen fill 4M read-all
    mkdir small
    start cl unshare -m bash -c 'mount -t tmpfs -o size=1m none small &&
        exec "$1" connect 127.0.0.1 "$2" >small/out' - "$NETPY" "$port"
    assert_ends "$cl" 9
    has cl.err "No space left on device"
}

@test "data that we could not write: the peer gets a reset, not a clean end" {
    peer steps -1 listen fill 16M read-all
    stdout=/dev/full start cl "$NETPY" connect 127.0.0.1 "$port"
    assert_ends "$cl" 9
    gone "$peer" 10
    assert_regex "$(peer_said)" "error (ECONNRESET|EPIPE)"
}

@test "stdout closed: status 9, and the data does not go back to the peer" {
    peer steps -1 listen send "for your eyes only" shut read-all
    start cl bash -c 'exec "$@" >&-' - "$NETPY" connect 127.0.0.1 "$port"
    assert_ends "$cl" 9
    [[ -s cl.err ]]
    refute grep -qE "(end|error .*) after [1-9]" peer.out
}

@test "stdout closed, listening: the same" {
    start srv bash -c 'exec "$@" >&-' - "$NETPY" listen --port-file port 127.0.0.1 0
    if wait_until 10 test -s port -o ! -d "/proc/$srv" && [[ -s port ]]; then
        run run_peer steps connect "$(<port)" send "for your eyes only" read-all
        refute_output --regexp "after [1-9]"
    fi
    assert_ends "$srv" 9
}

@test "stdout closed does not matter with --send-only" {
    peer steps -1 listen read-all
    echo hello >in
    stdin=in start cl bash -c 'exec "$@" >&-' - "$NETPY" connect --send-only 127.0.0.1 "$port"
    assert_ends "$cl" 0
    assert_peer_said "end after 6 $(digest in)"
}

@test "stdin closed: we only receive" {
    make_file a 1M
    peer steps -1 listen file a
    within 20 bash -c 'exec "$@" <&-' - "$NETPY" connect 127.0.0.1 "$port" >out
    assert_same a out
}

@test "all three closed: nothing of ours reaches the socket" {
    peer steps -1 listen fill 1M shut read-all
    start cl bash -c 'exec "$@" <&- >&- 2>&-' - "$NETPY" connect 127.0.0.1 "$port"
    assert_ends "$cl" 9
    refute grep -qE "(end|error .*) after [1-9]" peer.out
}

@test "stderr closed, then an error: the message does not reach the socket" {
    peer steps -1 listen fill 1M shut read-all
    stdout=/dev/full start cl bash -c 'exec "$@" 2>&-' - "$NETPY" connect -vv 127.0.0.1 "$port"
    assert_ends "$cl" 9
    gone "$peer" 10
    refute grep -qE "(end|error .*) after [1-9]" peer.out
}

@test "the reader of stdout goes away while nothing happens: status 9, quietly" {
    peer steps listen send first hold
    mkfifo out
    stdout=out start cl "$NETPY" connect 127.0.0.1 "$port"
    exec 9<out
    wait_until 10 all_accepted "$port"
    exec 9<&-
    assert_ends "$cl" 9
    assert_file cl.err ""
}

@test "the same while listen has a client" {
    mkfifo out
    stdout=out start srv "$NETPY" listen --quiet --port-file port 127.0.0.1 0
    exec 9<out
    wait_ready srv port
    start cl python3 -u "$tests/peers/steps.py" connect "$(<port)" say here hold
    wait_until 10 has cl.out here
    wait_until 10 all_accepted "$(<port)"
    exec 9<&-
    assert_ends "$srv" 9
    assert_file srv.err ""
}

@test "the same while a client is awaited" {
    mkfifo out
    stdout=out start srv "$NETPY" listen -k --quiet --port-file port 127.0.0.1 0
    exec 9<out
    wait_ready srv port
    exec 9<&-
    assert_ends "$srv" 9
}

@test "the reader of stdout takes one line of many: status 9, quietly" {
    peer steps listen fill 8M hold
    run bash -c '"$1" connect 127.0.0.1 "$2" | head -c 1 >/dev/null; echo "${PIPESTATUS[0]}"' \
        - "$NETPY" "$port"
    assert_output 9
}

@test "stdin that cannot be read is status 9" {
    peer steps listen hold
    mkdir folder
    stdin=folder start cl "$NETPY" connect 127.0.0.1 "$port"
    assert_ends "$cl" 9
    has cl.err "Is a directory"
}

@test "EIO from stdin is status 9, and the peer gets a reset" {
    need_strace
    peer steps -1 listen read-all
    printf 'hello' >in
    # Only reads of the named file, whatever descriptor it got.
    start cl strace -f -qq -o "$dir/strace" -P "$dir/in" -e inject=read,readv,sendfile,splice:error=EIO \
        bash -c 'exec "$@" <in' - "$NETPY" connect 127.0.0.1 "$port"
    assert_ends "$cl" 9
    has cl.err "Input/output error"
    gone "$peer" 10
    assert_regex "$(peer_said)" "error ECONNRESET"
}

@test "O_NONBLOCK is not left on shared pipes" {
    peer steps -1 listen recv send answer
    run --separate-stderr python3 "$tests/peers/pipes.py" flags "$NETPY" connect 127.0.0.1 "$port"
    assert_success
    assert_output answer
    assert_equal "$stderr" ""
}

@test "O_NONBLOCK is not left on shared pipes by an error" {
    run --separate-stderr python3 "$tests/peers/pipes.py" flags \
        "$NETPY" connect 127.0.0.1 "$(free_port)"
    assert_failure 4
    refute_regex "$stderr" "O_NONBLOCK"
}

@test "O_NONBLOCK is not set on a shared pipe even for a while" {
    need_strace
    peer steps -1 listen recv send answer
    traced fcntl,ioctl,dup,dup2,dup3 bash -c 'echo x | "$@" | cat' - "$NETPY" connect 127.0.0.1 "$port"
    # Not on 0-2, and not on a duplicate of one of them.
    run awk '/(dup.?|F_DUPFD[A-Z_]*)\(?[ (]*[0-9]/ { copy[$NF] = 1 }
        match($0, /fcntl\([0-9]+, F_SETFL.*O_NONBLOCK/) {
            fd = substr($0, RSTART + 6) + 0
            if (fd <= 2 || fd in copy) print
        }' strace
    assert_output ""
}

@test "sockets as stdin and stdout are neither switched nor broken" {
    peer steps -1 listen recv send answer
    run python3 -c '
import os, socket, subprocess, sys
mine, theirs = socket.socketpair()
child = subprocess.Popen(sys.argv[1:], stdin=theirs, stdout=theirs)
mine.sendall(b"question")
mine.shutdown(socket.SHUT_WR)
theirs_blocking = None
code = child.wait()
print(code, os.get_blocking(theirs.fileno()), mine.recv(100).decode())
' "$NETPY" connect 127.0.0.1 "$port"
    assert_output "0 True answer"
}

@test "a file as stdout keeps what was in it before, where a shared offset says so" {
    printf 'before ' >out
    peer steps -1 listen send answer
    bash -c 'exec "$@" >>out' - "$NETPY" connect 127.0.0.1 "$port"
    assert_file out "before answer"
}

@test "memory is bounded when the peer is fast and stdout stuck" {
    need_plain
    peer steps listen fill 200M hold
    mkfifo out
    stdout=out start cl "$NETPY" connect 127.0.0.1 "$port"
    exec 9<out
    head -c 1000000 <&9 >/dev/null
    wait_until 10 grep -q . "/proc/$cl/status"
    assert_idle "$cl"
    (($(peak_memory "$cl") < 6000))
    exec 9<&-
}

@test "a signal ends us while a FIFO has no writer yet" {
    need_native
    mkfifo fifo
    for words in "connect --input fifo 127.0.0.1 1" "listen --input fifo 127.0.0.1 0" \
        "send --input fifo 127.0.0.1 1" "send 127.0.0.1 1 @fifo" \
        "udp-send --input fifo 127.0.0.1 1" "udp-send 127.0.0.1 1 @fifo"; do
        # shellcheck disable=SC2086
        start us "$NETPY" $words
        # shellcheck disable=SC2154
        wait_until 10 grep -qF '(netpy) S' "/proc/$us/stat"
        kill -TERM "$us"
        assert_ends "$us" 143
    done
}
