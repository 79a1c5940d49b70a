import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from charplay.formatting.ellipsis import shorten
from charplay.formatting.sanitize import DOTTED_CIRCLE, sanitize, sanitize_char, sanitize_line
from charplay.tui.widgets.row_list import fit, fit_name

ANY = st.text(st.characters(codec=None, exclude_categories=()))


def harmless(text: str) -> bool:
    return not {unicodedata.category(c) for c in text} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


# Every assigned block; the private and unassigned planes in steps.
CODES = [*range(0x3100), *range(0xA000, 0x20000), *range(0x3100, 0x110000, 251), *range(0xE0000, 0xE0200)]


@pytest.mark.fault("31", "36")
def test_no_code_point_shows_as_a_control_and_each_has_a_width() -> None:
    for code in CODES:
        shown = sanitize(chr(code))
        assert harmless(shown), hex(code)
        assert cell_len(shown) == sum(map(cell_len, shown)) >= 1, hex(code)


@given(ANY, ANY)
@pytest.mark.fault("32")
def test_it_does_not_matter_where_a_text_is_cut(a: str, b: str) -> None:
    a = a.rstrip(DOTTED_CIRCLE)  # where a circle and the mark on it are parted, the mark gets another
    assert sanitize(a + b) == sanitize(a) + sanitize(b)


@given(ANY)
@pytest.mark.fault("35")
def test_width_is_the_sum_of_the_code_points_widths(text: str) -> None:
    text = text.replace(DOTTED_CIRCLE, "o")  # a mark that stands on one has no width of its own
    assert cell_len(sanitize(text)) == sum(cell_len(sanitize(c)) for c in text)


MARKED = st.text(st.sampled_from(f"{DOTTED_CIRCLE}\u0301\u20dd\u0300ae\n \u0903\x1b漢\u05b8"))


@given(ANY | MARKED, st.sampled_from(["↵", "\n", " "]))
@pytest.mark.fault("35")
def test_what_was_sanitized_stays_as_it_is(text: str, newline: str) -> None:
    once = sanitize(text, newline)
    assert sanitize(once, newline) == once
    assert sanitize_line(sanitize_line(text)) == sanitize_line(text)
    assert cell_len(once) == sum(map(cell_len, once))


@given(MARKED, st.integers(1, 12))
def test_rows_of_marks_are_as_wide_as_their_place(text: str, width: int) -> None:
    for shown in (text, *map(sanitize_char, text)):
        assert cell_len(fit(shown, width)) == cell_len(fit(shown, width, right=True)) == width
        assert cell_len(fit_name(shown, width)) == width
        assert cell_len(shorten(shown, width)) <= width


def test_a_mark_that_was_shown_gets_no_second_circle() -> None:
    assert fit(sanitize_char("\u0301"), 3) == "◌\u0301  "
    assert sanitize("◌\u0301") == "◌\u0301"
    assert sanitize("◌◌\u0301") == "◌◌\u0301"


@given(st.text(st.sampled_from("abc [/]\\ÄżΩж漢字🙂─⠶")))
@pytest.mark.fault("30")
def test_plain_glyphs_and_brackets_are_left_alone(text: str) -> None:
    assert sanitize(text) == text


@pytest.mark.parametrize(
    ("character", "shown"),
    [
        ("\x00", "␀"), ("\x1b", "␛"), ("\t", "␉"), ("\r", "␍"), ("\x7f", "␡"), ("\x9b", "<9b>"), ("\n", "↵"),
        ("\u202e", "<202e>"), ("\u200b", "<200b>"), ("\u2028", "<2028>"), ("\U000e0041", "<e0041>"),
        ("\ud800", "<d800>"), ("\ue000", "<e000>"), ("\u0301", "◌\u0301"), ("\ufe0f", "<fe0f>"),
        ("\u200d", "<200d>"), ("\u0903", "<903>"), ("\U0001f1e6", "<1f1e6>"),
    ],
)  # fmt: skip
def test_what_cannot_be_seen_has_a_stand_in(character: str, shown: str) -> None:
    assert sanitize(character) == shown


def test_the_newline_is_the_callers() -> None:
    assert sanitize("a\n\nb", newline="\n") == "a\n\nb"
    assert sanitize("a\nb", newline=" ") == "a b"
    assert sanitize_char(" ") == "␣"
    assert sanitize_char("\n") == "↵"
