# SPDX-License-Identifier: GPL-3.0-or-later
#
# Completion: what the program offers, and what each shell makes of it.

load lib/common

setup() {
    common_setup
    mkdir bin home home/.ssh
    ln -s "$NETPY" bin/netpy
    export PATH=$PWD/bin:$PATH HOME=$PWD/home XDG_CONFIG_HOME=$PWD/home
    completions=$tests/../completions
}

# offers WORD...: the candidates, without descriptions; the last word is the one at the cursor.
offers() { netpy __complete -- "$@" | cut -f 1; }

# bash_completes LINE WORD...: what bash, having split LINE into WORDs, would offer.
bash_completes() {
    # shellcheck disable=SC2016
    within 20 bash --norc -c '
        compopt() { echo compopt "$@"; }
        source "$1/netpy.bash"
        COMP_LINE=$2 COMP_POINT=${#2} COMP_WORDS=("${@:3}") COMP_CWORD=$(($# - 3))
        _netpy netpy
        printf "%s\n" "${COMPREPLY[@]}"' bash "$completions" "$@"
}

# zsh_completes LINE: what becomes of it.
zsh_completes() {
    need zsh
    within 40 zsh -f "$tests/lib/zsh_complete" "$completions" "$1"
}

# fish_completes LINE: the candidates.
fish_completes() {
    need fish
    within 40 fish -c 'source $argv[1]; complete -C $argv[2]' \
        "$completions/netpy.fish" "$1" | cut -f 1
}

@test "commands are offered, hidden ones are not" {
    run offers ''
    assert_line connect
    assert_line udp-listen
    assert_line --version
    refute_line --partial __
    run offers li
    assert_output $'listen\n:none'
}

@test "options: letters only behind a bare dash" {
    run offers connect -
    assert_line -- -v
    assert_line -- --verbose
    run offers connect --
    refute_line -- -v
    assert_line -- --verbose
    assert_line -- --help
}

@test "choices of a value, in a word of their own and behind =" {
    run offers connect --eof ''
    assert_output $'half\nkeep\nclose\n:none'
    run offers connect --eof=k
    assert_output $'--eof=keep\n:none'
    run offers connect --eof k
    assert_output $'keep\n:none'
}

@test "the value of an option is not counted as an operand" {
    run offers connect -w 5 --eof half localhost htt
    assert_line http
}

@test "hosts come from /etc/hosts and known_hosts, hashed ones do not" {
    cat >home/.ssh/known_hosts <<'END'
# a comment
alpha.example,192.0.2.7 ssh-ed25519 AAAA
[beta.example]:2222 ssh-ed25519 AAAA
|1|abc=|def= ssh-ed25519 AAAA
@cert-authority *.gamma.example ssh-ed25519 AAAA
END
    run offers connect ''
    assert_line alpha.example
    assert_line 192.0.2.7
    assert_line beta.example
    refute_line --partial '|'
    refute_line --partial gamma
    run offers wait alp
    assert_output $'alpha.example\n:none'
}

@test "a known_hosts that is a FIFO or strange does no harm" {
    mkfifo home/.ssh/known_hosts
    run offers connect zzz
    assert_output ':none'
    rm home/.ssh/known_hosts
    printf 'a\x1b[2J,$(date),b`c ssh\n\n,,,\n[\n' >home/.ssh/known_hosts
    run offers connect ''
    assert_success
    refute_output --partial date
    refute_output --partial $'\e'
}

@test "ports: services by name, by number behind a digit, behind HOST:" {
    [[ -r /etc/services ]] || skip "no /etc/services"
    run offers connect localhost https
    assert_line https
    run offers connect localhost 44
    assert_line 443
    run offers listen 44
    assert_line 443
    run offers wait localhost:https
    assert_line localhost:https
    run offers udp-send localhost doma
    assert_line domain
}

@test "a complete first operand needs no port" {
    run offers connect localhost:80 ''
    assert_output ':none'
}

@test "files and interfaces where an option takes one" {
    run offers connect --output ''
    assert_output ':file'
    run offers connect --interface l
    assert_line lo
    run offers wait unix:/tm
    assert_output ':file'
    run offers wait localhost:1 -- ''
    assert_output ':file'
}

@test "help completes commands, then groups" {
    run offers help conn
    assert_output $'connect\n:none'
    run offers help connect al
    assert_line all
}

@test "completion never fails loudly" {
    for words in "" "nonsense x" "connect --nonsense=" "connect --eof=" "connect -- -- --" \
        "-x" "connect -w" "connect --" "connect a b c d e" "__complete x"; do
        # shellcheck disable=SC2086
        run --separate-stderr netpy __complete -- $words
        assert_success
        assert_equal "$stderr" ''
        [[ ${lines[-1]} == :* ]]
    done
    netpy __complete >/dev/full
    HOME='' netpy __complete -- connect '' >&-
}

bats_require_minimum_version 1.5.0

@test "bash: commands and options" {
    run bash_completes "netpy conn" netpy conn
    assert_output connect
    run bash_completes "netpy connect --verb" netpy connect --verb
    assert_output -- --verbose
}

@test "bash: words that COMP_WORDBREAKS tears apart" {
    run bash_completes "netpy connect --eof=k" netpy connect --eof = k
    assert_output keep
    run bash_completes "netpy connect --eof=" netpy connect --eof =
    assert_output $'half\nkeep\nclose'
    run bash_completes "netpy wait localhost:https" netpy wait localhost : https
    assert_line https
    run bash_completes "netpy connect --eof " netpy connect --eof ''
    assert_output $'half\nkeep\nclose'
}

@test "bash: a quoted word is not torn apart" {
    run bash_completes "netpy connect '--eof=k" netpy connect "'--eof=k"
    assert_output -- --eof=keep
}

@test "bash: files are left to the shell" {
    run bash_completes "netpy connect --output " netpy connect --output ''
    assert_line 'compopt -o default'
}

@test "zsh: commands, options, values, files" {
    run zsh_completes "netpy lis"
    assert_output "netpy listen "
    run zsh_completes "netpy connect --verb"
    assert_output "netpy connect --verbose "
    run zsh_completes "netpy connect --eof=k"
    assert_output "netpy connect --eof=keep "
    echo >payload.txt
    run zsh_completes "netpy connect --input payl"
    assert_output "netpy connect --input payload.txt "
    run zsh_completes "netpy connect --input=payl"
    assert_output "netpy connect --input=payload.txt "
    run zsh_completes "netpy wait localhost:snp"
    assert_output "netpy wait localhost:snpp "
}

@test "fish: commands, options, values, files" {
    run fish_completes "netpy lis"
    assert_output listen
    run fish_completes "netpy connect --verb"
    assert_output -- --verbose
    run fish_completes "netpy connect --eof=k"
    assert_output -- --eof=keep
    echo >payload.txt
    run fish_completes "netpy connect --input payl"
    assert_output payload.txt
    run fish_completes "netpy connect --input=payl"
    assert_output -- --input=payload.txt
}
