# SPDX-License-Identifier: GPL-3.0-or-later
#
# udp-listen: what anybody sends goes to stdout, stdin to whom the options choose.

load lib/common
bats_require_minimum_version 1.5.0

# say TEXT...: one datagram each, every one from a port of its own, in this order.
say() {
    local text
    for text; do
        run_peer udp connect "$port" send "$text"
    done
}

# open_input: a FIFO called in, which the test writes to on descriptor 9.
open_input() {
    mkfifo in
    exec 9<>in
}

@test "payload goes to stdout byte for byte" {
    start_udp_listener srv --datagrams 2
    say 'a\x00\x1b\r\n' b
    assert_ends "$srv" 0
    assert_file srv.out 'a\0000\0033\r\nb'
}

@test "it says once where it listens, and on all interfaces when no address is written" {
    address='' start_udp_listener srv --datagrams 1
    say x
    assert_ends "$srv" 0
    assert_equal "$(grep -c 'listening on' srv.err)" 1
    assert_file srv.err "netpy: udp-listen: listening on [::]:$port\n"
}

@test "IPv4 and IPv6 come in by one port" {
    need_ipv6
    address='' start_udp_listener srv --datagrams 2 --lines
    run_peer udp connect "$port" send four
    run_peer udp -6 connect "$port" send six
    assert_ends "$srv" 0
    assert_file srv.out 'four\nsix\n'
}

@test "localhost is both loopbacks on one port" {
    need_ipv6
    address=localhost start_udp_listener srv --echo --datagrams 2 --lines
    run run_peer udp connect "$port" send four recv
    assert_output four
    run run_peer udp -6 connect "$port" send six recv
    assert_output six
    assert_ends "$srv" 0
}

@test "an empty datagram is an event and not the end" {
    start_udp_listener srv --datagrams 3 -v
    say a '' b
    assert_ends "$srv" 0
    assert_file srv.out ab
    assert_regex "$(<srv.err)" 'datagram of 0 bytes from 127.0.0.1:'
}

@test "--lines ends a datagram with a newline where it has none" {
    start_udp_listener srv --datagrams 4 --lines
    say a 'b\n' '' c
    assert_ends "$srv" 0
    assert_file srv.out 'a\nb\n\nc\n'
}

@test "-v tells who sent what" {
    start_udp_listener srv --datagrams 2 -v
    run run_peer udp connect "$port" port send four
    wait_until 10 has srv.err "#1 datagram of 4 bytes from 127.0.0.1:$output"
    run run_peer udp connect "$port" port send threes
    assert_ends "$srv" 0
    assert_regex "$(<srv.err)" "#2 datagram of 6 bytes from 127.0.0.1:$output"
    assert_regex "$(<srv.err)" 'received 2 datagrams \(10 B\), sent 0'
}

@test "the first sender does not lock the others out" {
    start_udp_listener srv --datagrams 3 --lines
    say stray one two
    assert_ends "$srv" 0
    assert_file srv.out 'stray\none\ntwo\n'
}

# Two peers, who speak in the order one, two, one.
two_peers() {
    open_input
    stdin=in start_udp_listener srv "$@"
    as=one start one python3 -u "$tests/peers/udp.py" connect "$port" send 1 until two.said send 3 recv
    wait_until 10 has srv.out 1
    start two python3 -u "$tests/peers/udp.py" connect "$port" send 2 recv
    wait_until 10 has srv.out 12
    touch two.said
    wait_until 10 has srv.out 123
    echo hello >&9
}

@test "--to last, the default: stdin goes to who spoke last" {
    two_peers
    assert_ends "$one" 0
    assert_file one.out 'hello\n\n'
    assert_file two.out ''
}

@test "--to all" {
    two_peers --to all
    assert_ends "$one" 0
    assert_ends "$two" 0
    assert_file one.out 'hello\n\n'
    assert_file two.out 'hello\n\n'
}

@test "--to N: the number that -v shows" {
    two_peers --to 2
    assert_ends "$two" 0
    assert_file two.out 'hello\n\n'
    assert_file one.out ''
}

@test "--to ADDRESS" {
    open_input
    stdin=in address=0.0.0.0 start_udp_listener srv --to 127.0.0.1
    start one python3 -u "$tests/peers/udp.py" -a 127.0.0.1 connect "$port" send 1 recv
    wait_until 10 has srv.out 1
    echo hello >&9
    assert_ends "$one" 0
    assert_file one.out 'hello\n\n'
}

@test "--to none: stdin is not read" {
    open_input
    stdin=in start_udp_listener srv --to none --datagrams 1
    echo kept >&9
    say x
    assert_ends "$srv" 0
    read -r -t 5 line <&9
    assert_equal "$line" kept
}

@test "stdin is not read while there is nobody to send it to" {
    open_input
    stdin=in start_udp_listener srv
    echo first >&9
    run run_peer udp connect "$port" send x recv
    assert_output $'first'
}

