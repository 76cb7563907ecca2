# SPDX-License-Identifier: GPL-3.0-or-later
#
# Names: which are looked up at all, and how addresses are raced.

load lib/common

own_hosts() {
    printf '%b' "$1" >hosts
    shift
    # shellcheck disable=SC2016
    unshare -m bash -c 'mount --bind hosts /etc/hosts && exec "$@"' - "$@"
}
need_own_hosts() {
    need_root
    unshare -m true 2>/dev/null || skip "no mount namespaces here"
}

@test "numbers, localhost and unix paths never reach the resolver" {
    need_strace
    port=$(free_port)
    for words in "127.0.0.1 $port" "::1 $port" "127.1 $port" "localhost $port" "LOCALHOST $port" \
        "unix:nobody"; do
        # shellcheck disable=SC2086
        run traced openat,clone,clone3 netpy connect $words
        assert_failure 4
        run grep -E '/etc/(hosts|nsswitch|resolv|services)|clone' strace
        assert_failure
    done
}

@test "a service is looked up only where no number stands" {
    need_strace
    run traced openat netpy connect 127.0.0.1 nosuchservice
    assert_failure 2
    grep -q /etc/services strace
}

@test "localhost is both loopbacks, whatever /etc/hosts says" {
    need_own_hosts
    need_ipv6
    port=$(free_port)
    run own_hosts '127.0.0.9 localhost\n' "$NETPY" connect localhost "$port"
    assert_failure 4
    assert_output "netpy: connect: cannot connect to localhost:$port: [::1]:$port refused, 127.0.0.1:$port refused"
}

@test "-4 and -6 choose among the addresses of a name" {
    need_own_hosts
    need_ipv6
    port=$(free_port)
    run own_hosts '127.0.0.2 both\n::2 both\n' "$NETPY" connect -4 both "$port"
    assert_failure 4
    assert_output "netpy: connect: cannot connect to both:$port (127.0.0.2:$port): Connection refused"
    run own_hosts '127.0.0.2 both\n::1 both\n' "$NETPY" connect -6 both "$port"
    assert_failure 4
    assert_output "netpy: connect: cannot connect to both:$port ([::1]:$port): Connection refused"
}

@test "a number of the other family is a usage error" {
    run netpy connect -4 ::1 80
    assert_failure 2
    assert_output "netpy: connect: '::1' is not an IPv4 address, as -4 asks for"
    run netpy connect -6 127.0.0.1 80
    assert_failure 2
}

@test "an interface that does not exist, behind a % or in an option: status 2" {
    run netpy connect fe80::1%nosuch0 80
    assert_failure 2
    assert_output --partial "names an interface that does not exist"
    run netpy connect --interface nosuch0 127.0.0.1 80
    assert_failure 2
    assert_output --partial "there is no interface 'nosuch0'"
    # The kernel would take the beginning of a long name for the interface.
    run netpy connect --interface looooooooooooooooooooong 127.0.0.1 80
    assert_failure 2
}

@test "the families take turns" {
    need_own_hosts
    need_ipv6
    port=$(free_port)
    run own_hosts '127.0.0.2 x\n127.0.0.3 x\n127.0.0.4 x\n::1 x\n' "$NETPY" connect x "$port"
    assert_failure 4
    # Whichever comes first, the one IPv6 address is among the first two.
    assert_output --regexp "x:$port: ([0-9.:]+ refused, )?\[::1\]:$port refused, 127"
}

@test "a source of one family leaves out the addresses of the other" {
    need_own_hosts
    need_ipv6
    port=$(free_port)
    run own_hosts '127.0.0.2 both\n::1 both\n' "$NETPY" connect -s 127.0.0.1 both "$port"
    assert_failure 4
    assert_output "netpy: connect: cannot connect to both:$port (127.0.0.2:$port): Connection refused"
    run netpy connect -s ::1 127.0.0.1 "$port"
    assert_failure 4
    assert_output --partial "no address of the source's family"
}

@test "a source that is not ours: status 5; that is no address: status 2" {
    run netpy connect -s 192.0.2.1 127.0.0.1 1
    assert_failure 5
    assert_output "netpy: connect: cannot bind 192.0.2.1: Cannot assign requested address"
    run netpy connect -s myself 127.0.0.1 1
    assert_failure 2
    assert_output "netpy: connect: --source: it takes a numeric address"
    run netpy connect -p 65536 127.0.0.1 1
    assert_failure 2
    assert_output --partial -- "--source-port"
}

@test "a closed port that is picked as our own source is refused all the same" {
    need_root
    need_netns
    # One port to pick from: the connection would be to itself.
    # shellcheck disable=SC2016
    run in_netns sh -c 'echo 40000 40000 >/proc/sys/net/ipv4/ip_local_port_range
        timeout 10 "$1" connect -w 3 127.0.0.1 40000' - "$NETPY"
    assert_failure 4
    assert_output "netpy: connect: cannot connect to 127.0.0.1:40000: Connection refused"
}

@test "--retry says how often it was tried" {
    port=$(free_port)
    run netpy connect --retry 300ms --retry-wait 100ms 127.0.0.1 "$port"
    assert_failure 4
    assert_output --regexp "^netpy: connect: cannot connect to 127.0.0.1:$port: Connection refused \([0-9]+ tries in [0-9.]+ m?s\)\$"
}

@test "--retry does not repeat what is wrong in the question" {
    run within 5 "$NETPY" connect --retry 1h -n localhost 80
    assert_failure 2
    run within 5 "$NETPY" connect --retry 1h -s 192.0.2.1 127.0.0.1 80
    assert_failure 5
}
