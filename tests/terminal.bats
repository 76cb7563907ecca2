# SPDX-License-Identifier: GPL-3.0-or-later
#
# On a terminal: nothing a peer sends can act on it, and it is left as it was found.

load lib/common

setup() {
    common_setup
    need python3
}

# What appeared is printed as a Python literal: \x1b is the real byte, \\x1b its escaped form.
refute_raw() { refute_output --regexp "(^|[^\\\\])$1"; }

@test "what a peer sends is shown escaped on a terminal" {
    peer steps -1 listen send 'a\x1b[31mred\x07\x9b0m\x7f\n' send 'end\n'
    run on_terminal expect end -- "$NETPY" connect 127.0.0.1 "$port"
    assert_line "status 0"
    refute_raw '\\x(1b|07|9b|7f)'
    assert_line --index 0 --partial '\\x1b[31mred\\x07\\x9b0m\\x7f'
}

@test "bidi marks and broken UTF-8 are escaped, good UTF-8 passes" {
    peer steps -1 listen send '\xc3\xa4 \xe2\x80\xae \xff\xc3\n' send 'end\n'
    run on_terminal expect end -- "$NETPY" connect 127.0.0.1 "$port"
    assert_line --index 0 --partial '\xc3\xa4 '
    refute_raw '\\xe2\\x80\\xae'
    assert_line --index 0 --partial '\\xff\\xc3'
}

@test "a question to the terminal cannot be answered to the peer" {
    peer steps -1 listen send '\x1b[6n\x1b[c' send 'end\n' read-all
    run on_terminal expect end type '\x04' -- "$NETPY" connect 127.0.0.1 "$port"
    refute_raw '\\x1b'
    wait_until 10 has peer.out "end after 0"
}

@test "an escape sequence cut in two is escaped too" {
    peer steps -1 listen send '\x1b' pause 0.05 send '[31m' pause 0.05 send '\xe2' pause 0.05 send '\x80\xaeend\n'
    run on_terminal expect end -- "$NETPY" connect 127.0.0.1 "$port"
    assert_line --index 0 --partial '\\x1b[31m'
    refute_raw '\\xe2\\x80\\xae'
}

@test "a character that a client's end cuts short is shown" {
    start srv python3 "$tests/lib/on_terminal.py" expect '\\xc3' -- \
        "$NETPY" listen --accept 2 --port-file port 127.0.0.1 0
    wait_ready srv port
    run_peer steps connect "$(<port)" send 'cut\xc3'
    run_peer steps connect "$(<port)"
    assert_ends "$srv" 0
    has srv.out 'cut\\xc3'
}

@test "--raw passes everything" {
    peer steps -1 listen send '\x1b[31mred\x1b[0m\n' send 'end\n'
    run on_terminal expect end -- "$NETPY" connect --raw 127.0.0.1 "$port"
    assert_line --index 0 --partial '\x1b[31mred\x1b[0m'
}

@test "listen and send escape as well" {
    start srv python3 "$tests/lib/on_terminal.py" expect end -- \
        "$NETPY" listen --port-file port 127.0.0.1 0
    wait_ready srv port
    run_peer steps connect "$(<port)" send '\x1b[31mend\n'
    assert_ends "$srv" 0
    has srv.out '\\x1b[31mend'
    peer steps -1 listen recv send '\x1b[31mend\n'
    run on_terminal expect end -- "$NETPY" send 127.0.0.1 "$port" hello
    assert_line --index 0 --partial '\\x1b[31mend'
}

@test "what is not a terminal gets every byte as it came" {
    printf 'a\x1b[31m\x9b\xff\x00\r\n' >a
    peer steps -1 listen file a
    run on_terminal -o out -- "$NETPY" connect 127.0.0.1 "$port"
    assert_same a out
}

@test "what is typed arrives, line by line; Ctrl-D is the end of input" {
    peer steps -1 listen read 4 send 'heard\n' read-all
    run on_terminal type 'one\n' expect heard type 'two\n' type '\x04' -- \
        "$NETPY" connect --peer-eof keep 127.0.0.1 "$port"
    assert_line "status 0"
    wait_until 10 has peer.out "read 4"
    wait_until 10 has peer.out "end after 4"
}

@test "on a terminal the peer's end is the end" {
    peer steps -1 listen send 'bye\n'
    run on_terminal expect bye -- "$NETPY" connect 127.0.0.1 "$port"
    assert_line "status 0"
}

@test "--peer-eof keep: on a terminal too one goes on typing after the peer's half-close" {
    peer steps -1 listen send 'bye\n' shut read-all
    run on_terminal expect bye type 'more\n' type '\x04' -- \
        "$NETPY" connect --peer-eof keep 127.0.0.1 "$port"
    assert_line "status 0"
    wait_until 10 has peer.out "end after 5"
}

@test "Ctrl-C ends us as SIGINT, and the terminal is as before" {
    peer steps listen send 'hello\n' hold
    run on_terminal expect hello type '\x03' -- "$NETPY" connect 127.0.0.1 "$port"
    assert_line "status 130"
    refute_output --partial "modes changed"
    run on_terminal expect listening type '\x03' -- "$NETPY" listen 127.0.0.1 0
    assert_line "status 130"
    refute_output --partial "modes changed"
}

@test "killed by SIGTERM, SIGSEGV or SIGABRT: the terminal is as before" {
    peer steps listen send 'hello\n' hold
    for pair in TERM:143 HUP:129 SEGV:139 ABRT:134; do
        sanitized && [[ $pair == *V:* || $pair == A* ]] && continue
        run on_terminal expect hello kill "SIG${pair%:*}" -- "$NETPY" connect 127.0.0.1 "$port"
        assert_line "status ${pair#*:}"
        refute_output --partial "modes changed"
    done
}

@test "Ctrl-Z and continue: the conversation goes on" {
    peer steps listen send 'hello\n' echo
    run on_terminal -f expect hello type '\x1a' stopped kill SIGCONT type 'again\n' expect 'again\r\nagain' \
        type '\x03' -- "$NETPY" connect 127.0.0.1 "$port"
    assert_line "status 130"
    refute_output --partial "modes changed"
}

@test "a terminal that hangs up ends us" {
    peer steps listen send 'hello\n' hold
    run on_terminal expect hello hangup -- "$NETPY" connect 127.0.0.1 "$port"
    assert_line --regexp "status (129|9|0|1)"
    refute_output --partial "did not end"
}

@test "in a background process group stdin is not read, and output still comes" {
    peer steps -1 listen send 'hello\n' until go send 'bye\n'
    run on_terminal -b type 'not for us\n' expect hello run 'touch go' expect bye -- \
        "$NETPY" connect 127.0.0.1 "$port"
    assert_line "status 0"
}

@test "resizing the window disturbs nothing" {
    peer steps listen send 'hello\n' echo
    run on_terminal expect hello size 10 20 size 50 132 type 'word\n' expect 'word\r\nword' \
        type '\x03' -- "$NETPY" connect 127.0.0.1 "$port"
    assert_line "status 130"
}

@test "names and errors are escaped on a terminal and off it" {
    run on_terminal -- "$NETPY" connect $'x\e[31m' 80
    refute_raw '\\x1b'
    assert_output --partial '\\x1b[31m'
}
