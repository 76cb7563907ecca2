#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Two programs talk: a server that takes a message, answers it and closes, and its client. Over
# TCP and UDP, IPv4 and IPv6, on this machine only, on ports that are free.
#
#   examples/demo.sh [NETPY]
set -eu

netpy=${1:-netpy}
dir=$(mktemp -d)
server=
stop() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$dir"
}
trap stop EXIT
trap 'exit 1' INT TERM

have_ipv6() {
    [ ! -e /proc/net/if_inet6 ] || grep -q '^00000000000000000000000000000001 ' /proc/net/if_inet6
}

# A port file is there, whole, once the server can be reached.
wait_for_port() {
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        [ ! -s "$dir/port" ] || return 0
        sleep 0.1
    done
    echo "the server did not start" >&2
    return 1
}

# show_server COMMAND... and show_client COMMAND...: say it, run it, mark what it prints.
show_server() {
    rm -f "$dir/port"
    echo "  server \$ netpy $*"
    "$netpy" "$@" --port-file "$dir/port" </dev/null >"$dir/server.out" 2>&1 &
    server=$!
    wait_for_port
}

show_client() {
    echo "  client \$ netpy $*"
    "$netpy" "$@" >"$dir/client.out" 2>&1 || {
        status=$?
        cat "$dir/client.out" >&2
        exit $status
    }
    wait "$server" || {
        status=$?
        cat "$dir/server.out" >&2
        exit $status
    }
    server=
    sed 's/^/  server | /' "$dir/server.out"
    sed 's/^/  client | /' "$dir/client.out"
    grep -q 'Hello, World!' "$dir/client.out" || {
        echo "the client did not get the answer" >&2
        exit 1
    }
    echo
}

talk() {
    echo "TCP over $1: a server that reads a message, answers and closes"
    show_server listen --reply 'Hello, World!' --eol lf "$1" 0
    show_client send "$1" "$(cat "$dir/port")" 'Hello, server!'

    echo "UDP over $1"
    show_server udp-listen --reply 'Hello, World!' --datagrams 1 --lines "$1" 0
    show_client udp-send --replies 1 "$1" "$(cat "$dir/port")" 'Hello, server!'
}

talk 127.0.0.1
if have_ipv6; then
    talk ::1
else
    echo "There is no ::1 on this machine: the same over IPv6 is left out."
    echo
fi

cat <<END
What to type next, each in a terminal of its own:
  $netpy listen 8888                  waits for a client
  $netpy connect 127.0.0.1 8888       is one: type in either
  $netpy send example.org 80 -C 'GET / HTTP/1.0' ''
  $netpy help                         everything else
END
