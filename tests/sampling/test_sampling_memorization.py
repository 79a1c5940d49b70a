"""What is copied is known at every moment, as if the text had been looked through anew."""

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charplay.sampling.memorization import MemorizationTracker
from charplay.sampling.substring_index import SubstringIndex

CORPORA = st.text("ab", min_size=1, max_size=40)
STEPS = st.lists(st.text("abc", max_size=25) | st.integers(0, 60) | st.integers(-6, -1), max_size=6)


def marked(text: str, corpus: str, least: int) -> set[Any]:
    """The positions that lie in a copied stretch, by looking at every stretch of that length."""
    found = set()
    for start in range(len(text) - least + 1):
        if text[start : start + least] in corpus:
            found |= set(range(start, start + least))
    return found


@given(CORPORA, STEPS)
@settings(max_examples=200, deadline=None)
def test_growing_cutting_and_another_length_leave_what_looking_anew_would_find(
    corpus: str, steps: list[int | str]
) -> None:
    least, text = 3, ""
    copies = MemorizationTracker(SubstringIndex(corpus), least)
    for step in steps:
        before = marked(text, corpus, least)
        if isinstance(step, str):
            first = copies.extend(step)
            old = len(text)
            text += step
            gained = marked(text, corpus, least) - before
            assert first == min({*gained, old})
        elif step < 0:
            copies.least = least = -step
        else:
            copies.cut(min(step, len(text)))
            text = text[:step]
        now = marked(text, corpus, least)
        assert {at for at in range(len(text) + 2) if copies.copied(at)} == now
        for start in (0, len(text) // 2):
            new = [at for at in range(start, len(text)) if at not in now]
            assert copies.new_share(start) == pytest.approx(len(new) / (len(text) - start) if text[start:] else 1)


@given(CORPORA, st.text("abc", max_size=40), st.integers(1, 5))
@settings(max_examples=200, deadline=None)
def test_a_stretch_is_the_longest_that_holds_the_place_and_leads_to_its_source(
    corpus: str, text: str, least: int
) -> None:
    copies = MemorizationTracker(SubstringIndex(corpus), least)
    copies.extend(text)
    for position in range(len(text)):
        found = copies.stretch(position)
        spans = [
            other - one
            for one in range(position + 1)
            for other in range(position + 1, len(text) + 1)
            if text[one:other] in corpus
        ]
        longest = max(spans, default=0)
        if longest < least:
            assert found is None
        else:
            assert found.stop - found.start == longest
            assert found.start <= position < found.stop
            assert corpus[found.source : found.source + longest] == text[found.start : found.stop]
    newest = copies.newest()
    last = max(marked(text, corpus, least), default=None)
    assert (newest is None) == (last is None)
    assert newest is None or last is None or newest.stop == last + 1


def test_a_long_stretch_costs_no_more_than_any_other_text() -> None:
    corpus = "".join(chr(97 + (n * n // 7) % 26) for n in range(20_000))
    copies = MemorizationTracker(SubstringIndex(corpus), 20)
    begin = time.process_time()
    copies.extend(corpus[:10_000])
    assert (time.process_time() - begin) / 10_000 < 1e-3
    assert copies.new_share() == 0
