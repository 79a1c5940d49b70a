"""The jump: a letter over everything in sight that can be gone to."""

from functools import partial

import pytest
from played import Play
from textual.geometry import Offset

from charplay.tui.dialogs.jump import LETTERS, JumpScreen, Target, lettered, targets_of
from charplay.tui.widgets.slider import Slider


def test_letters_go_from_the_top_down_and_what_is_beyond_them_has_none() -> None:
    places = [Offset(x, y) for x in range(3) for y in range(20, 0, -1)]
    found = lettered(Target(place, partial(str, place)) for place in places)
    assert len(places) > len(LETTERS) == len(found) == len(set(LETTERS))
    assert [found[letter].place for letter in "asdf"] == [(0, 1), (1, 1), (2, 1), (0, 2)]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
async def test_a_letter_goes_to_a_row_and_another_one_to_a_slider(play: Play, size: tuple[int, int]) -> None:
    async with play(size) as it:
        await it.press("2")
        targets = lettered(targets_of(it.main))
        rows = it.main.form._fields
        letter = next(key for key, to in targets.items() if to.place.y == rows.content_region.y + 3
                      and to.place.x == rows.content_region.x)  # fmt: skip
        await it.press("ctrl+o")
        await it.until(lambda: isinstance(it.screen, JumpScreen) and it.screen.query(".letter"))
        assert f" {letter}" in it.seen()
        await it.press(letter)
        await it.until(lambda: it.screen is it.main)
        assert it.main.focused is rows
        assert rows.cursor == 3
        await it.press("5")
        slider = next(each for each in it.main.focus_chain if isinstance(each, Slider))
        to = next(key for key, each in lettered(targets_of(it.main)).items()
                  if each.place == slider.content_region.offset)  # fmt: skip
        await it.press("ctrl+o", to)
        await it.until(lambda: it.main.focused is slider)


async def test_any_other_key_leaves_and_does_nothing_else(play: Play) -> None:
    async with play() as it:
        await it.press("5")
        focused = it.main.focused
        for key in ("escape", "ctrl+o", "5"):
            await it.press("ctrl+o")
            await it.until(lambda: isinstance(it.screen, JumpScreen))
            await it.press(key)
            await it.until(lambda: it.screen is it.main)
            assert it.main.focused is focused
        assert not it.trainer.requests
