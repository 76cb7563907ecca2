# SPDX-License-Identifier: GPL-3.0-or-later
#
# Every option of the stream commands does what it says: each test fails without it.

load lib/common

# asked_for TEXT COMMAND...: its setsockopt or listen calls, in the log, match TEXT.
asked_for() {
    local wanted=$1
    shift
    need_strace
    traced setsockopt,listen,bind "$@" >/dev/null 2>&1 || :
    grep -qE "$wanted" strace || {
        echo "no $wanted in:" && cat strace
        return 1
    }
}

@test "-4: listen takes IPv4 only, connect tries IPv4 only" {
    need_ipv6
    address='' start_listener srv -4
    run netpy connect ::1 "$port"
    assert_failure 4
    netpy connect --eof half 127.0.0.1 "$port"
    assert_ends "$srv" 0
    peer steps -6 listen send six
    run netpy connect -4 localhost "$port"
    assert_failure 4
    run netpy connect -4 ::1 "$port"
    assert_failure
}

@test "-6: listen takes IPv6 only, connect tries IPv6 only" {
    need_ipv6
    address='' start_listener srv -6
    run netpy connect 127.0.0.1 "$port"
    assert_failure 4
    netpy connect --eof half ::1 "$port"
    assert_ends "$srv" 0
    peer steps listen send four
    run netpy connect -6 localhost "$port"
    [[ $status -eq 4 || $status -eq 3 ]]
}

@test "-4 and -6 exclude each other" {
    run netpy connect -4 -6 127.0.0.1 80
    assert_failure 2
}

@test "-C, --crlf: bare LF is sent as CRLF, CRLF as it is" {
    for option in -C --crlf; do
        start_listener srv
        printf 'a\nb\r\n\nc' | netpy connect "$option" 127.0.0.1 "$port"
        assert_ends "$srv" 0
        assert_file srv.out 'a\r\nb\r\n\r\nc'
    done
}

@test "-C remembers a CR across two reads" {
    start_listener srv
    mkfifo in
    stdin=in start cl "$NETPY" connect -C 127.0.0.1 "$port"
    exec 8>in
    printf 'a\r' >&8
    wait_until 10 size_is srv.out 2
    printf '\nb\n' >&8
    exec 8>&-
    assert_ends "$cl" 0
    assert_ends "$srv" 0
    assert_file srv.out 'a\r\nb\r\n'
}

@test "-C converts what we send only" {
    printf 'a\n' >in
    peer steps -1 listen file in
    run bash -c '"$@" | od -An -c' - "$NETPY" connect -C 127.0.0.1 "$port"
    assert_output --regexp '^ +a +\\n$'
}

@test "--eol: crlf, cr, lf and none" {
    for pair in 'crlf:a\r\nb\r\n' 'cr:a\rb\r' 'lf:a\nb\n' 'none:ab'; do
        start_listener srv
        printf 'a\nb\n' | netpy connect --eol "${pair%%:*}" 127.0.0.1 "$port"
        assert_ends "$srv" 0
        assert_file srv.out "${pair#*:}"
    done
}

@test "send --eol and -C add a line end to DATA" {
    for words in '--eol crlf:hi\r\n' '--eol lf:hi\n' '-C:hi\r\n' '--eol cr:hi\r' '--eol none:hi'; do
        start_listener srv --reply ok
        # shellcheck disable=SC2086
        netpy send ${words%%:*} 127.0.0.1 "$port" hi
        assert_ends "$srv" 0
        assert_file srv.out "${words#*:}"
    done
}

@test "without --eol nothing is added or changed" {
    start_listener srv --reply ok
    netpy send 127.0.0.1 "$port" $'a\nb'
    assert_ends "$srv" 0
    assert_file srv.out 'a\nb'
}

@test "-p: connect comes from this port" {
    peer steps -1 listen peer
    source_port=$(free_port)
    netpy connect --eof half -p "$source_port" 127.0.0.1 "$port"
    assert_peer_said "127.0.0.1 $source_port"
}

