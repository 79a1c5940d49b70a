"""The help is everywhere: `?` in every dialog, with a search in it."""

from typing import Any

import pytest
from played import Play

from charplay.tui.command import Command
from charplay.tui.dialogs.branches import BranchesDialog
from charplay.tui.dialogs.choice import ChoiceDialog
from charplay.tui.dialogs.comparison import ComparisonScreen
from charplay.tui.dialogs.explorer import ExplorerScreen
from charplay.tui.dialogs.file_picker import FilePicker
from charplay.tui.dialogs.keys import KeysDialog, found, key_lines
from charplay.tui.dialogs.network_summary import NetworkDialog
from charplay.tui.dialogs.score import ScoreDialog

WAYS = {
    ExplorerScreen: ("1", "v"), FilePicker: ("1", "o"), ChoiceDialog: ("2", "enter"), NetworkDialog: ("2", "i"),
    BranchesDialog: ("5", "g"), ScoreDialog: ("5", "i"), ComparisonScreen: ("5", "c"),
}  # fmt: skip


@pytest.mark.parametrize("kind", WAYS)
async def test_a_dialog_shows_every_key_of_its_own_and_of_what_is_in_it(play: Play, kind: Any) -> None:
    async with play((120, 60)) as it:
        it.write(30, 5.0)
        await it.press(*WAYS[kind])
        await it.until(lambda: isinstance(it.screen, kind))
        owner = it.screen
        await it.press("question_mark")
        await it.until(lambda: isinstance(it.screen, KeysDialog))
        said = " ".join(text for line in key_lines(it.screen._sections, it.app.get_key_display) for text, _ in line)
        assert all(command.help in said for command in owner.commands)
        assert all(command.help in said for command in getattr(owner.focused, "commands", ()))
        await it.press("question_mark")  # not another one on top
        await it.press("escape")
        assert it.screen is owner


async def test_a_search_narrows_the_help_and_escape_leaves_it_step_by_step(play: Play) -> None:
    async with play((120, 60)) as it:
        await it.press("5", "question_mark", "slash", *"export")
        await it.until(lambda: isinstance(it.screen, KeysDialog) and "Copy the run's best" in it.seen())
        await it.until(lambda: "A cursor on the text" not in it.seen())
        await it.press(*" elephant")
        await it.until(lambda: "No key does that here." in it.seen())
        await it.press("escape")
        await it.until(lambda: "A cursor on the text" in it.seen())
        await it.press("escape")
        assert it.screen is it.main


async def test_a_help_that_goes_on_below_says_so_and_a_page_is_a_page(play: Play) -> None:
    async with play((80, 24)) as it:
        await it.press("question_mark")
        lines = it.screen.lines
        await it.until(lambda: "▼" in it.seen() and "▲" not in it.seen())
        await it.press("pagedown")
        assert lines.top == lines.size.height - 1
        await it.until(lambda: "▲" in it.seen() and "▼" in it.seen())
        await it.press("end")
        await it.until(lambda: "▼" not in it.seen())


def test_a_search_finds_by_name_sentence_synonym_place_and_key() -> None:
    keep = Command("writing.keep", "w", "keep", "Write the text to a file in texts/")
    cut = Command("x.cut", "x", "cut", "Cut what is marked")
    sections = [("Text", [keep, cut]), ("Else", [cut])]

    def ids(query: str) -> list[str]:
        return [each.id for _, commands in found(sections, query, lambda binding: binding.key) for each in commands]

    assert ids("save") == ids("keep") == ids("writ") == ids("file") == ["writing.keep"]
    assert ids("marked") == ["x.cut", "x.cut"]
    assert ids(" ") == ["writing.keep", "x.cut", "x.cut"]


@pytest.mark.parametrize("kind", [BranchesDialog, ScoreDialog, NetworkDialog])
async def test_a_dialog_s_own_keys_stand_on_its_edge_down_to_80_columns(play: Play, kind: Any) -> None:
    async with play((80, 24)) as it:
        it.write(30, 5.0)
        await it.press(*WAYS[kind])
        await it.until(lambda: isinstance(it.screen, kind) and "esc back ─╯" in it.seen())
        first = next(each for each in it.screen.commands if each.footer)
        assert f" {first.label}  " in it.seen()
