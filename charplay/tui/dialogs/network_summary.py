"""What the network sees, over the main screen; and how long an epoch would take, when asked."""

from typing import TYPE_CHECKING

from textual.app import ComposeResult

from charplay.formatting.sanitize import sanitize
from charplay.formatting.units import duration
from charplay.playground.jobs import BackgroundJob, JobSlot
from charplay.tui.command import Command, bindings
from charplay.tui.dialogs.dialog import Dialog
from charplay.tui.presentation.network_summary import inside
from charplay.tui.widgets.reader_lines import ReaderLines, fold

if TYPE_CHECKING:
    from charplay.corpora.corpus import Corpus
    from charplay.playground.playground import TimeEpoch
    from charplay.recipes.recipe import Recipe

LOOK_SECONDS = 0.05
"""Between two looks at whether the steps were timed."""


class NetworkDialog(Dialog[None]):
    """Layers, examples and characters; a key times a few steps in the background."""

    commands = (
        Command(
            "network.measure", "enter", "measure", "Time a few steps: how long an epoch takes here", footer=True,
            action="measure",
        ),
    )  # fmt: skip
    BINDINGS = bindings(commands)

    def __init__(self, recipe: "Recipe", corpus: "Corpus", measure: "TimeEpoch") -> None:
        super().__init__()
        self._recipe = recipe
        self._corpus = corpus
        self._measure = measure
        self._timing = JobSlot[float]()
        self._lines = ReaderLines(fold(inside(recipe, corpus)))

    def compose(self) -> ComposeResult:
        """Lay out the lines in a box."""
        with self.box("What the network sees", self.own_keys(), wide=True):
            yield self._lines

    def on_mount(self) -> None:
        """Look after the steps that are timed."""
        self.set_interval(LOOK_SECONDS, self._look)

    def _show(self, about_time: str) -> None:
        self._lines.show(fold(inside(self._recipe, self._corpus, about_time)))

    def action_measure(self) -> None:
        """Begin to time, unless that is under way."""
        if not self._timing.busy:
            self._show("a few of them are timed ...")
            timing = BackgroundJob(lambda _: self._measure(self._recipe, self._corpus, self._watch))
            self._timing.put(timing.start())

    def _watch(self, _share: float) -> bool:
        return self.is_attached

    def _look(self) -> None:
        ended = self._timing.take_ended()
        if ended is not None:
            if ended.result is None:
                found = f"they could not be timed: {ended.fault}"
            else:
                found = f"about {duration(ended.result)} on this machine"
            self._show(sanitize(found, " "))
