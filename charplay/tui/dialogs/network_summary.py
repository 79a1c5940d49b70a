"""What the network sees, over the main screen; and how long an epoch would take, when asked."""

from typing import TYPE_CHECKING

from charplay.formatting.sanitize import sanitize
from charplay.formatting.units import duration
from charplay.playground.jobs import BackgroundJob
from charplay.tui.commands import command
from charplay.tui.dialogs.reader import ReaderDialog
from charplay.tui.presentation.network_summary import inside

if TYPE_CHECKING:
    from charplay.corpora.corpus import Corpus
    from charplay.playground.playground import Measure
    from charplay.recipes.fields import Recipe

LOOK_SECONDS = 0.05
"""Between two looks at whether the steps were timed."""


class NetworkDialog(ReaderDialog):
    """Layers, examples and characters; `m` times a few steps off the screen's thread."""

    BINDINGS = [  # noqa: RUF012 - Textual's form
        command("m", "measure", "measure", "Time a few steps: how long an epoch takes here", footer=True),
    ]
    KEYS = "m times an epoch   esc goes back"

    def __init__(self, recipe: "Recipe", corpus: "Corpus", measure: "Measure") -> None:
        super().__init__("What the network sees", inside(recipe, corpus))
        self._recipe = recipe
        self._corpus = corpus
        self._measure = measure
        self._asked = False
        self._timing: BackgroundJob[float] | None = None

    def action_measure(self) -> None:
        """Begin, once."""
        if not self._asked:
            self._asked = True
            self.show(inside(self._recipe, self._corpus, "a few of them are timed ..."))
            self._timing = BackgroundJob(lambda _: self._measure(self._recipe, self._corpus, self._watch)).start()

    def _watch(self, _share: float) -> bool:
        return self.is_attached

    def on_mount(self) -> None:
        """Look after the steps that are timed."""
        self.set_interval(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        timing = self._timing
        if timing is not None and timing.done:
            self._timing, self._asked = None, False
            if timing.result is None:
                found = f"they could not be timed: {timing.fault}"
            else:
                found = f"about {duration(timing.result)} on this machine"
            self.show(inside(self._recipe, self._corpus, sanitize(found, " ")))
