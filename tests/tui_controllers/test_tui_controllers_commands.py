"""What the ids of commands say: which controller has them, and by which method it carries them out."""

import pytest

from charplay.tui.controllers.base import Controller
from charplay.tui.screens.main import CONTROLLERS


@pytest.mark.parametrize("controller", CONTROLLERS)
def test_an_id_names_the_controllers_file_and_its_method(controller: type[Controller]) -> None:
    theme = controller.__module__.rpartition(".")[2]
    assert {command.id for command in controller.commands} == {f"{theme}.{each.method}" for each in controller.commands}
    assert all(callable(getattr(controller, command.method)) for command in controller.commands)
