"""Prompts from a text: what stands there, and what follows there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.sampling.errors import SettingError
from charplay.sampling.prompts import LENGTH, choose

TALE = "It was a dark and stormy night; the rain fell in torrents. " * 40
TEXTS = st.text(st.sampled_from("ab \né1"), min_size=1, max_size=300)
LENGTHS = st.integers(1, 50)


@given(
    TEXTS, st.sampled_from(["passage", "letter", "0", "0:3"]), st.integers(0, 99), st.integers(0, 9), LENGTHS, LENGTHS
)
def test_a_prompt_and_its_truth_stand_in_the_text(
    text: str, wanted: str, seed: int, number: int, length: int, more: int
) -> None:
    found = choose(text, wanted, seed=seed, number=number, length=length, more=more)
    assert text[found.start :].startswith(found.prompt + found.truth)
    assert 1 <= len(found.prompt) <= max(length, 3)
    assert len(found.truth) == min(more, len(text) - found.start - len(found.prompt))
    assert found == choose(text, wanted, seed=seed, number=number, length=length, more=more)


def test_passages_begin_where_words_do_and_lie_everywhere() -> None:
    found = [choose(TALE, "passage", seed=5, number=number) for number in range(200)]
    assert all(one.start == 0 or TALE[one.start - 1] == " " for one in found)
    assert all(len(one.prompt) == len(one.truth) == LENGTH for one in found)
    fifths = {5 * one.start // len(TALE) for one in found}
    assert fifths == {0, 1, 2, 3, 4}
    assert choose(TALE, "passage", seed=6) != choose(TALE, "passage", seed=5)


def test_a_letter_is_one() -> None:
    found = {choose("1, 2; 3: aé", "letter", number=number).prompt for number in range(50)}
    assert found == {"a", "é"}
    assert choose("123", "letter").prompt in "123"


def test_a_place_is_taken_as_asked() -> None:
    assert choose(TALE, "9:4") == (9, "dark", TALE[13 : 13 + LENGTH])
    assert choose(TALE, "9", length=4) == choose(TALE, "9:4")
    end = len(TALE) - 2
    assert choose(TALE, f"{end}:99") == (end, TALE[-2:], "")


@pytest.mark.parametrize("wanted", ["", "words", "-1", "1:", ":3", "5:0", str(len(TALE)), "1:2:3", "٣", "9" * 30])
def test_anything_else_is_refused_with_a_sentence(wanted: str) -> None:
    with pytest.raises(SettingError, match="a prompt"):
        choose(TALE, wanted)


def test_an_empty_text_has_no_prompt() -> None:
    with pytest.raises(SettingError, match="empty"):
        choose("", "passage")
