"""Which weights the instrument plays: a checkpoint's, or those of the run under way as it learns."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from charplay.playground.run_state import RunState
from charplay.protocol.events import Published

if TYPE_CHECKING:
    from charplay.corpora.vocabulary import Vocabulary
    from charplay.playground.instrument import Instrument
    from charplay.sampling.model import CharModel

PUBLISH_SECONDS = 0.5
"""Weights of the live run are asked for at most this often, by the playground's clock."""


class WeightFollower:
    """Hands models to the instrument. `following` says whether the live run is what it plays, or is to play."""

    def __init__(self, instrument: "Instrument", clock: Callable[[], float]) -> None:
        self._instrument = instrument
        self._clock = clock
        self._asked = -math.inf
        self._run = ""
        """Folder of the run whose weights are shown."""
        self._vocabulary: Vocabulary | None = None
        self._last: tuple[CharModel, Published] | None = None
        """What the live run writes with, and the weights that it was made of."""
        self.following = False
        self.blocked_reason = ""
        """Why what is followed cannot write; empty where it can."""
        self._promised = False
        """Whether weights are on their way: those before a run's first step are asked for where it is started."""

    def play(self, path: Path, title: str) -> None:
        """Play a checkpoint. CheckpointError, ModelError where it cannot be played."""
        from charplay.playground.checkpoints import open_model

        opened = open_model(path, title)
        self.following = False
        self._instrument.play(opened.model, opened.source, origin=opened.origin)

    def follow(self, *, promised: bool = False) -> None:
        """Play the live run from its next published weights on; `promised` where these were asked for already."""
        self.following, self._last = True, None
        self._run = self.blocked_reason = ""
        self._promised = promised

    def wants_weights(self) -> bool:
        """Whether new weights should be asked for now; asking is taken as done."""
        now = self._clock()
        if (
            not self.following
            or self._promised
            or now - self._asked < PUBLISH_SECONDS
            or not (self._instrument.at_work or not self._run)
        ):
            return False
        self._asked = now
        return True

    def take(self, event: Published, live: RunState) -> None:
        """Play a live run's new weights: on a new line where they are the first of their run."""
        self._promised = False
        if not self.following:
            return
        from charplay.playground.saved_texts import ModelOrigin
        from charplay.recipes.recipe import Recipe
        from charplay.sampling.model import CharModel

        first = live.folder != self._run
        if not first and self._known(event):
            return
        if first or self._vocabulary is None:
            from charplay.corpora.vocabulary import Vocabulary
            from charplay.runs.run import Run

            self._vocabulary = Vocabulary(Run.open(Path(live.folder)).vocabulary)
        model = CharModel.load(event.weights, Recipe.model_validate(dict(live.recipe)), self._vocabulary)
        self._run, self._last = live.folder, (model, event)
        source = f"live, step {event.step:,}"
        if first:
            self._instrument.play(model, source, live=True, origin=ModelOrigin(live.run, live.folder))
        else:
            self._instrument.update_weights(model, source)

    def end(self, live: RunState) -> None:
        """The run has ended: what it wrote with last writes on, and is live no more."""
        if self.following and self._last is not None and self._run == live.folder:
            model, event = self._last
            self._instrument.update_weights(model, f"{live.run}, step {event.step:,}")

    def _known(self, event: Published) -> bool:
        """Whether these weights write already, as in a pause: a line of the text each, they would fill its margin."""
        from numpy import array_equal

        generator = self._instrument.generator
        if self._last is None or generator is None:
            return False
        model, known = self._last
        return (
            generator.model is model
            and known.step == event.step
            and all(array_equal(known.weights[name], weights) for name, weights in event.weights.items())
        )
