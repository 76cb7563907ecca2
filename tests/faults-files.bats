# SPDX-License-Identifier: GPL-3.0-or-later
#
# Files and unix sockets: what is made, replaced, left alone and removed.

load lib/common

@test "a unix socket is removed when the listener ends" {
    start srv "$NETPY" listen unix:sock
    wait_until 10 test -S sock
    netpy connect unix:sock <<<hello
    assert_ends "$srv" 0
    [[ ! -e sock ]]
}

@test "a unix socket is removed when a signal ends the listener" {
    start srv "$NETPY" listen unix:sock
    wait_until 10 test -S sock
    kill -TERM "$srv"
    assert_ends "$srv" 143
    [[ ! -e sock ]]
}

@test "a socket that is not ours any more is not removed" {
    start srv "$NETPY" listen -k unix:sock
    wait_until 10 test -S sock
    rm sock
    peer steps -u "$dir/sock" listen hold
    kill -TERM "$srv"
    assert_ends "$srv" 143
    [[ -S sock ]]
}

@test "a stale path is replaced" {
    start srv "$NETPY" listen -k unix:sock
    wait_until 10 test -S sock
    kill -KILL "$srv"
    gone "$srv" 10
    [[ -S sock ]]
    old=$(stat -c %i sock)
    start again "$NETPY" listen unix:sock
    accepts() { "$NETPY" connect unix:sock <<<hello; }
    wait_until 10 accepts
    assert_ends "$again" 0
    assert_file again.out "hello\n"
}

@test "a live path is an error, and the probe is not taken for a client" {
    peer steps -u "$dir/sock" listen say client
    run netpy listen "unix:$dir/sock"
    assert_failure 5
    assert_output --partial "$dir/sock"
    [[ -S sock ]]
    assert_file <(peer_said) ""
}

@test "a live netpy listener is not disturbed by a second one" {
    start srv "$NETPY" listen unix:sock
    wait_until 10 test -S sock
    run netpy listen unix:sock
    assert_failure 5
    netpy connect unix:sock <<<hello
    assert_ends "$srv" 0
    assert_file srv.out "hello\n"
}

@test "a path that is no socket is never replaced" {
    echo precious >file
    run netpy listen unix:file
    assert_failure 5
    assert_file file "precious\n"
    mkdir folder
    run netpy listen unix:folder
    assert_failure 5
    [[ -d folder ]]
    ln -s file link
    run netpy listen unix:link
    assert_failure 5
    assert_file file "precious\n"
}

@test "a path of more than 107 bytes is an error that says so" {
    long=$(head -c 150 /dev/zero | tr '\0' x)
    run netpy listen "unix:$long"
    assert_failure
    [[ $status -eq 2 || $status -eq 5 ]]
    assert_output --regexp "too long|at most|longest"
    run netpy connect "unix:$long"
    assert_failure
    [[ $status -eq 2 || $status -eq 4 ]]
    assert_output --regexp "too long|at most|longest"
}

@test "a path where nobody is: status 4" {
    run netpy connect unix:nobody
    assert_failure 4
    assert_output --partial "No such file or directory"
}

@test "--output is written beside and renamed when all is well" {
    peer steps -1 listen send answer until go
    start cl "$NETPY" connect --output got 127.0.0.1 "$port"
    wait_until 10 has got.part answer
    [[ ! -e got ]]
    touch go
    assert_ends "$cl" 0
    assert_file got answer
    [[ ! -e got.part ]]
    assert_file cl.out ""
}

@test "--output: what came before a failure stays in FILE.part, and the error names it" {
    peer steps -1 listen send half until go reset
    start cl "$NETPY" connect --output got 127.0.0.1 "$port"
    wait_until 10 has got.part half
    touch go
    assert_ends "$cl" 1
    assert_file got.part half
    [[ ! -e got ]]
    has cl.err got.part
}

@test "--output that cannot be opened fails before the network is touched" {
    peer steps listen say client
    run netpy connect --output nowhere/file 127.0.0.1 "$port"
    assert_failure 9
    assert_output --partial "nowhere/file"
    assert_file <(peer_said) ""
    run netpy listen --output nowhere/file 127.0.0.1 0
    assert_failure 9
}

@test "--input that cannot be opened fails before the network is touched" {
    peer steps listen say client
    run netpy connect --input nothing 127.0.0.1 "$port"
    assert_failure 9
    assert_output --partial "nothing"
    assert_file <(peer_said) ""
}

@test "--output to a full disk: status 9" {
    peer steps listen fill 1M hold
    start cl "$NETPY" connect --output /dev/full 127.0.0.1 "$port"
    assert_ends "$cl" 9
    has cl.err "No space left on device"
}

@test "--output with a link that leads nowhere fails before the network is touched" {
    ln -s nowhere out
    run netpy connect --output out 127.0.0.1 "$(free_port)"
    assert_failure 9
    assert_output --partial "cannot write out: File exists"
    [[ -L out && ! -e out.part ]]
}
