# SPDX-License-Identifier: GPL-3.0-or-later
#
# Signals: what ends us, what does not, and who else is hit (nobody).

load lib/common

@test "SIGTERM in mid-transfer: what is in hand is flushed, then we die of it" {
    peer steps listen send 'all that came' hold
    start cl env --default-signal "$NETPY" connect 127.0.0.1 "$port"
    wait_until 10 has cl.out "all that came"
    kill -TERM "$cl"
    assert_ends "$cl" 143
    assert_file cl.out "all that came"
}

@test "SIGINT ends us as SIGINT, also while connecting and while listening" {
    start srv env --default-signal "$NETPY" listen --port-file port 127.0.0.1 0
    wait_ready srv port
    kill -INT "$srv"
    assert_ends "$srv" 130
    start cl env --default-signal "$NETPY" connect --retry 60 -v 127.0.0.1 "$(<port)"
    wait_until 10 test -s cl.err
    kill -INT "$cl"
    assert_ends "$cl" 130
}

@test "the parent sees that the signal killed us, not just a number" {
    run python3 -c '
import signal, subprocess, sys, time
child = subprocess.Popen(sys.argv[1:], stderr=subprocess.PIPE)
child.stderr.readline()
child.send_signal(signal.SIGTERM)
print(child.wait())
' "$NETPY" listen 127.0.0.1 0
    assert_output -- -15
}

@test "a signal for us does not hit the others of our process group" {
    start both bash -c 'trap "echo hit" TERM; "$1" listen --port-file port 127.0.0.1 0 & srv=$!
        until [ -s port ]; do sleep 0.02; done
        kill -TERM $srv
        wait $srv; echo "ended $?"' - "$NETPY"
    assert_ends "$both" 0
    assert_file both.out "ended 143\n"
}

@test "SIGHUP that was ignored stays ignored (nohup)" {
    peer steps listen until go send "still here"
    start cl bash -c 'trap "" HUP; exec "$@"' - "$NETPY" connect 127.0.0.1 "$port"
    wait_until 10 all_accepted "$port"
    wait_until 10 grep -qE "$(printf '0100007F:[0-9A-F]+ 0100007F:%04X 01' "$port")" /proc/net/tcp
    kill -HUP "$cl"
    touch go
    assert_ends "$cl" 0
    assert_file cl.out "still here"
}

@test "SIGPIPE is not what ends us, whatever the parent left" {
    peer steps listen fill 8M hold
    run bash -c 'trap "" PIPE; "$1" connect 127.0.0.1 "$2" | head -c 1 >/dev/null; echo "${PIPESTATUS[0]}"' \
        - "$NETPY" "$port"
    assert_output 9
}

@test "as process 1 of a container we end too" {
    need_root
    need_native
    unshare -pf true 2>/dev/null || skip "no process namespaces here"
    start outer unshare -pf "$NETPY" listen --port-file port 127.0.0.1 0
    wait_ready outer port
    need pgrep
    inner=$(pgrep -P "$outer")
    kill -TERM "$inner"
    assert_ends "$outer" 143
}

@test "stopped by Ctrl-Z's signal and continued: nothing lost" {
    make_file a 8M
    start_listener srv
    stdin=a start cl env --default-signal "$NETPY" connect 127.0.0.1 "$port"
    kill -TSTP "$cl" 2>/dev/null || :
    kill -CONT "$cl" 2>/dev/null || :
    assert_ends "$cl" 0
    assert_ends "$srv" 0
    assert_same a srv.out
}

@test "O_NONBLOCK is put back when a signal ends us" {
    peer steps listen send hello hold
    run python3 -c '
import os, signal, socket, subprocess, sys, time
mine, theirs = socket.socketpair()
child = subprocess.Popen(sys.argv[1:], stdin=theirs, stdout=theirs)
mine.recv(100)
child.send_signal(signal.SIGTERM)
print(child.wait(), os.get_blocking(theirs.fileno()))
' "$NETPY" connect 127.0.0.1 "$port"
    assert_output "-15 True"
}
