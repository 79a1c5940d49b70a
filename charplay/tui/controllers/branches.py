"""Branches: a cursor on the text, other characters and words of one's own, and every way that the text has gone."""

from datetime import datetime
from functools import partial
from typing import ClassVar

from charplay.tui.command import Command
from charplay.tui.controllers.base import Controller


class BranchController(Controller):
    """Going back in a text, and another way on."""

    commands: ClassVar = (
        Command(
            "branches.cursor", "b", "rewind", "A cursor on the text: look at any character, go back, branch", "text",
            footer=True,
        ),
        Command(
            "branches.type", "e", "type", "Type into the text: at the cursor, or at the end", "text", footer=True
        ),
        Command(
            "branches.show_all", "g", "branches", "All versions of this text, and going back to one", "text",
            footer=True,
        ),
        Command(
            "branches.take_up", "T", "last text", "Go on with the text of the last sitting, with all its branches",
            "text",
        ),
        Command(
            "branches.pick", "enter", "pick another", "Pick another character there, and go on from it", "writing",
            footer=True, passes=True,
        ),
        Command(
            "branches.put_away", "escape", "put away", "Put the cursor away, and go on writing", "writing", footer=True,
            passes=True,
        ),
    )  # fmt: skip

    def disabled(self, command: Command) -> str:
        """Return why a command cannot be used now."""
        instrument = self.playground.instrument
        if instrument.generator is None:
            return "Nothing writes yet."
        if command.method in {"pick", "put_away"} and not instrument.cursor.is_out:
            return f"The cursor is not out; {self.ui.key('branches.cursor')} brings it."
        return ""

    def cursor(self) -> None:
        """Bring the cursor out at the newest character, or where the text is being read; or put it away."""
        if self.playground.instrument.cursor.is_out:
            self.put_away()
        else:
            self.ui.go_to("text.cursor")

    def put_away(self) -> None:
        """Put the cursor away."""
        self.playground.instrument.put_cursor_away()

    def type(self) -> None:
        """Open the line for a text of one's own."""
        self.playground.instrument.typing = True
        self.ui.go_to("text.typing")

    def pick(self) -> None:
        """Choose another character for the one under the cursor."""
        from charplay.tui.dialogs.candidates import CandidatesDialog

        instrument = self.playground.instrument
        position, looked_at = instrument.cursor.position, instrument.transcript
        if position is None or looked_at is None:
            return
        if instrument.cursor.on_unknown:
            self.ui.note(f"Nothing can be picked here: {instrument.cursor.error}.")
            return
        found = instrument.all_candidates(position)
        if found is not None:
            self.ui.open_dialog(CandidatesDialog(found), partial(self._picked, looked_at, position))

    def _picked(self, looked_at: object, position: int, character: str | None) -> None:
        if character:
            self.playground.instrument.pick(looked_at, position, character)  # type: ignore[arg-type]

    def show_all(self) -> None:
        """Open every branch on a screen of its own."""
        from charplay.tui.dialogs.branches import BranchesDialog

        branches = self.playground.instrument.branches
        if branches is not None:
            self.ui.open_dialog(BranchesDialog(branches, self._export), self._go_to)

    def take_up(self) -> None:
        """Go on with the text of an earlier sitting; it holds until it is told to write."""
        refusal = self.playground.take_up_text()
        here = "Your text is here again, with all its branches"
        self.ui.note(refusal or f"{here}: <writing.write> writes on, <branches.show_all> shows them.")

    def _go_to(self, name: str | None) -> None:
        if name:
            self.playground.switch_branch(name)

    def _export(self) -> str:
        """Write all branches to a file; what became of it, in a sentence."""
        from charplay.playground.text_files import export_branches

        try:
            path = export_branches(self.playground.instrument, datetime.now().astimezone())
        except OSError as error:
            return f"The branches could not be written: {error.strerror}."
        return f"Written to {path.parent.name}/{path.name}" if path else ""
