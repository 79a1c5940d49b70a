"""Going back in a text: a cursor that looks at its characters, other ways to go on, and words of one's own."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from textual import on
from textual.message import Message
from textual.widgets import Static

from charplay.formatting.escapes import listed
from charplay.formatting.sanitize import sanitize_char
from charplay.playground.saved_texts import write_branches
from charplay.sampling.errors import TranscriptError
from charplay.sampling.generator import Candidate, Inspection
from charplay.sampling.transcript import Transcript
from charplay.tui.commands import command
from charplay.tui.panes.text_writing import MOST_CANDIDATES, WritingPane
from charplay.tui.presentation.character_details import looked_at
from charplay.tui.widgets.cursor_text import CursorText
from charplay.tui.widgets.prompt_entry import PromptEntry


class BranchingPane(WritingPane):
    """Brings out a cursor on the text. While it is out, or a text of one's own is typed, nothing is written.

    Whoever lays out the pane shows `look` while the pane has the class `-looking`, `own` while it has `-typing`.
    """

    BINDINGS = [  # noqa: RUF012 - Textual's form
        command("c", "cursor", "rewind", "A cursor on the text: look at any character, go back, branch", footer=True),
        command("i", "own", "type", "Type into the text: at the cursor, or at the end", footer=True),
        command("g", "branches", "branches", "Every way that the text has gone, and going back to one", footer=True),
    ]

    class Went(Message, namespace="text_pane"):
        """Another branch is written on, whose weights may be others."""

    def __init__(self, texts: Path, clock: Callable[[], float]) -> None:
        super().__init__(texts, clock)
        self.look = Static("", id="look", markup=False)
        self.own = PromptEntry("what the text goes on with", id="own")
        self._found: Inspection | None = None
        """What the cursor looks at, where that can be rated."""
        self._held = False
        """Whether it wrote when the cursor came out, and is to go on."""

    # The cursor.

    @property
    def looking(self) -> bool:
        """Whether the cursor is out."""
        return self.writing.point is not None

    def action_cursor(self) -> None:
        """Bring out the cursor at the newest character, or where the text is being read; or put it away."""
        if self.looking:
            self._go_on()
        elif self.generator is not None:
            self._hold()
            self._paint()
            self.add_class("-looking")
            sheet = self.writing
            sheet.bring_out(sheet.end - 1 if sheet.following else sheet.first_in_sight(), self._first)
            self.screen.set_focus(sheet)
            self._say_hint()

    @on(CursorText.Moved)
    def _look_there(self, message: CursorText.Moved) -> None:
        message.stop()
        point, generator = self.writing.point, self.generator
        if point is None or generator is None:
            return
        position, trouble = self._position(point), ""
        try:
            self._found = generator.inspect(position, MOST_CANDIDATES)
        except TranscriptError as fault:
            self._found, trouble = None, str(fault)
        written = generator.transcript[position] if position < len(generator.transcript) else None
        if point - self._first in self._struck:
            self.look.update("left out of the prompt: the network does not know it")
        else:
            slim = self.has_class("-slim")
            self.look.update(looked_at(written, self._found, trouble, candidates=slim))
        self._say_hint()
        self._show_candidates()

    def _candidates(self, n: int) -> Sequence[Candidate]:
        if not self.looking:
            return super()._candidates(n)
        return self._found.candidates[:n] if self._found else ()

    @on(CursorText.Left)
    def _leave(self, message: CursorText.Left) -> None:
        message.stop()
        self._go_on()

    def _hold(self) -> None:
        if not (self.looking or self.has_class("-typing")):
            self._held, self.playing = self.playing, False

    def _go_on(self) -> None:
        """Put the cursor and the entry away, and go on writing if it did."""
        if not (self.looking or self.has_class("-typing")):
            return
        self.remove_class("-looking", "-typing")
        if self.looking:
            self.writing.put_away()
            self._found = None
        if self.screen.focused in (self.writing, self.own):
            self.focus_first()
        self.playing = self.playing or self._held
        self._say_hint()
        self._show_candidates()

    def _rewritten(self) -> None:
        super()._rewritten()
        self._go_on()

    def _branching_hint(self) -> str:
        """What can be done while the cursor is out, or a text is typed."""
        generator = self.generator
        if self.has_class("-typing") and generator is not None:
            unknown = generator.model.vocabulary.split(self.own.prompt)[1]
            where = "at the cursor" if self.looking else "at the end"
            strange = f"   unknown to the network: {listed(unknown)}" if unknown else ""
            return f"enter writes it {where}   escape leaves{strange}"
        if self.writing.point is None:
            return ""
        at = self._position(self.writing.point)
        return f"at {at:,}   arrows move   enter picks   i types   esc goes on"

    # Another way.

    @on(CursorText.Chosen)
    def _choose(self, message: CursorText.Chosen) -> None:
        from charplay.tui.dialogs.candidates import CandidatesDialog

        message.stop()
        point, generator = self.writing.point, self.generator
        if point is None or generator is None or point - self._first in self._struck:
            return
        position = self._position(point)
        try:
            found = generator.inspect(position, len(generator.model.characters))
        except TranscriptError as fault:
            self._tell(f"It cannot go on from there: {fault}.")
            return
        looked_at = generator.transcript
        self.app.push_screen(CandidatesDialog(found), lambda picked: self._pick(looked_at, position, picked))

    def _pick(self, looked_at: Transcript, position: int, picked: str | None) -> None:
        generator = self.generator
        if not picked or generator is None:
            return
        if generator.transcript is not looked_at and generator.transcript.shared(looked_at) < position:
            self._tell("Another text stands here by now; nothing was picked.")
        elif position < len(generator.transcript) and generator.transcript[position].character == picked:
            self._tell(f"{sanitize_char(picked)} stands there already; pick another, or type with i.")
        else:
            self._branch(position, picked, "picked")

    def action_own(self) -> None:
        """Open the line for a text of one's own."""
        if self.generator is not None:
            self._hold()
            self.add_class("-typing")
            self.own.open("")
            self._say_hint()

    @on(PromptEntry.Left, "#own")
    def _leave_own(self, message: PromptEntry.Left) -> None:
        message.stop()
        if self.has_class("-typing"):
            self._close_own()

    def _close_own(self) -> None:
        if self.looking:
            if self.screen.focused is self.own:
                self.screen.set_focus(self.writing)
            self.remove_class("-typing")
            self._say_hint()
        else:
            self._go_on()

    @on(PromptEntry.Taken, "#own")
    def _own_taken(self, message: PromptEntry.Taken) -> None:
        message.stop()
        point, generator = self.writing.point, self.generator
        self._close_own()
        if generator is not None:
            self._branch(len(generator.transcript) if point is None else self._position(point), message.prompt, "typed")

    def _branch(self, position: int, text: str, kind: str) -> None:
        """Write a text at a position of the present one: on another branch, where something stands there already."""
        tree, generator = self._tree, self.generator
        if tree is None or generator is None:
            return
        known, unknown = generator.model.vocabulary.split(text)
        if unknown:
            self._tell(f"Left out, unknown to the network: {listed(unknown)}")
        self._paint()
        length = len(generator.transcript)
        if known and position == length:
            self._go_on()
            generator.write(known, kind)
            self.writing.extend(self._tinted(len(generator.transcript) - length))
            self._show_candidates()
        elif known:
            try:
                tree.fork(position, known, kind)
            except TranscriptError as fault:
                self._tell(f"It cannot go on from there: {fault}.")
            else:
                self._show_branch(position)

    def _show_branch(self, since: int) -> None:
        """Another branch is written on: it differs from the one before from a position on."""
        self._go_on()
        self._show_tape(since)
        self._rewritten()
        self._say_source()
        self._show_candidates()

    # The branches.

    def action_branches(self) -> None:
        """Every branch, on a screen of its own."""
        from charplay.tui.dialogs.branches import BranchesDialog

        if self._tree is not None:
            self._paint()
            self.app.push_screen(BranchesDialog(self._tree, self._export), self._go_to)

    def _go_to(self, name: str | None) -> None:
        tree = self._tree
        if tree is None or name == tree.current or name not in tree.names:
            return
        before = tree.generator.transcript
        try:
            tree.switch_to(name)
        except TranscriptError as fault:
            self._tell(f"{name} can only be read any more: {fault}.")
            return
        generator = tree.generator
        self._prompt = generator.prompt
        self._take_settings(generator.params)
        common = generator.transcript.shared(before)
        if not common:
            self._clear_sheet()
        self._show_branch(common)
        self.post_message(self.Went())

    def _export(self) -> str:
        """All branches to a file; what became of it, in a sentence."""
        if self._tree is None:
            return ""
        try:
            path = write_branches(self._texts, self._tree, datetime.now().astimezone())
        except OSError as fault:
            return f"The branches could not be written: {fault.strerror}."
        return f"Written to {path.parent.name}/{path.name}"
