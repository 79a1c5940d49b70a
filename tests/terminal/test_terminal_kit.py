"""The kit itself: what it shows, sends and notices, on programs of a few lines."""

import signal
import sys
import time
from collections.abc import Callable
from signal import Signals
from typing import Any

import psutil
import pytest
from pseudo_terminal import Terminal

ECHO = """
import os, shutil, signal, sys, termios, tty
def say(*_):
    size = shutil.get_terminal_size()
    os.write(1, f"size {size.columns}x{size.lines}\\r\\n".encode())
signal.signal(signal.SIGWINCH, say)
tty.setraw(0)
say()
while (key := os.read(0, 16)) != b"q":
    os.write(1, b"got " + repr(key).encode() + b"\\r\\n")
os.write(1, b"\\x1b[2Jbye")
sys.exit(7)
"""


def program(text: str) -> list[str]:
    return [sys.executable, "-c", text]


def test_keys_size_and_exit_code(terminal: Callable[..., Terminal]) -> None:
    term = terminal(program(ECHO), columns=60, rows=10)
    term.wait_for("size 60x10")
    term.press("up")
    term.wait_for(r"got b'\x1b[A'")
    term.press("ctrl+c")
    term.wait_for(r"got b'\x03'")
    term.resize(80, 24)
    term.wait_for("size 80x24")
    assert term.find("got") == (1, 0)
    term.press("q")
    assert term.wait() == 7
    assert term.text.strip() == "bye"
    assert b"\x1b[2Jbye" in term.raw


def test_colours_and_characters_arrive_and_unknown_sequences_leave_no_trace(terminal: Callable[..., Terminal]) -> None:
    written = "\\x1b[31mred\\x1b[0m \u28ff\\x1b[>1u\\x1b[<u\\x1b[?2026$p\\x1bP=1s\\x1b\\\\|\\x1b["
    code = f"import os, time\nos.write(1, '{written}'.encode())\ntime.sleep(0.2)\nos.write(1, b'>4;1mend')"
    term = terminal(program(code))
    term.wait()
    assert term.lines[0].rstrip() == "red \u28ff|end"
    assert term.cell(0, 0).fg == "red"


def test_an_erasure_that_no_terminal_knows_erases_nothing(terminal: Callable[..., Terminal]) -> None:
    term = terminal(program("import os; os.write(1, b'a\\x1b[7777Jb')"))
    term.wait_for("ab")


def test_a_wait_that_fails_shows_the_screen(terminal: Callable[..., Terminal]) -> None:
    term = terminal(program("print('something else'); input()"))
    term.wait_for("something")
    with pytest.raises(AssertionError, match=r"(?s)not within 0.1 s.*something else"):
        term.wait_for("never", timeout=0.1)
    term.press("enter")
    with pytest.raises(AssertionError, match="left with 0"):
        term.wait_for("never")


def test_bytes_are_counted_from_a_moment(terminal: Callable[..., Terminal]) -> None:
    term = terminal(program("print('before'); input(); print('after'); input()"))
    term.wait_for("before")
    moment = time.monotonic()
    term.press("enter")
    term.wait_for("after")
    assert b"after" in term.raw_since(moment)
    assert b"before" not in term.raw_since(moment)


@pytest.mark.parametrize(
    ("act", "number"),
    [(lambda term: term.hang_up(), signal.SIGHUP), (lambda term: term.signal(signal.SIGTERM), signal.SIGTERM)],
    ids=["hang-up", "terminate"],
)
def test_signals_reach_the_program(terminal: Callable[..., Terminal], act: Callable[..., Any], number: Signals) -> None:
    term = terminal(program("import time; print('up', flush=True); time.sleep(30)"))
    term.wait_for("up")
    act(term)
    assert term.wait() == -number


def test_the_end_takes_the_jobs_of_a_shell_along() -> None:
    """Also one that would outlive its terminal."""
    job = "import os, signal, time\nsignal.signal(signal.SIGHUP, signal.SIG_IGN)\nprint('job', os.getpid(), flush=True)"
    shell = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {job + chr(10) + 'time.sleep(60)'!r}],"
    term = Terminal(program(f"{shell} process_group=0)"))
    term.wait_for("job")
    number = int(term.text.split()[1])
    assert psutil.pid_exists(number)
    term.close()
    assert not psutil.pid_exists(number) or psutil.Process(number).status() == psutil.STATUS_ZOMBIE
