"""Only cells that changed are sent, and what they lead to is what was meant: read back by a terminal."""

import io
from typing import Any

import pyte
from hypothesis import given, settings
from hypothesis import strategies as st
from pyte.screens import Screen
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from charplay.tui.textual_patches.cell_diff import DiffedUpdate, ScreenBuffer

WIDTH, HEIGHT, LEFT = 24, 3, 10
CONSOLE = Console(file=io.StringIO(), color_system="truecolor", width=WIDTH, height=HEIGHT, force_terminal=True)
STYLES = [Style(color="#ff0000", bgcolor="#101010"), Style(color="#00ff00", bold=True, bgcolor="#101010")]


def row(characters: list[tuple[str, int]], width: int) -> Strip:
    strip = Strip([Segment(character, STYLES[style]) for character, style in characters])
    return strip.adjust_cell_length(width, STYLES[0])


def chops(rows: list[Strip], spans: list[tuple[int, int, int]]) -> Any:
    """An update of `spans` where each row is two widgets side by side."""
    lines = [{0: line.crop(0, LEFT), LEFT: line.crop(LEFT, WIDTH)} for line in rows]
    return ChopsUpdate(lines, spans, [[LEFT, WIDTH]] * HEIGHT)


def shown(screen: Screen) -> list[list[tuple[str, bool]]]:
    return [[(screen.buffer[y][x].data, screen.buffer[y][x].bold) for x in range(WIDTH)] for y in range(HEIGHT)]


def whole(rows: list[Strip]) -> Any:
    return LayoutUpdate([[line] for line in rows], Region(0, 0, WIDTH, HEIGHT))


pieces = st.lists(st.tuples(st.sampled_from("ab 漢字é─"), st.integers(0, 1)), max_size=WIDTH)
screens = st.lists(pieces.map(lambda made: row(made, WIDTH)), min_size=HEIGHT, max_size=HEIGHT)


@settings(max_examples=40)
@given(st.lists(screens, min_size=1, max_size=4))
def test_a_terminal_that_gets_the_changes_shows_what_one_shows_that_gets_everything(frames: list[list[Strip]]) -> None:
    cut, full = pyte.Screen(WIDTH, HEIGHT), pyte.Screen(WIDTH, HEIGHT)
    to_cut, to_full = pyte.Stream(cut), pyte.Stream(full)
    frame = ScreenBuffer()
    for rows in frames:
        spans = [(y, 0, WIDTH) for y in range(HEIGHT)]
        to_cut.feed(DiffedUpdate(chops(rows, spans), frame).render_segments(CONSOLE))
        full.reset()
        to_full.feed(chops(rows, spans).render_segments(CONSOLE))
        assert shown(cut) == shown(full)


@settings(max_examples=20)
@given(screens)
def test_what_is_there_already_is_not_sent_again(rows: list[Strip]) -> None:
    frame = ScreenBuffer()
    spans = [(y, 0, WIDTH) for y in range(HEIGHT)]
    assert DiffedUpdate(chops(rows, spans), frame).render_segments(CONSOLE)
    assert DiffedUpdate(chops(rows, spans), frame).render_segments(CONSOLE) == ""


def test_one_more_character_costs_one_cell() -> None:
    frame = ScreenBuffer()
    before, after = (
        Strip([Segment(text.ljust(WIDTH), STYLES[0])]) for text in ("a text that grow", "a text that grows")
    )
    DiffedUpdate(chops([before] * HEIGHT, [(1, 0, WIDTH)]), frame).render_segments(CONSOLE)
    sent = DiffedUpdate(chops([after] * HEIGHT, [(1, LEFT, WIDTH)]), frame).render_segments(CONSOLE)
    assert sent == f"\x1b[2;17H{STYLES[0].render('s')}"


@settings(max_examples=40)
@given(st.lists(st.tuples(screens, st.booleans()), min_size=1, max_size=5))
def test_whole_and_partial_updates_lead_to_the_same_screen(frames: list[tuple[list[Strip], bool]]) -> None:
    cut, full = pyte.Screen(WIDTH, HEIGHT), pyte.Screen(WIDTH, HEIGHT)
    to_cut, to_full = pyte.Stream(cut), pyte.Stream(full)
    frame = ScreenBuffer()
    for rows, all_of_it in frames:
        update = whole(rows) if all_of_it else chops(rows, [(y, 0, WIDTH) for y in range(HEIGHT)])
        to_cut.feed(DiffedUpdate(update, frame).render_segments(CONSOLE))
        full.reset()
        to_full.feed(update.render_segments(CONSOLE))
        assert shown(cut) == shown(full)
        assert DiffedUpdate(update, frame).render_segments(CONSOLE) == ""


@settings(max_examples=20)
@given(screens)
def test_a_terminal_that_may_show_anything_gets_everything(rows: list[Strip]) -> None:
    frame = ScreenBuffer()
    first = DiffedUpdate(whole(rows), frame).render_segments(CONSOLE)
    frame.forget()
    assert DiffedUpdate(whole(rows), frame).render_segments(CONSOLE) == first
