"""Fields that cannot all be meant."""
# ruff: noqa: E501  # a table: one contradiction, one line

from collections.abc import Callable, Collection
from dataclasses import dataclass

from charplay.recipes.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Clash:
    """`fields` contradict each other when `met` is true of a recipe."""

    fields: tuple[str, ...]
    met: Callable[[Recipe], bool]
    fault: str


# fmt: off
CLASHES = (
    Clash(("stride", "batching"), lambda r: r.batching == "stream" and r.stride is not None, "stride is for windows; set batching=windows or leave stride out"),
    Clash(("window_limit", "batching"), lambda r: r.batching == "stream" and r.window_limit is not None, "window_limit is for windows; set batching=windows, or use limit for a shorter text"),
    Clash(("shuffle", "batching"), lambda r: r.batching == "stream" and not r.shuffle, "shuffle is for windows, streams are read in order; set batching=windows or leave shuffle out"),
    Clash(("target", "batching"), lambda r: r.batching == "stream" and r.target == "last", "target=last is for windows; set batching=windows or target=every"),
    Clash(("scalar_scale", "input"), lambda r: r.input != "scalar" and r.scalar_scale == "none", "scalar_scale is for scalar input; set input=scalar or leave scalar_scale out"),
    Clash(("embedding_size", "input"), lambda r: r.input != "embedding" and isinstance(r.embedding_size, int), "embedding_size is for embedding input; set input=embedding or leave embedding_size out"),
    Clash(("embedding_size", "input"), lambda r: r.input == "embedding" and r.embedding_size is None, "embedding input needs an embedding_size; set it to auto or to a number"),
    Clash(("dropout", "num_layers"), lambda r: r.num_layers == 1 and r.dropout not in {0, "auto"}, "dropout is between recurrent layers and there is only one; set num_layers=2, or use output_dropout"),
    Clash(("held_out_corpus", "test_fraction"), lambda r: bool(r.held_out_corpus and r.test_fraction), "a run has one test part; leave only one of held_out_corpus and test_fraction"),
    Clash(("cleaning",), lambda r: sum(rule.startswith("cut(") for rule in r.cleaning) > 1, "cleaning has cut twice, and each counts the original's characters; write all ranges into one, as in cut(1-20;30-40)"),
)
# fmt: on


def contradictions(recipe: Recipe, suspects: Collection[str] = ()) -> list[str]:
    """One sentence for each set of fields that cannot all be meant, but for those with a field in `suspects`."""
    return [clash.fault for clash in CLASHES if clash.met(recipe) and not set(clash.fields) & set(suspects)]
