# SPDX-License-Identifier: GPL-3.0-or-later
#
# Listening: one client or many, who gets what, and the answers that need no program.

load lib/common

client() { # client VAR STEP...: one that connects to the listener
    local var=$1
    shift
    start "$var" python3 -u "$tests/peers/steps.py" connect "$port" "$@"
}

@test "-k serves one client after another" {
    start_listener srv -k
    for number in 1 2 3 4 5; do
        netpy connect 127.0.0.1 "$port" <<<"$number"
    done
    wait_until 10 size_is srv.out 10
    assert_file srv.out "1\n2\n3\n4\n5\n"
    kill -0 "$srv"
}

@test "-k serves all clients at once" {
    start_listener srv -k --echo
    run run_peer crowd "$port" 50 echo
    assert_success
    assert_output "ready 50"
}

@test "-k: stdin goes to the last who spoke" {
    mkfifo in
    stdin=in start srv "$NETPY" listen -k --port-file port 127.0.0.1 0
    exec 8>in
    wait_ready srv port
    port=$(<port)
    client a send 'a\n' recv
    wait_until 10 has srv.out a
    client b send 'b\n' recv
    wait_until 10 has srv.out b
    echo "to b" >&8
    wait_until 10 has b.out "to b"
    assert_file a.out ""
    exec 8>&-
}

@test "-k: stdin goes to the latest arrival when nobody spoke" {
    mkfifo in
    stdin=in start srv "$NETPY" listen -k --port-file port 127.0.0.1 0
    exec 8>in
    wait_ready srv port
    port=$(<port)
    client a say here recv
    wait_until 10 has a.out here
    client b say here recv
    wait_until 10 has b.out here
    wait_until 10 all_accepted "$port"
    echo "text" >&8
    wait_until 10 has b.out text
    refute grep -q text a.out
    exec 8>&-
}

@test "-k --to all: stdin goes to everybody" {
    mkfifo in
    stdin=in start srv "$NETPY" listen -k --to all --port-file port 127.0.0.1 0
    exec 8>in
    wait_ready srv port
    port=$(<port)
    client a send 'a\n' lines
    client b send 'b\n' lines
    wait_until 10 size_is srv.out 4
    echo "to all" >&8
    wait_until 10 has a.out "to all"
    wait_until 10 has b.out "to all"
    exec 8>&-
}

@test "-k --to none: stdin goes to nobody" {
    mkfifo in
    stdin=in start srv "$NETPY" listen -k --to none --port-file port 127.0.0.1 0
    exec 8>in
    wait_ready srv port
    port=$(<port)
    client a send 'a\n' recv
    wait_until 10 has srv.out a
    echo "text" >&8
    client b send 'b\n' recv
    wait_until 10 has srv.out b
    refute grep -q text a.out
    exec 8>&-
}

@test "-k --to N: stdin goes to client number N" {
    mkfifo in
    stdin=in start srv "$NETPY" listen -k --to 1 --port-file port 127.0.0.1 0
    exec 8>in
    wait_ready srv port
    port=$(<port)
    client a send 'a\n' recv
    wait_until 10 has srv.out a
    client b send 'b\n' recv
    wait_until 10 has srv.out b
    echo "to a" >&8
    wait_until 10 has a.out "to a"
    assert_file b.out ""
    exec 8>&-
}

@test "-k: with no client stdin is not read" {
    printf 'kept' >in
    stdin=in start_listener srv -k
    run netpy connect 127.0.0.1 "$port"
    assert_success
    assert_output kept
}

@test "-k: after the end of stdin new clients get a half-close at once" {
    printf 'x' >in
    stdin=in start_listener srv -k
    run netpy connect 127.0.0.1 "$port"
    assert_output x
    run --separate-stderr netpy connect 127.0.0.1 "$port" <<<"still heard"
    assert_success
    assert_output ""
    wait_until 10 has srv.out "still heard"
}

