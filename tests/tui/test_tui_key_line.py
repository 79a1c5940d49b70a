"""The line of keys: what stands in it, in which order, and what gives way where there is no room."""

from collections.abc import Iterator
from typing import Any

import pytest
from played import Play, Played
from textual.app import App
from textual.binding import Binding

from charplay.tui.command import Command
from charplay.tui.dialogs.choice import ChoiceDialog
from charplay.tui.dialogs.comparison import ComparisonScreen
from charplay.tui.screens.key_order import FIRST, LAST, ranks
from charplay.tui.widgets.key_line import KeyLine

END = "1-5 panes  ? keys  q quit"
PANES = {
    "1": "t train  ⏎ choose  v view  o open a file  space write",
    "2": "t train  ⏎ edit  ← less  → more  m all fields  i what the network sees  space write",
    "3": "t train  ⏎ play  a again  r resume  c overlay  i details  space write",
    "4": "t train  X across  Y upward  L log  m recent  v samples  space write",
    "5": "t train  b rewind  e type  g branches  v tint  o copied  i score  r passage  A rides  …",
}
ALL_OF_TEXT = f"{PANES['5'][:-3]}  c side by side  . one  a anew  P prompt  m filters  y copy  w keep  space write"


def line(it: Played) -> Any:
    """The two ends of the line of keys."""
    left, _, right = it.seen().splitlines()[-1].partition("1-5")
    return left.strip(), f"1-5{right}".strip()


@pytest.mark.parametrize("pane", PANES)
async def test_a_pane_shows_its_keys_between_the_journeys_and_the_ways_out(play: Play, pane: Any) -> None:
    async with play((120, 40)) as it:
        await it.press(pane)
        assert line(it) == (PANES[pane], END)


async def test_a_wide_line_shows_every_key_of_the_text_pane(play: Play) -> None:
    async with play((240, 50)) as it:
        await it.press("5")
        assert line(it) == (ALL_OF_TEXT, END)


async def test_a_cursor_has_its_keys_at_both_ends(play: Play) -> None:
    async with play((120, 40)) as it:
        it.instrument.playing = False
        it.write(30, 5.0)
        await it.press("5", "b")
        left, right = line(it)
        assert left.startswith("t train  ⏎ pick another  b rewind  e type")
        assert right == "1-5 panes  esc put away  ? keys  q quit"


async def test_what_is_done_to_a_run_shows_while_it_can_be(play: Play) -> None:
    async with play((120, 40)) as it:
        await it.press("4")
        await it.training()
        await it.until(lambda: line(it)[0].startswith("t train  p pause  x stop  e live values  X across"))
        await it.press("p")
        await it.until(lambda: line(it)[0].startswith("t train  p go on  s step  x stop  e live values"))


async def test_a_dialog_leaves_the_line_beneath_it_as_it_is(play: Play) -> None:
    async with play((120, 40)) as it:
        await it.press("2", "enter")
        await it.until(lambda: isinstance(it.app.screen, ChoiceDialog))
        it.main.refresh_bindings()
        await it.pilot.pause()
        assert line(it) == (PANES["2"], END)


async def test_the_columns_show_their_keys_as_they_are_declared(play: Play) -> None:
    async with play((120, 40)) as it:
        await it.press("5", "c")
        await it.until(lambda: isinstance(it.app.screen, ComparisonScreen) and it.app.screen.beside.columns)
        shown = "space write  ? keys  esc back  a anew  ⏎ take  e temperatures  c checkpoints  w keep"
        assert it.seen().splitlines()[-1].strip() == shown


def test_commands_stand_from_the_left_and_the_last_ones_from_the_right() -> None:
    commands = [Command("writing.write", "space", "", ""), Command("form.edit", "enter", "", "", place="form")]
    commands += [Command(name, "x", "", "") for name in (*FIRST, *LAST)]
    found = ranks(commands)
    assert sorted((name for name in found if found[name] >= 0), key=lambda name: found[name]) == [
        *FIRST,
        "form.edit",
        "writing.write",
    ]
    assert sorted((name for name in found if found[name] < 0), key=lambda name: found[name]) == list(LAST)


class Lines(App[None]):
    """A line of keys by itself."""

    BINDINGS = [  # noqa: RUF012 - Textual's form
        Binding("a", "x", "first", show=True),
        Binding("b", "x", "rather long", show=True),
        Binding("c", "x", "c", show=True),
        Binding("d", "x", "away", show=True),
        Binding("e", "x", "", show=True),
        Binding("f", "x", "unseen", show=False),
    ]

    def compose(self) -> Iterator[Any]:
        yield KeyLine(rank=lambda binding: -1 if binding.key == "d" else -ord(binding.key) + 200, many=("0-9", "all"))

    def action_x(self) -> None:
        """Nothing."""


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (60, "c c  b rather long  a first" + " " * 14 + "0-9 all  d away"),
        (34, "c c  …" + " " * 9 + "0-9 all  d away"),
        (22, "…  0-9 all  d away"),
    ],
)
async def test_what_has_no_room_is_left_out_and_the_right_hand_keys_stay(width: Any, shown: Any) -> None:
    app = Lines()
    async with app.run_test(size=(width, 4)):
        assert str(app.query_one(KeyLine).render()).strip() == shown


class Clicked(App[None]):
    """Keeps which keys were carried out."""

    BINDINGS = [  # noqa: RUF012 - Textual's form
        Binding("a,f1", "took('a')", "first", show=True, id="one"),
        Binding("b", "took('b')", "second", show=True),
    ]

    def compose(self) -> Iterator[Any]:
        self.taken: list[str] = []
        yield KeyLine(rank=lambda binding: -1 if binding.key == "b" else 0, many=("0-9", "all"))

    def action_took(self, key: str) -> None:
        self.taken.append(key)


@pytest.mark.parametrize(("column", "taken"), [(1, ["a"]), (7, ["a"]), (8, []), (22, []), (29, ["b"]), (36, ["b"])])
async def test_a_click_on_a_key_does_what_the_key_does(column: int, taken: list[str]) -> None:
    app = Clicked()
    async with app.run_test(size=(40, 4)) as pilot:
        line = app.query_one(KeyLine)
        assert str(line.render()) == "a first" + " " * 12 + "0-9 all  b second  "
        await pilot.click(KeyLine, offset=(column, 0))
        await pilot.pause()
        assert app.taken == taken


async def test_a_click_on_the_main_screens_line_trains(play: Play) -> None:
    async with play((120, 40)) as it:
        await it.pilot.click(KeyLine, offset=(2, 0))
        await it.until(lambda: it.trainer.requests)
