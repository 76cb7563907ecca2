# SPDX-License-Identifier: GPL-3.0-or-later
#
# Names, ports, time limits: what can go wrong before a connection stands.

load lib/common

# own_hosts LINES COMMAND...: with an /etc/hosts of its own.
need_own_hosts() {
    need_root
    unshare -m true 2>/dev/null || skip "no mount namespaces here"
}
own_hosts() {
    printf '%b' "$1" >hosts
    printf 'hosts: files\n' >nsswitch.conf
    shift
    # shellcheck disable=SC2016
    unshare -m bash -c 'mount --bind hosts /etc/hosts && mount --bind nsswitch.conf /etc/nsswitch.conf &&
        exec "$@"' - "$@"
}

milliseconds() { echo $(($(date +%s%N) / 1000000)); }

@test "a bad address, then a good one" {
    need_own_hosts
    peer steps -1 listen send hello
    run own_hosts '127.0.0.2 both\n127.0.0.1 both\n' "$NETPY" connect both "$port"
    assert_success
    assert_output hello
}

@test "only one family listens: the other address is tried" {
    need_own_hosts
    need_ipv6
    peer steps -1 listen send four
    run own_hosts '::1 both\n127.0.0.1 both\n' "$NETPY" connect both "$port"
    assert_output four
    peer steps -1 -6 listen send six
    run own_hosts '::1 both\n127.0.0.1 both\n' "$NETPY" connect both "$port"
    assert_output six
}

@test "a black hole, then a good address: reached while the first still waits" {
    need_own_hosts
    need_netns
    need iptables
    run in_netns bash -c '
        iptables -A INPUT -d 127.0.0.2 -j DROP || exit 77
        printf "127.0.0.2 both\n127.0.0.1 both\n" >hosts
        mount --bind hosts /etc/hosts
        "$1" listen --port-file port --quiet 127.0.0.1 0 &
        until [ -s port ]; do sleep 0.02; done
        begin=$(date +%s%N)
        echo hello | "$1" connect both "$(cat port)" || exit
        wait
        echo $((($(date +%s%N) - begin) / 1000000)) >took' - "$NETPY"
    [[ $status -ne 77 ]] || skip "no packet filter here"
    assert_success
    assert_output hello
    (($(<took) < $(seconds 3) * 1000))
}

@test "a black hole needs no packet filter: a full backlog is one too" {
    need_own_hosts
    # A listener that never accepts, with a backlog of 0, and two connections waiting.
    start hole python3 -u -c '
import socket, time
hole = socket.socket()
hole.bind(("127.0.0.2", 0))
hole.listen(0)
port = hole.getsockname()[1]
good = socket.socket()
good.bind(("127.0.0.1", port))
good.listen()
fill = [socket.socket() for _ in range(4)]
for sock in fill:
    sock.setblocking(False)
    sock.connect_ex(("127.0.0.2", port))
print(port)
client = good.accept()[0]
client.sendall(b"hello")
client.close()
time.sleep(60)
'
    wait_ready hole hole.out
    begin=$(milliseconds)
    run own_hosts '127.0.0.2 both\n127.0.0.1 both\n' "$NETPY" connect both "$(<hole.out)"
    assert_success
    assert_output hello
    (($(milliseconds) - begin < $(seconds 3) * 1000))
}

@test "all addresses fail: one line that lists each with its reason" {
    need_own_hosts
    need_ipv6
    port=$(free_port)
    run own_hosts '::1 both\n127.0.0.1 both\n127.0.0.2 both\n' "$NETPY" connect both "$port"
    assert_failure 4
    assert_line --index 0 --partial "127.0.0.1"
    assert_line --index 0 --partial "127.0.0.2"
    assert_line --index 0 --partial "::1"
    assert_line --index 0 --partial "refused"
}

