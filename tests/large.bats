# SPDX-License-Identifier: GPL-3.0-or-later
#
# One GiB, once each way, compared by digest.

load lib/common

@test "1 GiB from connect to listen" {
    make_file a 1G
    mkfifo out
    stdout=out start srv "$NETPY" listen --port-file port 127.0.0.1 0
    sha256sum <out >sum 3>&- &
    pids+=("$!")
    summer=$!
    wait_ready srv port
    within 120 "$NETPY" connect 127.0.0.1 "$(<port)" <a
    assert_ends "$srv" 0 60
    wait "$summer"
    assert_equal "$(cut -d ' ' -f 1 sum)" "$(digest a)"
}

@test "1 GiB from listen to connect, through pipes" {
    make_file a 1G
    mkfifo in
    cat a >in 3>&- &
    pids+=("$!")
    stdin=in start_listener srv
    within 120 "$NETPY" connect 127.0.0.1 "$port" | sha256sum >sum
    assert_ends "$srv" 0 60
    assert_equal "$(cut -d ' ' -f 1 sum)" "$(digest a)"
}
