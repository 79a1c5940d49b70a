"""How the panes lie: two columns where there is room, else the stage, with the other panes one key away."""

from copy import deepcopy
from itertools import pairwise
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from charplay.playground.arrangement import COLUMNS, LEAST, Arrangement, Sight

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
        & #choose.-free { max-width: 1000; }
        & #watch.-free { min-width: 50; }
        & #training.-free { max-height: 1000; }
        & .-hidden { display: none; }
    }
    .-high PaneLayout #form { height: 2fr; }
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

    def __init__(self, arrangement: Arrangement, corpus: "CorpusPane", form: "FormPane", runs: "RunsPane") -> None:
        super().__init__()
        self._arrangement = arrangement
        self._arranged: dict[str, object] | None = None
        """What holds on the screen."""
        self._panes: dict[str, Pane] = {"corpus": corpus, "form": form, "runs": runs}
        self._columns = {name: Vertical(id=name) for name in COLUMNS}
        self._dragged = ""
        """What lies to the left of the border that the mouse has, or above it."""

    def compose(self) -> ComposeResult:
        """Put what is chosen on the left; the stage comes later."""
        with self._columns["choose"]:
            yield from self._panes.values()
        yield self._columns["watch"]

    async def mount_stage(self, training: "TrainingPane", text: "TextPane") -> None:
        """Put the stage up."""
        self._panes |= {"training": training, "text": text}
        await self._columns["watch"].mount(training, text)
        self.lay_out()

    def lay_out(self) -> None:
        """Lay everything out as the arrangement has it, where that has changed."""
        arrangement = self._arrangement
        if (wanted := deepcopy(arrangement.saved())) == self._arranged:
            return
        self._arranged = wanted
        for name, column in self._columns.items():
            sole = sum(any(map(arrangement.shows, panes)) for panes in COLUMNS.values()) == 1
            weight = arrangement.weight(name) or int(sole)
            column.set_class(not any(map(arrangement.shows, COLUMNS[name])), "-hidden")
            column.set_class(weight > 0, "-free")
            column.styles.width = f"{weight}fr" if weight else None
            for each in COLUMNS[name]:
                if each in self._panes:
                    self._size_pane(each, sole=sum(map(arrangement.shows, COLUMNS[name])) == 1)
        self.call_after_refresh(self.refocus)

    def _size_pane(self, name: str, *, sole: bool) -> None:
        """`sole`: no other pane of its column is shown."""
        pane, weight = self._panes[name], self._arrangement.weight(name) or int(sole)
        pane.set_class(not self._arrangement.shows(name), "-hidden")
        pane.set_class(weight > 0, "-free")
        pane.styles.height = f"{weight}fr" if weight else None
        pane.styles.min_height = LEAST[name] if weight else None

    def sight(self) -> Sight:
        """Return which pane is in use, and the cells of what is seen."""
        focused = self.screen.focused
        within = {each.id for each in focused.ancestors_with_self} if focused else set()
        cells = {name: each.outer_size.width for name, each in self._columns.items() if each.is_on_screen}
        cells |= {name: each.outer_size.height for name, each in self._panes.items() if each.is_on_screen}
        return Sight(next((name for name in self._panes if name in within), "text"), cells)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of a border."""
        self._dragged = self._before_border(event.screen_x, event.screen_y)
        if self._dragged:
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Move the border to where the mouse is, as far as it goes."""
        if not self._dragged:
            return
        if self._dragged in self._columns:
            here = self._columns[self._dragged].region.right - 1
            self._arrangement.widen(self.sight(), event.screen_x - here)
        else:
            here = self._panes[self._dragged].region.bottom - 1
            self._arrangement.drag(self.sight(), self._dragged, event.screen_y - here)
        self.lay_out()

    def on_mouse_up(self) -> None:
        """Let go of it."""
        self._dragged = ""
        self.release_mouse()

    def _before_border(self, x: int, y: int) -> str:
        """Name the column left of the border at a cell of the screen, or the pane above it; empty elsewhere."""
        seen = self.sight().cells
        left, right = self._columns.values()
        if all(name in seen for name in COLUMNS) and x in {left.region.right - 1, right.region.x}:
            return next(iter(COLUMNS))
        for panes in COLUMNS.values():
            for above, below in pairwise(name for name in panes if name in seen):
                upper, lower = self._panes[above].region, self._panes[below].region
                if upper.x <= x < upper.right and y in {upper.bottom - 1, lower.y}:
                    return above
        return ""

    def go_to(self, name: str) -> None:
        """Focus a pane, which is shown where it was hidden; on a narrow screen it, or the stage, takes the room."""
        self._arrangement.show(name)
        self.lay_out()
        self.set_class(name in ALONE, "-alone")
        for each in ALONE:
            self.set_class(each == name, f"-{each}")
        self._panes[name].focus_first()

    def show_stage(self) -> None:
        """Show the chart and the text where a narrow screen, or a maximised pane, stands in their place."""
        if not any(self._panes[name].is_on_screen for name in COLUMNS["watch"]):
            self._arrangement.maximised = ""
            self.go_to(self._stage)

    @property
    def _stage(self) -> str:
        """The pane of the stage to go to."""
        return next(filter(self._arrangement.shows, ("text", "training")), "text")

    def refocus(self) -> None:
        """Go where the focus can be seen: what a narrower screen hides cannot keep it."""
        focused = self.screen.focused
        if focused is None or not focused.is_on_screen:
            alone = next((each for each in ALONE if self.has_class(f"-{each}")), "")
            wanted = (alone, "text", "training", *ALONE)
            self.go_to(next(each for each in wanted if each and self._arrangement.shows(each)))
