# SPDX-License-Identifier: GPL-3.0-or-later
#
# udp-send: DATA or stdin as datagrams, the answers to stdout.

load lib/common
bats_require_minimum_version 1.5.0

send() { netpy udp-send "$@"; }

@test "DATA is one datagram, sent exactly" {
    peer udp listen recv recv
    send --wait 0 127.0.0.1 "$port" hello
    send --wait 0 127.0.0.1 "$port" two words
    assert_ends "$peer" 0
    assert_peer_said $'hello\ntwo words'
}

@test "DATA: escapes, hexadecimal, files, line ends" {
    printf 'a\nb' >file
    peer udp listen recv recv recv recv recv recv
    send --wait 0 -e 127.0.0.1 "$port" 'a\x41\tb'
    send --wait 0 --hex 127.0.0.1 "$port" '61 62' 63
    send --wait 0 127.0.0.1 "$port" @file
    send --wait 0 127.0.0.1 "$port" @@file
    send --wait 0 -e -C 127.0.0.1 "$port" 'x\ny'
    send --wait 0 --eol cr 127.0.0.1 "$port" @file
    assert_ends "$peer" 0
    assert_peer_said $'aA\tb\nabc\na\nb\n@file\nx\r\ny\r\n\na\rb'
}

@test "what was probably not meant is said, and sent all the same" {
    echo x >file
    peer udp listen recv recv
    run -0 --separate-stderr netpy udp-send --wait 0 127.0.0.1 "$port" 'GET\r'
    assert_regex "$stderr" 'hint: -e'
    run -0 --separate-stderr netpy udp-send --wait 0 127.0.0.1 "$port" file
    assert_regex "$stderr" 'hint: @file'
    assert_peer_said $'GET\\r\nfile'
}

@test "DATA that cannot be: status 2, or 9 for a file, and nothing is sent" {
    for words in '--hex 0g' '--hex -C 00' '-e a\q' '--hex -e 00' '--datagram lines x' \
        '--datagram 0 x' '--datagram 65508 x' '--every 1 x' '--replies 0 x' \
        '--replies 1 --send-only x' '-p 70000 x' '-s localhost x' '--repeat 2'; do
        # shellcheck disable=SC2086
        run -2 netpy udp-send 127.0.0.1 9 $words
    done
    run -9 netpy udp-send 127.0.0.1 9 @missing
    assert_output --partial missing
}

@test "an empty datagram can be sent, with DATA or from an empty input" {
    peer udp listen size size
    send --wait 0 127.0.0.1 "$port" ''
    send --wait 0 --datagram whole 127.0.0.1 "$port" < <(:)
    assert_ends "$peer" 0
    assert_peer_said $'0 bytes\n0 bytes'
}

@test "stdin: each line is a datagram, the last one too when it has no line end" {
    peer udp listen recv recv recv recv
    printf 'one\n\ntwo\nthree' | send --wait 0 127.0.0.1 "$port"
    assert_ends "$peer" 0
    assert_peer_said $'one\n\n\n\ntwo\n\nthree'
}

@test "stdin: line ends are changed when asked for" {
    peer udp listen recv recv recv
    printf 'a\nb\r\nc' | send -C --wait 0 127.0.0.1 "$port"
    assert_ends "$peer" 0
    assert_peer_said $'a\r\n\nb\r\n\nc'
}

@test "--eol none takes the line ends away" {
    peer udp listen recv recv
    printf 'a\nb\n' | send --eol none --wait 0 127.0.0.1 "$port"
    assert_ends "$peer" 0
    assert_peer_said $'a\nb'
}

@test "--datagram whole: everything until the end is one" {
    peer udp listen recv
    (printf 'a\n' && sleep 0.1 && printf b) | send --datagram whole --wait 0 127.0.0.1 "$port"
    assert_ends "$peer" 0
    assert_peer_said $'a\nb'
}

@test "--datagram SIZE: pieces, the last may be smaller; DATA too" {
    peer udp listen size size size recv recv
    head -c 2500 /dev/zero | send --datagram 1K --wait 0 127.0.0.1 "$port"
    send --datagram 3 --wait 0 127.0.0.1 "$port" abcde
    assert_ends "$peer" 0
    assert_peer_said $'1024 bytes\n1024 bytes\n452 bytes\nabc\nde'
}

@test "more than a datagram carries is refused: DATA with 2, stdin with 9" {
    head -c 65508 /dev/zero >big
    run -2 netpy udp-send 127.0.0.1 9 @big
    assert_output --partial 'hint: --datagram SIZE'
    run -9 netpy udp-send --datagram whole 127.0.0.1 9 <big
    assert_output --partial '65507 bytes'
    run -9 netpy udp-send 127.0.0.1 9 <big
    assert_output --partial 'a line of'
    assert_output --partial 'hint: --datagram SIZE'
}

@test "the largest datagram arrives whole" {
    make_file a 65507
    peer udp listen count 1
    send --wait 0 127.0.0.1 "$port" @a
    assert_ends "$peer" 0
    assert_peer_said "1 datagrams 65507 bytes $(digest a)"
}

