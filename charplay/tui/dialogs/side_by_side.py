"""Texts that are written side by side, and advance together."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.style import Style
from textual.app import ComposeResult
from textual.containers import Horizontal

from charplay.sampling.generator import TextGenerator
from charplay.tui.presentation.tinting import LEFT_OUT, PROMPT, theme_palette, tint_number
from charplay.tui.widgets.growing_text import GrowingText
from charplay.tui.widgets.pane import Pane

if TYPE_CHECKING:
    from charplay.sampling.transcript import GeneratedChar


class ColumnPane(Pane):
    """A generator's text in a frame."""

    DEFAULT_CSS = """
    Column { width: 1fr; height: 1fr; }
    """

    def __init__(self, generator: TextGenerator, styles: Sequence[Style]) -> None:
        super().__init__()
        self.generator = generator
        self.writing = GrowingText()
        self.writing.set_palette(styles)

    def compose(self) -> ComposeResult:
        """The text alone."""
        yield self.writing

    def begin(self) -> None:
        """Show a text that was just begun: its prompt, with what the model does not know struck out."""
        generator = self.generator
        self.writing.clear()
        self.writing.extend((c, LEFT_OUT if c in generator.unknown else PROMPT) for c in generator.prompt)

    def add(self, written: "Iterable[GeneratedChar]") -> None:
        """Show what was drawn since."""
        self.writing.extend((one.character, tint_number("temperature", one.temperature)) for one in written)


class SideBySide(Horizontal):
    """Columns, one of which is chosen: it has the focus."""

    DEFAULT_CSS = """
    SideBySide { height: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.columns: list[ColumnPane] = []

    @property
    def chosen(self) -> int:
        """The number of the column that has the focus, else of the first."""
        return next((number for number, each in enumerate(self.columns) if each.writing.has_focus), 0)

    async def show(self, generators: Sequence[TextGenerator]) -> None:
        """Show the texts of these generators, all just begun, in place of those before."""
        styles = self._palette()
        columns, self.columns = [ColumnPane(generator, styles) for generator in generators], []
        await self.remove_children()
        await self.mount(*columns)
        self.columns = columns  # not before: nothing is drawn on what is not there yet
        self.begin()
        self.screen.set_focus(columns[0].writing)

    def begin(self) -> None:
        """Show every text from its beginning."""
        for column in self.columns:
            column.begin()

    def add(self, written: "Sequence[Sequence[GeneratedChar]]") -> None:
        """Show the new characters of each column."""
        for column, characters in zip(self.columns, written, strict=False):
            column.add(characters)

    def choose(self, by: int) -> None:
        """Go so many columns to the right, and around."""
        self.screen.set_focus(self.columns[(self.chosen + by) % len(self.columns)].writing)

    def entitle(self) -> None:
        """Give each column a title that says how it differs."""
        named = titles(
            [
                (generator.source, generator.params.temperature)
                for generator in (column.generator for column in self.columns)
            ]
        )
        for column, title in zip(self.columns, named, strict=True):
            column.set_title(title)

    def on_mount(self) -> None:
        """Another theme has other colours."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self._colour())

    def _palette(self) -> list[Style]:
        return theme_palette(self.app.theme_variables, dark=self.app.current_theme.dark)

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
