"""Rows with a cursor: what lies beyond those in sight, and the sizes of the texts."""

from types import SimpleNamespace
from typing import Any

import pytest
from textual.app import App, ComposeResult

from charplay.corpora.entries import Entry
from charplay.playground.exploring.table import Column, Table
from charplay.tui.panes.corpus import COLUMNS, CorpusPane
from charplay.tui.themes import DARK
from charplay.tui.widgets.row_list import SIGN, Cell, RowList
from charplay.tui.widgets.table_view import TableView


class Numbers(RowList):
    """Rows that say their number."""

    def number(self) -> int:
        return 9

    def draw(self, index: int, width: int) -> list[Cell]:
        return [(f"{index:<{width}}", "plain")]


class Shown(App[None]):
    """One list, four lines high."""

    CSS = "Numbers { height: 4; width: 6; }"

    def __init__(self) -> None:
        super().__init__()
        self.register_theme(DARK)
        self.theme = DARK.name

    def compose(self) -> ComposeResult:
        yield Numbers()


@pytest.mark.parametrize(
    ("cursor", "seen"),
    [
        (0, ["0", "1", "2", "3    ▼"]),
        (4, ["1    ▲", "2", "3", "4    ▼"]),
        (8, ["5    ▲", "6", "7", "8"]),
    ],
)
async def test_a_sign_tells_that_there_are_rows_above_or_below(cursor: int, seen: list[str]) -> None:
    async with Shown().run_test() as pilot:
        rows = pilot.app.query_one(Numbers)
        rows.cursor = cursor
        await pilot.pause()
        assert [rows.render_line(y).text.rstrip() for y in range(4)] == seen


async def test_a_move_costs_the_same_among_any_number_of_rows() -> None:
    async with Shown().run_test() as pilot:
        rows = pilot.app.query_one(Numbers)
        rows.number = lambda: 10**13  # type: ignore[method-assign]  # as many bytes are in no machine
        rows.action_move(1)
        rows.action_move(10**13)
        rows.action_move(-1)
        assert rows.cursor == 10**13 - 2


async def test_a_sign_hides_no_digit_of_a_table_and_its_heading_stands_over_it() -> None:
    async with Shown().run_test() as pilot:
        columns = [Column("name", 0, str, is_text=True), Column("first", 11, lambda row: f"{1000 + row:,}")]
        view = TableView()
        await pilot.app.mount(view)
        view.styles.width, view.styles.height = 30, 5
        await pilot.pause()
        view.show(Table(columns, 50, sorted_by=0), 0)
        await pilot.pause()
        shown = [view.list.render_line(y).text for y in range(4)]
        heading = view._heading.render_line(0).text
        assert [row.split()[1] for row in shown] == ["1,000", "1,001", "1,002", "1,003▼"]
        assert heading.rstrip().endswith("first")
        assert len(heading.rstrip()) == len(shown[0].rstrip()) == 30 - SIGN


@pytest.mark.parametrize(
    ("size", "sizes", "limit", "said"),
    [
        (465_900, {}, None, "466 kB"),
        (465_900, {"fox": (465_000, 97)}, None, "466 kB      97"),
        (465_900, {"fox": (100_000, 97)}, 100_000, "100 k of 466 kB      97"),
        (None, {"fox": (12_345, 97)}, None, "12 k      97"),
        (None, {}, None, ""),
    ],
)
def test_a_text_s_whole_size_stands_beside_what_a_limit_leaves(
    size: int | None, sizes: dict[str, tuple[int, int]], limit: int | None, said: str
) -> None:
    entry = Entry(
        name="fox", title="Fox", kind="file", path=None, size=size, ready=True, licence="", note="", source="user_files"
    )
    corpora: Any = SimpleNamespace(entries=[entry], download=None, chosen=entry, sizes=sizes, limit=limit)
    row = "".join(text for text, _ in CorpusPane(corpora).rows.draw(0, 46))
    assert len(row) == 46
    assert row.split("Fox")[1].strip() == said
    assert not sizes or row.index("97") + 2 == 46 - len("  "), f"below its heading: {COLUMNS}"