@test "-k: lines of several clients are kept whole" {
    start_listener srv -k --accept 4
    for who in a b c d; do
        awk -v who="$who" 'BEGIN {
            word = who; while (length(word) < 64) word = word word
            for (i = 0; i < 2000; i++) print word "-" i }' >"$who.in"
    done
    for who in a b c d; do
        stdin=$who.in start "client_$who" "$NETPY" connect 127.0.0.1 "$port"
    done
    # shellcheck disable=SC2154
    for who in "$client_a" "$client_b" "$client_c" "$client_d"; do
        assert_ends "$who" 0 30
    done
    assert_ends "$srv" 0
    for who in a b c d; do
        grep "^$who" srv.out >of
        assert_same "$who.in" of
    done
    assert_equal "$(wc -l <srv.out)" 8000
}

@test "--raw-stream: the unfinished line of one of many does not wait" {
    need_strace
    under="strace -qq -o $dir/strace -e trace=write,writev" \
        start_listener srv --accept 2 --raw-stream
    client a send 'whole\nbegun' hold
    wait_until 10 has srv.out begun
    has strace '"whole\nbegun"'
}

@test "-k: a line without an end goes out after a while" {
    start_listener srv -k
    client a send 'no line end' hold
    wait_until 10 has srv.out "no line end"
}

@test "--accept N ends after N clients" {
    start_listener srv --accept 2
    netpy connect 127.0.0.1 "$port" <<<"one"
    netpy connect 127.0.0.1 "$port" <<<"two"
    assert_ends "$srv" 0
    assert_file srv.out "one\ntwo\n"
}

@test "--echo sends back what comes" {
    make_file a 3M
    start_listener srv --echo
    netpy connect 127.0.0.1 "$port" <a >out
    assert_ends "$srv" 0
    assert_same a out
}

@test "--reply TEXT answers after the first data, and the rest is printed" {
    start_listener srv --reply "thank you"
    run netpy connect 127.0.0.1 "$port" <<<"question"
    assert_success
    assert_output "thank you"
    assert_ends "$srv" 0
    assert_file srv.out "question\n"
}

@test "--reply says nothing to a client that says nothing" {
    start_listener srv -k --reply "thank you"
    run --separate-stderr netpy connect --eof half 127.0.0.1 "$port"
    assert_success
    assert_output ""
}

@test "--reply @FILE answers with a file" {
    make_file answer 2M
    start_listener srv --reply @answer
    netpy connect 127.0.0.1 "$port" <<<"question" >out
    assert_ends "$srv" 0
    assert_same answer out
}

@test "--reply @@TEXT is text that begins with @" {
    start_listener srv --reply @@home
    run netpy connect 127.0.0.1 "$port" <<<"x"
    assert_output "@home"
}

@test "--reply-after ERE waits until that has come" {
    start_listener srv --reply done --reply-after 'e[n]d'
    run run_peer steps connect "$port" send 'begin ' send 'e' send 'nd' read-all
    assert_output "end after 4 $(printf 'done' | digest)"
    assert_ends "$srv" 0
    assert_file srv.out "begin end"
}

@test "--reply-after ERE: no answer to other words" {
    start_listener srv --reply done --reply-after 'never'
    run run_peer steps connect "$port" send 'begin' shut read-all
    assert_output --partial "end after 0"
}

@test "--reply-after TIME answers a client that says nothing" {
    start_listener srv --reply done --reply-after 50ms
    run run_peer steps connect "$port" read-all
    assert_output "end after 4 $(printf 'done' | digest)"
}

@test "--reply half-closes and goes on printing until the client's end" {
    start_listener srv --reply ok
    run run_peer steps connect "$port" send one read-all send two shut
    assert_output --partial "end after 2"
    assert_ends "$srv" 0
    assert_file srv.out "onetwo"
}

@test "300 clients that say nothing, and the next is served" {
    start_listener srv -k --echo
    mkfifo stay
    stdin=stay start crowd python3 -u "$tests/peers/crowd.py" "$port" 300 silent
    exec 8>stay
    wait_until 30 has crowd.out "ready 300"
    run netpy connect 127.0.0.1 "$port" <<<"next"
    assert_success
    assert_output next
    exec 8>&-
    assert_ends "$crowd" 0
}
