# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
#
# Shared by every test file, which begins with:  load lib/common
#
# Each test gets an empty directory, $dir, which is also its working directory. Whatever it starts
# with `start`, `start_listener` or `peer` is ended by its process id afterwards. Standard input
# is the null device until a test says otherwise. No fixed ports, no sleeping: wait for readiness.
#
#   NETPY        the program; a wrapper will do (default: netpy in the build directory)
#   SLOWDOWN     all time bounds are multiplied by it (valgrind: 10)

tests=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)

find_netpy() {
    local place
    for place in "${NETPY:-}" "${top_builddir:-}/netpy" "$PWD/netpy" "$tests/../netpy" \
        "$tests/../build/netpy"; do
        [[ $place && -x $place && ! -d $place ]] || continue
        echo "$(cd "${place%/*}" && pwd)/${place##*/}"
        return
    done
    echo "no program to test: make it first, or set NETPY" >&2
    return 1
}

load_helpers() {
    local place
    for place in "${BATS_LIB_PATH:-}" /usr/lib/bats /usr/lib /usr/share/bats \
        /usr/local/lib /opt/homebrew/lib; do
        [[ -f $place/bats-assert/load.bash ]] || continue
        load "$place/bats-support/load.bash"
        load "$place/bats-assert/load.bash"
        return
    done
    echo "bats-support and bats-assert are not installed" >&2
    return 1
}

[[ ${NETPY:-} == */* || -z ${NETPY:-} ]] || NETPY=$(command -v "$NETPY")
NETPY=$(find_netpy) || exit 1
export NETPY
SLOWDOWN=${SLOWDOWN:-1}
load_helpers
bats_require_minimum_version 1.5.0

# A test file with its own setup or teardown calls these two.
common_setup() {
    dir=$(mktemp -d "${BATS_TEST_TMPDIR:-${TMPDIR:-/tmp}}/XXXXXX")
    cd "$dir" || return
    pids=()
    exec </dev/null
    unset POSIXLY_CORRECT
    export LC_ALL=C PYTHONDONTWRITEBYTECODE=1
    # strace and LeakSanitizer exclude each other; every other finding ends with a status that
    # no test expects.
    export ASAN_OPTIONS=${ASAN_OPTIONS:-exitcode=99}
    export UBSAN_OPTIONS=${UBSAN_OPTIONS:-halt_on_error=1:exitcode=99}
}

common_teardown() {
    local pid
    if [[ -z ${BATS_TEST_COMPLETED:-} ]]; then
        show_logs
    fi
    for pid in "${pids[@]}"; do
        kill -CONT "$pid" 2>/dev/null || continue
        # Under strace: the program as well, which would live on without it.
        # shellcheck disable=SC2046
        kill -TERM $(cat "/proc/$pid/task/$pid/children" 2>/dev/null) "$pid" 2>/dev/null
    done
    for pid in "${pids[@]}"; do
        gone "$pid" 2 || kill -KILL "$pid" 2>/dev/null
        wait "$pid" 2>/dev/null
    done
    cd /
    rm -rf "$dir"
    return 0
}

setup() { common_setup; }
teardown() { common_teardown; }

# What the programs of a failed test said, for the reader of the log.
show_logs() {
    local file
    for file in "$dir"/*.err; do
        [[ -s $file ]] || continue
        echo "--- ${file##*/}"
        head -c 2000 "$file"
    done
}

# seconds N: a time bound of N seconds on a fast machine.
seconds() { echo $(($1 * SLOWDOWN)); }

# need PROGRAM...: skip the test when one is missing.
need() {
    local program
    for program; do
        command -v "$program" >/dev/null || skip "$program is not installed"
    done
}

need_root() { [[ $EUID -eq 0 ]] || skip "needs root"; }
need_ipv6() {
    python3 -c 'import socket; socket.socket(socket.AF_INET6).bind(("::1", 0))' 2>/dev/null ||
        skip "no IPv6 on this machine"
}
# An own network namespace: `need_netns`, then `in_netns COMMAND...` with only its loopback up.
need_netns() {
    need ip unshare
    unshare -nm true 2>/dev/null || unshare -rnm true 2>/dev/null ||
        skip "no network namespaces here"
}
in_netns() {
    local root=()
    [[ $EUID -eq 0 ]] || root=(-r)
    # shellcheck disable=SC2016
    unshare "${root[@]}" -n -m sh -c 'ip link set lo up && exec "$@"' sh "$@"
}

# netpy ARG...: run it in the foreground, for at most 20 seconds (timeout's status: 124). With
# the null device as stdin it only receives, and so does `listen`: use --eof half to end both.
netpy() { timeout "$(seconds 20)" "$NETPY" "$@"; }

