"""Changes of hyperparameters while training runs, and their undo."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from charplay.protocol.events import Changed
from charplay.recipes.errors import RecipeError
from charplay.recipes.layers import altered
from charplay.recipes.network import examples_per_epoch
from charplay.recipes.recipe import LIVE, Recipe
from charplay.training.session import Session, batch_shape

MAX_SNAPSHOTS = 8
"""Changes that can be undone."""
MAX_SNAPSHOT_BYTES = 2**29
"""Memory for their snapshots; one is kept whatever its size."""


@dataclass(frozen=True, slots=True, eq=False)
class _Snapshot:
    """A copy of a session's state between two steps."""

    step: int
    recipe: Recipe
    arrays: dict[str, np.ndarray]
    state: dict[str, Any]

    @property
    def size(self) -> int:
        return sum(array.nbytes for array in self.arrays.values())


def validated(recipe: Recipe, name: str, value: object, characters: int) -> Recipe:
    """Return `recipe` with one live value set; RecipeError if the value is wrong, or the text is too short for it."""
    recipe = altered(recipe, name, value)
    if not examples_per_epoch(recipe, characters):
        raise RecipeError(f"the text is too short for {name} {getattr(recipe, name):,}; it stays as it is")
    return recipe


class LiveChanges:
    """Changes a session between two steps; the metrics of all steps must have been read.

    Args:
        session: that is changed.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._snapshots: list[_Snapshot] = []

    def apply(self, name: str, value: object) -> Changed:
        """Set one live value, take a snapshot for undo, and write the change down; RecipeError if it cannot be set."""
        session = self._session
        recipe = validated(session.recipe, name, value, session.run.corpus.characters)
        self._take_snapshot()
        old, new = getattr(session.recipe, name), getattr(recipe, name)
        session.set_hyperparameters(recipe)
        changed = Changed(step=session.step, seconds=session.clock.seconds, field=name, old=old, new=new)
        session.writer.add_change(changed)
        return changed

    def _take_snapshot(self) -> None:
        session, snapshots = self._session, self._snapshots
        # Changes between the same two steps share their arrays, if the batches have the same shape too.
        shared = snapshots and (snapshots[-1].step, batch_shape(snapshots[-1].recipe)) == (
            session.step,
            batch_shape(session.recipe),
        )
        arrays = snapshots[-1].arrays if shared else session.arrays()
        snapshots.append(_Snapshot(session.step, session.recipe, arrays, session.state()))
        while len(snapshots) > MAX_SNAPSHOTS or (len(snapshots) > 1 and _size(snapshots) > MAX_SNAPSHOT_BYTES):
            snapshots.pop(0)

    def undo(self) -> list[Changed]:
        """Go back to before the last change; return what that changed, the undo first. RecipeError if there is none."""
        session = self._session
        if not self._snapshots:
            raise RecipeError("there is no change that could be taken back")
        before, recipe = session.step, session.recipe
        snapshot = self._snapshots.pop()
        session.rewind(snapshot.recipe, snapshot.arrays, snapshot.state)
        values = {"undo": (before, session.step)}
        values |= {name: (getattr(recipe, name), getattr(snapshot.recipe, name)) for name in LIVE}
        return [
            Changed(step=session.step, seconds=session.clock.seconds, field=name, old=old, new=new)
            for name, (old, new) in values.items()
            if name == "undo" or old != new
        ]


def _size(snapshots: list[_Snapshot]) -> int:
    """Return the bytes of all snapshots; arrays that are shared count once."""
    return sum({id(snapshot.arrays): snapshot.size for snapshot in snapshots}.values())
