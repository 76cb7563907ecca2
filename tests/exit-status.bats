# SPDX-License-Identifier: GPL-3.0-or-later
#
# The exit status tells the truth: one test for each.

load lib/common

@test "0: done" {
    peer steps -1 listen recv send answer
    run netpy connect 127.0.0.1 "$port" <<<"question"
    assert_success
}

@test "1: the connection failed later" {
    peer steps -1 listen recv reset
    run netpy connect 127.0.0.1 "$port" <<<"question"
    assert_failure 1
}

@test "2: the command line is wrong" {
    run netpy connect --no-such-option 127.0.0.1 80
    assert_failure 2
    assert_output --partial "no-such-option"
    run netpy connect
    assert_failure 2
    run netpy connect 127.0.0.1 80 81 82
    assert_failure 2
    run netpy
    assert_failure 2
    run netpy nonsense
    assert_failure 2
}

@test "2: nothing is said on stdout" {
    run --separate-stderr netpy
    assert_output ""
    [[ $stderr ]]
    run --separate-stderr netpy connect -w soon 127.0.0.1 80
    assert_output ""
    [[ $stderr ]]
}

@test "3: the name has no address" {
    run netpy connect nobody.invalid 80
    assert_failure 3
    run netpy send nobody.invalid 80 hello
    assert_failure 3
    run netpy listen nobody.invalid 80
    assert_failure 3
}

@test "4: nobody accepts" {
    run netpy connect 127.0.0.1 "$(free_port)"
    assert_failure 4
}

@test "5: the address cannot be taken" {
    start_listener srv
    run netpy listen 127.0.0.1 "$port"
    assert_failure 5
}

@test "7: a time limit of ours" {
    run netpy listen --accept-timeout 50ms 127.0.0.1 0
    assert_failure 7
    peer steps listen hold
    run netpy connect --idle-timeout 50ms 127.0.0.1 "$port"
    assert_failure 7
}

@test "8: the answer was not the expected one" {
    peer steps listen recv send "500 no"
    run netpy send --expect '^200' 127.0.0.1 "$port" hello
    assert_failure 8
    assert_output --partial "500 no"
    run netpy send --expect '^500' 127.0.0.1 "$port" hello
    assert_success
    assert_output "500 no"
}

@test "9: our own output" {
    peer steps listen fill 1M hold
    run bash -c 'exec "$@" >/dev/full' - timeout 20 "$NETPY" connect 127.0.0.1 "$port"
    assert_failure 9
}

@test "a signal ends us as that signal" {
    peer steps listen send hello hold
    for pair in TERM:143 HUP:129 QUIT:131; do
        under="env --default-signal"
        # shellcheck disable=SC2086
        start cl $under "$NETPY" connect 127.0.0.1 "$port"
        wait_until 10 has cl.out hello
        kill -"${pair%:*}" "$cl"
        assert_ends "$cl" "${pair#*:}"
    done
}

@test "errors are one line, lower case, without a full stop, and the program's name in front" {
    run netpy connect 127.0.0.1 "$(free_port)"
    for line in "${lines[@]}"; do
        assert_regex "$line" '^(netpy: connect: |hint: |netpy: hint: )'
        refute_regex "$line" '\.$'
    done
}

@test "--quiet still tells of errors" {
    run netpy connect --quiet 127.0.0.1 "$(free_port)"
    assert_failure 4
    assert_output --partial refused
}
