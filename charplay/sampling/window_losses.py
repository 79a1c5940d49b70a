"""The loss of a model at many places of a text at once, read side by side."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from charplay.corpora.exploring.text_map import Figures, Windows
from charplay.corpora.progress import Progress
from charplay.sampling.input_text import read_input
from charplay.sampling.model import CharModel
from charplay.sampling.surprisal import RUN_UP

TOGETHER = 64
"""Windows that are read side by side."""
BETWEEN = 32
"""Characters between two looks at whether to go on."""


class NetworkLosses:
    """Foretells a text's windows by a network, each after the RUN_UP characters before it, from the zero state.

    The text is read as by `score`: cleaned as the run's input is, and without the characters that the model does not
    know.
    """

    batch = TOGETHER

    def __init__(self, model: CharModel, text: Callable[[int, int], str]) -> None:
        """`text` gives the characters from a position up to another."""
        self._model = model
        self._text = text

    def nats(self, windows: Windows, progress: Progress) -> Figures:
        """Return the mean loss (N,) of windows, each of at least one character. Raises Cancelled.

        NaN where the model knows fewer than half of the characters.
        """
        count = len(windows.starts)
        found = np.empty(count)
        for first in range(0, count, TOGETHER):
            some = slice(first, min(first + TOGETHER, count))
            part = progress.part(some.start / count, some.stop / count)
            found[some] = self._together(windows.starts[some].tolist(), windows.stops[some].tolist(), part)
        return found

    def _together(self, starts: list[int], stops: list[int], progress: Progress) -> Figures:
        before = [self._ids(max(0, start - RUN_UP), start)[0] for start in starts]
        inside, known = zip(*map(self._ids, starts, stops), strict=True)
        ids = np.zeros(
            (max(len(lead) + len(body) for lead, body in zip(before, inside, strict=True)), len(starts)), int
        )
        counted = np.zeros(ids.shape, bool)
        for column, (lead, body) in enumerate(zip(before, inside, strict=True)):
            size = len(lead) + len(body)
            ids[:size, column] = *lead, *body
            counted[max(1, len(lead)) : size, column] = True  # the text's first character is not foretold
        sums = self._sums(ids, counted, progress)
        with np.errstate(invalid="ignore"):
            means: Figures = np.where(known, sums / counted.sum(0), np.nan)
        return means

    def _sums(self, ids: NDArray[np.int_], counted: NDArray[np.bool_], progress: Progress) -> Figures:
        """Sum the nats (N,) of those of N texts (T, N) that are counted."""
        columns = np.arange(ids.shape[1])
        state, sums = self._model.zero_state(len(columns)), np.zeros(len(columns))
        for at in range(len(ids) - 1):
            if at % BETWEEN == 0:
                progress.at(at / len(ids))
            state, logits = self._model.step(state, ids[at].tolist())
            if counted[at + 1].any():
                highest = logits.max(1)
                total = np.exp(logits - highest[:, None]).sum(1, dtype=np.float64)
                sums += counted[at + 1] * (np.log(total) + highest - logits[columns, ids[at + 1]])
        return sums

    def _ids(self, start: int, stop: int) -> tuple[list[int], bool]:
        """Return a part of the text as the model reads it, and whether it knows at least half of that."""
        read = read_input(self._model, self._text(start, stop))
        vocabulary = self._model.vocabulary
        known = vocabulary.split(read.text)[0] if read.unknown else read.text
        return vocabulary.encode(known).tolist(), 2 * len(known) >= len(read.text) and bool(known)
