"""Rides: what was done while a text was written, replayed, kept and opened; and texts side by side."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from charplay.tui.command import Command
from charplay.tui.controllers.base import Controller

if TYPE_CHECKING:
    from charplay.playground.checkpoints import CheckpointEntry
    from charplay.playground.comparison import Column
    from charplay.sampling.recording import Recording


class PlaybackController(Controller):
    """Recordings of what was done, and comparisons."""

    commands: ClassVar = (
        Command(
            "playback.rides", "A", "rides", "Replay this text's ride, keep it, or open another", "text", footer=True
        ),
        Command(
            "playback.side_by_side", "c", "side by side", "Several temperatures or checkpoints side by side", "text",
            footer=True,
        ),
        Command(
            "playback.leave_ride", "escape", "leave the ride", "Stop the replay, and go on freely", "text",
            passes=True,
        ),
    )  # fmt: skip

    def disabled(self, command: Command) -> str:
        """Return why a command cannot be used now."""
        instrument = self.playground.instrument
        if instrument.generator is None:
            return "Nothing writes yet."
        if command.method == "leave_ride" and not instrument.replaying:
            return f"No ride is replayed; {self.ui.key('playback.rides')} opens one."
        return ""

    def leave_ride(self) -> None:
        """Write on by hand; the last settings stay."""
        self.playground.instrument.leave_replay()

    def rides(self) -> None:
        """Ask what to do with rides."""
        from charplay.tui.dialogs.choice import Choice, ChoiceDialog

        transcript = self.playground.instrument.transcript
        if transcript is None:
            return
        changed = "on the present weights" if len(transcript.weights_spans) > 1 else "the same text again"
        choices = [
            Choice("again", "replay this ride exactly", changed, "r"),
            Choice("seed", "replay it with another seed", "other luck", "s"),
            Choice("another", "replay it on another checkpoint", "", "c"),
            Choice("keep", "keep it as a file", "sample --ride takes it", "w"),
            Choice("open", "open one from a file", "", "o"),
        ]
        written = self.playground.instrument.recording is not None
        self.ui.open_dialog(ChoiceDialog("Rides", "", choices if written else choices[-1:]), self._take)

    def _take(self, answer: str | None) -> None:
        instrument = self.playground.instrument
        recording = instrument.recording
        if answer == "open":
            self._open()
        elif answer and recording is not None:
            match answer:
                case "again":
                    instrument.replay(recording)
                case "seed":
                    instrument.replay_with_next_seed(recording)
                case "another":
                    self._replay_elsewhere(recording)
                case "keep":
                    self._keep()

    def _keep(self) -> None:
        from charplay.playground.text_files import keep_recording

        try:
            path = keep_recording(self.playground.instrument, datetime.now().astimezone())
        except OSError as error:
            self.ui.note(f"The ride could not be written: {error.strerror}.")
        else:
            self.ui.note(f"Written to {path.parent.name}/{path.name}" if path else "Nothing is written yet.")

    def _open(self) -> None:
        from charplay.playground.recordings import kept_rides
        from charplay.tui.dialogs.choice import Choice, ChoiceDialog

        choices = [Choice(str(path), path.name) for path in kept_rides(self.playground.instrument.texts)]
        dialog = ChoiceDialog("Open a ride", "", [*choices, Choice("", "a file elsewhere", key="f")])
        self.ui.open_dialog(dialog, self._opened)

    def _opened(self, path: str | None) -> None:
        from charplay.corpora.errors import CorpusError
        from charplay.playground.recordings import read_ride
        from charplay.sampling.errors import SettingError
        from charplay.tui.dialogs.text_input import TextInputDialog

        if path is None:
            self.rides()
        elif path:
            try:
                self.playground.instrument.replay(read_ride(Path(path)))
            except (CorpusError, SettingError) as error:
                self.ui.note(f"{error}.")
        else:
            dialog = TextInputDialog("Open a ride", "The file of a ride:", check=_ride_error)
            self.ui.open_dialog(dialog, lambda typed: self._opened(typed) if typed else self._open())

    def _replay_elsewhere(self, recording: "Recording") -> None:
        from charplay.playground.checkpoints import list_checkpoints
        from charplay.tui.dialogs.choice import Choice, ChoiceDialog

        found = list_checkpoints(self.playground.run_list.summaries)
        choices = [Choice(str(number), each.title, each.note) for number, each in enumerate(found)]

        def replay(at: str | None) -> None:
            if at:
                self._replay_on(recording, found[int(at)])
            else:
                self.rides()

        self.ui.open_dialog(ChoiceDialog("Replay on", "", choices), replay)

    def _replay_on(self, recording: "Recording", entry: "CheckpointEntry") -> None:
        from charplay.runs.checkpoint import CheckpointError
        from charplay.sampling.errors import ModelError

        try:
            self.playground.replay_on(recording, entry)
        except (CheckpointError, ModelError) as error:
            self.ui.note(str(error), warning=True)

    def side_by_side(self) -> None:
        """Open columns beside each other, with the model that writes here."""
        from charplay.playground.checkpoints import list_checkpoints
        from charplay.tui.dialogs.comparison import ComparisonScreen

        playground = self.playground
        screen = ComparisonScreen(
            playground.new_comparison, lambda: list_checkpoints(playground.run_list.summaries), playground.clock,
            playground.home.texts,
        )  # fmt: skip

        def leave(column: "Column | None") -> None:
            self.playground.preferences.columns = screen.comparison.temperatures
            self.playground.take_column(column)

        self.ui.open_dialog(screen, leave)


def _ride_error(path: str) -> str:
    from charplay.corpora.errors import CorpusError
    from charplay.playground.recordings import read_ride
    from charplay.sampling.errors import SettingError

    try:
        read_ride(Path(path))
    except (CorpusError, SettingError) as error:
        return str(error)
    return ""
