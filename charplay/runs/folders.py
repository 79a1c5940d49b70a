"""Looks at the folders of a home's runs without reading a run: pydantic and numpy are not loaded for it."""

from contextlib import suppress
from pathlib import Path

from charplay.runs.lock import Owner, owner

RUN_JSON = "run.json"
BEST, LATEST = "best.safetensors", "latest.safetensors"


def run_folders(checkpoints: Path) -> list[Path]:
    """List the runs' folders, by name; none where `checkpoints` cannot be read."""
    try:
        return sorted(path for path in checkpoints.iterdir() if path.is_dir() and path.name[0] != ".")
    except OSError:
        return []


def owned_runs(checkpoints: Path) -> list[tuple[Path, Owner]]:
    """List the runs that some process holds, the one that was written last first."""
    owned = [(folder, holder) for folder in run_folders(checkpoints) if (holder := owner(folder)) is not None]
    return sorted(owned, key=lambda each: -last_written(each[0]))


def last_written(folder: Path) -> float:
    """Return the newest modification time, in seconds since 1970, of the files that every save touches.

    Where there is none of them it is the folder's, which says less: a person's note changes it, too.
    """
    times = list[float]()
    for path in (folder / RUN_JSON, folder / "metrics.jsonl", folder / LATEST):
        with suppress(OSError):
            times.append(path.stat().st_mtime)
    if not times:
        with suppress(OSError):
            times.append(folder.stat().st_mtime)
    return max(times, default=0.0)
