from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App

from charplay.tui.widgets.candidate_bars import CandidateBars


class Board(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.bars = CandidateBars()

    def compose(self) -> Iterator[CandidateBars]:
        yield self.bars

    def rows(self, number: int) -> list[str]:
        return [self.bars.render_line(y).text for y in range(number)]


async def test_a_row_says_character_share_and_percentage() -> None:
    app = Board()
    async with app.run_test(size=(40, 6)):
        app.bars.set_candidates([("e", 0.4, 0.5), (" ", 0.3, 0.25), ("\n", 0.2, 0.0), ("\x1b", 0.1, 1.0)])
        rows = app.rows(5)
        assert [row[0] for row in rows[:4]] == ["e", "␣", "↵", "␛"]
        assert [row.split()[-2] for row in rows[:4]] == ["50", "25", "0", "100"]
        filled = [row.count("█") for row in rows]
        assert filled == [9, 4, 0, 18, 0]
        assert "░" in rows[2]
        assert "░" not in rows[0]


@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 60))
def test_a_bar_fills_its_room_whatever_the_shares(raw: float, filtered: float, room: int) -> None:
    bar, rest = CandidateBars()._bar(filtered, raw, room)
    assert cell_len(bar) + cell_len(rest) == room
    assert abs(bar.count("█") - filtered * room) <= 1


async def test_longer_shares_have_longer_bars() -> None:
    bars = CandidateBars()
    lengths = [len(bars._bar(share / 100, 0.0, 20)[0]) for share in range(101)]
    assert lengths == sorted(lengths)


@pytest.mark.parametrize("width", [10, 26, 60])
async def test_every_row_is_as_wide_as_the_widget(width: int) -> None:
    app = Board()
    async with app.run_test(size=(80, 6)) as pilot:
        app.bars.styles.width = width
        await pilot.pause()
        app.bars.set_candidates([("漢", 0.5, 0.5), ("\u202e", 0.2, 0.2), ("\u0301", 0.1, 0.1)])
        assert {app.bars.render_line(y).cell_length for y in range(4)} == {width}


async def test_only_rows_that_changed_are_painted(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Board()
    async with app.run_test(size=(40, 6)) as pilot:
        app.bars.set_candidates([("a", 0.5, 0.5), ("b", 0.3, 0.3), ("c", 0.2, 0.2)])
        await pilot.pause()
        painted: list[Any] = []
        monkeypatch.setattr(app.bars, "refresh", lambda *regions, **_: painted.extend(regions))
        app.bars.set_candidates([("a", 0.5, 0.5), ("b", 0.4, 0.4)])
        assert [region.y for region in painted] == [1, 2]
