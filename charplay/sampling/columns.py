"""Columns: several players that advance together, one character each at a time.

The same prompt and seed at several temperatures, or from several checkpoints: make a player for each. Where players
share a model, their matrix products, distributions and draws are made for all of them at once.
"""

from collections.abc import Sequence
from itertools import repeat
from operator import is_

import numpy as np
from numpy.typing import NDArray

from charplay.sampling.cell import Array
from charplay.sampling.distribution import BITS, Distribution, distributions, draw_each, stacked
from charplay.sampling.model import CharModel, State
from charplay.sampling.player import Player
from charplay.sampling.segment import Written
from charplay.sampling.settings import Sampling


class Columns:
    """Players that draw together what each would draw alone. Between two characters each may do as it likes.

    The products of several columns are rounded otherwise than those of one: states and probabilities agree with a lone
    player's to about six digits, and so the characters are the same, but for the rare draw (of the order of one in a
    million, in float32) that falls so close to the border between two characters.
    """

    def __init__(self, players: Sequence[Player]) -> None:
        self.players = tuple(players)
        self._groups: list[_Group] = []
        self._models: list[CharModel] = []

    def next(self) -> list[Written]:
        """Draw one character for every player."""
        models = [player.model for player in self.players]
        if models != self._models:
            self._models = models
            self._groups = [
                _Group(model, [player for player in self.players if player.model is model])
                for model in {id(model): model for model in models}.values()
            ]
        written = {id(group.model): iter(group.next()) for group in self._groups}
        return [next(written[id(model)]) for model in models]


class _Group:
    """The players of one model."""

    def __init__(self, model: CharModel, players: Sequence[Player]) -> None:
        self.model = model
        self.players = players
        self._states: list[State] = []
        """The players' states as they were left."""
        self._together = (model.zero_state(), model.logits(model.zero_state()))
        """The same for all at once: state (..., N, H) and logits (N, V)."""

    def next(self) -> list[Written]:
        players = self.players
        if len(players) == 1:
            return [players[0].next()]
        state, logits = self._read()
        settings = [player.settings for player in players]
        found = self._foresee(logits, settings)
        ids = draw_each(found.filtered, [player.luck for player in players])
        written = self._records(found, ids, settings)
        state, logits = self._together = self.model.step(state, ids.tolist())
        self._states = list(state.transpose(2, 0, 1, 3))
        for player, one, read in zip(players, written, zip(self._states, logits, strict=True), strict=True):
            player.put(one, read)
        return written

    def _read(self) -> tuple[State, Array]:
        """State and logits together; put together anew where a player went somewhere else."""
        states = [player.state for player in self.players]
        if len(states) != len(self._states) or not all(map(is_, states, self._states)):
            self._together = np.stack(states, axis=-2), np.stack([player.logits for player in self.players])
        return self._together

    def _foresee(self, logits: Array, settings: Sequence[Sampling]) -> Distribution:
        for one in settings:
            if one.active:
                return stacked([player.foresee() for player in self.players])
        return distributions(logits, [one.temperature for one in settings])

    def _records(self, found: Distribution, drawn: NDArray[np.intp], settings: Sequence[Sampling]) -> list[Written]:
        raw, logs = found.raw, found.logs
        ids = drawn.tolist()
        places = drawn + np.arange(0, raw.size, raw.shape[1])
        ranks = np.add.reduce(raw > raw.take(places)[:, None], axis=1, dtype=np.intp, initial=1)
        bits = -BITS * np.array([logs.take(places), np.vecdot(raw, logs)])
        return list(
            map(
                Written,
                map(self.model.characters.__getitem__, ids),
                ids,
                repeat("drawn"),
                [player.source for player in self.players],
                [one.temperature for one in settings],
                found.filtered.take(places).tolist(),
                ranks.tolist(),
                *bits.tolist(),
            )
        )