# within SECONDS COMMAND...
within() {
    local limit
    limit=$(seconds "$1")
    shift
    timeout "$limit" "$@"
}

# start VAR COMMAND...: in the background. Its process id goes to $VAR, its output to the files
# $dir/VAR.out and $dir/VAR.err, its input is the null device, unless the caller says otherwise:
#   stdin=FILE stdout=FILE stderr=FILE start VAR COMMAND...
# FILE may be a FIFO. What a test itself holds open on descriptors 8 and 9 is not inherited.
start() {
    local var=$1
    shift
    "$@" <"${stdin:-/dev/null}" >"${stdout:-$dir/$var.out}" 2>"${stderr:-$dir/$var.err}" \
        3>&- 8>&- 9>&- &
    printf -v "$var" %d $!
    pids+=("$!")
}

# start_listener VAR ARG...: `netpy listen 127.0.0.1 0 ARG...` in the background as with `start`;
# returns when it listens and has set $port (and $VAR_port). Another address:
#   address=::1 start_listener VAR ARG...        (address= for all interfaces)
# under: words to put before the program, as in under="strace -f -o log".
start_listener() { start_listening listen "$@"; }
start_udp_listener() { start_listening udp-listen "$@"; }

start_listening() {
    local command=$1 var=$2 words=()
    shift 2
    rm -f "$dir/$var.port"
    [[ ${address-127.0.0.1} ]] && words=("${address-127.0.0.1}")
    # shellcheck disable=SC2086
    start "$var" ${under:-} "$NETPY" "$command" --port-file "$dir/$var.port" "${words[@]}" 0 "$@"
    wait_ready "$var" "$dir/$var.port"
    port=$(<"$dir/$var.port")
    printf -v "${var}_port" %s "$port"
}

# wait_ready VAR FILE: until FILE has something in it; fails when the process of VAR ends first.
wait_ready() {
    local pid=${!1} deadline=$((SECONDS + $(seconds 15)))
    until [[ -s $2 ]]; do
        if ! kill -0 "$pid" 2>/dev/null || ((SECONDS > deadline)); then
            [[ -s $2 ]] && return
            echo "$1 did not become ready"
            return 1
        fi
        sleep 0.02
    done
}

# peer NAME ARG...: start tests/peers/NAME.py in the background; the first line of its output is
# the port. Sets $port, $peer (process id) and $peer_out (what else it prints). More than one at
# a time: `as=VAR peer NAME ARG...` sets VAR, VAR_port and VAR_out as well.
peer() {
    local name=$1 var=${as:-peer}
    shift
    rm -f "$dir/$var.out"
    start "$var" python3 -u "$tests/peers/$name.py" "$@"
    wait_ready "$var" "$dir/$var.out"
    port=$(head -n 1 "$dir/$var.out")
    printf -v "${var}_port" %s "$port"
    printf -v "${var}_out" %s "$dir/$var.out"
}

# run_peer NAME ARG...: one in the foreground, for a client.
run_peer() {
    local name=$1
    shift
    within 20 python3 -u "$tests/peers/$name.py" "$@"
}

# What a peer printed after its port.
peer_said() { tail -n +2 "$dir/${1:-peer}.out"; }

# assert_peer_said TEXT: exactly this, after its port; it may still be about to say it.
assert_peer_said() {
    said_it() { [[ $(peer_said) == "$1" ]]; }
    wait_until 10 said_it "$1" >/dev/null || assert_equal "$(peer_said)" "$1"
}

# free_port: a port that nobody uses just now, for TCP or UDP. Only for tests of "nobody listens"
# and for peers that cannot choose one themselves.
free_port() {
    python3 -c '
import socket
while True:
    tcp, udp = socket.socket(), socket.socket(type=socket.SOCK_DGRAM)
    tcp.bind(("127.0.0.1", 0))
    try:
        udp.bind(tcp.getsockname())
    except OSError:
        continue
    print(tcp.getsockname()[1])
    break'
}

# wait_port PORT: until something listens there (no connection is made).
wait_port() {
    wait_until 15 grep -sqE "$(printf ':%04X 0+:0000 0A ' "$1")" /proc/net/tcp /proc/net/tcp6
}

# all_accepted PORT: no connection waits to be accepted there (for wait_until).
all_accepted() {
    ! cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
        grep -E "$(printf ':%04X 0+:0000 0A ' "$1")" | grep -qv ' 00000000:00000000 '
}

# gone PID SECONDS: true when it has ended within that time.
gone() {
    local deadline=$((SECONDS + $(seconds "$2")))
    while kill -0 "$1" 2>/dev/null; do
        ((SECONDS > deadline)) && return 1
        sleep 0.02
    done
}

