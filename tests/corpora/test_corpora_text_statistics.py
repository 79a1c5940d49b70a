"""The statistics of a text are what naive Python counts."""

import math
import statistics
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.corpora.corpus import from_text
from charplay.corpora.errors import Cancelled
from charplay.corpora.exploring import text_statistics, word_statistics, words
from charplay.corpora.exploring.character_table import count_characters
from charplay.corpora.exploring.text_statistics import measure_text
from charplay.corpora.exploring.word_statistics import SENTENCE_END
from charplay.corpora.exploring.words import WORD
from charplay.corpora.progress import Progress


@given(st.text(st.sampled_from("ab \n字👩e\u0301-.?\u3002"), max_size=90), st.integers(1, 7))
def test_statistics_are_counted(text: str, stretch: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_statistics, "CHUNK", 5)
        patch.setattr(words, "CHUNK", 5)
        patch.setattr(word_statistics, "STRETCH", stretch)
        found = measure_text(from_text("a text", text))
    lines = [len(line) for line in text.removesuffix("\n").split("\n")] if text else []
    spelled = WORD.findall(text)
    sentences = [number for part in SENTENCE_END.split(text) if (number := len(WORD.findall(part)))]
    measured = (
        (found.lines, lines), (found.words.lengths, list(map(len, spelled))), (found.words.sentences, sentences),
    )  # fmt: skip
    for lengths, expected in measured:
        assert lengths.number == len(expected)
        assert lengths.longest == max(expected, default=0)
        assert lengths.mean == (statistics.mean(expected) if expected else 0)
        assert lengths.median == (statistics.median_low(expected) if expected else 0)
        assert {length: count for length, count in enumerate(lengths.counts.tolist()) if count} == Counter(expected)
    assert found.words.words.total == len(spelled)
    assert [one.total for one in found.ngrams] == [max(0, len(text) - order) for order in range(3)]
    assert found.characters.total == len(text)
    stretches = [set(spelled[i : i + stretch]) for i in range(0, len(spelled) - stretch + 1, stretch)]
    if stretches:
        assert found.words.different_in_stretch == pytest.approx(statistics.mean(map(len, stretches)))
    else:
        assert math.isnan(found.words.different_in_stretch)


@pytest.mark.parametrize(
    ("text", "words_each"),
    [
        ("It was 3.14. Was it?! Yes", [4, 2, 1]),
        ("\u201cWho are you?\u201d said he. I\u2026 hardly know.", [3, 2, 1, 2]),
        ("CHAPTER I\n\nAlice was\nbeginning", [2, 3]),
        ("\u6211\u662f\u3002\u4f60 \u597d\uff01", [1, 2]),
        ("... !", []),
    ],
)
def test_sentences_end_where_one_reads_their_end(text: str, words_each: list[int]) -> None:
    sentences = measure_text(from_text("a text", text)).words.sentences
    assert {length: count for length, count in enumerate(sentences.counts.tolist()) if count} == Counter(words_each)


@given(st.text(st.sampled_from("aab \n\t1.,$\u0301\u200b字"), min_size=1, max_size=60))
def test_characters_have_kinds_and_an_entropy(text: str) -> None:
    corpus = from_text("a text", text)
    found = count_characters(corpus)
    assert found.entropy() == pytest.approx(corpus.unigram_entropy())
    assert sum(found.kinds().values()) == pytest.approx(1)
    for kind, members in (("letters", "ab字"), ("spaces", " \n\t"), ("digits", "1"), ("controls", "\u200b")):
        assert found.kinds().get(kind, 0) == pytest.approx(sum(map(text.count, members)) / len(text))


@given(st.lists(st.sampled_from("abcdefg"), min_size=1, max_size=60), st.floats(0.01, 1))
def test_the_fewest_words_that_cover_a_share(spelled: list[str], share: float) -> None:
    found = measure_text(from_text("a text", " ".join(spelled))).words.words
    counts = sorted(Counter(spelled).values(), reverse=True)
    number = found.covering(share)
    assert sum(counts[:number]) >= share * len(spelled)
    assert sum(counts[: number - 1]) < share * len(spelled)


def test_progress_rises_and_cancels() -> None:
    shares: list[float] = []
    corpus = from_text("a text", "one two\n" * 20)
    measure_text(corpus, progress=Progress(lambda share: shares.append(share) is None))
    assert shares == sorted(shares)
    assert shares[-1] == 1
    for most in (0.0, 0.12, 0.3, 0.7):
        with pytest.raises(Cancelled):
            measure_text(corpus, progress=Progress(lambda share, most=most: share < most))  # type: ignore[misc]
