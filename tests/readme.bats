# SPDX-License-Identifier: GPL-3.0-or-later
#
# What README.md shows, run as it stands there. Only ports are exchanged for free ones, and names of
# machines for 127.0.0.1.

load lib/common

setup() {
    common_setup
    readme=$tests/../README.md
    mkdir bin
    printf '#!/bin/sh\nexec "$NETPY" "$@"\n' >bin/netpy
    chmod +x bin/netpy
    PATH=$dir/bin:$PATH
}

teardown() {
    if [[ -S $dir/tmux ]]; then
        tmux -S "$dir/tmux" kill-server
    fi
    exec 9>&-
    common_teardown
}

# recipe N: the commands of a recipe go to the array typed.
recipe() {
    mapfile -t typed < <(sed -n "/^### $1\\. /,/^##* [^$1]/s/^    //p" "$readme")
    ((${#typed[@]} > 0))
}

# serve VAR LINE PORT: in the background, with a free port in the place of PORT; sets $port.
serve() {
    local line=$2
    [[ $line == *" $3"* ]] || return
    line=${line/127.0.0.1 $3/$3}
    start "$1" bash -c "exec ${line/ $3/ --port-file $1.port 127.0.0.1 0}"
    wait_ready "$1" "$dir/$1.port"
    port=$(<"$1.port")
}

# ask LINE PORT: in the foreground, to the port that serve has set.
ask() {
    local line=$1 name
    [[ $line == *"$2"* ]] || return
    for name in desk db: cache:; do
        line=${line/$name/127.0.0.1${name//[a-z]/}}
    done
    within 20 bash -c "${line//$2/$port}"
}

screen() { tmux -S "$dir/tmux" "$@"; }
type_in() { screen send-keys -t "s.$1" "$2" "${3:-Enter}"; }
# pane N COMMAND...: what stands there, with the port of the text.
pane() { screen capture-pane -p -t "s.$1" | sed "s/$port/8888/; s/ *\$//"; }
shows() { pane "$1" | grep -qxF -e "$2"; }

@test "a first look: the two terminals show that" {
    need tmux
    need_ipv6
    port=$(free_port)
    export PS1='$ '
    screen -f /dev/null new-session -d -x 90 -y 15 -s s "env PS1='\$ ' bash --norc --noprofile"
    screen split-window -h -t s "env PS1='\$ ' bash --norc --noprofile"
    wait_until 10 shows 0 '$'
    wait_until 10 shows 1 '$'
    type_in 0 "netpy listen $port"
    wait_until 10 shows 0 "netpy: listen: listening on [::]:8888"
    type_in 1 "netpy connect localhost $port"
    wait_until 10 shows 1 "$ netpy connect localhost 8888"
    type_in 1 "Is anybody there?"
    wait_until 10 shows 0 "Is anybody there?"
    type_in 0 "Yes. Who asks?"
    wait_until 10 shows 1 "Yes. Who asks?"
    type_in 1 "Only me."
    wait_until 10 shows 0 "Only me."
    type_in 1 C-d ""
    wait_until 10 shows 0 '$'
    wait_until 10 shows 1 '$'
    type_in 0 'echo $?'
    type_in 1 'echo $?'
    wait_until 10 shows 0 0
    wait_until 10 shows 1 0
    for n in 0 1; do
        pane "$n" | grep -vxF -e '' -e '$' >"pane$n"
        python3 -c '
import sys
rows = [l[4:].rstrip("\n").partition("│") for l in open(sys.argv[1], encoding="utf-8") if "│" in l]
for row in rows:
    if row[2 * int(sys.argv[2])].strip():
        print(row[2 * int(sys.argv[2])].rstrip())' "$readme" "$n" >"wanted$n"
        diff "wanted$n" "pane$n"
    done
}

@test "a first look: a line of another tool is answered with ours" {
    run -2 netpy -lvnp 4444
    assert_output "$(sed -n '/^    \$ netpy -lvnp/,/^$/s/^    \([^$]\)/\1/p' "$readme")"
}

@test "recipe 1: a folder, by a pipe from tar" {
    recipe 1
    mkdir photos
    make_file photos/one 3M
    echo two >photos/two
    serve there "${typed[0]}" 9000
    ask "${typed[1]}" 9000
    assert_ends "$there" 0
    tar df photos.tar
    # It is not replaced.
    run -9 bash -c "${typed[0]/9000/127.0.0.1 0}"
    assert_line "hint: --overwrite replaces it"
}

@test "recipe 1: the sender may be nc" {
    need nc.openbsd
    recipe 1
    make_file photos 3M
    serve there "${typed[0]}" 9000
    within 20 nc.openbsd -N 127.0.0.1 "$port" <photos
    assert_ends "$there" 0
    assert_same photos photos.tar
}

@test "recipe 2: a chat of three" {
    recipe 2
    mkfifo host
    exec 9<>host
    stdin=host serve srv "${typed[0]}" 8888
    for n in a b; do
        mkfifo "in$n"
        line=${typed[1]/desk/127.0.0.1}
        start "$n" bash -c "exec 8<>in$n; exec ${line/8888/$port} <in$n"
        echo "this is $n" >"in$n"
        wait_until 10 has srv.out "this is $n"
    done
    echo "hello all" >&9
    wait_until 10 has a.out "hello all"
    wait_until 10 has b.out "hello all"
    run ! has a.out "this is b"
}

@test "recipe 3: a page from a web server" {
    recipe 3
    mkdir www
    echo "a page" >www/index.html
    port=$(free_port)
    start web python3 -u -m http.server --bind 127.0.0.1 --directory www "$port"
    wait_port "$port"
    run ask "${typed[0]}" 8000
    assert_success
    assert_line "a page"
    run ask "${typed[0]/send/send --expect \'^HTTP/1.[01] 200\'}" 8000
    assert_success
    run ask "${typed[0]/send/send --expect \'^HTTP/1.[01] 404\'}" 8000
    assert_failure 8
}

@test "recipe 3: an answer from a server that does not close" {
    recipe 3
    start_listener srv -k --reply $'+PONG\r\n' --reply-after PING --linger 1h
    run ask "${typed[1]}" 6379
    assert_success
    assert_output $'+PONG\r'
}

@test "recipe 4: several services, and a program behind them" {
    recipe 4
    start_listener db -k
    start_listener cache -k --reply $'+PONG\r\n' --reply-after PING
    line=$(sed "s/db:5432/127.0.0.1:$db_port/; s/cache/127.0.0.1/" <<<"${typed[0]}")
    port=$cache_port
    run ask "$line" 6379
    assert_success
    start app "$NETPY" listen -k unix:app.sock
    printf '#!/bin/sh\necho "serving $*"\n' >serve
    chmod +x serve
    port=$db_port
    line=${typed[1]/\/run\//$dir/}
    run --separate-stderr ask "$line" 5432
    assert_success
    assert_output "serving --port 80"
    port=$cache_port
    run ask "${typed[2]}" 6379
    assert_success
    # nc -z, where nobody listens.
    run -7 netpy wait --deadline 100ms "127.0.0.1:$(free_port)"
}

@test "recipe 5: a web server for a test" {
    need curl
    recipe 5
    bash -c "${typed[0]}"
    serve web "${typed[1]}" 8080
    for _ in 1 2 3; do
        run ask "${typed[2]/curl/curl -sS}" 8080
        assert_output ok
    done
    wait_until 10 has requests.log "GET /any/path HTTP/1.1"
}

@test "recipe 6: UDP, asked and answered" {
    recipe 6
    mkfifo host
    exec 9<>host
    stdin=host serve srv "${typed[0]}" 8125
    line=${typed[1]/desk/127.0.0.1}
    start client bash -c "exec ${line/8125/$port}"
    wait_until 10 has srv.out "are you there?"
    wait_until 10 has srv.err "datagram of 14 bytes from 127.0.0.1"
    echo yes >&9
    assert_ends "$client" 0
    assert_file client.out 'yes\n'
    printf 'one\ntwo\n' >metrics.txt
    ask "${typed[2]}" 8125
    wait_until 10 has srv.out two
    assert_file srv.out 'are you there?\none\ntwo\n'
}

@test "recipe 7: many clients, one log" {
    recipe 7
    serve srv "${typed[0]}" 5140
    printf '#!/bin/sh\necho up one day\n' >bin/uptime
    chmod +x bin/uptime
    for _ in 1 2 3; do
        run ask "${typed[1]}" 5140
        assert_success
        assert_output ""
    done
    wait_until 10 size_is all.log 33
    assert_file all.log 'up one day\nup one day\nup one day\n'
}

@test "recipe 8: a unix socket" {
    recipe 8
    start srv bash -c "exec ${typed[0]}"
    wait_until 10 test -S app.sock
    assert_equal "$(stat -c %a app.sock)" 660
    run within 20 bash -c "${typed[1]}"
    assert_success
    assert_output hello
    kill "$srv"
    wait_pid "$srv" || :
    [[ ! -e app.sock ]]
}

@test "recipe 9: the bytes" {
    recipe 9
    serve srv "${typed[0]}" 8888
    run --separate-stderr ask "${typed[1]}" 8888
    assert_success
    assert_output "${typed[3]}"
    has srv.err "${typed[3]}"
    # The line before it, but for time and port.
    wanted=$(sed 's/[0-9.]* 6 bytes/T 6 bytes/; s/:[0-9]*$//' <<<"${typed[2]}")
    assert_equal "$(grep '^<' srv.err | sed 's/[0-9.]* 6 bytes/T 6 bytes/; s/:[0-9]*$//')" "$wanted"
}

@test "recipe 10: a script without a fixed port" {
    recipe 10
    printf '%s\n' "${typed[@]}" >script
    run --separate-stderr within 20 bash -e script
    assert_success
    assert_output "ping pong"
}
