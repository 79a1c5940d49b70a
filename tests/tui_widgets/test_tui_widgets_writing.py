import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style
from textual.app import App

from charplay.tui.widgets.growing_text import GrowingText
from charplay.tui.widgets.wrapping import Wrapped, shown

PROSE = st.text(st.sampled_from("ab c\n漢\x1b\u0301🙂"), max_size=200)


def lines_of(wrapped: Wrapped) -> list[str]:
    return ["".join(wrapped.glyphs[i] for i in wrapped.line(n)) for n in range(len(wrapped.starts))]


def wrap(text: str, width: int) -> Wrapped:
    wrapped = Wrapped(width)
    for character in text:
        wrapped.append(character)
    return wrapped


@given(PROSE, st.integers(8, 30))
def test_nothing_is_lost_and_no_line_is_too_wide(text: str, width: int) -> None:
    lines = lines_of(wrap(text, width))
    assert "".join(lines) == "".join(map(shown, text))
    for line in lines:
        assert cell_len(line) <= width + line.endswith(" ")


@given(PROSE, st.integers(8, 30), st.integers(8, 30))
def test_growing_and_wrapping_anew_agree(text: str, before: int, after: int) -> None:
    wrapped = wrap(text, before)
    wrapped.rewrap(after)
    assert lines_of(wrapped) == lines_of(wrap(text, after))
    assert wrapped.cells == wrap(text, after).cells


@given(st.lists(st.text(st.sampled_from("abc"), min_size=1, max_size=8), min_size=1, max_size=40))
def test_words_that_fit_stay_whole(words: list[str]) -> None:
    lines = lines_of(wrap(" ".join(words), 8))
    assert [word for line in lines for word in line.split()] == words


@given(PROSE, PROSE, st.integers(8, 30))
def test_a_break_begins_a_line_and_adds_nothing(first: str, second: str, width: int) -> None:
    wrapped = wrap(first, width)
    wrapped.break_line()
    at = len(wrapped)
    for character in second:
        wrapped.append(character)
    for _ in range(2):
        assert at in wrapped.starts
        assert "".join(lines_of(wrapped)) == "".join(map(shown, first + second))
        wrapped.rewrap(width + 1)


@given(PROSE, st.integers(8, 30))
def test_letting_lines_go_leaves_the_rest_as_it_was(text: str, width: int) -> None:
    wrapped = wrap(text, width)
    lines, drop = lines_of(wrapped), len(wrapped.starts) // 2
    wrapped.drop_lines(drop)
    assert lines_of(wrapped) == lines[drop:]


@given(PROSE, PROSE, st.integers(8, 30), st.data())
def test_cutting_leaves_what_was_before_as_if_no_more_had_come(
    text: str, more: str, width: int, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(text)))
    broken = data.draw(st.integers(0, len(text)))

    def wrap_broken(text: str) -> Wrapped:
        wrapped = Wrapped(width)
        for index, character in enumerate(text):
            if index == broken:
                wrapped.break_line()
            wrapped.append(character)
        if len(text) == broken:
            wrapped.break_line()
        return wrapped

    wrapped = wrap_broken(text + more)
    wrapped.cut(at)
    expected = wrap_broken(text[:at])
    assert lines_of(wrapped) == lines_of(expected)
    assert wrapped.cells == expected.cells
    for character in more:
        wrapped.append(character)
        expected.append(character)
    assert wrapped.starts == expected.starts


class Sheet(App[None]):
    CSS = "GrowingText { width: 30; height: 6; }"

    def __init__(self, **how: Any) -> None:
        super().__init__()
        self.writing = GrowingText(**how)

    def compose(self) -> Iterator[GrowingText]:
        yield self.writing

    def rows(self) -> list[str]:
        return [self.writing.render_line(y).text for y in range(self.writing.size.height)]


async def test_it_shows_the_end_and_its_cursor() -> None:
    app = Sheet()
    async with app.run_test(size=(40, 10)):
        for i in range(20):
            app.writing.append(f"line {i}\n")
        app.writing.append("the end")
        assert app.rows()[-1].rstrip() == "the end▌"
        assert app.rows()[0].rstrip() == "line 15"
        assert {len(row) for row in app.rows()} == {30}


async def test_it_stays_where_the_user_scrolled_until_back_at_the_end() -> None:
    app = Sheet()
    async with app.run_test(size=(40, 10)) as pilot:
        app.writing.append("\n".join(map(str, range(30))))
        app.writing.focus()
        await pilot.press("home")
        before = app.rows()
        app.writing.append("\nmore")
        assert app.rows() == before
        assert not app.writing.following
        await pilot.press("pagedown", "down")
        assert app.rows()[0].strip() == "6"
        await pilot.press("end")
        assert app.writing.following
        assert app.rows()[-1].startswith("more")


async def test_a_tall_sheet_scrolls_several_lines_at_once_and_always_shows_the_end() -> None:
    app = Sheet()
    async with app.run_test(size=(40, 30)) as pilot:
        app.writing.styles.height = 16
        await pilot.pause()
        tops = []
        for i in range(60):
            app.writing.append(f"line {i}\n")
            tops.append(app.writing.top)
            assert any(row.strip() == f"line {i}" for row in app.rows())
        assert len(set(tops)) <= 13
        app.writing.focus()
        await pilot.press("up")
        assert not app.writing.following


