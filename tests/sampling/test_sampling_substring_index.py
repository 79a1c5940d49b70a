"""What is copied is found exactly: against looking everywhere."""

import time
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charplay.corpora.errors import Cancelled
from charplay.sampling import substring_index as origins_module
from charplay.sampling import suffix_array as suffixes
from charplay.sampling.substring_index import LongestMatches, Match, SubstringIndex
from charplay.sampling.suffix_array import sorted_suffixes

CORPORA = (
    st.text("ab", max_size=60) | st.text("abcdé€😀", max_size=60) | st.text("abc", max_size=12).map(lambda s: s * 6)
)
TEXTS = st.text("abcdé€😀?", max_size=60)


def longest_end(text: str, corpus: str) -> int:
    return next(n for n in range(len(text), -1, -1) if text[len(text) - n :] in corpus)


def words(count: int, seed: int = 0) -> str:
    """A text in which much is said twice."""
    draw = np.random.default_rng(seed)
    known = ["".join(draw.choice(list("etaoinshrdlu"), draw.integers(1, 9))) for _ in range(2000)]
    return " ".join(known[one] for one in draw.zipf(1.2, count) % 2000)


@given(CORPORA)
def test_positions_are_in_the_order_of_what_follows(corpus: str) -> None:
    codes = np.array([ord(one) % 251 for one in corpus], np.uint8)
    raw = bytes(codes)
    assert sorted_suffixes(codes).tolist() == sorted(range(len(raw)), key=lambda at: raw[at:])


def test_a_long_text_is_ordered_too_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suffixes, "PORTION", 100)
    for raw in (words(2000).encode(), b"a" * 900, b"ab" * 500, words(300).encode() * 3):
        order = sorted_suffixes(np.frombuffer(raw, np.uint8)).tolist()
        assert sorted(order) == list(range(len(raw)))
        following = [raw[at : at + suffixes.DEPTH] for at in order]
        assert following == sorted(following)


@pytest.mark.parametrize("most", [1, 70_000])
def test_any_number_of_distinct_characters_is_ordered(most: int) -> None:
    codes = np.random.default_rng(0).integers(0, most, 3000).astype(np.uint32)
    order = sorted_suffixes(codes).tolist()
    lists = codes.tolist()
    assert all(lists[one : one + 50] <= lists[other : other + 50] for one, other in pairwise(order))


@given(CORPORA, st.text("abcdé€😀", max_size=8))
def test_a_passage_is_found_where_it_stands(corpus: str, passage: str) -> None:
    index = SubstringIndex(corpus)
    if set(passage) <= set(corpus):
        found = index.find(index.encode(passage))
        assert (found is None) == (passage not in corpus or not corpus)
        assert found is None or corpus[found : found + len(passage)] == passage


@given(CORPORA, TEXTS, st.lists(st.tuples(st.integers(0, 60), TEXTS), max_size=3))
@settings(max_examples=150, deadline=None)
def test_every_character_knows_its_longest_copied_stretch(corpus: str, text: str, cuts: list[tuple[int, str]]) -> None:
    origins = LongestMatches(SubstringIndex(corpus))
    origins.extend(text)
    for position, more in cuts:
        position = min(position, len(text))  # noqa: PLW2901  (as far as there is text)
        origins.cut(position)
        origins.extend(more)
        text = text[:position] + more
    assert len(origins) == len(text)
    for at in range(len(text)):
        start, stop, source = origins.longest(at)
        assert stop == at + 1
        assert stop - start == longest_end(text[: at + 1], corpus)
        assert corpus[source : source + stop - start] == text[start:stop]


@given(CORPORA, TEXTS, st.integers(1, 6), st.integers(0, 20))
@settings(deadline=None)
def test_stretches_cover_what_is_copied(corpus: str, text: str, least: int, start: int) -> None:
    origins = LongestMatches(SubstringIndex(corpus))
    origins.extend(text)
    found = origins.stretches(least)
    spans = {(one, other) for one in range(len(text)) for other in range(one + 1, len(text) + 1)}
    copied = {(one, other) for one, other in spans if other - one >= least and text[one:other] in corpus}
    inside = {
        (one, other)
        for one, other in copied
        if any(a <= one and other <= b != 0 and (a, b) != (one, other) for a, b in copied)
    }
    assert [(one.start, one.stop) for one in found] == sorted(copied - inside)
    assert all(corpus[source : source + stop - begin] == text[begin:stop] for begin, stop, source in found)
    assert origins.stretches(least, start) == [one for one in found if one.stop > start]


def test_a_stretch_beyond_the_depth_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suffixes, "DEPTH", 32)
    monkeypatch.setattr(origins_module, "DEPTH", 32)
    corpus = words(500)
    origins = LongestMatches(SubstringIndex(corpus))
    origins.extend("?" + corpus[100:900] + "?" + corpus[300:320])
    assert origins.stretches(32) == [Match(1, 801, 100)]
    assert origins.longest(len(origins) - 1).start == 802


def test_it_takes_far_less_than_a_millisecond_a_character() -> None:
    index = SubstringIndex(words(100_000))
    origins, text = LongestMatches(index), words(300, seed=1)
    begin = time.process_time()
    origins.extend(text)
    assert (time.process_time() - begin) / len(text) < 1e-3


def test_the_watch_sees_it_advance_and_may_stop_it() -> None:
    shares = []
    SubstringIndex(words(50_000), lambda share: shares.append(share) or True)
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert shares[-1] == 1
    with pytest.raises(Cancelled):
        SubstringIndex("abc", lambda share: share < 0.5)


def test_only_so_much_of_a_training_text_is_looked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(origins_module, "MOST", 5)
    assert SubstringIndex("abcdefgh").length == 5


@pytest.mark.parametrize("position", [-1, 3])
def test_there_is_nothing_beyond_the_text(position: int) -> None:
    origins = LongestMatches(SubstringIndex("abc"))
    origins.extend("abc")
    with pytest.raises(IndexError):
        origins.longest(position)
    with pytest.raises(IndexError):
        origins.cut(position + (position > 0))
