# ruff: noqa: RUF001 - such characters are what it is about
"""What a terminal gets that lacks characters: ASCII of the same width, and nothing else."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from charplay.formatting.ascii_fallback import HANDLER, to_ascii
from charplay.formatting.sanitize import sanitize


def test_every_character_that_can_reach_the_screen_has_a_stand_in_of_its_width() -> None:
    for code in range(0x80, sys.maxunicode + 1):
        character = chr(code)
        if sanitize(character) == character:
            shown = to_ascii(character)
            assert shown.isascii(), hex(code)
            assert shown.isprintable(), hex(code)
            assert len(shown) == cell_len(character), hex(code)


@given(st.text(), st.sampled_from(["ascii", "latin-1", "koi8-r", "gbk"]))
def test_what_an_encoding_has_is_kept_and_the_rest_is_as_wide(text: str, encoding: str) -> None:
    text = sanitize(text)
    there = text.encode(encoding, HANDLER).decode(encoding)
    assert cell_len(there) == cell_len(text)
    kept = "".join(each for each in text if each.encode(encoding, "ignore"))
    assert not kept or encoding in {"koi8-r", "gbk"} or set(kept) <= set(there)
    if kept == text:
        assert there == text


@pytest.mark.parametrize(
    ("fine", "coarse"),
    [("╭─╮│╰┤┈┊━╱", "+-+|++.:-X"), ("←→↑↓", "<>^v"), ("●○◇△□", "oabcd"), ("⠉⠤⠿", "'.:"), ("é ﬁ漢½", "e f##1")],
)
def test_borders_arrows_dots_and_letters_keep_their_look(fine: str, coarse: str) -> None:
    assert "".join(map(to_ascii, fine)) == coarse


def test_the_table_holds_no_sign_that_is_ascii_already() -> None:
    from charplay.formatting.ascii_fallback import _LIKE

    assert not any(each.isascii() or unicodedata.category(each) == "Cn" for each in _LIKE)
