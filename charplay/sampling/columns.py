"""Columns: several players that advance together, one character each at a time.

The same prompt and seed at several temperatures, or from several checkpoints: make a player for each. Where players
share a model, their matrix products, distributions and draws are made for all of them at once.
"""

from collections.abc import Sequence

import numpy as np

from charplay.sampling.distribution import distributions, draw
from charplay.sampling.player import Player
from charplay.sampling.segment import Written


def advance_together(players: Sequence[Player]) -> list[Written]:
    """Draw one character for every player, as `Player.next` would.

    The products of several columns are rounded otherwise than those of one: states and probabilities agree with a lone
    player's to about six digits, and so the characters are the same, but for the rare draw (of the order of one in a
    million, in float32) that falls so close to the border between two characters.
    """
    written: dict[int, Written] = {}
    groups: dict[int, list[int]] = {}
    for number, player in enumerate(players):
        groups.setdefault(id(player.model), []).append(number)
    for group in groups.values():
        if len(group) == 1:
            written[group[0]] = players[group[0]].next()
        else:
            written |= zip(group, _advance([players[number] for number in group]), strict=True)
    return [written[number] for number in range(len(players))]


def _advance(players: Sequence[Player]) -> list[Written]:
    """One character for each of several players of one model."""
    model = players[0].model
    if any(player.settings.active for player in players):
        foreseen = [player.foresee() for player in players]
    else:
        logits = np.stack([player.logits for player in players])
        foreseen = distributions(logits, [player.settings.temperature for player in players])
    ids = [draw(found.filtered, player.luck) for player, found in zip(players, foreseen, strict=True)]
    state, logits = model.step(np.stack([player.state for player in players], axis=-1), ids)
    written = []
    for number, (player, one, found) in enumerate(zip(players, ids, foreseen, strict=True)):
        own = state[..., number].copy()
        own.flags.writeable = False
        written.append(player.put(one, found, "drawn", (own, logits[number])))
    return written
