"""The keys that a person has set for commands, by the commands' ids."""

import importlib
import unicodedata
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.keys import KEY_NAME_REPLACEMENTS, Keys

if TYPE_CHECKING:
    from charplay.playground.settings import Settings

MODIFIERS = {"ctrl", "shift", "alt", "super"}


def read_keymap(wanted: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Return the keys that can be taken, in Textual's names; also a sentence for each that cannot."""
    taken, faults = {}, []
    for name, keys in wanted.items():
        parts = [" ".join(key.split()) for key in keys.split(",")] if keys != "," else [","]
        wrong = next((key for key in parts if not _is_key(key)), None)
        if wrong is None:
            taken[name] = ",".join(_normalised(key) for key in parts)
        else:
            nearest = _nearest(wrong, _names())
            faults.append(f"{name}: there is no key {wrong!r}; the nearest is {nearest}.")
    return taken, faults


def keymap_of(settings: "Settings") -> tuple[dict[str, str], list[str]]:
    """Return the keys of the commands that have others than they declare; also a sentence for each that cannot be.

    What a person has set for a command comes first, and wins over an old map.
    """
    taken, faults = read_keymap(settings.keys)
    if settings.key_map == "0.1":
        from charplay.tui.old_keys import OLD_KEYS

        taken |= {name: key for name, key in OLD_KEYS.items() if name not in taken}
    return taken, faults


def unknown_ids(wanted: Mapping[str, str]) -> list[str]:
    """Return a sentence for each id that no command has. It loads every dialog, so it is for after the first paint."""
    known = set(command_ids()) if wanted else set()
    return [
        f"there is no command {name!r}; the nearest is {_nearest(name, known)}." for name in wanted if name not in known
    ]


def command_ids() -> Iterator[str]:
    """Yield the id of every command there is."""
    import pkgutil

    import charplay.tui as room

    for found in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
        for each in vars(importlib.import_module(found.name)).values():
            commands = getattr(each, "commands", None) if isinstance(each, type) else each
            if isinstance(commands, tuple):
                yield from (command.id for command in commands if hasattr(command, "footer"))


def _nearest(word: str, known: set[str]) -> str:
    from charplay.recipes.specs import closest_match

    return closest_match(word, sorted(known))


def _is_key(key: str) -> bool:
    *modifiers, last = [key] if len(key) == 1 else key.split("+")
    return set(modifiers) <= MODIFIERS and (len(last) == 1 or last in _names() or _is_character(last))


def _is_character(name: str) -> bool:
    try:
        unicodedata.lookup(name.replace("_", " "))
    except KeyError:
        return False
    return True


def _names() -> set[str]:
    return {each.value for each in Keys} | set(KEY_NAME_REPLACEMENTS.values())


def _normalised(key: str) -> str:
    (binding,) = Binding.make_bindings([Binding("comma" if key == "," else key, "none")])
    return binding.key
