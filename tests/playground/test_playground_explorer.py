"""An explorer without a screen: its places, its search, the steps back, and what it hands to the network."""

from pathlib import Path

import pytest
from explored import until
from hypothesis import given
from hypothesis import strategies as st
from scripted_models import scholar
from scripted_trainer import VERSE
from sitting import FOX, Sitting, fox_home

from charplay.corpora.corpus import from_text
from charplay.playground.exploring.explorer import Explorer
from charplay.playground.exploring.line_index import LineIndex
from charplay.playground.exploring.positions import Position, parse_position
from charplay.playground.exploring.text_search import MODES


def searched(explorer: Explorer, typed: str, mode: str = MODES[0]) -> str:
    """Search, wait for the hits, and return what is said then."""
    explorer.mode = mode
    fault = explorer.search_for(typed)
    until(explorer, lambda: not explorer.search.running)
    return fault or explorer.take_said()


@pytest.fixture
def sitting(tmp_path: Path) -> Sitting:
    """The fox is chosen and read; nothing writes yet."""
    return Sitting(fox_home(tmp_path / "home")).begin_writing().begin()


@pytest.fixture
def explorer() -> Explorer:
    """The fox, of which a tenth is held out."""
    return Explorer(from_text("the fox", FOX), 0.1, random=lambda: 0.5)


@pytest.mark.parametrize(
    ("typed", "position"),
    [
        ("12345", Position(character=12345)),
        (" 12,345 ", Position(character=12345)),
        ("40%", Position(share=0.4)),
        ("39.5 %", Position(share=0.395)),
        ("L120", Position(line=120)),
        ("l 1,200", Position(line=1200)),
        ("L0", Position(line=1)),
        *((wrong, None) for wrong in ("", "foo", "101%", "L4%", "1.5", "-3", "%", "L", "1e5", "4\n5")),
    ],
)
def test_a_position_is_a_character_a_share_or_a_line(typed: str, position: Position | None) -> None:
    assert parse_position(typed) == position


@given(st.text("ab\n", min_size=1, max_size=300))
def test_lines_are_counted_as_anyone_would(text: str) -> None:
    index = LineIndex(from_text("t", text))
    index._job.run()
    assert index.ready
    lines = text.split("\n")
    assert index.lines == len(lines) - (text.endswith("\n"))
    for place in range(len(text)):
        assert index.line_of(place) == text[:place].count("\n") + 1
    for number in range(1, index.lines + 1):
        assert index.start_of(number) == sum(len(line) + 1 for line in lines[: number - 1])
    assert index.start_of(10_000) == index.start_of(index.lines)


def test_lines_are_found_across_the_pieces_they_are_counted_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("charplay.playground.exploring.line_index.CHUNK", 7)
    text = "one\ntwo and more\n\n\nthree\n" * 3
    index = LineIndex(from_text("t", text))
    index._job.run()
    for place in range(len(text)):
        line = text[:place].count("\n") + 1
        assert index.line_of(place) == line
        assert index.start_of(line) == text.rfind("\n", 0, place) + 1


