# ruff: noqa: SLF001 - what a key does is measured without its way there
"""The text pane as it is played: what a key costs with its paint, in a text of a hundred thousand characters."""

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path

from figures import Figure
from given import Given
from networks import model
from painting import CHARACTERS, SIZES, times
from textual.app import App, ComposeResult

from charplay.tui.dialogs.branches import BranchesDialog
from charplay.tui.panes.text import TextPane
from charplay.tui.panes.text_reading import TINTS
from charplay.tui.themes import DARK

HIDDEN = 64
BRANCHES = 100
LOOKED_AT = 8
"""Candidates of the character under the cursor."""


def measure(given: Given) -> list[Figure]:
    """Milliseconds a paint, every row drawn, at two sizes."""
    return [figure for size in SIZES for figure in asyncio.run(_play(size, given.seconds / len(SIZES) / 5))]


class _Playing(App[None]):
    """The pane alone, held."""

    def __init__(self, texts: str) -> None:
        super().__init__()
        self.register_theme(DARK)
        self.theme = DARK.name
        self.pane = TextPane(Path(texts))

    def compose(self) -> ComposeResult:
        """The pane."""
        yield self.pane

    async def on_mount(self) -> None:
        """Write on a branch that left another half way: it is as long as the text that is measured."""
        pane = self.pane
        await pane.unfold()
        pane.playing = False
        pane.begin("", 0.8, 30.0)
        pane.show_model(model(HIDDEN), "bench")
        self.write(CHARACTERS // 2)
        pane._branch(CHARACTERS // 2 - 1, " ", "picked")
        self.write(CHARACTERS // 2)
        assert pane._tree is not None
        present = pane._tree.current
        for at in range(BRANCHES):
            pane._tree.fork(CHARACTERS // 2 - at, " ")
        pane._tree.switch_to(present)

    def write(self, number: int) -> None:
        """So many characters more."""
        assert self.pane.generator is not None
        self.pane._advance(self.pane.generator, number, 1e6)
        self.pane._paint()

    def draw_rows(self) -> None:
        """What a paint of the text asks of it."""
        for row in range(self.pane.writing.size.height):
            self.pane.writing.render_line(row)


async def _play(size: tuple[int, int], seconds: float) -> list[Figure]:
    where = f"{CHARACTERS:,} characters, {size[0]}x{size[1]}"
    with tempfile.TemporaryDirectory() as folder:
        app = _Playing(folder)
        async with app.run_test(size=size):
            paints = _paints(app)
            return [
                Figure.of(f"{name}, {where}", times(paint, seconds), "ms", at_most=5) for name, paint in paints.items()
            ]


def _paints(app: _Playing) -> dict[str, Callable[[int], None]]:
    """By what is done before each paint."""
    pane = app.pane

    def write(_: int) -> None:
        app.write(1)
        app.draw_rows()

    def tint(_: int) -> None:
        pane._tint = TINTS[(TINTS.index(pane._tint) + 1) % len(TINTS)]
        pane._repaint_text()
        app.draw_rows()

    def scroll(turn: int) -> None:
        pane.writing.action_scroll_pages(1 if turn % 100 >= 50 else -1)
        pane.writing.recolour(0)  # no line's colours are known yet
        app.draw_rows()

    def point(turn: int) -> None:
        assert pane.generator is not None
        if pane.writing.point is None:
            pane.writing.bring_out(pane.writing.end - 1, 0)
        pane.writing.action_point(-11 if turn % 200 < 100 else 11)
        pane.generator.inspect(pane.writing.point or 0, LOOKED_AT)
        app.draw_rows()

    def walk(_: int) -> None:
        assert pane._tree is not None
        rows = BranchesDialog(pane._tree, str)._rows
        for row in range(min(rows.number(), app.size.height)):
            rows.draw(row, app.size.width)

    return {
        "a tinted character more": write,
        "another tint": tint,
        "a tinted page": scroll,
        f"{BRANCHES} branches": walk,
        "the cursor": point,
    }
