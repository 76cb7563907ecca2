# SPDX-License-Identifier: GPL-3.0-or-later
#
# wait: until endpoints answer, or a deadline.

load lib/common

# server NAME PYTHON: a peer written here; it prints its port first.
server() {
    start "$1" python3 -u -c "import socket, sys, time
$2"
    wait_ready "$1" "$dir/$1.out"
    port=$(head -n 1 "$dir/$1.out")
}

accepting='
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(); print(s.getsockname()[1])
while True:
    s.accept()[0].close()'

@test "a server that accepts: status 0 and one line" {
    server srv "$accepting"
    run netpy wait "127.0.0.1:$port"
    assert_success
    assert_output "netpy: wait: 127.0.0.1:$port accepted"
}

@test "a server that comes later is waited for" {
    port=$(free_port)
    start later bash -c 'until [[ -s waiting ]]; do sleep 0.02; done; sleep 0.3
        exec "$@"' - "$NETPY" listen -k 127.0.0.1 "$port"
    echo now >waiting
    run netpy wait --deadline 15 "127.0.0.1:$port"
    assert_success
    assert_output --regexp "^netpy: wait: 127.0.0.1:$port refused for [0-9.]+ m?s, then accepted\$"
}

@test "nobody comes: status 7 at the deadline, and who it was" {
    port=$(free_port)
    run netpy wait --deadline 600ms "127.0.0.1:$port"
    assert_failure 7
    assert_line --regexp "^netpy: wait: 127.0.0.1:$port refused for [0-9.]+ m?s\$"
    assert_line "netpy: wait: no answer within 600 ms: 127.0.0.1:$port"
}

@test "all of them have to answer" {
    server srv "$accepting"
    run netpy wait --deadline 500ms "127.0.0.1:$port" "unix:$dir/nobody"
    assert_failure 7
    assert_line "netpy: wait: 127.0.0.1:$port accepted"
    assert_line --partial "unix:$dir/nobody is not there for"
    assert_line "netpy: wait: no answer within 500 ms: unix:$dir/nobody"
}

@test "they are asked side by side" {
    server srv "$accepting"
    start asked "$NETPY" wait "unix:$dir/nobody" "127.0.0.1:$port" --deadline 20
    wait_until 5 has asked.err accepted
}

@test "--any: one is enough" {
    server srv "$accepting"
    run netpy wait --any "unix:$dir/nobody" "127.0.0.1:$port"
    assert_success
    assert_output "netpy: wait: 127.0.0.1:$port accepted"
}

@test "a path where nobody is yet is not there" {
    start later bash -c 'until [[ -s waiting ]]; do sleep 0.02; done; sleep 0.3
        exec "$@"' - "$NETPY" listen -k unix:sock
    echo now >waiting
    run netpy wait --deadline 15 unix:sock
    assert_success
    assert_output --regexp "^netpy: wait: unix:sock is not there for .*then accepted\$"
}

@test "a stale path is not taken for a server" {
    python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("sock")'
    run netpy wait --deadline 400ms unix:sock
    assert_failure 7
    assert_line --partial "unix:sock refused for"
    [[ -S sock ]]
}

@test "a datagram socket at a unix path is there" {
    start srv python3 -c '
import socket, time
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind("sock"); time.sleep(60)'
    wait_until 10 test -S sock
    run netpy wait unix:sock
    assert_success
    assert_output "netpy: wait: unix:sock is there"
}

@test "udp: refused is no, silence is yes, an answer is yes" {
    port=$(free_port)
    run netpy wait --deadline 500ms "udp:127.0.0.1:$port"
    assert_failure 7
    assert_line --partial "udp:127.0.0.1:$port refused for"

    server silent '
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("127.0.0.1", 0))
print(s.getsockname()[1]); time.sleep(60)'
    run netpy wait "udp:127.0.0.1:$port"
    assert_success
    assert_output "netpy: wait: udp:127.0.0.1:$port took a datagram in silence"

    server echo '
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])
while True:
    data, peer = s.recvfrom(2048); s.sendto(b"<" + data + b">", peer)'
    run netpy wait "udp:127.0.0.1:$port"
    assert_success
    assert_output "netpy: wait: udp:127.0.0.1:$port answered"
    run netpy wait --send 'ping\n' --expect '^<ping' "udp:127.0.0.1:$port"
    assert_success
    assert_output "netpy: wait: udp:127.0.0.1:$port answered as expected"
}

