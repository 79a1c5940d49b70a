"""A program that says what happens to it: its size, each key, a hang-up. Started by the tests of the web server."""

import os
import shutil
import signal
import sys
import termios
import tty
from pathlib import Path


def say(*words: object) -> None:
    os.write(1, f"<{' '.join(map(str, words))}>".encode())


def size(*_: object) -> None:
    columns, rows = shutil.get_terminal_size()
    say("size", f"{columns}x{rows}")


def hung_up(*_: object) -> None:
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text("hung up")
    sys.exit(0)


def main() -> None:
    tty.setraw(0, termios.TCSANOW)
    signal.signal(signal.SIGWINCH, size)
    signal.signal(signal.SIGHUP, hung_up)
    os.write(1, b"\x1b[?1049h\x1b[?25l")
    say("begun", os.getpid(), os.isatty(2), signal.getsignal(signal.SIGTSTP) is signal.SIG_IGN)
    size()
    while key := os.read(0, 1000):
        if key == b"q":
            break
        if key == b"c":
            os.write(1, b"\x1b]52;c;Zm94\x07")
        if key == b"f":
            os.write(1, b"." * 200_000)
        say("key", key.hex())


main()
