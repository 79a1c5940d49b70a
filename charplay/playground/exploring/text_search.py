"""A search through a text: what is searched, how far it has come, its hits, and which of them one stands on."""

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from charplay.corpora.errors import CorpusError
from charplay.corpora.exploring.search import LONGEST_MATCH, Hits, Query, search
from charplay.corpora.progress import Progress
from charplay.formatting.escapes import unescape
from charplay.formatting.units import plural
from charplay.playground.jobs import BackgroundJob, JobSlot

if TYPE_CHECKING:
    from charplay.corpora.corpus import Corpus

MODES = ("ignoring case", "exactly", "by expression")
"""How a text is searched."""

_CODE_POINT = re.compile(r"\\u\{[0-9a-fA-F]{1,6}\}")

Span = tuple[int, int]
"""From which character up to which."""


def make_query(pattern: str, mode: str) -> Query:
    """Return what is searched, in one of MODES; an expression heeds case. CorpusError."""
    return Query(pattern, is_regex=mode == MODES[2], ignores_case=mode == MODES[0])


def meant_in_regex(typed: str) -> str:
    r"""Return an expression as it is meant: what a field shows as `\u{301}` is that character."""
    return _CODE_POINT.sub(lambda match: re.escape(unescape(match[0])), typed)


class TextSearch:
    """The search that was made last. A newer one takes its place; its hits stay until then."""

    def __init__(self, corpus: "Corpus") -> None:
        self._corpus = corpus
        self._search = JobSlot[Hits]()
        self.title = ""
        """What is searched, as it is shown; empty before the first search."""
        self.hits: Hits | None = None
        """What was found; None while it is looked for."""
        self.fault = ""
        """Why it could not be searched."""
        self.revision = 0
        """Another number after every change."""

    @property
    def running(self) -> bool:
        """Whether it is looked for just now."""
        return self._search.busy

    @property
    def percent(self) -> int:
        """How much of the text was looked through."""
        return max(0, self._search.percent) if self.running else 100

    @property
    def quoted(self) -> str:
        """What is searched, in a sentence."""
        return f'"{self.title}"'

    def facts(self, position: int) -> str:
        """Say what is searched, and how far it is, or which hit stands at a position."""
        if not self.title:
            return ""
        if self.running:
            return f"searching {self.quoted}, {self.percent} %, esc gives up"
        hits = self.hits
        if hits is None or not hits.count:
            return f"{self.quoted}: {'no hit' if hits is not None else 'not searched'}"
        number = int(hits.positions.searchsorted(position))
        on = number < len(hits) and int(hits.positions[number]) == position
        which = f"{number + 1:,} of " if on else ""
        return f"{self.quoted}: {which}{plural(hits.count, 'hit')}"

    def start(self, title: str, find: Callable[[Progress], Hits]) -> None:
        """Look from now on for what `find` finds."""
        self.cancel()
        self.title, self.hits, self.fault = title, None, ""
        self._search.put(BackgroundJob(lambda watch: find(Progress(watch))).start())
        self.revision += 1

    def start_query(self, query: Query) -> None:
        """Search from now on for this."""
        self.start(query.pattern, lambda progress: search(self._corpus, query, progress))

    def cancel(self) -> bool:
        """Give the search under way up; False where none is."""
        if not self._search.cancel():
            return False
        if self.hits is None:
            self.title = ""
        self.revision += 1
        return True

    def advance(self) -> bool:
        """Take what was found; True where the search has just ended."""
        ended = self._search.take_ended()
        if ended is None:
            return False
        self.hits, fault = ended.result, ended.fault
        if fault is not None:
            self.fault = str(fault) if isinstance(fault, CorpusError) else f"The search failed: {fault}"
        self.revision += 1
        return True

    def step(self, position: int, direction: int) -> tuple[int, bool] | None:
        """Return the number of the nearest hit after (1) or before (-1) a position, and whether that is around an end.

        None where there is no hit at all.
        """
        hits = self.hits
        if hits is None or not len(hits):
            return None
        number = hits.after(position) if direction > 0 else hits.before(position)
        if number is not None:
            return number, False
        return (0 if direction > 0 else len(hits) - 1), True

    def span(self, number: int) -> Span:
        """Return where a hit lies."""
        assert self.hits is not None
        start = int(self.hits.positions[number])
        return start, start + int(self.hits.lengths[number])

    def spans(self, start: int, stop: int) -> Sequence[Span]:
        """Return the hits that lie between two characters, also in part."""
        hits = self.hits
        if hits is None or not len(hits):
            return ()
        first = int(hits.positions.searchsorted(start - LONGEST_MATCH))
        last = int(hits.positions.searchsorted(stop))
        starts, sizes = hits.positions[first:last].tolist(), hits.lengths[first:last].tolist()
        return [(at, at + size) for at, size in zip(starts, sizes, strict=True) if at + size > start]