@test "--to takes nothing else: status 2" {
    for word in lst 0 -1 '' 'a b'; do
        run -2 netpy udp-listen --to "$word" 127.0.0.1 0
        assert_output --partial 'last, all, none'
    done
}

@test "the end of stdin is not the end of a listener" {
    echo bye >in
    stdin=in start_udp_listener srv --datagrams 2
    run run_peer udp connect "$port" send x recv
    assert_output bye
    say y
    assert_ends "$srv" 0
    assert_file srv.out xy
}

@test "stdin is cut into datagrams: lines, whole, sizes" {
    printf 'a\nbc' >in
    stdin=in start_udp_listener srv
    run run_peer udp connect "$port" send x size size
    assert_output $'2 bytes\n2 bytes'
    stdin=in start_udp_listener srv2 --datagram whole
    run run_peer udp connect "$port" send x size
    assert_output '4 bytes'
    stdin=in start_udp_listener srv3 --datagram 3 -C
    run run_peer udp connect "$port" send x size size
    assert_output $'3 bytes\n2 bytes'
}

@test "a line that no datagram carries ends it with 9" {
    head -c 70000 /dev/zero >in
    stdin=in start_udp_listener srv
    say x
    assert_ends "$srv" 9
    assert_regex "$(<srv.err)" 'a line of the input is larger than 65507 bytes'
}

@test "answers leave from the address that was asked" {
    # A connected socket hears nobody but that address.
    address=0.0.0.0 start_udp_listener srv --echo
    run run_peer udp -a 127.0.0.2 connect "$port" send four recv
    assert_output four
}

@test "answers leave from the address that was asked, on a socket for both families" {
    need_ipv6
    address='*' start_udp_listener srv --echo
    run run_peer udp -a 127.0.0.2 connect "$port" send four recv
    assert_output four
    run run_peer udp -6 connect "$port" send six recv
    assert_output six
}

@test "a broadcast is answered from an address of our own" {
    address='*' start_udp_listener srv --echo
    run netpy udp-send --broadcast --replies 1 --wait 5 127.255.255.255 "$port" hello
    assert_output hello
}

@test "--echo sends back what comes, empty datagrams too" {
    start_udp_listener srv --echo
    run run_peer udp connect "$port" send hello recv fill 0 size fill 60000 size
    assert_output $'hello\n0 bytes\n60000 bytes'
    assert_equal "$(stat -c %s srv.out)" 60005
}

@test "--reply TEXT and @FILE" {
    printf 'from\nfile' >file
    start_udp_listener srv --reply 'Hello, World!'
    run run_peer udp connect "$port" send x recv send y recv
    assert_output $'Hello, World!\nHello, World!'
    start_udp_listener srv2 --reply @file
    run run_peer udp connect "$port" send x recv
    assert_output $'from\nfile'
    run -9 netpy udp-listen --reply @missing 127.0.0.1 0
    head -c 65508 /dev/zero >big
    run -2 netpy udp-listen --reply @big 127.0.0.1 0
    run -2 netpy udp-listen --reply x --echo 127.0.0.1 0
}

@test "what can be abused with forged senders binds loopback unless an address is written" {
    for option in --echo '--reply x'; do
        rm -f srv.port
        # shellcheck disable=SC2086
        address='' start_udp_listener srv $option
        assert_regex "$(<srv.err)" "listening on 127.0.0.1:$port|listening on \[::1\]:$port"
        refute_regex "$(<srv.err)" '\[::\]|0\.0\.0\.0'
        kill "$srv"
        address='*' start_udp_listener srv $option
        assert_regex "$(<srv.err)" 'listening on (\[::\]|0\.0\.0\.0):'
        kill "$srv"
    done
}

@test "--echo and --reply do not answer ports below 1024" {
    need_root
    for option in --echo '--reply x'; do
        rm -f srv.port
        # shellcheck disable=SC2086
        start_udp_listener srv $option --datagrams 2 --lines
        run_peer udp -b 999 connect "$port" send low
        run run_peer udp connect "$port" send high size
        assert_output --partial bytes
        assert_ends "$srv" 0
        assert_file srv.out 'low\nhigh\n'
        assert_regex "$(<srv.err)" 'below 1024'
    done
}

@test "--datagrams N ends after N, what is queued for stdout and for the peer goes out" {
    start_udp_listener srv --echo --datagrams 1
    run run_peer udp connect "$port" fill 60000 size
    assert_output '60000 bytes'
    assert_ends "$srv" 0
    assert_equal "$(stat -c %s srv.out)" 60000
}

@test "--accept-timeout: nothing ever came" {
    run -7 netpy udp-listen --accept-timeout 100ms 127.0.0.1 0
    assert_output --partial 'no datagram within 100 ms'
    start_udp_listener srv --accept-timeout 500ms --deadline 1
    say x
    assert_ends "$srv" 7
    assert_regex "$(<srv.err)" 'not done within'
}

@test "--idle-timeout: nothing came for so long" {
    start_udp_listener srv --idle-timeout "$(seconds 2)"
    say x
    assert_ends "$srv" 7
    assert_file srv.out x
    assert_regex "$(<srv.err)" "no datagram either way for $(seconds 2)"
}

