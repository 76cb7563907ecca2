# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a program with awkward pipes, as careless parents make them.

    pipes.py small-out READ_SIZE PAUSE OUT PROGRAM ARG...
        stdout is a nonblocking 4 KiB pipe; its reader takes READ_SIZE bytes every PAUSE seconds
        and writes them to the file OUT
    pipes.py empty-in FILE PIECE PAUSE PROGRAM ARG...
        stdin is a nonblocking pipe, mostly empty: it gets FILE in pieces with pauses
    pipes.py flags PROGRAM ARG...
        stdin, stdout and stderr are blocking pipes shared with us; afterwards prints on stderr
        whether somebody left O_NONBLOCK on one of them
The status is the program's (128 + N for a signal).
"""
import fcntl
import os
import subprocess
import sys
import threading
import time

F_SETPIPE_SZ = 1031


def status(code):
    sys.exit(code if code >= 0 else 128 - code)


def small_out(read_size, pause, out, *program):
    reader, writer = os.pipe()
    fcntl.fcntl(writer, F_SETPIPE_SZ, 4096)
    os.set_blocking(writer, False)
    child = subprocess.Popen(program, stdout=writer)
    os.close(writer)
    with open(out, "wb", buffering=0) as file:
        while True:
            data = os.read(reader, int(read_size))
            if not data:
                break
            file.write(data)
            time.sleep(float(pause))
    status(child.wait())


def empty_in(name, piece, pause, *program):
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    child = subprocess.Popen(program, stdin=reader)
    os.close(reader)
    with open(name, "rb") as file:
        while data := file.read(int(piece)):
            while data:
                data = data[os.write(writer, data):]
            time.sleep(float(pause))
    os.close(writer)
    status(child.wait())


def flags(*program):
    ins, outs, errs = os.pipe(), os.pipe(), os.pipe()
    child = subprocess.Popen(program, stdin=ins[0], stdout=outs[1], stderr=errs[1])
    os.write(ins[1], b"hello\n")
    os.close(ins[1])
    code = child.wait()
    for name, fd in ("stdin", ins[0]), ("stdout", outs[1]), ("stderr", errs[1]):
        if not os.get_blocking(fd):
            print("O_NONBLOCK was left on", name, file=sys.stderr)
    os.close(outs[1])
    os.close(errs[1])
    sys.stderr.buffer.write(os.read(errs[0], 65536))
    sys.stdout.buffer.write(os.read(outs[0], 65536))
    status(code)


{"small-out": small_out, "empty-in": empty_in, "flags": flags}[sys.argv[1]](*sys.argv[2:])
