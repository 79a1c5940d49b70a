"""Measurement of the held-out loss. It changes neither the training state nor the random number generators."""

from collections.abc import Generator
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional

from charplay.corpora.held_out import MAX_FINAL_CHARACTERS, WARM_UP_CHARACTERS, final_characters, parallel_pieces
from charplay.recipes.resolve import EVALUATED_CHARACTERS
from charplay.training.device import DeviceContext
from charplay.training.network import CharNet, State
from charplay.training.shares import columns, cut, joined
from charplay.training.token_ids import TokenIds

COLD_BLOCK_LENGTH = 256
"""Characters read from a zero state, for the cold loss."""
MAX_CHARACTERS = EVALUATED_CHARACTERS
"""The most held-out characters that are read during training, and the fewest that its end may be content with."""
FINAL_SHARE = 0.1
"""Of the work of training that the final evaluation may be."""
EVALUATION_SPEEDUP = 3
"""Evaluation reads so many times more characters a second than training."""
WINDOWS_PER_LENGTH = 8
"""For `target = last`: so many windows begin within the length of one."""

CHUNK_FLOPS = 4e9
"""Floating-point operations between two yields, about: less than 0.2 s on two CPU cores."""


@dataclass(frozen=True, slots=True)
class EvaluationResult:
    """Means over the counted characters; the loss is in nats per character."""

    loss: float
    accuracy: float


EvaluationGenerator = Generator[float, None, EvaluationResult]
"""An evaluation in pieces: it yields about every 0.2 s how much is done, 0 to 1, and returns the result.

It may be dropped at any yield.
"""


def final_readings(*, windows: bool) -> int:
    """Return how often the final evaluation reads a character: carried and cold, or in each window that it is in."""
    return WINDOWS_PER_LENGTH if windows else 2


def affordable_characters(trained: float, *, windows: bool) -> int:
    """Return how many characters are worth predicting at the end of a run whose training has read so many.

    A large vocabulary makes each of them dear, in training as well: so characters are counted, and no clock is
    asked. The number is then the same on every machine, and after a resumption.
    """
    affordable = int(FINAL_SHARE * EVALUATION_SPEEDUP * trained / final_readings(windows=windows))
    return min(MAX_FINAL_CHARACTERS, max(MAX_CHARACTERS, affordable))


class _RunningMeans:
    """Keeps sums on the device, and reads them once, at the end."""

    def __init__(self, device: torch.device) -> None:
        self._sums = torch.zeros(2, dtype=torch.float64, device=device)
        self._counted = 0

    def add(self, sums: Tensor, counted: int) -> None:
        """Add the loss and the correct ones of `counted` predictions: (2,) in double precision."""
        self._sums += sums
        self._counted += counted

    def result(self) -> EvaluationResult:
        loss, accuracy = (self._sums / self._counted).tolist()
        return EvaluationResult(loss, accuracy)


def is_correct(logits: Tensor, targets: Tensor) -> Tensor:
    """Return where no character is likelier than the target: logits (N, V), targets (N,) to (N,) bool."""
    return logits.gather(1, targets.unsqueeze(1)).squeeze(1) >= logits.amax(1)


