"""Generated texts are always the same, follow their rules, and have the entropy that they state."""

import re
from pathlib import Path

import pytest

from charplay.corpora.corpus import Corpus
from charplay.corpora.errors import Cancelled
from charplay.corpora.generated import CHARACTERS
from charplay.corpora.library import Library
from charplay.corpora.ruler.ngram_model import HIGHEST_ORDER, losses
from charplay.corpora.sources import lesson_brackets, lesson_names, lesson_sums

LESSONS = {"lesson-brackets": lesson_brackets, "lesson-names": lesson_names, "lesson-sums": lesson_sums}


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "corpora", tmp_path / "cache", catalog=[])


def opened(library: Library, name: str) -> Corpus:
    return library.open(library.find(name))


def test_the_lessons_are_listed_last_and_state_their_entropy(library: Library) -> None:
    listed = library.entries()[-len(LESSONS) :]
    assert {entry.name for entry in listed} == LESSONS.keys()
    assert all(entry.ready and re.search(r"entropy is \d\.\d{3} nats", entry.note) for entry in listed)


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_is_always_the_same_text_of_its_stated_size(library: Library, name: str) -> None:
    first, again = opened(library, name), opened(library, name)
    assert first.sha256 == again.sha256
    assert len(first) == CHARACTERS == library.find(name).size
    with pytest.raises(Cancelled):
        library.open(library.find(name), watch=lambda share: share < 0.3)


def test_brackets_balance_within_their_depth(library: Library) -> None:
    lines = opened(library, "lesson-brackets").text().split("\n")[:-1]
    pairs = re.compile(r"\(\)|\[\]|\{\}")
    deepest = 0
    for line in lines[:5000]:
        rest, depth = line, 0
        while rest:
            shorter = pairs.sub("", rest)
            assert shorter != rest
            rest, depth = shorter, depth + 1
        deepest = max(deepest, depth)
    assert lesson_brackets.DEEPEST - 1 <= deepest <= lesson_brackets.DEEPEST


def test_sums_are_right(library: Library) -> None:
    lines = opened(library, "lesson-sums").text().split("\n")[:-1]
    assert all(eval(line.replace("=", "==")) for line in lines[:2000])  # our own additions


def test_names_can_be_read_in_one_way_only(library: Library) -> None:
    parts = (*lesson_names.MIDDLES, *lesson_names.ENDS)
    assert not [(one, other) for one in parts for other in parts if one != other and other.startswith(one)]
    middles, ends = "|".join(lesson_names.MIDDLES), "|".join(lesson_names.ENDS)
    name = re.compile(rf"[A-Z][a-z]({middles})*({ends})")
    assert all(map(name.fullmatch, opened(library, "lesson-names").text().split("\n")[:-1]))


@pytest.mark.parametrize(("name", "module"), LESSONS.items())
def test_the_mean_line_is_as_long_as_stated(library: Library, name: str, module: object) -> None:
    lines = opened(library, name).text().split("\n")[:-1]
    stated = module._TEXT.characters_per_line  # type: ignore[attr-defined]
    assert sum(len(line) + 1 for line in lines) / len(lines) == pytest.approx(stated, rel=0.01)


@pytest.mark.parametrize(("name", "above"), [("lesson-names", 1.005), ("lesson-sums", 1.25), ("lesson-brackets", 1.3)])
def test_ngrams_come_near_the_stated_entropy_and_never_below(library: Library, name: str, above: float) -> None:
    """Names need few characters of context, sums seven and many examples, brackets more than any n-gram has."""
    corpus, entropy = opened(library, name), LESSONS[name]._TEXT.entropy
    trained = int(len(corpus) * 0.9)
    text = corpus.ids[trained - HIGHEST_ORDER + 1 :]
    found = list(losses(corpus.ids[:trained], len(corpus.vocabulary), text, len(corpus) - trained))
    assert 0.995 * entropy < min(found) < above * entropy, min(found) / entropy
