"""What a text on the screen is made of, without a screen: its styles and marks, its place, its cursor."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.formatting.sanitize import NEWLINE
from charplay.tui.widgets.cursor_position import CursorPosition
from charplay.tui.widgets.reader_lines import ReaderLines
from charplay.tui.widgets.scroll_position import ScrollPosition, lowest_top
from charplay.tui.widgets.styled_text import UNKNOWN, StyledText

PROSE = st.text(st.sampled_from("ab c\n漢"), max_size=120)


def written(text: str, number: int = 1, width: int = 12) -> StyledText:
    styled = StyledText()
    styled.wrapped.rewrap(width)
    styled.extend((character, number) for character in text)
    return styled


def pieces(styled: StyledText, ask: type[range] | Callable[..., Any] = range) -> list[list[tuple[str, int]]]:
    return [list(styled.runs(line, ask)) for line in range(styled.lines)]


@given(st.integers(0, 200), st.integers(1, 40), st.integers(-5, 250))
def test_a_position_follows_the_end_or_holds_a_line(lines: int, height: int, line: int) -> None:
    position = ScrollPosition()
    assert position.following
    assert lowest_top(lines, height) <= position.top(lines, height) < lowest_top(lines, height) + max(1, height // 4)
    position.go(line, lines, height)
    assert position.following == (line >= lowest_top(lines, height))
    if not position.following:
        assert position.top(lines, height) == max(0, line)
        assert position.top(lines + 50, height) == max(0, line)
        position.let_go(3)
        assert position.top(lines, height) == max(0, line - 3)


@given(PROSE, st.data())
def test_styles_and_marks_stay_with_their_characters_when_a_text_is_cut(text: str, data: st.DataObject) -> None:
    styled = StyledText()
    for number, character in enumerate(text):
        styled.mark(str(number))
        styled.extend([(character, number)])
    at = data.draw(st.integers(0, len(text)))
    styled.cut(at)
    assert list(styled.numbers) == list(range(at))
    assert styled.marks == [str(number) for number in range(at)]
    assert styled.end == at


def test_what_is_let_go_takes_its_styles_and_marks_along() -> None:
    styled = StyledText()
    for number in range(40):
        styled.mark(str(number))
        styled.extend([(character, number) for character in f"line {number:2}\n"])
    gone = styled.let_go()
    assert gone == 10
    assert (styled.gone, styled.end, len(styled)) == (80, 320, 240)
    assert [styled.mark_on(line) for line in range(3)] == ["10", "11", "12"]
    assert pieces(styled)[0] == [("line 10", 10)]
    assert styled.first_on(0) == 80
    assert styled.line_of(80 + 8) == 1


def test_only_unknown_styles_are_asked_for_and_only_once() -> None:
    styled = written("one\ntwo\nthree", number=3)
    assert styled.recolour(5) == 1
    assert list(styled.numbers) == [3] * 5 + [UNKNOWN] * 8
    asked: list[Any] = []

    def ask(start: int, stop: int) -> range:
        asked.append((start, stop))
        return range(start, stop)

    assert pieces(styled, ask)[0] == [("one", 3)]
    assert pieces(styled, ask)[1][0] == ("t", 4)
    assert asked == [(4, 8), (8, 13)]


@given(PROSE, st.data())
def test_a_cursor_stands_on_what_it_is_put_on_and_keeps_within_its_text(text: str, data: st.DataObject) -> None:
    styled = written(text)
    cursor = CursorPosition(styled)
    assert cursor.line == -1
    cursor.lowest = data.draw(st.integers(0, len(text)))
    index = data.draw(st.integers(-3, len(text) + 3))
    cursor.put(index)
    assert cursor.index == min(max(index, cursor.lowest), len(text))
    assert cursor.line == styled.line_of(cursor.index)
    assert styled.glyph(cursor.index) == (
        " " if cursor.index == len(text) else NEWLINE if text[cursor.index] == "\n" else text[cursor.index]
    )


def cell(cursor: CursorPosition) -> int:
    """The column that it stands in."""
    assert cursor.index is not None
    return cursor._text.cell_of(cursor.index)


@given(PROSE, st.integers(0, 120), st.integers(-5, 5))
def test_a_cursor_goes_up_and_down_in_its_column(text: str, index: int, by: int) -> None:
    styled = written(text)
    cursor = CursorPosition(styled)
    cursor.put(index)
    line, column = cursor.line, cell(cursor)
    cursor.move_lines(by)
    assert cursor.line == min(max(line + by, 0), styled.lines - 1)
    assert cell(cursor) <= column
    cursor.move_lines(line - cursor.line)
    assert (cursor.line, cell(cursor)) == (line, column)


def test_a_cursor_keeps_its_column_over_a_short_line_and_takes_that_of_a_click() -> None:
    styled = written("long line\nab\nlong again")
    cursor = CursorPosition(styled)
    cursor.put(7)
    cursor.move_lines(1)
    assert cursor.index == 12
    cursor.move_lines(1)
    assert cursor.index == 13 + 7
    cursor.put_at(0, 2)
    cursor.move_lines(2)
    assert cursor.index == 13 + 2
    cursor.put_at(99, 99)
    assert cursor.index == styled.end
    styled.cut(4)
    cursor.stay()
    assert cursor.index == 4


@pytest.mark.parametrize("keys", [["end"], ["pagedown"], ["down"] * 3, ["end", "home", "down"]])
async def test_lines_to_read_are_scrolled_by_the_keys_of_a_list_and_keep_their_place(keys: list[str]) -> None:
    from textual.app import App

    class Reading(App[None]):
        def compose(self) -> Iterator[ReaderLines]:
            yield ReaderLines(lambda width: [[(f"{number} of {width}", "plain")] for number in range(30)])

    app = Reading()
    async with app.run_test(size=(30, 8)) as pilot:
        reader = app.query_one(ReaderLines)
        reader.focus()
        await pilot.press(*keys)
        top = {"end": 22, "pagedown": 7, "down": 3 if keys[0] == "down" else 1}[keys[-1]]
        assert reader.top == top
        assert reader.render_line(0).text == f"{top} of 28".ljust(29) + "▲"
        await pilot.resize_terminal(20, 8)
        assert reader.render_line(0).text == f"{top} of 18".ljust(19) + "▲"
        reader.show(lambda width: [[("all", "bad")]])
        assert (reader.top, reader.render_line(0).text.strip(), reader.render_line(1).text.strip()) == (0, "all", "")
