"""The keys that belong to widgets and dialogs: each a command beside what it moves."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import pytest

import charplay.tui.dialogs
import charplay.tui.widgets
from charplay.tui.app import CharplayApp
from charplay.tui.widgets.cursor_text import CursorText


def owners() -> Iterator[type[CursorText]]:
    for package in (charplay.tui.widgets, charplay.tui.dialogs):
        for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            module = importlib.import_module(found.name)
            for each in vars(module).values():
                if isinstance(each, type) and each.__module__ == module.__name__ and "commands" in vars(each):
                    yield each


OWNERS = list(owners())


@pytest.mark.parametrize("owner", OWNERS)
def test_every_command_is_a_key_that_does_something_and_says_what(owner: type[Any]) -> None:
    assert [binding.id for binding in owner.BINDINGS] == [command.id for command in owner.commands]
    for command, binding in zip(owner.commands, owner.BINDINGS, strict=True):
        assert (binding.key, binding.action, binding.tooltip) == (command.key, command.action, command.help)
        where, _, action = command.action.partition("(")[0].rpartition(".")
        assert callable(getattr(CharplayApp if where == "app" else owner, f"action_{action}"))
        assert command.help
        assert re.fullmatch(r"[a-z]+\.[a-z_]+", command.id)


def test_an_id_names_one_command() -> None:
    named: dict[str, object] = {}
    for command in (command for owner in OWNERS for command in owner.commands):
        assert named.setdefault(command.id, command) is command, command.id


def test_nobody_is_left_out() -> None:
    assert {"RowList", "Slider", "GrowingText", "CursorText", "Dialog", "BranchesDialog"} <= {
        o.__name__ for o in OWNERS
    }
