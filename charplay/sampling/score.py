"""How well a model foretells a text, where it does so worst, and which of several does it best."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from charplay.corpora.clusters import clusters
from charplay.corpora.rules import clean_input
from charplay.corpora.vocabulary import code_points
from charplay.sampling.cell import Array
from charplay.sampling.model import CharModel

BLOCK = 256
"""Characters read between two looks at the watch."""


class Passage(NamedTuple):
    """Part of a text: its characters from `start` up to `stop`."""

    start: int
    stop: int
    bits: float
    """Mean surprise at its characters."""


class ModelRanking(NamedTuple):
    """A model among several that read one text."""

    name: str
    bits: float
    """Mean bits at the characters that all of them foretold; NaN where there is none."""
    best: float
    """The share of these at which none of the others was less surprised."""


@dataclass(frozen=True)
class Score:
    """A text under a model."""

    characters: int
    """Characters that were read."""
    skipped: int
    """Characters of the cleaned text that the model does not know, left out."""
    surprises: NDArray[np.float64] = field(repr=False, compare=False)
    """(characters - 1,) nats of surprise at every character but the first, which is read and not foretold."""
    places: NDArray[np.intp] = field(repr=False, compare=False)
    """(characters - 1,) where in the text these characters stand; one that became several is there several times."""
    bytes_per_character: float = 1.0
    """Bytes of UTF-8, of the characters that were foretold."""
    note: str = ""
    """What the run's cleaning did to the text, as in "lowercased as in training"; empty where nothing was done."""

    @property
    def nats(self) -> float:
        """Mean nats a character; NaN where nothing was foretold."""
        return float(self.surprises.mean()) if len(self.surprises) else float("nan")

    @property
    def bits(self) -> float:
        """Mean bits a character."""
        return self.nats / float(np.log(2))

    def along(self, size: int) -> NDArray[np.float64]:
        """(size,) bits of surprise at each character of the text; NaN where it was not foretold."""
        bits = np.full(size, np.nan)
        bits[self.places] = 0
        np.add.at(bits, self.places, self.surprises / np.log(2))
        return bits

    def hardest(self, count: int, length: int) -> list[Passage]:
        """The passages of `length` foretold characters with the largest mean surprise, the worst first.

        At most `count`, and none overlap. Where there are fewer characters, all of them are one passage.
        """
        length = min(length, len(self.surprises))
        if length < 1:
            return []
        sums = np.cumsum(np.concatenate([[0.0], self.surprises / np.log(2)]))
        means = (sums[length:] - sums[:-length]) / length
        found: list[Passage] = []
        while len(found) < count and means.max() > -np.inf:
            first = int(means.argmax())
            last = first + length - 1
            found.append(Passage(int(self.places[first]), int(self.places[last]) + 1, float(means[first])))
            means[max(0, first - length + 1) : last + 1] = -np.inf
        return found


def score(model: CharModel, text: str, watch: Callable[[float], bool] | None = None, *, raw: bool = False) -> Score:
    """Read a text in one pass from the zero state, foretelling every character from all those before it.

    The text first goes through the run's own cleaning, as far as that applies to input; `raw` leaves this out. The
    places are those of the text that was given.

    A block is read layer by layer (`CharModel.read`): every layer's input products and the logits of all its characters
    at once, and only the recurrent products one by one.

    `watch` is called with the share done, every BLOCK characters; where it returns False, the score is that of the part
    read so far.
    """
    vocabulary = model.vocabulary
    cleaning = () if raw else model.recipe.cleaning
    cleaned, note = clean_input(text, cleaning)
    known, unknown = vocabulary.split(cleaned)
    ids = vocabulary.encode(known).astype(np.intp)
    places = _places(text, cleaning) if note else np.arange(len(text))
    if unknown:
        places = places[~np.isin(code_points(cleaned), code_points(unknown))]
    inputs, targets = ids[:-1], ids[1:]
    surprises = np.empty(len(targets))
    state, read = model.zero_state(), 0
    while read < len(targets):
        block = slice(read, read + BLOCK)
        state, logits = model.read(state, inputs[block].tolist())
        surprises[block] = _cross_entropy(logits, targets[block])
        read = min(read + BLOCK, len(targets))
        if watch is not None and not watch(read / len(targets)):
            break
    sizes = np.array([len(one.encode("utf-8", "surrogatepass")) for one in vocabulary.characters])
    return Score(
        min(read + 1, len(ids)),
        len(cleaned) - len(known),
        surprises[:read],
        places[1 : read + 1],
        bytes_per_character=float(sizes[targets[:read]].mean()) if read else 1.0,
        note=note,
    )


def _places(text: str, cleaning: Sequence[str]) -> NDArray[np.intp]:
    """(n,) where in the text each character of the cleaned text comes from: a rule maps each cluster by itself."""
    known: dict[str, list[int]] = {}
    places: list[int] = []
    start = 0
    for cluster in clusters(text):
        if cluster not in known:
            known[cluster] = _origins(cluster, cleaning)
        places += (start + at for at in known[cluster])
        start += len(cluster)
    return np.array(places, np.intp)


def _origins(cluster: str, cleaning: Sequence[str]) -> list[int]:
    """Where in a cluster each of its cleaned characters comes from; at its beginning, where several became one."""
    apart = [clean_input(character, cleaning).text for character in cluster]
    whole = clean_input(cluster, cleaning).text
    if whole != "".join(apart):
        return [0] * len(whole)
    return [at for at, cleaned in enumerate(apart) for _ in cleaned]


def compare(scores: Mapping[str, Score]) -> list[ModelRanking]:
    """How several models stand beside each other on one text, the best first; judged by what all of them foretold."""
    if not scores:
        return []
    size = max((int(score.places[-1]) + 1 for score in scores.values() if len(score.places)), default=0)
    bits = np.stack([score.along(size) for score in scores.values()])
    bits = bits[:, ~np.isnan(bits).any(axis=0)]
    if not bits.size:
        return [ModelRanking(name, float("nan"), float("nan")) for name in scores]
    means, best = bits.mean(axis=1), (bits == bits.min(axis=0)).mean(axis=1)
    standings = zip(scores, means.tolist(), best.tolist(), strict=True)
    return sorted((ModelRanking(*one) for one in standings), key=lambda one: one.bits)


def _cross_entropy(logits: Array, targets: NDArray[np.intp]) -> NDArray[np.float64]:
    """(T,) nats of surprise at targets (T,) under logits (T, V)."""
    shifted = logits.astype(np.float64)
    shifted -= shifted.max(axis=1, keepdims=True)
    surprises: NDArray[np.float64] = np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(targets)), targets]
    return surprises