class Evaluation:
    """Measures a network's loss on the held-out text.

    Args:
        text: all ids; those before `held_out` are the training text, used only for warm-up.
        held_out: where the held-out text begins.
        context: of the device.
        window: length of the windows, if only their last position is predicted; else None.
    """

    def __init__(self, text: TokenIds, held_out: int, context: DeviceContext, window: int | None) -> None:
        self._text = text
        self._held_out_start = held_out
        self._context = context
        self.window = window

    @property
    def has_held_out_text(self) -> bool:
        """Whether any text is held out."""
        return len(self._text) > self._held_out_start

    def measure(self, network: CharNet, max_characters: int) -> EvaluationGenerator:
        """Measure as the recipe's target asks, over at most `max_characters` characters."""
        return (
            self.carried(network, max_characters)
            if self.window is None
            else self.windowed(network, self.window, max_characters)
        )

    def characters(self, max_characters: int) -> int:
        """Return how many characters are predicted if at most `max_characters` are read."""
        return min(max_characters, len(self._text) - self._held_out_start)

    def counted(self, characters: int) -> int:
        """Return how many predictions' characters a loss over so many held-out ones counts, from the first on."""
        return final_characters(characters) if self.window is None else characters

    def affordable_characters(self, trained: float) -> int:
        """Return how many characters are predicted at the end of a run whose training has read so many."""
        return self.characters(affordable_characters(trained, windows=self.window is not None))

    @torch.no_grad()
    def carried(self, network: CharNet, max_characters: int) -> EvaluationGenerator:
        """Read up to 64 pieces in parallel with carried state, each warmed up on the 256 characters before it."""
        pieces, length = parallel_pieces(self.characters(max_characters))
        starts = self._held_out_start + length * torch.arange(pieces, device=self._text.storage_device)
        warm_up = min(WARM_UP_CHARACTERS, self._held_out_start - 1)
        means, state = _RunningMeans(self._context.device), network.zero_state(pieces)
        position, chunk = -warm_up, self._chunk_length(network, pieces)
        while position < length:
            stop = min(position + chunk, 0 if position < 0 else length)
            state = self._read(network, state, starts + position, stop - position, None if position < 0 else means)
            position = stop
            yield (position + warm_up) / (length + warm_up)
        return means.result()

    @torch.no_grad()
    def cold(self, network: CharNet, max_characters: int) -> EvaluationGenerator:
        """Read blocks of 256 characters that do not overlap, each from a zero state, and count every prediction."""
        count = self.characters(max_characters)
        blocks = max(1, count // COLD_BLOCK_LENGTH)
        length = min(COLD_BLOCK_LENGTH, count)
        starts = self._held_out_start + COLD_BLOCK_LENGTH * torch.arange(blocks, device=self._text.storage_device)
        means = _RunningMeans(self._context.device)
        groups = torch.split(starts, max(1, self._chunk_length(network, 1) // length))
        for done, group in enumerate(groups, 1):
            self._read(network, network.zero_state(len(group)), group, length, means)
            yield done / len(groups)
        return means.result()

    @torch.no_grad()
    def windowed(self, network: CharNet, length: int, max_characters: int) -> EvaluationGenerator:
        """Read windows of `length` characters, each from a zero state, and count their last positions only."""
        count = self.characters(max_characters)
        length = min(length, count)
        stride = max(1, length // WINDOWS_PER_LENGTH)
        starts = self._held_out_start + torch.arange(0, count - length + 1, stride, device=self._text.storage_device)
        means = _RunningMeans(self._context.device)
        groups = torch.split(starts, max(1, self._chunk_length(network, 1) // length))
        for done, group in enumerate(groups, 1):
            self._read(network, network.zero_state(len(group)), group, length, means, last_only=True)
            yield done / len(groups)
        return means.result()

    def _chunk_length(self, network: CharNet, streams: int) -> int:
        """Return how many characters of each of `streams` texts to read between two yields."""
        return max(8, int(CHUNK_FLOPS / (2 * network.parameter_count() * streams)))

    def _read(
        self,
        network: CharNet,
        state: State,
        starts: Tensor,
        length: int,
        means: _RunningMeans | None,
        *,
        last_only: bool = False,
    ) -> State:
        """Predict `length` characters from `starts` (B,) on, each from the one before it; return the state after."""
        positions = starts + torch.arange(-1, length, device=starts.device).unsqueeze(1)
        ids = self._text.gather(positions)
        targets = ids[-1] if last_only else ids[1:]
        was_training = network.training
        network.eval()
        read = partial(self._read_share, network, counted=means is not None)
        shares = self._context.workers.run(
            [
                partial(read, ids[:-1, part], columns(state, part), targets[..., part])
                for part in cut(len(starts), self._context.shares)
            ]
        )
        network.train(was_training)
        if means is not None:
            means.add(torch.stack([sums for sums, _ in shares]).sum(0), targets.numel())
        return joined([after for _, after in shares])

    @torch.no_grad()
    def _read_share(
        self, network: CharNet, ids: Tensor, state: State, targets: Tensor, *, counted: bool
    ) -> tuple[Tensor, State]:
        """Read a share of the texts; return the sums over its predictions for `_RunningMeans`, and the state after."""
        with self._context.autocast():
            logits, state = network(ids, state, last_only=targets.ndim == 1)
        if not counted:
            return torch.zeros(2, dtype=torch.float64, device=ids.device), state
        logits, targets = logits.float().flatten(0, -2), targets.flatten()
        loss = functional.cross_entropy(logits, targets, reduction="sum")
        return torch.stack((loss, is_correct(logits, targets).sum())).double(), state
