"""All that is kept of a run, over the main screen; its checkpoints can be played from there."""

from textual.app import ComposeResult

from charplay.formatting.loss_units import LossUnit
from charplay.playground.run_details import KeptCheckpoint, RunDetails
from charplay.tui.command import Command, bindings
from charplay.tui.dialogs.dialog import Dialog
from charplay.tui.presentation.run_details import LABEL_CELLS, detail_rows
from charplay.tui.widgets.row_list import Cell, RowList, fit, fit_name


class _Rows(RowList):
    def __init__(self, details: RunDetails, unit: LossUnit) -> None:
        super().__init__()
        self.rows = detail_rows(details, unit)
        self.cursor = next((at for at, row in enumerate(self.rows) if row.checkpoint is not None), 0)

    def number(self) -> int:
        return len(self.rows)

    def draw(self, index: int, width: int) -> list[Cell]:
        row = self.rows[index]
        label = min(LABEL_CELLS, width // 2)
        tone = "plain" if row.checkpoint is not None else row.tone if row.tone == "strong" else "quiet"
        return [(fit(row.label, label), tone), (fit_name(row.value, width - label), "plain")]

    @property
    def chosen(self) -> KeptCheckpoint | None:
        """The checkpoint under the cursor."""
        return self.rows[self.cursor].checkpoint

    def clicked(self) -> None:
        if self.chosen is not None:
            self.screen.dismiss(self.chosen)


class RunDetailsDialog(Dialog[KeptCheckpoint]):
    """Dismissed with a checkpoint to play, or with None."""

    commands = (
        Command("details.play", "enter", "play", "Let the checkpoint under the cursor write", footer=True,
                action="play"),
    )  # fmt: skip
    BINDINGS = bindings(commands)
    DEFAULT_CSS = """
    RunDetailsDialog _Rows { height: 1fr; }
    """

    def __init__(self, details: RunDetails, unit: LossUnit) -> None:
        super().__init__()
        self._title = details.run.name
        self.rows = _Rows(details, unit)

    def compose(self) -> ComposeResult:
        """The rows in a box."""
        with self.box(self._title, "enter plays a checkpoint, esc goes back", wide=True):
            yield self.rows

    def action_play(self) -> None:
        """Play the checkpoint under the cursor."""
        self.rows.clicked()
