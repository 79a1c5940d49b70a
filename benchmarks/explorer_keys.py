"""From a key to its paint in every tab of the explorer over a text of 100 MB, while a network trains on that text."""

import random
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from figures import Figure
from given import Given, new_home
from recorder import Recorder
from screen import on_screen, wait_for_training
from trainer import stream_recipe

from charplay.corpora.library import Library

SIZE = 100_000_000
"""Bytes of the text."""
HIDDEN = 256
PAUSES = (0.06, 0.2)
"""The shortest and the longest time between two keys, in seconds."""
FOOT = -2
"""The row of the screen that says where one is, and in which one types."""
PLACE = re.compile(r"(?:row|character) ([\d,]+)")
TYPED = "abcdefghijklmnopqrst"
RECORDED_LATE = 2.0
"""Seconds after the last key in which its paint is waited for."""
TARGET = 50.0

TABS = {
    "Read": (("1",), ("down", "pagedown", "r")),
    "Chars": (("2",), ("down", "pagedown")),
    "Words": (("3",), ("down", "pagedown")),
    "Lines": (("4",), ("down", "pagedown")),
    "Keys": (("5", "c", "down", "enter"), ("down", "pagedown")),
    "X-ray": (("6",), ("right", "down")),
    "Clean": (("7",), ("down",)),
}
"""How each tab is opened, and by which keys one moves in it."""
OPPOSITE = {"down": "up", "pagedown": "pageup", "right": "left", "r": "r"}


@dataclass(frozen=True, slots=True)
class Press:
    """A key was pressed at `moment`. It is painted once the foot has `typed` in it, or another place than `before`."""

    tab: str
    moment: float
    typed: str = ""


def measure(given: Given) -> list[Figure]:
    """Milliseconds."""
    with new_home() as home:
        path = home.root / "large.txt"
        _write(path, _lines(given, Library(home.corpora, home.cache)))
        recipe = stream_recipe(given, HIDDEN).model_copy(update={"corpus": str(path)})
        with new_home(recipe) as sitting, on_screen(sitting) as app:
            app.press("t")
            wait_for_training(sitting, lambda rows: rows[-1]["seconds"] >= 2, lambda: app.process.poll() is None)
            app.press("1")
            time.sleep(1)
            opened = time.monotonic()
            app.press("v")
            app.wait_for_bytes("X-ray")
            time.sleep(1)
            app.press("/", *"the", "enter")
            time.sleep(RECORDED_LATE)
            presses = [press for tab in TABS for press in _type(app, tab, given.seconds)]
            presses += [press for tab in TABS for press in _move(app, tab, given.seconds)]
            time.sleep(RECORDED_LATE)
        feet = list(_feet(app))
    first = next(moment for moment, foot in feet if moment > opened and PLACE.search(foot))
    opening = Figure(name="the explorer opens", value=first - opened, unit="s", at_most=1.0)
    return [opening, *_figures(presses, feet)]


def _lines(given: Given, library: Library) -> list[str]:
    """Return the lines of all given texts, else those of the Python manual."""
    sources = sorted(given.corpora.glob("*.txt")) if given.corpora is not None else []
    texts = [source.read_text("utf-8") for source in sources] or [library.open(library.find(given.text)).text()]
    return [line for text in texts for line in text.splitlines()]


def _write(path: Path, lines: list[str]) -> None:
    """Write a varied text of SIZE: the lines shuffled anew each time, with new words among them."""
    chance = random.Random(1)
    written = 0
    with path.open("w", encoding="utf-8") as file:
        while written < SIZE:
            chance.shuffle(lines)
            for start in range(0, len(lines), 1000):
                block = [*lines[start : start + 1000], f"w{chance.getrandbits(40):x}", ""]
                written += file.write("\n".join(block))


def _type(app: Recorder, tab: str, seconds: float) -> Iterator[Press]:
    """Open a tab, and type while it counts."""
    for key in TABS[tab][0]:
        app.press(key)
        time.sleep(0.5)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        app.press("/")
        time.sleep(0.4)
        for number, letter in enumerate(TYPED):
            yield Press(tab, time.monotonic(), TYPED[: number + 1])
            app.press(letter)
            time.sleep(random.uniform(*PAUSES))
        app.press("escape")
        time.sleep(0.4)


def _move(app: Recorder, tab: str, seconds: float) -> Iterator[Press]:
    """Open a tab again, by now it has counted, and move there and back."""
    app.press(TABS[tab][0][0])
    time.sleep(1)
    moves, number = TABS[tab][1], 0
    end = time.monotonic() + seconds
    while time.monotonic() < end or number % 2:
        move = moves[number // 2 % len(moves)]
        yield Press(tab, time.monotonic())
        app.press(OPPOSITE[move] if number % 2 else move)
        number += 1
        time.sleep(random.uniform(*PAUSES))


def _feet(app: Recorder) -> Iterator[tuple[float, str]]:
    """What the foot showed, and from when on."""
    last = ""
    for moment in app.replay():
        row = app.row(len(app.lines) + FOOT)
        if row != last:
            last = row
            yield moment, row


def _figures(presses: Sequence[Press], feet: Sequence[tuple[float, str]]) -> Iterator[Figure]:
    for tab in TABS:
        for does, types in (("typed into a search", True), ("moved in", False)):
            found = [_delay(press, feet) for press in presses if (press.tab, bool(press.typed)) == (tab, types)]
            yield Figure(name=f"{tab}, {does}, median", value=float(np.median(found)), unit="ms")
            name = f"{tab}, {does}, 99th percentile of {len(found)}"
            yield Figure(name=name, value=float(np.percentile(found, 99)), unit="ms", at_most=TARGET)


def _delay(press: Press, feet: Sequence[tuple[float, str]]) -> float:
    """Milliseconds until the foot shows what the key does; until the end of the recording where it never did."""
    before = next((foot for moment, foot in reversed(feet) if moment < press.moment), "")
    after = ((moment, foot) for moment, foot in feet if moment >= press.moment)
    painted = next((moment for moment, foot in after if _shows(press, foot, before)), feet[-1][0])
    return 1000 * (painted - press.moment)


def _shows(press: Press, foot: str, before: str) -> bool:
    if press.typed:
        return press.typed in foot
    return PLACE.findall(foot)[:1] not in ([], PLACE.findall(before)[:1])
