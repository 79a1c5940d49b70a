"""Runs compared: their losses are in the unit that is set, each by the bytes of its own text."""

from charplay.formatting.loss_units import UNITS
from charplay.playground.comparison_table import number_rows
from charplay.recipes.recipe import Recipe
from charplay.runs.checkpoint import CorpusOrigin
from charplay.runs.compared_run import ComparedRun


def _run(name: str, bytes_per_character: float | None, loss: float = 2.0) -> ComparedRun:
    return ComparedRun(
        name=name, recipe=Recipe(), corpus=CorpusOrigin(name, "", "", 100, ""), finished=True, step=1200,
        val_loss=loss, bytes_per_character=bytes_per_character,
    )  # fmt: skip


def test_losses_are_in_the_unit_and_steps_are_not() -> None:
    rows = {row.title: row.values for row in number_rows([_run("a", 1.0), _run("b", None, 1.0)], UNITS["bits"])}
    assert rows == {"step": ["1,200", "1,200"], "held-out": ["2.885", "1.443"]}


def test_bits_a_byte_are_empty_where_nobody_knows_the_bytes() -> None:
    runs = [_run("ascii", 1.0), _run("cyrillic", 2.0), _run("old", None)]
    rows = {row.title: row.values for row in number_rows(runs, UNITS["bits-per-byte"])}
    assert rows["held-out"] == ["2.885", "1.443", ""]
