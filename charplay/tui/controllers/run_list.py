"""The commands on the list of runs: details, search and order, and what a person notes of a run."""

from typing import TYPE_CHECKING

from charplay.formatting.sanitize import sanitize_line
from charplay.playground.happenings import SamplesRead
from charplay.tui.command import Command
from charplay.tui.controllers.base import Controller

if TYPE_CHECKING:
    from charplay.playground.comparison import Comparison
    from charplay.playground.run_details import KeptCheckpoint
    from charplay.runs.store import RunSummary

OF_THE_LIST = {"search", "sort", "copy"}
"""Commands that need no run under the cursor."""
READING = {"details", "samples", "along"}
"""Commands that only read a run; those that are left write about it."""


class RunListController(Controller):
    """How the runs are looked at, and what is written about them."""

    commands = (
        Command("run_list.details", "i", "details", "All that is kept of the run: its recipe, its checkpoints to play",
                place="runs", footer=True),
        Command("run_list.samples", "v", "samples", "Go through the text samples that the run wrote while it trained",
                place="runs"),
        Command("run_list.along", "C", "along the run", "One text, from one seed, as the run's checkpoints write it",
                place="runs"),
        Command("run_list.search", "slash", "search", "Show only runs that have certain words, in name, text or note",
                place="runs"),
        Command("run_list.sort", "S", "sort", "Sort by age, loss, name, steps, or favourites first", place="runs"),
        Command("run_list.favourite", "asterisk", "favourite", "Mark the run as a favourite, or no more", place="runs"),
        Command("run_list.copy", "y", "copy", "Copy the list of runs", place="runs"),
        Command("run_list.note", "e", "note", "Write a line about the run", place="runs"),
        Command("run_list.rename", "R", "rename", "Give the run another name", place="runs"),
    )  # fmt: skip

    def disabled(self, command: Command) -> str:
        """Return why a command cannot be used on the run under the cursor."""
        run, wanted = self._run, command.method
        if wanted in OF_THE_LIST:
            return ""
        if run is None:
            return "There is no run under the cursor."
        if wanted in READING:
            return run.broken or self._without_samples(run, wanted)
        if run.read_only:
            return f"{run.name} comes with charplay and stays as it is"
        return self._not_renamable(run) if wanted == "rename" else ""

    def _without_samples(self, run: "RunSummary", wanted: str) -> str:
        none = wanted == "samples" and run.read_only
        return f"{run.name} has no samples: it came as a checkpoint" if none else ""

    def _not_renamable(self, run: "RunSummary") -> str:
        if run.in_use:
            return f"{run.name} is in use by {run.in_use}"
        writes = self.playground.instrument.origin.run == run.name
        return (
            f"{run.name} is what writes now; let another run write first: {self.ui.key('runs.play')}" if writes else ""
        )

    @property
    def _run(self) -> "RunSummary | None":
        return self.playground.run_list.find(self.ui.selected("runs"))

    def details(self) -> None:
        """Show all that is kept of it; a checkpoint chosen there plays."""
        from charplay.playground.run_details import read_details
        from charplay.runs.checkpoint import CheckpointError
        from charplay.runs.errors import RunError
        from charplay.tui.dialogs.run_details import RunDetailsDialog

        name = self.ui.selected("runs")
        try:
            found = read_details(self.playground.store, name)
        except (RunError, CheckpointError) as fault:
            self.ui.note(sanitize_line(str(fault)), warning=True)
            return
        unit = self.playground.loss_unit.current
        self.ui.open_dialog(RunDetailsDialog(found, unit), lambda chosen: self._play(name, chosen))

    def _play(self, name: str, chosen: "KeptCheckpoint | None") -> None:
        fault = self.playground.play_checkpoint(chosen.path, name) if chosen is not None else ""
        if fault:
            self.ui.note(sanitize_line(fault), warning=True)

    def samples(self) -> None:
        """Have them read."""
        self.playground.run_list.read_samples(self.ui.selected("runs"))

    def hear(self, happening: object) -> None:
        """Show the samples of a run once they were read."""
        if not isinstance(happening, SamplesRead) or self.ui.sight().covered:
            return
        rounds = happening.samples.rounds
        if not rounds:
            self.ui.note(f"{happening.run} wrote no samples while it trained.")
            return
        from charplay.playground.sample_rounds import SampleBrowser
        from charplay.tui.dialogs.samples import SamplesDialog

        self.ui.open_dialog(SamplesDialog(happening.run, SampleBrowser(lambda: rounds)))

    def along(self) -> None:
        """Have its checkpoints write side by side, those of its timeline above all."""
        from charplay.playground.checkpoints import list_checkpoints
        from charplay.playground.temperatures import FEWEST
        from charplay.tui.dialogs.comparison import ComparisonScreen

        run, playground = self._run, self.playground
        found = list_checkpoints([run] if run is not None else [])
        if run is None or len(found) < FEWEST:
            self.ui.note("This run has a single checkpoint or none; one trained with keep at timeline has a dozen.")
            return
        screen = ComparisonScreen(
            lambda room: self._compare_along(run, room), lambda: found, playground.clock, playground.home.texts
        )
        self.ui.open_dialog(screen, playground.take_column)

    def _compare_along(self, run: "RunSummary", room: int) -> "Comparison":
        """Return the comparison; where a checkpoint cannot be played, that of the model that writes, and say why."""
        from charplay.runs.checkpoint import CheckpointError
        from charplay.sampling.errors import ModelError

        try:
            return self.playground.compare_along(run, room)
        except (CheckpointError, ModelError) as fault:
            self.ui.note(sanitize_line(str(fault)), warning=True)
            return self.playground.new_comparison(room)

    def search(self) -> None:
        """Ask for words that the runs shown must have."""
        from charplay.tui.dialogs.text_input import TextInputDialog

        run_list = self.playground.run_list
        sentence = "Show runs that have all these words, in name, text, network or note (favourite is one); none: all"
        dialog = TextInputDialog("Search", sentence, run_list.view.needle, lambda _: "")
        self.ui.open_dialog(dialog, lambda words: None if words is None else run_list.filter(words))

    def sort(self) -> None:
        """Sort by the next thing."""
        self.playground.run_list.sort_by_next()

    def copy(self) -> None:
        """Copy the list."""
        self._copy(self.ui.shown("runs"))

    def favourite(self) -> None:
        """Mark it, or no more."""
        if (run := self._run) is not None:
            self.playground.run_list.note(run.name, favourite=not run.favourite)

    def note(self) -> None:
        """Ask for a line about it."""
        from charplay.tui.dialogs.text_input import TextInputDialog

        if (run := self._run) is not None:
            name, run_list = run.name, self.playground.run_list
            dialog = TextInputDialog("Note", f"What is to be remembered of {name}:", run.note, _note_fault)
            self.ui.open_dialog(dialog, lambda note: None if note is None else run_list.note(name, note=note))

    def rename(self) -> None:
        """Ask for another name."""
        from charplay.tui.dialogs.text_input import TextInputDialog

        name, run_list = self.ui.selected("runs"), self.playground.run_list
        dialog = TextInputDialog("Rename", f"Another name for {name}:", name)
        self.ui.open_dialog(dialog, lambda new: run_list.rename(name, new) if new and new != name else None)


def _note_fault(note: str) -> str:
    from charplay.runs.notes import LONGEST

    return f"A note has at most {LONGEST:,} characters." if len(note) > LONGEST else ""
