"""Measure charplay: one table, and one JSON file in benchmarks/results/.

    benchmarks/run.py [NAME...] [--seconds N] [--corpora FOLDER] [--device cpu|cuda] [--output FILE]

Ratios against something else measured in the same run come first; they mean the same on every machine. Without names
all subjects are measured but `losses`, which takes minutes.
"""

import argparse
import datetime
import json
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from figures import Figure, NotMeasured, print_table
from given import Given, machine

import charplay

SUBJECTS = (
    "launch",
    "attaching",
    "painting",
    "playing",
    "reading",
    "ruler",
    "growth",
    "exploring",
    "saving",
    "sampling",
    "copies",
    "pipe",
    "keys",
    "explorer_keys",
    "ablation",
    "screen",
    "throughput",
    "steps",
)
"""In the order they are measured: torch is loaded last."""
BY_NAME = ("losses",)
RESULTS = Path(__file__).parent / "results"


def main() -> int:
    """Measure what was asked for; the exit code."""
    asked = _arguments()
    given = Given(asked.seconds, asked.corpora, asked.device)
    facts = {
        "charplay": charplay.__version__,
        "machine": machine(),
        "load": round(os.getloadavg()[0], 1),
        "text": given.text_title,
        "seconds": given.seconds,
    }
    figures, failed = _measure(asked.names or SUBJECTS, given)
    title = f"charplay {charplay.__version__}, text: {given.text_title}, {given.seconds:g} s each"
    print_table(figures, f"{title}, load before: {facts['load']}", str(facts["machine"]))
    output = asked.output or RESULTS / f"{datetime.datetime.now().astimezone():%Y-%m-%d-%H%M%S}.json"
    output.parent.mkdir(parents=True, exist_ok=True)
    found = facts | {"failed": failed, "figures": [figure.as_json() for figure in figures]}
    output.write_text(json.dumps(found, indent=2) + "\n")
    print(f"written to {output}")
    return 1 if failed else 0


def _measure(names: Sequence[str], given: Given) -> tuple[list[Figure], list[str]]:
    """The subjects' figures, and the subjects that could not be measured."""
    figures: list[Figure] = []
    failed: list[str] = []
    for name in names:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        try:
            figures += import_module(name).measure(given)
        except NotMeasured as why:
            print(f"{name}: {why}", file=sys.stderr)
            failed.append(name)
        except Exception:  # noqa: BLE001 - one subject's fault must not cost the others' figures
            traceback.print_exc()
            failed.append(name)
    return figures, failed


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    folder = Path(os.environ["CORPORA"]) if "CORPORA" in os.environ else None
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(SUBJECTS + BY_NAME))
    parser.add_argument("--seconds", type=float, default=10.0, help="for each contender, about (10)")
    parser.add_argument(
        "--corpora", type=Path, default=folder, help="a folder with tinyshakespeare.txt, as the variable CORPORA names"
    )
    parser.add_argument("--device", default="cpu", help="where networks are trained: cpu (the default) or cuda")
    parser.add_argument("--output", type=Path, help="the JSON file")
    asked = parser.parse_args()
    if unknown := [name for name in asked.names if name not in SUBJECTS + BY_NAME]:
        parser.error(f"there is no {unknown[0]!r}; there is: {', '.join(SUBJECTS + BY_NAME)}")
    return asked


if __name__ == "__main__":
    sys.exit(main())
