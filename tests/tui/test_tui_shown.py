"""What panes and dialogs show is copied by y and written by w, wherever one is."""

from collections.abc import Callable

import pytest
from played import Play

from charplay.runs.home import Home
from charplay.runs.run import Run
from charplay.tui.dialogs.branches import BranchesDialog
from charplay.tui.dialogs.reader import ReaderDialog
from charplay.tui.dialogs.run_details import RunDetailsDialog


@pytest.mark.parametrize(
    ("pane", "shown"),
    [("1", "Python manual"), ("2", "learning rate"), ("3", "a-run-whose-name-is-longer-than-the-pane-is-wide-kept-1")],
)
async def test_a_pane_s_rows_are_copied_whole(play: Play, kept_run: Callable[..., Run], pane: str, shown: str) -> None:
    kept_run(name="a-run-whose-name-is-longer-than-the-pane-is-wide-kept-1")
    async with play((80, 24)) as it:
        await it.until(lambda: it.main.runs.rows.number() == 2)
        await it.press(pane, "y")
        assert shown in it.app.clipboard
        assert "─" not in it.app.clipboard
        await it.until(lambda: f"Copied {len(it.app.clipboard):,} characters." in it.seen())


async def test_the_chart_is_copied_and_without_a_run_says_why_not(play: Play, kept_run: Callable[..., Run]) -> None:
    kept_run()
    async with play() as it:
        await it.until(lambda: it.main.runs.rows.number() == 2)
        await it.press("4", "y")
        await it.until(lambda: "No run is on the chart" in it.seen())
        await it.press("3", "c")
        await it.until(lambda: it.main.playground.chart.markers)
        await it.press("4", "y")
        assert it.app.clipboard == it.main.playground.chart.drawn().text()


async def test_the_list_of_texts_is_written(play: Play, home: Home) -> None:
    async with play() as it:
        await it.press("1", "w")
        (path,) = home.texts.glob("list-of-texts*.txt")
        assert "Python manual" in path.read_text()
        await it.until(lambda: f"Written to texts/{path.name}" in it.seen())


async def test_a_dialog_is_copied_and_written_with_what_lies_below_its_edge(
    play: Play, home: Home, kept_run: Callable[..., Run]
) -> None:
    kept_run()
    async with play((80, 24)) as it:
        await it.until(lambda: it.main.runs.rows.number() == 2)
        await it.press("3", "i")
        await it.until(lambda: isinstance(it.screen, RunDetailsDialog))
        await it.press("y")
        assert it.app.clipboard.startswith("kept-1\n")
        assert it.app.clipboard.count("\n") > it.screen.rows.number()
        assert "hidden_size" in it.app.clipboard
        await it.press("w")
        (path,) = home.texts.glob("kept-1*.txt")
        assert path.read_text() == it.app.clipboard


async def test_what_cannot_be_written_is_one_sentence(play: Play, home: Home) -> None:
    async with play() as it:
        home.texts.rmdir()
        home.texts.write_text("in the way")
        await it.until(lambda: it.main.playground.ruler.all_lines)
        await it.press("4", "i")
        await it.until(lambda: isinstance(it.screen, ReaderDialog))
        await it.press("w")
        assert [each.message[:26] for each in it.app._notifications] == ["nothing can be written in "]
        assert "What a loss is worth" in it.seen()
        await it.press("escape", "1", "w")
        await it.until(lambda: "nothing can be written in" in it.seen())


async def test_branches_are_written_as_what_they_are(play: Play, home: Home) -> None:
    async with play() as it:
        it.write(20)
        await it.press("5", "g")
        await it.until(lambda: isinstance(it.screen, BranchesDialog))
        await it.press("w")
        assert list(home.texts.glob("*-branches.json"))
        assert not list(home.texts.glob("branches*.txt"))
        await it.press("y")
        assert it.app.clipboard.startswith("Branches\n")
