"""A terminal that stands still holds nobody, and gets everything in order when it reads again."""

import io
import os
import pty
import sys
import time
from collections.abc import Iterator

import pytest

from charplay.cli.nonblocking_output import NonBlockingStream, nonblocking_stdout
from charplay.cli.output import print_safe

pytestmark = pytest.mark.fault("2", "17")
LINES = [f"line {number} " + "x" * 80 + "\n" for number in range(2000)]


@pytest.fixture
def terminal() -> Iterator[tuple[int, io.TextIOWrapper]]:
    """The far end, and a stream on the near one."""
    master, slave = pty.openpty()
    with os.fdopen(slave, "w") as stream:
        yield master, stream
    os.close(master)


def read(master: int, size: int) -> bytes:
    data = b""
    while len(data) < size:
        data += os.read(master, 65536)
    return data


def test_writing_to_a_terminal_that_stands_still_waits_for_nothing(terminal: tuple[int, io.TextIOWrapper]) -> None:
    master, stream = terminal
    output = NonBlockingStream(stream)
    began = time.monotonic()
    for line in LINES:
        output.write(line)
    assert time.monotonic() - began < 1
    assert output.behind
    assert not output.wait_until_written(0.05)
    expected = "".join(LINES).replace("\n", "\r\n").encode()
    assert read(master, len(expected)) == expected
    assert output.wait_until_written(5)
    assert not output.behind


def test_without_it_such_a_terminal_holds_whoever_writes(terminal: tuple[int, io.TextIOWrapper]) -> None:
    """The control: there is no room for all of it."""
    _, stream = terminal
    os.set_blocking(stream.fileno(), False)
    data = "".join(LINES).encode()
    assert os.write(stream.fileno(), data) < len(data)


def test_a_terminal_that_is_gone_is_told_by_the_next_writing(terminal: tuple[int, io.TextIOWrapper]) -> None:
    _, stream = terminal
    output = NonBlockingStream(stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), stream.fileno())  # every write to it fails
    output.write("lost")
    assert output.wait_until_written(5)
    with pytest.raises(OSError, match="Bad file"):
        output.write("more")


def test_a_pipe_is_left_as_it_is(capfd: pytest.CaptureFixture[str]) -> None:
    stream = sys.stdout
    with nonblocking_stdout() as output:
        assert output is None
        assert sys.stdout is stream


def test_both_streams_of_a_terminal_go_one_way_in_order(
    terminal: tuple[int, io.TextIOWrapper], monkeypatch: pytest.MonkeyPatch
) -> None:
    master, stream = terminal
    monkeypatch.setattr("sys.stdout", stream)
    monkeypatch.setattr("sys.stderr", stream)
    with nonblocking_stdout() as output:
        print_safe("one")
        print_safe("two", sys.stderr)
        print_safe("three")
        assert output is sys.stdout
    assert sys.stdout is stream  # type: ignore[comparison-overlap]
    assert read(master, 17) == b"one\r\ntwo\r\nthree\r\n"
