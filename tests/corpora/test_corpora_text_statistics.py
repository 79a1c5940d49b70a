"""The statistics of a text are what naive Python counts."""

import math
import statistics
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.corpora.corpus import from_text
from charplay.corpora.errors import Cancelled
from charplay.corpora.exploring import text_statistics
from charplay.corpora.exploring.text_statistics import measure_text
from charplay.corpora.exploring.words import WORD
from charplay.corpora.progress import Progress


@given(st.text(st.sampled_from("ab \n字👩e\u0301-"), max_size=90), st.integers(1, 7))
def test_statistics_are_counted(text: str, stretch: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_statistics, "CHUNK", 5)
        patch.setattr(text_statistics, "STRETCH", stretch)
        found = measure_text(from_text("a text", text))
    lines = [len(line) for line in text.removesuffix("\n").split("\n")] if text else []
    words = WORD.findall(text)
    for lengths, expected in ((found.lines, lines), (found.word_lengths, list(map(len, words)))):
        assert lengths.number == len(expected)
        assert lengths.longest == max(expected, default=0)
        assert lengths.mean == (statistics.mean(expected) if expected else 0)
        assert lengths.median == (statistics.median_low(expected) if expected else 0)
        assert {length: count for length, count in enumerate(lengths.counts.tolist()) if count} == Counter(expected)
    assert found.words.total == len(words)
    assert [one.total for one in found.ngrams] == [max(0, len(text) - order) for order in range(3)]
    assert found.characters.total == len(text)
    stretches = [set(words[i : i + stretch]) for i in range(0, len(words) - stretch + 1, stretch)]
    if stretches:
        assert found.different_in_stretch == pytest.approx(statistics.mean(map(len, stretches)))
    else:
        assert math.isnan(found.different_in_stretch)


def test_progress_rises_and_cancels() -> None:
    shares: list[float] = []
    corpus = from_text("a text", "one two\n" * 20)
    measure_text(corpus, progress=Progress(lambda share: shares.append(share) is None))
    assert shares == sorted(shares)
    assert shares[-1] == 1
    for most in (0.0, 0.12, 0.3, 0.7):
        with pytest.raises(Cancelled):
            measure_text(corpus, progress=Progress(lambda share, most=most: share < most))  # type: ignore[misc]
