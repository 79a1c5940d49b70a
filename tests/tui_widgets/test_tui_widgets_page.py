"""A page of a long text: its lines hold all of it and cut no word, from whichever place they are found."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult

from charplay.tui.widgets.page_lines import BACK, line_start, lines_before, wrap_lines
from charplay.tui.widgets.text_page import TextPage
from charplay.tui.widgets.text_strip import cells_of
from charplay.tui.widgets.wrapping import shown, width_of

TEXTS = st.text(alphabet="ab \n字\u0301\u200b", max_size=200)


def cells(text: str) -> int:
    return sum(width_of(shown(each)) for each in text)


class Given:
    """A text as a page takes it; it knows how much of it was asked for."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.asked = 0

    def __len__(self) -> int:
        return len(self._text)

    def text(self, start: int = 0, stop: int | None = None) -> str:
        found = self._text[max(0, start) : stop]
        self.asked += len(found)
        return found


@given(TEXTS, st.integers(1, 20), st.integers(0, 1000))
def test_wrapped_lines_hold_the_whole_text_in_order(text: str, width: int, start: int) -> None:
    lines = wrap_lines(text, start, width, 10_000)
    parts = [text[a - start : b - start] for a, b in lines]
    assert "".join(parts) == text.replace("\n", "")
    for part in parts:
        plain = part.removesuffix(" ")  # one space may hang
        assert cells(plain) <= width or len(plain) == 1


@given(st.lists(st.text("abcde", min_size=1, max_size=9), max_size=60), st.integers(9, 30))
def test_no_word_that_fits_is_cut(words: list[str], width: int) -> None:
    text = " ".join(words)
    found = [word for a, b in wrap_lines(text, 0, width, 10_000) for word in text[a:b].split()]
    assert found == words


@given(TEXTS, st.integers(1, 20), st.integers(1, 6))
def test_lines_are_the_same_wherever_one_comes_from(text: str, width: int, count: int) -> None:
    lines = wrap_lines(text, 0, width, 10_000)
    given = Given(text)
    assert wrap_lines(text, 0, width, count) == lines[:count]
    for number, (start, stop) in enumerate(lines):
        assert lines_before(given.text, start, width, count) == lines[max(0, number - count) : number]
        for place in range(start, max(stop, start + 1)):
            assert line_start(given.text, place, width) == start


def test_a_paragraph_without_an_end_costs_no_more_than_the_page() -> None:
    given = Given("word " * 200_000)
    middle = 500_000
    assert lines_before(given.text, middle, 80, 40)
    assert line_start(given.text, middle, 80) <= middle
    assert given.asked < 3 * BACK + 50 * 81


def test_a_strip_sums_its_slices() -> None:
    assert cells_of([1, 0, 0, 2, 0, 3], 3) == [1, 2, 3]
    assert cells_of([1, 2], 4) == [1, 1, 2, 2]
    counts = [random.Random(1).randrange(9) for _ in range(1000)]
    assert sum(cells_of(counts, 77)) == sum(counts)


class Reading(App[None]):
    """A page alone."""

    def __init__(self, text: Given) -> None:
        super().__init__()
        self.page = TextPage(text)

    def compose(self) -> ComposeResult:
        yield self.page


@pytest.mark.parametrize("text", ["one line", "a word or two. " * 3000, "ab cd\n\n" * 900])
async def test_a_page_goes_down_to_the_end_and_up_again(text: str) -> None:
    app = Reading(Given(text))
    async with app.run_test(size=(31, 11)) as pilot:
        page = app.page
        places = [page.place]
        for _ in range(3):
            page.action_pages(1)
            places.append(page.place)
        for place in reversed(places[:-1]):
            page.action_pages(-1)
            assert page.place == place
        page.action_ends(1)
        last = page.place
        assert page.shown[1] == len(text.removesuffix("\n"))
        page.action_lines(1)
        assert page.place == last
        page.action_lines(-1)
        assert page.place < last or len(text) < 31
        page.action_ends(-1)
        assert page.place == 0
        await pilot.pause()


async def test_what_is_jumped_to_is_in_sight_and_marked() -> None:
    text = "the quick brown fox\n" * 500
    app = Reading(Given(text))
    async with app.run_test(size=(31, 12)) as pilot:
        page = app.page
        await pilot.pause()
        page.go(5004, 5009)
        first, last = page.shown
        assert first == 5000 - 4 * 20  # a third of the page stands above it
        assert last >= 5009
        page.go(5024, 5029)
        assert page.shown == (first, last)
        page.go(7777, 7777)
        assert page.shown[0] == 7760