@test "-p: in listen it is the port" {
    port=$(free_port)
    start srv "$NETPY" listen -p "$port" 127.0.0.1
    wait_port "$port"
    netpy connect 127.0.0.1 "$port" <<<hello
    assert_ends "$srv" 0
    assert_file srv.out "hello\n"
}

@test "-s: connect comes from this address" {
    peer steps -1 listen peer
    netpy connect -s 127.0.0.7 127.0.0.1 "$port" || skip "no 127.0.0.7 here"
    assert_regex "$(peer_said)" '^127\.0\.0\.7 '
}

@test "-w is --connect-timeout" {
    peer steps listen read-all
    asked=$(netpy connect --connect-timeout 0.0x 127.0.0.1 "$port" 2>&1) || :
    run netpy connect -w 0.0x 127.0.0.1 "$port"
    assert_failure 2
    assert_output "${asked/--connect-timeout/-w}"
}

@test "--input: the data comes from this file" {
    printf 'from the file' >file
    start_listener srv
    netpy connect --input file 127.0.0.1 "$port" <<<"not this"
    assert_ends "$srv" 0
    assert_file srv.out "from the file"
}

@test "--input - and --output - are stdin and stdout" {
    peer steps -1 listen recv send answer
    run netpy connect --input - --output - 127.0.0.1 "$port" <<<"question"
    assert_output answer
    assert_peer_said question
}

@test "--output: what comes goes to this file" {
    peer steps -1 listen send answer
    run netpy connect --output file 127.0.0.1 "$port"
    assert_success
    assert_output ""
    assert_file file answer
}

@test "--output in listen and send" {
    start_listener srv --output got
    netpy connect 127.0.0.1 "$port" <<<hello
    assert_ends "$srv" 0
    assert_file got "hello\n"
    peer steps -1 listen recv send answer
    netpy send --output file 127.0.0.1 "$port" question
    assert_file file answer
}

@test "--output does not replace a file; --overwrite does" {
    echo old >file
    peer steps listen send new
    run netpy connect --output file 127.0.0.1 "$port"
    assert_failure
    assert_output --partial file
    assert_file file "old\n"
    netpy connect --eof half --output file --overwrite 127.0.0.1 "$port"
    assert_file file new
}

@test "--append adds to a file" {
    printf 'old ' >file
    peer steps -1 listen send new
    netpy connect --eof half --output file --append 127.0.0.1 "$port"
    assert_file file "old new"
}

@test "--append without --output makes no sense" {
    run netpy connect --append 127.0.0.1 80
    assert_failure 2
}

@test "--recv-only and --send-only exclude each other" {
    run netpy connect --recv-only --send-only 127.0.0.1 80
    assert_failure 2
}

@test "--recv-only: stdin is not sent" {
    echo theirs >in
    stdin=in start_listener srv
    start cl bash -c 'echo mine | "$@"' - "$NETPY" connect --recv-only 127.0.0.1 "$port"
    assert_ends "$srv" 0
    assert_file srv.out ""
}

@test "--send-only: what comes is not written" {
    echo noise >in
    stdin=in start_listener srv
    run netpy connect --send-only 127.0.0.1 "$port" <<<hello
    assert_success
    assert_output ""
}

@test "--backlog" {
    asked_for 'listen\([0-9]+, 17\)' netpy listen --backlog 17 --accept-timeout 50ms 127.0.0.1 0
}

@test "--reuse-port: two listeners share a port" {
    start_listener one --reuse-port -k
    run netpy listen --accept-timeout 50ms 127.0.0.1 "$port"
    assert_failure 5
    start two "$NETPY" listen --reuse-port --port-file second 127.0.0.1 "$port"
    wait_ready two second
    assert_equal "$(<second)" "$port"
}

@test "--keepalive: the first probe after this time" {
    peer steps listen send x
    asked_for 'TCP_KEEPIDLE, \[37\]' netpy connect --keepalive 37 127.0.0.1 "$port"
    asked_for 'SO_KEEPALIVE, \[1\]' netpy connect --keepalive 37 127.0.0.1 "$port"
}

