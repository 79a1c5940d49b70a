"""`charplay describe`: what a recipe would build on a text, before any training."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from charplay.cli.output import print_json, print_note, print_safe, print_table
from charplay.cli.recipe_options import (
    CorpusOption,
    EncodingOption,
    EpochsOption,
    JsonOption,
    MinutesOption,
    PresetOption,
    RecipeOptions,
    SettingsOption,
    StepsOption,
    reject_relative_budget,
)
from charplay.cli.ruler import kept_for_corpus, print_ruler, ruler_json
from charplay.cli.settings import loss_unit
from charplay.formatting.units import duration, format_bytes

if TYPE_CHECKING:
    from charplay.corpora.library import Corpus
    from charplay.playground.recipe_description import RecipeDescription
    from charplay.recipes.recipe import Recipe

INPUTS_SHOWN = 5
"""Characters of an example whose network input is printed; `--json` prints all."""


def describe(  # noqa: PLR0917  (the parser passes options by name)
    context: typer.Context,
    preset: PresetOption = None,
    corpus: CorpusOption = None,
    settings: SettingsOption = None,
    steps: StepsOption = None,
    epochs: EpochsOption = None,
    minutes: MinutesOption = None,
    encoding: EncodingOption = None,
    explain: Annotated[bool, typer.Option("--explain", metavar="", help="Show what the network sees.")] = False,
    measure: Annotated[bool, typer.Option("--measure", metavar="", help="Time a few steps on this machine.")] = False,
    json: JsonOption = False,
) -> None:
    """Count layers, parameters, examples and memory of a recipe on a text."""
    from charplay.playground.home import read_home
    from charplay.playground.recipe_description import describe as describe_recipe
    from charplay.training.device import list_devices

    home = read_home(context.obj)
    options = RecipeOptions.of(preset, settings, corpus=corpus, steps=steps, epochs=epochs, minutes=minutes)
    reject_relative_budget(options)
    described = describe_recipe(home, *options.layers(home.presets), devices=list_devices(), encoding=encoding)
    recipe, text, facts = described.recipe, described.corpus, described.facts
    kept = kept_for_corpus(context.obj, text, encoding, recipe)
    facts["ruler"] = kept and ruler_json(text.name, kept)
    if measure:
        from charplay.training.epoch_timing import seconds_per_epoch

        facts["seconds_per_epoch"] = seconds_per_epoch(recipe, text)
    explained = _explain(recipe, text) if explain else {}
    if json:
        for note in text.notes:
            print_note(note)
        print_json(facts | explained)
        return
    _print(facts, text, (*text.notes, *described.notes, *_device_notes(described)))
    if kept:
        print()
        print_ruler(kept, loss_unit(read_home(context.obj)))
    if explain:
        _print_explained(explained)


def _device_notes(described: "RecipeDescription") -> tuple[str, ...]:
    """Return a note where a run here would resolve sizes only after measuring its device."""
    from charplay.recipes.device_dependent import SENTENCE, open_fields

    found = open_fields(described.asked, described.device)
    return (f"on {described.device} {SENTENCE}; these are those of two usual cores",) if found else ()


def _print(facts: dict[str, Any], text: "Corpus", notes: tuple[str, ...]) -> None:
    from charplay.recipes.specs import format_value

    print_safe(f"{text.title}: {facts['characters']:,} characters, {facts['vocabulary_size']:,} distinct")
    parts = {"for training": "train", "held out": "held_out", "for a test": "test"}
    counted = {said: facts[f"characters_{name}"] for said, name in parts.items()}
    print(", ".join(f"{number:,} {said}" for said, number in counted.items() if number))
    print()
    rows = [
        (layer["name"], " x ".join(map(str, layer["output_shape"])), f"{layer['parameters']:,}", layer["formula"])
        for layer in facts["layers"]
    ]
    print_table(("layer", "output", "parameters", "formula"), [*rows, ("in all", "", f"{facts['parameters']:,}", "")])
    print(f"\n{facts['examples_per_epoch']:,} examples an epoch, about {format_bytes(facts['memory_bytes'])} of memory")
    if "seconds_per_epoch" in facts:
        print(f"an epoch takes about {duration(facts['seconds_per_epoch'])} here, by a few steps")
    print()
    print_table(("recipe", ""), [(name, format_value(value)) for name, value in facts["recipe"].items()])
    for note in notes:
        print_safe(f"\n{note}")


def _explain(recipe: "Recipe", text: "Corpus") -> dict[str, Any]:
    """Collect examples as characters, ids and network input, and the frequency of each character."""
    from dataclasses import asdict

    from charplay.recipes.explain import character_table, examples

    vocabulary = text.vocabulary.characters
    return {
        "examples": [asdict(example) for example in examples(recipe, text.ids, vocabulary)],  # type: ignore[arg-type]  # an array is a sequence in all that is used
        "character_table": [
            {"id": each.id, "character": each.character, "count": each.count}
            for each in character_table(vocabulary, text.counts().tolist())
        ],
    }


def _print_explained(explained: dict[str, Any]) -> None:
    from charplay.formatting.sanitize import sanitize

    for number, example in enumerate(explained["examples"], 1):
        print(f"\nexample {number}, from character {example['start']:,} of the text")
        print_safe(f"  characters  {sanitize(example['characters'])}")
        print_safe(f"  ids         {' '.join(map(str, example['ids']))}")
        for character, entered in list(zip(example["characters"], example["inputs"], strict=True))[:INPUTS_SHOWN]:
            print_safe(f"  input       {_named(character)}  {entered}")
        print_safe(f"  to predict  {sanitize(example['targets'])}")
    print()
    total = sum(row["count"] for row in explained["character_table"])
    rows = [
        (
            row["id"],
            sanitize(row["character"]),
            f"U+{ord(row['character']):04X}",
            f"{row['count']:,}",
            _share(row, total),
        )
        for row in explained["character_table"]
    ]
    print_table(("id", "character", "code", "count", "share"), rows)


def _share(row: dict[str, Any], total: int) -> str:
    return f"{row['count'] / total:.2%}"


def _named(character: str) -> str:
    from charplay.formatting.sanitize import sanitize

    return "space" if character == " " else sanitize(character)
