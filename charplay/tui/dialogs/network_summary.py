"""What the network sees, over the main screen; and how long an epoch would take, when asked."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.message import Message

from charplay.formatting.sanitize import sanitize
from charplay.formatting.units import duration
from charplay.tui.commands import command
from charplay.tui.dialogs.dialog import Dialog
from charplay.tui.jobs import run_in_background
from charplay.tui.presentation.network_summary import inside
from charplay.tui.widgets.reader_lines import ReaderLines, fold

if TYPE_CHECKING:
    from charplay.corpora.corpus import Corpus
    from charplay.recipes.recipe import Recipe

Measure = Callable[["Recipe", "Corpus", Callable[[float], bool]], float]
"""Seconds an epoch, of a few steps; they end where the function that it is given says False."""


class NetworkDialog(Dialog[None]):
    """Layers, examples and characters; `m` times a few steps off the screen's thread."""

    BINDINGS = [  # noqa: RUF012 - Textual's form
        command("m", "measure", "measure", "Time a few steps: how long an epoch takes here", footer=True),
    ]

    class Measured(Message):
        """What was found: a time, or why there is none."""

        def __init__(self, sentence: str) -> None:
            super().__init__()
            self.sentence = sentence

    def __init__(self, recipe: "Recipe", corpus: "Corpus", measure: Measure) -> None:
        super().__init__()
        self._recipe = recipe
        self._corpus = corpus
        self._measure = measure
        self._asked = False
        self._lines = ReaderLines(fold(inside(recipe, corpus)))

    def compose(self) -> ComposeResult:
        """The lines in a box."""
        with self.box("What the network sees", "m times an epoch   esc goes back", wide=True):
            yield self._lines

    def _show(self, about_time: str) -> None:
        self._lines.show(fold(inside(self._recipe, self._corpus, about_time)))

    def action_measure(self) -> None:
        """Begin, once."""
        if not self._asked:
            self._asked = True
            self._show("a few of them are timed ...")
            run_in_background(self._work)

    def _work(self) -> None:
        try:
            seconds = self._measure(self._recipe, self._corpus, lambda _share: self.is_attached)
        except Exception as fault:  # noqa: BLE001 - whatever it was, the screen lives on and says it
            self.post_message(self.Measured(f"they could not be timed: {fault}"))
        else:
            self.post_message(self.Measured(f"about {duration(seconds)} on this machine"))

    @on(Measured)
    def _tell(self, message: Measured) -> None:
        self._asked = False
        self._show(sanitize(message.sentence, " "))
