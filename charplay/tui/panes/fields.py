"""The rows of the form."""

from typing import TYPE_CHECKING

from charplay.formatting.sanitize import sanitize_line
from charplay.tui.widgets.row_list import Cell, RowList, fit

if TYPE_CHECKING:
    from charplay.playground.recipe_draft import RecipeDraft

LABEL = 20
"""Width of the labels' column."""


class Fields(RowList):
    """The rows of a draft."""

    def __init__(self) -> None:
        super().__init__(id="fields")
        self.draft: RecipeDraft | None = None
        self.names: list[str] = []

    def number(self) -> int:
        """One row a field, and one a group's heading."""
        return len(self.names)

    def stands(self, index: int) -> bool:
        """Headings are passed over."""
        return super().stands(index) and not self.names[index].endswith(":")

    def draw(self, index: int, width: int) -> list[Cell]:
        """Label, value, and in quiet letters what follows from it."""
        from charplay.playground.recipe_rows import label

        name = self.names[index]
        if name.endswith(":"):
            return [(" ", "plain"), (fit(label(name), width - 1), "strong")]
        assert self.draft is not None
        value, quiet = self.draft.shown(name)
        changed = name in self.draft.values
        return [
            (" ", "plain"),
            (fit(label(name), LABEL), "quiet"),
            (sanitize_line(value) + " ", "quiet" if value == "auto" else "accent" if changed else "plain"),
            (quiet, "quiet"),
        ]

    def show(self, draft: "RecipeDraft", room: int) -> None:
        """Show a draft as it is now, in about `room` rows: which fields apply may have changed, too."""
        self.draft = draft
        now = self.names[self.cursor] if self.names else ""
        self.names = draft.rows(everything=draft.everything, room=room)
        if now in self.names:
            self.cursor = self.names.index(now)
        self.repaint()

    def clicked(self) -> None:
        """A second click edits."""
        self.call_later(self.run_action, "screen.run_command('form.edit')")
