"""How the panes lie: two columns where there is room, else the stage, with the other panes one key away."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Static

from charplay.formatting.sanitize import sanitize
from charplay.playground.happenings import CorpusChosen, CorpusRead, CurvesRead, RunDeleted, Said
from charplay.tui.command import Command, bindings
from charplay.tui.commands import ALWAYS, CURSOR, EVERYWHERE, LIST, SCROLL, SLIDER, Bindings
from charplay.tui.controllers.base import CommandTable, Controller
from charplay.tui.controllers.corpora import CorpusController
from charplay.tui.controllers.form import FormController
from charplay.tui.controllers.runs import RunsController
from charplay.tui.dialogs.reader import ReaderDialog, key_lines
from charplay.tui.panes.corpus import CorpusPane
from charplay.tui.panes.form import FormPane
from charplay.tui.panes.runs import RunsPane
from charplay.tui.panes.status import Hint, KeyLine, StatusLine
from charplay.tui.textual_patches.row_compositor import RowCompositor
from charplay.tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from textual.widget import Widget

    from charplay.playground.playground import Playground
    from charplay.tui.panes.text import TextPane
    from charplay.tui.panes.training import TrainingPane

Answer = TypeVar("Answer")

ALONE = ("corpus", "form", "runs")
"""Panes that fill a narrow screen alone; the others are the stage."""

CONTROLLERS: Sequence[type[Controller]] = (CorpusController, FormController, RunsController)


def _of_controllers() -> Bindings:
    """The commands of all controllers: those of one pane come first, and win over those that work everywhere."""
    found: list[Command] = [command for each in CONTROLLERS for command in each.commands]
    return bindings(sorted(found, key=lambda command: not command.place))


class Layout(Screen[None]):
    """The panes and where they are. Knows nothing of training."""

    BINDINGS = [*_of_controllers(), *EVERYWHERE]  # noqa: RUF012 - Textual's form
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual's form
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (20, "-tall")]  # noqa: RUF012 - Textual's form
    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    Layout {
        & > #rooms { height: 1fr; }
        & #choose { width: 2fr; max-width: 56; min-width: 43; }
        & #watch { width: 3fr; }
        & #corpus { height: 1fr; min-height: 4; }
        & #form { height: 14; &.-everything { height: 4fr; } }
        & #runs { height: 1fr; min-height: 4; }
        & #training { height: 2fr; min-height: 8; max-height: 22; }
        & #text { height: 3fr; }
        & > #small { display: none; width: 1fr; height: 1fr; content-align: center middle; }

        &.-narrow #choose { display: none; max-width: 1000; }
        &.-narrow #training { height: 9; }
        &.-narrow.-alone {
            & #watch { display: none; }
            & #choose { display: block; width: 1fr; }
            & #choose > * { display: none; height: 1fr; }
            &.-corpus #corpus { display: block; }
            &.-form #form { display: block; }
            &.-runs #runs { display: block; }
        }
        &.-tiny, &.-flat {
            & > * { display: none; }
            & > #small { display: block; }
        }
    }
    """

    training: "TrainingPane"
    text: "TextPane"

    def __init__(self, playground: "Playground") -> None:
        super().__init__()
        self._compositor = RowCompositor()
        self.playground = playground
        self.furnished = False
        """Whether all panes are there."""
        self.status = StatusLine()
        self.corpus = CorpusPane(playground.corpora)
        self.form = FormPane(playground)
        self.runs = RunsPane(playground.run_list)
        self.hint = Hint()
        self.commands = CommandTable((each(playground, self) for each in CONTROLLERS), self)

    def compose(self) -> ComposeResult:
        """Status, the two columns, a hint, the keys."""
        yield self.status
        with Horizontal(id="rooms"):
            with Vertical(id="choose"):
                yield self.corpus
                yield self.form
                yield self.runs
            yield Vertical(id="watch")
        yield self.hint
        yield KeyLine(self.label, self.is_enabled)
        yield Static("charplay needs 60 columns and 20 rows.", id="small", markup=False)

    async def furnish(self) -> None:
        """Put up what stands on numpy, which would delay the first paint by a third of a second."""
        from charplay.tui.panes.text import TextPane
        from charplay.tui.panes.training import TrainingPane

        self.training, self.text = TrainingPane(), TextPane(self.playground.home.texts)
        await self.query_one("#watch").mount(self.training, self.text)

    async def unfold(self) -> None:
        """Put up what a key opens, and let keys in."""
        await self.text.unfold()
        self.furnished = True
        self.refresh_bindings()

    def advance(self) -> None:
        """Let the playground go on, and show what has happened."""
        happened = self.playground.advance(self.playground.clock())
        for happening in happened:
            self.commands.hear(happening)
            self.take(happening)
        for pane in (self.corpus, self.form, self.runs):
            pane.sync()
        if happened:
            self.refresh_bindings()

    def take(self, happening: object) -> None:
        """Show what has happened where it is to be seen."""
        match happening:
            case Said(sentence, warning, passing):
                (self.note if passing else self.say)(sentence, warning=warning)
            case CorpusChosen():
                self.training.read_corpus(None)
            case CorpusRead(corpus):
                self.training.read_corpus(corpus)
            case CurvesRead(run, history):
                if not self.training.overlay(run, history):
                    self.complain("Four runs are on the chart; take one off first.")
            case RunDeleted(run):
                self.training.take_off(run)

    @on(RowList.Moved, "#runs")
    def _stand_on_run(self) -> None:
        """What can be done depends on the run."""
        self.refresh_bindings()

    def label(self, binding: Binding) -> str:
        """What the key line calls a key just now."""
        command = self.commands.find(binding.id or "")
        return self.commands.label(command.id) if command else binding.description

    def say(self, sentence: str, *, warning: bool = False) -> None:
        """The hint line."""
        self.hint.say(sentence, warning=warning)

    def _on_text_pane_hinted(self, message: "TextPane.Hinted") -> None:
        self.hint.word(message.text)

    def complain(self, sentence: str) -> None:
        """Say for a while what went wrong."""
        self.hint.note(sentence, warning=True)

    # What controllers ask of the screen: see `Ui`.

    def note(self, sentence: str, *, warning: bool = False) -> None:
        """Say something for a while: above the keys, or over the dialog that lies there."""
        self.app.notify(sanitize(sentence, " "), severity="warning" if warning else "information", markup=False)

    def open_dialog(self, dialog: "Screen[Answer]", then: "Callable[[Answer | None], object] | None" = None) -> None:
        """Open a dialog; `then` gets its answer, None where it was left without one."""
        self.app.push_screen(dialog, None if then is None else lambda answer: self._answered(then, answer))

    def _answered(self, then: "Callable[[Answer | None], object]", answer: "Answer | None") -> None:
        then(answer)
        self.advance()
        self.refresh_bindings()

    def go_to(self, place: str) -> None:
        """Go to a pane; or, as in "form.editor", open a row of one."""
        pane, _, row = place.partition(".")
        if row:
            getattr(self, pane).open_row(row)
        else:
            self.action_show(pane)

    def selected(self, place: str) -> str:
        """Name what the cursor of a pane's list stands on; empty where there is nothing."""
        return str(getattr(self, place).selected)

    def covered(self) -> bool:
        """Whether a dialog lies over the panes."""
        return self.app.screen is not self

    def copy(self, text: str) -> None:
        """Put text on the clipboard."""
        self.app.copy_to_clipboard(text)

    def leave(self) -> None:
        """Leave charplay; what trains is saved first."""
        self.app.run_worker(self.app.action_quit())

    # Commands.

    def action_run_command(self, name: str) -> None:
        """Carry a command out, or say why that cannot be now."""
        self.commands.run(name)
        self.advance()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether a key is a command here; one that cannot be used now says why, unless it passes its key on."""
        if action != "run_command":
            return True
        command = self.commands[str(parameters[0])]
        if command.place and not self._is_within(command.place):
            return False
        return self.furnished and not (command.passes and self.commands.disabled(command.id))

    def _is_within(self, place: str) -> bool:
        return self.focused is not None and any(each.id == place for each in self.focused.ancestors_with_self)

    def is_enabled(self, binding: Binding) -> bool:
        """Whether a binding's command can be used now."""
        command = self.commands.find(binding.id or "")
        return command is None or not self.commands.disabled(command.id)

    def action_show(self, pane: str) -> None:
        """Go to a pane; on a narrow screen it, or the stage, takes the room."""
        self.set_class(pane in ALONE, "-alone")
        for each in ALONE:
            self.set_class(each == pane, f"-{each}")
        goes: dict[str, Callable[[], object]] = {
            "corpus": lambda: self.set_focus(self.corpus),
            "form": self.form.focus_first,
            "runs": lambda: self.set_focus(self.runs),
            "training": self.training.focus_first,
            "text": self.text.focus_first,
        }
        goes[pane]()

    @on(events.ScreenSuspend)
    def _cover_text(self) -> None:
        if self.furnished:
            self.text.covered = True

    @on(events.ScreenResume)
    def _uncover_text(self) -> None:
        if self.furnished:
            self.text.covered = False

    @on(events.Resize)
    def _keep_focus_in_sight(self) -> None:
        """What a narrower screen hides cannot keep the focus."""
        self.call_after_refresh(self._refocus)

    def _refocus(self) -> None:
        if self.focused is None or not self.focused.is_on_screen:
            shown = next((each for each in ALONE if self.has_class(f"-{each}")), "text")
            self.action_show(shown)

    def action_keys(self) -> None:
        """Every key, pane by pane, beginning with the pane in use."""
        text = [each for base in reversed(type(self.text).mro()) for each in vars(base).get("BINDINGS", ())]
        places: list[tuple[Widget, str, Bindings]] = [
            (self, "Everywhere", [*EVERYWHERE, *ALWAYS]),
            (self.corpus, "Corpus", bindings(CorpusController.commands)),
            (self.form, "Next run", bindings(FormController.commands)),
            (self.runs, "Runs", bindings(RunsController.commands)),
            (self.training, "Loss", list(self.training.BINDINGS)),
            (self.text, "Text", text),
            (self.text, "Text, with the cursor out", CURSOR),
            (self.text, "In the written text", SCROLL),
            (self, "In every list", LIST),
            (self, "On every slider", SLIDER),
        ]
        used = [] if self.focused is None else [each for each in self.focused.ancestors_with_self if each is not self]
        sections = [place[1:] for place in sorted(places, key=lambda place: place[0] not in used)]
        self.app.push_screen(ReaderDialog("Keys", key_lines(sections, self.app.get_key_display)))

    def action_temperature(self, by: int) -> None:
        """Warmer or cooler."""
        self.text.set_temperature(by)

    def action_write(self) -> None:
        """Write, or hold the writing."""
        self.text.action_write()
