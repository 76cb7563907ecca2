# SPDX-License-Identifier: GPL-3.0-or-later
#
# Listening when clients, descriptors and ports misbehave.

load lib/common

@test "port in use: status 5, at once" {
    start_listener srv -k
    run netpy listen 127.0.0.1 "$port"
    assert_failure 5
    assert_line --index 0 "netpy: listen: cannot bind 127.0.0.1:$port: Address already in use"
}

@test "a port that needs rights: status 5" {
    [[ $EUID -ne 0 ]] || skip "root may"
    (($(</proc/sys/net/ipv4/ip_unprivileged_port_start) > 80)) || skip "anybody may here"
    run netpy listen 127.0.0.1 80
    assert_failure 5
}

@test "an address that is not ours: status 5" {
    run netpy listen 192.0.2.1 0
    assert_failure 5
    assert_output --partial "192.0.2.1"
}

@test "restart at once on a port in TIME_WAIT" {
    start_listener srv --reply bye
    run netpy connect 127.0.0.1 "$port" <<<x
    assert_ends "$srv" 0
    start again "$NETPY" listen --port-file port 127.0.0.1 "$port"
    wait_ready again port
    netpy connect --eof half 127.0.0.1 "$port"
    assert_ends "$again" 0
}

@test "accept fails with ECONNABORTED, EPROTO, EINTR: the next client is served" {
    need_strace
    for error in ECONNABORTED EPROTO EINTR; do
        under="strace -f -qq -o strace -e trace=accept,accept4 -e inject=accept,accept4:error=$error:when=1" \
            start_listener srv
        netpy connect 127.0.0.1 "$port" <<<"hello"
        assert_ends "$srv" 0
        assert_file srv.out "hello\n"
        grep -q INJECTED strace
    done
}

@test "accept fails with EMFILE: no spin, said once, and then goes on" {
    need_strace
    for error in EMFILE ENFILE ENOBUFS; do
        under="strace -f -qq -o strace -e trace=accept,accept4 -e inject=accept,accept4:error=$error:when=1..3" \
            start_listener srv
        netpy connect 127.0.0.1 "$port" <<<"hello"
        assert_ends "$srv" 0
        assert_file srv.out "hello\n"
        (($(grep -c INJECTED strace) == 3))
        (($(grep -ci "$(python3 -c "import errno, os; print(os.strerror(errno.$error))")" srv.err) == 1))
    done
}

@test "out of descriptors: the clients we have are kept, no CPU, the next is served when one leaves" {
    need prlimit
    need_native
    # The hard limit, as -k raises the soft one.
    under="prlimit --nofile=24:24" start_listener srv -k --echo
    mkfifo stay
    stdin=stay start crowd python3 -u "$tests/peers/crowd.py" "$port" 40 silent
    exec 8>stay
    wait_until 20 has crowd.out "ready 40"
    wait_until 10 has srv.err "Too many open files"
    assert_idle "$srv"
    assert_equal "$(grep -c "Too many open files" srv.err)" 1
    exec 8>&-
    assert_ends "$crowd" 0
    run netpy connect 127.0.0.1 "$port" <<<"next"
    assert_success
    assert_output next
}

@test "-k raises the soft limit of descriptors to the hard one" {
    need prlimit
    need_native
    under="prlimit --nofile=20:500" start_listener srv -k --echo
    run run_peer crowd "$port" 100 echo
    assert_output "ready 100"
}

@test "20 clients that reset at once: the next is served, nothing is leaked" {
    start_listener srv -k --echo
    netpy connect 127.0.0.1 "$port" <<<"first"
    before=$(count_fds "$srv")
    run_peer crowd "$port" 20 reset
    run netpy connect 127.0.0.1 "$port" <<<"next"
    assert_success
    assert_output next
    same_fds() { [[ $(count_fds "$srv") -eq $before ]]; }
    wait_until 10 same_fds
    kill -0 "$srv"
}

@test "2,000 idle clients: the next is served, memory and CPU stay small" {
    need_plain
    need prlimit
    (($(ulimit -Hn) >= 5000)) || skip "not enough descriptors"
    start_listener srv -k --echo
    before=$(count_fds "$srv")
    mkfifo stay
    stdin=stay start crowd prlimit --nofile=5000 python3 -u "$tests/peers/crowd.py" "$port" 2000 silent
    exec 8>stay
    wait_until 60 has crowd.out "ready 2000"
    run netpy connect 127.0.0.1 "$port" <<<"next"
    assert_output next
    assert_idle "$srv"
    (($(resident "$srv") < 12000))
    exec 8>&-
    assert_ends "$crowd" 0
    same_fds() { [[ $(count_fds "$srv") -eq $before ]]; }
    wait_until 20 same_fds
}

@test "a client that never reads does not slow the others, and memory is bounded" {
    need_plain
    make_file a 32M
    start_listener srv -k --echo
    start deaf python3 -u "$tests/peers/steps.py" connect "$port" buffers 4K fill 64M
    within 30 "$NETPY" connect 127.0.0.1 "$port" <a >out
    assert_same a out
    kill -0 "$deaf"
    (($(peak_memory "$srv") < 8000))
}

@test "-k --to all: a client that never reads holds input back; when it leaves the others get it all" {
    make_file a 8M
    mkfifo in
    stdin=in start srv "$NETPY" listen -k --to all --port-file port 127.0.0.1 0
    exec 8>in
    wait_ready srv port
    start deaf python3 -u "$tests/peers/steps.py" connect "$(<port)" buffers 4K send d hold
    start well python3 -u "$tests/peers/steps.py" connect "$(<port)" send w read-all
    wait_until 10 size_is srv.out 2
    stdin=a stdout=in start writer cat
    exec 8>&-
    # It takes what fits into the buffers, and no more.
    run gone "$writer" 1
    assert_failure
    kill "$deaf"
    wait_until 20 has well.out "end after $((8 << 20)) $(digest a)"
}

@test "-k: a client's reset is reported, and is not our end" {
    start_listener srv -k
    run_peer steps connect "$port" send x pause 0.1 reset
    wait_until 10 has srv.err "Connection reset by peer"
    netpy connect 127.0.0.1 "$port" <<<"next"
    wait_until 10 has srv.out next
    kill -0 "$srv"
}

@test "--accept N ends with the status of the first client that failed" {
    start_listener srv --accept 2
    run_peer steps connect "$port" send x pause 0.1 reset
    netpy connect 127.0.0.1 "$port" <<<"fine"
    assert_ends "$srv" 1
    has srv.err "Connection reset by peer"
    assert_file srv.out "xfine\n"
}

@test "many clients one after another leak nothing" {
    start_listener srv -k --reply ok
    netpy connect 127.0.0.1 "$port" <<<"x"
    before=$(count_fds "$srv")
    for ((i = 0; i < 20; i++)); do
        run netpy connect 127.0.0.1 "$port" <<<"x"
        assert_output ok
    done
    same_fds() { [[ $(count_fds "$srv") -eq $before ]]; }
    wait_until 10 same_fds
}