@test "refused: status 4, the address and the reason" {
    port=$(free_port)
    run netpy connect 127.0.0.1 "$port"
    assert_failure 4
    assert_line --index 0 "netpy: connect: cannot connect to 127.0.0.1:$port: Connection refused"
    run netpy send 127.0.0.1 "$port" hello
    assert_failure 4
    assert_output --partial "Connection refused"
}

@test "an unknown name: status 3" {
    run netpy connect nobody.invalid 80
    assert_failure 3
    assert_output --partial "nobody.invalid"
    assert_equal "${lines[0]%%nobody*}" "netpy: connect: cannot resolve '"
}

@test "-n: a name is not looked up" {
    run netpy connect -n localhost 80
    assert_failure
    assert_output --partial localhost
    [[ $status -eq 2 || $status -eq 3 ]]
}

@test "a resolver that never answers: ends by the time limit" {
    need_own_hosts
    need_netns
    printf 'nameserver 127.0.0.9\n' >resolv.conf
    printf 'hosts: dns\n' >nsswitch.conf
    start cl unshare -m -n bash -c 'ip link set lo up
        python3 -c "
import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind((\"127.0.0.9\", 53))
open(\"bound\", \"w\").close()
time.sleep(60)" & deaf=$!
        until [ -e bound ]; do sleep 0.02; done
        mount --bind resolv.conf /etc/resolv.conf
        mount --bind nsswitch.conf /etc/nsswitch.conf
        "$1" connect -w 300ms somewhere.example 80; status=$?
        kill $deaf
        exit $status' - "$NETPY"
    assert_ends "$cl" 7 8
    [[ -s cl.err ]]
}

@test "a resolver that never answers: ends on Ctrl-C" {
    need_own_hosts
    need_netns
    printf 'nameserver 127.0.0.9\n' >resolv.conf
    printf 'hosts: dns\n' >nsswitch.conf
    start cl unshare -m -n bash -c 'ip link set lo up
        python3 -c "
import os, signal, socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind((\"127.0.0.9\", 53))
open(\"bound\", \"w\").close()
s.recv(512)
os.kill(int(sys.argv[1]), signal.SIGINT)" $$ &
        until [ -e bound ]; do sleep 0.02; done
        mount --bind resolv.conf /etc/resolv.conf
        mount --bind nsswitch.conf /etc/nsswitch.conf
        exec env --default-signal=INT "$1" connect -w 60 somewhere.example 80' - "$NETPY"
    assert_ends "$cl" 130
}

@test "ports that are none are refused before anything is opened" {
    for word in 80abc 70000 65536 -1 '' 0x50 '80 ' 4294967376 99999999999999999999; do
        run netpy connect -- 127.0.0.1 "$word"
        assert_failure 2
        run netpy listen -- 127.0.0.1 "$word"
        assert_failure 2
    done
    run netpy connect 127.0.0.1 0
    assert_failure 2
}

@test "a service name is a port" {
    run netpy connect -w 1 127.0.0.1 nosuchservice
    assert_failure 2
    grep -q '^tcpmux' /etc/services || skip "no such service here"
    run netpy connect -w 1 127.0.0.1 tcpmux
    assert_failure 4
    assert_output --partial 127.0.0.1:1:
}

@test "host names of 300 and 100,000 bytes: an error that does not print it whole" {
    for length in 300 100000; do
        name=$(head -c "$length" /dev/zero | tr '\0' a)
        run netpy connect "$name" 80
        [[ $status -eq 2 || $status -eq 3 ]]
        ((${#output} < 300))
    done
}

@test "control characters in a name are escaped in the error" {
    run netpy connect $'bad\e[31mname' 80
    assert_failure
    refute_output --partial $'\e'
}

# A listener that is never accepted from, its queue full: connecting to it hangs.
start_hole() {
    start hole python3 -u -c '
import socket, time
hole = socket.socket()
hole.bind(("127.0.0.1", 0))
hole.listen(0)
fill = [socket.socket() for _ in range(4)]
for sock in fill:
    sock.setblocking(False)
    sock.connect_ex(hole.getsockname())
print(hole.getsockname()[1])
time.sleep(60)
'
    wait_ready hole hole.out
    port=$(<hole.out)
}

@test "--connect-timeout holds while connecting: status 7" {
    start_hole
    start cl "$NETPY" connect --connect-timeout 200ms 127.0.0.1 "$port"
    assert_ends "$cl" 7 5 # the default is 10 s
    [[ -s cl.err ]]
    start cl "$NETPY" send -w 0.2 127.0.0.1 "$port" hello
    assert_ends "$cl" 7 5 # the default is 10 s
}

@test "--deadline holds while connecting, and in mid-transfer" {
    start_hole
    start cl "$NETPY" connect --deadline 200ms 127.0.0.1 "$port"
    assert_ends "$cl" 7
    peer steps listen send hello hold
    start cl "$NETPY" connect --deadline 200ms 127.0.0.1 "$port"
    assert_ends "$cl" 7
    assert_file cl.out hello
    [[ -s cl.err ]]
}

@test "--idle-timeout ends a connection without a byte either way" {
    peer steps listen send hello hold
    start cl "$NETPY" connect --idle-timeout 200ms 127.0.0.1 "$port"
    assert_ends "$cl" 7
    assert_file cl.out hello
    [[ -s cl.err ]]
}

@test "--idle-timeout does not end a connection that lives" {
    peer steps -1 listen drip 20 0.1
    start cl "$NETPY" connect --idle-timeout "$(seconds 1)" 127.0.0.1 "$port"
    assert_ends "$cl" 0 30
    size_is cl.out 20
}

@test "--idle-timeout ends a client that does not take its echo" {
    start_listener srv --echo --idle-timeout 300ms --send-only
    start cl python3 -u "$tests/peers/steps.py" connect "$port" fill 64M hold
    assert_ends "$srv" 7
}

@test "--accept-timeout: nobody came, status 7" {
    start srv "$NETPY" listen --accept-timeout 200ms 127.0.0.1 0
    assert_ends "$srv" 7
    [[ -s srv.err ]]
}

@test "--accept-timeout does not end a client that came" {
    start_listener srv --accept-timeout "$(seconds 1)"
    start cl python3 -u "$tests/peers/steps.py" connect "$port" drip 30 0.05
    assert_ends "$srv" 0 30
    size_is srv.out 30
}

@test "--retry: the server comes later" {
    port=$(free_port)
    start cl bash -c 'exec "$@" <<<hello' - "$NETPY" connect -v --retry 20 --retry-wait 20ms \
        127.0.0.1 "$port"
    wait_until 10 grep -q . cl.err
    start srv "$NETPY" listen 127.0.0.1 "$port"
    assert_ends "$cl" 0
    assert_ends "$srv" 0
    assert_file srv.out "hello\n"
}

@test "--retry: gives up when its time is over" {
    start cl "$NETPY" send --retry 300ms --retry-wait 50ms 127.0.0.1 "$(free_port)" hello
    assert_ends "$cl" 4
    has cl.err refused
}

@test "--retry-wait: the first pause, doubled each time" {
    start cl "$NETPY" connect -v --retry 2 --retry-wait 10ms 127.0.0.1 "$(free_port)"
    assert_ends "$cl" 4
    # 10, 20, 40, 80, 160, 320, 320 ms ...; from 250 ms on there are at most four pauses.
    (($(grep -c again cl.err) >= 5))
    start cl "$NETPY" connect -v --retry 300ms --retry-wait 10 127.0.0.1 "$(free_port)"
    assert_ends "$cl" 4
    (($(grep -c again cl.err) <= 1))
}

@test "without --retry there is one try" {
    start cl "$NETPY" connect 127.0.0.1 "$(free_port)"
    assert_ends "$cl" 4 3
}
