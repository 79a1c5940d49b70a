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

from charplay.playground.happenings import Said
from charplay.playground.instrument import Instrument
from charplay.playground.memorization import Memorization
from charplay.playground.training_text import TrainingText, TrainingTextJob
from charplay.sampling.params import SamplingParams
from charplay.tui.dialogs.branches import BranchesDialog
from charplay.tui.panes.text import TextPane
from charplay.tui.presentation.tinting import tints
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
        self.instrument = Instrument(Path(texts), SamplingParams())
        self.pane = TextPane(self.instrument, Memorization(self.instrument, _find_nothing), lambda name: name)

    def compose(self) -> ComposeResult:
        """The pane."""
        yield self.pane

    async def on_mount(self) -> None:
        """Write on a branch that left another half way: it is as long as the text that is measured."""
        instrument = self.instrument
        await self.pane.unfold()
        instrument.playing = False
        instrument.play(model(HIDDEN), "bench")
        self.write(CHARACTERS // 2)
        instrument.insert(CHARACTERS // 2 - 1, " ")
        self.write(CHARACTERS // 2)
        branches = instrument.branches
        assert branches is not None
        current = branches.current
        for at in range(BRANCHES):
            branches.fork(CHARACTERS // 2 - at, " ")
        branches.switch_to(current)

    def write(self, number: int) -> None:
        """Write so many characters more, and show them."""
        self.instrument.write(number)
        self.pane.sync([each for each in self.instrument.drain() if not isinstance(each, Said)])

    def draw_rows(self) -> None:
        """What a paint of the text asks of it."""
        for row in range(self.pane.sheet.size.height):
            self.pane.sheet.render_line(row)


def _find_nothing(path: Path, known: TrainingText | None) -> TrainingTextJob:
    raise AssertionError(path, known)


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
        pane.set_tint(tints()[(tints().index(pane.view.tint) + 1) % len(tints())])
        app.draw_rows()

    def scroll(turn: int) -> None:
        pane.sheet.action_scroll_pages(1 if turn % 100 >= 50 else -1)
        pane.sheet.recolour(0)  # no line's colours are known yet
        app.draw_rows()

    def point(turn: int) -> None:
        generator = app.instrument.generator
        assert generator is not None
        if pane.sheet.point is None:
            pane.sheet.bring_out(pane.sheet.end - 1, 0)
        pane.sheet.action_point(-11 if turn % 200 < 100 else 11)
        generator.inspect(pane.sheet.point or 0, LOOKED_AT)
        app.draw_rows()

    def walk(_: int) -> None:
        assert app.instrument.branches is not None
        rows = BranchesDialog(app.instrument.branches, str)._rows
        for row in range(min(rows.number(), app.size.height)):
            rows.draw(row, app.size.width)

    return {
        "a tinted character more": write,
        "another tint": tint,
        "a tinted page": scroll,
        f"{BRANCHES} branches": walk,
        "the cursor": point,
    }
