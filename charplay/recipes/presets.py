"""Presets: recipes with a name, as TOML files of fields with a `title` and an `about` for people.

charplay's own lie beside this module in `presets/`; a person's lie in a folder of theirs.
"""

import fcntl
import os
import re
import tempfile
import tomllib
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from charplay.recipes.faults import RecipeError
from charplay.recipes.fields import Recipe
from charplay.recipes.layers import Layer
from charplay.recipes.listing import names
from charplay.recipes.specs import nearest, written

SHIPPED = "recipes/presets"
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Preset:
    """A recipe's values under a name, with one line and a few sentences about it."""

    name: str
    title: str
    about: str
    layer: Layer


def preset_names(folder: Path | None = None) -> tuple[str, ...]:
    """The names of charplay's presets, then of those in `folder`."""
    shipped = names(SHIPPED)
    own = sorted(path.stem for path in folder.glob("*.toml")) if folder and folder.is_dir() else []
    return (*shipped, *(name for name in own if name not in shipped))


def read_preset(name: str, folder: Path | None = None) -> Preset:
    """The preset called `name`; RecipeError where there is none, or it is no file, or no TOML."""
    known = preset_names(folder)
    if name not in known:
        raise RecipeError(f"there is no preset {name!r}; the nearest is {nearest(name, known)}")
    path = _path(name, folder)
    try:
        if not path.is_file():
            raise RecipeError(f"the preset {name} is no regular file; put one in its place, or delete it")
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RecipeError(f"the preset {name} cannot be read: {error}; mend or delete its file") from error
    title, about = str(values.pop("title", name)), str(values.pop("about", "")).strip()
    return Preset(name, title, about, Layer(f"preset {name}", values))


def load_preset(name: str, folder: Path | None = None) -> Layer:
    """The values of the preset called `name`, as a layer."""
    return read_preset(name, folder).layer


def save_preset(folder: Path, name: str, recipe: Recipe, *, title: str = "", about: str = "") -> Path:
    """Write `recipe` into `folder` under `name`, over an earlier one of that name; all at once or not at all.

    Only what differs from the defaults is written. Raises RecipeError where the name cannot be used.
    """
    import tomli_w

    if not NAME.fullmatch(name):
        raise RecipeError(f"{name!r} cannot name a preset; use up to 64 small letters, digits, dots and hyphens")
    if name in names(SHIPPED):
        raise RecipeError(f"{name} is one of charplay's own presets; choose another name")
    values = recipe.model_dump(exclude_defaults=True)
    people = {key: text for key, text in (("title", title), ("about", about)) if text}
    text = tomli_w.dumps(people | {key: written(value) if value is None else value for key, value in values.items()})
    folder.mkdir(parents=True, exist_ok=True)
    # The name and the lock by which a start tells what a killed process left, as in `runs/durable`.
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=folder, prefix=".charplay-", suffix=".partial", delete=False
    ) as file:
        partial = Path(file.name)
        try:
            with suppress(OSError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
            return partial.replace(folder / f"{name}.toml")
        finally:
            partial.unlink(missing_ok=True)


def _path(name: str, folder: Path | None) -> Traversable:
    if folder is None or name in names(SHIPPED):
        return files("charplay") / SHIPPED / f"{name}.toml"
    return folder / f"{name}.toml"
