"""Every character that is drawn can be read, in every theme: its contrast is computed from what is sent."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_args

import pytest
from played import Play, Played
from rich.color import Color as RichColor
from rich.color import ColorType
from rich.style import Style
from textual.color import BLACK, WHITE, Color
from textual.geometry import Region, Size
from textual.theme import BUILTIN_THEMES, Theme

from charplay.playground.preferences import Preferences, read_preferences, write_preferences
from charplay.playground.settings import ThemeName
from charplay.runs.home import Home
from charplay.tui.dialogs.explorer import ExplorerScreen
from charplay.tui.dialogs.shannon import ShannonDialog
from charplay.tui.presentation.contrast import ENOUGH, contrast, least_contrast, readable
from charplay.tui.presentation.tinting import theme_palette
from charplay.tui.themes import DARK, LIGHT, first_theme, other_brightness, readable_theme

THEMES = {theme.name: theme for theme in (*BUILTIN_THEMES.values(), DARK, LIGHT)}
COLOURED = [name for name, theme in THEMES.items() if not theme.ansi]
ROUNDING = 0.08
"""Colours are sent as whole numbers."""


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast(BLACK, WHITE) == contrast(WHITE, BLACK) == pytest.approx(21)
    assert contrast(Color.parse("#767676"), WHITE) == pytest.approx(4.54, abs=0.01)
    assert contrast(Color.parse("#777777"), WHITE) < ENOUGH


@pytest.mark.parametrize("ground", ["#000000", "#14161b", "#5a5a5a", "#808080", "#fbfaf7", "#ffffff"])
def test_a_colour_moves_only_as_far_as_it_must(ground: str) -> None:
    on = Color.parse(ground)
    for colour in ("#ff0000", "#00ff00", "#4f9dff", "#808080", "#202020", "#ffffff"):
        moved = readable(Color.parse(colour), [on])
        assert contrast(moved, on) >= ENOUGH or moved in {BLACK, WHITE}
        if contrast(Color.parse(colour), on) >= ENOUGH:
            assert moved.hex == Color.parse(colour).hex


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_our_themes_can_be_read_as_they_stand(theme: Theme) -> None:
    assert readable_theme(theme) is theme, "the start has no time to find colours"
    colours = {name: Color.parse(value) for name, value in theme.to_color_system().generate().items() if "#" in value}
    grounds = [colours["background"], colours["surface"], colours["panel"], Color.parse(theme.variables["cursor"])]
    for name in ("primary", "secondary", "accent", "warning", "error", "success", "foreground", "foreground-muted"):
        assert least_contrast(colours[name], grounds) >= ENOUGH - ROUNDING, name


@pytest.mark.parametrize("name", COLOURED)
def test_tinted_text_can_be_read_in_every_theme(name: str) -> None:
    theme = readable_theme(THEMES[name])
    variables = theme.to_color_system().generate()
    background, accent = (Color.parse(variables[each]) for each in ("background", "accent"))
    styles = theme_palette(variables, dark=theme.dark)
    assert len({style.color for style in styles}) > 40, "a tint is many colours"
    for style in styles:
        if style.color is not None:
            shown = Color.from_rich_color(style.color)
            assert contrast(shown, background) >= ENOUGH - ROUNDING
            assert contrast(shown, background.blend(accent, 0.2)) >= ENOUGH - ROUNDING, "where a hit is marked"


@pytest.mark.parametrize("name", ["ansi-dark", "ansi-light"])
def test_sixteen_colours_are_tinted_with_those_alone(name: str) -> None:
    theme = readable_theme(THEMES[name])
    styles = theme_palette(theme.to_color_system().generate(), dark=theme.dark)
    kinds = {style.color.type for style in styles if style.color is not None}
    assert kinds <= {ColorType.DEFAULT, ColorType.STANDARD}
    assert len({style.color for style in styles}) > 4


def unreadable(it: Played) -> Iterator[str]:
    """Each piece of text whose contrast is too small, with its colours; under a dialog all is dimmed."""
    width, height = it.app.size
    boxes = [each.region for each in it.screen.children[0].walk_children(with_self=True) if each.region]
    front = it.screen.region if it.screen is it.main else Region.from_union(boxes)
    for strip in it.screen._compositor.render_strips(Size(width, height))[front.y : front.bottom]:
        for text, style, _ in strip.crop(front.x, front.right):
            if re.search(r"\w", text) and not only_lines(text):
                colour, ground = shown(style or Style())
                if contrast(colour, ground) < ENOUGH - ROUNDING:
                    yield f"{text!r} {colour.hex} on {ground.hex}: {contrast(colour, ground):.2f}"


def only_lines(text: str) -> bool:
    return not any(each.isalnum() and ord(each) < 0x2500 for each in text)


def shown(style: Style) -> tuple[Color, Color]:
    colour, ground = (Color.from_rich_color(each or RichColor.parse("white")) for each in (style.color, style.bgcolor))
    return (ground, colour) if style.reverse else (colour, ground)


async def test_every_word_on_the_screen_can_be_read_in_every_theme(play: Play, kept_run: Callable[..., object]) -> None:
    kept_run()
    async with play() as it:
        it.begin("the fox", 1.2)
        it.write(300)
        await it.training()
        for keys in ([], ["5"], ["2"], ["1"], ["question_mark"]):
            await it.press(*keys)
            await it.pilot.pause()
            for name in COLOURED:
                it.app.theme = name
                await it.pilot.pause()
                assert list(unreadable(it)) == [], name


async def test_what_is_guessed_can_be_read_in_every_theme(play: Play) -> None:
    async with play() as it:
        await it.press("1", "v")
        await it.until(lambda: isinstance(it.screen, ExplorerScreen) and "the quick brown" in it.seen())
        await it.press("colon", *"95%", "enter")
        await it.until(lambda: "held out" in it.seen())
        await it.press("G")
        await it.until(lambda: "▌" in it.seen() and isinstance(it.screen, ShannonDialog))
        await it.press("~", "tab", "tab")
        await it.until(lambda: "2 of 20" in it.seen())
        for name in COLOURED:
            it.app.theme = name
            await it.pilot.pause()
            assert list(unreadable(it)) == [], name


async def test_what_the_palette_offers_can_be_read_in_every_theme(play: Play) -> None:
    """Also what cannot be used now. Its rows keep the colours in which they came."""
    async with play() as it:
        for name in COLOURED:
            it.app.theme = name
            await it.press("ctrl+p", *"undo")
            await it.until(lambda: "Nothing trains" in it.seen())
            assert list(unreadable(it)) == [], name
            await it.press("escape")
            await it.until(lambda: it.screen is it.main)


def test_the_words_of_the_test_above_can_fail() -> None:
    pale = Style(color="#777777", bgcolor="#808080")
    assert contrast(*shown(pale)) < ENOUGH
    assert contrast(*shown(pale + Style(reverse=True))) < ENOUGH
    assert only_lines("──│┃█▌⣿")
    assert not only_lines("│ loss")


def test_the_settings_know_every_theme_by_its_name() -> None:
    assert set(get_args(ThemeName)) == {"last", "dark", "light", *BUILTIN_THEMES}


def test_the_first_theme_is_asked_for_or_left() -> None:
    assert first_theme("nord", "dracula", light=True) == "nord"
    assert first_theme("dark", "dracula", light=True) == DARK.name
    assert first_theme("light", "dracula", light=False) == LIGHT.name
    assert first_theme("last", "dracula", light=True) == "dracula"
    assert first_theme("last", "", light=True) == LIGHT.name
    assert first_theme("last", "of another version", light=False) == DARK.name


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_the_other_brightness_is_the_other(theme: Theme) -> None:
    other = THEMES[other_brightness(theme)]
    assert (other.dark, other.ansi) == (not theme.dark, theme.ansi)


async def test_a_theme_is_chosen_in_the_palette_and_remembered(play: Play, home: Home) -> None:
    async with play() as it:
        await it.press("ctrl+p", *"theme")
        await it.until(lambda: "Choose the colours" in it.seen())
        await it.press("enter")
        await it.until(lambda: "catppuccin-latte" in it.seen())
        await it.press(*"nord")
        await it.until(lambda: "nord" in it.seen() and "dracula" not in it.seen())
        await it.press("down", "enter")
        await it.until(lambda: it.app.theme == "nord")
        await it.press("q")
        await it.until(lambda: it.app._exit)
    assert read_preferences(home.settings)[0].theme == "nord"
    async with play() as it:
        assert it.app.theme == "nord"


async def test_a_theme_that_is_not_there_any_more_is_no_fault(play: Play, home: Home) -> None:
    write_preferences(home.settings, Preferences(theme="gone", light=True))
    async with play() as it:
        assert it.app.theme == LIGHT.name


async def test_without_colours_there_are_none(play: Play, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with play() as it:
        it.app.theme = "ansi-dark"
        await it.pilot.pause()
        width, height = it.app.size
        for strip in it.screen._compositor.render_strips(Size(width, height)):
            for text, style, _ in strip:
                assert style is None or {style.color, style.bgcolor} <= {None, RichColor.default()}, text
