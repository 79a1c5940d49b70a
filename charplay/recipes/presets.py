"""Presets: recipes with a name, as TOML files of fields with a `title` and an `about` for people.

charplay's own lie beside this module in `presets/`; a person's lie in a folder of theirs.
"""

import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from charplay.fs.atomic import replace_bytes
from charplay.fs.registry import entry_names
from charplay.fs.regular_files import open_regular
from charplay.recipes.errors import RecipeError
from charplay.recipes.layers import ConfigLayer
from charplay.recipes.recipe import Recipe
from charplay.recipes.specs import closest_match, format_value

SHIPPED = "recipes/presets"
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Preset:
    """A recipe's values under a name, with one line and a few sentences about it."""

    name: str
    title: str
    about: str
    layer: ConfigLayer


def preset_names(folder: Path | None = None) -> tuple[str, ...]:
    """The names of charplay's presets, then of those in `folder`."""
    shipped = entry_names(SHIPPED)
    own = sorted(path.stem for path in folder.glob("*.toml")) if folder and folder.is_dir() else []
    return (*shipped, *(name for name in own if name not in shipped))


def read_preset(name: str, folder: Path | None = None) -> Preset:
    """The preset called `name`; RecipeError where there is none, or it is no file, or no TOML."""
    known = preset_names(folder)
    if name not in known:
        raise RecipeError(f"there is no preset {name!r}; the nearest is {closest_match(name, known)}")
    try:
        values = tomllib.loads(_read_text(name, folder))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise RecipeError(f"the preset {name} cannot be read ({reason}); mend or delete its file") from error
    title, about = str(values.pop("title", name)), str(values.pop("about", "")).strip()
    return Preset(name, title, about, ConfigLayer(f"preset {name}", values))


def load_preset(name: str, folder: Path | None = None) -> ConfigLayer:
    """The values of the preset called `name`, as a layer."""
    return read_preset(name, folder).layer


def name_fault(name: str) -> str:
    """Why no preset of one's own can have that name; empty where one can."""
    if not NAME.fullmatch(name):
        return f"{name!r} cannot name a preset; use up to 64 small letters, digits, dots and hyphens"
    return f"{name} is one of charplay's own presets; choose another name" if name in entry_names(SHIPPED) else ""


def save_preset(folder: Path, name: str, recipe: Recipe, *, title: str = "", about: str = "") -> Path:
    """Write `recipe` into `folder` under `name`, over an earlier one of that name; all at once or not at all.

    Only what differs from the defaults is written. Raises RecipeError where the name cannot be used.
    """
    import tomli_w

    if fault := name_fault(name):
        raise RecipeError(fault)
    values = recipe.model_dump(exclude_defaults=True)
    people = {key: text for key, text in (("title", title), ("about", about)) if text}
    text = tomli_w.dumps(
        people | {key: format_value(value) if value is None else value for key, value in values.items()}
    )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.toml"
    replace_bytes(path, text.encode())
    return path


def _read_text(name: str, folder: Path | None) -> str:
    if folder is None or name in entry_names(SHIPPED):
        return (files("charplay") / SHIPPED / f"{name}.toml").read_text("utf-8")
    with open_regular(folder / f"{name}.toml") as file:
        return file.read().decode()
