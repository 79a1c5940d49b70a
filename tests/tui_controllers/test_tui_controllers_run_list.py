"""Every command on the list of runs."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sitting import Sitting, keep_run

from charplay.runs.checkpoint import read_checkpoint
from charplay.tui.controllers.base import CommandTable
from charplay.tui.controllers.run_list import RunListController
from charplay.tui.dialogs.comparison import ComparisonScreen
from charplay.tui.dialogs.run_details import RunDetailsDialog
from charplay.tui.dialogs.samples import SamplesDialog
from charplay.tui.dialogs.text_input import TextInputDialog


@pytest.fixture
def commands(table: Callable[..., CommandTable], sitting: Sitting, ui: Any) -> CommandTable:
    keep_run(sitting.home)
    keep_run(sitting.home, "open-1", saved=False)
    sitting.playground.run_list.refresh()
    sitting.quiet()
    ui.cursors["runs"] = "kept-1"
    return table(RunListController)


def disabled(commands: CommandTable) -> dict[str, str]:
    return {each.method: reason for each in commands if (reason := commands.disabled(each.id))}


def test_what_cannot_be_done_is_said(commands: CommandTable, sitting: Sitting, ui: Any) -> None:
    assert not disabled(commands)
    ui.cursors["runs"] = ""
    assert disabled(commands) == dict.fromkeys(
        ["details", "samples", "along", "favourite", "note", "rename"], "There is no run under the cursor."
    )
    ui.cursors["runs"] = "demo"
    assert "came as a checkpoint" in disabled(commands)["samples"]
    assert disabled(commands) == {"samples": disabled(commands)["samples"]} | dict.fromkeys(
        ["favourite", "note", "rename"], "demo comes with charplay and stays as it is"
    )
    ui.cursors["runs"] = "kept-1"
    sitting.playground.play("kept-1")
    assert disabled(commands).keys() == {"rename"}
    with sitting.playground.store.find("open-1").lock():
        sitting.playground.run_list.refresh()
        sitting.quiet()
        ui.cursors["runs"] = "open-1"
        assert "is in use by" in disabled(commands)["rename"]


def test_a_checkpoint_of_the_details_plays(commands: CommandTable, sitting: Sitting, ui: Any) -> None:
    commands.run("run_list.details")
    dialog = ui.dialogs[-1][0]
    assert isinstance(dialog, RunDetailsDialog)
    chosen = dialog.rows.chosen
    assert chosen is not None
    ui.answer(None, RunDetailsDialog)
    assert sitting.playground.instrument.origin.run == ""
    commands.run("run_list.details")
    ui.answer(chosen, RunDetailsDialog)
    assert sitting.playground.instrument.origin == ("kept-1", str(chosen.path))
    chosen.path.unlink()
    commands.run("run_list.details")
    ui.answer(chosen, RunDetailsDialog)
    assert "does not exist" in ui.noted[-1][0]
    (sitting.home.checkpoints / "kept-1" / "run.json").unlink()
    commands.run("run_list.details")
    assert ui.noted[-1][1]
    assert not ui.dialogs


def test_a_long_note_stands_whole_among_the_details(commands: CommandTable, sitting: Sitting, ui: Any) -> None:
    note = "wider is better, but only with dropout; " * 6
    sitting.playground.store.note("kept-1", note=note, favourite=True)
    commands.run("run_list.details")
    rows = ui.answer(None, RunDetailsDialog).rows.rows
    start = next(at for at, row in enumerate(rows) if row.label == "  note")
    end = next(at for at, row in enumerate(rows) if row.label == "  folder")
    assert "".join(row.value for row in rows[start:end]).split() == f"★ {note}".split()
    assert {row.label for row in rows[start + 1 : end]} == {""}


def test_runs_are_searched_and_sorted(commands: CommandTable, sitting: Sitting, ui: Any) -> None:
    run_list = sitting.playground.run_list
    for words, left in (("open", ["open-1"]), (None, ["open-1"]), ("", ["demo", "kept-1", "open-1"])):
        commands.run("run_list.search")
        dialog = ui.answer(words, TextInputDialog)
        assert dialog._check("") == ""
        assert sorted(run.name for run in run_list.shown) == left
    commands.run("run_list.sort")
    assert run_list.view.order == "loss"


def test_a_run_is_marked_noted_and_renamed(commands: CommandTable, sitting: Sitting, ui: Any) -> None:
    for marked in (True, False):
        commands.run("run_list.favourite")
        sitting.quiet()
        run = sitting.playground.run_list.find("kept-1")
        assert run is not None
        assert run.favourite is marked
    for note, kept in (("a line", "a line"), (None, "a line"), ("", "")):
        commands.run("run_list.note")
        dialog = ui.answer(note, TextInputDialog)
        sitting.quiet()
        run = sitting.playground.run_list.find("kept-1")
        assert run is not None
        assert run.note == kept
    assert dialog._check("x" * 3000)
    for new in (None, "kept-1", "better"):
        commands.run("run_list.rename")
        ui.answer(new, TextInputDialog)
        sitting.quiet()
    assert sitting.playground.run_list.find("better") is not None


def test_samples_of_a_kept_run_are_gone_through(commands: CommandTable, sitting: Sitting, ui: Any) -> None:
    def hear() -> None:
        commands.run("run_list.samples")
        sitting.quiet()
        for happening in sitting.happened:
            commands.hear(happening)
        sitting.happened.clear()

    hear()
    assert ui.noted[-1][0] == "kept-1 wrote no samples while it trained."
    rows = [{"step": step, "seconds": 1.0, "epoch": step / 10, "temperature": 0.8, "prompt": "", "text": "fox",
             "truth": ""} for step in (1, 1, 2, 3)]  # fmt: skip
    sitting.playground.store.find("kept-1").append("samples", rows)
    hear()
    browser = ui.answer(None, SamplesDialog).browser
    assert browser.title == "step 3, epoch 0.30: 3 of 3, the newest is followed"
    ui.under_a_dialog = True
    hear()
    assert not ui.dialogs, "it does not burst into another dialog"


def test_a_runs_checkpoints_write_one_text_side_by_side(commands: CommandTable, sitting: Sitting, ui: Any) -> None:
    commands.run("run_list.along")
    assert "keep at timeline" in ui.noted[-1][0]
    run = sitting.playground.store.find("kept-1")
    assert run.best is not None
    made = read_checkpoint(run.best)
    for step in (10, 20, 40, 80, 160):
        run.keep_snapshot(replace(made, step=step), 2.5)
    sitting.playground.play("kept-1")
    commands.run("run_list.along")
    screen, take = ui.dialogs.pop()
    assert isinstance(screen, ComparisonScreen)
    comparison = screen._new_comparison(4)
    assert [each.source.rpartition(" ")[2] for each in comparison.generators] == ["10", "40", "80", "500"]
    comparison.write(5, 60.0)
    assert len({each.transcript.text() for each in comparison.generators}) == 1, "the same weights, the same luck"
    assert {each.params.seed for each in comparison.generators} == {sitting.playground.instrument.params.seed}
    take(comparison.column(1))
    assert sitting.playground.instrument.origin.path == str(run.snapshots[2])
    run.snapshots[0].write_text("damaged")
    assert len(screen._new_comparison(4).generators) > 1
    good = run.snapshots[1].read_bytes()
    run.snapshots[1].write_bytes(good[:-4] + bytes([good[-4] ^ 1]) + good[-3:])
    screen._new_comparison(10)
    assert ui.noted[-1][1]


def test_the_details_are_in_the_unit_that_is_shown(commands: CommandTable, sitting: Sitting, ui: Any) -> None:
    said = []
    for _ in range(2):
        commands.run("run_list.details")
        rows = ui.answer(None, RunDetailsDialog).rows.rows
        said.append(next(row.value for row in rows if row.label == "  held-out"))
        sitting.playground.loss_unit.next()
    nats, bits = said
    assert nats.split(", ") == bits.split(", ")[::-1]
    assert bits.endswith(" nats")
