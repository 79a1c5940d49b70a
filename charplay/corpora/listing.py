"""The rules and sources that this room has: one file each, listed without importing any."""

from importlib import import_module
from importlib.resources import files
from types import ModuleType


def names(folder: str) -> tuple[str, ...]:
    """The names in a folder of this room: `names("cleaning")` is ("ascii", "basic-36", ...)."""
    found = (entry.name for entry in (files("charplay.corpora") / folder).iterdir())
    return tuple(sorted(name[:-3].replace("_", "-") for name in found if name.endswith(".py") and name[0] != "_"))


def load(folder: str, name: str) -> ModuleType:
    """The module behind a listed name."""
    return import_module(f"charplay.corpora.{folder}.{name.replace('-', '_')}")
