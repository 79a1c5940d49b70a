"""`describe` of a classic preset on a text of the published shape gives what was published, to the unit."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))

from classics import CLASSICS, MADE, Row, differences, made_text  # the script that checks the real texts

SYMBOLS = " abcdefghijklmnopqrstuvwxyz\n!',-.:;?0123456789()_\"*[]&$%#@+=/"
"""Every cleaning keeps as many of the first as it knows."""


def shaped(row: Row) -> bytes:
    """A file's bytes with the row's characters and symbols, once they are read and cleaned."""
    if row.text == MADE:
        return made_text().encode()
    text = (SYMBOLS[: row.symbols] * row.characters)[: row.characters]
    if row.text.startswith("alice"):
        text = f"\ufeff{text}\nTHE END\nand what follows it\n".replace("\n", "\r\n")
    return text.encode()


@pytest.mark.parametrize("preset", CLASSICS)
def test_a_classic_is_described_to_the_unit(cli: Callable[..., SimpleNamespace], tmp_path: Path, preset: str) -> None:
    row = CLASSICS[preset]
    (text := tmp_path / "shaped.txt").write_bytes(shaped(row))
    (described,) = cli("describe", "--preset", preset, "--corpus", text, "--json").lines
    assert differences(row, described) == []
    other = replace(row, symbols=row.symbols + 1, layers=row.layers[1:])
    assert [fault.partition(" ")[0] for fault in differences(other, described)] == ["vocabulary_size", "layers"]
