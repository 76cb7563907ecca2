# SPDX-License-Identifier: GPL-3.0-or-later
"""A datagram peer that does what it is told, step by step.

    udp.py [-6] listen STEP...           takes a port, prints it, then does the steps
    udp.py [-6] connect PORT STEP...     to the loopback; hears nobody else
    udp.py [-6] from PORT STEP...        to the loopback; hears everybody
    udp.py -u PATH listen|connect STEP...     a unix socket; PATH may be "@name"

    -a ADDRESS      instead of the loopback: the address to take, or to send to
    -b PORT         send from this port

    recv            one datagram, printed as text
    size            one datagram, prints "N bytes"
    count N         N datagrams, prints "N datagrams N bytes DIGEST" of what they are in a row
    send TEXT       to the last sender, else to PORT; TEXT may have escapes such as \\n
    fill N          one datagram of N bytes
    flood N SIZE    N datagrams of SIZE bytes, as fast as it goes
    stranger TEXT   answers the last sender from another socket
    sender          prints where the last datagram came from
    port            prints the own port
    until FILE      waits until FILE is there
    pause SECONDS   does nothing for so long
    say TEXT        prints TEXT
A failing system call, or nothing for ten seconds, prints "error NAME" and ends the steps.
"""
import errno
import getopt
import hashlib
import os
import socket
import sys
import time


class Peer:
    def __init__(self, sock, other):
        self.sock = sock
        self.other = other

    def say(self, text):
        sys.stdout.write(text + "\n")
        sys.stdout.flush()

    def take(self):
        data, sender = self.sock.recvfrom(1 << 20)
        if sender:
            self.other = sender
        return data

    def put(self, data):
        if self.other:
            self.sock.sendto(data, self.other)
        else:
            self.sock.send(data)

    def recv(self):
        self.say(self.take().decode("latin-1"))

    def size(self):
        self.say("%d bytes" % len(self.take()))

    def count(self, number):
        total, digest = 0, hashlib.sha256()
        for _ in range(int(number)):
            data = self.take()
            total += len(data)
            digest.update(data)
        self.say("%s datagrams %d bytes %s" % (number, total, digest.hexdigest()))

    def send(self, text):
        self.put(text.encode("latin-1").decode("unicode_escape").encode("latin-1"))

    def fill(self, size):
        self.put(b"x" * int(size))

    def flood(self, number, size):
        data = b"x" * (int(size) - 1) + b"\n"
        for _ in range(int(number)):
            self.put(data)

    def stranger(self, text):
        with socket.socket(self.sock.family, socket.SOCK_DGRAM) as other:
            other.sendto(text.encode(), self.other)

    def sender(self):
        self.say("%s:%d" % self.other[:2])

    def port(self):
        self.say(str(self.sock.getsockname()[1]))

    def until(self, name):
        while not os.path.exists(name):
            time.sleep(0.02)

    def pause(self, seconds):
        time.sleep(float(seconds))


STEPS = {"recv": 0, "size": 0, "count": 1, "send": 1, "fill": 1, "flood": 2, "stranger": 1,
         "sender": 0, "port": 0, "until": 1, "pause": 1, "say": 1}


def unix_name(word):
    return "\0" + word[1:] if word.startswith("@") else word


def make(options, way, words):
    if "-u" in options:
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        name = unix_name(options["-u"])
        if way == "listen":
            sock.bind(name)
            print(options["-u"], flush=True)
        else:
            sock.bind("")
            sock.connect(name)
        return Peer(sock, None)
    six = "-6" in options
    host = options.get("-a", "::1" if six else "127.0.0.1")
    sock = socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_DGRAM)
    if way == "listen":
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        sock.bind((host, 0))
        print(sock.getsockname()[1], flush=True)
        return Peer(sock, None)
    if "-b" in options:
        sock.bind(("", int(options["-b"])))
    other = (host, int(words.pop(0)))
    if way == "from":
        return Peer(sock, other)
    sock.connect(other)
    return Peer(sock, None)


def main():
    options, words = getopt.getopt(sys.argv[1:], "6a:b:u:")
    peer = make(dict(options), words.pop(0), words)
    # As every bound of the tests: longer where the program runs slowly, under valgrind say.
    peer.sock.settimeout(10 * int(os.environ.get("SLOWDOWN", "1")))
    try:
        while words:
            step = words.pop(0)
            count = STEPS[step]
            getattr(peer, step)(*words[:count])
            del words[:count]
    except socket.timeout:
        peer.say("error timeout")
        return 1
    except OSError as failure:
        peer.say("error " + errno.errorcode.get(failure.errno, str(failure)))
        return 1
    return 0


sys.exit(main())