async def test_each_character_has_the_style_it_was_given() -> None:
    app = Sheet()
    async with app.run_test(size=(40, 10)):
        app.writing.set_palette([Style(), Style(bold=True), Style(strike=True)])
        app.writing.extend([("a", 0), ("b", 1), ("c", 1), ("d", 2), ("e", 99)])
        runs = [(s.text, bool(s.style.bold), bool(s.style.strike)) for s in app.writing.render_line(0)]
        assert runs[:4] == [("a", False, False), ("bc", True, False), ("d", False, True), ("e", False, False)]


async def test_marks_stand_in_the_margin_of_their_line() -> None:
    app = Sheet(margin=7)
    async with app.run_test(size=(40, 10)):
        app.writing.append("demo text")
        app.writing.break_line("0")
        app.writing.append("noise\nmore")
        app.writing.mark("1,204")
        app.writing.append(" and more")
        assert [row[:16].rstrip() for row in app.rows()[:3]] == ["       demo text", "     0 noise", " 1,204 more and"]


async def test_what_is_cut_goes_with_its_marks_and_styles() -> None:
    app = Sheet(margin=6)
    async with app.run_test(size=(40, 10)):
        app.writing.append("demo ", 1)
        app.writing.mark("7")
        app.writing.append("text\nand more", 2)
        app.writing.mark("9")
        app.writing.append(" of it", 3)
        app.writing.cut(7)
        app.writing.append("a", 4)
        assert list(app.writing.text.numbers) == [1] * 5 + [2] * 2 + [4]
        assert [row.strip() for row in app.rows() if row.strip()] == ["7 demo tea▌"]
        app.writing.cut(0)
        assert [row.strip() for row in app.rows() if row.strip()] == ["▌"]


async def test_colours_are_asked_for_when_they_come_in_sight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("charplay.tui.widgets.growing_text.MOST_CHARACTERS", 1000)
    app = Sheet()
    asked: list[Any] = []

    def ask(start: int, stop: int) -> Iterator[Any]:
        asked.extend(range(start, stop))
        return (index % 7 for index in range(start, stop))

    app.writing.ask = ask
    async with app.run_test(size=(40, 10)):
        app.writing.append("".join(f"line {i:4}\n" for i in range(150)))
        assert app.writing.gone > 0
        assert app.writing.end == 1500
        app.rows()
        assert asked == []
        app.writing.recolour(1480)
        app.rows()
        assert asked == list(range(1480, 1500))
        assert list(app.writing.text.numbers)[-20:] == [index % 7 for index in range(1480, 1500)]
        app.writing.recolour(0)
        app.rows()
        assert len(asked) < 100


async def test_growth_paints_only_the_cells_that_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Sheet()
    async with app.run_test(size=(40, 10)) as pilot:
        app.writing.append("hello")
        await pilot.pause()
        painted: list[Any] = []
        refresh = app.writing.refresh
        monkeypatch.setattr(
            app.writing,
            "refresh",
            lambda *regions, **how: (painted.extend(regions or ["all"]), refresh(*regions, **how)),
        )
        app.writing.append(" you")
        assert [(r.x, r.y, r.width, r.height) for r in painted] == [(5, 0, 5, 1)]


async def test_it_wraps_anew_at_another_width() -> None:
    app = Sheet()
    async with app.run_test(size=(40, 10)) as pilot:
        app.writing.append("one two three four five six seven")
        app.writing.styles.width = 11
        await pilot.pause()
        assert [row.rstrip() for row in app.rows()] == ["one two", "three four", "five six", "seven▌", "", ""]


async def test_outside_text_is_harmless() -> None:
    app = Sheet()
    async with app.run_test(size=(40, 10)):
        app.writing.append("\x1b]0;t\x07[red]\u202e")
        assert app.rows()[0].rstrip() == "␛]0;t␇[red]<202e>▌"


async def test_a_text_without_end_keeps_its_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("charplay.tui.widgets.growing_text.MOST_CHARACTERS", 1000)
    app = Sheet(margin=6)
    async with app.run_test(size=(40, 10)):
        for i in range(500):
            app.writing.mark(str(i))
            app.writing.append(f"line {i}\n")
        assert len(app.writing) <= 1000
        assert app.rows()[-2].split() == ["499", "line", "499"]


async def test_a_long_text_is_painted_as_fast_as_a_short_one() -> None:
    async def spent(length: int) -> float:
        app = Sheet()
        async with app.run_test(size=(40, 10)):
            app.writing.append(("lorem ipsum dolor " * (length // 18 + 1))[:length])
            app.rows()
            times = []
            for _ in range(50):
                start = time.process_time()
                app.writing.append("word ")
                app.rows()
                times.append(time.process_time() - start)
        return sorted(times)[25]

    assert await spent(100_000) < 5 * await spent(1_000)
