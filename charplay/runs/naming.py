"""Names of runs: made from the text and the network, or given, and never more than a name."""

import re
import unicodedata
from pathlib import Path

from charplay.recipes.fields import Recipe
from charplay.runs.errors import RunError

DEMO_NAME = "demo"
_GIVEN = re.compile(r"\w[\w .,+=@-]{0,79}")


def stem(corpus: str, recipe: Recipe) -> str:
    """`<corpus>-<cell>-<layers>x<hidden>`, of letters, digits, underscores and hyphens only."""
    plain = unicodedata.normalize("NFC", corpus).casefold().removesuffix(".txt")
    slug = re.sub(r"[^\w]+", "-", plain)[:40].strip("-_") or "text"
    return f"{slug}-{recipe.cell}-{recipe.num_layers}x{recipe.hidden_size}"


def new_folder(checkpoints: Path, stem: str) -> Path:
    """Make the folder `<stem>-<nn>` with the first number that is free."""
    number = 1
    while True:
        folder = checkpoints / f"{stem}-{number:02d}"
        try:
            folder.mkdir()  # succeeds for one of those who try
        except FileExistsError:
            number += 1
        else:
            return folder


def require_name(checkpoints: Path, name: str) -> None:
    """RunError where a name is taken, or no fit name for a folder."""
    if not _GIVEN.fullmatch(name) or name[-1] in " ." or name.casefold() == DEMO_NAME or len(name.encode()) > 200:
        raise RunError(
            f"{name[:80]!r} cannot be a run's name: up to 80 letters, digits, spaces and . , + = @ - _, "
            f"beginning with a letter or digit; `{DEMO_NAME}` is taken"
        )
    if (checkpoints / name).exists():
        raise _taken(name)


def named_folder(checkpoints: Path, name: str) -> Path:
    """Make the folder `name`; raises as `require_name`."""
    require_name(checkpoints, name)
    folder = checkpoints / name
    try:
        folder.mkdir()
    except FileExistsError:  # by somebody else, just now
        raise _taken(name) from None
    return folder


def _taken(name: str) -> RunError:
    return RunError(f"there is a run {name} already; choose another name, or resume it")