@test "--deadline" {
    run -7 netpy udp-listen --deadline 100ms 127.0.0.1 0
}

@test "--max-peers: the most silent one is forgotten" {
    open_input
    stdin=in start_udp_listener srv --to all --max-peers 1
    start one python3 -u "$tests/peers/udp.py" connect "$port" send 1 recv
    wait_until 10 has srv.out 1
    start two python3 -u "$tests/peers/udp.py" connect "$port" send 2 recv
    wait_until 10 has srv.out 12
    echo hello >&9
    assert_ends "$two" 0
    assert_file two.out 'hello\n\n'
    assert_file one.out ''
}

@test "--peer-age: who was silent for longer is forgotten" {
    open_input
    stdin=in start_udp_listener srv --to all --peer-age 2s
    start one python3 -u "$tests/peers/udp.py" connect "$port" send 1 recv
    wait_until 10 has srv.out 1
    sleep 2.3
    start two python3 -u "$tests/peers/udp.py" connect "$port" send 2 recv
    wait_until 10 has srv.out 12
    echo hello >&9
    assert_ends "$two" 0
    assert_file one.out ''
}

@test "a port in use: status 5, for two UDP listeners too" {
    start_udp_listener srv
    run -5 netpy udp-listen 127.0.0.1 "$port"
    assert_output --partial "cannot bind 127.0.0.1:$port: Address already in use"
}

@test "-p and -s are PORT and ADDRESS" {
    start srv "$NETPY" udp-listen --port-file port -s 127.0.0.1 -p 0 --datagrams 1
    wait_ready srv port
    port=$(<port)
    say x
    assert_ends "$srv" 0
    assert_regex "$(<srv.err)" "listening on 127.0.0.1:$port"
    run -2 netpy udp-listen -p 1 127.0.0.1 2
    run -2 netpy udp-listen
    run -2 netpy udp-listen -s 127.0.0.1
    run -2 netpy udp-listen 127.0.0.1 70000
    run -2 netpy udp-listen tcp:127.0.0.1:80
}

@test "a signal ends it as that signal, and what came is written" {
    start_udp_listener srv
    say x
    wait_until 10 has srv.out x
    kill -TERM "$srv"
    assert_ends "$srv" 143
}

@test "--output: the file is there when all went well" {
    start_udp_listener srv --datagrams 1 --output file
    say payload
    assert_ends "$srv" 0
    assert_file file payload
}

@test "--recv-only does not read stdin, --send-only prints nothing" {
    echo unsent >in
    stdin=in start_udp_listener srv --recv-only --datagrams 2
    say x y
    assert_ends "$srv" 0
    assert_file srv.out xy
    stdin=in start_udp_listener srv2 --send-only
    run run_peer udp connect "$port" send x recv
    assert_output unsent
    assert_file srv2.out ''
    run -2 netpy udp-listen --recv-only --send-only 127.0.0.1 0
}

@test "--delay paces what stands on stdin" {
    seq 4 >in
    stdin=in start_udp_listener srv --delay 100ms
    local began=${EPOCHREALTIME/./}
    run run_peer udp connect "$port" send x count 4
    ((${EPOCHREALTIME/./} - began >= 300000))
}

@test "-vv shows each datagram, both ways" {
    start_udp_listener srv -vv --reply answer
    run run_peer udp connect "$port" send question recv
    assert_regex "$(<srv.err)" '\|question\|'
    assert_regex "$(<srv.err)" '\|answer\|'
}

@test "on a terminal what comes is escaped, unless --raw" {
    cat >say <<'END'
until test -s port; do sleep 0.02; done
python3 "$tests/peers/udp.py" connect "$(cat port)" send '\x1b[2Jend'
rm port
END
    export tests
    run on_terminal run 'sh say' expect end -- "$NETPY" udp-listen --datagrams 1 \
        --port-file port 127.0.0.1 0
    assert_output --partial '\\x1b[2Jend'
    assert_output --partial 'status 0'
    run on_terminal run 'sh say' expect end -- "$NETPY" udp-listen --raw --datagrams 1 \
        --port-file port 127.0.0.1 0
    assert_output --partial '\x1b[2Jend'
    refute_output --partial '\\x1b[2Jend'
}

@test "--show: escaped text, or a hexdump whose rows end with each datagram" {
    need xxd
    start_udp_listener srv --show text --lines --datagrams 2
    say '\x1b[2Ja' 'b\n'
    assert_ends "$srv" 0
    assert_file srv.out '\\x1b[2Ja\nb\n'
    start_udp_listener hex --show hex --lines --datagrams 2
    say hello 'a\x00'
    assert_ends "$hex" 0
    assert_equal "$(xxd -r hex.out | od -An -c | tr -d ' ')" 'helloa\0'
    assert_equal "$(wc -l <hex.out)" 2
    run -2 netpy udp-listen --show octal 127.0.0.1 0
}
