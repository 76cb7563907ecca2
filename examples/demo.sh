#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Two programs talk: a server that takes a message, answers it and closes, and its client. Over
# TCP and UDP, IPv4 and IPv6, on this machine only, on ports that are free.
#
#   examples/demo.sh [NETPY]
set -eu

netpy=${1:-netpy}
program=$netpy
case $netpy in
*/*) program=$(cd "${netpy%/*}" && pwd)/${netpy##*/} ;;
esac
dir=$(mktemp -d)
server=
stop() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$dir"
}
trap stop EXIT
trap 'exit 1' INT TERM
cd "$dir"

have_ipv6() {
    [ ! -e /proc/net/if_inet6 ] || grep -q '^00000000000000000000000000000001 ' /proc/net/if_inet6
}

# say WHO ARG...: the command as one would type it.
say() {
    printf '  %s $ netpy' "$1"
    shift
    for word; do
        case $word in
        *\ *) printf " '%s'" "$word" ;;
        *) printf ' %s' "$word" ;;
        esac
    done
    echo
}

printed() { awk -v who="$1" '{ print "  " who " | " $0 }' "$1"; }

# done_with PROCESS WHO: it has ended well, or the demo ends here.
done_with() {
    wait "$1" || {
        printed "$2" >&2
        echo "the $2 has failed" >&2
        exit 1
    }
}

# The server chooses a free port and writes it to a file once it can be reached.
run_server() {
    rm -f port
    say server "$@"
    "$program" "$@" </dev/null >server 2>&1 &
    server=$!
    tries=100
    until [ -s port ]; do
        tries=$((tries - 1))
        if [ $tries -eq 0 ] || ! kill -0 $server 2>/dev/null; then
            printed server >&2
            echo "the server did not start" >&2
            exit 1
        fi
        sleep 0.1
    done
}

run_client() {
    say client "$@"
    "$program" "$@" </dev/null >client 2>&1 &
    done_with $! client
    done_with $server server
    server=
    printed server
    printed client
    grep -q 'Hello, World!' client || {
        echo "the client did not get the answer" >&2
        exit 1
    }
    echo
}

talk() {
    echo "TCP over $1: a server that reads a message, answers it and closes"
    run_server listen --reply 'Hello, World!' --port-file port "$1" 0
    run_client send "$1" "$(cat port)" 'Hello, server!'

    echo "UDP over $1: the same"
    run_server udp-listen --reply 'Hello, World!' --datagrams 1 --lines --port-file port "$1" 0
    run_client udp-send --replies 1 "$1" "$(cat port)" 'Hello, server!'
}

talk 127.0.0.1
if have_ipv6; then
    talk ::1
else
    echo "There is no ::1 on this machine: the same over IPv6 is left out."
    echo
fi

cat <<END
What to type next, the first two in a terminal each:
  $netpy listen 8888                waits for a client
  $netpy connect 127.0.0.1 8888     is one: type in either
  $netpy send -e example.org 80 'GET / HTTP/1.0\r\n\r\n'
  $netpy help                       everything else
END
