"""A part of the screen is painted for what it is, and looks as the whole painted anew."""

from typing import Any

from textual.app import App, ComposeResult
from textual.containers import Horizontal, Vertical
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from charplay.tui.textual_patches.row_compositor import RowCompositor


class Sheet(Widget):
    """Counts the rows that it is asked for; each tells its number and how often it was told anew."""

    DEFAULT_CSS = "Sheet { width: 1fr; height: 1fr; border: round white; padding: 1; }"

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Region] = []
        self.told = 0

    def render(self) -> str:
        return "\n".join(f"row {y} told {self.told}" for y in range(10))

    def render_lines(self, crop: Region) -> list[Strip]:
        self.asked.append(crop)
        return super().render_lines(crop)


class House(Screen[None]):
    def __init__(self) -> None:
        super().__init__()
        self._compositor = RowCompositor()
        self.sheets = [Sheet() for _ in range(3)]

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield self.sheets[0]
            with Vertical():
                yield self.sheets[1]
                yield self.sheets[2]


class Stage(App[None]):
    def get_default_screen(self) -> Screen[None]:
        return House()


def house(app: Stage) -> House:
    assert isinstance(app.screen, House)
    return app.screen


def drawn(screen: Screen[Any]) -> list[str]:
    return [strip.text for strip in screen._compositor.render_strips()]


async def test_only_rows_that_are_painted_are_asked_for() -> None:
    app = Stage()
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause(0.1)
        screen = house(app)
        for sheet in screen.sheets:
            sheet.asked.clear()
        below = screen.sheets[2]
        below.refresh(Region(0, 1, 20, 1))
        app.screen._compositor.update_widgets({below})
        app.screen._compositor.render_partial_update()
        assert [crop.height for crop in below.asked] == [1]
        assert not screen.sheets[1].asked  # it has no row there


async def test_what_a_part_painted_is_what_the_whole_would_show() -> None:
    app = Stage()
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause(0.1)
        screen = house(app)
        painted = drawn(app.screen)
        for sheet in screen.sheets:
            sheet.told += 1
            sheet.refresh(Region(0, 0, sheet.size.width, 2))
        app.screen._compositor.update_widgets(set(screen.sheets))
        update = app.screen._compositor.render_partial_update()
        for y, left, right in update.spans:
            row = painted[y]
            parts = [strip for strip in update.chops[y].values() if strip is not None]
            starts = [x for x, strip in update.chops[y].items() if strip is not None]
            for at, strip in zip(starts, parts, strict=True):
                if at < right and at + strip.cell_length > left:
                    row = row[:at] + strip.text + row[at + strip.cell_length :]
            painted[y] = row
        await pilot.pause(0.1)
        assert painted == drawn(app.screen)
        assert any("told 1" in row for row in painted)
