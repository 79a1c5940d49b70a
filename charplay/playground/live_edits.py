"""Edits the values of the run under way that may change while it trains: checked, held back, sent."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from charplay.playground.recipe_rows import in_labels, label
from charplay.playground.value_steps import adjacent_value
from charplay.recipes.applicability import applies
from charplay.recipes.errors import RecipeError
from charplay.recipes.layers import altered
from charplay.recipes.network import examples_per_epoch
from charplay.recipes.recipe import Recipe
from charplay.recipes.specs import spec, specs

if TYPE_CHECKING:
    from charplay.playground.run_controller import RunController

SEND_SECONDS = 0.5
"""After the last nudge: what is nudged through on the way is no change of the run."""


class LiveEdits:
    """The live fields of the run under way, each with its value or the one that is asked for."""

    def __init__(self, runs: "RunController", clock: Callable[[], float] = time.monotonic) -> None:
        self._runs = runs
        self._clock = clock
        self.recipe = Recipe()
        """The run's, as it stands."""
        self.names: Sequence[str] = ()
        """The fields that mean anything in this run."""
        self.asked: dict[str, object] = {}
        """Values that were asked for and are not heeded yet."""
        self._known: object = None
        """The recipe as it was told last."""
        self._unsent: dict[str, object] = {}
        self._send_at: float | None = None
        self.look()

    @property
    def over(self) -> bool:
        """Whether there is no run any more that could be changed."""
        return not self._runs.state.busy or not self._runs.state.recipe

    def look(self) -> bool:
        """Take in what the run has heeded since; whether anything is new."""
        told: Mapping[str, object] = self._runs.state.recipe
        if self.over or told is self._known:
            return False
        self._known = told
        self.recipe = Recipe.model_validate(dict(told))
        self.asked = {name: value for name, value in self.asked.items() if value != getattr(self.recipe, name)}
        self.names = [each.name for each in specs() if each.live and applies(each.name, self.recipe)]
        return True

    def value(self, name: str) -> object:
        """Return what is asked for, else what stands."""
        return self.asked.get(name, getattr(self.recipe, name))

    def check(self, name: str, value: object) -> str:
        """Return why a field cannot become that during this run; empty where it can."""
        try:
            recipe = altered(self.recipe, name, value)
        except RecipeError as fault:
            return in_labels(fault.faults[0])
        if not examples_per_epoch(recipe, self._runs.state.characters):
            return f"the text is too short for {label(name)} {getattr(recipe, name):,}"
        return ""

    def set(self, name: str, value: object) -> str:
        """Ask for a value at once; why that cannot be, where it cannot."""
        fault = self._ask(name, value)
        self.send()
        return fault

    def nudge(self, name: str, by: int) -> str:
        """Ask for the next larger (`by` 1) or smaller (-1) value; it is sent a while after the last nudge."""
        self._send_at = self._clock() + SEND_SECONDS
        now = self.value(name)
        wanted = adjacent_value(spec(name), now, by)
        if wanted == now:
            return f"this is the {'largest' if by > 0 else 'smallest'} value"
        return self._ask(name, wanted)

    def _ask(self, name: str, value: object) -> str:
        fault = self.check(name, value)
        if not fault:
            self.asked[name] = self._unsent[name] = getattr(altered(self.recipe, name, value), name)
        return fault

    def advance(self) -> None:
        """Send what was nudged, once its time has come."""
        if self._send_at is not None and self._clock() >= self._send_at:
            self.send()

    def send(self) -> None:
        """Send what was asked for and is held back still."""
        self._send_at = None
        for name, value in self._unsent.items():
            if value != getattr(self.recipe, name):
                self._runs.set_hyperparameter(name, value)
        self._unsent.clear()

    def undo(self) -> str:
        """Forget what is held back, and go back to before the run's last live change; return why there is none."""
        held_back = bool(self._unsent)
        self.asked.clear()
        self._unsent.clear()
        if not self._runs.state.changes:
            return "" if held_back else "no live change can be taken back"
        self._runs.undo()
        return ""
