# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a program on a pseudo-terminal of its own and act on what appears there.

    on_terminal.py [-o FILE] [-e FILE] STEP... -- PROGRAM ARG...

    expect TEXT     wait until TEXT has appeared (after the last match); escapes as in \\n
    type TEXT       type it
    wait FILE TEXT  wait until FILE has TEXT in it
    size ROWS COLS  resize the window
    kill NAME       send a signal to the program (SIGTSTP ...)
    stopped         wait until the program is stopped
    hangup          close the terminal
    run COMMAND     run a shell command
-o and -e send stdout and stderr to a file, so that only the rest is on the terminal; -i takes
stdin from a file. -b starts the program in a background process group of its terminal, -f in a
foreground group that is not the session leader's, as a shell does: only such a one can be stopped.
At the end prints everything that appeared, as a Python bytes literal, then "status N", and
"modes changed" when the terminal is not as it was before.
"""
import fcntl
import getopt
import os
import select
import signal
import struct
import subprocess
import sys
import termios
import time

LIMIT = 20 * float(os.environ.get("SLOWDOWN", "1"))


class Screen:
    def __init__(self, fd):
        self.fd, self.text, self.seen = fd, b"", 0

    def pump(self, seconds):
        if select.select([self.fd], [], [], seconds)[0]:
            try:
                data = os.read(self.fd, 65536)
            except OSError:
                data = b""
            self.text += data
            return bool(data)
        return True

    def expect(self, wanted):
        deadline = time.monotonic() + LIMIT
        while wanted not in self.text[self.seen:]:
            if time.monotonic() > deadline:
                sys.exit("never appeared: %r; the terminal showed %r" % (wanted, self.text))
            self.pump(0.05)
        self.seen = self.text.index(wanted, self.seen) + len(wanted)


def unescape(text):
    return text.encode().decode("unicode_escape").encode("latin-1")


def poll(condition, what):
    deadline = time.monotonic() + LIMIT
    while not condition():
        if time.monotonic() > deadline:
            sys.exit("never came true: " + what)
        time.sleep(0.02)


def holds(name, text):
    return os.path.exists(name) and text.encode() in open(name, "rb").read()


def state(pid):
    return open("/proc/%d/stat" % pid).read().rsplit(")", 1)[1].split()[0]


# With -b and -f: the leader of the session stays, the program gets a group of its own.
LEADER = """
import os, signal, sys
foreground = sys.argv.pop(1) == "-f"
pid = os.fork()
if not pid:
    os.setpgid(0, 0)
    if foreground:
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        tty = os.open("/dev/tty", os.O_RDWR)
        os.tcsetpgrp(tty, os.getpgrp())
        os.close(tty)
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
    os.execvp(sys.argv[1], sys.argv[1:])
code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
sys.exit(code if code >= 0 else 128 - code)
"""


def start(options, program, slave):
    def terminal():
        os.setsid()
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)

    def stream(letter, mode):
        return open(options[letter], mode) if letter in options else slave

    for letter in set(options) & {"-b", "-f"}:
        program = [sys.executable, "-c", LEADER, letter] + program
    return subprocess.Popen(program, stdin=stream("-i", "rb"), stdout=stream("-o", "wb"),
                            stderr=stream("-e", "wb"), preexec_fn=terminal)


def program_pid(child, options):
    """The program itself, behind a leader where there is one."""
    while {"-b", "-f"} & set(options):
        children = open("/proc/%d/task/%d/children" % (child.pid, child.pid)).read().split()
        if children:
            return int(children[0])
        time.sleep(0.01)
    return child.pid


def act(steps, screen, pid, master):
    while steps:
        step = steps.pop(0)
        if step == "expect":
            screen.expect(unescape(steps.pop(0)))
        elif step == "type":
            os.write(master, unescape(steps.pop(0)))
        elif step == "wait":
            name, text = steps.pop(0), steps.pop(0)
            poll(lambda: screen.pump(0) and holds(name, text), "%s in %s" % (text, name))
        elif step == "size":
            rows, cols = int(steps.pop(0)), int(steps.pop(0))
            fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
        elif step == "kill":
            os.kill(pid, getattr(signal, steps.pop(0)))
        elif step == "stopped":
            poll(lambda: state(pid) == "T", "stopped")
        elif step == "hangup":
            os.close(master)
            return False
        elif step == "run":
            subprocess.run(steps.pop(0), shell=True, check=True)
        else:
            sys.exit("unknown step: " + step)
    return True


def main():
    split = sys.argv.index("--")
    options, steps = getopt.getopt(sys.argv[1:split], "bfi:o:e:")
    options = dict(options)
    program = sys.argv[split + 1:]
    master, slave = os.openpty()
    before = termios.tcgetattr(slave)
    screen, here = Screen(master), True
    child = start(options, program, slave)
    try:
        here = act(steps, screen, program_pid(child, options), master)
        deadline = time.monotonic() + LIMIT
        while child.poll() is None:
            if time.monotonic() > deadline:
                sys.exit("did not end; the terminal showed %r" % screen.text)
            if here:
                screen.pump(0.05)
            else:
                time.sleep(0.02)
        while here and select.select([master], [], [], 0)[0] and screen.pump(0):
            pass
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
    print(screen.text)
    if here and termios.tcgetattr(slave) != before:
        print("modes changed")
    code = child.returncode
    print("status", code if code >= 0 else 128 - code)


main()
