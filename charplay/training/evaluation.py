"""The held-out loss, always measured the same way. Nothing here touches the training state or a random number."""

from collections.abc import Generator
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from charplay.recipes.resolve import EVALUATED_CHARACTERS
from charplay.training.device import Opened
from charplay.training.ids import Ids
from charplay.training.network import CharNet, State

PIECES = 64
"""Pieces that the text is cut into at most, read in parallel."""
WARM_UP = 256
"""Characters before a piece that are read but not counted."""
COLD_BLOCK = 256
DURING, AT_THE_END = EVALUATED_CHARACTERS, 2_000_000
"""Held-out characters that are read, at most."""
WINDOWS_OVERLAP = 8
"""For `target = last`: neighbouring windows begin this part of their length apart."""

WORK = 4e9
"""Floating-point operations between two looks at the commands, about: under 0.2 s on two CPU cores."""


@dataclass(frozen=True, slots=True)
class Score:
    """Means over the counted characters; the loss is in nats."""

    loss: float
    accuracy: float


Reading = Generator[None, None, Score]
"""An evaluation in pieces: it yields at least every 0.2 s or so, and returns the score. Dropping it is harmless."""


class _Counter:
    """Sums on the device, read once at the end."""

    def __init__(self, device: torch.device) -> None:
        self._sums = torch.zeros(2, dtype=torch.float64, device=device)
        self._counted = 0

    def add(self, logits: Tensor, targets: Tensor) -> None:
        """Count every prediction: logits (N, V) in float32, targets (N,)."""
        loss = functional.cross_entropy(logits, targets, reduction="sum")
        self._sums += torch.stack((loss, hits(logits, targets).sum())).double()
        self._counted += len(targets)

    def score(self) -> Score:
        loss, right = (self._sums / self._counted).tolist()
        return Score(loss, right)


def hits(logits: Tensor, targets: Tensor) -> Tensor:
    """Where no character was likelier than the right one: logits (N, V), targets (N,) to (N,) bool."""
    return logits.gather(1, targets.unsqueeze(1)).squeeze(1) >= logits.amax(1)


class Evaluation:
    """Reads the held-out text with a network.

    Args:
        text: all ids; the first `held_out` of them are the training text, which only warms up.
        held_out: where the held-out text begins.
        opened: the device.
        window: length of the windows, where only their last position is predicted; else None.
    """

    def __init__(self, text: Ids, held_out: int, opened: Opened, window: int | None) -> None:
        self._text = text
        self._from = held_out
        self._opened = opened
        self.window = window

    @property
    def possible(self) -> bool:
        """Whether anything is held out."""
        return len(self._text) > self._from

    def held_out(self, network: CharNet, most: int) -> Reading:
        """The held-out loss, as the recipe's target asks, over at most `most` characters."""
        return self.carried(network, most) if self.window is None else self.last(network, self.window, most)

    def characters(self, most: int) -> int:
        """How many characters are predicted when `most` are read at most."""
        return min(most, len(self._text) - self._from)

    @torch.no_grad()
    def carried(self, network: CharNet, most: int) -> Reading:
        """Up to 64 pieces read in parallel with carried state, each warmed up on the 256 characters before it."""
        count = self.characters(most)
        pieces = max(1, min(PIECES, count // WARM_UP))
        length = count // pieces
        starts = self._from + length * torch.arange(pieces, device=self._text.home)
        warm_up = min(WARM_UP, self._from - 1)
        counter, state = _Counter(self._opened.device), network.zero_state(pieces)
        position, chunk = -warm_up, self._chunk(network, pieces)
        while position < length:
            stop = min(position + chunk, 0 if position < 0 else length)
            state = self._read(network, state, starts + position, stop - position, None if position < 0 else counter)
            position = stop
            yield
        return counter.score()

    @torch.no_grad()
    def cold(self, network: CharNet, most: int) -> Reading:
        """Blocks of 256 characters that do not overlap, each from zero, every prediction counted."""
        count = self.characters(most)
        blocks = max(1, count // COLD_BLOCK)
        length = min(COLD_BLOCK, count)
        starts = self._from + COLD_BLOCK * torch.arange(blocks, device=self._text.home)
        counter = _Counter(self._opened.device)
        for some in torch.split(starts, max(1, self._chunk(network, 1) // length)):
            self._read(network, network.zero_state(len(some)), some, length, counter)
            yield
        return counter.score()

    @torch.no_grad()
    def last(self, network: CharNet, length: int, most: int) -> Reading:
        """Fresh windows of `length` characters, counted at their last position; each eighth of a window one begins."""
        count = self.characters(most)
        length = min(length, count)
        apart = max(1, length // WINDOWS_OVERLAP)
        starts = self._from + torch.arange(0, count - length + 1, apart, device=self._text.home)
        counter = _Counter(self._opened.device)
        for some in torch.split(starts, max(1, self._chunk(network, 1) // length)):
            self._read(network, network.zero_state(len(some)), some, length, counter, last_only=True)
            yield
        return counter.score()

    def _chunk(self, network: CharNet, columns: int) -> int:
        """Characters of each of `columns` texts to read between two looks at the commands."""
        return max(8, int(WORK / (2 * network.parameter_count() * columns)))

    def _read(
        self,
        network: CharNet,
        state: State,
        starts: Tensor,
        length: int,
        counter: _Counter | None,
        *,
        last_only: bool = False,
    ) -> State:
        """Predict the `length` characters from `starts` (B,), each from the one before it."""
        positions = starts + torch.arange(-1, length, device=starts.device).unsqueeze(1)
        ids = self._text.gather(positions)
        was_training = network.training
        network.eval()
        with self._opened.arithmetic():
            logits, state = network(ids[:-1], state, last_only=last_only)
        network.train(was_training)
        if counter is not None:
            targets = ids[-1] if last_only else ids[1:].flatten()
            counter.add(logits.float().flatten(0, -2), targets)
        return state
