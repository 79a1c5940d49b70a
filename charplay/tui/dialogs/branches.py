"""Every way that a text has gone, drawn as a tree, over the main screen."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from charplay.formatting.sanitize import NEWLINE, sanitize
from charplay.sampling.branches import LONGEST_NAME, Branch, BranchTree
from charplay.tui.command import Command, bindings
from charplay.tui.dialogs.branch_diff import BranchDiffDialog
from charplay.tui.dialogs.choice import Choice, ChoiceDialog
from charplay.tui.dialogs.dialog import Dialog
from charplay.tui.dialogs.text_input import TextInputDialog
from charplay.tui.widgets.row_list import Cell, RowList, fit

MOST_SHOWN = 200
"""Characters of a branch's own text that are looked at for its row."""
_WIDEST_NAME = 24
_DEEPEST = 18
"""Cells for the lines that lead to a branch; of a deeper one the last of them."""
_NUMBERS = 9


class Limb(NamedTuple):
    """A branch in its place: `lines` lead to it from its parent."""

    lines: str
    branch: Branch


def limbs(branches: tuple[Branch, ...]) -> Iterator[Limb]:
    """The branches from the first on, each followed by those that left it, the oldest first."""
    children: dict[str, list[Branch]] = {}
    for branch in reversed(branches):
        children.setdefault(branch.parent, []).append(branch)
    waiting = [(branch, "", "") for branch in children[""]]
    while waiting:
        branch, lines, below = waiting.pop()
        yield Limb(lines if len(lines) <= _DEEPEST else "…" + lines[1 - _DEEPEST :], branch)
        for number, child in enumerate(children.get(branch.name, ())):
            bend, on = ("├─ ", "│  ") if number else ("└─ ", "   ")
            waiting.append((child, below + bend, below + on))


