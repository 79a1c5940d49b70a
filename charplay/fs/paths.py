"""Paths as a person writes them, also where the folder that the program was started in has gone."""

import os
from pathlib import Path


def user_path(path: str | Path) -> Path:
    """A path from the root on, `~` for a home folder; what cannot be made out stays, and opening it says why."""
    expanded = Path(os.path.expanduser(path))  # noqa: PTH111 - Path's own raises where there is no such user
    try:
        return expanded.absolute()
    except OSError:
        return expanded


def current_folder() -> Path:
    """The current folder; the root where it has gone."""
    try:
        return Path.cwd()
    except OSError:
        return Path("/")
