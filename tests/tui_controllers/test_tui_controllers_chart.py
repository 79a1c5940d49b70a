"""Every command of the chart."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sitting import Sitting, fox_home, keep_run

from charplay.playground.drawn_ruler import SETTLE_SECONDS
from charplay.playground.run_curves import RunCurves
from charplay.protocol.events import Sampled
from charplay.tui.controllers.base import CommandTable
from charplay.tui.controllers.chart import ChartController
from charplay.tui.dialogs.choice import ChoiceDialog
from charplay.tui.dialogs.reader import ReaderDialog
from charplay.tui.dialogs.samples import SamplesDialog


@pytest.fixture
def commands(table: Callable[..., CommandTable]) -> CommandTable:
    return table(ChartController)


def test_every_command_works_at_the_chart_and_can_be_used(commands: CommandTable, sitting: Sitting, ui: Any) -> None:
    commands.run("chart.clear")
    assert ui.noted == [("No earlier run is on the chart; 3 and c lay one there.", True)]
    assert commands.disabled("chart.write") == "No run is on the chart; 3 and c lay one there, t trains one."
    sitting.playground.chart.overlay("kept-1", RunCurves())
    assert (
        commands.disabled("chart.differences") == "Nothing is there to compare: 3 and c lay another run on the chart."
    )
    sitting.playground.chart.overlay("kept-2", RunCurves())
    assert commands.disabled("chart.worth").startswith("Nothing is known of this text")
    sitting.advance(SETTLE_SECONDS + 0.01)
    sitting.quiet()
    for command in commands:
        assert command.place == ("" if command.method == "unit" else "training")
        assert not commands.disabled(command.id)


@pytest.mark.parametrize(
    ("name", "look", "before", "after"),
    [("across", "x_axis", "step", "epoch"), ("upward", "quantity", "loss", "accuracy"),
     ("logarithmic", "log_y", False, True), ("recent", "recent", False, True)],
)  # fmt: skip
def test_the_chart_is_looked_at_in_another_way(
    commands: CommandTable, sitting: Sitting, name: str, look: str, before: object, after: object
) -> None:
    chart = sitting.playground.chart
    assert getattr(chart, look) == before
    commands.run(f"chart.{name}")
    assert getattr(chart, look) == after


def test_the_unit_of_losses_changes_everywhere(commands: CommandTable, sitting: Sitting, ui: Any) -> None:
    commands.run("chart.unit")
    assert sitting.playground.chart.measure.title == "Bits a character"
    assert sitting.playground.loss_unit.current.name == "bits"
    assert ui.noted == [("Losses are in bits now.", False)]


def test_a_sitting_begins_in_the_unit_that_is_set(tmp_path: Path) -> None:
    home = fox_home(tmp_path / "home")
    home.user_settings.write_text('unit = "perplexity"')
    assert Sitting(home).playground.chart.measure.title == "Perplexity"


def test_earlier_runs_are_taken_off(commands: CommandTable, sitting: Sitting) -> None:
    sitting.playground.chart.overlay("kept-1", RunCurves())
    commands.run("chart.clear")
    assert not sitting.playground.chart.markers


def test_samples_are_read_where_there_are_any(commands: CommandTable, sitting: Sitting, ui: Any) -> None:
    commands.run("chart.samples")
    ((said, warning),) = ui.noted
    assert said.startswith("No sample was written yet")
    assert not warning
    sitting.playground.launcher.train()
    sitting.hear(Sampled(step=100, epoch=0.2, temperature=0.5, prompt="the ", text="fox"))
    commands.run("chart.samples")
    dialog = ui.answer(None, SamplesDialog)
    assert dialog.browser.title == "step 100, epoch 0.20: 1 of 1, the newest is followed"


def test_the_runs_on_the_chart_are_compared(commands: CommandTable, sitting: Sitting, ui: Any) -> None:
    for number in range(6):
        keep_run(sitting.home, f"kept-{number}", rows=(100, 100 + number))
        sitting.playground.chart.overlay(f"kept-{number}", RunCurves())
    commands.run("chart.differences")
    sitting.quiet()
    for happening in sitting.happened:
        commands.hear(happening)
    dialog = ui.answer(None, ReaderDialog)
    lines = ["".join(text for text, _ in line).rstrip() for line in dialog._lines]
    assert lines[:2] == ["○ kept-0", "◇ kept-1"]
    assert "Their texts and recipes do not differ." in lines
    blocks = [line.split() for line in lines if line.strip().startswith(("○ ", "e ")) and "kept" not in line]
    assert blocks == [["○", "◇", "△", "□"], ["e", "f"]]
    assert [line.split()[1:] for line in lines if line.startswith("held-out")] == [["2.100"] * 4, ["2.100"] * 2]


def test_the_chart_is_written_in_the_form_that_is_chosen(commands: CommandTable, sitting: Sitting, ui: Any) -> None:
    keep_run(sitting.home, rows=(100, 200))
    sitting.playground.run_list.read_curves("kept-1")
    sitting.quiet()
    for form in (None, "svg", "txt", "csv"):
        commands.run("chart.write")
        ui.answer(form, ChoiceDialog)
        sitting.quiet()
    written = {path.name: path.read_text() for path in sitting.home.texts.iterdir()}
    assert written.keys() == {"chart-kept-1.svg", "chart-kept-1.txt", "curves-kept-1.csv"}
    assert written["curves-kept-1.csv"].count("\n") == 3
    assert "kept-1" in written["chart-kept-1.svg"]
    assert ui.noted == [("Written to texts/chart-kept-1.svg", False), ("Written to texts/chart-kept-1.txt", False)]
    assert "Written to texts/curves-kept-1.csv" in sitting.said


def test_a_chart_that_cannot_be_written_is_one_sentence(commands: CommandTable, sitting: Sitting, ui: Any) -> None:
    keep_run(sitting.home)
    sitting.playground.chart.overlay("kept-1", RunCurves())
    sitting.home.texts.rmdir()
    sitting.home.texts.write_text("in the way")
    for form in ("svg", "csv"):
        commands.run("chart.write")
        ui.answer(form, ChoiceDialog)
    sitting.quiet()
    assert ui.noted[0][0].startswith(f"nothing can be written in {sitting.home.texts}")
    assert sitting.said[-1] == ui.noted[0][0]
