"""Paths as users type them. Both functions also work where the current folder was deleted."""

import os
from pathlib import Path


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
