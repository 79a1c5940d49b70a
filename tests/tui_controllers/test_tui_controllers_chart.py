"""Every command of the chart."""

from collections.abc import Callable
from typing import Any

import pytest
from sitting import Sitting

from charplay.playground.drawn_ruler import SETTLE_SECONDS
from charplay.playground.run_curves import RunCurves
from charplay.protocol.events import Sampled
from charplay.tui.controllers.base import CommandTable
from charplay.tui.controllers.chart import ChartController
from charplay.tui.dialogs.reader import ReaderDialog


@pytest.fixture
def commands(table: Callable[..., CommandTable]) -> CommandTable:
    return table(ChartController)


def test_every_command_works_at_the_chart_and_can_be_used(commands: CommandTable, sitting: Sitting, ui: Any) -> None:
    commands.run("chart.clear")
    assert ui.noted == [("No earlier run is on the chart; 3 and o lay one there.", True)]
    sitting.playground.chart.overlay("kept-1", RunCurves())
    assert commands.disabled("chart.worth").startswith("Nothing is known of this text")
    sitting.advance(SETTLE_SECONDS + 0.01)
    sitting.quiet()
    for command in commands:
        assert command.place == "training"
        assert not commands.disabled(command.id)


@pytest.mark.parametrize(
    ("name", "look", "before", "after"),
    [("across", "x_axis", "step", "epoch"), ("upward", "quantity", "loss", "bits"),
     ("logarithmic", "log_y", False, True), ("recent", "recent", False, True)],
)  # fmt: skip
def test_the_chart_is_looked_at_in_another_way(
    commands: CommandTable, sitting: Sitting, name: str, look: str, before: object, after: object
) -> None:
    chart = sitting.playground.chart
    assert getattr(chart, look) == before
    commands.run(f"chart.{name}")
    assert getattr(chart, look) == after


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
    ((dialog, _),) = ui.dialogs
    assert isinstance(dialog, ReaderDialog)
    told = [text.strip() for line in dialog._lines for text, _ in line]
    assert {"step 100, epoch 0.20", "temperature 0.5", "fox"} <= set(told)
