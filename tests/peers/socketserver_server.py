# SPDX-License-Identifier: GPL-3.0-or-later
"""A threaded socketserver that reads one line and answers how long it was."""
import socketserver


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        line = self.rfile.readline().strip()
        self.wfile.write(b"%d bytes: %s\n" % (len(line), line))


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True


with Server(("127.0.0.1", 0), Handler) as server:
    print(server.server_address[1], flush=True)
    server.serve_forever()
