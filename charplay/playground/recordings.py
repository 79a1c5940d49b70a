"""Rides on disk: kept in the folder of texts, and opened from there or from anywhere."""

from datetime import datetime
from pathlib import Path

from charplay.corpora.reading import open_file
from charplay.fs.atomic import replace_bytes
from charplay.fs.paths import new_path, user_path
from charplay.sampling.generator import TextGenerator
from charplay.sampling.recording import LARGEST, Recording

ENDING = ".ride.json"
MOST = 200
"""Rides that are listed."""


def write_ride(folder: Path, generator: TextGenerator, now: datetime) -> Path:
    """Keep the ride of a generator's text; returns the file's path."""
    stem = f"{now:%Y-%m-%d-%H%M%S}-seed-{generator.params.seed}"
    path = new_path(folder, stem, ENDING)
    folder.mkdir(parents=True, exist_ok=True)
    write_ride_to(path, generator)
    return path


def write_ride_to(path: Path, generator: TextGenerator) -> None:
    """Keep the ride of a generator's text in a file of one's own choice, which is replaced. OSError."""
    replace_bytes(path, Recording.of(generator.transcript).to_json().encode())


def kept_rides(folder: Path) -> list[Path]:
    """The rides in a folder, the newest first: their names begin with the time."""
    try:
        return sorted((path for path in folder.iterdir() if path.name.endswith(ENDING)), reverse=True)[:MOST]
    except OSError:
        return []


def read_ride(path: Path) -> Recording:
    """The ride in a file.

    Raises:
        CorpusError: the file cannot be read.
        SettingError: it is no ride.
    """
    with open_file(user_path(path)) as file:
        data = file.read(LARGEST + 1) or b""
    return Recording.from_json(data)
