"""The tab with the whole text as a map, read while one looks at it, and the way into it down to the text."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from charplay.corpora.exploring.cross_fitted import CrossFittedNgrams
from charplay.corpora.exploring.text_map import ROUNDS, WINDOW, Figures, Grid, TextMap, WindowLosses
from charplay.formatting.loss_units import LossUnit
from charplay.playground.exploring.table import Column, Table
from charplay.playground.exploring.table_tab import Occurrences, write_csv, yielding
from charplay.playground.jobs import BackgroundJob, JobSlot
from charplay.sampling.window_losses import NetworkLosses

if TYPE_CHECKING:
    from charplay.corpora.corpus import Corpus
    from charplay.playground.unit_choice import UnitChoice
    from charplay.sampling.generator import TextGenerator

BEGINNING = 120
"""Characters of a window that are shown: a wide screen has no room for more."""
NGRAMS = "5-grams of the other half"
ORDERED = "A map is in the order of the text; <explorer.write> writes its cells as a table."


@dataclass
class _Level:
    """A part of the text that is looked at as a map."""

    map: TextMap
    cell: int = 0
    """That one stands on."""


class XrayTab:
    """Maps a text by how badly a network foretells it, or n-grams where no network has learned such a text.

    `look` says how much room there is, and has a few windows read at a time: nothing is read while nobody looks.
    """

    one = "window"

    def __init__(
        self, corpus: "Corpus", held_out_start: int, test_start: int, writer: "Callable[[], TextGenerator | None]",
        unit: "UnitChoice",
    ) -> None:  # fmt: skip
        """`writer` gives what writes now; `held_out_start` and `test_start` are where those parts begin.

        `unit`: in which figures are shown; they are kept in nats.
        """
        self._corpus = corpus
        self._chosen = unit
        self._border, self._test_start = held_out_start, test_start
        self._writer = writer
        self._levels: list[_Level] = []
        """From the whole text down to the part that is shown."""
        self._room = (0, 0)
        self.network = ""
        """Whose loss is shown; empty for n-grams."""
        self._losses: WindowLosses | None = None
        self._ngrams: CrossFittedNgrams | None = None
        self._counting = JobSlot[CrossFittedNgrams]()
        self._reading = JobSlot[Figures]()
        self._writing = JobSlot[Path]()
        self._wanted = 0
        """A position whose cell is to be gone to, once there is a map."""
        self._failed = False
        self.revision = 0
        self._said = ""

    # Its jobs.

    def open(self, position: int | None) -> None:
        """Go to the cell of a position, in the whole text where the part that is shown does not have it."""
        if self._losses is None and not self._counting.busy and not self._failed:
            generator = self._writer()
            # A network with just the characters of this text has learned it, or one like it.
            if generator is not None and generator.model.vocabulary == self._corpus.vocabulary:
                self._use_network(generator)
        if position is None:
            return
        self._wanted = position
        while len(self._levels) > 1 and not self._is_shown(position):
            self.back()
        if self._levels:
            self.stand_on(self.map.grid.cell_at(position))

    def look(self, columns: int, rows: int) -> None:
        """Take note how much room there is for the map, and go on reading."""
        if not columns or not rows:
            return
        if (columns, rows) != self._room:
            self._room = (columns, rows)
            self._lay_out()
        if self._failed or self._reading.busy or self._counting.busy:
            return
        if self._losses is None:
            self._count()
        elif len((windows := self.map.pending(self._losses.batch)).starts):
            losses = self._losses
            self._reading.put(BackgroundJob(lambda watch: losses.nats(windows, yielding(watch))).start())

    def advance(self) -> bool:
        """Take in what was counted, read or written."""
        ended = [self._take_counted(), self._take_read(), self._take_written()]
        self.revision += any(ended)
        return any(ended)

    def cancel(self) -> bool:
        """Give up what is under way; looking at it goes on with it."""
        slots: list[JobSlot[Any]] = [self._counting, self._reading, self._writing]
        given_up = [slot.cancel() for slot in slots]
        return any(given_up)

    @property
    def at_work(self) -> bool:
        """Whether anything is under way, or there is more to be read."""
        unread = bool(self._levels) and self.map.share_read < 1 and not self._failed
        return unread or self._counting.busy or self._writing.busy

    def take_said(self) -> str:
        """Return what there is to say since the last call; empty where there is nothing."""
        said, self._said = self._said, ""
        return said

    def _count(self) -> None:
        corpus = self._corpus
        self._counting.put(BackgroundJob(lambda watch: CrossFittedNgrams(corpus, yielding(watch))).start())

    def _take_counted(self) -> bool:
        if (job := self._counting.take_ended()) is None:
            return False
        self._losses = self._ngrams = job.result
        self._take_fault(job.fault)
        return True

    def _take_read(self) -> bool:
        if (job := self._reading.take_ended()) is None:
            return False
        if job.result is not None:
            self.map.take(job.result)
        self._take_fault(job.fault)
        return True

    def _take_written(self) -> bool:
        if (job := self._writing.take_ended()) is None:
            return False
        self._said = f"The file cannot be written: {job.fault}" if job.fault is not None else f"Written: {job.result}"
        return True

    def _take_fault(self, fault: Exception | None) -> None:
        if fault is not None:
            self._failed = True
            self._said = f"The map cannot be read any further: {fault}; v tries another measure."

    # The maps.

    @property
    def map(self) -> TextMap:
        """The one that is shown; there is none before anybody has looked."""
        return self._levels[-1].map

    @property
    def ready(self) -> bool:
        """Whether there is a map."""
        return bool(self._levels)

    @property
    def cell(self) -> int:
        """That one stands on."""
        return self._levels[-1].cell if self._levels else 0

    def stand_on(self, cell: int) -> None:
        """Move to another cell."""
        self._levels[-1].cell = cell
        self.revision += 1

    @property
    def rows(self) -> Sequence[tuple[str, range]]:
        """Each row of the map: what stands at its left, and its cells; none in the row between the parts."""
        grid, size = self.map.grid, len(self._corpus)
        places = 1 if len(self._levels) == 1 else 4
        test = f", for a test from {self._test_start:,} on" if self._test_start < size else ""
        rows = []
        for cells in grid.rows:
            if not cells:
                rows.append((f"held out, from character {self._border:,} on ({self._border / size:.1%}){test}", cells))
            else:
                rows.append((f"{grid.starts[cells[0]] / size:.{places}%}", cells))
        return rows

    def _is_shown(self, position: int) -> bool:
        parts = self.map.grid.parts
        return parts[0][0] <= position < parts[-1][1]

    def _new_map(self, start: int, stop: int) -> TextMap:
        return TextMap(Grid.fit(start, stop, self._border, *self._room))

    def _lay_out(self) -> None:
        """Make all maps anew, with one's place in each, for another room or another measure."""
        self._reading.cancel()  # what it reads is of a map that goes
        if not self._levels:
            self._levels = [_Level(self._new_map(0, len(self._corpus)))]
            self.stand_on(self.map.grid.cell_at(self._wanted))
        for level in self._levels:
            grid = level.map.grid
            place = int(grid.starts[level.cell])
            level.map = self._new_map(grid.parts[0][0], grid.parts[-1][1])
            level.cell = level.map.grid.cell_at(place)
        self.revision += 1

    # What is shown around it.

    @property
    def _unit(self) -> LossUnit:
        """In which unit figures of this text are shown."""
        chosen = self._chosen.current
        return chosen.on(self._bytes_per_character) if chosen.of_bytes else chosen

    @cached_property
    def _bytes_per_character(self) -> float:
        return self._corpus.utf8_bytes() / len(self._corpus)

    def facts(self) -> str:
        """Say by what the text is measured, and how far that is."""
        source = self.network or NGRAMS
        if self._counting.busy or not self._levels:
            return f"counting {source}"
        read = self.map.share_read
        return source if read == 1 else f"{int(100 * read)} % read, {source}"

    def legend(self) -> list[str]:
        """Return from which figure on each band goes, from the lowest one on; empty where nothing is read."""
        borders = self.map.borders().tolist() if self._levels else [np.nan]
        if np.isnan(borders[0]):
            return []
        unit = self._unit
        return ["below", *(unit.number(border, 2) for border in borders[:-1]), unit.write(borders[-1], 2)]

    @property
    def position(self) -> int | None:
        """Where the worst window of the cell begins that one stands on."""
        return int(self.map.worst[self.cell]) if self._levels else None

    def line_facts(self) -> str:
        """Say where the worst window of the cell is, and its figure."""
        if (at := self.position) is None:
            return ""
        nats = float(self.map.nats[self.cell])
        figure = self._unit.write(nats) if not np.isnan(nats) else "unread, or unknown"
        facts = [f"character {at:,}", f"{at / len(self._corpus):.1%}", figure]
        if at >= self._border:
            facts.append("held out" if at < self._test_start else "test part")
        return "   ".join(facts)

    def work_facts(self) -> str:
        """Return how the worst window begins."""
        return "" if (at := self.position) is None else self._corpus.text(at, at + BEGINNING)

    # What keys do.

    def back(self) -> bool:
        """Zoom out."""
        if len(self._levels) < 2:
            return False
        self._reading.cancel()  # what it reads is of a map that goes
        self._levels.pop()
        self.revision += 1
        return True

    def enter(self) -> bool:
        """Zoom into the cell that one stands on; False where all of its windows have a figure in this map."""
        if not self._levels:
            return False
        start, stop = self.map.grid.span(self.cell)
        if stop - start <= len(ROUNDS) * WINDOW:
            return False
        self._reading.cancel()  # what it reads is of a map that goes
        place = self.position
        self._levels.append(_Level(self._new_map(start, stop)))
        self.stand_on(self.map.grid.cell_at(place if place is not None else start))
        return True

    def occurrences(self) -> Occurrences | None:
        """Return the worst window of the cell that one stands on."""
        return None if (at := self.position) is None else Occurrences("", at, len(self.copied()))

    def copied(self) -> str:
        """Return the text of the worst window."""
        return "" if (at := self.position) is None else self._corpus.text(at, at + WINDOW)

    def sort(self) -> str:
        """Say that a map is not sorted."""
        return ORDERED

    def reverse(self) -> str:
        """Say that a map is not sorted."""
        return ORDERED

    def change_tint(self) -> str:
        """Show the loss of the network that writes now in place of the n-grams', or the other way round."""
        if not self.network:
            if (generator := self._writer()) is None:
                return "No network writes yet; this is by n-grams."
            self._use_network(generator)
        else:
            self.network, self._losses = "", self._ngrams
        self._failed = False
        if self._levels:
            self._lay_out()
        return ""

    def _use_network(self, generator: "TextGenerator") -> None:
        self._counting.cancel()
        self.network = generator.source
        self._losses = NetworkLosses(generator.model, self._corpus.text)

    def write(self, folder: Path, stem: str) -> str:
        """Write the cells as CSV into a folder, under a new name; return why that cannot be."""
        if not self._levels:
            return self.facts()
        if not self._writing.busy:
            table = _table(self.map, self._unit)
            self._writing.put(BackgroundJob(lambda watch: write_csv(folder, stem, table, yielding(watch))).start())
        return ""


def _table(found: TextMap, unit: LossUnit) -> Table:
    """Make a table of a map's cells as they are by now, with the figures in a unit."""
    grid, nats, worst = found.grid, found.nats.copy(), found.worst.copy()
    spans = [grid.span(cell) for cell in range(len(grid))]
    return Table(
        [
            Column("position", 11, lambda row: str(spans[row][0])),
            Column("characters", 11, lambda row: str(spans[row][1] - spans[row][0])),
            Column(unit.heading, 7, lambda row: "" if np.isnan(nats[row]) else unit.number(float(nats[row]), 4)),
            Column("worst", 11, lambda row: str(int(worst[row])), name="worst window"),
        ],
        len(spans),
        sorted_by=0,
    )
