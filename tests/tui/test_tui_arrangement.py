"""The panes' room as a person makes it: sized, one of them alone, some hidden; and so again at the next start."""

import pytest
from played import Play, Played

from charplay.tui.dialogs.choice import ChoiceDialog
from charplay.tui.dialogs.reader import ReaderDialog

PANES = ("corpus", "form", "runs", "training", "text")


def heights(it: Played) -> dict[str, int]:
    """The rows of every pane that is seen."""
    found = {name: it.main.query_one(f"#{name}") for name in PANES}
    return {name: pane.outer_size.height for name, pane in found.items() if pane.is_on_screen}


def width(it: Played, column: str) -> int:
    return it.main.query_one(f"#{column}").outer_size.width


async def test_keys_move_the_borders(play: Play) -> None:
    async with play(size=(120, 40)) as it:
        before, left = heights(it), width(it, "choose")
        await it.press("5", ")", ")", "}")
        await it.until(lambda: heights(it) == before | {"text": before["text"] + 2, "training": before["training"] - 2})
        assert width(it, "choose") == left + 2
        await it.press("2", *"((((((((((((((")
        await it.until(lambda: heights(it)["form"] == 5)
        await it.until(lambda: "cannot go further" in it.seen())
        await it.press("|")
        await it.until(lambda: (heights(it), width(it, "choose")) == (before, left))


async def test_the_mouse_drags_the_borders(play: Play) -> None:
    async with play(size=(120, 40)) as it:
        before, left = heights(it), width(it, "choose")
        border = it.main.query_one("#training").region.bottom
        await it.pilot.mouse_down(offset=(80, border))
        await it.pilot.hover(offset=(80, border + 4))
        await it.pilot.mouse_up(offset=(80, border + 4))
        await it.until(lambda: heights(it)["training"] == before["training"] + 5)
        await it.pilot.mouse_down(offset=(left, 9))
        await it.pilot.hover(offset=(110, 9))
        await it.until(lambda: width(it, "watch") == 50)
        await it.pilot.mouse_up(offset=(110, 9))
        await it.pilot.hover(offset=(60, 9))
        await it.pilot.pause()
        assert width(it, "watch") == 50
        assert heights(it)["runs"] == before["runs"]


async def test_one_pane_has_all_the_room_until_escape(play: Play) -> None:
    async with play(size=(120, 40)) as it:
        before = heights(it)
        assert "other panes" not in it.seen()
        await it.press("4", "M")
        await it.until(lambda: heights(it) == {"training": sum(before[each] for each in ("training", "text"))})
        assert width(it, "watch") == 120
        assert "esc other panes" in it.seen()
        await it.press("3")
        await it.until(lambda: [*heights(it)] == ["runs"] and width(it, "choose") == 120)
        await it.press("escape")
        await it.until(lambda: heights(it) == before)


async def test_a_hidden_pane_leaves_no_hole_and_the_focus_goes_on(play: Play) -> None:
    async with play(size=(120, 40)) as it:
        await it.press("5", "_")
        await it.until(lambda: heights(it).keys() == {"corpus", "form", "runs", "training"})
        assert heights(it)["training"] == sum(heights(it)[each] for each in ("corpus", "form", "runs"))
        assert it.main.sight().pane == "training"
        await it.press("_")
        await it.until(lambda: width(it, "choose") == 120)
        assert it.main.sight().pane == "corpus"
        await it.press("5")
        await it.until(lambda: heights(it).keys() == {"corpus", "form", "runs", "text"})


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_the_next_start_has_it_in_any_window(play: Play, size: tuple[int, int]) -> None:
    async with play(size=(200, 50)) as it:
        await it.press("5", ")", ")", "1", "_", "3", "M", "q")
        await it.until(lambda: it.app._exit)
    async with play(size=size) as it:
        await it.until(lambda: [*heights(it)] == ["runs"])
        assert it.main.sight().pane == "runs"
        await it.press("escape", "5")
        await it.until(lambda: "text" in heights(it))
        assert "corpus" not in heights(it)
        assert min(heights(it)["training"], heights(it)["text"]) >= 8


async def test_a_run_that_begins_is_seen_where_another_pane_had_all_the_room(play: Play) -> None:
    async with play(size=(120, 40)) as it:
        await it.press("2", "M")
        await it.until(lambda: [*heights(it)] == ["form"])
        await it.training()
        await it.until(lambda: heights(it).keys() == {*PANES})


@pytest.mark.parametrize(("columns", "choice", "reader"), [(80, 74, 75), (120, 74, 96), (200, 100, 150)])
async def test_a_dialog_takes_the_room_that_a_wide_window_has(
    play: Play, columns: int, choice: int, reader: int
) -> None:
    async with play(size=(columns, 40)) as it:
        await it.press("2", "home", "enter")
        await it.until(lambda: isinstance(it.screen, ChoiceDialog))
        assert it.screen.query_one(".box").outer_size.width == choice
        await it.press("escape", "f1")
        await it.until(lambda: isinstance(it.screen, ReaderDialog))
        assert it.screen.query_one(".box").outer_size.width == reader
