"""Live surgery: hyperparameters that change while training runs, and the way back."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from charplay.protocol.events import Changed
from charplay.recipes.errors import RecipeError
from charplay.recipes.layers import altered
from charplay.recipes.network import examples_per_epoch
from charplay.recipes.recipe import LIVE, Recipe
from charplay.training.session import Session, sizes

MOST_KEPT = 8
"""Changes that can be taken back."""
MOST_BYTES = 2**29
"""Memory for the snapshots that this takes; one is kept whatever its size."""


@dataclass(frozen=True, slots=True, eq=False)
class _Snapshot:
    """All of a session between two steps, copied."""

    step: int
    recipe: Recipe
    arrays: dict[str, np.ndarray]
    state: dict[str, Any]

    @property
    def size(self) -> int:
        return sum(array.nbytes for array in self.arrays.values())


def tried(recipe: Recipe, name: str, value: object, characters: int) -> Recipe:
    """`recipe` with one live value set; RecipeError where it, or a text of so many characters, cannot have that."""
    recipe = altered(recipe, name, value)
    if not examples_per_epoch(recipe, characters):
        raise RecipeError(f"the text is too short for {name} {getattr(recipe, name):,}; it stays as it is")
    return recipe


class Surgery:
    """Changes a session between two steps; no measurement may be unread.

    Args:
        session: what is changed.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._snapshots: list[_Snapshot] = []

    def change(self, name: str, value: object) -> Changed:
        """Set one live value; RecipeError where it cannot be. What was before is remembered, and the change logged."""
        session = self._session
        recipe = tried(session.recipe, name, value, session.run.corpus.characters)
        self._remember()
        old, new = getattr(session.recipe, name), getattr(recipe, name)
        session.alter(recipe)
        changed = Changed(step=session.step, seconds=session.clock.seconds, field=name, old=old, new=new)
        session.keeper.change(changed)
        return changed

    def _remember(self) -> None:
        session, kept = self._session, self._snapshots
        # Several changes between two steps share what they would go back to, where the streams are the same too.
        shared = kept and (kept[-1].step, sizes(kept[-1].recipe)) == (session.step, sizes(session.recipe))
        arrays = kept[-1].arrays if shared else session.arrays()
        kept.append(_Snapshot(session.step, session.recipe, arrays, session.state()))
        while len(kept) > MOST_KEPT or (len(kept) > 1 and _size(kept) > MOST_BYTES):
            kept.pop(0)

    def undo(self) -> list[Changed]:
        """Go back to before the last change: what that came to, the undo first. RecipeError where there is none."""
        session = self._session
        if not self._snapshots:
            raise RecipeError("there is no change that could be taken back")
        before, recipe = session.step, session.recipe
        snapshot = self._snapshots.pop()
        session.go_back(snapshot.recipe, snapshot.arrays, snapshot.state)
        values = {"undo": (before, session.step)}
        values |= {name: (getattr(recipe, name), getattr(snapshot.recipe, name)) for name in LIVE}
        return [
            Changed(step=session.step, seconds=session.clock.seconds, field=name, old=old, new=new)
            for name, (old, new) in values.items()
            if name == "undo" or old != new
        ]


def _size(snapshots: list[_Snapshot]) -> int:
    return sum({id(snapshot.arrays): snapshot.size for snapshot in snapshots}.values())
