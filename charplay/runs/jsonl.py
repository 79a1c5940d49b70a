"""JSON Lines files: one object a line, each with its `step`, appended while a run trains.

U+0085, U+2028 and U+2029 are written as escapes, since `str.splitlines` and many programs would end the line at them.
Readers skip lines that a crash left incomplete, and those whose step is no integer from 0 on. NaN and infinity are
written as null, since JSON has neither.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic_core import from_json, to_json

from charplay.fs import atomic
from charplay.fs.regular_files import open_regular

_LINE_BREAKS = tuple((mark.encode(), f"\\u{ord(mark):04x}".encode()) for mark in "\x85\u2028\u2029")
_TAIL = 32 * 1024
"""Bytes at the file's end that `newest` reads."""
_BATCH = 64 * 1024
"""Bytes that are read at once: some hundred rows, a millisecond's work."""

Rows = list[dict[str, Any]]


def append(path: Path, rows: Iterable[Mapping[str, object]]) -> None:
    """Append rows: all of them, or none where OSError is raised because the disk is full."""
    data = b"".join(map(_line, rows))
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


def read(path: Path) -> Rows:
    """Read all rows, oldest first; none where the file does not exist."""
    return [row for _, rows in batches(path) for row in rows]


def batches(path: Path) -> Iterator[tuple[float, Rows]]:
    """Read all rows piece by piece, oldest first, each piece with the share of the file (0 to 1) that is read by then.

    A file of a million rows has some hundred megabytes: so it is never in memory as a whole, and whoever reads it may
    stop in between.
    """
    with suppress(FileNotFoundError), open_regular(path) as file:
        size, position, torn = os.fstat(file.fileno()).st_size, 0, list[bytes]()
        while block := file.read(_BATCH):
            position += len(block)
            whole, newline, rest = block.rpartition(b"\n")
            if newline:
                yield position / max(size, position), list(_rows(b"".join([*torn, whole, newline])))
                torn.clear()
            torn.append(rest)  # of a line that goes on in the next block


def newest(path: Path, columns: AbstractSet[str] | None = None) -> dict[str, Any]:
    """Read the newest value of every column, or of some, from the file's end; empty where the file has no rows."""
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
    if columns is not None:  # one that stands nowhere is not looked for in every row
        columns = {name for name in columns if f'"{name}"'.encode() in data}
    for row in _rows(data, newest_first=True):
        values = {name: value for name, value in row.items() if value is not None} | values
        if columns is not None and values.keys() >= columns:
            break
    return values


def truncate_after(path: Path, step: int, size: int | None = None) -> None:
    """Remove the rows past `step`, those after the first `size` bytes, and incomplete lines; atomically, durably."""
    data = _read(path)
    kept = b"".join(_line(row) for row in _rows(data[:size]) if row["step"] <= step)
    if kept != data:
        atomic.replace_bytes(path, kept)


def _line(row: Mapping[str, object]) -> bytes:
    line = to_json(row, inf_nan_mode="null")
    for mark, escaped in _LINE_BREAKS:
        line = line.replace(mark, escaped)
    return line + b"\n"


def _read(path: Path) -> bytes:
    try:
        with open_regular(path) as file:
            return file.read()
    except FileNotFoundError:
        return b""


def _rows(data: bytes, *, newest_first: bool = False) -> Iterator[dict[str, Any]]:
    whole = data[: data.rfind(b"\n") + 1]  # what follows the last newline is incomplete, or still being written
    lines = whole.splitlines()
    for line in reversed(lines) if newest_first else lines:
        try:
            row = from_json(line, allow_inf_nan=False)
        except ValueError:
            continue
        if isinstance(row, dict) and isinstance(step := row.get("step"), int) and step >= 0:
            yield row
