"""Several generators that advance together, one character each at a time.

The same prompt and seed at several temperatures, or from several checkpoints: make a generator for each. Where some
share a model, their matrix products, distributions and draws are made for all of them at once.
"""

from collections.abc import Sequence
from itertools import repeat
from operator import is_

import numpy as np
from numpy.typing import NDArray

from charplay.sampling.cell import Array
from charplay.sampling.distribution import BITS, Distribution, distributions, draw_each, stacked
from charplay.sampling.generator import TextGenerator
from charplay.sampling.model import CharModel, State
from charplay.sampling.params import SamplingParams
from charplay.sampling.segment import GeneratedChar


class BatchedGenerators:
    """Generators that draw together what each would draw alone. Between two characters each may do as it likes.

    The products of several columns are rounded otherwise than those of one: states and probabilities agree with a lone
    generator's to about six digits, and so the characters are the same, but for the rare draw (of the order of one in a
    million, in float32) that falls so close to the border between two characters.
    """

    def __init__(self, generators: Sequence[TextGenerator]) -> None:
        self.generators = tuple(generators)
        self._groups: list[_Group] = []
        self._models: list[CharModel] = []

    def next(self) -> list[GeneratedChar]:
        """Draw one character for every generator."""
        models = [generator.model for generator in self.generators]
        if models != self._models:
            self._models = models
            self._groups = [
                _Group(model, [generator for generator in self.generators if generator.model is model])
                for model in {id(model): model for model in models}.values()
            ]
        written = {id(group.model): iter(group.next()) for group in self._groups}
        return [next(written[id(model)]) for model in models]


class _Group:
    """The generators of one model."""

    def __init__(self, model: CharModel, generators: Sequence[TextGenerator]) -> None:
        self.model = model
        self.generators = generators
        self._states: list[State] = []
        """The generators' states as they were left."""
        self._together = (model.zero_state(), model.logits(model.zero_state()))
        """The same for all at once: state (..., N, H) and logits (N, V)."""

    def next(self) -> list[GeneratedChar]:
        generators = self.generators
        if len(generators) == 1:
            return [generators[0].next()]
        state, logits = self._read()
        params = [generator.params for generator in generators]
        found = self._next_distribution(logits, params)
        ids = draw_each(found.cumulative[1], [generator.next_uniform for generator in generators])
        written = self._records(found, ids, params)
        state, logits = self._together = self.model.step(state, ids.tolist())
        self._states = list(state.transpose(2, 0, 1, 3))
        for generator, one, read in zip(generators, written, zip(self._states, logits, strict=True), strict=True):
            generator.append(one, read)
        return written

    def _read(self) -> tuple[State, Array]:
        """State and logits together; put together anew where a generator went somewhere else."""
        states = [generator.state for generator in self.generators]
        if len(states) != len(self._states) or not all(map(is_, states, self._states)):
            self._together = np.stack(states, axis=-2), np.stack([generator.logits for generator in self.generators])
        return self._together

    def _next_distribution(self, logits: Array, params: Sequence[SamplingParams]) -> Distribution:
        for one in params:
            if one.active:
                return stacked([generator.next_distribution() for generator in self.generators])
        return distributions(logits, [one.temperature for one in params])

    def _records(
        self, found: Distribution, drawn: NDArray[np.intp], params: Sequence[SamplingParams]
    ) -> list[GeneratedChar]:
        raw, logs, filtered = found.raw, found.logs, found.filtered
        ids = drawn.tolist()
        places = drawn + np.arange(0, raw.size, raw.shape[1])
        ranks = np.add.reduce(raw > raw.take(places)[:, None], axis=1, dtype=np.intp, initial=1)
        bits = -BITS * np.array([logs.take(places), np.vecdot(raw, logs)])
        return list(
            map(
                GeneratedChar,
                map(self.model.characters.__getitem__, ids),
                ids,
                repeat("drawn"),
                [generator.source for generator in self.generators],
                [one.temperature for one in params],
                filtered.take(places).tolist(),
                ranks.tolist(),
                *bits.tolist(),
            )
        )
