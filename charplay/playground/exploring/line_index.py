"""Where the lines of a text begin: counted once, a piece at a time, so that any line is found at once."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from charplay.corpora.corpus import Corpus
from charplay.corpora.progress import Watch
from charplay.corpora.vocabulary import CHUNK
from charplay.playground.jobs import BackgroundJob


class LineIndex:
    """Counts a text's line ends in the background; `ready` once it has. Lines are counted from 1."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._newline = corpus.vocabulary.characters.find("\n")
        self._job = BackgroundJob(self._count)

    def start(self) -> None:
        """Begin to count."""
        self._job.start()

    def cancel(self) -> None:
        """Count no further."""
        self._job.cancel()

    @property
    def ready(self) -> bool:
        """Whether everything is counted."""
        return self._job.done and self._job.fault is None

    @property
    def lines(self) -> int:
        """How many lines there are; a last one without an end is one, too."""
        ends = int(self._before[-1])
        return ends + (self._newline < 0 or int(self._corpus.ids[-1]) != self._newline)

    def line_of(self, position: int) -> int:
        """Return the number of the line that holds a character."""
        chunk = position // CHUNK
        return int(self._before[chunk]) + len(self._ends(chunk, position)) + 1

    def start_of(self, line: int) -> int:
        """Return the position of a line's first character; of the last line's for one beyond it."""
        wanted = max(0, min(line, self.lines) - 1)
        if not wanted:
            return 0
        chunk = int(np.searchsorted(self._before, wanted, "left")) - 1
        return chunk * CHUNK + int(self._ends(chunk)[wanted - int(self._before[chunk]) - 1]) + 1

    @cached_property
    def _before(self) -> NDArray[np.int64]:
        """How many lines have ended before each chunk, and in all."""
        assert self._job.result is not None
        return self._job.result

    def _ends(self, chunk: int, stop: int | None = None) -> NDArray[np.intp]:
        """Return where lines end in a chunk, before `stop`."""
        begin = chunk * CHUNK
        until = begin + CHUNK if stop is None else stop
        return np.flatnonzero(self._corpus.ids[begin:until] == self._newline)

    def _count(self, watch: Watch) -> NDArray[np.int64]:
        size = len(self._corpus)
        ends = [0]
        for begin in range(0, size, CHUNK):
            ends.append(int(np.count_nonzero(self._corpus.ids[begin : begin + CHUNK] == self._newline)))
            if not watch(begin / size):
                break
        return np.cumsum(ends)
