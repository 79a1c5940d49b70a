"""Live surgery: the values of the run under way that may change while it trains."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from charplay.formatting.sanitize import sanitize_line
from charplay.playground.recipe_rows import in_labels, label
from charplay.playground.value_steps import adjacent_value
from charplay.recipes.applicability import applies
from charplay.recipes.faults import RecipeError
from charplay.recipes.fields import Recipe
from charplay.recipes.layers import altered
from charplay.recipes.network import examples_per_epoch
from charplay.recipes.specs import spec, specs, written
from charplay.tui.commands import LIVE
from charplay.tui.dialogs.dialog import Dialog
from charplay.tui.widgets.row_editor import RowEditor
from charplay.tui.widgets.row_list import Cell, RowList, fit

if TYPE_CHECKING:
    from textual.timer import Timer

    from charplay.playground.run_state import RunState

LABEL = 20
LOOK_SECONDS = 0.2
SEND_SECONDS = 0.5
"""After the last nudge: what is nudged through on the way is no change of the run."""

NOTE = "enter and arrows change, z takes back, esc goes back"


class _Values(RowList):
    """One row a live field: its value, or the one that is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.recipe = Recipe()
        self.names: Sequence[str] = ()
        self.asked: dict[str, object] = {}
        """Not heeded yet."""

    def show(self, recipe: Recipe) -> None:
        """The run's values as they stand now."""
        self.recipe = recipe
        self.asked = {name: value for name, value in self.asked.items() if value != getattr(recipe, name)}
        self.names = [each.name for each in specs() if each.live and applies(each.name, recipe)]
        self.styles.height = len(self.names)
        self.repaint()

    @property
    def name_here(self) -> str:
        """Under the cursor."""
        return self.names[self.cursor]

    def value(self, name: str) -> object:
        """What is asked for, else what stands."""
        return self.asked.get(name, getattr(self.recipe, name))

    def number(self) -> int:
        return len(self.names)

    def draw(self, index: int, width: int) -> list[Cell]:
        name = self.names[index]
        tone = "accent" if name in self.asked else "plain"
        quiet = f"was {written(getattr(self.recipe, name))}" if name in self.asked else spec(name).unit
        return [(fit(label(name), LABEL), "quiet"), (f"{written(self.value(name))}  ", tone), (quiet, "quiet")]

    def clicked(self) -> None:
        self.screen.query_one(RowEditor).open(written(self.value(self.name_here)))


class LiveHyperparametersDialog(Dialog[None]):
    """Changes go to the run as they are made. It leaves by itself when the run has ended."""

    BINDINGS = LIVE
    DEFAULT_CSS = """
    LiveHyperparametersDialog {
        & .rows { layers: below above; height: auto; }
        & .about { height: 3; color: $foreground 55%; padding-top: 1; }
        & .about.-fault { color: $error; }
    }
    """

    def __init__(
        self, live: "Callable[[], RunState]", change: Callable[[str, object], None], undo: Callable[[], None]
    ) -> None:
        """`live` gives the run as it is known now."""
        super().__init__()
        self._live = live
        self._change = change
        self._undo = undo
        self._values = _Values()
        self._editor = RowEditor(self._values, LABEL)
        self._about = Static("", classes="about", markup=False)
        self._fault = ""
        self._known: object = None
        """The recipe that is shown, as it was told."""
        self._unsent: dict[str, object] = {}
        self._waiting: Timer | None = None

    def compose(self) -> ComposeResult:
        """The values, and a line about the one under the cursor."""
        with self.box("RunState values", NOTE):
            with Vertical(classes="rows"):
                yield self._values
                yield self._editor
            yield self._about

    @on(events.Mount)
    def _begin(self) -> None:
        self._look()
        self.set_interval(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        """What the run has heeded since."""
        live = self._live()
        if not live.busy or not live.recipe:
            self.dismiss(None)
        elif live.recipe is not self._known:
            self._known = live.recipe
            self._values.show(Recipe.model_validate(dict(live.recipe)))
            self._describe()

    @on(RowList.Moved)
    def _describe(self) -> None:
        if self._values.names:
            self._about.set_class(bool(self._fault), "-fault")
            self._about.update(sanitize_line(self._fault or spec(self._values.name_here).help))

    def check(self, name: str, value: object) -> str:
        """Why a field cannot become that during this run; empty where it can."""
        try:
            recipe = altered(self._values.recipe, name, value)
        except RecipeError as fault:
            return in_labels(fault.faults[0])
        if not examples_per_epoch(recipe, self._live().characters):
            return f"the text is too short for {label(name)} {getattr(recipe, name):,}"
        return ""

    @on(Input.Changed)
    def _judge(self, event: Input.Changed) -> None:
        event.stop()
        if self._editor.display:
            self._fault = self.check(self._values.name_here, self._editor.text)
            self._describe()

    @on(Input.Submitted)
    def _take(self, event: Input.Submitted) -> None:
        event.stop()
        if not self._fault:
            self._editor.close()
            self._ask(self._editor.text)
            self._send()

    @on(RowEditor.Left)
    def _put_away(self) -> None:
        self._fault = ""
        self._describe()

    def _ask(self, value: object) -> None:
        name = self._values.name_here
        self._fault = self.check(name, value)
        if not self._fault:
            self._values.asked[name] = self._unsent[name] = getattr(altered(self._values.recipe, name, value), name)
            self._values.refresh()
        self._describe()

    def _send(self) -> None:
        if self._waiting is not None:
            self._waiting.stop()
            self._waiting = None
        for name, value in self._unsent.items():
            if value != getattr(self._values.recipe, name):
                self._change(name, value)
        self._unsent.clear()

    def action_edit(self) -> None:
        """Type a value."""
        self._values.clicked()

    def action_nudge(self, by: int) -> None:
        """The next value, or the one before."""
        name = self._values.name_here
        self._ask(adjacent_value(spec(name), self._values.value(name), by))
        if self._waiting is not None:
            self._waiting.stop()
        self._waiting = self.set_timer(SEND_SECONDS, self._send)

    def action_undo(self) -> None:
        """Back to before the last change."""
        self._values.asked.clear()
        self._unsent.clear()
        self._values.refresh()
        self._undo()

    def action_close(self) -> None:
        """Leave; what was nudged last is sent before."""
        if self._waiting is not None:
            self._send()
        self.dismiss(None)