@test "--expect: a server that accepts and says nothing is asked again until it talks" {
    server srv '
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(); print(s.getsockname()[1])
for n in range(100):
    c = s.accept()[0]
    c.sendall(b"220 ready\r\n" if n >= 2 else b"421 warming up\r\n")
    c.close()'
    run netpy wait --expect '^220 ready$' --deadline 15 "127.0.0.1:$port"
    assert_success
    assert_output --regexp "ended without the expected answer for .*, then answered as expected"
}

@test "--send: the question that --expect is the answer to" {
    server srv '
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(); print(s.getsockname()[1])
while True:
    c = s.accept()[0]
    if c.recv(100) == b"PING\r\n": c.sendall(b"+PO"); time.sleep(0.1); c.sendall(b"NG\r\n")
    c.close()'
    run netpy wait --send 'PING\r\n' --expect PONG --deadline 15 "127.0.0.1:$port"
    assert_success
    run netpy wait --send 'PING' --expect PONG --deadline 400ms "127.0.0.1:$port"
    assert_failure 7
}

@test "--connect-timeout: one that never answers is given up and tried again" {
    server srv '
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(); print(s.getsockname()[1])
kept = s.accept()[0]
c = s.accept()[0]; c.sendall(b"hello\n"); time.sleep(60)'
    run netpy wait -w 300ms --expect hello --deadline 15 "127.0.0.1:$port"
    assert_success
    assert_output --regexp "accepts, but does not answer as expected for .*, then answered"
}

@test "-- PROGRAM: this process becomes it once they are there" {
    server srv "$accepting"
    run netpy wait "127.0.0.1:$port" -- sh -c 'echo "arguments: $*"; exit 42' sh a 'b c'
    assert_failure 42
    assert_line "arguments: a b c"
}

@test "-- PROGRAM is not run when they are not there" {
    run netpy wait --deadline 300ms unix:nobody -- touch ran
    assert_failure 7
    [[ ! -e ran ]]
}

@test "-- PROGRAM has the descriptors, limits and signals that we got" {
    server srv "$accepting"
    # shellcheck disable=SC2016
    look='trap "" USR1; ulimit -S -n 100; exec "$@" sh -c "$(cat look)"'
    # A shell that starts grep has all signals blocked for a moment, so it looks by itself.
    cat >look <<'LOOK'
ls /proc/$$/fd
while read -r line; do case $line in Sig[BIC]*) echo "$line" ;; esac; done </proc/$$/status
ulimit -n
LOOK
    bash -c "$look" - env >wanted
    bash -c "$look" - "$NETPY" wait "127.0.0.1:$port" -- >got
    assert_same got wanted
}

@test "-- PROGRAM that does not exist: status 9" {
    server srv "$accepting"
    run netpy wait "127.0.0.1:$port" -- ./nosuchprogram
    assert_failure 9
    assert_line "netpy: wait: cannot run './nosuchprogram': No such file or directory"
}

@test "on a terminal each change is told" {
    need script
    port=$(free_port)
    start shown script -qec "$NETPY wait --deadline 20 127.0.0.1:$port" /dev/null
    wait_until 10 has shown.out "127.0.0.1:$port refused"
    start srv "$NETPY" listen -k 127.0.0.1 "$port"
    wait_until 10 has shown.out "127.0.0.1:$port accepted after"
    assert_ends "$shown" 0
}

@test "what cannot be waited for is a usage error, at once" {
    for words in "db" "db 5432" "db:70000" "http://db" "127.0.0.1:1 --expect (" \
        "127.0.0.1:1 --send \\q" "127.0.0.1:1 --deadline soon" "-n localhost:1" \
        "--interface nosuchif 127.0.0.1:1" ":80" "127.0.0.1:0"; do
        # shellcheck disable=SC2086
        run netpy wait $words
        assert_failure 2
        assert_line --index 0 --partial "netpy: wait: "
    done
    run netpy wait
    assert_failure 2
}

@test "waiting uses no CPU" {
    start waiter "$NETPY" wait --deadline 60 unix:nobody
    assert_idle "$waiter"
}
