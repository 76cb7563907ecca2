# SPDX-License-Identifier: GPL-3.0-or-later
#
# What netpy says about itself, and what it says when it does not understand.
#
# Lines in $words are split on purpose.
# shellcheck disable=SC2086

load lib/common

commands() { "$NETPY" help | sed -n '/^Commands:/,/^$/s/^  \([a-z-]*\).*/\1/p'; }

# hints FIRST-LINE HINT WORD...: status 2 and exactly these two lines on stderr.
hints() {
    local message=$1 hint=$2
    shift 2
    run --separate-stderr netpy "$@"
    assert_failure 2
    assert_output ''
    assert_equal "$stderr" "netpy: $message"$'\n'"hint: $hint"
}

bats_require_minimum_version 1.5.0

@test "netpy alone says on stderr what it is, status 2" {
    run --separate-stderr netpy
    assert_failure 2
    assert_output ''
    [[ $stderr == "Usage: netpy COMMAND"* ]]
}

@test "netpy help, --help and -h say it on stdout, status 0" {
    for words in help --help -h; do
        run --separate-stderr netpy $words
        assert_success
        assert_line --index 0 "Usage: netpy COMMAND [OPTION]... ARGUMENT..."
        assert_equal "$stderr" ''
    done
}

@test "every command has a help of one screen of 80 by 50" {
    for command in $(commands); do
        for words in "$command --help" "$command -h" "help $command"; do
            run netpy $words
            assert_success
            assert_line --index 0 --partial "Usage: netpy $command"
            ((${#lines[@]} > 5))
            netpy $words >text
            (($(wc -l <text) <= 50))
            run ! grep -E '.{81}' text
        done
    done
}

@test "the help of a command has its exit statuses and three examples" {
    for command in $(commands); do
        netpy "$command" --help >text
        grep -q '^Exit status:$' text
        grep -qE '^  0 done +5 cannot bind' text
        assert_equal "$(sed -n '/^Examples:/,$p' text | grep -c netpy)" 3
    done
}

@test "help COMMAND GROUP has the options of a group, all has every one" {
    netpy __options | while IFS=$'\t' read -r command _ name _ _ _ _ group _; do
        netpy help "$command" "$group" | grep -qE -e "--$name( |\$)"
        netpy help "$command" all | grep -qE -e "--$name( |\$)"
    done
}

@test "every help fits 80 columns" {
    for command in $(commands); do
        netpy help "$command" all >text
        run ! grep -E '.{81}' text
    done
    netpy help >text
    run ! grep -E '.{81}' text
}

@test "an unknown group is an error that names the groups" {
    run netpy help connect nonsense
    assert_failure 2
    assert_output --partial "netpy help connect "
    assert_output --partial "|all"
    run netpy help nonsense
    assert_failure 2
}

@test "help wins over operands that are missing or too many" {
    run netpy connect --help
    assert_success
    run netpy connect a b c d --help
    assert_success
}

@test "--version names the version and what is built in" {
    run netpy --version
    assert_success
    assert_line --index 0 --regexp '^netpy [0-9]+\.[0-9]+'
    assert_line --index 1 --regexp '^features: .*udp.*libev [0-9]'
    assert_line --partial GPL-3.0-or-later
}

@test "help that cannot be written is status 9" {
    for words in --help --version help "connect --help" "help connect all" __options __exits; do
        netpy $words >/dev/full 2>errors && status=0 || status=$?
        assert_equal "$status" 9
        grep -q "No space left" errors
        netpy $words >&- 2>errors && status=0 || status=$?
        assert_equal "$status" 9
    done
}

@test "exit statuses are in the table, each once" {
    run netpy __exits
    assert_success
    assert_equal "${#lines[@]}" 10
    for i in {0..9}; do
        [[ ${lines[i]} == "$i"$'\t'* ]]
    done
}

@test "l, c and s are short for listen, connect and send" {
    for pair in l:listen c:connect s:send; do
        assert_equal "$(netpy "${pair%:*}" --help)" "$(netpy "${pair#*:}" --help)"
    done
}

@test "a misspelt command gets the line that was meant" {
    hints "unknown command 'conect'" "netpy connect db 5432" conect db 5432
    hints "unknown command 'lisetn'" "netpy listen 80" lisetn 80
    hints "unknown command 'udp_send'" "netpy udp-send h 53" udp_send h 53
    hints "unknown command 'server'" "netpy listen 80" server 80
    hints "unknown command 'version'" "netpy --version" version
    hints "help: unknown command 'lisen'" "netpy help listen" help lisen
}

@test "a line without a command gets one" {
    hints "unknown command 'db'" "netpy connect db 5432" db 5432
    hints "unknown command 'db:5432'" "netpy connect db:5432" db:5432
    hints "unknown command '::1'" "netpy connect ::1 80" ::1 80
    hints "unknown command 'unix:/x y'" "netpy connect 'unix:/x y'" "unix:/x y"
    hints "unknown command '8888'" "netpy listen 8888" 8888
    hints "unknown command 'db'" "netpy send db 80 'it'\\''s' me" db 80 "it's" me
}

@test "a line of netcat is said in our words" {
    hints "unknown command '-lvnp'" "netpy listen -v -n 4444" -lvnp 4444
    hints "unknown command '-l'" "netpy listen 8888" -l 8888
    hints "unknown command '-l'" "netpy listen 127.0.0.1 8888" -l 127.0.0.1 8888
    hints "unknown command '-lk'" "netpy listen -k 8888" -lk -p 8888
    hints "unknown command '-zv'" "netpy wait -v host:22" -zv host 22
    hints "unknown command '-z'" "netpy wait host:22 host:80" -z host 22 80
    hints "unknown command '-z'" "netpy wait '[::1]:22'" -z ::1 22
    hints "unknown command '-u'" "netpy udp-send host 53" -u host 53
    hints "unknown command '-ul'" "netpy udp-listen 53" -ul 53
    hints "unknown command '-w5'" "netpy connect -w 5 host 80" -w5 host 80
    hints "unknown command '--listen'" "netpy listen 80" --listen 80
    hints "unknown command 'host'" "netpy connect -4 -v host 80" host 80 -4v
}

@test "what cannot be said in our words is not guessed" {
    hints "unknown command 'nonsense'" "netpy help" nonsense
    hints "unknown command '-e'" "netpy help" -e /bin/sh host 80
    hints "unknown command '-z'" "netpy help" -z host 20-30
    hints "unknown command 'db'" "netpy help" db 70000
    hints "unknown command 'a\\x1b[2J'" "netpy help" $'a\e[2J' 80
    hints "unknown command ''" "netpy help" ""
}

@test "an option of another program gets a hint that names ours" {
    hints "connect: unknown option '-l'" "netpy listen [ADDRESS] PORT" connect -l 80
    hints "listen: unknown option '-u'" "netpy udp-listen [ADDRESS] PORT" listen -u 80
    hints "connect: unknown option '-z'" "netpy wait ADDRESS:PORT" connect -z h 80
    hints "connect: unknown option '--ssl'" "this version has no TLS" connect --ssl h 443
    hints "listen: unknown option '-e'" "this version runs no programs" listen -e /bin/sh 80
    hints "connect: unknown option '--until'" "netpy send has --until" connect --until x h 80
    run netpy connect --timeout 3 h 80
    assert_failure 2
    assert_output --partial "hint: --connect-timeout TIME"
}

@test "every foreign word of a row leads to its option" {
    for words in connect:--timeout listen:--max-conns connect:--inet6; do
        run netpy "${words%:*}" "${words#*:}"
        assert_failure 2
        assert_line --index 1 --regexp '^hint: --[a-z]'
    done
}

@test "long options are not abbreviated" {
    run netpy listen --accept-t 3 80
    assert_failure 2
    assert_line --index 0 "netpy: listen: unknown option '--accept-t'"
    assert_line --index 1 --partial "hint: --accept-timeout TIME"
}

@test "missing operands are named" {
    hints "connect: missing ADDRESS PORT" "netpy connect [OPTION]... ADDRESS PORT" connect
    run netpy connect a 1 c
    assert_failure 2
    assert_output "netpy: connect: too many operands: 'c'"
}
