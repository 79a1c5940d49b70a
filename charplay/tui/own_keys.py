"""The keys that a dialog, or a screen of its own, has just now, with those that a person has set."""

from collections.abc import Sequence
from typing import Any

from textual.binding import Binding
from textual.screen import Screen

from charplay.playground.key_references import name_keys
from charplay.tui.command import Command


def active_by_id(screen: Screen[Any]) -> dict[str, Binding]:
    """Return the bindings that are active, by their commands' ids: of several keys the first."""
    active = [each.binding for each in screen.active_bindings.values()]
    return {each.id: each for each in reversed(active) if each.id}


def name_own_keys(sentence: str, screen: Screen[Any], commands: Sequence[Command]) -> str:
    """Return a sentence with the keys of the screen's own commands that it refers to."""

    def key(name: str) -> str:
        declared = {command.id: command.binding for command in commands}
        return screen.app.get_key_display((declared | active_by_id(screen))[name])

    return name_keys(sentence, key)
