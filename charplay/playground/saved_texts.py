"""Generated texts on disk: the ones the user keeps, and the last few kept by themselves."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from charplay.fs.atomic import replace_bytes
from charplay.fs.paths import file_stem, new_path
from charplay.sampling.branches import BranchTree
from charplay.sampling.generator import TextGenerator
from charplay.sampling.segment import KINDS
from charplay.sampling.transcript import Transcript

RECENT = "recent.jsonl"
MOST_RECENT = 20
LONGEST = 20_000
"""Characters that a text kept by itself has at most: its end."""


_STEP = re.compile(r"step ([0-9,]+)$")


class ModelOrigin(NamedTuple):
    """Where weights come from."""

    run: str = ""
    """The run's name."""
    path: str = ""
    """The checkpoint; of a run that still learns, its folder."""


class Weights(NamedTuple):
    """Whose weights wrote from a position on."""

    position: int
    source: str
    step: int | None
    """Of the run, where it is known."""


@dataclass(frozen=True, slots=True)
class Generation:
    """A generated text and what it takes to write it again."""

    source: str
    """Whose weights wrote it."""
    prompt: str
    seed: int
    temperatures: tuple[tuple[int, float], ...]
    """(position, temperature): the ride, each temperature from that character on."""
    text: str
    """The prompt and what follows."""
    filters: Mapping[str, object] = field(default_factory=dict)
    run: str = ""
    """Name of the run that learned the weights."""
    path: str = ""
    """The checkpoint; of a run that was still learning, its folder."""
    weights: tuple[Weights, ...] = ()
    """Each change of weights; a run that learned while it wrote has one for every copy."""


def generation(generator: TextGenerator, ride: Sequence[tuple[int, float]], origin: ModelOrigin) -> Generation:
    """What a generator wrote, at these temperatures, with weights from there."""
    settings = generator.params
    filters = {name: getattr(settings, name.replace("-", "_")) for name in settings.active}
    weights = tuple(Weights(start, source, step_of(source)) for start, source in generator.transcript.weights_spans)
    return Generation(
        generator.source,
        generator.prompt,
        settings.seed,
        tuple(ride),
        generator.text,
        filters,
        *origin,
        weights=weights,
    )


def temperatures(transcript: Transcript) -> list[tuple[int, float]]:
    """(position, temperature): each from that character on, after the prompt; empty while there is only a prompt."""
    kinds = transcript.column("kind").tolist()
    start = next((at for at, kind in enumerate(kinds) if KINDS[kind] != "prompt"), None)
    found: list[tuple[int, float]] = []
    for at, settings in transcript.changes() if start is not None else ():
        if at <= (start or 0):
            found = [(start or 0, settings.temperature)]
        elif found[-1][1] != settings.temperature:
            found.append((at, settings.temperature))
    return found


def step_of(source: str) -> int | None:
    """Return the step in the name of weights, where it has one."""
    found = _STEP.search(source)
    return int(found[1].replace(",", "")) if found else None


def write_text(folder: Path, written: Generation, now: datetime) -> Path:
    """A text file with the text alone, and beside it a JSON file with the rest; returns the text file's path."""
    stem = f"{now:%Y-%m-%d-%H%M%S}-{file_stem(written.source)}-seed-{written.seed}"
    path = new_path(folder, stem, ".txt")
    folder.mkdir(parents=True, exist_ok=True)
    about = {name: value for name, value in asdict(written).items() if name != "text"}
    replace_bytes(path.with_suffix(".json"), json.dumps(about, indent=2).encode())
    replace_bytes(path, written.text.encode("utf-8", "surrogatepass"))
    return path


def side_by_side(columns: Sequence[Generation]) -> str:
    """Return texts one below the other, each under a line that says whose it is, at which temperature and seed."""
    return "\n\n".join(f"# {_heading(each)}\n{each.text}" for each in columns) + "\n"


def _heading(column: Generation) -> str:
    temperature = f", temperature {column.temperatures[-1][1]:.2f}" if column.temperatures else ""
    return f"{column.source}{temperature}, seed {column.seed}"


def write_columns(folder: Path, columns: Sequence[Generation], now: datetime) -> Path:
    """Write texts one below the other to a text file, and the rest to a JSON file beside it; return the text's path."""
    stem = f"{now:%Y-%m-%d-%H%M%S}-{file_stem(columns[0].source)}-side-by-side"
    path = new_path(folder, stem, ".txt")
    folder.mkdir(parents=True, exist_ok=True)
    about = {"columns": [asdict(column) for column in columns]}
    replace_bytes(path.with_suffix(".json"), json.dumps(about, indent=2).encode())
    replace_bytes(path, side_by_side(columns).encode("utf-8", "surrogatepass"))
    return path


def write_branches(folder: Path, tree: BranchTree, now: datetime) -> Path:
    """A JSON file with every branch of a text; returns its path."""
    stem = f"{now:%Y-%m-%d-%H%M%S}-{file_stem(tree.generator.source)}-branches"
    path = new_path(folder, stem, ".json")
    folder.mkdir(parents=True, exist_ok=True)
    replace_bytes(path, json.dumps(tree.export(), indent=2).encode())
    return path


def keep_recent(folder: Path, written: Generation, now: datetime) -> None:
    """Add a text to the recent ones, the latest last; the oldest beyond MOST_RECENT are let go."""
    record = {"time": now.isoformat(timespec="seconds"), **asdict(written), "text": written.text[-LONGEST:]}
    path = folder / RECENT
    folder.mkdir(parents=True, exist_ok=True)
    before = path.read_bytes().splitlines() if path.exists() else []
    replace_bytes(path, b"\n".join([*before[1 - MOST_RECENT :], json.dumps(record).encode(), b""]))
