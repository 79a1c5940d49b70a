"""The dialogs of branches over a text that is written: every way that it has gone, and other characters."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from scripted_models import scholar

from charplay.playground.saved_texts import ModelOrigin
from charplay.playground.text_files import export_branches
from charplay.sampling.branches import Branch
from charplay.tui.dialogs.branch_diff import BranchDiffDialog
from charplay.tui.dialogs.branches import BranchesDialog, limbs
from charplay.tui.dialogs.candidates import CandidatesDialog
from charplay.tui.presentation.character_details import percent

if TYPE_CHECKING:
    from tui_widgets.conftest import Stage


def open_branches(stage: Any) -> None:
    """Open the dialog; whatever it is answered with is gone to."""

    def export() -> str:
        path = export_branches(stage.instrument, datetime(2026, 1, 2, tzinfo=UTC))
        return f"Written to {path.name}"

    def go(name: str | None) -> None:
        if name:
            stage.instrument.switch_to(name)
        stage.show()

    stage.push_screen(BranchesDialog(stage.instrument.branches, export), go)


def open_candidates(stage: Any, position: int) -> list[Any]:
    answers: list[Any] = []
    stage.push_screen(CandidatesDialog(stage.instrument.all_candidates(position)), answers.append)
    return answers


async def test_the_screen_of_branches_renames_forgets_compares_and_exports(stage: "Stage", tmp_path: Path) -> None:
    async with stage.run_test(size=(100, 30)) as pilot:
        stage.write(20)
        stage.instrument.insert(5, "not")
        stage.write(5)
        tree = stage.instrument.branches
        open_branches(stage)
        await pilot.pause()
        screen = stage.screen
        assert isinstance(screen, BranchesDialog)
        rows = [screen._rows.render_line(y).text for y in range(3)]
        assert "└─ 2" in rows[2]
        assert "at 5" in rows[2]
        assert rows[2].startswith("●")
        await pilot.press("d")
        assert "stays" in stage.read(screen._said)
        await pilot.press("R", *["backspace"], "1")
        assert "already" in stage.read(stage.screen.query_one(".fault"))
        await pilot.press("backspace", *"\u202ehope", "enter")
        assert "\u202e" not in "".join(screen._rows.render_line(2).text)
        await pilot.press("up", "c")
        assert isinstance(stage.screen, BranchDiffDialog)
        await pilot.press("escape", "w")
        (path,) = (tmp_path / "texts").glob("*-branches.json")
        assert stage.read(screen._said) == f"Written to {path.name}"
        plain = json.loads(path.read_text())
        assert [branch["text"] for branch in plain["branches"]] == [tree.text("1"), stage.text]
        await pilot.press("d", "d")
        assert len(tree.branches) == 1
        await pilot.press("escape")
        assert stage.screen is stage.pane.screen


async def test_branches_of_other_seeds_prompts_and_networks_stand_beside_each_other(stage: "Stage") -> None:
    async with stage.run_test(size=(100, 30)) as pilot:
        instrument = stage.instrument
        stage.write(20)
        instrument.insert(19, "to")
        instrument.restart_with_next_seed()
        stage.write(5)
        instrument.restart(prompt="or")
        stage.write(5)
        instrument.play(scholar(3), "live, step 9", live=True, origin=ModelOrigin("run", "/runs/run"))
        stage.write(5)
        last = stage.text
        open_branches(stage)
        await pilot.pause()
        listed: Any = stage.screen
        rows = [listed._rows.render_line(y).text for y in range(6)]
        assert [row[2:].split()[0] for row in rows[1:]] == ["1", "└─", "3", "4", "5"]
        assert stage.read(listed._said) == "live, step 9, seed 2, temperature 0.80"
        await pilot.press("home", "c")  # beside the one that is being written
        shown: Any = stage.screen
        assert shown._first == "5"
        await pilot.press("escape", "down", "space", "end", "up", "c")
        assert isinstance(stage.screen, BranchDiffDialog)
        assert (stage.screen._first, stage.screen._second) == ("2", "4")
        assert stage.screen._compared == instrument.branches.compare("2", "4")
        await pilot.press("escape", "home", "down", "enter")
        assert (instrument.branches.current, instrument.following, instrument.prompt) == ("2", False, "")
        assert stage.cells() == stage.expected()
        open_branches(stage)
        await pilot.press("end", "enter")
        assert (instrument.following, stage.text, instrument.prompt) == (True, last, "or")


@pytest.mark.parametrize("key", ["typed", "enter", "escape"])
async def test_another_character_is_typed_or_chosen(stage: "Stage", key: str) -> None:
    async with stage.run_test(size=(80, 30)) as pilot:
        stage.write(40)
        standing = stage.text[30]
        other = next(each for each in "abehinoqrstu" if each != standing)
        answers = open_candidates(stage, 30)
        await pilot.press(other if key == "typed" else key)
        assert stage.screen is stage.pane.screen
        likeliest = next(
            each for each in stage.instrument.all_candidates(30).candidates if each.character != standing
        ).character
        assert answers == [{"typed": other, "enter": likeliest, "escape": None}[key]]


async def test_a_character_the_network_does_not_know_cannot_be_picked(stage: "Stage") -> None:
    async with stage.run_test(size=(80, 30)) as pilot:
        stage.write(20)
        answers = open_candidates(stage, 19)
        await pilot.press("Z")
        assert isinstance(stage.screen, CandidatesDialog)
        assert "does not know Z" in stage.read(stage.screen.query_one(".fault"))
        assert not answers


@pytest.mark.parametrize(
    ("probability", "shown"), [(1.0, "100 %"), (0.123, "12 %"), (0.0123, "1.2 %"), (1e-6, "<0.1 %"), (0.0, "0 %")]
)
def test_small_probabilities_are_not_nothing(probability: float, shown: str) -> None:
    assert percent(probability) == shown


def test_a_branch_follows_the_one_that_it_left_however_deep() -> None:
    deep = [Branch(str(at), str(at - 1) if at > 1 else "", at, at + 1, "", 1, 1.0) for at in range(1, 3000)]
    twin = Branch("twin", "2", 2, 9, "", 1, 1.0)
    found = list(limbs((*deep, twin, Branch("another", "", 0, 9, "", 1, 1.0))))
    assert [limb.branch.name for limb in found] == [*(branch.name for branch in deep), "twin", "another"]
    assert [limb.lines for limb in found[:4]] == ["", "└─ ", "   ├─ ", "   │  └─ "]
    assert (found[-2].lines, found[-1].lines) == ("   └─ ", "")
    assert max(len(limb.lines) for limb in found) < 20
    assert found[50].lines.startswith("…")
    assert found[50].lines.endswith("└─ ")
