"""A tab with a table: counted in the background once it is opened, with a line that one stands on."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from charplay.corpora.errors import CorpusError
from charplay.corpora.progress import Progress, Watch
from charplay.fs.atomic import replace_bytes
from charplay.fs.paths import new_path
from charplay.playground.jobs import BackgroundJob, JobSlot

if TYPE_CHECKING:
    from charplay.corpora.exploring.search import Hits
    from charplay.playground.exploring.table import Table

PAUSE = 0.0002
"""Seconds that a job waits at each report: the screen has its turn then, as one thread of Python runs at a time."""


def yielding(watch: Watch) -> Progress:
    """Return the progress of a job that yields to the screen at each report."""

    def report(share: float) -> bool:
        time.sleep(PAUSE)
        return watch(share)

    return Progress(report)


@dataclass(frozen=True)
class Occurrences:
    """The places of what stands in a row."""

    title: str
    """What is looked for, as it is shown."""
    first: int | None
    """The first character of one of them; None where that is to be found."""
    length: int
    find: "Callable[[Progress], Hits] | None" = None
    """Finds all of them; None where they are the hits of the search already."""


@dataclass(frozen=True)
class Counted:
    """What was counted for a tab."""

    table: "Table"
    facts: str
    """A sentence about all of it."""
    occurrences: "Callable[[int], Occurrences]"
    """Gives the places of a row."""
    row_at: "Callable[[int], int | None]"
    """Gives the row of what stands at a position of the text; None where there is none."""
    in_sight: "RowsInSight | None" = None
    around: "Callable[[int], TableTab] | None" = None
    """Gives the table of what comes near a row; None where there is none."""
    facts_now: "Callable[[], str] | None" = None
    """Gives the sentence where it changes, in place of `facts`."""
    row_facts: "Callable[[int], str] | None" = None
    """Says more of a row than its cells do."""


class RowsInSight(Protocol):
    """What is found out of the rows in sight alone."""

    @property
    def at_work(self) -> bool:
        """Whether anything is under way."""

    def look(self, rows: Sequence[int]) -> None:
        """Take note which rows are in sight."""

    def advance(self) -> bool:
        """Take in what was found; True where something was."""

    def cancel(self) -> None:
        """Give up what is under way."""


class TableTab:
    """A tab with a table. `count` makes it; a job of its own does that, and another one searches or writes."""

    one = "row"
    position = None
    """A row comes at many places."""

    def __init__(self, what: str, count: Callable[[Progress], Counted] | None, missing: str = "") -> None:
        """`what`: is counted, in the plural; without `count` there is nothing to be counted, and `missing` says so."""
        self.what = what
        self._missing = missing
        self._count = count
        self._counting = JobSlot[Counted]()
        self._finding = JobSlot[int | None]()
        self._writing = JobSlot[Path]()
        self.counted: Counted | None = None
        self.line = 0
        """The one that the cursor stands on."""
        self.needle = ""
        """What is looked for among the rows."""
        self.revision = 0
        """Another number after every change of what is shown."""
        self._wanted: int | None = None
        """A position whose row is to be gone to."""
        self._said = ""

    # Its jobs.

    def open(self, position: int | None) -> None:
        """Count, where that was not done yet, and go to the row of what stands at a position, where one is given."""
        if position is not None:
            self._wanted = position
        count = self._count
        if self.counted is None and not self._counting.busy and count is not None:
            self._counting.put(BackgroundJob(lambda watch: count(yielding(watch))).start())
        self._go_to_wanted()

    def cancel(self) -> bool:
        """Give up what is under way; False where nothing is."""
        slots: dict[str, JobSlot[Any]] = {
            "The count": self._counting,
            "The search": self._finding,
            "The file": self._writing,
        }
        given_up = [what for what, slot in slots.items() if slot.cancel()]
        if given_up:
            self._say(f"{given_up[0]} was given up.")
        if self.counted is not None and self.counted.in_sight is not None:
            self.counted.in_sight.cancel()
        self.revision += bool(given_up)
        return bool(given_up)

    def back(self) -> bool:
        """Give up what is under way."""
        return self.cancel()

    @property
    def at_work(self) -> bool:
        """Whether anything is under way."""
        counted = self.counted
        around = counted is not None and (
            counted.table.sorting or (counted.in_sight is not None and counted.in_sight.at_work)
        )
        return around or any(slot.busy for slot in (self._counting, self._finding, self._writing))

    def advance(self) -> bool:
        """Take in what was found; True where something has ended."""
        ended = self._take_counted()
        if self.table is not None and self.table.advance():
            ended, self.line = True, 0
        ended |= self._take_found()
        ended |= self._take_written()
        if self.counted is not None and self.counted.in_sight is not None:
            ended |= self.counted.in_sight.advance()
        self.revision += ended
        return ended

    def look(self, first: int, last: int) -> None:
        """Take note which lines are in sight: from one up to another."""
        if self.counted is not None and self.counted.in_sight is not None:
            table = self.counted.table
            self.counted.in_sight.look([table.row(line) for line in range(first, min(last, len(table)))])

    def _take_counted(self) -> bool:
        ended = self._counting.take_ended()
        if ended is None:
            return False
        self.counted = ended.result
        if ended.fault is not None:
            self._say(_sentence(ended.fault))
        self._go_to_wanted()
        return True

    def _take_found(self) -> bool:
        ended = self._finding.take_ended()
        if ended is None:
            return False
        if ended.result is None:
            self._say(_sentence(ended.fault) if ended.fault else f'"{self.needle}" is in no row.')
        else:
            self.line = ended.result
        return True

    def _take_written(self) -> bool:
        ended = self._writing.take_ended()
        if ended is None:
            return False
        self._say(_sentence(ended.fault) if ended.fault is not None else f"Written: {ended.result}")
        return True

    def _go_to_wanted(self) -> None:
        if self.counted is not None and self._wanted is not None:
            row = self.counted.row_at(self._wanted)
            if row is not None:
                self.line = self.counted.table.line(row)
                self.revision += 1
            self._wanted = None

    def take_said(self) -> str:
        """Return what there is to say since the last call; empty where there is nothing."""
        said, self._said = self._said, ""
        return said

    def _say(self, sentence: str) -> None:
        self._said = sentence

    # What is shown.

    @property
    def table(self) -> "Table | None":
        """The table; None until it is counted."""
        return self.counted.table if self.counted is not None else None

    def facts(self) -> str:
        """Say what is in the table, or how far the count is."""
        if self._counting.busy:
            return f"counting {self.what}, {max(0, self._counting.percent)} %, esc gives up"
        if self._count is None:
            return self._missing
        if self.counted is None:
            return f"The {self.what} were not counted; opening the tab again counts them."
        return self.counted.facts if self.counted.facts_now is None else self.counted.facts_now()

    def line_facts(self) -> str:
        """Say on which row one stands."""
        counted = self.counted
        if counted is None or not len(counted.table):
            return ""
        more = counted.row_facts(counted.table.row(self.line)) if counted.row_facts is not None else ""
        return "   ".join(filter(None, (f"row {self.line + 1:,} of {len(counted.table):,}", more)))

    def copied(self) -> str:
        """Return the row that one stands on, with tabs between its cells; empty where there is none."""
        return self.table.copied(self.line) if self.table is not None and len(self.table) else ""

    def work_facts(self) -> str:
        """Say what is under way with the table; empty where nothing is."""
        if self.table is not None and self.table.sorting:
            return "sorting"
        looking = self._finding.busy
        slot, what = (self._finding, f'looking for "{self.needle}"') if looking else (self._writing, "writing")
        return f"{what}, {max(0, slot.percent)} %, esc gives up" if slot.busy else ""

    # What keys do.

    def enter(self) -> bool:
        """Leave it to the text to show where a row comes."""
        return False

    def change_tint(self) -> str:
        """Say that a table has none."""
        return "That tints the text; 1 opens it."

    def sort(self) -> str:
        """Sort by the next column; return why that cannot be."""
        return self._sorted(lambda table: table.sort_by_next())

    def reverse(self) -> str:
        """Sort the other way round; return why that cannot be."""
        return self._sorted(lambda table: table.reverse())

    def _sorted(self, sort: "Callable[[Table], None]") -> str:
        if self.table is None:
            return self.facts()
        sort(self.table)
        self.line = 0
        self.revision += 1
        return ""

    def find(self, needle: str, direction: int = 1, *, here: bool = False) -> str:
        """Look for the next row that has a text, `here` also the present one; return why that cannot be."""
        table = self.table
        if table is None or not len(table):
            return self.facts()
        if not needle:
            return "Nothing is searched yet: / asks for what."
        self.needle, line = needle, self.line - direction * here
        search = BackgroundJob(lambda watch: table.find(needle, line, direction, yielding(watch)))
        self._finding.put(search.start())
        return ""

    def write(self, folder: Path, stem: str) -> str:
        """Write the table as CSV into a folder, under a new name; return why that cannot be."""
        table = self.table
        if table is None:
            return self.facts()
        if not self._writing.busy:
            self._writing.put(BackgroundJob(lambda watch: write_csv(folder, stem, table, yielding(watch))).start())
        return ""

    def around(self) -> "TableTab | None":
        """Return the table of what comes near the row that one stands on; None where there is none."""
        counted = self.counted
        if counted is None or counted.around is None or self.line >= len(counted.table):
            return None
        return counted.around(counted.table.row(self.line))

    def occurrences(self) -> Occurrences | None:
        """Return the places of the row that one stands on; None where there is none."""
        table = self.table
        if self.counted is None or table is None or self.line >= len(table):
            return None
        return self.counted.occurrences(table.row(self.line))


def write_csv(folder: Path, stem: str, table: "Table", progress: Progress) -> Path:
    """Write a table into a folder, under a new name, and return its path. Raises OSError, Cancelled."""
    folder.mkdir(parents=True, exist_ok=True)
    data = "".join(table.csv(progress)).encode("utf-8", "surrogatepass")
    path = new_path(folder, stem, ".csv")
    replace_bytes(path, data)
    return path


def _sentence(fault: Exception) -> str:
    if isinstance(fault, CorpusError):
        return str(fault)
    return f"That failed: {fault}" if not isinstance(fault, OSError) else f"The file cannot be written: {fault}"
