"""Whoever writes waits for nothing; what was written arrives whole and in order, or is dropped as was said."""

import os
import threading
import time
import tty
from collections.abc import Iterator
from pathlib import Path
from select import select

import pytest

from charplay.fs.nonblocking_writer import NonBlockingWriter

PATIENCE = 30.0
"""Seconds for what comes at once, on a crowded machine too."""
FILLING = "x" * 512


@pytest.fixture
def ends() -> Iterator[tuple[int, int]]:
    """Both ends of a pseudo-terminal: what the terminal has, and what the program has."""
    pair = os.openpty()
    tty.setraw(pair[1])
    yield pair
    for end in pair:
        os.close(end)


def fill(writer: NonBlockingWriter, terminal: int) -> None:
    """Write until the terminal takes no more; what it took is the kernel's by then."""
    while True:
        while not writer.backlog.pieces:
            writer.write(FILLING)
            writer.wait_idle(0.3)
        if not writer.wait_idle(0.7):  # on a crowded machine its thread may only have been late
            break
    assert select([terminal], [], [], 0)[0]


def drain(terminal: int) -> None:
    while select([terminal], [], [], 0.3)[0]:
        os.read(terminal, 65536)


@pytest.mark.fault("17")
def test_it_tells_how_much_waits_behind_what_is_being_written(ends: tuple[int, int]) -> None:
    writer = NonBlockingWriter(ends[1])
    assert writer.idle
    assert writer.backlog == (0, 0)
    fill(writer, ends[0])
    before = writer.backlog
    writer.write("abc")
    assert writer.backlog == (before.pieces + 1, before.characters + 3)
    assert not writer.idle
    drain(ends[0])
    assert writer.wait_idle(PATIENCE)
    assert writer.backlog == (0, 0)


@pytest.mark.fault("17")
def test_what_is_more_than_it_keeps_is_dropped_and_what_it_kept_arrives(ends: tuple[int, int]) -> None:
    writer = NonBlockingWriter(ends[1], max_pieces=5)
    fill(writer, ends[0])
    for number in range(1000):
        writer.write(f"[{number}]")
    assert writer.backlog.pieces == 5
    taken = b""
    while (readable := select([ends[0]], [], [], 0.3)[0]) or not writer.idle:
        taken += os.read(ends[0], 65536) if readable else b""  # it may be idle before it says so
    assert taken.lstrip(b"x") == b"[0][1][2][3]"


@pytest.mark.fault("17")
def test_who_asks_is_told_once_when_everything_was_written(ends: tuple[int, int]) -> None:
    writer, told = NonBlockingWriter(ends[1]), []
    writer.once_idle(lambda: told.append("at once"))
    assert told == ["at once"]
    fill(writer, ends[0])
    writer.once_idle(lambda: told.append("later"))
    os.read(ends[0], 100)  # something, and not all that waits
    time.sleep(0.2)
    assert told == ["at once"]
    drain(ends[0])
    assert writer.wait_idle(PATIENCE)
    writer.write("more")
    drain(ends[0])
    assert told == ["at once", "later"]


def test_a_descriptor_that_is_gone_is_kept_as_an_error_and_nobody_is_told_that_it_took_anything(tmp_path: Path) -> None:
    told = []
    with (tmp_path / "file").open("w") as file:
        writer = NonBlockingWriter(os.open(file.name, os.O_RDONLY))
        writer.write("lost")
        assert writer.wait_idle(PATIENCE)
        writer.once_idle(lambda: told.append(True))
        writer.write("lost, too")
    os.close(writer.descriptor)
    assert isinstance(writer.error, OSError)
    assert writer.idle
    assert not told


def test_one_that_refuses_instead_of_waiting_gets_everything_all_the_same(ends: tuple[int, int]) -> None:
    os.set_blocking(ends[1], False)
    writer, taken = NonBlockingWriter(ends[1]), b""
    writer.write("y" * 100_000)
    while not writer.idle or select([ends[0]], [], [], 0.3)[0]:
        taken += os.read(ends[0], 65536)
    assert taken == b"y" * 100_000
    assert writer.error is None


def test_what_the_encoding_lacks_is_written_as_the_errors_say(ends: tuple[int, int]) -> None:
    NonBlockingWriter(ends[1], encoding="ascii", errors="backslashreplace").write("ä")
    assert select([ends[0]], [], [], PATIENCE)[0]
    assert os.read(ends[0], 100) == b"\\xe4"


@pytest.mark.fault("17", "18")
def test_the_end_waits_for_as_long_as_something_is_taken(ends: tuple[int, int]) -> None:
    writer = NonBlockingWriter(ends[1])
    fill(writer, ends[0])
    for _ in range(20):
        writer.write(FILLING * 4)
    slow = threading.Thread(target=lambda: [(time.sleep(0.05), os.read(ends[0], 4096)) for _ in range(10)])
    slow.start()
    began = time.monotonic()
    assert not writer.finish(patience=0.4, limit=PATIENCE), "it stands still at last"
    assert time.monotonic() - began > 0.5, "and was slow before that"
    slow.join()
    drain(ends[0])
    assert writer.finish(PATIENCE, PATIENCE)
    threads = threading.active_count()
    writer.write("again")
    assert threading.active_count() == threads + 1
    assert writer.finish(PATIENCE, PATIENCE)
    drain(ends[0])


def test_the_end_is_bounded_however_much_is_taken(ends: tuple[int, int]) -> None:
    writer, stop = NonBlockingWriter(ends[1]), threading.Event()
    fill(writer, ends[0])
    slow = threading.Thread(target=lambda: [os.read(ends[0], 100) for _ in iter(lambda: stop.wait(0.05), True)])
    slow.start()
    writer.write(FILLING * 1000)
    began = time.monotonic()
    assert not writer.finish(patience=0.5, limit=1.0)
    assert time.monotonic() - began < PATIENCE / 2
    stop.set()
    slow.join()
    drain(ends[0])
