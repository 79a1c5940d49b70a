"""Files of rows: one JSON object a line with its `step`, added at the end, readable while they grow.

A line that a crash left torn is no row, nor is one without a whole number as its step. Numbers that are not finite are
written as null, which every reader knows.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic_core import from_json, to_json

from charplay.fs import atomic
from charplay.fs.regular_files import open_regular

_TAIL = 32 * 1024
"""Bytes from the end in which the newest values are looked for."""


def append(path: Path, rows: Iterable[Mapping[str, object]]) -> None:
    """Add rows. Where the disk has no room for all of them OSError is raised and none is added."""
    data = b"".join(to_json(row, inf_nan_mode="null") + b"\n" for row in rows)
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK | os.O_CLOEXEC, 0o666)
    try:
        size = os.fstat(descriptor).st_size
        try:
            atomic.write_all(descriptor, data)
        except OSError:
            with suppress(OSError):
                os.ftruncate(descriptor, size)
            raise
    finally:
        os.close(descriptor)


def read(path: Path) -> list[dict[str, Any]]:
    """All rows, oldest first; none where the file does not exist."""
    return list(_rows(_read(path)))


def newest(path: Path) -> dict[str, Any]:
    """The newest value of every column, from the last rows only; empty where there is none."""
    try:
        with open_regular(path) as file:
            skipped = max(os.fstat(file.fileno()).st_size - _TAIL, 0)
            file.seek(skipped)
            data = file.read()
    except FileNotFoundError:
        return {}
    if skipped:
        data = data.partition(b"\n")[2]
    values: dict[str, Any] = {}
    for row in _rows(data):
        values |= {name: value for name, value in row.items() if value is not None}
    return values


def truncate_after(path: Path, step: int, size: int | None = None) -> None:
    """Remove, durably, the rows past `step`, all that was added after the first `size` bytes, and whatever is torn."""
    data = _read(path)
    kept = b"".join(to_json(row) + b"\n" for row in _rows(data[:size]) if row["step"] <= step)
    if kept != data:
        atomic.replace_bytes(path, kept)


def _read(path: Path) -> bytes:
    try:
        with open_regular(path) as file:
            return file.read()
    except FileNotFoundError:
        return b""


def _rows(data: bytes) -> Iterator[dict[str, Any]]:
    whole = data[: data.rfind(b"\n") + 1]  # what follows the last line's end is torn, or still being written
    for line in whole.splitlines():
        with suppress(ValueError):
            row = from_json(line, allow_inf_nan=False)
            if isinstance(row, dict) and isinstance(row.get("step"), int):
                yield row
