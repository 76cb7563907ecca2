# SPDX-License-Identifier: GPL-3.0-or-later
#
# Which addresses a listener takes, and how it says so.

load lib/common

# sockets PID: the addresses it listens on, as in /proc: family and port in hexadecimal.
sockets() {
    local inode
    for inode in $(find "/proc/$1/fd" -lname 'socket:*' -printf '%l\n' | tr -dc '0-9\n'); do
        awk -v inode="$inode" '$4 == "0A" && $10 == inode {
            sub(".*:", "", $2); print (FILENAME ~ /6/ ? 6 : 4), $2 }' /proc/net/tcp /proc/net/tcp6
    done | sort
}

@test "listen PORT is one socket for IPv6 and IPv4" {
    need_ipv6
    address='' start_listener srv -k
    assert_equal "$(sockets "$srv")" "$(printf '6 %04X' "$port")"
    netpy connect 127.0.0.1 "$port" <<<four
    netpy connect ::1 "$port" <<<six
    assert_equal "$(sort srv.out)" $'four\nsix'
    assert_file srv.err "netpy: listen: listening on [::]:$port\n"
}

@test "where there is no IPv6, listen PORT takes IPv4" {
    need_root
    need_netns
    # shellcheck disable=SC2016
    run in_netns sh -c 'echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6
        "$1" listen --accept-timeout 50ms 0; "$1" listen --accept-timeout 50ms localhost 0' - "$NETPY"
    # Without addresses [::] can still be bound; ::1 cannot.
    assert_line --regexp "^netpy: listen: listening on (\[::\]|0\.0\.0\.0):"
    assert_line --regexp "^netpy: listen: listening on 127\.0\.0\.1:[0-9]+\$"
}

@test "localhost is both loopbacks, on one port that is picked" {
    need_ipv6
    for _ in 1 2 3 4 5; do
        address=localhost start_listener srv -k
        assert_equal "$(sockets "$srv")" "$(printf '4 %04X\n6 %04X' "$port" "$port")"
        kill "$srv"
        gone "$srv" 10
        rm srv.port
    done
    assert_file srv.err "netpy: listen: listening on [::1]:$port, 127.0.0.1:$port\n"
}

@test "a name is a socket for each of its addresses" {
    need_root
    unshare -m true 2>/dev/null || skip "no mount namespaces here"
    printf '127.0.0.2 both\n127.0.0.3 both\n127.0.0.2 both\n' >hosts
    # shellcheck disable=SC2016
    run unshare -m bash -c 'mount --bind hosts /etc/hosts
        exec "$1" listen --accept-timeout 50ms both 0' - "$NETPY"
    assert_line --regexp "listening on 127\.0\.0\.[23]:([0-9]+), 127\.0\.0\.[23]:[0-9]+\$"
    refute_line --regexp "127\.0\.0\.[23]:.*127\.0\.0\.[23]:.*127"
}

@test "a port that is taken at one of the addresses is an error" {
    need_ipv6
    start_listener four
    run netpy listen localhost "$port"
    assert_failure 5
    assert_output "netpy: listen: cannot bind 127.0.0.1:$port: Address already in use"
}

@test "an explicit :: takes IPv4 too, with -6 it does not" {
    need_ipv6
    address=:: start_listener srv
    netpy connect 127.0.0.1 "$port" <<<four
    assert_ends "$srv" 0
    address=:: start_listener six -6
    run netpy connect 127.0.0.1 "$port"
    assert_failure 4
}

@test "--ready-fd has to be open for writing" {
    run netpy listen --ready-fd 77 127.0.0.1 0
    assert_failure 2
    assert_output "netpy: listen: --ready-fd: descriptor 77 is not open for writing"
    run netpy listen --ready-fd 7 127.0.0.1 0 7</dev/null
    assert_failure 2
}

@test "--ready-fd: nobody reads it, and that is no failure" {
    start srv python3 -c 'import os, sys
r, w = os.pipe(); os.close(r); os.dup2(w, 7); os.execv(sys.argv[1], sys.argv[1:])' \
        "$NETPY" listen --ready-fd 7 --port-file port 127.0.0.1 0
    wait_ready srv port
    netpy connect 127.0.0.1 "$(<port)" <<<hello
    assert_ends "$srv" 0
}

@test "--port-file replaces a file, whole, with usual rights" {
    echo old >port
    chmod 600 port
    umask 022
    start srv "$NETPY" listen --port-file port 127.0.0.1 0
    wait_until 10 grep -qv old port
    assert_equal "$(stat -c %a port)" 644
    assert_equal "$(wc -l <port)" 1
    assert_equal "$(find . -name 'port.*')" ""
}

@test "--port-file writes to a FIFO instead of replacing it" {
    mkfifo port
    start srv "$NETPY" listen --port-file port 127.0.0.1 0
    chosen=$(within 10 cat port)
    [[ -p port ]]
    netpy connect 127.0.0.1 "$chosen" <<<hello
    assert_ends "$srv" 0
}

@test "--port-file that cannot be written: status 9" {
    run netpy listen --port-file nowhere/port 127.0.0.1 0
    assert_failure 9
    assert_output --partial "cannot write --port-file nowhere/port: No such file or directory"
}

@test "options of unix sockets and of ports do not mix" {
    run netpy listen --mode 600 127.0.0.1 0
    assert_failure 2
    run netpy listen --port-file port unix:sock
    assert_failure 2
    run netpy listen --reuse-port unix:sock
    assert_failure 2
    run netpy connect -p 7777 unix:sock
    assert_failure 2
    [[ ! -e sock ]]
}

@test "--mode counts whatever the umask is" {
    start srv bash -c 'umask 077; exec "$@"' - "$NETPY" listen --mode 666 unix:sock
    wait_until 10 test -S sock
    assert_equal "$(stat -c %a sock)" 666
}

@test "an abstract name that is taken is an error" {
    start srv "$NETPY" listen "unix:@netpy-test-$$"
    wait_until 10 grep -q "@netpy-test-$$\$" /proc/net/unix
    run netpy listen "unix:@netpy-test-$$"
    assert_failure 5
    assert_output "netpy: listen: cannot bind unix:@netpy-test-$$: Address already in use"
}

@test "a stale link to a socket is left alone" {
    python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("sock")'
    ln -s sock link
    run netpy listen unix:link
    assert_failure 5
    [[ -L link && -S sock ]]
}

@test "a unix listener whose queue is full is asked again" {
    start srv python3 -u -c '
import os, socket, time
s = socket.socket(socket.AF_UNIX); s.bind("sock"); s.listen(0)
first = socket.socket(socket.AF_UNIX); first.connect("sock"); print("full")
while not os.path.exists("go"): time.sleep(0.02)
s.accept(); c = s.accept()[0]; c.sendall(b"hello"); c.close()'
    wait_ready srv srv.out
    start cl "$NETPY" connect unix:sock
    run netpy connect -w 200ms unix:sock
    assert_failure 7
    kill -0 "$cl"
    touch go
    assert_ends "$cl" 0
    assert_file cl.out hello
}
