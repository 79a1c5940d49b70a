"""A table of what is in a text: rows of figures, sorted by any column, searched, and written as CSV."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from charplay.corpora.progress import Progress
from charplay.playground.jobs import BackgroundJob, JobSlot

SORTED_AT_ONCE = 10_000
"""Rows that are sorted while one waits; more are sorted in the background."""
LOOKED_AT_ONCE = 200
"""Rows between two looks at whether to go on."""


@dataclass(frozen=True)
class Column:
    """One figure of every row. Rows are numbered from 0 as they were counted, however they are sorted."""

    title: str
    """Over the table, where there is little room."""
    width: int
    """Cells; 0 takes what the others leave, `most` of them where that is given."""
    text: Callable[[int], str]
    """What a row shows; outside text, not yet made safe."""
    keys: Callable[[], NDArray[Any]] | None = None
    """(n,) what rows are sorted by; None where they cannot be."""
    value: Callable[[int], object] | None = None
    """What stands in the CSV; None takes the text."""
    is_text: bool = False
    """Whether it is text, aligned to the left and searched; else it is a figure."""
    cut: Literal["start", "middle", "end"] = "end"
    """Where a text too long for its place is cut; one that is cut at its start stands to the right."""
    most: int = 0
    gap: int = 1
    """Cells between it and the next one."""
    tone: str = "plain"
    falls: bool = True
    """Whether the largest come first when one sorts by it first."""
    name: str = ""
    """In the CSV; empty is the title, and one without either is left out there."""

    @property
    def heading(self) -> str:
        """Its name in the CSV."""
        return self.name or self.title

    @property
    def is_right(self) -> bool:
        """Whether it stands to the right."""
        return self.cut == "start" or not self.is_text


class Table:
    """Rows in an order. `line` counts them as they are shown, `row` as they were counted."""

    def __init__(self, columns: Sequence[Column], rows: int, sorted_by: int) -> None:
        """`sorted_by`: the column whose order the rows came in."""
        self.columns = columns
        self.rows = rows
        self.sorted_by = sorted_by
        self.falls = columns[sorted_by].falls
        self._order: NDArray[np.intp] | None = None
        self._sorting = JobSlot[NDArray[np.intp]]()

    def __len__(self) -> int:
        return self.rows

    @property
    def sorting(self) -> bool:
        """Whether it is being sorted just now."""
        return self._sorting.busy

    def row(self, line: int) -> int:
        """Return which row stands on a line."""
        return line if self._order is None else int(self._order[line])

    def line(self, row: int) -> int:
        """Return on which line a row stands."""
        return row if self._order is None else int(np.flatnonzero(self._order == row)[0])

    def texts(self, line: int) -> list[str]:
        """Return what the cells of a line show."""
        row = self.row(line)
        return [column.text(row) for column in self.columns]

    # The order.

    def sort_by_next(self) -> None:
        """Sort by the next column that rows can be sorted by."""
        numbers = [at for at, column in enumerate(self.columns) if column.keys is not None]
        later = [at for at in numbers if at > self.sorted_by]
        self.sort(later[0] if later else numbers[0])

    def reverse(self) -> None:
        """Sort by the same column the other way round."""
        self.sort(self.sorted_by, falls=not self.falls)

    def sort(self, column: int, *, falls: bool | None = None) -> None:
        """Sort by a column, alike ones as they were counted; the rows stay as they are until that is done."""
        keys = self.columns[column].keys
        assert keys is not None
        self.sorted_by = column
        self.falls = self.columns[column].falls if falls is None else falls
        job = BackgroundJob(lambda _: _sorted(keys(), falls=self.falls))
        self._sorting.put(job)
        if self.rows <= SORTED_AT_ONCE:
            job.run()
            self.advance()
        else:
            job.start()

    def advance(self) -> bool:
        """Take in the order that was found; True where that has just come."""
        ended = self._sorting.take_ended()
        if ended is not None and ended.result is not None:
            self._order = ended.result
        return ended is not None

    # The rows.

    def find(self, needle: str, line: int, direction: int, progress: Progress) -> int | None:
        """Return the next line (1) or the one before (-1) that has a text in a cell, ignoring case, around the ends.

        Raises Cancelled.
        """
        wanted, texts = needle.casefold(), [column.text for column in self.columns if column.is_text]
        for step in range(1, self.rows + 1):
            if step % LOOKED_AT_ONCE == 0:
                progress.at(step / self.rows)
            at = (line + direction * step) % self.rows
            row = self.row(at)
            if any(wanted in text(row).casefold() for text in texts):
                return at
        return None

    def csv(self, progress: Progress) -> Iterator[str]:
        """Yield the table as CSV (RFC 4180), a heading first, in the order shown. Raises Cancelled."""
        yield _csv_line([column.heading for column in self.columns if column.heading])
        columns = [column.value or column.text for column in self.columns if column.heading]
        for line in range(self.rows):
            if line % LOOKED_AT_ONCE == 0:
                progress.at(line / self.rows)
            yield _csv_line([value(self.row(line)) for value in columns])

    def copied(self, line: int) -> str:
        """Return a line with tabs between its cells."""
        row = self.row(line)
        return "\t".join(str((column.value or column.text)(row)) for column in self.columns if column.heading)


def _sorted(keys: NDArray[Any], *, falls: bool) -> NDArray[np.intp]:
    """Sort, alike ones in their order also where it falls."""
    if falls:
        return (len(keys) - 1 - np.argsort(keys[::-1], kind="stable"))[::-1]
    return np.argsort(keys, kind="stable")


def _csv_line(cells: Sequence[object]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()
