"""What there is to train on and to load, and what a recipe would build."""

from os import PathLike, fspath
from typing import TYPE_CHECKING, Any

from charplay.playground.home import open_library, open_store, read_home
from charplay.playground.run_requests import DEFAULT_PRESET

if TYPE_CHECKING:
    from charplay.corpora.entries import Entry
    from charplay.recipes.layers import ConfigLayer
    from charplay.runs.home import Home
    from charplay.runs.store import RunSummary

FilePath = str | PathLike[str]
"""A file or a folder, as text or as a Path."""


def list_corpora(*, home: FilePath | None = None) -> "list[Entry]":
    """List the texts that can be trained on: ready ones first, then the classics that have to be fetched.

    Each has `name`, `title`, `kind`, `path`, `size` (bytes, None where it is unknown), `ready`, `licence` and `note`.

    Args:
        home: the folder of texts and runs; CHARPLAY_HOME, or the usual one, where none is named.

    Raises:
        CharplayError: the home cannot be used.
    """
    return open_library(home_option(home)).entries()


def list_runs(*, home: FilePath | None = None) -> "list[RunSummary]":
    """List the runs, newest first, then the demo that comes with charplay.

    Each has `name`, `corpus`, `cell`, `num_layers`, `hidden_size`, `step`, `epoch`, `seconds`, `train_loss` and
    `val_loss` (nats per character, None where unknown), `finished`, `in_use` and `broken`.

    Args:
        home: as for `list_corpora`.

    Raises:
        CharplayError: the home cannot be used.
    """
    return open_store(home_option(home)).list()


def describe_recipe(
    corpus: FilePath = "",
    *,
    preset: str | None = None,
    encoding: str | None = None,
    home: FilePath | None = None,
    **fields: object,
) -> dict[str, Any]:
    """Describe what a recipe would build on a text, before any training.

    Args:
        corpus: a text of `list_corpora` by name, or the path of a file or a folder; empty takes the default text.
        preset: the recipe to start from, as `charplay train --preset` takes it.
        encoding: the text's; detected where none is named.
        home: as for `list_corpora`.
        fields: any field of the recipe, as in `hidden_size=256` or `epochs=2`.

    Returns:
        `parameters`; `layers`, each with `name`, `output_shape` (length, batch, width), `parameters` and `formula`;
        `characters` of the text; `vocabulary_size` and `vocabulary`, the characters in the order of their ids;
        `examples_per_epoch`; `memory_bytes` that training takes; `recipe`, the resolved one by field.

    Raises:
        CharplayError: a field, the preset or the text is wrong; the message says which, with the nearest right one.
    """
    from charplay.playground.recipe_description import describe
    from charplay.training.device import list_devices

    found = read_home(home_option(home))
    layers = recipe_layers(found, corpus, preset, fields)
    return describe(found, *layers, devices=list_devices(), encoding=encoding).facts


def recipe_layers(home: "Home", corpus: FilePath, preset: str | None, fields: dict[str, object]) -> "list[ConfigLayer]":
    """Return the layers over the defaults, lowest first: the preset, then what the caller names."""
    from charplay.recipes.layers import ConfigLayer
    from charplay.recipes.presets import load_preset

    named = fields | ({"corpus": fspath(corpus)} if fspath(corpus) else {})
    return [load_preset(preset or DEFAULT_PRESET, home.presets), ConfigLayer("", named)]


def home_option(home: FilePath | None) -> str | None:
    """Return the home as the command line's `--home` names it."""
    return None if home is None else fspath(home)