@test "--nodelay on and off" {
    peer steps listen send x
    asked_for 'TCP_NODELAY, \[1\]' netpy connect --nodelay on 127.0.0.1 "$port"
    run asked_for 'TCP_NODELAY, \[1\]' netpy connect --nodelay off 127.0.0.1 "$port"
    assert_failure
}

@test "--sndbuf and --rcvbuf" {
    peer steps listen send x
    asked_for 'SO_SNDBUF, \[100000\]' netpy connect --sndbuf 100000 127.0.0.1 "$port"
    asked_for 'SO_RCVBUF, \[98304\]' netpy connect --rcvbuf 96K 127.0.0.1 "$port"
    asked_for 'SO_RCVBUF, \[98304\]' netpy listen --rcvbuf 96K --accept-timeout 50ms 127.0.0.1 0
}

@test "--ttl and --tos" {
    peer steps listen send x
    asked_for 'IP_TTL, \[7\]' netpy connect --ttl 7 127.0.0.1 "$port"
    asked_for 'IP_TOS, \[16\]' netpy connect --tos 16 127.0.0.1 "$port"
    need_ipv6
    peer steps -6 listen send x
    asked_for 'IPV6_UNICAST_HOPS, \[7\]' netpy connect --ttl 7 ::1 "$port"
    asked_for 'IPV6_TCLASS, \[16\]' netpy connect --tos 16 ::1 "$port"
}

@test "--interface" {
    peer steps listen send x
    asked_for 'SO_BINDTODEVICE, "lo' netpy connect --interface lo 127.0.0.1 "$port"
    run netpy connect --interface nosuch0 127.0.0.1 "$port"
    assert_failure
    assert_output --partial nosuch0
}

@test "--mode: the rights of a unix socket's path" {
    for mode in 600 666 640; do
        start srv "$NETPY" listen --mode "$mode" unix:sock
        wait_until 10 test -S sock
        assert_equal "$(stat -c %a sock)" "$mode"
        netpy connect --eof half unix:sock
        assert_ends "$srv" 0
    done
    run netpy listen --mode 999 unix:sock
    assert_failure 2
}

@test "--quiet: not a word where it listens" {
    start_listener srv --quiet
    netpy connect --eof half 127.0.0.1 "$port"
    assert_ends "$srv" 0
    assert_file srv.err ""
}

@test "values that are none: status 2, and the line names the option" {
    while read -r command option value; do
        run netpy "$command" "--$option" "$value" 127.0.0.1 1
        assert_failure 2
        assert_line --index 0 --partial "$option"
    done <<'END'
connect connect-timeout soon
connect connect-timeout -1
connect idle-timeout 5x
connect deadline 1.2.3
listen accept-timeout x
connect eof maybe
connect peer-eof maybe
connect linger x
connect eol lfcr
connect nodelay maybe
connect keepalive x
connect sndbuf 1Q
connect rcvbuf -5
connect ttl 0
connect ttl 256
connect tos 256
listen backlog x
listen backlog -1
listen accept x
listen accept 0
listen to nobody
listen ready-fd x
listen mode 8
send wait x
send reply-bytes x
send done-after x
connect retry x
connect retry-wait x
END
}

@test "an option without its value: status 2" {
    run netpy connect 127.0.0.1 80 --eol
    assert_failure 2
    assert_output --partial eol
    run netpy connect --quiet=yes 127.0.0.1 80
    assert_failure 2
}

@test "long options are not abbreviated" {
    run netpy listen --accept-t 1 127.0.0.1 0
    assert_failure 2
    assert_output --partial accept-t
}

@test "options and operands mix, whatever POSIXLY_CORRECT says" {
    start_listener srv
    POSIXLY_CORRECT=1 netpy connect 127.0.0.1 "$port" --eol crlf <<<hello
    assert_ends "$srv" 0
    assert_file srv.out "hello\r\n"
}