class _Branches(RowList):
    def __init__(self, tree: BranchTree) -> None:
        super().__init__()
        self._tree = tree
        self._limbs: list[Limb] = []
        self._known: tuple[str, ...] = ()
        self._names = 0
        self.marked = ""
        """The branch that others are compared with; empty for the one that is being written."""
        self.read()

    def read(self) -> None:
        """The tree changed."""
        self._known = self._tree.names
        self._limbs = list(limbs(self._tree.branches))
        names = [len(limb.lines) + min(cell_len(sanitize(limb.branch.name)), _WIDEST_NAME) for limb in self._limbs]
        self._names = max(len("branch"), *names)

    def number(self) -> int:
        if self._known != self._tree.names:  # a run began or ended meanwhile, and with it a text
            self.read()
        return 1 + len(self._limbs)

    def stands(self, index: int) -> bool:
        return 0 < index < self.number()

    @property
    def chosen(self) -> Branch:
        """The branch under the cursor."""
        return self._limbs[min(max(1, self.cursor), self.number() - 1) - 1].branch

    def stand_on(self, name: str) -> None:
        """Put the cursor on a branch."""
        self.cursor = next((at for at, limb in enumerate(self._limbs, 1) if limb.branch.name == name), 1)

    def draw(self, index: int, width: int) -> list[Cell]:
        if not index:
            return self._row(width, "", "", "branch", ("left", "length", "goes on"), quiet=True)
        lines, branch = self._limbs[index - 1]
        if branch.name not in self._tree.names:
            return []
        own = self._tree.transcript(branch.name).text(branch.start, branch.start + MOST_SHOWN)
        start = f"at {branch.start:,}" if branch.parent else ""
        mark = "●" if branch.name == self._tree.current else "▸" if branch.name == self.marked else ""
        return self._row(
            width, mark, lines, branch.name, (start, f"{branch.length:,}", own.replace("\n", NEWLINE)), quiet=False
        )

    def _row(
        self, width: int, mark: str, lines: str, name: str, rest: tuple[str, str, str], *, quiet: bool
    ) -> list[Cell]:
        names = min(self._names, width // 2)
        start, length, own = rest
        tone = "quiet" if quiet else "plain"
        return [
            (f"{mark:2}", "accent"),
            (lines, "quiet"),
            (fit(name, max(1, names - len(lines))) + "  ", "strong" if mark else tone),
            (fit(start, _NUMBERS, right=True) + " ", "quiet"),
            (fit(length, _NUMBERS, right=True) + "  ", tone),
            (fit(own, max(0, width - names - 2 * _NUMBERS - 7)), "quiet"),
        ]

    def clicked(self) -> None:
        self.screen.dismiss(self.chosen.name)


class BranchesDialog(Dialog[str]):
    """Dismissed with the name of the branch to go to, or with None."""

    commands = (
        Command(
            "branches.go",
            "enter",
            "go",
            "Go on with the branch under the cursor, exactly as it would have",
            footer=True,
            action="go",
        ),
        Command("branches.rename", "R", "rename", "Give the branch another name", footer=True, action="rename"),
        Command("branches.forget", "d", "forget", "Forget the branch", footer=True, action="forget"),
        Command(
            "branches.mark",
            "space",
            "mark",
            "Mark the branch that others are compared with",
            footer=True,
            action="mark",
        ),
        Command(
            "branches.compare",
            "c",
            "compare",
            "Lay the branch beside the marked one, or beside the one that is being written",
            footer=True,
            action="compare",
        ),
        Command(
            "branches.export",
            "w",
            "export",
            "Write all branches to a JSON file in texts/",
            footer=True,
            action="export",
        ),
    )
    BINDINGS = bindings(commands)
    DEFAULT_CSS = """
    BranchesDialog {
        & _Branches { height: 1fr; }
        & #said { height: 1; color: $foreground-muted; }
    }
    """

    def __init__(self, tree: BranchTree, export: Callable[[], str]) -> None:
        """`export` writes all branches to a file, and returns what became of it in a sentence."""
        super().__init__()
        self._tree = tree
        self._export = export
        self._rows = _Branches(tree)
        self._said = Static("", id="said", markup=False)

    def compose(self) -> ComposeResult:
        """The tree, and what was done to it."""
        with self.box("Branches", self.own_keys(), wide=True):
            yield self._rows
            yield self._said

    def on_mount(self) -> None:
        """Stand on the branch that is being written."""
        self._rows.stand_on(self._tree.current)

    @on(RowList.Moved)
    def _describe(self) -> None:
        branch = self._rows.chosen
        if len(self._tree.branches) == 1:
            self._say("A branch begins where you pick another character, type, or begin anew.")
        else:
            self._say(f"{branch.source}, seed {branch.seed}, temperature {branch.temperature:.2f}")

    def action_go(self) -> None:
        """Go on with the branch under the cursor."""
        self._rows.clicked()

    def action_rename(self) -> None:
        """Ask for another name."""
        name = self._rows.chosen.name

        def take(new: str | None) -> None:
            if new and name in self._tree.names:
                self._tree.rename(name, new)
                self._rows.marked = new if self._rows.marked == name else self._rows.marked
                self._refresh(new)

        sentence = f"Another name for branch {name}."
        self.app.push_screen(TextInputDialog("Rename", sentence, name, lambda new: self._fault(name, new)), take)

    def _fault(self, old: str, new: str) -> str:
        if not new:
            return "a branch has a name; esc leaves it as it is"
        if len(new) > LONGEST_NAME:
            return f"a name has at most {LONGEST_NAME} characters"
        taken = new != old and any(branch.name == new for branch in self._tree.branches)
        return f"there is a branch {new} already" if taken else ""

    def action_forget(self) -> None:
        """Forget the branch under the cursor, when asked once more."""
        branch = self._rows.chosen
        if branch.name == self._tree.current:
            self._say("The branch that is being written stays; go over to another one first.")
            return

        def take(answer: str | None) -> None:
            if answer and branch.name in self._tree.names:
                self._tree.delete(branch.name)
                self._rows.marked = "" if self._rows.marked == branch.name else self._rows.marked
                self._refresh(self._tree.current)

        answers = [Choice("", "keep it", key="n"), Choice("forget", "forget it", key="d")]
        sentence = (
            f"Forget branch {branch.name}? Its {branch.length - branch.start:,} characters of its own go with it."
        )
        self.app.push_screen(ChoiceDialog("Forget", sentence, answers), take)

    def action_mark(self) -> None:
        """Mark the branch under the cursor, or no more."""
        name = self._rows.chosen.name
        self._rows.marked = "" if name == self._rows.marked else name
        self._rows.refresh()
        self._say(f"On another branch, compare lays it beside {self._rows.marked or 'the one that is being written'}.")

    def action_compare(self) -> None:
        """Lay the branch under the cursor beside the marked one, or beside the one that is being written."""
        name, other = self._rows.chosen.name, self._rows.marked or self._tree.current
        if name == other:
            self._say(f"Stand on another branch to compare it with {other}; space marks one of them.")
        else:
            self.app.push_screen(BranchDiffDialog(other, name, self._tree.compare(other, name)))

    def action_export(self) -> None:
        """To a file."""
        self._say(self._export())

    def _refresh(self, name: str) -> None:
        self._rows.read()
        self._rows.stand_on(name)
        self._rows.repaint()

    def _say(self, sentence: str) -> None:
        self._said.update(sanitize(sentence, " "))