@test "100,000 datagrams through a pipe keep their bounds and their order" {
    seq 100000 >a
    start_udp_listener srv --datagrams 100000 --idle-timeout 5
    # A receiver that is fast enough, or not: what was lost must have been said.
    cat a | send --wait 0 127.0.0.1 "$port"
    wait_pid "$srv" 20 || grep -q lost srv.err
    if ((status == 0)); then assert_same a srv.out; fi
}

@test "an answer is printed as it is" {
    peer udp listen recv send 'a\x00\r\nb'
    send --replies 1 127.0.0.1 "$port" q >out
    assert_file out 'a\0000\r\nb'
}

@test "an answer half a second later is not missed" {
    peer udp listen recv pause 0.5 send late
    run -0 netpy udp-send 127.0.0.1 "$port" q
    assert_output late
}

@test "--wait is counted from the last datagram" {
    peer udp listen recv recv send late
    run -0 bash -c '(echo a; sleep 0.6; echo b) | "$NETPY" udp-send --wait 300ms 127.0.0.1 '"$port"
    assert_output late
}

@test "--replies N ends with the last of them" {
    peer udp listen recv send a send b
    run -0 within 5 "$NETPY" udp-send --wait 60 --replies 2 --lines 127.0.0.1 "$port" q
    assert_output $'a\nb'
}

@test "--replies N: fewer are status 8" {
    peer udp listen recv send a
    run -8 --separate-stderr netpy udp-send --wait 200ms --replies 2 127.0.0.1 "$port" q
    assert_output a
    assert_regex "$stderr" '1 of 2 answers'
}

@test "no answer is no failure unless one was asked for" {
    peer udp listen recv
    run -0 netpy udp-send --wait 50ms 127.0.0.1 "$port" q
    assert_output ''
}

@test "an empty answer is an answer" {
    peer udp listen recv fill 0
    run -0 within 5 "$NETPY" udp-send --wait 60 --replies 1 --lines 127.0.0.1 "$port" q
    assert_output ''
    peer udp listen recv fill 0
    send --replies 1 127.0.0.1 "$port" q >out
    assert_file out ''
}

@test "refused: status 4 at once, over IPv4 and IPv6" {
    port=$(free_port)
    run -4 within 3 "$NETPY" udp-send --wait 60 127.0.0.1 "$port" x
    assert_output "netpy: udp-send: cannot reach 127.0.0.1:$port: Connection refused"
    need_ipv6
    run -4 within 3 "$NETPY" udp-send --wait 60 ::1 "$port" x
    assert_output --partial "[::1]:$port: Connection refused"
}

@test "refused is seen without waiting, and while stdin is still open" {
    port=$(free_port)
    run -4 netpy udp-send --wait 0 127.0.0.1 "$port" x
    mkfifo in
    stdin=in start cl "$NETPY" udp-send 127.0.0.1 "$port"
    exec 9>in
    echo x >&9
    assert_ends "$cl" 4
    exec 9>&-
}

@test "the next address of a name is tried with everything that was said" {
    need_ipv6
    peer udp -6 listen recv send v6
    run -0 netpy udp-send --replies 1 --wait 5 localhost "$port" q
    assert_output v6
    peer udp listen recv recv send v4
    run -0 --separate-stderr bash -c 'printf "a\nb" | "$NETPY" udp-send --replies 1 --wait 5 localhost '"$port"
    assert_output v4
    assert_peer_said $'a\n\nb'
}

@test "what cannot be sent again whole is not sent to the next address in part" {
    need_ipv6
    peer udp -6 listen count 30
    start srv "$NETPY" udp-listen --port-file port 127.0.0.1 "$port"
    wait_ready srv port
    run -4 bash -c '(head -c 1500000 /dev/zero; while kill -0 $1 2>/dev/null; do sleep 0.05; done
        echo more) | "$NETPY" udp-send --datagram 50000 --delay 1ms localhost "$2"' sh "$peer" "$port"
    assert_output --partial "[::1]:$port Connection refused"
    assert_file srv.out ''
}

@test "all addresses refused: each is named" {
    need_ipv6
    port=$(free_port)
    run -4 netpy udp-send localhost "$port" x
    assert_output --partial "localhost:$port: [::1]:$port Connection refused, 127.0.0.1:$port Connection refused"
}

@test "refused after an answer is a failure of the connection" {
    peer udp listen recv send one
    run -1 --separate-stderr bash -c '(echo a; while kill -0 $1 2>/dev/null; do sleep 0.05; done
        echo b; sleep 5) | "$NETPY" udp-send --wait 60 127.0.0.1 "$2"' sh "$peer" "$port"
    assert_output one
    assert_regex "$stderr" "127.0.0.1:$port: Connection refused"
}

@test "an answer from somebody else is not taken for one" {
    peer udp listen recv stranger no send yes
    run -0 netpy udp-send --wait 200ms 127.0.0.1 "$port" q
    assert_output yes
}

