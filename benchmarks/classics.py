"""Check that each classic preset builds on its text, to the unit, what was published of it.

    benchmarks/classics.py [FOLDER]        the texts; without it, the folder that the variable CORPORA names

The exit code is 0 where every figure of `charplay describe` is as it should be. `alice-2x350` was written for an
edition that could not be found: it is checked on a made text with as many characters and symbols.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from given import new_home

MADE = "60-symbols.txt"
"""The text of 60 symbols in 163,817 characters, which is made here."""


@dataclass(frozen=True, slots=True)
class Row:
    """What a preset builds: a text's figures, and every layer's output shape and parameters; dropout has none."""

    text: str
    characters: int
    symbols: int
    examples: int
    layers: tuple[tuple[tuple[int, ...], int], ...]
    parameters: int

    def figures(self) -> dict[str, Any]:
        """By the names that `describe --json` gives them."""
        shapes = [{"output_shape": list(shape), "parameters": parameters} for shape, parameters in self.layers]
        return {
            "characters": self.characters,
            "vocabulary_size": self.symbols,
            "examples_per_epoch": self.examples,
            "layers": shapes,
            "parameters": self.parameters,
        }


# fmt: off
CLASSICS = {
    "alice-2x350": Row(
        MADE, 163_817, 60, 163_717,
        (
            ((100, 128, 1), 0), ((100, 128, 350), 492_800), ((100, 128, 350), 0), ((100, 128, 350), 981_400),
            ((128, 60), 21_060),
        ),
        1_495_260,
    ),
    "alice-256": Row(
        "alice_wonderland.txt", 144_408, 45, 144_308,
        (((100, 128, 1), 0), ((100, 128, 256), 264_192), ((100, 128, 256), 0), ((128, 45), 11_565)),
        275_757,
    ),
    "shakespeare-16": Row(
        "tinyshakespeare.txt", 1_115_394, 36, 200_000,
        (((16, 32, 36), 0), ((16, 32, 36), 0), ((16, 32, 128), 84_480), ((32, 36), 4_644)),
        89_124,
    ),
    "nietzsche-lstm": Row(
        "nietzsche.txt", 600_893, 57, 200_285,
        (((40, 128, 57), 0), ((40, 128, 128), 95_232), ((128, 57), 7_353)),
        102_585,
    ),
    "nietzsche-gru": Row(
        "nietzsche.txt", 600_893, 57, 200_285,
        (((40, 128, 57), 0), ((40, 128, 128), 71_424), ((128, 57), 7_353)),
        78_777,
    ),
    "sonnets-many-to-one": Row(
        "sonnets.txt", 95_650, 27, 95_610,
        (((40, 128, 64), 1_728), ((40, 128, 64), 33_024), ((128, 27), 1_755)),
        36_507,
    ),
    "sonnets-many-to-many": Row(
        "sonnets.txt", 95_650, 27, 95_610,
        (((40, 128, 64), 1_728), ((40, 128, 256), 328_704), ((40, 128, 27), 6_939)),
        337_371,
    ),
}
# fmt: on


def made_text() -> str:
    """The text for `alice-2x350`."""
    symbols = "".join(map(chr, range(ord("!"), ord("!") + 32))) + "".join(map(chr, range(ord("["), ord("[") + 28)))
    row = CLASSICS["alice-2x350"]
    return (symbols * row.characters)[: row.characters]


def differences(row: Row, described: Mapping[str, Any]) -> list[str]:
    """A sentence for each figure that is not the row's."""
    found = {name: described[name] for name in row.figures()}
    found["layers"] = [{key: layer[key] for key in ("output_shape", "parameters")} for layer in found["layers"]]
    return [f"{name} is {found[name]}, not {due}" for name, due in row.figures().items() if found[name] != due]


def main(folder: Path) -> int:
    """Describe every classic on its text in the folder; the exit code."""
    faults = 0
    with new_home() as home:
        (made := home.root / MADE).write_text(made_text())
        for preset, row in CLASSICS.items():
            text = made if row.text == MADE else folder / row.text
            command = [sys.executable, "-m", "charplay", "--home", str(home.root), "describe", "--json"]
            command += ["--preset", preset, "--corpus", str(text.absolute())]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            wrong = [done.stderr.strip()] if done.returncode else differences(row, json.loads(done.stdout))
            print(f"{preset:22}{row.text:24}{row.parameters:>11,} parameters   {'; '.join(wrong) or 'as published'}")
            faults += bool(wrong)
    return 1 if faults else 0


if __name__ == "__main__":
    named = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("CORPORA")
    sys.exit(main(Path(named)) if named else "name a folder with the texts, as an argument or by the variable CORPORA")
