# SPDX-License-Identifier: GPL-3.0-or-later
#
# How a connection ends: the end of our input, the end of the peer, and what we close ourselves.

load lib/common

empty="$(printf '' | sha256sum | cut -d ' ' -f 1)"

# --- the end of our input -------------------------------------------------------------------

@test "connect: the end of stdin is a half-close at once, and the late answer comes whole" {
    peer steps -1 listen read-all fill 3M
    netpy connect 127.0.0.1 "$port" <<<"question" >out
    size_is out $((3 << 20))
    assert_peer_said "end after 9 $(echo question | digest)"
}

@test "listen: the same on the listening side" {
    echo "question" >in
    stdin=in start_listener srv
    run run_peer steps connect "$port" read-all fill 3M
    assert_output "end after 9 $(echo question | digest)"
    assert_ends "$srv" 0
    size_is srv.out $((3 << 20))
}

@test "an empty input half-closes too" {
    : >in
    peer steps -1 listen read-all send late
    run netpy connect 127.0.0.1 "$port" <in
    assert_success
    assert_output late
    assert_peer_said "end after 0 $empty"
}

@test "with stdin from the null device there is no half-close" {
    peer steps -1 listen until go send late
    start cl "$NETPY" connect 127.0.0.1 "$port"
    wait_until 10 all_accepted "$port"
    # A half-close would be seen as state 08, CLOSE_WAIT, on the peer's side.
    half=$(printf '^ *[0-9]+: 0100007F:%04X 0100007F:[0-9A-F]+ 08' "$port")
    run wait_until 1 grep -E "$half" /proc/net/tcp
    assert_failure
    touch go
    assert_ends "$cl" 0
    assert_file cl.out late
}

@test "with stdin closed there is no half-close" {
    peer steps -1 listen until go send late
    start cl bash -c 'exec "$@" <&-' - "$NETPY" connect 127.0.0.1 "$port"
    wait_until 10 all_accepted "$port"
    run wait_until 1 grep -E "$(printf '^ *[0-9]+: 0100007F:%04X 0100007F:[0-9A-F]+ 08' "$port")" /proc/net/tcp
    assert_failure
    touch go
    assert_ends "$cl" 0
    assert_file cl.out late
}

@test "--eof half half-closes even for the null device" {
    peer steps -1 listen read-all send late
    run netpy connect --eof half 127.0.0.1 "$port"
    assert_success
    assert_output late
    assert_peer_said "end after 0 $empty"
}

@test "--eof keep does not half-close: a server that takes it for the end still answers" {
    peer steps -1 listen recv until go send late
    echo "question" >in
    stdin=in start cl "$NETPY" connect --eof keep 127.0.0.1 "$port"
    wait_until 10 has peer.out question
    run wait_until 1 grep -E "$(printf '^ *[0-9]+: 0100007F:%04X 0100007F:[0-9A-F]+ 08' "$port")" /proc/net/tcp
    assert_failure
    touch go
    assert_ends "$cl" 0
    assert_file cl.out late
}

@test "--eof close ends at once, and everything that was sent arrives" {
    make_file a 2M
    peer steps listen read-all hold
    run netpy connect --eof close 127.0.0.1 "$port" <a
    assert_success
    wait_until 10 has peer.out end
    assert_peer_said "end after $((2 << 20)) $(digest a)"
}

@test "send: the half-close is put off, so that a server that takes it for the end answers" {
    peer steps -1 listen recv until go send late
    start cl "$NETPY" send --wait 30s 127.0.0.1 "$port" question
    wait_until 10 has peer.out question
    touch go
    assert_ends "$cl" 0
    assert_file cl.out late
}

@test "send: half-closes when nothing has moved for --wait" {
    peer steps -1 listen read-all send late
    run netpy send --wait 100ms 127.0.0.1 "$port" question
    assert_success
    assert_output late
    assert_peer_said "end after 8 $(printf question | digest)"
}

@test "send waits a second before it half-closes" {
    peer steps -1 listen read-all send late
    begin=$(date +%s%N)
    run netpy send 127.0.0.1 "$port" question
    assert_success
    assert_output late
    (($(date +%s%N) - begin >= 950000000))
}

