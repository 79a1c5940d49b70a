"""The options that say what to train, and the recipe layers made of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from charplay.cli.errors import UsageError
from charplay.playground.run_requests import DEFAULT_PRESET

if TYPE_CHECKING:
    from charplay.recipes.layers import ConfigLayer

PresetOption = Annotated[str | None, typer.Option("--preset", metavar="NAME", help="A recipe to start from.")]
CorpusOption = Annotated[
    str | None,
    typer.Option(
        "--corpus", metavar="NAME or PATH", help="The text: one that `corpora` lists, a file, or - for a pipe."
    ),
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


@dataclass(frozen=True)
class RecipeOptions:
    """What a command line says of the recipe: a preset, `--set`, and options of single fields, such as `--steps`."""

    preset: str | None
    settings: Sequence[str]
    """Each "field=value"."""
    values: Mapping[str, object]
    """The fields that were given by an option of their own."""
    added: bool
    """A budget was written "+N": it is added to what the run has spent."""

    @classmethod
    def of(cls, preset: str | None, settings: Sequence[str] | None, **given: object) -> "RecipeOptions":
        """Collect the options that are not None, without the + of an added budget. Raises UsageError for empty ones."""
        from charplay.playground.budget_syntax import take_added

        values = {name: value for name, value in given.items() if value is not None}
        for name, value in values.items():
            if str(value).strip().lower() in {"", "+", "none"}:
                raise UsageError(f"--{name} needs a value; leave it out, or see `charplay train --help`")
        return cls(preset, settings or (), *take_added(values))

    def layers(self, presets: Path, default: str | None = DEFAULT_PRESET) -> "list[ConfigLayer]":
        """Return the layers over the defaults, lowest first: the preset, else `default`; then changes. RecipeError."""
        from charplay.recipes.presets import load_preset

        preset = self.preset or default
        return [load_preset(preset, presets), *self.changes()] if preset else self.changes()

    def changes(self) -> "list[ConfigLayer]":
        """Return the layers without a preset: `--set`, then the options. RecipeError."""
        from charplay.recipes.layers import ConfigLayer, parse_settings

        layers = [parse_settings(self.settings)] if self.settings else []
        return [*layers, ConfigLayer("the command line", self.values)] if self.values else layers


def reject_relative_budget(options: RecipeOptions) -> None:
    """Raise UsageError where a budget is written "+N", which only a resumed run can take."""
    if options.added:
        raise UsageError("a budget with + adds to a run; name the run with --resume, or leave the + out")
