"""The glossary as the screen explains it: shipped, found in what stands there, and said in two sentences."""

import re
from importlib.resources import files
from pathlib import Path

import pytest

from charplay.playground.glossary import Entry, entries_in, read_glossary

ROOT = Path(__file__).parents[2]


def heads(*texts: str) -> list[str]:
    return [entry.head for entry in entries_in(texts, read_glossary())]


def test_the_package_has_the_glossary_of_the_documentation() -> None:
    shipped = (files("charplay.playground") / "glossary.md").read_text("utf-8")
    assert shipped == (ROOT / "docs" / "GLOSSARY.md").read_text("utf-8")


def test_every_entry_is_found_by_its_own_headword() -> None:
    written = re.findall(r"^\*\*(.+?)\*\*: ", (ROOT / "docs" / "GLOSSARY.md").read_text("utf-8"), re.MULTILINE)
    assert [entry.head for entry in read_glossary()] == written
    for head in written:
        assert head in heads(head)


def test_a_meaning_is_two_sentences_without_places_in_the_code() -> None:
    for entry in read_glossary():
        assert entry.meaning, entry.head
        assert ".py" not in entry.meaning, entry.head
        assert "`" not in entry.meaning, entry.head
        assert len(re.findall(r"[.!?] (?=\S)", entry.meaning)) <= 1, entry.head


@pytest.mark.parametrize(
    ("shown", "found"),
    [
        ("held out   0.1", ["held-out loss"]),
        ("Loss, nats a character", ["loss", "nats"]),
        ("Bits a character", ["bits per character"]),
        ("top_p 0.9", ["top-k, top-p"]),
        ("epochs 3, perplexity 4.9", ["epoch", "perplexity"]),
        ("hidden_size", ["hidden size"]),
        ("surprisals", ["surprisal"]),
        ("supernatural", []),
    ],
)
def test_words_are_found_as_the_screen_writes_them(shown: str, found: list[str]) -> None:
    assert heads(shown) == found


def test_what_stands_nearer_comes_first_and_once() -> None:
    assert heads("epoch", "nats epoch") == ["epoch", "nats"]


def test_the_longer_of_two_words_counts() -> None:
    glossary = [Entry("size", "small"), Entry("hidden size", "wide")]
    assert [entry.head for entry in entries_in(["Hidden-Size 128"], glossary)] == ["hidden size"]
