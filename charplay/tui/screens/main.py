"""The main screen: the panes, the playground's clock, and the keys of the commands."""

import gc
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen
from textual.widgets import Input, Static

from charplay.formatting.sanitize import sanitize
from charplay.playground.happenings import Said, TextChanged
from charplay.playground.key_references import name_keys
from charplay.protocol.events import Started
from charplay.tui.app_commands import APP_COMMANDS, SCREEN_COMMANDS
from charplay.tui.command import Bindings, Command, bindings
from charplay.tui.controllers.analysis import AnalysisController
from charplay.tui.controllers.base import CommandTable, Controller
from charplay.tui.controllers.branches import BranchController
from charplay.tui.controllers.chart import ChartController
from charplay.tui.controllers.corpora import CorpusController
from charplay.tui.controllers.form import FormController
from charplay.tui.controllers.panes import PanesController
from charplay.tui.controllers.playback import PlaybackController
from charplay.tui.controllers.prompts import PromptController
from charplay.tui.controllers.run_list import RunListController
from charplay.tui.controllers.runs import RunsController
from charplay.tui.controllers.training import TrainingController
from charplay.tui.controllers.writing import WritingController
from charplay.tui.dialogs.dialog import Dialog
from charplay.tui.panes.corpus import CorpusPane
from charplay.tui.panes.form import FormPane
from charplay.tui.panes.gauges import GaugeLine
from charplay.tui.panes.runs import RunsPane
from charplay.tui.panes.status import Hint, StatusLine
from charplay.tui.screens.command_guide import WITHIN, CommandGuide
from charplay.tui.screens.key_order import ranks
from charplay.tui.screens.pane_layout import PaneLayout
from charplay.tui.textual_patches.backpressure import Ticker
from charplay.tui.textual_patches.row_compositor import use_row_compositor
from charplay.tui.widgets.key_line import KeyLine
from charplay.tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from textual.binding import Keymap

    from charplay.playground.arrangement import Sight
    from charplay.playground.playground import Playground
    from charplay.tui.panes.text import TextPane
    from charplay.tui.panes.training import TrainingPane
    from charplay.tui.presentation.command_search import Offer

Answer = TypeVar("Answer")

UNSEEN_TICK = 5.0
"""Seconds between two looks at the playground while nobody sees the screen: a run that waits for its turn has it."""
TICKS_AT_REST = 4
"""While nothing is written or read, it looks for news every so many ticks: seven times a second."""
TICKS_A_PAINT = 15
"""Numbers that run are shown twice a second."""
TICKS_A_BAR = 10
"""The candidates are shown anew every so many ticks while it writes: they could not be read faster."""
WRITES = (
    "<writing.cooler> <writing.warmer> temperature   "
    "<training.train> trains a network of your own while the demo writes"
)
NOTHING_WRITES = "Nothing writes: <panes.runs> and <runs.play> play a run, <training.train> trains one"
READING = "…"
"""Before the name of a run that is being read for the chart."""

CONTROLLERS: tuple[type[Controller], ...] = (
    CorpusController, FormController, RunsController, RunListController, TrainingController, ChartController,
    BranchController, AnalysisController, PromptController, PlaybackController, WritingController, PanesController,
)  # fmt: skip
"""In the order in which the line of keys shows their commands."""

_COMMANDS = [command for each in CONTROLLERS for command in each.commands]
_RANKS = ranks([*_COMMANDS, *SCREEN_COMMANDS])
_KEYS = {command.id: command.key for command in (*_COMMANDS, *SCREEN_COMMANDS, *APP_COMMANDS)}


