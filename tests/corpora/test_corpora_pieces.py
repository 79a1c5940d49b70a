"""A text in pieces is the text, however it is cut."""

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.corpora import pieces as module
from charplay.corpora import seven_bit
from charplay.corpora.corpus import from_text
from charplay.corpora.pieces import Pieces
from charplay.corpora.vocabulary import CHUNK

TEXTS = st.lists(st.text("ab\n\u00e9\U0001f600", max_size=30), max_size=8)


@pytest.fixture(autouse=True, scope="module")
def short() -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "PIECE", 10)
        yield


@given(TEXTS)
def test_it_is_read_as_often_as_it_is_asked_for_in_pieces_of_some_length(texts: list[str]) -> None:
    whole, pieces = "".join(texts), Pieces.of(*texts)
    for _ in range(2):
        found = list(pieces)
        assert "".join(found) == pieces.text() == whole
        assert all(0 < len(piece) <= 10 for piece in found)
        assert all(len(one) + len(other) > 10 for one, other in pairwise(found)) or len(texts) > 1
    assert len(pieces) == len(whole)


@given(TEXTS, st.none() | st.integers(0, 100))
def test_its_first_characters_are_those_of_the_text(texts: list[str], most: int | None) -> None:
    first = Pieces.of(*texts).first(most)
    assert first.text() == "".join(texts)[:most]
    assert len(first) == len(first.text())


@given(TEXTS)
def test_its_lines_are_whole(texts: list[str]) -> None:
    found = list(Pieces.of(*texts).lines())
    assert "".join(found) == "".join(texts)
    assert all(piece.endswith("\n") for piece in found[:-1])
    assert all(found)


@pytest.mark.parametrize(
    "sample", ["\u65e5\u672c\u8a9e\u3002\nabc\n" * 40, "\u6c49\u5b57\u8f93\u5165\n~~ tilde\n" * 40]
)
@pytest.mark.parametrize("codec", ["iso2022-jp", "hz", "utf-7"])
def test_signs_are_the_same_however_the_search_is_cut(codec: str, sample: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = bytearray(b"plain ~ text, some {of} it ~{ odd\n" * 3 + sample.encode(codec, "ignore"))
    monkeypatch.setattr(seven_bit, "_HOPS", 2)
    whole = seven_bit.seven_bit(data)
    monkeypatch.setattr(seven_bit, "_AT_ONCE", 1)
    assert seven_bit.seven_bit(data) == whole


@pytest.mark.parametrize("length", [1000, CHUNK, 2 * CHUNK + 7])
@pytest.mark.parametrize("symbols", [3, 200, 300])
def test_every_character_is_counted(length: int, symbols: int) -> None:
    text = "".join(chr(0x100 + number * number % symbols) for number in range(length))
    corpus = from_text("numbers", text)
    assert dict(zip(corpus.vocabulary.characters, corpus.counts().tolist(), strict=True)) == Counter(text)
