"""Prints results: text made safe for a terminal, notes, JSON lines, aligned tables."""

import json
import math
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TextIO

from charplay.cli.plain_output import is_accessible


def sanitize_for(text: str, stream: TextIO) -> str:
    """Sanitize outside text where `stream` is a terminal; leave it unchanged for a pipe or a file."""
    if not stream.isatty():
        return text
    from charplay.formatting.sanitize import sanitize

    return sanitize(text, newline="\n")


def print_safe(text: str, stream: TextIO | None = None) -> None:
    """Print text that may contain what a user, a file or a model wrote."""
    stream = stream or sys.stdout
    print(sanitize_for(text, stream), file=stream)


def print_note(sentence: str) -> None:
    """Print a note on stderr, after clearing the progress line where both streams are a terminal."""
    start = "\r\x1b[K" if sys.stdout.isatty() and sys.stderr.isatty() else ""
    print(start, end="", file=sys.stderr)
    print_safe(sentence, sys.stderr)


def progress_line(title: str) -> Callable[[float], bool]:
    """Return a watcher that prints the progress on a terminal, and clears the line at the end; plain output has none.

    It never cancels: Ctrl-C does.
    """

    def watch(share: float) -> bool:
        if sys.stderr.isatty() and not is_accessible():
            # At the end the line is cleared: what is printed next may be shorter.
            end = "\r\x1b[K" if share >= 1 else ""
            print(f"\r\x1b[K{title} {share:4.0%}", end=end, file=sys.stderr, flush=True)
        return True

    return watch


def print_json(value: object) -> None:
    """Print one JSON object on one line, and flush."""
    print(json.dumps(_plain(value), allow_nan=False), flush=True)


def _plain(value: object) -> object:
    """Replace NaN and infinity, which JSON does not have, by None."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, str) or not isinstance(value, Sequence):
        return value
    return [_plain(item) for item in value]


def print_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table with aligned columns, numbers to the right; None is blank."""
    from rich.cells import cell_len

    body = [
        [sanitize_for("" if cell is None else str(cell), sys.stdout).replace("\n", " ") for cell in row] for row in rows
    ]
    columns = list(zip(header, *body, strict=True))
    widths = [max(map(cell_len, column)) for column in columns]
    numeric = [any(column[1:]) and all(cell[:1].isdigit() or not cell for cell in column[1:]) for column in columns]
    for row in (header, *body):
        cells = []
        for cell, width, right in zip(row, widths, numeric, strict=True):
            gap = " " * (width - cell_len(cell))
            cells.append(gap + cell if right else cell + gap)
        print("  ".join(cells).rstrip())


def redirect_to_devnull(stream: TextIO) -> None:
    """Redirect a stream whose reader is gone to /dev/null, so that later writes and the flush at exit do not fail."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
