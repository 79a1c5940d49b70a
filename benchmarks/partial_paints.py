"""One more character in a text of a hundred thousand, painted as Textual's compositor is asked to: ms a paint."""

from collections.abc import Callable

from painting import CHARACTERS, times
from textual._compositor import Compositor
from textual.app import App, ComposeResult
from textual.color import Color
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Static

from charplay.tui.presentation.tinting import palette, tint_number
from charplay.tui.textual_patches.row_compositor import RowCompositor
from charplay.tui.widgets.growing_text import GrowingText

SIZE = (120, 40)


class _PlainText(GrowingText):
    """Painted by Textual's way through its styles."""

    render_lines = Widget.render_lines


class _Beside(App[None]):
    """A text beside another widget with a border, as the panes stand."""

    DEFAULT_CSS = "_Beside Static { width: 40; height: 1fr; border: round white; }"

    def __init__(self, text: GrowingText) -> None:
        super().__init__()
        self.text = text

    def compose(self) -> ComposeResult:
        """Both."""
        with Horizontal():
            yield Static("\n".join(f"row {row}" for row in range(SIZE[1])))
            yield self.text


PATCHES: dict[str, tuple[type[Compositor], type[GrowingText]]] = {
    "all": (RowCompositor, GrowingText),
    "without row compositor": (Compositor, GrowingText),
    "without fast paint": (RowCompositor, _PlainText),
}


async def partial_paints(name: str, seconds: float) -> list[float]:
    """Milliseconds of each paint that fits into so long."""
    compositor, kind = PATCHES[name]
    app = _Beside(kind())
    async with app.run_test(size=SIZE) as pilot:
        app.screen._compositor = compositor()  # noqa: SLF001
        app.screen.refresh(layout=True)
        await pilot.pause()
        return times(_grow(app), seconds)


def _grow(app: _Beside) -> Callable[[int], None]:
    text, compositor = app.text, app.screen._compositor  # noqa: SLF001
    text.set_palette(palette(Color.parse("white"), dark=True))
    prose = "What say you, my lord? I have a sorrow that the "
    text.extend((prose[i % len(prose)], tint_number("temperature", i % 200 / 100)) for i in range(CHARACTERS))

    def grow(turn: int) -> None:
        text.append(prose[turn % len(prose)], tint_number("temperature", 0.8))
        compositor.update_widgets({text})
        update = compositor.render_partial_update()
        assert update is not None
        update.render_segments(app.console)

    return grow
