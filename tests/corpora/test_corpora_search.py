"""Searches find what naive Python finds, in any text, and can always be cancelled."""

import re
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from charplay.corpora import encoded_cache
from charplay.corpora.corpus import Corpus, from_text
from charplay.corpora.errors import Cancelled, CorpusError
from charplay.corpora.exploring import regex_child, regex_search, search
from charplay.corpora.exploring.case_folding import fold_character, fold_text
from charplay.corpora.exploring.search import Query
from charplay.corpora.pieces import Pieces
from charplay.corpora.progress import Progress

TRICKY = "abAB \nß\u017f\u03c3ςΣéE\u0301\u200d👩字\U0010ffffİ\u0131K"
"""Wide, combining and astral characters, and letters that change their number when their case is folded."""
TEXTS = st.one_of(
    st.text(st.sampled_from(TRICKY), max_size=60), st.text(st.characters(exclude_categories=()), max_size=60)
)
PATTERNS = st.sampled_from(
    [
        "a",
        "a+",
        "ab|b",
        r"\w+",
        r"^.",
        r".$",
        r"\Ba",
        r"(?<=b)a",
        r"a(?=b)",
        r"[^a]",
        r"a*",
        r"\Aa",
        r"a\Z",
        r"(a|b)\1",
        r"\s",
    ]
)


def spans(hits: search.Hits) -> list[tuple[int, int]]:
    return list(zip(hits.positions.tolist(), hits.lengths.tolist(), strict=True))


def naive_places(text: str, needle: str) -> list[int]:
    return [match.start() for match in re.finditer(re.escape(needle), text)]


def naive_matches(pattern: str, flags: int, text: str, longest: int) -> list[tuple[int, int]]:
    """Matches one after the other; a longer one is cut off, and looked on for from there."""
    found, position = [], 0
    while True:
        for match in re.compile(pattern, flags).finditer(text, position):
            if length := min(len(match[0]), longest):
                found.append((match.start(), length))
            if len(match[0]) > longest:
                position = match.start() + longest
                break
        else:
            return found


@given(TEXTS, st.data(), st.integers(1, 9), st.booleans())
def test_a_search_finds_what_naive_python_finds(text: str, data: st.DataObject, chunk: int, ignores_case: bool) -> None:
    start = data.draw(st.integers(0, len(text)))
    needle = data.draw(st.one_of(TEXTS, st.just(text[start : start + 3]))) or "a"
    folded = (fold_text(text), fold_text(needle)) if ignores_case else (text, needle)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "CHUNK", chunk)
        found = search.search(from_text("a text", text), Query(needle, ignores_case=ignores_case))
    assert spans(found) == [(place, len(needle)) for place in naive_places(*folded)]
    assert found.count == len(found) == found.slices.sum()


@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_folding_keeps_positions(text: str) -> None:
    assert len(fold_text(text)) == len(text)
    assert fold_text(text) == "".join(map(fold_character, text))
    assert fold_text(fold_text(text)) == fold_text(text)


@given(
    TEXTS, PATTERNS, st.integers(1, 9), st.integers(4, 6), st.sampled_from([re.MULTILINE, re.MULTILINE | re.IGNORECASE])
)
@example("aaaaaaaaaaaaa", "a+", 5, 4, re.MULTILINE)
def test_an_expression_matches_what_naive_python_matches(
    text: str, pattern: str, piece: int, longest: int, flags: int
) -> None:
    pieces = regex_child.matches(re.compile(pattern, flags), lambda a, b: text[a:b], len(text), longest, piece)
    found = [pair for _, positions, lengths in pieces for pair in zip(positions, lengths, strict=True)]
    assert found == naive_matches(pattern, flags, text, longest)


@pytest.mark.parametrize("stored", [False, True], ids=["in memory", "memory-mapped"])
def test_the_child_process_finds_the_same(tmp_path: Path, stored: bool) -> None:
    text = "one fish, Two fish\nréd fish 👩\n" * 20_000
    corpus = from_text("fish", text)
    if stored:
        encoded = encoded_cache.store(Pieces.of(text), "utf-8", (), tmp_path / "fish", Progress())
        assert isinstance(encoded.ids, np.memmap)
        corpus = Corpus("fish", "fish", "", "", encoded.vocabulary, encoded.ids, "utf-8", ())
    shares: list[float] = []
    found = search.search(
        corpus,
        Query(r"^\w+ FISH", is_regex=True, ignores_case=True),
        Progress(lambda share: shares.append(share) is None),
    )
    assert spans(found) == naive_matches(r"^\w+ FISH", re.MULTILINE | re.IGNORECASE, text, 4096)
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_an_expression_that_never_ends_is_cancelled_at_once() -> None:
    corpus = from_text("endless", "a" * 1_000_000 + "!")
    began = time.monotonic()
    with pytest.raises(Cancelled):
        search.search(corpus, Query("(a+)+$", is_regex=True), Progress(lambda _: time.monotonic() < began + 0.5))
    assert time.monotonic() < began + 3


def test_an_expression_that_never_ends_is_given_up_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regex_search, "PATIENCE", 1)
    with pytest.raises(CorpusError, match="takes too long"):
        search.search(from_text("endless", "a" * 1000 + "!"), Query("(a+)+$", is_regex=True))


def test_a_child_that_is_killed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regex_search.sys, "executable", "/bin/false")  # type: ignore[attr-defined]
    with pytest.raises(CorpusError, match="broke off \\(exit code 1\\)"):
        search.search(from_text("a text", "abc"), Query("a", is_regex=True))


def test_a_long_match_is_cut_off() -> None:
    found = search.search(from_text("long", "b" + "a" * 10_000 + "b"), Query("a+", is_regex=True))
    assert spans(found) == [(1, 4096), (4097, 4096), (8193, 1808)]


def test_a_million_hits_are_kept_and_all_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MOST_KEPT", 10)
    for is_regex in (False, True):
        found = search.search(from_text("many", "ab" * 500), Query("a", is_regex=is_regex))
        assert (found.count, len(found), found.is_complete) == (500, 10, False)
        assert found.positions.tolist() == list(range(0, 20, 2))
        assert found.slices.sum() == 500
        assert found.slices.tolist() == [1, 0] * 500


def test_hits_are_stepped_both_ways() -> None:
    found = search.search(from_text("steps", "a..a..a"), Query("a"))
    assert [found.after(place) for place in (-1, 0, 2, 3, 6)] == [0, 1, 1, 2, None]
    assert [found.before(place) for place in (0, 1, 3, 6, 7)] == [None, 0, 0, 1, 2]


def test_a_plain_search_is_cancelled() -> None:
    with pytest.raises(Cancelled):
        search.search(from_text("a text", "abc"), Query("b"), Progress(lambda _: False))


@pytest.mark.parametrize(
    ("pattern", "is_regex", "said"),
    [
        ("", False, "nothing to search"),
        ("", True, "nothing to search"),
        ("a" * 4097, False, "at most 4,096"),
        ("a(b", True, "wrong at character 2: missing \\)"),
        ("*", True, "wrong at character 1: nothing to repeat"),
        ("(" * 5000 + ")" * 5000, True, "nested too deeply"),
    ],
)
def test_what_cannot_be_searched_is_said_in_a_sentence(pattern: str, is_regex: bool, said: str) -> None:
    with pytest.raises(CorpusError, match=said):
        Query(pattern, is_regex=is_regex)
