"""The keys that go to a pane."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from charplay.tui.command import Command
from charplay.tui.controllers.base import CommandTable
from charplay.tui.controllers.panes import PanesController

if TYPE_CHECKING:
    from tui_controllers.conftest import RecordingUi


@pytest.mark.parametrize("command", PanesController.commands, ids=lambda command: command.method)
def test_each_goes_to_the_pane_that_it_names(
    command: Command, table: Callable[..., CommandTable], ui: "RecordingUi"
) -> None:
    commands = table(PanesController)
    assert commands.disabled(command.id) == ""
    commands.run(command.id)
    assert ui.places == [command.method]
