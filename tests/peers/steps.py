# SPDX-License-Identifier: GPL-3.0-or-later
"""A peer that does what it is told, step by step, with bare system calls.

    steps.py listen STEP...            prints its port, then serves every client with these steps
    steps.py connect PORT STEP...      connects to 127.0.0.1
    steps.py -u PATH listen|connect STEP...     the same on a unix socket; the port line is PATH

    recv            one recv of at most 1024 bytes; prints it as text
    read N          exactly N bytes (fewer at the end); prints "read N"
    read-all        until the end; prints "end after N DIGEST"
    lines           like read-all, but prints the bytes as they are
    drip N SECONDS  N bytes, one at a time, with a pause after each
    sip N SECONDS   reads N bytes, one at a time, with a pause after each
    send TEXT       TEXT may have escapes such as \\n
    fill SIZE       SIZE bytes of zeros ("16M")
    file NAME       the content of a file
    echo            sends back whatever comes, until the end
    shut            no more from us: half a close
    reset           close with a RST
    close           close
    buffers SIZE    SO_RCVBUF and SO_SNDBUF
    say TEXT        prints TEXT
    until FILE      waits until FILE is there
    pause SECONDS   does nothing for so long
    hold            does nothing for ever
    option NAME     prints getsockopt: SO_KEEPALIVE, TCP_NODELAY, IP_TOS ...
    peer            prints the address and port of the other side
A failing system call prints "error NAME" and ends the steps. A listener with `-1` serves one
client and ends; with -4 or -6 it takes 127.0.0.1 or ::1.
"""
import errno
import getopt
import hashlib
import os
import socket
import struct
import sys
import threading
import time


def say(text):
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def size(word):
    unit = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
    return int(word[:-1]) * unit[word[-1]] if word[-1] in unit else int(word)


def read_exactly(sock, count):
    left = count
    while left:
        data = sock.recv(min(left, 1 << 16))
        if not data:
            break
        left -= len(data)
    say("read %d" % (count - left))


def read_all(sock):
    total, digest = 0, hashlib.sha256()
    try:
        while True:
            data = sock.recv(1 << 18)
            if not data:
                break
            total += len(data)
            digest.update(data)
    except OSError as error:
        say("error %s after %d" % (errno.errorcode[error.errno], total))
        return
    say("end after %d %s" % (total, digest.hexdigest()))


def lines(sock):
    while True:
        data = sock.recv(1 << 16)
        if not data:
            return
        sys.stdout.buffer.write(data)
        sys.stdout.flush()


def reset(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def echo(sock):
    while True:
        data = sock.recv(1 << 16)
        if not data:
            return
        sock.sendall(data)


def drip(sock, count, pause):
    for number in range(int(count)):
        sock.sendall(b"%c" % (97 + number % 26))
        time.sleep(float(pause))


def sip(sock, count, pause):
    for _ in range(int(count)):
        if not sock.recv(1):
            break
        time.sleep(float(pause))


def until(name):
    while not os.path.exists(name):
        time.sleep(0.02)


def option(sock, name):
    level = {"SO": socket.SOL_SOCKET, "TC": socket.IPPROTO_TCP, "IP": socket.IPPROTO_IP}[name[:2]]
    say("%s %d" % (name, sock.getsockopt(level, getattr(socket, name))))


def buffers(sock, count):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size(count))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, size(count))


STEPS = {
    "recv": (0, lambda s: say(s.recv(1024).decode("latin-1"))),
    "read": (1, lambda s, n: read_exactly(s, size(n))),
    "read-all": (0, read_all),
    "lines": (0, lines),
    "drip": (2, drip),
    "sip": (2, sip),
    "send": (1, lambda s, text: s.sendall(text.encode("latin-1").decode("unicode_escape").encode("latin-1"))),
    "fill": (1, lambda s, n: s.sendall(bytes(size(n)))),
    "file": (1, lambda s, name: s.sendall(open(name, "rb").read())),
    "echo": (0, echo),
    "shut": (0, lambda s: s.shutdown(socket.SHUT_WR)),
    "reset": (0, reset),
    "close": (0, lambda s: s.close()),
    "buffers": (1, buffers),
    "say": (1, lambda s, text: say(text)),
    "until": (1, lambda s, name: until(name)),
    "pause": (1, lambda s, seconds: time.sleep(float(seconds))),
    "hold": (0, lambda s: threading.Event().wait()),
    "option": (1, option),
    "peer": (0, lambda s: say("%s %d" % s.getpeername()[:2])),
}


def run(sock, words):
    words = list(words)
    try:
        while words:
            count, function = STEPS[words.pop(0)]
            args, words = words[:count], words[count:]
            function(sock, *args)
        sock.close()
    except OSError as error:
        say("error " + errno.errorcode.get(error.errno, str(error)))


def listener(path, address):
    if path:
        sock = socket.socket(socket.AF_UNIX)
        sock.bind(path)
    else:
        sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
        sock.bind((address, 0))
    sock.listen(512)
    say(path or str(sock.getsockname()[1]))
    return sock


def main():
    options, words = getopt.getopt(sys.argv[1:], "146u:")
    options = dict(options)
    path = options.get("-u")
    address = "::1" if "-6" in options else "127.0.0.1"
    role = words.pop(0)
    if role == "connect":
        sock = socket.socket(socket.AF_UNIX) if path else None
        if sock:
            sock.connect(path)
        else:
            sock = socket.create_connection((address, int(words.pop(0))))
        return run(sock, words)
    server = listener(path, address)
    while True:
        client = server.accept()[0]
        if "-1" in options:
            server.close()
            return run(client, words)
        threading.Thread(target=run, args=(client, words), daemon=True).start()


main()
