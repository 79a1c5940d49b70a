"""One sitting: what is chosen, what trains, who writes. Whoever shows it calls its methods, and `advance` often."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from charplay.corpora.library import Library
    from charplay.playground.preferences import Preferences
    from charplay.playground.trainer_client import TrainerClient
    from charplay.runs.home import Home
    from charplay.runs.shelf import Shelf


class Playground:
    """The parts of a sitting. None of them knows a screen; nothing is loaded before it is asked for."""

    def __init__(
        self,
        home: "Home",
        trainer: "TrainerClient",
        *,
        open_library: "Callable[[], Library]",
        open_store: "Callable[[], Shelf]",
        preferences: "Preferences",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`open_library` and `open_store` are called when first needed: what they import must not delay a start."""
        self.home = home
        self.trainer = trainer
        self.preferences = preferences
        self.clock = clock
        self.open_library = open_library
        self.open_store = open_store

    def advance(self, now: float) -> list[object]:
        """Take in what the trainer and the jobs tell, let the instrument write, and return what happened.

        `now`: seconds on the playground's clock. To be called often: thirty times a second by a screen.
        """
        return []
