"""The tour of the first start, on the line above the keys."""

import time
from functools import partial
from typing import Any

import pytest
from played import Play, Played
from rich.cells import cell_len
from textual import events

from charplay.playground.key_references import name_keys
from charplay.playground.tour import SECONDS, STOPS
from charplay.runs.home import Home
from charplay.tui.panes.status import Hint

NARROWEST = 58
"""Cells of the line above the keys where the screen is as narrow as it may be."""


@pytest.fixture(autouse=True)
def _wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHARPLAY_TOUR", "1")


def hint(it: Played) -> str:
    return str(it.main.hint.render())


def stands(it: Played, stop: int) -> bool:
    return hint(it).startswith(f"{stop}/5")


async def reach(it: Played, stop: int) -> None:
    """Let the playground's clock go on until a sentence stands, and the screen show it."""
    await it.until(partial(stands, it, 1))
    playground, later = it.main.playground, 0.0
    playground.clock = lambda: time.monotonic() + later
    for number in range(2, stop + 1):
        later += SECONDS
        await it.until(partial(stands, it, number))


async def test_the_sentences_name_the_keys_that_hold(play: Play, home: Home) -> None:
    home.user_settings.write_text('[keys]\n"training.train" = "ctrl+n"\n')
    async with play(writing=True) as it:
        await reach(it, 5)
        shown = [name_keys(stop, it.main.key) for stop in STOPS]
        assert hint(it) == shown[4] == "5/5  ? shows every key, f1 explains words, ^p searches"
        assert shown[3] == "4/5  ^n trains a network of your own, and lets it write"


async def test_every_sentence_is_one_line_on_the_narrowest_screen(play: Play) -> None:
    async with play((60, 20), writing=True) as it:
        for number, stop in enumerate(STOPS, 1):
            sentence = name_keys(stop, it.main.key)
            assert "<" not in sentence
            assert sentence.startswith(f"{number}/{len(STOPS)}  ")
            assert cell_len(sentence) <= NARROWEST, sentence


@pytest.mark.parametrize("key", ["down", "B", "f1"])
async def test_the_first_key_ends_it_and_does_what_it_does(play: Play, key: str) -> None:
    async with play(writing=True) as it:
        await reach(it, 2)
        dark = it.app.current_theme.dark
        await it.press(key)
        assert not it.main.playground.tour.stop
        assert it.app.current_theme.dark is (dark if key != "B" else not dark)
        assert it.main.sight().covered is (key == "f1")
        await it.until(lambda: "2/5" not in hint(it))


async def test_a_click_ends_it(play: Play) -> None:
    async with play(writing=True) as it:
        await reach(it, 1)
        click: Any = events.MouseDown(it.main, 3, 3, 0, 0, 1, shift=False, meta=False, ctrl=False)
        it.app.post_message(click)
        await it.until(lambda: "1/5" not in hint(it))
        assert "trains a network of your own while the demo writes" in hint(it)


async def test_a_pointer_that_moves_does_not_end_it(play: Play) -> None:
    async with play(writing=True) as it:
        await reach(it, 1)
        await it.pilot.hover("#text")
        it.main.advance()
        assert hint(it).startswith("1/5")


async def test_the_line_is_sent_as_often_as_its_sentence_changes(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    update = Hint.update

    def counted(self: Hint, content: str, **how: Any) -> None:
        sent.append(content)
        update(self, content, **how)

    monkeypatch.setattr(Hint, "update", counted)
    async with play(writing=True) as it:
        await reach(it, 3)
        for _ in range(50):
            it.main.advance()
        assert [each[:3] for each in sent if each[1:3] == "/5"] == ["1/5", "2/5", "3/5"]


async def test_it_is_remembered_when_charplay_is_left(play: Play, home: Home) -> None:
    async with play(writing=True) as it:
        await reach(it, 1)
        await it.press("q")
        await it.until(home.settings.exists)
    async with play(writing=True) as it:
        await it.until(lambda: "trains a network of your own" in hint(it))
        it.main.advance()
        assert "/5" not in hint(it)
