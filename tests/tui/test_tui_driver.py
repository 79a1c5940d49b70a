"""When a terminal counts as behind, and when as keeping up; how its keys are heard."""

import asyncio
import os
import signal
import termios
import threading
import time
import tty
from contextlib import suppress
from io import StringIO
from select import select

import pytest
from textual.app import App
from textual.drivers._writer_thread import WriterThread
from textual.events import Key, Resize

from charplay.tui.textual_patches import driver as drivers
from charplay.tui.textual_patches.driver import MOST_CHARACTERS, MOST_WRITES, Driver


@pytest.fixture
async def driver(monkeypatch):
    """A driver whose terminal takes nothing: its writing thread never began."""
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # it would hear Ctrl-Z when it is long forgotten
    driver = Driver(App())
    driver._writer_thread = WriterThread(StringIO())
    return driver


async def test_a_terminal_that_nothing_waits_for_keeps_up(driver):
    assert not driver.behind
    driver._writer_thread = None
    assert not driver.behind, "not started yet, or closed"


@pytest.mark.fault("17")
@pytest.mark.parametrize(
    ("writes", "characters"),
    [(MOST_WRITES, 3), (2, MOST_CHARACTERS // 2), (1, MOST_CHARACTERS)],
    ids=["many pieces", "large ones", "one that is a whole screen"],
)
async def test_it_is_behind_by_how_many_pieces_wait_or_by_their_size(driver, writes, characters):
    for _ in range(writes):
        driver.write("x" * characters)
    assert not driver.behind
    driver.write("x")
    assert driver.behind


class Slow(StringIO):
    """A terminal that takes its time over every write."""

    def __init__(self, seconds):
        super().__init__()
        self.seconds = seconds

    def write(self, text):
        time.sleep(self.seconds)
        return super().write(text)


@pytest.mark.fault("17", "18")
@pytest.mark.parametrize(
    ("seconds", "writes", "stuck"), [(0.1, 7, False), (1.0, 2, True)], ids=["slow", "stands still"]
)
async def test_on_the_way_out_it_is_waited_for_as_long_as_it_takes_something(
    driver, monkeypatch, seconds, writes, stuck
):
    monkeypatch.setattr("charplay.tui.textual_patches.driver.PATIENCE", 0.4)
    driver._writer_thread = WriterThread(Slow(seconds))
    driver._writer_thread.start()
    for _ in range(writes):
        driver.write("x")
    driver.close()
    assert driver.stuck == stuck
    driver._writer_thread.join()


async def test_what_is_more_than_the_queue_keeps_is_for_nobody(driver):
    for _ in range(1000):
        driver.write("x")
    assert driver._waiting.full()
    assert driver.behind


@pytest.fixture
def pseudo_terminal():
    """Both ends of one: what the terminal has, and what the program has."""
    ends = os.openpty()
    tty.setraw(ends[1])
    yield ends
    for end in ends:
        os.close(end)


class Fills:
    """The program's end of a terminal, written to until it takes no more."""

    def __init__(self, descriptor):
        self.descriptor = descriptor
        os.set_blocking(descriptor, False)
        while select([], [descriptor], [], 0.3)[1]:  # the kernel hands over what was written a little later
            with suppress(BlockingIOError):
                os.write(descriptor, b"x" * 512)

    def fileno(self):
        return self.descriptor


@pytest.mark.fault("17")
async def test_a_terminal_that_stands_still_is_heard_of_when_it_takes_something(driver, pseudo_terminal):
    terminal, program = pseudo_terminal
    driver._file = Fills(program)
    taking = []
    driver.once_it_takes(lambda: taking.append(True))
    await asyncio.sleep(0.2)
    assert not taking
    while select([terminal], [], [], 0)[0]:
        os.read(terminal, 4096)
    await asyncio.sleep(0.2)
    assert taking == [True], "once"


@pytest.mark.fault("17")
async def test_where_the_system_tells_nothing_it_is_looked_at_at_once(driver, tmp_path):
    with (tmp_path / "file").open("w") as driver._file:
        taking = []
        driver.once_it_takes(lambda: taking.append(True))
    assert taking == [True]


@pytest.fixture
def listening(driver, pseudo_terminal, monkeypatch):
    """What a driver hears, how often it looked, and its thread."""
    heard, looks = [], []
    monkeypatch.setattr(drivers, "select", lambda *files: (looks.append(files[-1]), select(*files))[1])
    driver.fileno = pseudo_terminal[1]
    driver.process_message = heard.append
    driver._key_thread = threading.Thread(target=driver._run_input_thread)
    driver._key_thread.start()
    yield heard, looks, driver._key_thread
    driver.exit_event.set()
    driver._key_thread.join()


async def until(holds):
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        await asyncio.sleep(0.01)


@pytest.mark.fault("17")
async def test_who_listens_for_keys_wakes_for_keys(listening, pseudo_terminal):
    heard, looks, _ = listening
    await asyncio.sleep(0.5)
    assert looks == [None]
    os.write(pseudo_terminal[0], "ä".encode()[:1])
    await until(lambda: len(looks) == 3)
    os.write(pseudo_terminal[0], "ä".encode()[1:] + b"\x1b[A")
    await until(lambda: len(looks) == 5)
    assert [message.key for message in heard if isinstance(message, Key)] == ["ä", "up"]
    assert looks[-1] is None


async def test_an_escape_alone_is_a_key_once_nothing_follows(listening, pseudo_terminal):
    heard = listening[0]
    os.write(pseudo_terminal[0], b"\x1b")
    await until(lambda: heard)
    assert [message.key for message in heard] == ["escape"]


async def test_bytes_that_are_no_text_do_not_end_the_listening(listening, pseudo_terminal):
    heard = listening[0]
    os.write(pseudo_terminal[0], b"\xff")
    await asyncio.sleep(0.2)
    os.write(pseudo_terminal[0], b"a")
    await until(lambda: heard)
    assert [message.key for message in heard] == ["a"]


async def test_the_end_is_heard_at_once_and_keys_again_after_it(driver, listening, pseudo_terminal):
    heard, _, thread = listening
    await asyncio.sleep(0.1)
    driver.disable_input()
    assert not thread.is_alive()
    driver._key_thread = threading.Thread(target=driver._run_input_thread)
    driver._key_thread.start()
    os.write(pseudo_terminal[0], b"a")
    await until(lambda: heard)
    driver.deafen()
    driver._key_thread.join(30)
    assert not driver._key_thread.is_alive()


@pytest.fixture
def modes(pseudo_terminal):
    """Reads the modes of the program's end, which are a shell's at first."""
    program = pseudo_terminal[1]
    theirs = termios.tcgetattr(program)
    theirs[tty.LFLAG] |= termios.ECHO | termios.ICANON
    termios.tcsetattr(program, termios.TCSANOW, theirs)
    return lambda: termios.tcgetattr(program)


@pytest.fixture
async def drawing(driver, pseudo_terminal, modes, monkeypatch):
    """A driver that has taken its terminal, and what it tells its app; being stopped is over at once."""
    driver.fileno, driver._file, told = pseudo_terminal[1], StringIO(), []
    driver.send_message = told.append
    monkeypatch.setattr(os, "kill", lambda *_: None)
    driver.start_application_mode()
    yield driver, told
    if driver._key_thread.is_alive():
        driver.stop_application_mode()
    driver.close()


@pytest.mark.fault("16")
@pytest.mark.parametrize("shell", [True, False], ids=["a shell has set its modes", "nobody has touched it"])
async def test_a_mere_stop_from_outside_leaves_the_terminal_as_it_was(drawing, pseudo_terminal, modes, shell):
    driver, told = drawing
    ours, threads, theirs = modes(), threading.active_count(), driver.attrs_before
    assert ours != theirs
    if shell:
        termios.tcsetattr(pseudo_terminal[1], termios.TCSANOW, theirs)
    driver._sigcont_application()
    assert modes() == ours
    assert threading.active_count() == threads
    assert [type(message) for message in told] == [Resize], "anything may stand there now"
    driver.stop_application_mode()
    assert modes() == theirs
    driver._sigcont_application()
    assert modes() == theirs, "it is not ours any more"


@pytest.mark.fault("16")
async def test_after_ctrl_z_the_terminal_is_given_back_and_taken_again(drawing, modes):
    driver, _ = drawing
    ours, threads, theirs = modes(), threading.active_count(), driver.attrs_before
    driver._sigtstp_application()
    assert modes() == theirs
    driver._sigcont_application()
    assert modes() == ours
    assert threading.active_count() == threads
    assert driver.attrs_before == theirs
