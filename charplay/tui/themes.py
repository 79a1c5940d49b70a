"""The two themes: quiet grounds, one accent."""

from textual.theme import Theme

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
