"""Ranges marked in the reader, and cut out of the next run's text."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sitting import FOX, Sitting, fox_home

from charplay.corpora.cleaning.cut import merge, write_ranges
from charplay.corpora.rules import clean
from charplay.playground.exploring.explorer import Explorer
from charplay.playground.exploring.marked_ranges import _in_original


@pytest.fixture
def sitting(tmp_path: Path) -> Sitting:
    """The fox is chosen and read."""
    return Sitting(fox_home(tmp_path / "home")).begin()


def opened(sitting: Sitting) -> Explorer:
    """Open the chosen text as it is read by now."""
    sitting.quiet()
    corpus = sitting.corpora.corpus
    assert corpus is not None
    return sitting.playground.explore(corpus)


def mark(explorer: Explorer, start: int, stop: int) -> str:
    explorer.go(start)
    explorer.change_ranges("mark")
    explorer.go(stop)
    return explorer.change_ranges("mark")


def read(sitting: Sitting) -> str:
    """What the next run learns."""
    sitting.quiet()
    corpus = sitting.corpora.read
    assert corpus is not None
    return corpus.text()


def test_what_is_marked_is_cut_out_of_the_next_run_and_not_out_of_the_file(sitting: Sitting) -> None:
    explorer = opened(sitting)
    assert (
        mark(explorer, 10, 20) == "10 characters marked in 1 range; <explorer.cut> cuts them, "
        "<explorer.keep> keeps nothing else, <explorer.take_back> takes back."
    )
    assert mark(explorer, 60, 40).startswith("30 characters marked in 2 ranges")
    assert explorer.ranges.spans(0, 15) == [(10, 20)]
    assert explorer.change_ranges("cut").startswith("30 characters cut out of the next run's text")
    assert explorer.ranges.cuts(0, 100) == [(10, 20), (40, 60)]
    assert read(sitting) == FOX[:10] + FOX[20:40] + FOX[60:]
    corpus = sitting.corpora.corpus
    assert corpus is not None
    assert corpus.cleaning == (f"cut(10-20;40-60, of={corpus.sha256[:16]})",)
    assert Path(corpus.path).read_text() == FOX


def test_only_what_is_marked_is_kept(sitting: Sitting) -> None:
    explorer = opened(sitting)
    mark(explorer, 100, 400)
    mark(explorer, 1000, 2000)
    assert explorer.change_ranges("keep").startswith(f"{len(FOX) - 1300:,} characters left out of")
    assert read(sitting) == FOX[100:400] + FOX[1000:2000]


def test_more_is_cut_out_of_a_text_that_was_cut_before(sitting: Sitting) -> None:
    explorer = opened(sitting)
    mark(explorer, 10, 20)
    explorer.change_ranges("cut")
    cut = read(sitting)
    explorer = opened(sitting)
    assert explorer.corpus.text() == cut
    mark(explorer, 5, 15)
    explorer.change_ranges("cut")
    assert read(sitting) == cut[:5] + cut[15:]


def test_every_step_is_taken_back(sitting: Sitting) -> None:
    explorer = opened(sitting)
    mark(explorer, 10, 20)
    explorer.change_ranges("cut")
    assert explorer.change_ranges("take back") == "The next run's text is as it was before."
    assert read(sitting) == FOX
    assert explorer.ranges.marked == ((10, 20),)
    assert [explorer.change_ranges("take back") for _ in range(3)] == [
        "Taken back.", "Taken back.", "There is nothing to take back.",
    ]  # fmt: skip
    assert not explorer.ranges.marked
    assert explorer.ranges.spans(0, 100) == []


def test_a_hit_is_marked_whole(sitting: Sitting) -> None:
    explorer = opened(sitting)
    explorer.go(4, 9)
    explorer.change_ranges("mark")
    assert explorer.change_ranges("mark").startswith("5 characters marked")
    assert explorer.ranges.marked == ((4, 9),)


def test_what_cannot_be_cut_is_said(sitting: Sitting) -> None:
    explorer = opened(sitting)
    assert (
        explorer.change_ranges("cut") == "Nothing is marked yet: <explorer.mark> begins a range, and once more ends it."
    )
    explorer.go(5)
    explorer.change_ranges("mark")
    assert "The range begins here, at 5; go on" in explorer.change_ranges("mark")
    explorer.show_tab("chars")
    assert explorer.change_ranges("mark") == "Ranges are marked in the text itself; 1 opens it."
    sitting.corpora.choose("hedgehog")
    mark(explorer, 10, 20)
    assert explorer.change_ranges("cut").startswith("The next run learns another text; choose fox first")


def test_ranges_of_a_cleaned_text_are_refused_as_they_count_other_characters(sitting: Sitting) -> None:
    assert sitting.playground.draft is not None
    sitting.playground.draft.set("cleaning", "letters-27")
    explorer = opened(sitting)
    mark(explorer, 10, 20)
    assert explorer.change_ranges("cut").startswith(
        "This text was cleaned (letters-27), and ranges count the original's"
    )


def test_what_is_marked_becomes_a_text_of_its_own(sitting: Sitting) -> None:
    explorer = opened(sitting)
    assert explorer.keep_as_text((0, 199)) == "That has 199 of the 200 characters of a text; m marks more."
    assert explorer.keep_as_text((100, 400)).startswith("300 characters are the text fox-passage now")
    mark(explorer, 1000, 1300)
    mark(explorer, 10, 210)
    assert explorer.keep_as_text((0, 80)).startswith("500 characters are the text fox-passage-2 now")
    sitting.corpora.refill()
    library = sitting.corpora.library
    texts = [library.open(library.find(name)).text() for name in ("fox-passage", "fox-passage-2")]
    assert texts == [FOX[100:400], FOX[10:210] + FOX[1000:1300]]


SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 15)), min_size=1, max_size=5)


@given(first=SPANS, then=SPANS)
def test_cutting_twice_is_cutting_both_out_of_the_original(
    first: list[tuple[int, int]], then: list[tuple[int, int]]
) -> None:
    text = "".join(map(chr, range(200, 400)))
    one, other = (merge((start, start + length) for start, length in spans) for spans in (first, then))
    once = clean(text, [f"cut({write_ranges(one)})"])
    twice = clean(once, [f"cut({write_ranges(other)})"])
    joint = merge((*one, *(_in_original(span, one) for span in other)))
    assert clean(text, [f"cut({write_ranges(joint)})"]) == twice
