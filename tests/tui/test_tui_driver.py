"""When a terminal counts as behind, and when as keeping up."""

import signal
import time
from io import StringIO

import pytest
from textual.app import App
from textual.drivers._writer_thread import WriterThread

from charplay.tui.driver import MOST_CHARACTERS, MOST_WRITES, Driver


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
    monkeypatch.setattr("charplay.tui.driver.PATIENCE", 0.4)
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
