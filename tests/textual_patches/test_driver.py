"""When a terminal counts as behind and when as keeping up; how it is taken, given back, and left."""

import asyncio
import os
import signal
import sys
import termios
import threading
import time
import tty
from collections.abc import AsyncIterator, Callable, Iterator
from select import select
from typing import Any

import pytest
from textual.app import App
from textual.events import Key, MouseDown, MouseMove, MouseScrollUp, MouseUp, Resize
from textual.message import Message
from textual.messages import InBandWindowResize

from charplay.tui.textual_patches import driver as drivers
from charplay.tui.textual_patches.driver import MAX_CHARACTERS, MAX_WRITES, TerminalDriver


@pytest.fixture
def pseudo_terminal() -> Iterator[tuple[int, int]]:
    """Both ends of one: what the terminal has, and what the program has, in a shell's modes."""
    ends = os.openpty()
    tty.setraw(ends[1])
    theirs = termios.tcgetattr(ends[1])
    theirs[tty.LFLAG] |= termios.ECHO | termios.ICANON
    termios.tcsetattr(ends[1], termios.TCSANOW, theirs)
    yield ends
    for end in ends:
        os.close(end)


class Listened(TerminalDriver):
    """A driver that keeps what it tells its app."""

    def __init__(self, app: App[None]) -> None:
        super().__init__(app)
        self.told: list[Any] = []

    def send_message(self, message: Message) -> None:
        self.told.append(message)


@pytest.fixture
async def driver(monkeypatch: pytest.MonkeyPatch, pseudo_terminal: tuple[int, int]) -> AsyncIterator[Listened]:
    """A driver on that terminal, and what it tells its app."""
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # it would hear Ctrl-Z when it is long forgotten
    with os.fdopen(os.dup(pseudo_terminal[1]), "w") as stream:
        monkeypatch.setattr(sys, "__stdin__", stream)
        monkeypatch.setattr(sys, "__stderr__", stream)
        driver = Listened(App())
        yield driver
        driver.disable_input()
        taken(pseudo_terminal[0])
        driver.close()


@pytest.fixture
def stalled(driver: Listened) -> Listened:
    """The driver, once its terminal takes nothing more and all that waits is what is written from now on."""
    while driver._writer.wait_idle(0.3):
        driver.write("x" * 512)
    return driver


def taken(terminal: int) -> bytes:
    """What the terminal was sent until now."""
    data = b""
    while select([terminal], [], [], 0.3)[0]:
        data += os.read(terminal, 65536)
    return data


async def until(holds: Callable[..., Any]) -> None:
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        await asyncio.sleep(0.01)


async def test_a_terminal_that_nothing_waits_for_keeps_up(driver: Listened, pseudo_terminal: tuple[int, int]) -> None:
    assert not driver.behind, "not started yet"
    for _ in range(3 * MAX_WRITES):
        driver.write("x")
        taken(pseudo_terminal[0]) if driver.behind else None
    driver.close()
    assert not driver.behind


