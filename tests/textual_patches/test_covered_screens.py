"""What lies beneath another screen: it is painted where it shines through, as often as it changes."""

from typing import Any

import pytest
from textual._compositor import ChopsUpdate
from textual.app import ComposeResult
from textual.geometry import Size
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from charplay.tui.textual_patches.patched_app import PatchedApp


class Beneath(PatchedApp):
    def __init__(self) -> None:
        super().__init__()
        self.told, self.other = Static("first"), Static("other")
        self.painted: list[set[int]] = []
        """The rows of each frame."""

    def compose(self) -> ComposeResult:
        yield self.told
        yield self.other

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        self.painted.append({y for y, *_ in renderable.spans} if isinstance(renderable, ChopsUpdate) else set())
        super()._display(screen, renderable)

    def seen(self) -> str:
        strips = self.screen._compositor.render_strips(Size(*self.size))
        return "\n".join(strip.text for strip in strips)


class Glass(ModalScreen[None]):
    DEFAULT_CSS = "Glass { background: transparent; }"


@pytest.mark.parametrize(("front", "shines"), [(Glass, True), (Screen[None], False)])
async def test_what_changes_beneath_is_painted_once_and_only_where_it_is_seen(
    front: type[Screen[None]], shines: bool
) -> None:
    app = Beneath()
    async with app.run_test() as pilot:
        app.push_screen(front())
        await pilot.pause(0.2)
        app.painted.clear()
        for told in (app.told, app.other):
            told.update("second", layout=False)
            await pilot.pause(0.2)
        assert app.painted == ([{0}, {1}] if shines else [])
        assert ("second" in app.seen()) == shines
        app.pop_screen()
        await pilot.pause(0.1)
        assert "second" in app.seen()
