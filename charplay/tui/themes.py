"""The themes: two of charplay's own, quiet grounds and one accent, and Textual's, all made to be read."""

from dataclasses import replace

from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from charplay.tui.presentation.contrast import first_readable, hit_ground, readable

ANSI_DARK, ANSI_LIGHT = "ansi-dark", "ansi-light"
"""Textual's names of the themes of a terminal's own 16 colours."""

_QUIET = ("foreground-muted", "foreground-disabled", "text-muted", "text-disabled")
"""Textual's names of the colours of quiet text."""


def _quiet(colour: str) -> dict[str, str]:
    return dict.fromkeys(_QUIET, colour)


# These two can be read as they stand: the start has no time to find colours (tests/tui_widgets holds their contrast).
DARK = Theme(
    name="charplay-dark",
    dark=True,
    primary="#6cb6eb",
    secondary="#a78ede",
    accent="#f1a65a",
    warning="#e4c07b",
    error="#ee7a85",
    success="#8cc878",
    foreground="#d8dbe2",
    background="#14161b",
    surface="#20242c",
    panel="#1a1d23",
    variables=_quiet("#999ba2") | {"cursor": "#2d3440"},
)

LIGHT = Theme(
    name="charplay-light",
    dark=False,
    primary="#1c66a3",
    secondary="#6b4fb3",
    accent="#9c4b09",
    warning="#7b5f00",
    error="#b2261e",
    success="#2a702d",
    foreground="#24272e",
    background="#fbfaf7",
    surface="#efede6",
    panel="#f4f2ec",
    variables=_quiet("#606266") | {"cursor": "#e3dfd3"},
)

_MUTED = 0.4
"""How much of the ground quiet text has, where it can still be read with so much."""


def readable_theme(theme: Theme) -> Theme:
    """Return a theme whose text can be read on each of its grounds, otherwise as it was.

    Colours that have a name (accent, error and so on) go towards black or white as far as they must; quiet text is the
    text's own colour, as near to the ground as it may be. A theme of 16 colours has no quiet text: its shades are the
    terminal's, and nobody knows their contrast.
    """
    if theme in (DARK, LIGHT):
        return theme
    if theme.ansi:
        return replace(theme, variables=theme.variables | _quiet("ansi_default") | {"cursor": "ansi_default"})
    colours = theme.to_color_system().generate()
    background = Color.parse(colours["background"])
    cursor = theme.variables.get("cursor") or background.blend(Color.parse(colours["primary"]), 0.2).hex
    grounds = [background, *(Color.parse(each) for each in (colours["surface"], colours["panel"], cursor))]

    def moved(name: str) -> str:
        return readable(Color.parse(colours[name]), grounds).hex

    hit = hit_ground(background, Color.parse(moved("accent")))
    foreground = readable(Color.parse(colours["foreground"]), [*grounds, hit])
    steps = [foreground.blend(background, share / 100) for share in range(round(100 * _MUTED), -1, -1)]
    muted = first_readable(steps, grounds).hex
    return replace(
        theme,
        primary=moved("primary"),
        secondary=moved("secondary"),
        accent=moved("accent"),
        warning=moved("warning"),
        error=moved("error"),
        success=moved("success"),
        foreground=foreground.hex,
        variables=theme.variables | _quiet(muted) | {"cursor": cursor},
    )


def first_theme(asked: str, left: str, *, light: bool) -> str:
    """Return the name of the theme to begin with: the one asked for in the settings, else the one that was left."""
    if asked not in {"last", "dark", "light"}:
        return asked
    if asked == "last" and left in {*BUILTIN_THEMES, DARK.name, LIGHT.name}:
        return left
    return LIGHT.name if asked == "light" or (asked == "last" and light) else DARK.name


def other_brightness(theme: Theme) -> str:
    """Return the name of the light theme for a dark one, and the other way round; 16 colours stay 16."""
    dark, light = (ANSI_DARK, ANSI_LIGHT) if theme.ansi else (DARK.name, LIGHT.name)
    return light if theme.dark else dark
