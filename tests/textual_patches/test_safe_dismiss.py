"""A screen is left once, and takes no other away."""

from typing import Any

import pytest
from textual.app import App
from textual.screen import ModalScreen

from charplay.tui.textual_patches.palette import Palette
from charplay.tui.textual_patches.safe_dismiss import dismiss_once


class Leaving(ModalScreen[int]):
    def dismiss(self, result: Any = None) -> Any:
        return dismiss_once(self, super().dismiss, result)


async def test_a_second_answer_takes_no_other_screen_away_and_is_nobodys() -> None:
    app: App[None] = App()
    answers: list[Any] = []
    async with app.run_test() as pilot:
        below, above = Leaving(), Leaving()
        await app.push_screen(below, answers.append)
        await app.push_screen(above, answers.append)
        below.dismiss(0)
        assert app.screen is above, "one that lies below another stays"
        above.dismiss(1)
        above.dismiss(2)
        await pilot.pause()
        assert app.screen is below
        await below.dismiss(3)
        await below.dismiss(4)
        assert answers == [1, 3]
        assert len(app.screen_stack) == 1


async def test_a_second_escape_closes_the_palette_alone() -> None:
    app: App[None] = App()
    async with app.run_test() as pilot:
        await app.push_screen(below := Leaving())
        await app.push_screen(palette := Palette())
        palette._action_escape()
        palette._action_escape()
        await pilot.pause()
        assert app.screen is below


@pytest.mark.parametrize("height", [1, 2, 3, 5, 24])
async def test_keys_do_not_break_the_palette_in_a_window_of_any_height(height: int) -> None:
    app: App[None] = App()
    async with app.run_test(size=(40, height)) as pilot:
        await app.push_screen(Palette())
        await pilot.pause(0.3)
        await pilot.press("down", "pagedown", "pageup", "up", "down", "end", "home", "pagedown")
        assert isinstance(app.screen, Palette)
