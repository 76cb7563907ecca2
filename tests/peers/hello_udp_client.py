# SPDX-License-Identifier: GPL-3.0-or-later
"""The same lesson with UDP: one datagram, print the answer."""
import socket
import sys

client = socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
client.settimeout(10)
client.sendto(sys.argv[3].encode(), (sys.argv[1], int(sys.argv[2])))
print(client.recvfrom(1024)[0].decode())