# wait_pid PID [SECONDS]: until it ends; sets $status and returns it. One that does not end in
# time (10 s) is killed: status 124. Not inside `run`: only its own shell can wait for a process.
wait_pid() {
    if ! gone "$1" "${2:-10}"; then
        echo "process $1 did not end within ${2:-10} s"
        kill -KILL "$1"
        wait "$1" 2>/dev/null
        status=124
        return 124
    fi
    status=0
    wait "$1" || status=$?
    return "$status"
}

# assert_ends PID STATUS [SECONDS]: it ends in time, with that status.
assert_ends() {
    wait_pid "$1" "${3:-10}" || :
    assert_equal "$status" "$2"
}

# wait_until SECONDS COMMAND...: try it again and again; false when the time is over.
wait_until() {
    local deadline=$((SECONDS + $(seconds "$1")))
    shift
    until "$@" >/dev/null 2>&1; do
        if ((SECONDS > deadline)); then
            echo "never came true: $*"
            return 1
        fi
        sleep 0.02
    done
}

# has FILE TEXT: for wait_until.
has() { grep -qF -e "$2" "$1"; }
# size_is FILE BYTES: for wait_until.
size_is() { [[ $(stat -c %s "$1") -eq $2 ]]; }
at_least() { [[ $(stat -c %s "$1") -ge $2 ]]; }

# make_file NAME SIZE: reproducible bytes of every value that do not repeat. SIZE: 100, 16M, 1G.
make_file() {
    python3 -c '
import random, sys
name, size = sys.argv[1:]
unit = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}.get(size[-1], 1)
left, source = int(size.rstrip("KMG")) * unit, random.Random(1)
with open(name, "wb") as file:
    while left:
        block = source.randbytes(min(left, 1 << 20))
        left -= len(block)
        file.write(block)' "$1" "$2"
}

digest() { sha256sum "$@" | cut -d ' ' -f 1; }

# assert_same FILE FILE: the same bytes.
assert_same() {
    if ! cmp "$1" "$2"; then
        stat -c '%s bytes in %n' "$1" "$2"
        return 1
    fi
}

# assert_file FILE TEXT: exactly this text, given as to printf %b.
assert_file() {
    printf %b "$2" >"$dir/.wanted"
    if ! cmp -s "$dir/.wanted" "$1"; then
        echo "wanted:" && od -An -c "$dir/.wanted"
        echo "got:" && od -An -c "$1"
        return 1
    fi
}

# Open descriptors, CPU ticks (1/100 s), resident KiB of a process.
count_fds() { find "/proc/$1/fd" -mindepth 1 | wc -l; }
cpu_ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }
resident() { awk '/^VmRSS/ { print $2 }' "/proc/$1/status"; }
peak_memory() { awk '/^VmHWM/ { print $2 }' "/proc/$1/status"; }

# assert_idle PID: uses (nearly) no CPU for a second. The one place where time has to pass.
assert_idle() {
    local before
    before=$(cpu_ticks "$1")
    sleep 1
    (($(cpu_ticks "$1") - before <= 5)) || {
        echo "process $1 is busy"
        return 1
    }
}

# Is the program itself what is started, or a wrapper such as valgrind?
native() { [[ $(head -c 4 "$NETPY" | od -An -tx1) == " 7f 45 4c 46" ]]; }
sanitized() { nm -D "$NETPY" 2>/dev/null | grep -q __asan_init; }
need_native() { native || skip "not meaningful under a wrapper"; }
# For tests of memory and of limits that a sanitizer cannot live under.
need_plain() {
    need_native
    ! sanitized || skip "not meaningful with a sanitizer"
}

# need_strace: skip unless system calls can be traced here.
need_strace() {
    need strace
    need_native
    strace -o /dev/null true 2>/dev/null || skip "tracing is not allowed here"
    ASAN_OPTIONS+=:detect_leaks=0
}

# injected FAULT COMMAND...: run it with faults in its system calls, as strace takes them:
#   injected write:error=EINTR:when=3+7 netpy ...
# Several faults: separated by blanks. The log is $dir/strace.
injected() {
    local fault words=()
    for fault in $1; do
        words+=(-e "inject=$fault")
    done
    shift
    [[ $1 == netpy ]] && set -- "$NETPY" "${@:2}"
    within 60 strace -f -qq -o "$dir/strace" "${words[@]}" "$@"
}

# traced CALLS COMMAND...: run it and leave its system calls in $dir/strace.
traced() {
    local calls=$1
    shift
    [[ $1 == netpy ]] && set -- "$NETPY" "${@:2}"
    within 60 strace -f -qq -o "$dir/strace" -e "trace=$calls" "$@"
}

# on_terminal STEP... -- PROGRAM ARG...: see tests/lib/on_terminal.py.
on_terminal() { within 60 python3 "$tests/lib/on_terminal.py" "$@"; }