class MainScreen(Screen[None]):
    """All panes over one playground.

    It is filled after its first paint, so that something writes before anything else is read.
    """

    # A key that has a meaning within a pane has it there before the one that it has everywhere.
    BINDINGS: ClassVar[Bindings] = [
        *bindings(each for each in _COMMANDS if each.place),
        *bindings(each for each in _COMMANDS if not each.place),
        *bindings(SCREEN_COMMANDS),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual's form
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (20, "-tall"), (46, "-high")]  # noqa: RUF012 - Textual's form
    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    MainScreen {
        & > #small { display: none; width: 1fr; height: 1fr; content-align: center middle; }
        &.-tiny, &.-flat {
            & > * { display: none; }
            & > #small { display: block; }
        }
    }
    """

    training: "TrainingPane"
    text: "TextPane"

    def __init__(self, playground: "Playground", path: str | None = None, keymap: "Keymap | None" = None) -> None:
        """`path`: of a text to begin with; `keymap`: the keys of commands that have others than they declare."""
        super().__init__()
        self.playground = playground
        self._keymap = keymap or {}
        self._path = path
        use_row_compositor(self)
        self.furnished = False
        """Whether all panes are there."""
        self.status = StatusLine()
        self.gauges = GaugeLine()
        self.corpus = CorpusPane(playground.corpora)
        self.form = FormPane(playground, self.key)
        self.runs = RunsPane(playground.run_list, playground.loss_unit, self.key)
        self.pane_layout = PaneLayout(playground.arrangement, self.corpus, self.form, self.runs)
        self.hint = Hint()
        self.commands = CommandTable([each(playground, self) for each in CONTROLLERS], self)
        self._guide = CommandGuide(self.commands, self._is_within)
        self._hinted = ""
        """What the text pane, or the tour, said last that can be done."""
        self._state = "idle"
        """The run's, as it is shown."""
        self._ticks = 0
        self._stale = False
        """Whether something happened that is not shown yet."""

    def compose(self) -> ComposeResult:
        """Status, the two columns, a hint, the keys."""
        yield self.status
        yield self.gauges
        yield self.pane_layout
        yield self.hint
        yield KeyLine(self.label, self.rank, ("1-5", "panes"))
        yield Static("charplay needs 60 columns and 20 rows.", id="small", markup=False)

    @on(events.Mount)
    def _begin(self) -> None:
        self.call_after_refresh(self._first)

    async def _first(self) -> None:
        """After the first paint something writes; what else is read from the disk comes after it."""
        with self.app.batch_update():
            await self._mount_stage()
            fault = self.playground.play("demo")
            self.playground.instrument.write()
            self.advance()
            if fault:
                self.say(f"{fault.rstrip('.')}. {NOTHING_WRITES}", warning=True)
        self.call_after_refresh(self._fill)

    async def _fill(self) -> None:
        with self.app.batch_update():
            await self._unfold()
            self.playground.begin(self._path)
            if self.playground.instrument.generator is not None:
                self.say(WRITES)
            self.advance()
        _enable_collector()

    async def _mount_stage(self) -> None:
        """Put up what stands on numpy, which would delay the first paint by a third of a second."""
        from charplay.playground.instrument import TICKS
        from charplay.tui.panes.text import TextPane
        from charplay.tui.panes.training import TrainingPane

        playground = self.playground
        playground.begin_writing()
        self.training = TrainingPane(playground.runs, playground.chart, self.key)
        self.text = TextPane(playground.instrument, playground.memorization, self.key)
        await self.pane_layout.mount_stage(self.training, self.text)
        self._ticker = Ticker(self, 1 / TICKS, TICKS_AT_REST, self._tick)
        self.set_interval(UNSEEN_TICK, lambda: self._tick(0))

    async def _unfold(self) -> None:
        """Put up what a key opens, and let keys in."""
        await self.text.unfold()
        self.pane_layout.refocus()
        self.furnished = True
        self.refresh_bindings()

    def label(self, binding: Binding) -> str:
        """What the key line calls a key just now; nothing where it hides the key."""
        command = self.commands.find(binding.id or "")
        if command is None:
            return binding.description
        return "" if command.hides and self.commands.disabled(command.id) else self.commands.label(command.id)

    def rank(self, binding: Binding) -> int:
        """Return where a key stands in the line of keys, as `ranks` has it; a widget's own key stands behind them."""
        return _RANKS.get(binding.id or "", len(_RANKS))

    # What the playground does, and what is shown of it.

    def _tick(self, ticks: int) -> None:
        before, self._ticks = self._ticks, self._ticks + ticks
        self.advance()
        if self._ticks // TICKS_A_BAR > before // TICKS_A_BAR:
            self.text.refresh_numbers()
        state = self.playground.runs.state.status
        # Numbers run, a new state is shown at once.
        if state != self._state or self._ticks // TICKS_A_PAINT > before // TICKS_A_PAINT:
            self._show_status()
            if self._stale:
                self.show()

    def advance(self) -> None:
        """Let the playground go on, and pass on what happened."""
        self._pass_on(self.playground.advance(self.playground.clock()))
        self._ticker.quick = self.playground.at_work

    def _pass_on(self, happenings: "Iterable[object]") -> None:
        changes: list[TextChanged] = []
        said = False
        for happening in happenings:
            if isinstance(happening, TextChanged):
                changes.append(happening)
                continue
            self._stale = True
            if isinstance(happening, Said):
                said = True
                tell = self.note if happening.passing else self.say
                tell(happening.sentence, warning=happening.warning)
            elif isinstance(happening, Started):
                self.playground.run_list.refresh()
            self.commands.hear(happening)
        for pane in (self.corpus, self.form, self.runs):
            pane.sync()
        self.text.sync(changes)
        if said:  # what holds by itself says so
            self.text.refresh_state()
        self._show_hint()

    def _show_hint(self) -> None:
        hint = self.text.hint() or self.playground.tour.stop
        if hint != self._hinted:
            self._hinted = hint
            types_or_looks = isinstance(self.focused, Input) or self.playground.instrument.cursor.is_out
            self.hint.word(name_keys(hint, self.key), answers=types_or_looks)

    def _on_text_pane_touched(self) -> None:
        self.advance()
        self.text.refresh_state()
        self._show_hint()

    def show(self) -> None:
        """Have every pane show what is known now."""
        self._stale = False
        self._show_status()
        self.pane_layout.lay_out()
        self.training.show()
        self.text.set_tint(self.playground.tint)
        self.text.refresh_state()
        self._show_hint()
        marks = dict.fromkeys(self.playground.run_list.reading, READING) | self.playground.chart.markers
        self.runs.mark(marks, writes=self.playground.instrument.origin.run)

    def _show_status(self) -> None:
        state, corpora = self.playground.runs.state, self.playground.corpora
        title = corpora.chosen.title if corpora.chosen else ""
        self.status.show(state, self.playground.draft, title, corpora.reading)
        self.gauges.show(self.playground.gauges.line(state))
        if state.status != self._state:
            self._state, self._stale = state.status, True
            self.refresh_bindings()
            if state.status == "preparing":
                self.pane_layout.show_stage()
            if not state.busy:
                self.playground.run_list.refresh()
                if self.playground.settings.bell:
                    self.app.bell()

    @on(RowList.Moved, "#run-list")
    def _stand_on_run(self) -> None:
        """What can be done depends on the run."""
        self.refresh_bindings()

    # What controllers ask of the screen: see `Ui`.

    def say(self, sentence: str, *, warning: bool = False) -> None:
        """Say something until something else is said."""
        self.hint.say(name_keys(sentence, self.key), warning=warning)

    def note(self, sentence: str, *, warning: bool = False) -> None:
        """Say something for a while: above the keys, or over the dialog that lies there."""
        self.app.notify(
            sanitize(name_keys(sentence, self.key), " "), severity="warning" if warning else "information", markup=False
        )

    def open_dialog(self, dialog: "Screen[Answer]", then: "Callable[[Answer | None], object] | None" = None) -> None:
        """Open a dialog; `then` gets its answer, None where it was left without one."""
        self.app.push_screen(dialog, None if then is None else lambda answer: self._answered(then, answer))

    def _answered(self, then: "Callable[[Answer | None], object]", answer: "Answer | None") -> None:
        then(answer)
        self._stale = True
        if self.training.is_attached:  # the dialog may have been left because the whole screen goes
            self._catch_up()

    def go_to(self, place: str) -> None:
        """Go to a pane, or to a row of one."""
        pane, _, row = place.partition(".")
        if row:
            (self.form if pane == "form" else self.text).open_row(row)
        else:
            self.pane_layout.go_to(pane)

    def selected(self, place: str) -> str:
        """Name what the cursor of a pane's list stands on; empty where there is nothing."""
        panes: dict[str, CorpusPane | FormPane | RunsPane] = {
            "corpus": self.corpus, "form": self.form, "runs": self.runs,
        }  # fmt: skip
        return panes[place].selected

    def sight(self) -> "Sight":
        """Return which pane is in use, how many cells are seen of each, and whether a dialog is over them."""
        return replace(self.pane_layout.sight(), covered=self.app.screen is not self)

    def key(self, name: str) -> str:
        """Return the key of a command by its id, as people write it; the first one of several."""
        keys = self._keymap.get(name, _KEYS[name])
        return self.app.get_key_display(Binding(keys.partition(",")[0], ""))

    def shown(self, place: str) -> str:
        """Return what a pane shows as text, also the rows that one would scroll to."""
        from charplay.tui.presentation.shown_text import shown_text

        return shown_text(self.query_one(f"#{place}"))

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
        self._after_command()

    def sections(self) -> "list[tuple[str, Sequence[Command]]]":
        """Return every command under the name of its place, for the help, beginning with the pane in use."""
        return self._guide.sections()

    def offers(self, rebind: "Callable[[Command], Command]") -> "Iterator[Offer]":
        """Return what the palette offers of the panes, once they are there; `rebind` gives a command its key."""
        display = self.app.get_key_display
        return self._guide.offers(rebind, display, self._go_and_run) if self.furnished else iter(())

    def _go_and_run(self, command: Command) -> None:
        """Carry a command out where its key works."""
        if command.place and not self._is_within(command.place):
            self.go_to(WITHIN.get(command.place, command.place))
        self.action_run_command(command.id)

    def _after_command(self) -> None:
        """Show what a key did to the text, and after the paint that it waits for whatever else it may have changed."""
        if self.furnished:
            self._stale = True
            self._pass_on(self.playground.instrument.drain())
            self._ticker.quick = self.playground.at_work
        self.call_after_refresh(self._catch_up)

    def _catch_up(self) -> None:
        if self._stale and self.furnished:
            self.advance()
            self.show()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether a key is a command here; one that cannot be used now says why, unless it passes its key on."""
        if action != "run_command":
            return True
        command = self.commands[str(parameters[0])]
        if command.place and not self._is_within(command.place):
            return False
        if not self.furnished:
            return command.id == "training.leave"
        return not (command.passes and self.commands.disabled(command.id))

    def _is_within(self, place: str) -> bool:
        return self.focused is not None and any(each.id == place for each in self.focused.ancestors_with_self)

    def is_enabled(self, binding: Binding) -> bool:
        """Whether a binding's command can be used now."""
        command = self.commands.find(binding.id or "")
        return command is None or not self.commands.disabled(command.id)

    @on(events.ScreenSuspend)
    def _cover_text(self) -> None:
        if not self.furnished:
            return
        front, instrument = self.app.screen, self.playground.instrument
        writes = instrument.at_work
        instrument.covered = getattr(front, "covers_text", True)
        if writes and instrument.covered and isinstance(front, Dialog):
            front.say_held()

    @on(events.ScreenResume)
    def _uncover_text(self) -> None:
        if self.furnished:
            self.playground.instrument.covered = False

    @on(events.Resize)
    def _keep_focus_in_sight(self) -> None:
        """What a narrower screen hides cannot keep the focus."""
        self.call_after_refresh(self.pane_layout.refocus)


def _enable_collector() -> None:
    """Enable the garbage collector where it was disabled for the start; it never searches what is there by now."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
