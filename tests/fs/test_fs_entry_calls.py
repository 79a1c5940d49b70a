"""Entries with arguments, as they are written in a list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.fs.entry_calls import ArgumentError, UnknownEntryError, parse_entry, split_list
from charplay.fs.registry import entry_names

FOLDER = "corpora/cleaning"


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("lowercase, ascii", ["lowercase", "ascii"]),
        ("a(b, c), d", ["a(b, c)", "d"]),
        (" , a,, ", ["a"]),
        ("", []),
        ("a(b, c", ["a(b, c"]),
        ("a), b", ["a)", "b"]),
    ],
)
def test_commas_inside_brackets_do_not_split(text: str, items: list[str]) -> None:
    assert split_list(text) == items


@given(st.text("ab(), ;=", max_size=20))
def test_splitting_loses_nothing_but_commas_and_blanks(text: str) -> None:
    def bare(written: str) -> str:
        return written.replace(",", "").replace(" ", "")

    assert bare("".join(split_list(text))) == bare(text)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("lowercase", "lowercase"),
        (" lowercase() ", "lowercase"),
        ("rare", "rare(below=5, to=drop)"),
        ("rare(3)", "rare(below=3, to=drop)"),
        ("rare( to = ? ,below=1_000)", "rare(below=1000, to=?)"),
        ("rare(to==)", "rare(below=5, to==)"),
        (r"rare(to=\u{2c})", r"rare(below=5, to=\u{2c})"),
        ("cut(9000-9100; 120-480;400-500)", "cut(120-500;9000-9100)"),
        ("cut(of=ABCDEF12, ranges=1-2)", "cut(1-2, of=abcdef12)"),
    ],
)
def test_a_call_is_written_in_full_and_reads_back(written: str, read: str) -> None:
    assert str(parse_entry(FOLDER, written)) == read
    assert str(parse_entry(FOLDER, read)) == read


@given(st.characters(exclude_categories=["Cs"]), st.integers(2, 10**9))
def test_any_sign_can_stand_for_rare_characters(sign: str, below: int) -> None:
    written = str(parse_entry(FOLDER, rf"rare(below={below}, to=\u{{{ord(sign):x}}})"))
    assert str(parse_entry(FOLDER, written)) == written
    assert split_list(f"lowercase, {written}") == ["lowercase", written]


@pytest.mark.parametrize("name", entry_names(FOLDER))
def test_old_names_stay_as_they_are(name: str) -> None:
    if name not in {"cut", "rare"}:
        assert str(parse_entry(FOLDER, name)) == name


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("lowercase(3)", "lowercase cannot have the argument '3'; it takes none"),
        ("rare(above=3)", "rare cannot have the argument 'above=3'; it takes below and to"),
        ("rare(3, below=4)", "rare cannot have the argument 'below=4'; it takes below and to"),
        ("rare(1, ?, 3)", "rare: below must be a whole number from 2 to 1,000,000,000, not '1'"),
        ("rare(to=ab)", "rare: to must be drop or one character"),
        ("cut", "cut needs ranges, as in cut(120-480;9000-9100)"),
        ("cut(480-120)", "cut: ranges must be ranges of characters"),
        ("cut(1-2, of=12)", "cut: of must be the beginning of the file's sha256"),
        ("rare(3", "rare(3 has brackets that do not fit; write rare, or rare(below=5, to=drop)"),
    ],
)
def test_wrong_arguments_are_said(written: str, sentence: str) -> None:
    with pytest.raises(ArgumentError) as fault:
        parse_entry(FOLDER, written)
    assert str(fault.value).startswith(sentence)


def test_a_name_that_is_not_there_is_another_fault() -> None:
    with pytest.raises(UnknownEntryError):
        parse_entry(FOLDER, "rarely(3)")
