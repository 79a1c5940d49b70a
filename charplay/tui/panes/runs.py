"""The runs pane: what was trained, to be played, continued, compared, and let go."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on
from textual.message import Message

from charplay.tui.amounts import count, span
from charplay.tui.commands import RUNS
from charplay.tui.panes.rows import Cell, Rows, fit
from charplay.tui.screens.asking import Asking
from charplay.tui.screens.question import Choice, Question
from charplay.tui.visible import plain
from charplay.tui.worker import errand

if TYPE_CHECKING:
    from charplay.runs.shelf import Shelf, Summary


class RunsPane(Rows):
    """The runs, newest first. Messages: `Play`, `Again`, `Resume` and `Overlay` with a run's summary."""

    BINDINGS = RUNS

    class About(Message):
        """Something is wanted of a run."""

        def __init__(self, summary: "Summary") -> None:
            super().__init__()
            self.summary = summary

    class Play(About):
        """Its checkpoint shall write."""

    class Again(About):
        """Its recipe shall fill the form."""

    class Resume(About):
        """It shall go on."""

    class Overlay(About):
        """Its losses shall be on the chart."""

    class Listed(Message):
        """The runs were read from the disk."""

        def __init__(self, runs: "list[Summary]", unfinished: "Summary | None") -> None:
            super().__init__()
            self.runs = runs
            self.unfinished = unfinished

    def __init__(self) -> None:
        super().__init__(id="runs")
        self._shelf: Shelf
        self._runs: list[Summary] = []
        self.unfinished: Summary | None = None
        """The newest run that could go on."""
        self.overlaid: frozenset[str] = frozenset()
        """Names of the runs on the chart."""

    def on_mount(self) -> None:
        """Say what this is."""
        self.set_title("Runs")

    def number(self) -> int:
        """One row a run."""
        return len(self._runs)

    def draw(self, index: int, width: int) -> list[Cell]:
        """Name, step, held-out loss, when; a mark on the chart's runs."""
        run = self._runs[index]
        mark = "◇ " if run.name in self.overlaid else "  "
        if run.broken:
            return [(mark, "accent"), (fit(f"{run.name}  {run.broken}", width - 2), "bad")]
        loss = run.val_loss if run.val_loss is not None else run.train_loss
        when = "" if run.read_only else "runs" if run.in_use else span(time.time() - run.modified)
        return [
            (mark, "accent"),
            (fit(run.name, max(0, width - 25)), "plain" if run.finished else "strong"),
            (fit(count(run.step), 7, right=True), "quiet"),
            (fit(f"{loss:.3f}" if loss is not None else "", 8, right=True), "plain"),
            (fit(when, 7, right=True) + " ", "quiet"),
        ]

    def begin(self, shelf: "Shelf") -> None:
        """List a shelf's runs."""
        self._shelf = shelf
        self.refill()

    def refill(self) -> None:
        """Read the runs anew, off the screen's thread."""
        errand(lambda: self.post_message(self.Listed(self._shelf.list(), self._shelf.unfinished())))

    @on(Listed)
    def _list(self, message: Listed) -> None:
        self._runs, self.unfinished = message.runs, message.unfinished
        self.repaint()

    def clicked(self) -> None:
        """A second click plays."""
        self.action_play()

    def _ask(self, about: "type[About]") -> None:
        if self._runs:
            run = self._runs[self.cursor]
            if run.broken:
                self.notify(plain(run.broken), severity="warning", markup=False)
            else:
                self.post_message(about(run))

    def action_play(self) -> None:
        """Play it."""
        self._ask(self.Play)

    def action_again(self) -> None:
        """Again, with changes."""
        self._ask(self.Again)

    def action_resume(self) -> None:
        """Go on with it."""
        self._ask(self.Resume)

    def action_overlay(self) -> None:
        """On the chart, or off it."""
        self._ask(self.Overlay)

    def action_export(self) -> None:
        """Copy its checkpoint to a file that is asked for."""
        if not self._runs:
            return
        name = self._runs[self.cursor].name
        asking = Asking("Export", f"Copy the checkpoint of {name} to:", str(Path.cwd() / f"{name}.safetensors"))
        self.app.push_screen(asking, lambda target: self._export(name, target or ""))

    def _export(self, name: str, target: str) -> None:
        from charplay.runs.shelf import RunError

        if not target:
            return
        try:
            written = self._shelf.export(name, Path(target).expanduser())
        except RunError as fault:
            self.notify(plain(str(fault)), severity="error", markup=False)
        else:
            self.notify(plain(f"Written to {written}"), markup=False)

    def action_delete(self) -> None:
        """Delete it, once that was confirmed."""
        if not self._runs:
            return
        name = self._runs[self.cursor].name
        answers = [Choice("", "keep it", key="k"), Choice("delete", "delete it", "for good", "d")]
        question = Question("Delete", f"Delete the run {plain(name)} with its checkpoints?", answers)
        self.app.push_screen(question, lambda answer: self._delete(name) if answer else None)

    def _delete(self, name: str) -> None:
        from charplay.runs.shelf import RunError

        try:
            self._shelf.delete(name)
        except RunError as fault:
            self.notify(plain(str(fault)), severity="error", markup=False)
        self.refill()