@test "a peer that ends without a word after our half-close: a hint names send and --eof keep" {
    peer steps -1 listen read-all
    run --separate-stderr netpy connect -v 127.0.0.1 "$port" <<<"question"
    assert_success
    assert_regex "$stderr" "netpy send"
    assert_regex "$stderr" "--eof keep"
}

@test "send: no answer to data without a line end: a hint names --eol" {
    peer steps -1 listen read-all
    run --separate-stderr netpy send --wait 50ms 127.0.0.1 "$port" question
    assert_regex "$stderr" "--eol"
}

# --- the end of the peer --------------------------------------------------------------------

@test "--peer-eof keep: what we still send after the peer's half-close gets there" {
    peer steps -1 listen shut read-all
    mkfifo in
    stdin=in start cl "$NETPY" connect 127.0.0.1 "$port"
    exec 8>in
    echo "first" >&8
    wait_until 10 grep -E "$(printf '^ *[0-9]+: 0100007F:[0-9A-F]+ 0100007F:%04X 08' "$port")" /proc/net/tcp
    echo "second" >&8
    exec 8>&-
    assert_ends "$cl" 0
    assert_peer_said "end after 13 $(printf 'first\nsecond\n' | digest)"
}

@test "the same on the listening side" {
    mkfifo in
    stdin=in start srv "$NETPY" listen --port-file port 127.0.0.1 0
    exec 8>in
    wait_ready srv port
    start cl python3 -u "$tests/peers/steps.py" connect "$(<port)" shut say shut read-all
    wait_until 10 has cl.out shut
    wait_until 10 grep -E "$(printf '^ *[0-9]+: 0100007F:%04X 0100007F:[0-9A-F]+ 08' "$(<port)")" /proc/net/tcp
    echo "after" >&8
    exec 8>&-
    assert_ends "$srv" 0
    assert_ends "$cl" 0
    has cl.out "end after 6 $(echo after | digest)"
}

@test "after a second one line says what we wait for" {
    peer steps -1 listen shut read-all
    mkfifo in
    stdin=in start cl "$NETPY" connect 127.0.0.1 "$port"
    exec 8>in
    wait_until 10 test -s cl.err
    assert_equal "$(grep -c ^netpy: cl.err)" 1
    exec 8>&-
    assert_ends "$cl" 0
}

@test "--peer-eof end: the end of the peer is the end, with stdin still open" {
    peer steps -1 listen send bye
    mkfifo in
    stdin=in start cl "$NETPY" connect --peer-eof end 127.0.0.1 "$port"
    exec 8>in
    assert_ends "$cl" 0
    assert_file cl.out bye
    exec 8>&-
}

@test "--recv-only ends with the peer, with stdin still open" {
    peer steps -1 listen send bye
    mkfifo in
    stdin=in start cl "$NETPY" connect --recv-only 127.0.0.1 "$port"
    exec 8>in
    assert_ends "$cl" 0
    assert_file cl.out bye
    exec 8>&-
}

@test "--recv-only does not read stdin" {
    printf 'mine' >in
    peer steps -1 listen send bye shut read-all
    run within 20 bash -c '{ "$1" connect --recv-only 127.0.0.1 "$2" >out; cat; } <in' - "$NETPY" "$port"
    assert_output mine
    assert_file out bye
    assert_peer_said "end after 0 $empty"
}

@test "a peer that closed whole while we still type: the write that fails ends us with status 1" {
    peer steps -1 listen recv
    mkfifo in
    stdin=in start cl "$NETPY" connect --peer-eof keep 127.0.0.1 "$port"
    exec 8>in
    echo "first" >&8
    wait_until 10 grep -E "$(printf '^ *[0-9]+: 0100007F:[0-9A-F]+ 0100007F:%04X 08' "$port")" /proc/net/tcp
    gone "$peer" 10
    echo "second" >&8
    assert_ends "$cl" 1
    [[ -s cl.err ]]
    exec 8>&-
}

@test "a unix peer that closed whole is the end, with stdin still open" {
    peer steps -1 -u "$dir/sock" listen send bye
    mkfifo in
    stdin=in start cl "$NETPY" connect "unix:$dir/sock"
    exec 8>in
    assert_ends "$cl" 0
    assert_file cl.out bye
    exec 8>&-
}

# --- what we close --------------------------------------------------------------------------

