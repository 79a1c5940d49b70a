"""The tables of an explorer: counted in the background, sorted, searched, written, and opened in the text."""

import csv
import math
import re
import time
import unicodedata
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from explored import until
from hypothesis import given
from hypothesis import strategies as st
from sampling_models import make_model
from sitting import FOX, Sitting, fox_home

from charplay.corpora.corpus import from_text
from charplay.corpora.exploring.character_ngrams import CharacterNgrams
from charplay.corpora.exploring.token_search import find_tokens
from charplay.corpora.exploring.units import read_tokens
from charplay.corpora.exploring.words import WORD, Words
from charplay.corpora.progress import Progress
from charplay.playground.exploring.explorer import Explorer
from charplay.playground.exploring.table import Column, Table
from charplay.playground.exploring.table_tab import TableTab

TEXT = "The cat sat on the mat; the cat's hat sat on THE mat.\n" * 40 + "A zebra at last, \u2019tis rare.\n"


@pytest.fixture
def explorer(tmp_path: Path) -> Explorer:
    return Explorer(from_text("cats & hats", TEXT), folder=tmp_path / "texts")


@pytest.fixture
def sitting(tmp_path: Path) -> Sitting:
    """The fox is chosen and read."""
    return Sitting(fox_home(tmp_path / "home")).begin()


def opened(explorer: Explorer, name: str) -> TableTab:
    """Open a tab and wait until it is counted."""
    explorer.show_tab(name)
    tab = explorer.tabs.table
    assert tab is not None
    until(explorer, lambda: tab.counted)
    return tab


def column(tab: TableTab, title: str) -> list[str]:
    """What a column shows, from the first line to the last."""
    assert tab.table is not None
    at = [each.title for each in tab.table.columns].index(title)
    return [tab.table.texts(line)[at] for line in range(len(tab.table))]


# The table itself.


@given(st.lists(st.integers(0, 5), min_size=1, max_size=30))
def test_rows_are_sorted_both_ways_and_alike_ones_keep_their_order(values: list[int]) -> None:
    keys = np.array(values)
    table = Table([Column("n", 5, lambda row: str(values[row]), lambda: keys)], len(values), sorted_by=0)
    table.sort(0)
    rows = [table.row(line) for line in range(len(table))]
    assert rows == sorted(range(len(values)), key=lambda row: (-values[row], row))
    table.reverse()
    rows = [table.row(line) for line in range(len(table))]
    assert rows == sorted(range(len(values)), key=lambda row: (values[row], row))
    assert [table.line(row) for row in rows] == list(range(len(values)))


