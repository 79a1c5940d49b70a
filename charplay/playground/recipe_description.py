"""Says what a recipe would build on a text, before any training: the answer of `describe` and of `describe_recipe`."""

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from charplay.corpora.corpus import Corpus
    from charplay.corpora.held_out_corpus import HeldOutCorpus
    from charplay.playground.devices import DeviceInfo
    from charplay.recipes.layers import ConfigLayer
    from charplay.recipes.recipe import Recipe
    from charplay.runs.home import Home


class RecipeDescription(NamedTuple):
    """A recipe on a text."""

    asked: "Recipe"
    recipe: "Recipe"
    """The resolved one."""
    corpus: "Corpus"
    device: str
    """The name of the one that a run here would likely train on."""
    facts: dict[str, Any]
    """The fields of `describe --json`."""
    notes: tuple[str, ...]
    """What a layer reset, and what was chosen or shrunk."""


def describe(
    home: "Home", *layers: "ConfigLayer", devices: "Sequence[DeviceInfo]", encoding: str | None = None
) -> RecipeDescription:
    """Describe the recipe of these layers on its text, for the first of the `devices`, the processor, or a card.

    Raises RecipeError with every fault, CorpusError where the text cannot be read or trained on.
    """
    from charplay.corpora.held_out_corpus import open_held_out_corpus
    from charplay.corpora.library import Library
    from charplay.recipes.device_dependent import likely_device
    from charplay.recipes.layers import compose
    from charplay.recipes.network import share_count
    from charplay.recipes.resolve import resolve

    asked, notes = compose(*layers)
    library = Library(home.corpora, home.cache)
    entry = library.find(asked.corpus)
    text = library.open(entry, cleaning=asked.cleaning, limit=asked.limit, encoding=encoding)
    text.require_trainable()
    resolution = resolve(asked.model_copy(update={"corpus": entry.name}), len(text), len(text.vocabulary))
    recipe, device = resolution.recipe, likely_device(asked.device, [found.name for found in devices])
    named = recipe.held_out_corpus
    kept = open_held_out_corpus(library, named, recipe.cleaning, text) if named else None
    facts = _facts(recipe, text, share_count(recipe, device, devices[0].threads), kept)
    said = (*notes, *resolution.notes, *((kept.note,) if kept else ()))
    return RecipeDescription(asked, recipe, text, device, facts, said)


def _facts(recipe: "Recipe", text: "Corpus", shares: int, kept: "HeldOutCorpus | None") -> dict[str, Any]:
    from charplay.recipes.explain import network_facts
    from charplay.recipes.network import seen_characters, training_characters

    symbols, characters = len(text.vocabulary), len(text)
    trained, seen = training_characters(recipe, characters), seen_characters(recipe, characters)
    facts = network_facts(recipe, characters, symbols, shares)
    return {
        "parameters": facts.parameters,
        "layers": [
            {"name": row.name, "output_shape": row.shape, "parameters": row.parameters, "formula": row.formula}
            for row in facts.layers
        ],
        "characters": characters,
        "characters_train": trained,
        "characters_held_out": seen - trained,
        "characters_test": len(kept.corpus) if kept else characters - seen,
        "characters_test_unknown": kept.unknown if kept else 0,
        "vocabulary_size": symbols,
        "vocabulary": text.vocabulary.characters,
        "examples_per_epoch": facts.examples_per_epoch,
        "memory_bytes": facts.memory_bytes,
        "recipe": recipe.model_dump(),
    }
