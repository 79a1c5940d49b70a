"""Many texts, written side by side: each under a seed of its own, and each what it would be alone.

Alone and side by side a text meets the same numbers, not only similar ones: `Weight.each` asks for every column's
product as it would be asked for alone, and everything else acts on each number, or sums each row, by itself. What one
text costs of Python's time, all of them share; two threads share the products.
"""

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from charplay.corpora.vocabulary import Vocabulary
from charplay.sampling.distribution import Distribution, distribution, distributions, draw_each, stacked
from charplay.sampling.generator import TextGenerator
from charplay.sampling.params import FilterContext, SamplingParams
from charplay.sampling.random_stream import uniform
from charplay.sampling.recording import Recording
from charplay.sampling.stop_sequences import StopSequences

End: TypeAlias = Literal["length", "stop", "interrupted"]

MOST_COLUMNS = 64
"""Texts of one group: their states stay small, and the first group's texts are told before the last's are written."""
MOST_THREADS = 4
"""With more of them Python's own share of the work stands in line."""


class Turn(NamedTuple):
    """How all texts get their next character."""

    params: SamplingParams
    """The seed in it counts for nothing: each text has its own."""
    typed: int | None = None
    """The id of a character that is not drawn."""


class Start(NamedTuple):
    """Where a text begins."""

    seed: int
    generator: TextGenerator
    """Stands at the end of the prompt, and is left there; several texts may have the same."""


class WrittenText(NamedTuple):
    """One of the texts."""

    start: Start
    text: str
    """What follows the prompt."""
    end: End


def recorded_turns(ride: Recording, vocabulary: Vocabulary) -> Iterator[Turn]:
    """The turns of a ride: its changes, and what was written by hand as far as the vocabulary has it."""
    changes = dict(ride.changes)
    typed = {start + at: one for start, _, text in ride.written for at, one in enumerate(text)}
    params = SamplingParams()
    for at in range(ride.length):
        params = changes.get(at, params)
        if at not in typed:
            yield Turn(params)
        elif typed[at] in vocabulary:
            yield Turn(params, int(vocabulary.encode(typed[at])[0]))


def write_side_by_side(
    starts: Sequence[Start], turns: Callable[[], Iterator[Turn]], stops: Sequence[str] = ()
) -> Iterator[WrittenText]:
    """The text that each start leads to under one model, in their order.

    `turns` begins the turns anew for every group of texts; the groups are written in threads. On Ctrl-C what was
    written by then comes, too, and KeyboardInterrupt after it.
    """
    threads = min(MOST_THREADS, _processors(), len(starts))
    size = min(MOST_COLUMNS, -(-len(starts) // threads))
    groups = (starts[at : at + size] for at in range(0, len(starts), size))
    halt = Event()
    with ThreadPoolExecutor(threads) as pool:
        running = deque(pool.submit(_write, group, stops, turns(), halt) for group in groups)
        try:
            while running:
                written = running[0].result()
                running.popleft()
                yield from written
        except KeyboardInterrupt:
            halt.set()
            for rest in running:
                yield from rest.result()
            raise
        finally:
            halt.set()


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _write(starts: Sequence[Start], stops: Sequence[str], turns: Iterator[Turn], halt: Event) -> list[WrittenText]:
    return _Group(starts, stops).write(turns, halt)


class _Group:
    """Texts that advance together."""

    def __init__(self, starts: Sequence[Start], stops: Sequence[str]) -> None:
        self._starts = starts
        generators = [start.generator for start in starts]
        self._model = generators[0].model
        self._positions = [len(generator.transcript) for generator in generators]
        self._stops = [StopSequences(stops) for _ in starts]
        self._stopping = any(stops)
        self._state = np.stack([generator.state for generator in generators], axis=-2)
        self._logits = np.stack([generator.logits for generator in generators])
        self._history: list[NDArray[np.intp]] = []
        """(N,) ids of each turn."""
        self._live = np.arange(len(starts))
        """Which texts still go on: the columns of state and logits."""
        self._ends = [0] * len(starts)
        """How many characters those have that do not."""

    def write(self, turns: Iterator[Turn], halt: Event) -> list[WrittenText]:
        """Every text, until it comes to a stop text, the turns are over, or somebody says halt."""
        end: End = "length"
        for turn in turns:
            if halt.is_set():
                end = "interrupted"
                break
            self._advance(turn)
            if not len(self._live):
                break
        ids = np.array(self._history, np.intp).reshape(-1, len(self._starts))
        texts = []
        for number, (start, stop) in enumerate(zip(self._starts, self._ends, strict=True)):
            written = ids[: stop or len(ids), number].tolist()
            texts.append(
                WrittenText(start, "".join(map(self._model.characters.__getitem__, written)), "stop" if stop else end)
            )
        return texts

    def _advance(self, turn: Turn) -> None:
        """Draw or take over one character for each text that goes on."""
        live = self._live
        if turn.typed is None:
            found = self._distribution(turn.params)
            drawn = draw_each(found.cumulative[1], [self._uniform(number) for number in live.tolist()])
        else:
            drawn = np.full(len(live), turn.typed, np.intp)
        row = np.zeros(len(self._starts), np.intp)
        row[live] = drawn
        self._history.append(row)
        self._state, self._logits = self._model.step_each(self._state, drawn.tolist())
        if self._stopping:
            self._stop(drawn)

    def _uniform(self, number: int) -> float:
        """What a text's next draw is made with."""
        return uniform(self._starts[number].seed, self._positions[number] + len(self._history))

    def _recent(self, number: int, count: int) -> NDArray[np.intp]:
        """Ids of the last characters of a text, its prompt's included."""
        drawn = np.array([row[number] for row in self._history[-count:]], np.intp)
        transcript, position = self._starts[number].generator.transcript, self._positions[number]
        before = transcript.ids(self._model.vocabulary, max(0, position - (count - len(drawn))), position)
        return np.concatenate([before.astype(np.intp), drawn])

    def _distribution(self, params: SamplingParams) -> Distribution:
        if not params.active:
            return distributions(self._logits, [params.temperature] * len(self._live))
        found = []
        for number, logits in zip(self._live.tolist(), self._logits, strict=True):
            recent = self._recent(number, params.repetition_window)
            found.append(distribution(logits, params, FilterContext(recent, self._model.vocabulary)))
        return stacked(found)

    def _stop(self, drawn: NDArray[np.intp]) -> None:
        """Let go of the texts that have come to a stop text."""
        goes_on = np.ones(len(drawn), bool)
        for column, (number, one) in enumerate(zip(self._live.tolist(), drawn.tolist(), strict=True)):
            if self._stops[number].ended(self._model.characters[one]):
                goes_on[column] = False
                self._ends[number] = len(self._history)
        if not goes_on.all():
            self._live = self._live[goes_on]
            self._state = self._state.compress(goes_on, axis=-2)
            self._logits = self._logits.compress(goes_on, axis=0)
