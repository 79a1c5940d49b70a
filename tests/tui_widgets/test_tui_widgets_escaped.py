"""A field for any text: what cannot be shown stands in it as an escape, and is meant all the same."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from charplay.formatting.escapes import escape, listed, showable, unescape
from charplay.formatting.sanitize import SPACE, sanitize
from charplay.tui.app import CharplayApp
from charplay.tui.textual_patches.patched_app import PatchedApp
from charplay.tui.widgets.escaped_input import EscapedInput

ODD = "\t\r\n\\\u0301\u200d\ufe0f\u093f\x1b\x00\x7f\u2028\ue000\U0001f469"
TEXTS = st.text(st.sampled_from(f"{ODD}abdntu{{}}0123 ") | st.characters(codec="utf-8"))
"""Half a surrogate pair is no character: what would stand for it means itself, and has a law of its own."""
FAMILY = "\U0001f469\u200d\U0001f467\ufe0f"
HINDI = "\u0939\u093f\u0928\u094d\u0926\u0940"

pytestmark = pytest.mark.timeout(30)


@given(TEXTS)
def test_any_text_is_what_its_escapes_mean(text: str) -> None:
    escaped = escape(text)
    assert sanitize(escaped) == escaped
    assert unescape(escaped) == text


@given(TEXTS)
def test_escapes_of_what_is_typed_mean_the_same_and_stay_as_they_are(typed: str) -> None:
    shown = showable(typed)
    assert sanitize(shown) == shown == showable(shown)
    assert unescape(shown) == unescape(typed)


@given(TEXTS)
def test_characters_in_a_list_are_those_that_each_of_them_means(characters: str) -> None:
    shown = listed(characters)
    assert sanitize(shown) == shown
    told = shown.split(" ") if characters else []
    assert [unescape(each) for each in told] == [SPACE if each == " " else each for each in characters]


def test_a_backslash_in_a_list_is_one_and_none_with_what_follows_it() -> None:
    assert listed("\\{n\n") == r"\ { n \n"


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a\nb", r"a\nb"), ("a\tb", r"a\tb"), ("a\\nb", r"a\\nb"), ("e\u0301", r"e\u{301}"), ("é漢", "é漢"),
        (FAMILY, "\U0001f469\\u{200d}\U0001f467\\u{fe0f}"),
    ],
)  # fmt: skip
def test_plain_glyphs_stand_for_themselves(text: str, escaped: str) -> None:
    assert escape(text) == escaped


@pytest.mark.parametrize("typed", [r"\q", "\\", r"\u{}", r"\u{xyz}", r"\u301", r"\u{110000}", r"\u{d800}", r"\u{3"])
def test_what_is_no_escape_stays_as_it_is_typed(typed: str) -> None:
    assert unescape(typed) == showable(typed) == typed


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_half_a_surrogate_pair_never_comes_through(text: str) -> None:
    unescape(escape(text)).encode()
    assert sanitize(showable(text)) == showable(text)


class Stage(PatchedApp):
    SHOWS_ESCAPES = CharplayApp.SHOWS_ESCAPES

    def __init__(self) -> None:
        super().__init__()
        self.field, self.ordinary = EscapedInput(), Input()
        self.held: list[Any] = []

    def compose(self) -> Iterator[Input]:
        yield self.field
        yield self.ordinary

    def on_mount(self) -> None:
        self.watch(self.field, "value", self.hold)

    def hold(self, value: str) -> None:
        self.held.append(value)

    async def type(self, pilot: Pilot[Any], text: str) -> None:
        for character in text:
            self.post_message(events.Key(character, character))
            await pilot.pause()

    async def paste(self, pilot: Pilot[Any], text: str) -> None:
        self.post_message(events.Paste(text))
        await pilot.pause()


@pytest.mark.parametrize(
    ("pasted", "meant"),
    [
        ("a\tb", "a\tb"), ("one\r\ntwo\rthree\nfour\n", "one\ntwo\nthree\nfour\n"), (FAMILY, FAMILY), (HINDI, HINDI),
        (r"print('\n')", r"print('\n')"), ("\x1b]0;t\x07\u202e", "\x1b]0;t\x07\u202e"),
    ],
)  # fmt: skip
async def test_a_paste_is_text_all_lines_of_it_and_nothing_else_is_ever_shown(pasted: str, meant: str) -> None:
    stage = Stage()
    async with stage.run_test() as pilot:
        await pilot.press(*"<>", "left")
        await stage.paste(pilot, pasted)
        assert unescape(stage.field.value) == f"<{meant}>"
        assert stage.field.cursor_position == len(stage.field.value) - 1
        await stage.type(pilot, "x\u0301")
        assert unescape(stage.field.value) == f"<{meant}x\u0301>"
        assert all(sanitize(value) == value for value in stage.held)


@pytest.mark.parametrize("text", ["e\u0301\u0301x", "\\\u0301n", r"a\nb\\n\q", "\U0001f1e9\U0001f1ea", HINDI])
async def test_what_is_typed_keeps_the_cursor_behind_it(text: str) -> None:
    stage = Stage()
    async with stage.run_test() as pilot:
        await pilot.press(*"()", "left")
        await stage.type(pilot, text)
        assert stage.field.value == f"({showable(text)})"
        assert stage.field.cursor_position == len(stage.field.value) - 1
        assert all(sanitize(value) == value for value in stage.held)


async def test_an_ordinary_field_shows_what_it_holds_as_it_stands() -> None:
    stage = Stage()
    async with stage.run_test() as pilot:
        stage.post_message(events.Key("tab", "\t"))
        await stage.paste(pilot, "a\tb\u0301\nc")
        assert stage.ordinary.value == sanitize("a\tb\u0301")
        assert not stage.field.value


async def test_what_was_copied_here_comes_into_an_ordinary_field_as_plain_glyphs_and_into_any_other_as_it_is() -> None:
    stage, hostile = Stage(), "a\x1b]0;t\x07\u202eb"
    async with stage.run_test() as pilot:
        stage.copy_to_clipboard(hostile)
        await pilot.press("ctrl+v", "tab", "ctrl+v")
        assert unescape(stage.field.value) == hostile
        assert stage.ordinary.value == sanitize(hostile)


async def test_a_backslash_before_a_paste_is_none_of_its() -> None:
    stage = Stage()
    async with stage.run_test() as pilot:
        await stage.type(pilot, "\\n\\")
        await stage.paste(pilot, "new\n")
        assert unescape(stage.field.value) == "\n\\new\n"


async def test_what_is_copied_or_cut_is_the_text_and_a_paste_takes_the_place_of_what_is_selected() -> None:
    stage = Stage()
    async with stage.run_test() as pilot:
        await stage.paste(pilot, "a\tb\r\n")
        stage.field.select_all()
        await pilot.press("ctrl+x")
        assert stage.clipboard == "a\tb\n"
        await pilot.press("ctrl+v", "ctrl+v")
        assert unescape(stage.field.value) == "a\tb\na\tb\n"
        stage.field.select_all()
        await stage.paste(pilot, "\\")
        assert unescape(stage.field.value) == "\\"


async def test_deleting_at_either_end_takes_what_stands_there() -> None:
    stage = Stage()
    async with stage.run_test() as pilot:
        await pilot.press(*"abc", "delete", "home", "backspace", "delete", "right", "delete", "delete", "backspace")
        assert stage.field.value == ""
