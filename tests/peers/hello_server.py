# SPDX-License-Identifier: GPL-3.0-or-later
"""The server of every first lesson: one client, one recv, one answer, close."""
import socket
import sys

server = socket.socket(socket.AF_INET6 if "-6" in sys.argv else socket.AF_INET)
server.bind(("::1" if "-6" in sys.argv else "127.0.0.1", 0))
server.listen()
print(server.getsockname()[1], flush=True)
client, address = server.accept()
print(client.recv(1024).decode(), flush=True)
client.sendall(b"Hello, World!")
client.close()
