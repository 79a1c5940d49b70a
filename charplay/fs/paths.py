"""Paths: as users type them, also where the current folder was deleted, and new ones beside what is there."""

import os
import re
from itertools import count
from pathlib import Path

LONGEST_STEM = 48
"""Characters of a title in a file's name, of which a name has 255 bytes."""


def user_path(path: str | Path) -> Path:
    """Make a typed path absolute and expand `~`.

    A path that cannot be resolved (an unknown user, no current folder) is returned as it is: opening it raises the
    error.
    """
    expanded = Path(os.path.expanduser(path))  # noqa: PTH111 - Path's own raises where there is no such user
    try:
        return expanded.absolute()
    except OSError:
        return expanded


def current_folder() -> Path:
    """Return the current folder, or the root folder where the current one was deleted."""
    try:
        return Path.cwd()
    except OSError:
        return Path("/")


def new_path(folder: Path, stem: str, ending: str) -> Path:
    """Return the first path in a folder at which nothing stands: the stem and ending, else with -2, -3, ... between."""
    names = (stem if number == 1 else f"{stem}-{number}" for number in count(1))
    return next(path for name in names if not (path := folder / f"{name}{ending}").exists())


def file_stem(title: str, otherwise: str = "text") -> str:
    """Return a title as a file's name without its ending: its words in small letters, with hyphens between them.

    `otherwise` names what has no words. A character may take four bytes, and what is put before and behind has room.
    """
    return "-".join(re.findall(r"[^\W_]+", title.lower()))[:LONGEST_STEM].strip("-") or otherwise
