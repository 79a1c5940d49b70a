"""What the network sees of a text: its layers, three examples, and the characters, as lines to read."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from charplay.formatting.sanitize import sanitize_char
from charplay.recipes.explain import Example, NetworkFacts, character_table, examples, network_facts
from charplay.recipes.network import whole
from charplay.recipes.recipe import Recipe
from charplay.tui.widgets.row_list import Cell, fit

if TYPE_CHECKING:
    from charplay.corpora.library import Corpus

SHOWN = 10
"""Characters of an example that are shown."""


def inside(recipe: Recipe, corpus: "Corpus", timed: str = "not timed yet") -> list[list[Cell]]:
    """Everything, for a resolved recipe; `timed` is what is known of an epoch's time."""
    size = len(corpus.vocabulary)
    facts = network_facts(recipe, len(corpus), size)
    return [
        *_layers(facts),
        [],
        [("An epoch", "strong"), (f"   {facts.steps_per_epoch:,} steps; {timed}", "quiet")],
        [],
        *_examples(recipe, corpus),
        [],
        [("Characters", "strong"), (f"   {size} of them: id, character, how often", "quiet")],
        *counts(corpus, by_id=True),
    ]


def _layers(facts: NetworkFacts) -> list[list[Cell]]:
    table, total = facts.layers, f"{facts.parameters:,}"
    name = max(len(row.name) for row in table) + 2
    shape = max(len(row.output_shape) for row in table) + 2
    lines: list[list[Cell]] = [[("Layers", "strong"), ("   output shape: length x batch x width", "quiet")]]
    for row in table:
        parameters = f"{row.parameters:,}" if row.parameters else ""
        lines.append(
            [
                (f"  {fit(row.name, name)}{fit(row.output_shape, shape)}", "plain"),
                (fit(parameters, len(total), right=True), "accent"),
                (f"  {row.formula}", "quiet"),
            ]
        )
    return [*lines, [(fit("  all", name + shape + 2), "plain"), (total, "accent"), ("  parameters", "quiet")]]


def _examples(recipe: Recipe, corpus: "Corpus") -> list[list[Cell]]:
    length, batch = whole(recipe, "sequence_length"), whole(recipe, "batch_size")
    of = f"read on in {batch} streams" if recipe.batching == "stream" else "in windows"
    lines: list[list[Cell]] = [[("Examples", "strong"), (f"   {length} characters each, {of}", "quiet")]]
    # Only what is shown is read of the ids, so an array does as a sequence.
    ids, characters = cast("Sequence[int]", corpus.ids), corpus.vocabulary.characters
    for number, example in enumerate(examples(recipe, ids, characters), 1):
        lines += _example(recipe, number, example, len(corpus.vocabulary))
    return lines


def _example(recipe: Recipe, number: int, example: Example, size: int) -> list[list[Cell]]:
    ids, characters = example.ids[:SHOWN], example.characters[:SHOWN]
    more = "…" if len(example.ids) > SHOWN else ""
    predicted = "".join(_column(sanitize_char(c)) for c in example.targets[:SHOWN]) + more
    if recipe.target == "last":
        predicted = f"{_column(sanitize_char(example.targets))}after the last one"
    return [
        [(f"  {number}. from character {example.start:,}", "quiet")],
        [
            ("     characters ", "quiet"),
            ("".join(_column(sanitize_char(c)) for c in characters) + more, "plain"),
        ],
        [("     ids        ", "quiet"), ("".join(_column(str(i)) for i in ids) + more, "plain")],
        [("     input      ", "quiet"), (_entering(recipe, ids, size), "plain")],
        [("     predicts   ", "quiet"), (predicted, "accent")],
    ]


def _entering(recipe: Recipe, ids: Sequence[int], size: int) -> str:
    """How ids enter the first layer."""
    match recipe.input:
        case "embedding":
            return f"that row of the embedding: {whole(recipe, 'embedding_size')} learned numbers"
        case "one-hot":
            return f"for each id, {size} numbers: 1 at that place, else 0"
        case "scalar":
            scale = size if recipe.scalar_scale == "vocabulary" else 1
            return "".join(_column(f"{i / scale:.2f}" if scale > 1 else str(i)) for i in ids)


def counts(corpus: "Corpus", *, by_id: bool = False) -> list[list[Cell]]:
    """A line a character: its id, itself, how often it occurs, its share; the most frequent first, or by id."""
    table = character_table(corpus.vocabulary.characters, corpus.counts().tolist())
    most = max([1, *(each.count for each in table)])
    return [
        [
            (fit(str(each.id), 8, right=True), "quiet"),
            (f"   {fit(sanitize_char(each.character), 9)}", "plain"),
            (fit(f"{each.count:,}", 11, right=True), "plain"),
            (fit(f"{each.share:.2%}", 10, right=True), "quiet"),
            ("   " + "█" * round(30 * each.count / most), "accent"),
        ]
        for each in (table if by_id else sorted(table, key=lambda each: -each.count))
    ]


def _column(text: str) -> str:
    return f"{text:<5}"
