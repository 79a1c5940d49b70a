"""The queue of runs, over the main screen: reorder, hold, drop, empty."""

from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from charplay.tui.command import Command, bindings
from charplay.tui.dialogs.dialog import Dialog
from charplay.tui.own_keys import name_own_keys
from charplay.tui.textual_patches.backpressure import set_visible_interval
from charplay.tui.widgets.row_list import Cell, RowList, fit

if TYPE_CHECKING:
    from charplay.playground.run_queue import RunQueue

LOOK_SECONDS = 0.5
"""Between two looks at what has begun meanwhile."""
NUMBER = 4
EMPTY = "Nothing waits. {} queues the next run as the form has it."


class _Runs(RowList):
    def __init__(self, queue: "RunQueue") -> None:
        super().__init__()
        self._queue = queue

    def number(self) -> int:
        return len(self._queue.runs)

    def draw(self, index: int, width: int) -> list[Cell]:
        run = self._queue.runs[index]
        title = run.title
        if not run.trouble:
            return [(f"{index + 1:>{NUMBER - 1}} ", "quiet"), (fit(title, width - NUMBER), "plain")]
        return [("  ! ", "bad"), (fit(f"{title}: {run.trouble}", width - NUMBER), "bad")]


class RunQueueDialog(Dialog[None]):
    """What waits, in its order; every key acts at once."""

    commands = (
        Command("queue.earlier", "left,minus", "earlier", "Begin this run one place earlier", footer=True,
                action="shift(-1)"),
        Command("queue.later", "right,plus", "later", "Begin it one place later", footer=True, action="shift(1)"),
        Command("queue.hold", "space", "hold", "Begin no more runs, or go on", footer=True, action="hold"),
        Command("queue.retry", "enter", "try again", "Let a run that could not begin wait again", action="retry"),
        Command("queue.drop", "d", "drop", "Take this run off the queue", footer=True, action="drop"),
        Command("queue.empty", "E", "empty", "Take all of them off", footer=True, action="empty"),
    )  # fmt: skip
    BINDINGS = bindings(commands)
    DEFAULT_CSS = """
    RunQueueDialog _Runs { height: auto; }
    RunQueueDialog .fault { color: $error; height: auto; }
    """

    def __init__(self, queue: "RunQueue", queue_key: str) -> None:
        """`queue_key` queues the next run on the main screen."""
        super().__init__()
        self._queue = queue
        self._empty = EMPTY.format(queue_key)
        self._rows = _Runs(queue)
        self._rows.cursor = max(0, len(queue.runs) - 1)
        self._fault = Static("", classes="fault", markup=False)
        self._shown: object = None

    def compose(self) -> ComposeResult:
        """The runs, and what could not be kept."""
        with self.box("Queue"):
            yield self._rows
            yield self._fault

    @on(events.Mount)
    def _begin(self) -> None:
        self._show("")
        set_visible_interval(self, LOOK_SECONDS, self._look)

    @on(events.Resize)
    def _place(self) -> None:
        self.hold(self._rows, 8)

    def _look(self) -> None:
        self._queue.look()
        if self._shown != (self._queue.runs, self._queue.held):
            self._show("")

    def _show(self, fault: str) -> None:
        """Show the queue as it is now, and why it could not be kept so, if it could not."""
        queue = self._queue
        self._shown = (list(queue.runs), queue.held)
        state = "holds: <queue.hold> goes on" if queue.held else "goes on by itself: <queue.hold> holds it"
        self.query_one(".box", Vertical).border_subtitle = Content(
            name_own_keys(state, self, self.commands) if queue.runs else "empty"
        )
        self._fault.update(fault or ("" if queue.runs else self._empty))
        self._place()
        self._rows.repaint()

    @property
    def _at(self) -> int:
        """The place of the run under the cursor; the list may have become shorter since it was drawn."""
        return min(self._rows.cursor, len(self._queue.runs) - 1)

    def action_shift(self, by: int) -> None:
        """Move the run under the cursor, and the cursor with it."""
        at = self._at
        if 0 <= at + by < len(self._queue.runs):
            fault = self._queue.move(at, by)
            self._rows.cursor = at + by
            self._show(fault)

    def action_hold(self) -> None:
        """Hold, or go on."""
        self._show(self._queue.hold(held=not self._queue.held))

    def action_retry(self) -> None:
        """Let the run under the cursor wait again."""
        if self._queue.runs:
            self._show(self._queue.retry(self._at))

    def action_drop(self) -> None:
        """Drop the run under the cursor."""
        if self._queue.runs:
            self._show(self._queue.drop(self._at))

    def action_empty(self) -> None:
        """Drop all."""
        self._show(self._queue.empty())