def test_many_rows_are_sorted_in_the_background(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("charplay.playground.exploring.table.SORTED_AT_ONCE", 3)
    keys = np.arange(10)
    table = Table([Column("n", 5, str, lambda: keys)], 10, sorted_by=0)
    table.sort(0)
    assert table.sorting
    assert table.texts(0) == ["0"]
    end = time.monotonic() + 20
    while not table.advance():
        assert time.monotonic() < end
        time.sleep(0.001)
    assert table.texts(0) == ["9"]


def test_rows_are_looked_for_around_both_ends() -> None:
    names = ["Ada", "Bob", "Cy", "adam"]
    table = Table([Column("name", 0, lambda row: names[row], is_text=True)], 4, sorted_by=0)
    assert table.find("ADA", 0, 1, Progress()) == 3
    assert table.find("ada", 3, 1, Progress()) == 0
    assert table.find("ada", 0, -1, Progress()) == 3
    assert table.find("bob", 1, 1, Progress()) == 1
    assert table.find("x", 0, 1, Progress()) is None


# Characters.


def test_characters_are_counted_named_and_read_where_they_are(explorer: Explorer) -> None:
    tab = opened(explorer, "chars")
    counted = Counter(TEXT)
    assert len(column(tab, "char")) == len(counted)
    entropy = sum(-each / len(TEXT) * math.log(each / len(TEXT)) for each in counted.values())
    letters = sum(each for character, each in counted.items() if character.isalpha()) / len(TEXT)
    first, second = tab.facts().splitlines()
    assert first == (
        f"{len(TEXT):,} characters; {len(counted)} of {len(counted)} cover 100.00 %; "
        f"entropy {entropy:.3f} nats, {entropy / math.log(2):.3f} bits"
    )
    assert second.startswith(f"letters {letters:.1%}".replace("%", " %"))
    assert tab.reverse() == ""
    rarest = column(tab, "code")[0]
    assert counted[chr(int(rarest.removeprefix("U+"), 16))] == 1
    assert not tab.find("right single", here=True)
    until(explorer, lambda: tab.line)
    assert column(tab, "name")[tab.line] == unicodedata.name("\u2019")
    assert not explorer.open_places()
    assert (explorer.tabs.open, explorer.marked) == ("read", (TEXT.index("\u2019"), TEXT.index("\u2019") + 1))
    until(explorer, lambda: not explorer.search.running)
    assert explorer.search.facts(explorer.focus) == '"\u2019": 1 of 1 hit'
    line = tab.line
    assert explorer.back()
    assert (explorer.tabs.open, explorer.tabs.table, tab.line) == ("chars", tab, line)


def test_a_place_of_the_text_is_the_row_of_its_character_until_one_is_chosen_there(explorer: Explorer) -> None:
    explorer.go(TEXT.index("z"))
    tab = opened(explorer, "chars")
    assert column(tab, "char")[tab.line] == "z"
    tab.line = 3
    explorer.show_tab("read")
    explorer.show_tab("chars")
    assert tab.line == 3
    explorer.go(TEXT.index("T"))
    explorer.show_tab("chars")
    assert column(tab, "char")[tab.line] == "T"


# Words.


def test_words_are_counted_as_one_reads_them(explorer: Explorer) -> None:
    tab = opened(explorer, "words")
    counted = Counter(match[0] for match in WORD.finditer(TEXT))
    assert dict(zip(column(tab, "text"), column(tab, "count"), strict=True)) == {
        word: str(count) for word, count in counted.items()
    }
    first, second = tab.facts().splitlines()
    words = counted.total()
    half = next(
        number
        for number in range(len(counted))
        if sum(counted.values()) <= 2 * sum(n for _, n in counted.most_common(number))
    )
    assert first == f"{words} words, {len(counted)} different, 6 of them once; {half} cover half"
    letters = sum(len(word) * number for word, number in counted.items()) / words
    line = sum(map(len, TEXT.splitlines())) / 41
    assert second == f"{letters:.1f} characters a word, {line:.1f} a line, {words / 41:.1f} words a sentence"
    tab.look(0, 3)
    until(explorer, lambda: column(tab, "where")[0])
    assert len(column(tab, "where")[0]) == 24
    first = column(tab, "text")[0]
    places = [(match[0], match.start() * 24 // len(TEXT)) for match in WORD.finditer(TEXT)]
    own, every = (Counter(at for word, at in places if word in words) for words in ({first}, counted))
    differences = (abs(own[at] / own.total() - every[at] / every.total()) for at in range(24))
    assert column(tab, "DP")[0] == f"{sum(differences) / 2:.2f}"
    assert not column(tab, "where")[4]


def test_what_is_counted_is_changed_by_keys(explorer: Explorer) -> None:
    assert explorer.change_counting("case") == "That changes what the tab of words counts; 3 opens it."
    explorer.go(TEXT.index("the mat"))
    first = opened(explorer, "words")
    assert column(first, "text")[first.line] == "the"
    assert not explorer.change_counting("case")
    tab = opened(explorer, "words")
    assert column(tab, "count")[tab.line] == "160"
    assert not explorer.change_counting("longer")
    tab = opened(explorer, "words")
    words = [match[0].lower() for match in WORD.finditer(TEXT)]
    assert column(tab, "text")[tab.line] == "the mat"
    assert column(tab, "count")[tab.line] == str(list(pairwise(words)).count(("the", "mat")))
    explorer.change_counting("unit")
    tab = opened(explorer, "words")
    assert "2-grams of characters" in tab.facts()
    assert column(tab, "text")[tab.line] == "th"
    explorer.change_counting("shorter")
    assert explorer.change_counting("shorter") == "An n-gram has 1 to 8 of them."
    assert opened(explorer, "words").facts().startswith(f"{len(TEXT):,} characters")


def test_collocates_of_a_word_are_shown_and_left_again(explorer: Explorer) -> None:
    assert explorer.show_around() == "Collocates belong to a word; 3 opens the words."
    words = opened(explorer, "words")
    words.line = column(words, "text").index("sat")
    assert not explorer.show_around()
    until(explorer, lambda: explorer.tabs.table and explorer.tabs.table.counted)
    near = explorer.tabs.table
    assert near is not None
    assert near.facts().startswith(f'{len(column(near, "word"))} collocates of "sat" within 5 words')
    assert "zebra" not in column(near, "word")
    assert column(near, "near")[column(near, "word").index("hat")] == "40"
    assert explorer.show_around() == "Collocates belong to a word; 3 opens the words."
    assert explorer.back()
    assert explorer.tabs.table is words
    assert column(words, "text")[words.line] == "sat"


@given(st.text("aB '\n\u5b57", max_size=80), st.integers(1, 3), st.booleans())
def test_every_place_of_a_token_is_found(text: str, order: int, folds: bool) -> None:
    corpus = from_text("t", text or " ")
    for unit in (Words(order, folds), CharacterNgrams(order, folds)):
        places: dict[int, list[int]] = {}
        for tokens in read_tokens(unit, corpus, Progress()):
            for key, start in zip(tokens.keys.tolist(), tokens.starts.tolist(), strict=True):
                places.setdefault(key, []).append(start)
        for key, expected in places.items():
            hits = find_tokens(corpus, unit, key)
            assert hits.positions.tolist() == expected
            assert hits.count == hits.slices.sum() == len(expected)
            for start, length in zip(hits.positions.tolist(), hits.lengths.tolist(), strict=True):
                spelled = " ".join(WORD.findall(text[start : start + length])) if isinstance(unit, Words) else None
                assert spelled is None or len(spelled.split(" ")) == order


# The lines.


def test_the_lines_are_the_hits_of_the_search_in_their_contexts(explorer: Explorer) -> None:
    explorer.show_tab("lines")
    assert explorer.tabs.table is not None
    assert explorer.tabs.table.facts().startswith("Nothing is searched yet: <explorer.search> asks for what")
    assert explorer.open_places() == "There is no row to open."
    assert not explorer.search_for("cat")
    until(explorer, lambda: explorer.tabs.table and explorer.tabs.table.counted)
    tab = explorer.tabs.table
    assert explorer.tabs.open == "lines"
    assert tab.facts() == '"cat": 80 hits; followed by sat 40, hat 40'
    assert column(tab, "position")[:2] == ["4", "28"]
    tab.sort()
    lefts = column(tab, "left")
    assert lefts == sorted(lefts, key=lambda left: left[::-1][:64])
    tab.sort()
    rights = column(tab, "right")
    assert rights == sorted(rights, key=lambda right: right[:64])
    tab.line = 7
    position = int(column(tab, "position")[7].replace(",", ""))
    assert not explorer.open_places()
    assert explorer.marked == (position, position + 3)
    explorer.back()
    assert (explorer.tabs.table, tab.line) == (tab, 7)


def test_the_network_goes_on_from_a_line(sitting: Sitting) -> None:
    sitting.begin_writing()
    sitting.instrument.play(make_model(FOX), "demo")
    explorer = sitting.playground.explore(sitting.playground.open_text("fox"))
    explorer.show_tab("lines")
    assert explorer.prompt((0, 9)) == "enter opens the row's places; <explorer.prompt> is for what is read there."
    explorer.search_for("lazy")
    until(explorer, lambda: explorer.tabs.table and explorer.tabs.table.counted)
    assert explorer.tabs.table is not None
    explorer.tabs.table.line = 2
    explorer.prompt((0, 9))
    assert sitting.instrument.prompt == FOX[: 2 * 77 + 39][-len(sitting.instrument.prompt) :]
    assert sitting.instrument.prompt.endswith("the lazy")


def test_a_search_in_the_text_opens_in_the_lines_at_the_same_hit(explorer: Explorer) -> None:
    explorer.search_for("mat")
    until(explorer, lambda: explorer.search.hits)
    explorer.step(1)
    tab = opened(explorer, "lines")
    assert column(tab, "position")[tab.line] == f"{explorer.focus}"


# Files, and what is given up.


def test_a_table_is_written_as_csv_under_a_new_name_each_time(explorer: Explorer, tmp_path: Path) -> None:
    assert explorer.write_table() == "This is the text itself; the other tabs have tables."
    tab = opened(explorer, "chars")
    for name in ("cats-hats-chars.csv", "cats-hats-chars-2.csv"):
        assert not explorer.write_table()
        until(explorer, lambda: not tab.work_facts())
        path = tmp_path / "texts" / name
        assert explorer.take_said() == f"Written: {path}"
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        assert {row["character"]: int(row["count"]) for row in rows} == Counter(TEXT)
        assert [float(row["share"]) for row in rows] == [int(row["count"]) / len(TEXT) for row in rows]


def test_a_folder_that_takes_no_file_is_one_sentence(explorer: Explorer, tmp_path: Path) -> None:
    (tmp_path / "texts").write_text("in the way")
    tab = opened(explorer, "chars")
    explorer.write_table()
    until(explorer, lambda: not tab.work_facts())
    assert explorer.take_said().startswith("The file cannot be written: ")


def test_a_count_that_was_given_up_is_made_when_the_tab_is_opened_again() -> None:
    explorer = Explorer(from_text("long", TEXT * 400))
    explorer.show_tab("words")
    tab = explorer.tabs.table
    assert tab is not None
    assert tab.facts().startswith("counting words")
    assert explorer.back()
    assert explorer.take_said() == "The count was given up."
    assert tab.facts() == "The words were not counted; opening the tab again counts them."
    assert tab.sort() == tab.facts()
    assert opened(explorer, "words").table
    explorer.close()
    assert not explorer.take_said()


# Keywords.


def test_a_text_is_compared_with_another_one(sitting: Sitting) -> None:
    hare = "the hare and the hedgehog ran, and the hedgehog ran on\n" * 40
    (sitting.home.corpora / "own.txt").write_text(hare)
    corpus = sitting.playground.open_text("fox")
    explorer = sitting.playground.explore(corpus)
    explorer.show_tab("keys")
    assert explorer.tabs.table is not None
    assert explorer.tabs.table.facts() == "Compared with what? Choose another text, or what the network writes."
    names = [each.name for each in explorer.references()]
    assert "fox" not in names
    explorer.compare_with(next(each for each in explorer.references() if each.name == "own"))
    until(explorer, lambda: explorer.tabs.table and explorer.tabs.table.counted)
    tab = explorer.tabs.table
    assert tab is not None
    words, others = (Counter(WORD.findall(text)) for text in (corpus.text(), hare))
    counted = dict(zip(column(tab, "word"), zip(column(tab, "use"), column(tab, "count"), strict=True), strict=True))
    assert counted["lazy"] == ("more", str(words["lazy"]))
    assert counted["hedgehog"] == ("never", "0")
    assert "hedgehog" in others
    tab.line = column(tab, "word").index("lazy")
    assert not explorer.open_places()
    until(explorer, lambda: not explorer.search.running)
    assert corpus.text(*explorer.marked) == "lazy"
    assert explorer.back()
    assert explorer.tabs.open == "keys"
    assert not explorer.back()


def test_what_the_network_writes_is_compared_with_its_text(sitting: Sitting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("charplay.playground.exploring.references.CHARACTERS", 2000)
    sitting.begin_writing()
    sitting.instrument.play(make_model(FOX), "demo")
    corpus = sitting.playground.open_text("fox")
    explorer = sitting.playground.explore(corpus)
    explorer.show_tab("keys")
    written = explorer.references()[0]
    assert (written.title, written.note) == ("what the network writes", "2,000 characters by demo, at temperature 1")
    explorer.compare_with(written)
    until(explorer, lambda: explorer.tabs.table and explorer.tabs.table.counted)
    tab = explorer.tabs.table
    assert tab is not None
    words = set(WORD.findall(corpus.text()))
    for word, use in zip(column(tab, "word"), column(tab, "use"), strict=True):
        assert (word in words) == (use != "invented")
    tab.line = column(tab, "use").index("invented")
    word = column(tab, "word")[tab.line]
    said = re.search(r"written at ([\d,]+).*: … (.*) …$", tab.line_facts())
    assert said is not None
    assert word in said[2]
    tab.line = next(number for number, use in enumerate(column(tab, "use")) if use != "invented")
    assert "written at" not in tab.line_facts()
    assert "what demo writes beside" in tab.facts()
