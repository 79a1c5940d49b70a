"""Registries of the package: folders in which one file is one entry, listed without importing any of them."""

from functools import cache
from importlib import import_module
from importlib.resources import files
from types import ModuleType


@cache
def entry_names(folder: str) -> tuple[str, ...]:
    """List a folder's entries by name: `entry_names("training/optimizers")` is ("adam", "adamw", ...).

    A module or a TOML file is an entry; its name has hyphens for the file's underscores. A folder is read once in a
    process, as the installed package does not change under it.
    """
    found = (entry.name for entry in (files("charplay") / folder).iterdir())
    stems = (name.rpartition(".")[0] for name in found if name.endswith((".py", ".toml")) and name[0] != "_")
    return tuple(sorted(stem.replace("_", "-") for stem in stems))


def load_entry(folder: str, name: str) -> ModuleType:
    """Import the module of an entry: `load_entry("corpora/cleaning", "basic-36")`."""
    return import_module(f"charplay.{folder}.{name}".replace("/", ".").replace("-", "_"))
