"""Laws of the vocabulary."""

import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.corpora import vocabulary
from charplay.corpora.errors import CorpusError
from charplay.corpora.vocabulary import Vocabulary

ANY = st.text(st.characters(exclude_categories=()), max_size=60)  # lone surrogates and NUL included


@given(ANY)
def test_decode_undoes_encode(text: str) -> None:
    built = Vocabulary.of(text)
    assert built.decode(built.encode(text)) == text


@given(ANY, st.randoms())
def test_vocabulary_is_sorted_and_knows_no_order(text: str, random: random.Random) -> None:
    shuffled = list(text)
    random.shuffle(shuffled)
    built = Vocabulary.of(text)
    assert built.characters == "".join(sorted(set(text)))
    assert built == Vocabulary.of("".join(shuffled))
    assert hash(built) == hash(Vocabulary.of("".join(shuffled)))


@given(ANY)
def test_ids_are_positions(text: str) -> None:
    built = Vocabulary.of(text)
    assert [built.characters[i] for i in built.encode(text)] == list(text)
    assert len(built) == len(set(text))
    assert all(character in built for character in text)


@given(ANY, st.integers(1, 7))
def test_chunked_is_whole(text: str, size: int) -> None:
    built = Vocabulary.of(text)
    whole = built.encode(text)
    parts = [built.encode(chunk) for chunk in vocabulary.chunks(text, size)]
    assert "".join(vocabulary.chunks(text, size)) == text
    assert np.array_equal(np.concatenate([np.empty(0, built.dtype), *parts]), whole)


@given(ANY, st.integers(1, 7))
def test_encoding_in_small_chunks_changes_nothing(text: str, size: int) -> None:
    whole = Vocabulary.of(text).encode(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vocabulary, "CHUNK", size)
        patch.setattr(vocabulary.chunks, "__defaults__", (size,))
        assert np.array_equal(Vocabulary.of(text).encode(text), whole)


@given(ANY, ANY)
@pytest.mark.fault("46")
def test_split_keeps_what_is_known_and_names_the_rest_once(known: str, text: str) -> None:
    built = Vocabulary.of(known)
    kept, unknown = built.split(text)
    assert kept == "".join(c for c in text if c in known)
    assert unknown == "".join(dict.fromkeys(c for c in text if c not in known))
    assert built.decode(built.encode(kept)) == kept


@given(ANY, ANY)
def test_encode_refuses_exactly_what_split_calls_unknown(known: str, text: str) -> None:
    built = Vocabulary.of(known)
    if built.split(text)[1]:
        with pytest.raises(CorpusError, match=r"U\+[0-9A-F]{4}"):
            built.encode(text)
    else:
        built.encode(text)


@pytest.mark.parametrize(
    ("size", "dtype"), [(1, np.uint8), (256, np.uint8), (257, np.uint16), (65_536, np.uint16), (65_537, np.uint32)]
)
def test_ids_take_the_smallest_type(size: int, dtype: type[Any]) -> None:
    built = Vocabulary("".join(map(chr, range(size))))
    assert built.dtype == dtype
    assert built.encode(built.characters).dtype == dtype
    assert built.decode(built.encode(built.characters)) == built.characters


@pytest.mark.parametrize("characters", ["ba", "aa", "abca"])
def test_vocabulary_refuses_what_is_not_sorted_and_distinct(characters: str) -> None:
    with pytest.raises(CorpusError, match="sorted and distinct"):
        Vocabulary(characters)


@pytest.mark.parametrize("ids", [[3], [-1], [0, 1, 2, 255]])
def test_decode_refuses_ids_of_another_vocabulary(ids: list[int]) -> None:
    with pytest.raises(CorpusError, match="outside 0 to 2"):
        Vocabulary("abc").decode(ids)
