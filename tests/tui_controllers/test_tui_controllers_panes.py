"""The keys that go to a pane."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from sitting import Sitting

from charplay.playground.arrangement import Sight
from charplay.tui.command import Command
from charplay.tui.controllers.base import CommandTable
from charplay.tui.controllers.panes import PanesController

if TYPE_CHECKING:
    from tui_controllers.conftest import RecordingUi


PLACES = [command for command in PanesController.commands if command.key.isdecimal()]


@pytest.mark.parametrize("command", PLACES, ids=lambda command: command.method)
def test_each_goes_to_the_pane_that_it_names(
    command: Command, table: Callable[..., CommandTable], ui: "RecordingUi"
) -> None:
    commands = table(PanesController)
    assert commands.disabled(command.id) == ""
    commands.run(command.id)
    assert ui.places == [command.method]


def test_the_gauges_are_shown_and_hidden(
    table: Callable[..., CommandTable], ui: "RecordingUi", sitting: Sitting
) -> None:
    commands = table(PanesController)
    for shown in (True, False):
        commands.run("panes.gauges")
        assert sitting.playground.gauges.on is shown
    assert not ui.places


def test_the_pane_in_use_is_sized_maximised_and_hidden(
    table: Callable[..., CommandTable], ui: "RecordingUi", sitting: Sitting
) -> None:
    commands, arrangement = table(PanesController), sitting.playground.arrangement
    assert commands.disabled("panes.reset")
    assert commands.disabled("panes.restore")
    for name, weights in (
        ("wider", {"choose": 50, "watch": 70}),
        ("narrower", {"choose": 46, "watch": 74}),
        ("taller", {"training": 13, "text": 23}),
        ("lower", {"training": 15, "text": 21}),
    ):
        commands.run(f"panes.{name}")
        assert arrangement.weights.items() >= weights.items()
    commands.run("panes.maximise")
    assert arrangement.maximised == "text"
    assert not commands.disabled("panes.restore")
    commands.run("panes.restore")
    assert not arrangement.maximised
    commands.run("panes.hide")
    assert arrangement.hidden == {"text"}
    commands.run("panes.reset")
    assert arrangement.saved() == {}
    assert not ui.noted


def test_what_cannot_be_sized_says_why(table: Callable[..., CommandTable], ui: "RecordingUi") -> None:
    commands = table(PanesController)
    ui.seen = Sight("form", {"choose": 80, "form": 20})
    for name in ("wider", "narrower", "taller", "lower"):
        commands.run(f"panes.{name}")
        assert ui.noted
        assert ui.noted.pop()[0].endswith(".")