@test "--repeat and --every: so often, with that pause" {
    peer udp listen count 3
    local began=${EPOCHREALTIME/./}
    send --repeat 3 --every 200ms --wait 0 127.0.0.1 "$port" x
    ((${EPOCHREALTIME/./} - began >= 390000))
    assert_ends "$peer" 0
    assert_peer_said "3 datagrams 3 bytes $(printf xxx | digest)"
}

@test "--repeat 0 goes on until it is stopped, or has its answers" {
    peer udp listen recv recv recv send enough
    run -0 within 10 "$NETPY" udp-send --repeat 0 --every 20ms --replies 1 127.0.0.1 "$port" x
    assert_output enough
    peer udp listen recv recv recv pause 5
    run -7 netpy udp-send --repeat 0 --every 20ms --deadline 300ms 127.0.0.1 "$port" x
    assert_peer_said $'x\nx\nx'
}

@test "--delay paces the datagrams of stdin" {
    peer udp listen count 4
    local began=${EPOCHREALTIME/./}
    seq 4 | send --delay 100ms --wait 0 127.0.0.1 "$port"
    ((${EPOCHREALTIME/./} - began >= 300000))
    assert_ends "$peer" 0
    assert_peer_said "4 datagrams 8 bytes $(seq 4 | digest)"
}

@test "a broadcast address needs --broadcast" {
    run -4 netpy udp-send 127.255.255.255 9 x
    assert_output --partial 'hint: a broadcast address needs --broadcast'
    peer udp -a 0.0.0.0 listen recv send heard
    run -0 netpy udp-send --broadcast --replies 1 127.255.255.255 "$port" x
    assert_output heard
}

@test "a multicast group is sent to, and anybody may answer" {
    need_netns
    run -0 in_netns bash -c 'ip route add 224.0.0.0/4 dev lo
        "$NETPY" udp-send -v --wait 100ms 224.0.0.251 5353 x'
    assert_output --partial 'sent 1 (1 B)'
}

@test "-s and -p: the address and the port it is sent from" {
    other=$(free_port)
    peer udp listen recv sender
    send -s 127.0.0.5 -p "$other" --wait 0 127.0.0.1 "$port" x
    assert_ends "$peer" 0
    assert_peer_said $'x\n127.0.0.5:'"$other"
}

@test "a source that is not ours: status 5" {
    run -5 netpy udp-send -s 192.0.2.1 127.0.0.1 9 x
    assert_output --partial 192.0.2.1
}

@test "--deadline and --idle-timeout end with 7" {
    peer udp listen recv pause 5
    run -7 netpy udp-send --deadline 200ms --wait 60 127.0.0.1 "$port" x
    peer udp listen recv pause 5
    run -7 netpy udp-send --idle-timeout 200ms --wait 60 127.0.0.1 "$port" x
}

@test "--send-only prints nothing and does not wait" {
    peer udp listen recv send answer
    run -0 within 5 "$NETPY" udp-send --send-only --wait 60 127.0.0.1 "$port" x
    assert_output ''
}

@test "--output: the answers are in the file when all went well" {
    peer udp listen recv send answer
    send --replies 1 --output file 127.0.0.1 "$port" x
    assert_file file answer
    run -4 netpy udp-send --output other 127.0.0.1 "$(free_port)" x
    assert [ ! -e other ]
}

@test "with DATA stdin is not read" {
    peer udp listen recv
    echo unread >in
    { send --wait 0 127.0.0.1 "$port" x && read -r rest; } <in
    assert_equal "$rest" unread
}

@test "-v tells addresses and figures, -vv shows the bytes" {
    peer udp listen recv send answer
    run -0 --separate-stderr netpy udp-send -vv --replies 1 127.0.0.1 "$port" hello
    assert_regex "$stderr" "sending to 127.0.0.1:$port from 127.0.0.1:"
    assert_regex "$stderr" '\|hello\|'
    assert_regex "$stderr" '\|answer\|'
    assert_regex "$stderr" 'received 1 datagram \(6 B\), sent 1 \(5 B\)'
}

@test "-4 and -6 choose among the addresses of a name" {
    need_ipv6
    peer udp listen recv send v4
    run -0 netpy udp-send -4 --replies 1 localhost "$port" x
    assert_output v4
    peer udp -6 listen recv send v6
    run -0 netpy udp-send -6 --replies 1 localhost "$port" x
    assert_output v6
}

@test "endpoints: one word, a scheme, and those that are not for datagrams" {
    peer udp listen recv recv
    send --wait 0 "127.0.0.1:$port" x
    send --wait 0 "udp://127.0.0.1:$port" y
    assert_ends "$peer" 0
    run -2 netpy udp-send "tcp:127.0.0.1:$port" x
    run -2 netpy udp-send 127.0.0.1 0 x
    run -2 netpy udp-send 127.0.0.1
    run -2 netpy udp-send
}
