"""The options that say what to train, and the recipe layers they make."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from charplay.cli.errors import UsageError

if TYPE_CHECKING:
    from charplay.recipes.layers import ConfigLayer

PresetOption = Annotated[str | None, typer.Option("--preset", metavar="NAME", help="A recipe to start from.")]
CorpusOption = Annotated[
    str | None, typer.Option("--corpus", metavar="NAME or PATH", help="The text: one that `corpora` lists, or a file.")
]
SettingsOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="FIELD=VALUE", help="Any field of the recipe; may be given again and again."),
]
StepsOption = Annotated[str | None, typer.Option("--steps", metavar="N", help="Train for so many optimizer steps.")]
EpochsOption = Annotated[str | None, typer.Option("--epochs", metavar="N", help="... passes over the text.")]
MinutesOption = Annotated[str | None, typer.Option("--minutes", metavar="M", help="... minutes.")]
JsonOption = Annotated[bool, typer.Option("--json", metavar="", help="Print JSON, one object a line.")]
EncodingOption = Annotated[
    str | None, typer.Option("--encoding", metavar="NAME", help="Read the text so, as in latin-1, without guessing.")
]

DEFAULT_PRESET = "quick"


@dataclass(frozen=True)
class RecipeOptions:
    """Fields of the recipe that have an option of their own; None where it was not given."""

    values: Mapping[str, object]
    added: bool
    """A budget was written "+N": it adds to what was done."""

    @classmethod
    def of(cls, **given: object) -> "RecipeOptions":
        """The options that were given, with the sign taken off an added budget. UsageError where one is empty."""
        values = {name: value for name, value in given.items() if value is not None}
        for name, value in values.items():
            if str(value).strip().lower() in {"", "+", "none"}:
                raise UsageError(f"--{name} needs a value; leave it out, or see `charplay train --help`")
        added = {name for name, value in values.items() if str(value).startswith("+")}
        return cls({name: str(value)[1:] if name in added else value for name, value in values.items()}, bool(added))


def recipe_layers(
    presets: Path, preset: str | None, settings: list[str] | None, options: RecipeOptions
) -> "list[ConfigLayer]":
    """The layers over the defaults, lowest first. RecipeError where one cannot be read."""
    from charplay.recipes.layers import ConfigLayer, parse_settings
    from charplay.recipes.presets import load_preset

    layers = [load_preset(preset, presets)] if preset else []
    if settings:
        layers.append(parse_settings(settings))
    if options.values:
        layers.append(ConfigLayer("the command line", options.values))
    return layers


def reject_relative_budget(options: RecipeOptions) -> None:
    """Only a run that goes on can be added to."""
    if options.added:
        raise UsageError("a budget with + adds to a run; name the run with --resume, or leave the + out")
