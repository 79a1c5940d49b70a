"""Makes the tables of keys from the commands that the screen, its panes, widgets and dialogs declare."""

import inspect
import pkgutil
import re
from collections.abc import Iterable, Iterator
from importlib import import_module

from textual.keys import format_key

import charplay.tui
from charplay.tui.app_commands import APP_COMMANDS, SCREEN_COMMANDS
from charplay.tui.command import Command
from charplay.tui.old_keys import moved
from charplay.tui.screens.main import CONTROLLERS

PLACES = {
    "": "Everywhere",
    "corpus": "Texts",
    "form": "Next run",
    "runs": "Runs",
    "training": "Loss",
    "text": "Text",
    "writing": "Text, with the cursor out",
}
"""The panes, in the order of their numbers."""

MOVED = """\
## What moved since 0.1

`keys = "0.1"` in the settings (`charplay settings` names the file) brings the old keys back; beside keys of your own it
is `map = "0.1"` in their table. What is not in this table is where it was, or has got a further key.
"""

HEAD = """\
# Keys

Every key, made from the commands that the screen itself reads: `make reference` writes this page. `?` shows the keys
that work where you are, `ctrl+p` finds a command by its name. The ids are for
[keys of your own](HOWTO.md#keys-of-your-own).
"""


def page() -> str:
    """Make the whole page."""
    commands = [command for each in CONTROLLERS for command in each.commands]
    places = list(dict.fromkeys([*PLACES, *(each.place for each in commands)]))
    parts = [HEAD, "## On the main screen\n"]
    for place in places:
        here = [each for each in commands if each.place == place]
        here += [] if place else [*SCREEN_COMMANDS, *APP_COMMANDS]
        if here:
            parts.append(f"### {PLACES.get(place, place.capitalize())}\n\n{_table(here)}")
    parts.append("## In dialogs, lists and texts\n")
    parts += [f"### {title}\n\n{_table(found)}" for title, found in _of_classes()]
    parts += [MOVED, moved_table()]
    return "\n".join(parts)


def moved_table() -> str:
    """Make the table of what has other keys than in charplay 0.1; the changelog has it, too."""
    commands = [command for each in CONTROLLERS for command in each.commands]
    places = [(PLACES[each.place], each) for each in [*commands, *SCREEN_COMMANDS]]
    places += [(title, each) for title, found in _of_classes() for each in found]
    found = {command.id: (place, command, old) for place, each in places for command, old in moved([each])}
    rows = [f"| {place} | `{old}` | {_keys(command.key)} | {command.label} |" for place, command, old in found.values()]
    return "\n".join(["| where | was | is | command |", "|---|---|---|---|", *rows, ""])


def _of_classes() -> Iterator[tuple[str, Iterable[Command]]]:
    """Give every class of the screen that declares commands itself, under its name in words."""
    modules = (each.name for each in pkgutil.walk_packages(charplay.tui.__path__, "charplay.tui."))
    controllers = "charplay.tui.controllers"
    for name in sorted(each for each in modules if not each.startswith(controllers)):
        for _, kind in inspect.getmembers(import_module(name), inspect.isclass):
            found = vars(kind).get("commands")
            if kind.__module__ == name and isinstance(found, tuple) and found:
                words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", re.sub("(Dialog|Screen)$", "", kind.__name__))
                yield words.capitalize() or "Every dialog", found


def _table(commands: Iterable[Command]) -> str:
    rows = [f"| {_keys(each.key)} | {each.help.replace('|', chr(92) + '|')} | `{each.id}` |" for each in commands]
    return "\n".join(["| key | does | id |", "|---|---|---|", *rows, ""])


def _keys(keys: str) -> str:
    shown = (format_key(each.strip()) for each in keys.split(","))
    return " ".join(f"`{each}`".replace("`|`", "`\\|`") for each in shown)
