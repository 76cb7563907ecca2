# SPDX-License-Identifier: GPL-3.0-or-later
"""The client of every first lesson: connect, send, one recv, print, close."""
import socket
import sys

client = socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET)
client.connect((sys.argv[1], int(sys.argv[2])))
client.sendall(sys.argv[3].encode())
print(client.recv(1024).decode())
client.close()