@test "--send-only: a peer that talks a lot gets everything we send" {
    make_file a 4M
    peer steps -1 listen fill 1M read-all
    run netpy connect --send-only 127.0.0.1 "$port" <a
    assert_success
    assert_output ""
    gone "$peer" 10
    assert_peer_said "end after $((4 << 20)) $(digest a)"
}

@test "--send-only writes nothing to stdout" {
    peer steps -1 listen send noise read-all
    netpy connect --send-only 127.0.0.1 "$port" <<<"x" >out
    assert_file out ""
}

@test "--send-only --linger TIME: a peer that never reads what we sent is told as a loss" {
    make_file a 250K
    peer steps listen buffers 4K hold
    start cl bash -c 'exec "$@" <a' - "$NETPY" connect --send-only --sndbuf 200K --linger 200ms \
        127.0.0.1 "$port"
    assert_ends "$cl" 1 15
    assert_regex "$(<cl.err)" "[0-9]+ bytes"
}

@test "--linger caps the wait for a peer that never closes" {
    peer steps listen recv hold
    start cl "$NETPY" connect --eof close --linger 100ms 127.0.0.1 "$port"
    assert_ends "$cl" 0
}

@test "--linger waits longer for a peer that pauses" {
    make_file a 250K
    peer steps -1 listen buffers 4K pause 3 read-all
    stdin=a start cl "$NETPY" connect --eof close --sndbuf 200K --linger 60 127.0.0.1 "$port"
    assert_ends "$cl" 0 30
    gone "$peer" 10
    assert_peer_said "end after $((250 << 10)) $(digest a)"
}

@test "--linger defaults to two seconds" {
    peer steps -1 listen recv pause 1 send late read-all
    echo x >in
    stdin=in start cl "$NETPY" connect --eof close 127.0.0.1 "$port"
    assert_ends "$cl" 0
    refute grep -q error peer.out
}

@test "--reply: a slow client gets all of a long answer, longer than --linger" {
    make_file answer 3M
    slowly=()
    for _ in {1..8}; do slowly+=(read 256K pause 0.2); done
    start_listener srv --reply @answer --linger 500ms
    run run_peer steps connect "$port" buffers 64K send x "${slowly[@]}" read-all
    assert_line --index 8 "end after $((1 << 20)) $(tail -c 1M answer | digest)"
    assert_ends "$srv" 0
}

@test "--reply-after TIME: when the client has ended already, the answer is the end" {
    start_listener srv --reply done --reply-after 50ms --linger 60s
    run run_peer steps connect "$port" shut lines
    assert_output done
    assert_ends "$srv" 0
}

@test "who never sends does not wait for the end of an input that it does not read" {
    echo data >in
    peer steps -1 listen send bye
    run netpy connect --recv-only --peer-eof keep 127.0.0.1 "$port" <in
    assert_success
    assert_output bye
    stdin=in start_listener srv --accept 2 --to none --peer-eof keep
    run_peer steps connect "$port" send 'a\n'
    run run_peer steps connect "$port" send 'b\n' shut read-all
    assert_output "end after 0 $empty"
    assert_ends "$srv" 0
    assert_file srv.out 'a\nb\n'
    stdin=in start_listener srv --to none
    run run_peer steps connect "$port" shut read-all
    assert_output "end after 0 $empty"
    assert_ends "$srv" 0
}

@test "--accept-timeout: what earlier clients sent still goes to a slow reader" {
    mkfifo out
    exec 8<>out
    head -c 64K /dev/zero >&8 # the pipe is full
    stdout=out start_listener srv -k --accept-timeout "$(seconds 2)"
    run_peer steps connect "$port" send last
    exec 9<out
    run gone "$srv" 4
    assert_failure
    exec 8>&-
    tail -c +65537 <&9 >got
    assert_ends "$srv" 7
    assert_file got last
    has srv.err "no client within"
}

@test "a unix peer that reads nothing is told as a loss, without a figure that nobody knows" {
    peer steps -u "$dir/sock" listen hold
    echo hello >in
    stdin=in start cl "$NETPY" connect --eof close --linger 100ms "unix:$dir/sock"
    assert_ends "$cl" 1
    has cl.err "the peer did not take all that was sent"
}
