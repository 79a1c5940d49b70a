"""The runs pane: what was trained, to be played, continued, compared, and let go."""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual import events, on
from textual.message import Message
from textual.reactive import reactive

from charplay.formatting.sanitize import sanitize_line
from charplay.formatting.units import age, count
from charplay.fs.paths import current_folder, user_path
from charplay.tui.commands import RUNS
from charplay.tui.dialogs.choice import Choice, ChoiceDialog
from charplay.tui.dialogs.text_input import TextInputDialog
from charplay.tui.jobs import run_in_background
from charplay.tui.textual_patches.backpressure import set_visible_interval
from charplay.tui.widgets.pane import Pane
from charplay.tui.widgets.row_list import Cell, RowList, fit, fit_name

if TYPE_CHECKING:
    from charplay.playground.run_curves import RunCurves
    from charplay.runs.store import RunStore, RunSummary

LOOK_SECONDS = 60.0
"""Between two readings of the shelf: another process may have run, or let go of, what is on it. One takes a millisecond
or two a run, which training would miss if it were often."""


COLUMNS = f"step{'loss':>8}{'age':>8}"
"""Over the numbers of a row."""


class RunsPane(RowList, Pane):
    """The runs, newest first. Messages: `Play`, `Again`, `Resume` and `Overlay`, with all that is needed to do it."""

    BINDINGS = RUNS
    DEFAULT_CSS = """
    RunsPane {
        border: round $foreground 25%;
        border-title-color: $foreground 80%;
        border-subtitle-color: $foreground 60%;
        &:focus { border: round $accent; border-title-color: $foreground; }
    }
    """

    overlaid: reactive[Mapping[str, str]] = reactive({})
    """The runs on the chart by name, each with its marker there."""

    class Play(Message):
        """A run's checkpoint shall write."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    class Again(Message):
        """A run's asked recipe shall fill the form, and its text be chosen."""

        def __init__(self, asked: Mapping[str, object], corpus: str, encoding: str) -> None:
            super().__init__()
            self.asked = asked
            self.corpus = corpus
            """Name or path of the text."""
            self.encoding = encoding
            """As it was named; empty where it was found out."""

    class Resume(Message):
        """A run shall go on, with `more` added to its budget where it is finished."""

        def __init__(self, name: str, more: str = "") -> None:
            super().__init__()
            self.name = name
            self.more = more

    class Overlay(Message):
        """A run's losses shall be on the chart, or off it."""

        def __init__(self, name: str, curves: "RunCurves") -> None:
            super().__init__()
            self.name = name
            self.curves = curves

    class Deleted(Message):
        """A run is gone."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    class Listed(Message):
        """The runs were read from the disk."""

        def __init__(self, runs: "list[RunSummary]", unfinished: "RunSummary | None") -> None:
            super().__init__()
            self.runs = runs
            self.unfinished = unfinished

    def __init__(self) -> None:
        super().__init__(id="runs")
        self._shelf: RunStore
        self._runs: list[RunSummary] = []
        self.unfinished: RunSummary | None = None
        """The newest run that could go on."""

    def on_mount(self) -> None:
        """Say what this is."""
        self.set_title("Runs")

    def number(self) -> int:
        """One row a run."""
        return len(self._runs)

    def draw(self, index: int, width: int) -> list[Cell]:
        """Name, step, loss, when; before the chart's runs their markers."""
        run = self._runs[index]
        mark = f"{self.overlaid.get(run.name, ' ')} "
        if run.broken:
            return [(mark, "accent"), (fit(f"{run.name}  {run.broken}", width - 2), "bad")]
        when = "" if run.read_only else "runs" if run.in_use else age(time.time() - run.modified)
        return [
            (mark, "accent"),
            (fit_name(run.name, width - 27), "plain" if run.finished else "strong"),
            (fit(count(run.step), 7, right=True), "quiet"),
            (_loss(run), "plain"),
            (fit(when, 7, right=True) + "  ", "quiet"),
        ]

    def begin(self, shelf: "RunStore") -> None:
        """List a shelf's runs."""
        self._shelf = shelf
        self.refill()
        set_visible_interval(self, LOOK_SECONDS, self.refill)

    @on(events.Focus)
    def _look(self) -> None:
        if self._runs:  # else the first reading is under way, or to come
            self.refill()

    def refill(self) -> None:
        """Read the runs anew, off the screen's thread."""
        run_in_background(lambda: self.post_message(self.Listed(self._shelf.list(), self._shelf.unfinished())))

    @on(Listed)
    def _list(self, message: Listed) -> None:
        now = self._runs[self.cursor].name if self._runs else ""
        self._runs, self.unfinished = message.runs, message.unfinished
        self.cursor = next((i for i, run in enumerate(self._runs) if run.name == now), self.cursor)
        self.set_title("Runs", f"{'t training  ' if any(map(_held_nothing_out, self._runs)) else ''}{COLUMNS}")
        self.repaint()

    def playable(self) -> "list[RunSummary]":
        """The runs that have a checkpoint."""
        return [run for run in self._runs if run.playable is not None and not run.broken]

    def clicked(self) -> None:
        """A second click plays."""
        self.action_play()

    def _selected(self) -> "RunSummary | None":
        """The run under the cursor, unless it cannot be read."""
        run = self._runs[self.cursor] if self._runs else None
        if run is not None and run.broken:
            self._complain(run.broken)
            return None
        return run

    def _complain(self, sentence: str) -> None:
        self.notify(sanitize_line(sentence), severity="warning", markup=False)

    def action_play(self) -> None:
        """Play it."""
        run = self._selected()
        if run is not None:
            self.post_message(self.Play(run.name))

    def action_again(self) -> None:
        """Again, with changes."""
        from charplay.runs.checkpoint import CheckpointError, read_header
        from charplay.runs.store import RunError

        run = self._selected()
        if run is None:
            return
        try:
            if run.read_only:  # the demo is a checkpoint without a run
                header = read_header(self._shelf.checkpoint(run.name))
                recipe, text = header.recipe, header.corpus
            else:
                kept = self._shelf.find(run.name)
                recipe, text = kept.asked, kept.corpus
        except (RunError, CheckpointError) as fault:
            self._complain(str(fault))
        else:
            self.post_message(self.Again(recipe.model_dump(), recipe.corpus or text.path or text.name, text.encoding))

    def action_resume(self) -> None:
        """Go on with it; a finished one is asked how much longer."""
        run = self._selected()
        if run is None:
            return
        if run.read_only:
            self._complain(f"{run.name} is a checkpoint to play and to start from, not a run to go on with")
            return
        if run.in_use:
            self._complain(f"{run.name} is in use by {run.in_use}")
            return
        if not run.finished:
            self.post_message(self.Resume(run.name))
            return
        asking = TextInputDialog(
            "Extend", "How much longer? As in: 3 minutes, 2 epochs, 5000 steps", check=_amount_fault
        )

        def extend(more: str | None) -> None:
            if more:
                self.post_message(self.Resume(run.name, more))

        self.app.push_screen(asking, extend)

    def action_overlay(self) -> None:
        """On the chart, or off it."""
        from charplay.playground.run_history import kept_curves
        from charplay.runs.store import RunError

        run = self._selected()
        if run is None:
            return
        try:
            curves = kept_curves(self._shelf.find(run.name))
        except (RunError, OSError) as fault:
            self._complain(str(fault))
        else:
            self.post_message(self.Overlay(run.name, curves))

    def action_export(self) -> None:
        """Copy its checkpoint to a file that is asked for."""
        if not self._runs:
            return
        name = self._runs[self.cursor].name
        asking = TextInputDialog(
            "Export", f"Copy the checkpoint of {sanitize_line(name)} to:", str(current_folder() / f"{name}.safetensors")
        )
        self.app.push_screen(asking, lambda target: self._export(name, target or ""))

    def _export(self, name: str, target: str) -> None:
        from charplay.runs.checkpoint import CheckpointError
        from charplay.runs.store import RunError

        if not target:
            return
        try:
            written = self._shelf.export(name, user_path(target))
        except (RunError, CheckpointError) as fault:
            self.notify(sanitize_line(str(fault)), severity="error", markup=False)
        else:
            self.notify(sanitize_line(f"Written to {written}"), markup=False)

    def action_delete(self) -> None:
        """Delete it, once that was confirmed."""
        if not self._runs:
            return
        name = self._runs[self.cursor].name
        if self._runs[self.cursor].read_only:
            self._complain(f"{name} comes with charplay and cannot be deleted")
            return
        answers = [Choice("", "keep it", key="k"), Choice("delete", "delete it", "for good", "d")]
        question = ChoiceDialog("Delete", f"Delete the run {sanitize_line(name)} with its checkpoints?", answers)
        self.app.push_screen(question, lambda answer: self._delete(name) if answer else None)

    def _delete(self, name: str) -> None:
        from charplay.runs.store import RunError

        try:
            self._shelf.delete(name)
        except RunError as fault:
            self.notify(sanitize_line(str(fault)), severity="error", markup=False)
        else:
            self.post_message(self.Deleted(name))
        self.refill()


def _held_nothing_out(run: "RunSummary") -> bool:
    return run.val_loss is None and run.train_loss is not None


def _loss(run: "RunSummary") -> str:
    """On held-out text; where that is not known, in training, which is said."""
    if run.val_loss is not None:
        return fit(f"{run.val_loss:.3f}", 8, right=True) + " "
    return " " * 9 if run.train_loss is None else fit(f"{run.train_loss:.3f}", 8, right=True) + "t"


def _amount_fault(more: str) -> str:
    from charplay.playground.recipe_draft import budget_layer

    try:
        budget_layer(more)
    except ValueError as fault:
        return str(fault)
    return ""