@pytest.mark.fault("17")
@pytest.mark.parametrize(
    ("writes", "characters"),
    [(MAX_WRITES, 3), (2, MAX_CHARACTERS // 2), (1, MAX_CHARACTERS)],
    ids=["many pieces", "large ones", "one that is a whole screen"],
)
async def test_it_is_behind_by_how_many_pieces_wait_or_by_their_size(
    stalled: TerminalDriver, writes: int, characters: int
) -> None:
    assert not stalled.behind
    for _ in range(writes):
        stalled.write("x" * characters)
    assert not stalled.behind
    stalled.write("x")
    assert stalled.behind


@pytest.mark.fault("17")
async def test_what_is_more_than_the_queue_keeps_is_dropped(stalled: TerminalDriver) -> None:
    for _ in range(1000):
        stalled.write("x")
    assert stalled._writer.backlog.pieces == drivers.MAX_QUEUED
    assert stalled.behind


@pytest.mark.fault("17", "18")
@pytest.mark.parametrize(("pause", "stuck"), [(0.1, False), (30, True)], ids=["slow", "stands still"])
async def test_on_the_way_out_it_is_waited_for_as_long_as_it_takes_something(
    stalled: TerminalDriver,
    pseudo_terminal: tuple[int, int],
    monkeypatch: pytest.MonkeyPatch,
    pause: float,
    stuck: bool,
) -> None:
    monkeypatch.setattr(drivers, "PATIENCE", 0.4)
    monkeypatch.setattr(drivers, "MAX_PATIENCE", 20)
    stalled.write("x" * 8192)
    stop = threading.Event()

    def read() -> None:
        while not stop.wait(pause):
            select([pseudo_terminal[0]], [], [], 0)[0] and os.read(pseudo_terminal[0], 4096)

    reader = threading.Thread(target=read)
    reader.start()
    began = time.monotonic()
    stalled.close()
    assert stalled.stuck == stuck
    assert time.monotonic() - began < 15
    stop.set()
    reader.join()


@pytest.mark.fault("17")
async def test_a_terminal_that_stands_still_is_heard_of_once_it_has_taken_everything(
    stalled: TerminalDriver, pseudo_terminal: tuple[int, int]
) -> None:
    caught_up = []
    stalled.once_caught_up(lambda: caught_up.append(threading.current_thread()))
    os.read(pseudo_terminal[0], 100)
    await asyncio.sleep(0.2)
    assert not caught_up
    taken(pseudo_terminal[0])
    await until(lambda: caught_up)
    stalled.write("more")
    await asyncio.sleep(0.2)
    assert caught_up == [threading.main_thread()], "once, in the loop"


@pytest.mark.fault("17")
async def test_where_everything_was_taken_already_it_is_heard_of_at_once(driver: Listened) -> None:
    caught_up = []
    driver.once_caught_up(lambda: caught_up.append(True))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert caught_up == [True]


async def test_a_terminal_that_is_gone_is_behind_for_ever(driver: Listened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver._writer, "descriptor", -1)
    driver.write("x")
    assert driver._writer.wait_idle(30)
    assert driver.behind
    assert not driver.stuck, "nobody waits for it"


@pytest.mark.fault("19")
async def test_a_mouse_that_passes_by_is_neither_asked_for_nor_heard(
    driver: Listened, pseudo_terminal: tuple[int, int]
) -> None:
    def heard(kind: type[Any], button: int = 0) -> list[type[Any]]:
        driver.told.clear()
        driver.process_message(kind(None, 3, 4, 0, 0, button, False, False, False))
        return [type(message) for message in driver.told]

    driver.start_application_mode()
    asked = taken(pseudo_terminal[0])
    assert b"\x1b[?1002h" in asked
    assert b"\x1b[?1003h" not in asked
    assert heard(MouseMove) == []
    assert heard(MouseDown, 1) == [MouseDown]
    assert heard(MouseScrollUp) == [MouseScrollUp]
    assert heard(MouseMove, 1) == [MouseMove], "a drag"
    assert heard(MouseUp, 1) == [MouseUp]
    assert heard(MouseMove) == []
    assert heard(MouseDown, 1) == [MouseDown]
    assert heard(MouseMove) == [MouseUp, MouseMove], "it was let go where nobody could see it"
    assert heard(MouseMove) == []


async def test_a_terminal_that_can_tell_its_sizes_among_the_keys_is_asked_to(
    driver: Listened, pseudo_terminal: tuple[int, int]
) -> None:
    driver.start_application_mode()
    assert b"\x1b[?2048$p" in taken(pseudo_terminal[0])
    driver.told.clear()
    driver.process_message(InBandWindowResize(supported=False, enabled=False))
    assert not taken(pseudo_terminal[0])
    driver._on_resize()
    assert [type(message) for message in driver.told] == [InBandWindowResize, Resize]
    driver.told.clear()
    driver.process_message(InBandWindowResize(supported=True, enabled=False))
    assert taken(pseudo_terminal[0]) == b"\x1b[?2048h\x1b[?1016h"
    driver._on_resize()
    assert [(type(message), message.enabled) for message in driver.told] == [(InBandWindowResize, True)]
    driver.stop_application_mode()
    assert b"\x1b[?2048l" in taken(pseudo_terminal[0])


async def test_what_is_set_when_the_terminal_is_taken_is_reset_when_it_is_given_back(
    driver: Listened, pseudo_terminal: tuple[int, int]
) -> None:
    driver.start_application_mode()
    entered = taken(pseudo_terminal[0])
    os.write(pseudo_terminal[0], b"a")
    await until(lambda: any(isinstance(message, Key) for message in driver.told))
    driver.stop_application_mode()
    left = taken(pseudo_terminal[0])
    for mode in (b"1000", b"1002", b"1006", b"1015", b"1004", b"2004", b"1049"):
        assert b"\x1b[?" + mode + b"h" in entered
        assert b"\x1b[?" + mode + b"l" in left
    for mode in (b"7", b"25"):
        assert b"\x1b[?" + mode + b"l" in entered
        assert b"\x1b[?" + mode + b"h" in left
    assert entered.index(b"\x1b[?1049h") < entered.index(b"\x1b[>25u")
    assert left.index(b"\x1b[<u") < left.index(b"\x1b[?1049l"), "the keys' protocol belongs to the screen"
    driver.disable_input()
    assert not taken(pseudo_terminal[0]), "it is given back already"


def test_it_sets_what_textuals_own_driver_sets_and_more_of_nothing(
    pseudo_terminal: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every mode is Textual's, set and reset as often, but for the mouse's movements."""
    monkeypatch.setattr(signal, "signal", lambda *_: None)

    def modes(make: type[Any]) -> Any:
        async def session() -> tuple[list[int | list[bytes | int]], bytes, bytes]:
            with os.fdopen(os.dup(pseudo_terminal[1]), "w") as stream:
                monkeypatch.setattr(sys, "__stdin__", stream)
                monkeypatch.setattr(sys, "__stderr__", stream)
                driver = make(App())
                driver.send_message = lambda _: None
                driver.start_application_mode()
                attributes = termios.tcgetattr(pseudo_terminal[1])
                entered = taken(pseudo_terminal[0])
                driver.stop_application_mode()
                driver.disable_input()
                driver.close()
                return attributes, entered, taken(pseudo_terminal[0])

        attributes, *written = asyncio.run(session())
        return attributes, *(set(data.split(b"\x1b[")) - MOVEMENTS for data in written)

    from textual.drivers.linux_driver import LinuxDriver

    assert modes(TerminalDriver) == modes(LinuxDriver)


MOVEMENTS = {b"?1002h", b"?1002l", b"?1003h", b"?1003l"}


@pytest.fixture
def modes(pseudo_terminal: tuple[int, int]) -> Callable[..., Any]:
    """Reads the modes of the program's end."""
    return lambda: termios.tcgetattr(pseudo_terminal[1])


@pytest.fixture
def stopping(driver: Listened, monkeypatch: pytest.MonkeyPatch) -> Listened:
    """Being stopped is over at once."""
    monkeypatch.setattr(os, "kill", lambda *_: None)
    driver.start_application_mode()
    return driver


@pytest.mark.fault("16")
@pytest.mark.parametrize("shell", [True, False], ids=["a shell has set its modes", "nobody has touched it"])
async def test_a_mere_stop_from_outside_leaves_the_terminal_as_it_was(
    stopping: Listened, pseudo_terminal: tuple[int, int], modes: Callable[..., Any], shell: bool
) -> None:
    driver = stopping
    ours, threads, theirs = modes(), threading.active_count(), driver._modes._before
    assert ours != theirs
    if shell:
        assert theirs
        termios.tcsetattr(pseudo_terminal[1], termios.TCSANOW, theirs)
    driver.told.clear()
    driver._on_continue()
    assert modes() == ours
    assert threading.active_count() == threads
    assert [type(message) for message in driver.told] == [Resize], "anything may stand there now"
    driver.stop_application_mode()
    assert modes() == theirs
    driver._on_continue()
    assert modes() == theirs, "it is not ours any more"


@pytest.mark.fault("16")
async def test_after_ctrl_z_the_terminal_is_given_back_and_taken_again(
    stopping: Listened, modes: Callable[..., Any], pseudo_terminal: tuple[int, int]
) -> None:
    driver = stopping
    away: list[Any] = []
    driver.away = away.append
    ours, threads, theirs = modes(), threading.active_count(), driver._modes._before
    taken(pseudo_terminal[0])
    driver.told.clear()
    driver._on_stop()
    assert modes() == theirs
    assert b"\x1b[?1049l" in taken(pseudo_terminal[0])
    driver._on_continue()
    assert modes() == ours
    assert b"\x1b[?1049h" in taken(pseudo_terminal[0])
    assert threading.active_count() == threads
    assert driver._modes._before == theirs
    assert [type(message) for message in driver.told] == [Resize, TerminalDriver.SignalResume]
    assert away[0] is None
    assert 0 <= away[1] < 30


@pytest.mark.fault("16")
async def test_a_program_in_the_background_does_not_touch_the_terminal(
    stopping: Listened,
    modes: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    pseudo_terminal: tuple[int, int],
) -> None:
    driver = stopping
    driver._on_stop()
    theirs = modes()
    taken(pseudo_terminal[0])

    def refuse(*_: int | list[int | list[bytes]]) -> None:
        raise termios.error("Interrupted system call")

    with monkeypatch.context() as patched:
        patched.setattr(termios, "tcsetattr", refuse)
        driver._on_continue()  # by `bg`
    assert modes() == theirs
    assert not taken(pseudo_terminal[0])
    driver._on_continue()  # by `fg`
    assert modes() != theirs
    assert b"\x1b[?1049h" in taken(pseudo_terminal[0])


async def test_what_else_was_written_is_taken_back_before_the_terminal_is_given_back(
    driver: Listened, pseudo_terminal: tuple[int, int]
) -> None:
    driver.farewell = lambda: "<farewell>"
    driver._modes.take()
    assert b"<farewell>" not in taken(pseudo_terminal[0])
    driver.stop_application_mode()
    sent = taken(pseudo_terminal[0])
    assert 0 <= sent.index(b"<farewell>") < sent.index(b"\x1b[?1049l")
