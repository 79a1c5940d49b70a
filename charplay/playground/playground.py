"""One sitting: what is chosen, what trains, who writes. Whoever shows it calls its methods, and `advance` often."""

import time
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from charplay.playground.announcements import Announcements
from charplay.playground.run_controller import RunController
from charplay.playground.run_launcher import RunLauncher
from charplay.playground.run_listener import RunListener

if TYPE_CHECKING:
    from charplay.corpora.library import Library
    from charplay.playground.chart import ChartState
    from charplay.playground.preferences import Preferences
    from charplay.playground.recipe_draft import RecipeDraft
    from charplay.playground.sitting import ChosenText
    from charplay.playground.trainer_client import TrainerClient
    from charplay.playground.weight_follower import WeightFollower
    from charplay.runs.home import Home
    from charplay.runs.shelf import Shelf


class _Form(Protocol):
    @property
    def draft(self) -> "RecipeDraft | None": ...


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
        self.runs = RunController(trainer, clock)
        self.announcements = Announcements()
        self.launcher = RunLauncher(self)
        self.listener = RunListener(self)
        # HOOKS that the screen assigns, until these are parts of the playground: a pane each, and the follower.
        self.corpora: ChosenText | None = None
        self.form: _Form | None = None
        self.follower: WeightFollower | None = None

    @property
    def draft(self) -> "RecipeDraft | None":
        """The next run; None before it is there. HOOK: the form's, until it is the playground's own."""
        return None if self.form is None else self.form.draft

    @cached_property
    def store(self) -> "Shelf":
        """The runs on the disk."""
        return self.open_store()

    @cached_property
    def chart(self) -> "ChartState":
        """What the chart shows. It loads numpy."""
        from charplay.playground.chart import ChartState

        return ChartState(self.runs)

    @property
    def following(self) -> bool:
        """Whether the live run is what writes, or is to write."""
        return self.follower is not None and self.follower.following

    def follow(self) -> None:
        """Let the live run write, from its next weights on."""
        if self.follower is not None and self.runs.state.busy:
            self.follower.follow()

    def advance(self, now: float) -> list[object]:
        """Take in what the trainer and the jobs tell, let the instrument write, and return what happened.

        `now`: seconds on the playground's clock. To be called often: thirty times a second by a screen.
        """
        happenings: list[object] = []
        for event in self.runs.advance():
            happenings += [event, *self.listener.hear(event)]
        self.listener.ask_for_weights()
        return happenings
