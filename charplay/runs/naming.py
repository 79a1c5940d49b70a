"""Names of runs: derived from the text and the network, or given by the user and checked."""

import errno
import re
import unicodedata
from pathlib import Path

from charplay.recipes.recipe import Recipe
from charplay.runs.errors import RunError

DEMO_NAME = "demo"
_GIVEN = re.compile(r"\w[\w .,+=@-]{0,79}")


def run_name(corpus: str, recipe: Recipe) -> str:
    """Derive `<corpus>-<cell>-<layers>x<hidden>`, of letters, digits, underscores and hyphens only."""
    plain = unicodedata.normalize("NFC", corpus).casefold().removesuffix(".txt")
    slug = re.sub(r"[^\w]+", "-", plain)[:40].strip("-_") or "text"
    return f"{slug}-{recipe.cell}-{recipe.num_layers}x{recipe.hidden_size}"


def claim_numbered(made: Path, base: str) -> Path:
    """Rename the folder `made` to `<base>-<nn>`, with the first number that is free; return its new path."""
    number = 1
    while (folder := _renamed(made, f"{base}-{number:02d}")) is None:
        number += 1
    return folder


def require_name(checkpoints: Path, name: str) -> None:
    """Raise RunError where a name is taken, or unfit for a folder."""
    if not _GIVEN.fullmatch(name) or name[-1] in " ." or name.casefold() == DEMO_NAME or len(name.encode()) > 200:
        raise RunError(
            f"{name[:80]!r} cannot be a run's name: up to 80 letters, digits, spaces and . , + = @ - _, "
            f"beginning with a letter or digit; `{DEMO_NAME}` is taken"
        )
    if (checkpoints / name).exists():
        raise _taken(name)


def claim_named(made: Path, name: str) -> Path:
    """Rename the folder `made` to `name` and return its new path. Raises RunError as `require_name` does."""
    require_name(made.parent, name)
    folder = _renamed(made, name)
    if folder is None:  # another process took the name after the check
        raise _taken(name)
    return folder


def _renamed(made: Path, name: str) -> Path | None:
    """Rename a folder; None where the name is taken."""
    folder = made.with_name(name)
    if folder.exists():
        return None
    try:
        return made.rename(folder)  # succeeds for one process only: a rename never replaces a folder that has files
    except OSError as error:
        if error.errno in {errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR}:
            return None
        raise


def _taken(name: str) -> RunError:
    return RunError(f"there is a run {name} already; choose another name, or resume it")
