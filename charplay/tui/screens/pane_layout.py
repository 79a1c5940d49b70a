"""How the panes lie: two columns where there is room, else the stage, with the other panes one key away."""

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

if TYPE_CHECKING:
    from charplay.tui.panes.corpus import CorpusPane
    from charplay.tui.panes.form import FormPane
    from charplay.tui.panes.runs import RunsPane
    from charplay.tui.panes.text import TextPane
    from charplay.tui.panes.training import TrainingPane
    from charplay.tui.widgets.pane import Pane

ALONE = ("corpus", "form", "runs")
"""Panes that fill a narrow screen alone; the others are the stage."""


class PaneLayout(Horizontal):
    """Lays the panes out by the width that the screen's breakpoints name, and goes to one of them."""

    SCOPED_CSS = False  # the classes of widths are the screen's
    DEFAULT_CSS = """
    PaneLayout {
        height: 1fr;
        & #choose { width: 2fr; max-width: 56; min-width: 43; }
        & #watch { width: 3fr; }
        & #corpus { height: 1fr; min-height: 4; }
        & #form { height: 14; &.-everything { height: 4fr; } }
        & #runs { height: 1fr; min-height: 4; }
        & #training { height: 2fr; min-height: 8; max-height: 22; }
        & #text { height: 3fr; }
    }
    .-narrow PaneLayout {
        & #choose { display: none; max-width: 1000; }
        & #training { height: 9; }
        &.-alone {
            & #watch { display: none; }
            & #choose { display: block; width: 1fr; }
            & #choose > * { display: none; height: 1fr; }
            &.-corpus #corpus { display: block; }
            &.-form #form { display: block; }
            &.-runs #runs { display: block; }
        }
    }
    """

    def __init__(self, corpus: "CorpusPane", form: "FormPane", runs: "RunsPane") -> None:
        super().__init__()
        self._panes: dict[str, Pane] = {"corpus": corpus, "form": form, "runs": runs}

    def compose(self) -> ComposeResult:
        """Put what is chosen on the left; the stage comes later."""
        with Vertical(id="choose"):
            yield from self._panes.values()
        yield Vertical(id="watch")

    async def mount_stage(self, training: "TrainingPane", text: "TextPane") -> None:
        """Put the stage up."""
        self._panes |= {"training": training, "text": text}
        await self.query_one("#watch").mount(training, text)

    def go_to(self, name: str) -> None:
        """Focus a pane; on a narrow screen it, or the stage, takes the room."""
        self.set_class(name in ALONE, "-alone")
        for each in ALONE:
            self.set_class(each == name, f"-{each}")
        self._panes[name].focus_first()

    def show_stage(self) -> None:
        """Show the chart and the text where a narrow screen shows another pane in their place."""
        if not self._panes["text"].is_on_screen:
            self.go_to("text")

    def refocus(self) -> None:
        """Go where the focus can be seen: what a narrower screen hides cannot keep it."""
        focused = self.screen.focused
        if focused is None or not focused.is_on_screen:
            self.go_to(next((each for each in ALONE if self.has_class(f"-{each}")), "text"))
