# SPDX-License-Identifier: GPL-3.0-or-later
"""The same lesson with UDP: one datagram, one answer to where it came from."""
import socket
import sys

server = socket.socket(socket.AF_INET6 if "-6" in sys.argv else socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("::1" if "-6" in sys.argv else "127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
message, address = server.recvfrom(1024)
print(message.decode(), flush=True)
server.sendto(b"Hello, World!", address)
