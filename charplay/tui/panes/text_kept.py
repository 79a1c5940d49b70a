"""Generated texts on disk: the ones the user keeps, and the last few kept by themselves."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from charplay.runs.durable import replace_bytes

RECENT = "recent.jsonl"
MOST_RECENT = 20
LONGEST = 20_000
"""Characters that a text kept by itself has at most: its end."""


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
    filters: Mapping[str, float] = field(default_factory=dict)


def write_text(folder: Path, generation: Generation, now: datetime) -> Path:
    """A text file with the text alone, and beside it a JSON file with the rest; returns the text file's path."""
    source = re.sub(r"[^a-z0-9]+", "-", generation.source.lower()).strip("-")[:60] or "text"
    stem = f"{now:%Y-%m-%d-%H%M%S}-{source}-seed-{generation.seed}"
    number = next(n for n in range(1, 1_000_000) if not (folder / f"{_numbered(stem, n)}.txt").exists())
    path = folder / f"{_numbered(stem, number)}.txt"
    folder.mkdir(parents=True, exist_ok=True)
    about = {name: value for name, value in asdict(generation).items() if name != "text"}
    replace_bytes(path.with_suffix(".json"), json.dumps(about, indent=2).encode())
    replace_bytes(path, generation.text.encode("utf-8", "surrogatepass"))
    return path


def _numbered(stem: str, number: int) -> str:
    return stem if number == 1 else f"{stem}-{number}"


def keep_recent(folder: Path, generation: Generation, now: datetime) -> None:
    """Add a text to the recent ones, the latest last; the oldest beyond MOST_RECENT are let go."""
    record = {"time": now.isoformat(timespec="seconds"), **asdict(generation), "text": generation.text[-LONGEST:]}
    path = folder / RECENT
    folder.mkdir(parents=True, exist_ok=True)
    before = path.read_bytes().splitlines() if path.exists() else []
    replace_bytes(path, b"\n".join([*before[1 - MOST_RECENT :], json.dumps(record).encode(), b""]))
