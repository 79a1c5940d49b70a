"""The themes: two of charplay's own, quiet grounds and one accent, and Textual's, all made to be read."""

from dataclasses import replace

from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from charplay.tui.presentation.contrast import first_readable, hit_ground, readable

ANSI_DARK, ANSI_LIGHT = "ansi-dark", "ansi-light"
"""Textual's names of the themes of a terminal's own 16 colours."""

DARK = Theme(
    name="charplay-dark",
    dark=True,
    primary="#6cb6eb",
    secondary="#a48add",
    accent="#f2a65a",
    warning="#e5c07b",
    error="#ef7a85",
    success="#8cc878",
    foreground="#d8dbe2",
    background="#14161b",
    surface="#20242c",
    panel="#1a1d23",
    variables={"cursor": "#2d3440"},
)

LIGHT = Theme(
    name="charplay-light",
    dark=False,
    primary="#1f6fb2",
    secondary="#6b4fb3",
    accent="#b3560b",
    warning="#8a6a00",
    error="#b3261e",
    success="#2f7d32",
    foreground="#24272e",
    background="#fbfaf7",
    surface="#efede6",
    panel="#f4f2ec",
    variables={"cursor": "#e3dfd3"},
)

_MUTED = 0.4
"""How much of the ground quiet text has, where it can still be read with so much."""


def readable_theme(theme: Theme) -> Theme:
    """Return a theme whose text can be read on each of its grounds, otherwise as it was.

    Colours that have a name (accent, error and so on) go towards black or white as far as they must; quiet text is the
    text's own colour, as near to the ground as it may be. A theme of 16 colours has no quiet text: its shades are the
    terminal's, and nobody knows their contrast.
    """
    if theme.ansi:
        plain = dict.fromkeys(("cursor", "foreground-muted", "foreground-disabled", "text-muted", "text-disabled"),
                              "ansi_default")  # fmt: skip
        return replace(theme, variables=theme.variables | plain)
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
    quiet = dict.fromkeys(("foreground-muted", "foreground-disabled", "text-muted", "text-disabled"), muted)
    return replace(
        theme,
        primary=moved("primary"),
        secondary=moved("secondary"),
        accent=moved("accent"),
        warning=moved("warning"),
        error=moved("error"),
        success=moved("success"),
        foreground=foreground.hex,
        variables=theme.variables | quiet | {"cursor": cursor},
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
