"""Losses are shown in the unit that is set; with --json they stay nats a character."""

import math
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from tiny_model import tiny_checkpoint

from charplay.formatting.loss_units import UNITS
from charplay.runs.home import Home
from charplay.runs.run import Run

Cli = Callable[..., SimpleNamespace]

IN_UNITS = [
    ("nats", "2.500 nats, 3.607 bits a character"),
    ("bits", "3.607 bits, 2.500 nats a character"),
    ("bits-per-byte", "3.607 bits/byte, 3.607 bits a character"),
    ("perplexity", "perplexity 12.18, 3.607 bits a character"),
]


def set_unit(home: Home, unit: str) -> None:
    home.user_settings.write_text(f'unit = "{unit}"')


@pytest.mark.parametrize(("unit", "said"), IN_UNITS)
def test_a_run_is_shown_in_the_unit_that_is_set(cli: Cli, home: Home, saved_run: Run, unit: str, said: str) -> None:
    before = cli("runs", "show", saved_run.name, "--json").lines, cli("runs", "list", "--json").lines
    set_unit(home, unit)
    assert f"held-out: {said}" in cli("runs", "show", saved_run.name).out
    header, row, *_ = cli("runs", "list").out.splitlines()
    assert UNITS[unit].heading in header
    assert UNITS[unit].number(2.5) in row
    after = cli("runs", "show", saved_run.name, "--json").lines, cli("runs", "list", "--json").lines
    assert after == before


@pytest.mark.parametrize("unit", UNITS)
def test_a_text_is_scored_in_the_unit_that_is_set(
    cli: Cli, home: Home, saved_run: Run, text_file: Path, unit: str
) -> None:
    (before,) = cli("score", saved_run.name, text_file, "--json").lines
    set_unit(home, unit)
    assert UNITS[unit].on(1.0).write(before["nats"], 4) in cli("score", saved_run.name, text_file).out
    assert cli("score", saved_run.name, text_file, "--json").lines == [before]


def test_bits_a_byte_count_the_bytes_of_utf_8(cli: Cli, home: Home, text_file: Path) -> None:
    set_unit(home, "bits-per-byte")
    text_file.write_text("äö" * 200 + "ab" * 200)
    out = cli("corpora", "show", text_file).out
    assert f"{math.log2(4) / 1.5:.3f} bits/byte, 2.000 bits a character" in out


def test_a_ruler_begins_with_the_unit_that_is_set(cli: Cli, home: Home, text_file: Path) -> None:
    set_unit(home, "perplexity")
    header = next(line for line in cli("corpora", "ruler", text_file).out.splitlines() if "predictor" in line)
    assert header.split() == ["predictor", "perplexity", "nats", "bits"]


@pytest.mark.parametrize(("facts", "shown"), [({}, ""), ({"bytes_per_character": 2.0}, f"{2.5 / math.log(4):.3f}")])
def test_a_run_whose_bytes_nobody_knows_leaves_the_column_blank(
    cli: Cli, home: Home, facts: dict[str, object], shown: str
) -> None:
    made = tiny_checkpoint(text="äöü" * 100)
    run = Run.create(
        home.checkpoints, asked=made.recipe, resolved=made.recipe, corpus=made.corpus, vocabulary=made.vocabulary,
        facts=facts,
    )  # fmt: skip
    run.append("metrics", [{"step": 7, "epoch": 0.5, "seconds": 3.0, "val_loss": 2.5}])
    set_unit(home, "bits-per-byte")
    row = cli("runs", "list").out.splitlines()[1].split()
    assert row[-3:-1] == [shown or "0:00", "3.607"]