def test_one_goes_to_a_character_a_share_a_line_or_somewhere(explorer: Explorer) -> None:
    explorer.open()
    until(explorer, lambda: explorer.lines.ready)
    for typed, place in (("1,000", 1000), ("50%", int(0.5 * (len(FOX) - 1))), ("L3", FOX.index("\n", 50) + 1)):
        assert not explorer.go_to(typed)
        assert explorer.focus == place
    assert explorer.go_to("nowhere") == '"nowhere" is no place; type 12,345 or 40% or L120.'
    for beyond, said in (("99999999", "The text has 5,390 characters; this is its end."),
                         ("L9999", "The text has 140 lines; this is the last one.")):  # fmt: skip
        assert not explorer.go_to(beyond)
        assert explorer.take_said() == said
    explorer.go_random()
    assert FOX[explorer.focus - 1] == "\n"
    assert abs(explorer.focus - len(FOX) // 2) < len(VERSE)


def test_the_facts_of_a_place_say_whether_it_is_held_out(explorer: Explorer) -> None:
    explorer.open()
    until(explorer, lambda: explorer.lines.ready)
    explorer.go(10)
    assert explorer.place_facts() == "character 10 of 5,390   0.2%   line 1"
    explorer.go(int(0.9 * len(FOX)))
    assert explorer.place_facts().endswith("held out")
    assert Explorer(explorer.corpus).held_out_start == len(FOX)


def test_a_search_is_counted_and_stepped_through_both_ways_around_the_ends(explorer: Explorer) -> None:
    explorer.go(100)
    assert not searched(explorer, "LAZY")
    first = FOX.index("lazy", 100)
    assert explorer.marked == (first, first + 4)
    assert explorer.search.facts(explorer.focus) == '"LAZY": 2 of 70 hits'
    assert not explorer.step(-1)
    assert explorer.focus == FOX.index("lazy")
    assert not explorer.take_said()
    assert not explorer.step(-1)
    assert (explorer.focus, explorer.take_said()) == (
        FOX.rindex("lazy"),
        '"LAZY" does not occur before this; from the end.',
    )
    assert not explorer.step(1)
    assert (explorer.focus, explorer.take_said()) == (
        FOX.index("lazy"),
        '"LAZY" does not occur after this; from the beginning.',
    )
    assert list(explorer.search.spans(0, 100)) == [(35, 39)]
    assert list(explorer.search.spans(36, 37)) == [(35, 39)]
    assert list(explorer.search.spans(39, 80)) == []


def test_a_search_is_plain_or_exact_or_an_expression(explorer: Explorer) -> None:
    assert explorer.step(1) == "Nothing is searched yet: <explorer.search> asks for what."
    assert searched(explorer, "LAZY", MODES[1]) == '"LAZY" does not occur.'
    assert explorer.step(1) == '"LAZY" does not occur.'
    assert not searched(explorer, r"l\w+y", MODES[2])
    assert explorer.search.hits is not None
    assert explorer.search.hits.count == 70
    assert not searched(explorer, r"g\na", MODES[1])
    assert explorer.corpus.text(*explorer.marked) == "g\na"
    explorer.mode = MODES[2]
    assert "wrong" in explorer.search_for("(")
    assert explorer.search.hits.count == 70  # the last one that could be searched stands
    assert "nothing to search" in explorer.search_for("")


def test_an_expression_means_what_the_field_shows_for_a_character(explorer: Explorer) -> None:
    other = Explorer(from_text("t", "a\u200bb " * 100))
    assert not searched(other, r"a\u{200b}b", MODES[2])
    assert other.marked == (0, 3)


def test_a_hopeless_expression_is_given_up_by_a_step_back() -> None:
    explorer = Explorer(from_text("t", "a" * 5000 + "b"))
    explorer.mode = MODES[2]
    assert not explorer.search_for("(a+)+$")
    assert explorer.step(1).startswith("Still searching")
    assert "searching" in explorer.search.facts(explorer.focus)
    assert explorer.back()
    assert explorer.take_said() == "The search was given up."
    assert not explorer.search.running
    assert explorer.search.facts(explorer.focus) == ""
    assert not explorer.back()


def test_one_goes_back_step_by_step_with_the_places_kept(explorer: Explorer) -> None:
    explorer.read_from(50)
    explorer.go(1000)
    explorer.read_from(1200)
    explorer.go(2000, 2005)
    places = []
    while explorer.back():
        places.append((explorer.place, explorer.marked))
    assert places == [(1200, (1200, 1200)), (50, (50, 50))]


def test_a_text_is_explored_on_where_it_was_left(sitting: Sitting) -> None:
    playground = sitting.playground
    corpus = playground.corpora.corpus
    assert corpus
    playground.preferences.keep_place("fox", 77)
    explorer = playground.explore(corpus)
    assert explorer.place == 77
    assert explorer.held_out_start == int(len(corpus) * 0.9)
    explorer.go(1234)
    assert playground.explore(playground.open_text("fox")) is explorer
    assert playground.explore(corpus, (5, 9)) is explorer
    assert explorer.marked == (5, 9)
    other = from_text("other", "to be or not to be\n" * 30)
    assert playground.explore(other) is not explorer


def test_the_network_goes_on_from_what_is_marked_or_from_the_page(sitting: Sitting) -> None:
    corpus = sitting.playground.corpora.corpus
    assert corpus
    explorer = sitting.playground.explore(corpus)
    assert explorer.prompt((0, 300)) == "Nothing writes yet."
    assert explorer.tint_by("surprise") == "No network writes yet."
    sitting.instrument.play(scholar(), "demo")
    assert explorer.prompt((44, 300)) == "The text begins with the 100 characters from 44 on; esc shows it."
    assert sitting.instrument.prompt == FOX[44:144]
    explorer.go(500, 510)
    explorer.prompt((480, 800))
    assert sitting.instrument.prompt == FOX[410:510]
    assert sitting.instrument.from_passage
    assert explorer.passage((480, 800)) == (500, 510)
    explorer.read_from(480)
    assert explorer.passage((480, 800)) == (480, 800)
    assert not explorer.tint_by("surprise")
    assert explorer.tint.source == "demo"
