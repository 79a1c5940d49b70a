"""The keys that go to a pane."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from sitting import Sitting

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
