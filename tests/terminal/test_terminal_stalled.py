"""A terminal that takes nothing any more, as behind a link that died: nobody waits for it, and leaving is no harder."""

import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pseudo_terminal import Terminal

from charplay.runs.home import Home

MUCH = 12
"""Whole screens, each of some kilobytes: more than a terminal's own buffer and what Textual keeps of it."""


@pytest.fixture
def stalled(terminal: Callable[..., Terminal], tmp_path: Path) -> Terminal:
    """The playground on a terminal that stopped reading, and that much was written to since."""
    home = Home(tmp_path / "home")
    term = terminal([sys.executable, "-m", "charplay"], env={"CHARPLAY_HOME": str(home.root)})
    term.wait_for("q quit", 60)
    term.stall()
    for _ in range(MUCH):
        term.press("B")  # dark and light by turns
        time.sleep(0.5)
    term.press("w")
    # No key waits when the terminal reads on: what it draws then would count.
    term.wait_for(lambda _: list(home.texts.iterdir()), 60)
    return term


@pytest.mark.fault("14", "17")
@pytest.mark.parametrize(
    ("end", "code"),
    [(lambda term: term.signal(signal.SIGTERM), 143), (lambda term: term.hang_up(), 129)],
    ids=["terminated", "gone"],
)
def test_a_terminal_that_stands_still_does_not_hold_the_way_out(
    stalled: Terminal, end: Callable[..., Any], code: int
) -> None:
    end(stalled)
    assert stalled.wait() == code


@pytest.mark.fault("17")
def test_a_terminal_that_reads_on_has_the_present_screen_in_one_frame(stalled: Terminal) -> None:
    began = time.monotonic()
    stalled.press("?")
    time.sleep(1)
    stalled.read_on()
    stalled.wait_for("esc goes back", 20)
    assert len(stalled.raw_since(began)) < 250_000
