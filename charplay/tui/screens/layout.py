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
from charplay.playground.happenings import Said
from charplay.tui.command import bindings
from charplay.tui.commands import ALWAYS, CORPUS, CURSOR, EVERYWHERE, FORM, LIST, RUNS, SCROLL, SLIDER, Bindings
from charplay.tui.controllers.base import CommandTable
from charplay.tui.dialogs.reader import ReaderDialog, key_lines
from charplay.tui.panes.corpus import CorpusPane
from charplay.tui.panes.fields import Device
from charplay.tui.panes.form import FormPane
from charplay.tui.panes.runs import RunsPane
from charplay.tui.panes.status import Hint, KeyLine, StatusLine
from charplay.tui.textual_patches.row_compositor import RowCompositor

if TYPE_CHECKING:
    from textual.widget import Widget

    from charplay.playground.playground import Playground
    from charplay.playground.text_changes import TextChange
    from charplay.runs.home import Home
    from charplay.tui.panes.text import TextPane
    from charplay.tui.panes.training import TrainingPane

Answer = TypeVar("Answer")

ALONE = ("corpus", "form", "runs")
"""Panes that fill a narrow screen alone; the others are the stage."""


class Layout(Screen[None]):
    """The panes and where they are. Knows nothing of training."""

    BINDINGS = EVERYWHERE
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

    playground: "Playground"
    training: "TrainingPane"
    text: "TextPane"

    def __init__(self, home: "Home", list_devices: Callable[[], Sequence[Device]]) -> None:
        super().__init__()
        self._compositor = RowCompositor()
        self.furnished = False
        """Whether all panes are there."""
        self.status = StatusLine()
        self.corpus = CorpusPane(home.corpora)
        self.form = FormPane(home.presets, list_devices)
        self.runs = RunsPane()
        self.hint = Hint()
        self.commands = CommandTable((), self)
        self._hinted = ""

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

        self.playground.begin_writing()
        self.training = TrainingPane()
        self.text = TextPane(self.playground.instrument, self.playground.memorization)
        await self.query_one("#watch").mount(self.training, self.text)

    async def unfold(self) -> None:
        """Put up what a key opens, and let keys in."""
        await self.text.unfold()
        self.furnished = True
        self.refresh_bindings()

    def label(self, binding: Binding) -> str:
        """What the key line calls a key just now."""
        command = self.commands.find(binding.id or "")
        return self.commands.label(command.id) if command else binding.description

    def say(self, sentence: str, *, warning: bool = False) -> None:
        """The hint line."""
        self.hint.say(sentence, warning=warning)

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
        self._show_all()

    def go_to(self, place: str) -> None:
        """Go to a pane, or to a row of one."""
        if place in self.text.PLACES:
            self.text.go_to(place)
        else:
            self.action_show(place)

    def selected(self, place: str) -> str:
        """Name what the cursor of a pane's list stands on; empty where there is nothing."""
        return str(getattr(self, place).selected)

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
        self._show_all()

    def _show_all(self) -> None:
        """Show what a command, or the answer to a dialog, has done."""
        self.text.set_tint(self.playground.tint)
        self._on_text_pane_touched()
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
            self.playground.instrument.covered = True

    @on(events.ScreenResume)
    def _uncover_text(self) -> None:
        if self.furnished:
            self.playground.instrument.covered = False

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
        places: list[tuple[Widget, str, Bindings]] = [
            (self, "Everywhere", [*EVERYWHERE, *self._bindings_at(""), *ALWAYS]),
            (self.corpus, "Corpus", CORPUS),
            (self.form, "Next run", FORM),
            (self.runs, "Runs", RUNS),
            (self.training, "Loss", list(self.training.BINDINGS)),
            (self.text, "Text", self._bindings_at("text")),
            (self.text, "Text, with the cursor out", [*self._bindings_at("writing"), *CURSOR]),
            (self.text, "In the written text", SCROLL),
            (self, "In every list", LIST),
            (self, "On every slider", SLIDER),
        ]
        used = [] if self.focused is None else [each for each in self.focused.ancestors_with_self if each is not self]
        sections = [place[1:] for place in sorted(places, key=lambda place: place[0] not in used)]
        self.app.push_screen(ReaderDialog("Keys", key_lines(sections, self.app.get_key_display)))

    def _bindings_at(self, place: str) -> Bindings:
        return bindings(command for command in self.commands if command.place == place)

    # The playground.

    def advance(self) -> None:
        """Let the playground go on, and show what happened."""
        changes: list[TextChange] = []
        said = False
        for happening in self.playground.advance(self.playground.clock()):
            self.commands.hear(happening)
            if not isinstance(happening, Said):
                changes.append(happening)
                continue
            said = True
            show = self.note if happening.passing else self.say
            show(happening.sentence, warning=happening.warning)
        self.text.sync(changes)
        if said:  # what holds by itself says so
            self.text.refresh_state()
        self._show_hint()

    def _show_hint(self) -> None:
        hint = self.text.hint()
        if hint != self._hinted:
            self._hinted = hint
            self.hint.word(hint)

    def _on_text_pane_touched(self) -> None:
        self.advance()
        self.text.refresh_state()
        self._show_hint()
