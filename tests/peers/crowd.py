# SPDX-License-Identifier: GPL-3.0-or-later
"""Many clients at once.

    crowd.py PORT COUNT reset     each connects and resets at once
    crowd.py PORT COUNT silent    each connects and says nothing; all stay until stdin ends
    crowd.py PORT COUNT echo      each sends its number and wants it back
Prints "ready COUNT" when all are connected (or have done their work).
"""
import socket
import struct
import sys

port, count, what = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
crowd = []
for number in range(count):
    client = socket.create_connection(("127.0.0.1", port), timeout=30)
    if what == "reset":
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
    else:
        crowd.append(client)
if what == "echo":
    for number, client in enumerate(crowd):
        client.sendall(b"%d\n" % number)
    for number, client in enumerate(crowd):
        assert client.makefile().readline() == "%d\n" % number
print("ready", count, flush=True)
if what == "silent":
    sys.stdin.read()
