"""Tells what a terminal is known to show outside its screen: a title, a progress, a notice.

A sequence that a terminal does not know may stand in its text, and OSC 9;4 pops up as a notice where OSC 9 is only
that. So nothing is taken for granted: each known terminal has a line here, with the version that first showed it.
"""

import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

Version = tuple[int, ...]
Notice = Literal["", "9", "777"]
"""The number of the OSC sequence by which a terminal is given a notice; empty where none is known."""

TMUX_PATIENCE = 0.5
"""Seconds that tmux has to say which terminal it runs in."""

ANY: Version = ()

PROGRESS_SINCE: Mapping[str, Version] = {
    "conemu": ANY,
    "ghostty": (1, 2),
    "iterm2": (3, 6, 6),
    "vte": (0, 79),
    "wezterm": (20250209,),
    "windows-terminal": ANY,
}
"""Terminal -> the version that first showed OSC 9;4."""

NOTICES: Mapping[str, Notice] = {
    "contour": "777",
    "foot": "777",
    "ghostty": "777",
    "iterm2": "9",
    "kitty": "9",
    "rxvt-unicode": "777",
    "wezterm": "777",
}

TITLED_TERMS = (
    "alacritty",
    "contour",
    "foot",
    "ghostty",
    "gnome",
    "konsole",
    "rxvt",
    "tmux",
    "vte",
    "wezterm",
    "xterm",
)
"""How TERM begins where OSC 2 sets the title."""

_TERMS = {
    "xterm-kitty": "kitty",
    "xterm-ghostty": "ghostty",
    **{name: name for name in ("alacritty", "contour", "foot", "ghostty", "rxvt-unicode", "wezterm")},
}
"""How TERM begins -> the terminal: SSH passes it on, and no other terminal inherits it."""

_VARIABLES = {"WT_SESSION": "windows-terminal", "ConEmuANSI": "conemu", "KITTY_WINDOW_ID": "kitty"}
"""A variable that only one terminal sets -> the terminal."""

_PROGRAMS = {"iterm.app": "iterm2", "iterm2": "iterm2", "xterm.js": "vscode"}
"""What a terminal calls itself -> its name here, where that differs."""


@dataclass(frozen=True, slots=True)
class TerminalFeatures:
    """What a terminal is known to take; nothing by default."""

    title: bool = False
    progress: bool = False
    notice: Notice = ""
    through_tmux: bool = False
    """Whether progress and notices must be wrapped for tmux, which passes them on."""


def detect_features(
    environ: Mapping[str, str], ask_tmux: "Callable[[], tuple[str, bool]] | None" = None
) -> TerminalFeatures:
    """Return what the terminal of this environment is known to take.

    `ask_tmux` returns what tmux knows the terminal as, such as "ghostty 1.2.0", and whether it passes sequences on; it
    is asked only where tmux lies between.
    """
    term = environ.get("TERM", "")
    if "STY" in environ or (not term.startswith(TITLED_TERMS) and "TMUX" not in environ):
        return TerminalFeatures()  # GNU screen keeps what it does not know
    if "TMUX" not in environ:
        return _features(*_identify(environ))
    told, passes = (ask_tmux or _ask_tmux)()
    features = _features(*_parse(told)) if passes else TerminalFeatures()
    return TerminalFeatures(title=True, progress=features.progress, notice=features.notice, through_tmux=True)


def _features(name: str, version: Version) -> TerminalFeatures:
    since = PROGRESS_SINCE.get(name)
    return TerminalFeatures(title=True, progress=since is not None and version >= since, notice=NOTICES.get(name, ""))


def _identify(environ: Mapping[str, str]) -> tuple[str, Version]:
    """The terminal's name and version; empty where it is not known."""
    program = _name(environ.get("TERM_PROGRAM", ""))
    version = _version(environ.get("TERM_PROGRAM_VERSION", ""))
    term = next((name for start, name in _TERMS.items() if environ.get("TERM", "").startswith(start)), "")
    if term or "XTERM_VERSION" in environ:
        return term, version if program == term else ANY
    if program:
        return program, version
    if "LC_TERMINAL" in environ:  # what SSH passes on
        return _name(environ["LC_TERMINAL"]), _version(environ.get("LC_TERMINAL_VERSION", ""))
    if "VTE_VERSION" in environ:
        return "vte", _vte_version(environ["VTE_VERSION"])
    return next((name for variable, name in _VARIABLES.items() if variable in environ), ""), ANY


def _parse(told: str) -> tuple[str, Version]:
    """The name and version in an answer to XTVERSION: "WezTerm 20240203-1108", "kitty(0.42.1)", "VTE(7900)"."""
    word = re.match(r"[A-Za-z][\w.-]*", told)
    name = _name(word[0]) if word else ""
    rest = told[len(word[0]) :] if word else ""
    return name, _vte_version(rest) if name == "vte" else _version(rest)


def _name(called: str) -> str:
    lower = called.lower()
    return _PROGRAMS.get(lower, lower)


def _version(text: str) -> Version:
    found = re.search(r"\d+(?:\.\d+)*", text)
    return tuple(map(int, found[0].split("."))) if found else ANY


def _vte_version(text: str) -> Version:
    """VTE writes 0.79.1 as 7901."""
    number, *_ = _version(text) or (0,)
    return number // 10000, number // 100 % 100


def _ask_tmux() -> tuple[str, bool]:
    """What tmux knows its terminal as, and whether it passes sequences on to it."""
    try:
        answer = subprocess.run(
            ["tmux", "display-message", "-p", "#{allow-passthrough} #{client_termtype}"],  # noqa: S607  (the user's)
            capture_output=True, text=True, timeout=TMUX_PATIENCE, stdin=subprocess.DEVNULL, check=False,
        ).stdout  # fmt: skip
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return "", False
    passes, _, told = answer.strip().partition(" ")
    return told, passes in {"1", "2", "on", "all"}  # newer ones spell it
