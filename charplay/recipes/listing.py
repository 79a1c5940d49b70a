"""Names of what may be added as one file, read from the folders without importing anything."""

from functools import cache
from importlib.resources import files


@cache
def names(folder: str) -> tuple[str, ...]:
    """The names in a folder of the package: `names("training/optimizers")` is ("adam", "adamw", ...).

    A file's name is its entry's name, with hyphens for underscores; TOML files count as well as modules.
    A folder is read once in a process: the package does not change under it.
    """
    found = (entry.name for entry in (files("charplay") / folder).iterdir())
    stems = (name.rpartition(".")[0] for name in found if name.endswith((".py", ".toml")) and name[0] != "_")
    return tuple(sorted(stem.replace("_", "-") for stem in stems))
