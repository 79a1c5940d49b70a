"""Texts that are written side by side, and advance together."""

import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.style import Style
from textual.app import ComposeResult
from textual.color import Color
from textual.containers import Horizontal, Vertical

from charplay.sampling.columns import Columns
from charplay.sampling.player import Player
from charplay.tui.panes.text_tint import LEFT_OUT, PROMPT, palette, tint
from charplay.tui.widgets.frame import Framed
from charplay.tui.widgets.writing import Writing

if TYPE_CHECKING:
    from charplay.sampling.tape import Written


class Column(Framed, Vertical):
    """A player's text in a frame."""

    DEFAULT_CSS = """
    Column { width: 1fr; height: 1fr; }
    """

    def __init__(self, player: Player, styles: Sequence[Style]) -> None:
        super().__init__()
        self.player = player
        self.writing = Writing()
        self.writing.set_palette(styles)

    def compose(self) -> ComposeResult:
        """The text alone."""
        yield self.writing

    def begin(self) -> None:
        """Show a text that was just begun: its prompt, with what the model does not know struck out."""
        player = self.player
        self.writing.clear()
        self.writing.extend((c, LEFT_OUT if c in player.unknown else PROMPT) for c in player.prompt)

    def add(self, written: "Iterable[Written]") -> None:
        """Show what was drawn since."""
        self.writing.extend((one.character, tint(one.temperature)) for one in written)


class SideBySide(Horizontal):
    """Columns, one of which is chosen: it has the focus."""

    DEFAULT_CSS = """
    SideBySide { height: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.columns: list[Column] = []
        self._together = Columns([])

    @property
    def players(self) -> list[Player]:
        """Who writes, from left to right."""
        return [column.player for column in self.columns]

    @property
    def chosen(self) -> Column:
        """The column that has the focus, else the first."""
        return next((each for each in self.columns if each.writing.has_focus), self.columns[0])

    async def compare(self, players: Sequence[Player]) -> None:
        """Show the texts of these players, all just begun, in place of those before."""
        styles = self._palette()
        columns, self.columns = [Column(player, styles) for player in players], []
        await self.remove_children()
        await self.mount(*columns)
        self.columns, self._together = columns, Columns(players)  # not before: nobody writes on what is not there yet
        self.begin()
        self.screen.set_focus(columns[0].writing)

    def begin(self) -> None:
        """Every player has begun anew."""
        for column in self.columns:
            column.begin()

    def advance(self, most: int | None, budget: float) -> None:
        """Up to `most` characters in each column, beginning none once `budget` seconds are spent."""
        if not self.columns:
            return
        end = time.perf_counter() + budget
        rows: list[list[Written]] = []
        while most is None or len(rows) < most:
            rows.append(self._together.next())
            if time.perf_counter() >= end:
                break
        for column, written in zip(self.columns, zip(*rows, strict=True), strict=True):
            column.add(written)

    def choose(self, by: int) -> None:
        """Go so many columns to the right, and around."""
        at = self.columns.index(self.chosen) + by
        self.screen.set_focus(self.columns[at % len(self.columns)].writing)

    def entitle(self) -> None:
        """Give each column a title that says how it differs."""
        named = titles([(player.source, player.settings.temperature) for player in self.players])
        for column, title in zip(self.columns, named, strict=True):
            column.set_title(title)

    def on_mount(self) -> None:
        """Another theme has other colours."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self._colour())

    def _palette(self) -> list[Style]:
        foreground = Color.parse(self.app.theme_variables["foreground"])
        return palette(foreground, dark=self.app.current_theme.dark)

    def _colour(self) -> None:
        styles = self._palette()
        for column in self.columns:
            column.writing.set_palette(styles)


def titles(columns: Sequence[tuple[str, float]]) -> list[str]:
    """What differs between columns, given as (source, temperature): run, step, temperature; the last if none."""
    rows = []
    for source, temperature in columns:
        run, _, step = source.rpartition(", step ")
        rows.append((run, f"step {step}", f"{temperature:.2f}"))
    differ = [len(set(facet)) > 1 for facet in zip(*rows, strict=True)]
    if not any(differ):
        differ = [False, False, True]
    return ["  ".join(part for part, shown in zip(row, differ, strict=True) if shown) for row in rows]
