"""Which terminal is sent what: each that is known, and nothing to any other."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from charplay.formatting.terminal_features import NOTICES, PROGRESS_SINCE, TerminalFeatures, detect_features

XTERM = {"TERM": "xterm-256color"}


def never_asked() -> tuple[str, bool]:
    raise AssertionError


def features_of(**environ: str) -> TerminalFeatures:
    return detect_features(XTERM | environ, never_asked)


@pytest.mark.parametrize("term", ["", "dumb", "linux", "vt100", "ansi", "screen", "unknown", "cygwin", "eterm-color"])
def test_an_unknown_terminal_takes_nothing(term: str) -> None:
    assert features_of(TERM=term) == TerminalFeatures()
    assert (
        features_of(TERM=term, WT_SESSION="1", TERM_PROGRAM="ghostty", TERM_PROGRAM_VERSION="9") == TerminalFeatures()
    )


def test_no_environment_is_no_terminal() -> None:
    assert detect_features({}, never_asked) == TerminalFeatures()


def test_what_calls_itself_xterm_takes_a_title_and_no_more() -> None:
    assert features_of() == TerminalFeatures(title=True)
    assert features_of(TERM_PROGRAM="unheard-of") == TerminalFeatures(title=True)


def test_within_gnu_screen_nothing_is_sent() -> None:
    assert features_of(STY="1.x", TERM_PROGRAM="ghostty", TERM_PROGRAM_VERSION="1.2") == TerminalFeatures()


@pytest.mark.parametrize(
    ("environ", "progress", "notice"),
    [
        ({"WT_SESSION": "an-id"}, True, ""),
        ({"ConEmuANSI": "ON"}, True, ""),
        ({"TERM_PROGRAM": "iTerm.app", "TERM_PROGRAM_VERSION": "3.6.6"}, True, "9"),
        ({"TERM_PROGRAM": "iTerm.app", "TERM_PROGRAM_VERSION": "3.6.5"}, False, "9"),
        ({"LC_TERMINAL": "iTerm2", "LC_TERMINAL_VERSION": "3.10.0"}, True, "9"),
        ({"TERM": "xterm-ghostty", "TERM_PROGRAM": "ghostty", "TERM_PROGRAM_VERSION": "1.2.0"}, True, "777"),
        ({"TERM": "xterm-ghostty", "TERM_PROGRAM": "ghostty", "TERM_PROGRAM_VERSION": "1.1.3"}, False, "777"),
        ({"TERM": "xterm-ghostty"}, False, "777"),
        ({"TERM_PROGRAM": "WezTerm", "TERM_PROGRAM_VERSION": "20240203-110809-5046fc22"}, False, "777"),
        ({"TERM_PROGRAM": "WezTerm", "TERM_PROGRAM_VERSION": "20250601-1-abc"}, True, "777"),
        ({"TERM": "xterm-kitty"}, False, "9"),
        ({"TERM": "foot"}, False, "777"),
        ({"TERM": "rxvt-unicode-256color"}, False, "777"),
        ({"VTE_VERSION": "7900"}, True, ""),
        ({"VTE_VERSION": "7802"}, False, ""),
        ({"VTE_VERSION": "what"}, False, ""),
        ({"TERM_PROGRAM": "vscode", "WT_SESSION": "inherited"}, False, ""),
        ({"TERM_PROGRAM": "Apple_Terminal", "TERM_PROGRAM_VERSION": "455"}, False, ""),
        ({"TERM": "alacritty", "VTE_VERSION": "8000", "WT_SESSION": "inherited"}, False, ""),
        ({"XTERM_VERSION": "XTerm(390)", "VTE_VERSION": "8000"}, False, ""),
        ({"TERM_PROGRAM": "ghostty"}, False, "777"),
    ],
)
def test_a_known_terminal_takes_what_its_version_shows(environ: Mapping[str, str], progress: bool, notice: str) -> None:
    found = features_of(**environ)
    assert (found.title, found.progress, found.notice, found.through_tmux) == (True, progress, notice, False)


@pytest.mark.parametrize(
    ("told", "progress", "notice"),
    [
        ("ghostty 1.2.3", True, "777"),
        ("iTerm2 3.6.6", True, "9"),
        ("iTerm2 3.5.0", False, "9"),
        ("WezTerm 20240203-110809-5046fc22", False, "777"),
        ("kitty(0.42.1)", False, "9"),
        ("VTE(7900)", True, ""),
        ("foot(1.16.2)", False, "777"),
        ("XTerm(390)", False, ""),
        ("tmux 3.4", False, ""),
        ("", False, ""),
    ],
)
def test_tmux_knows_which_terminal_it_runs_in(told: str, progress: bool, notice: str) -> None:
    environ = {"TERM": "screen-256color", "TMUX": "/tmp/tmux,1,0", "TERM_PROGRAM": "tmux", "WT_SESSION": "stale"}
    found = detect_features(environ, lambda: (told, True))
    assert (found.title, found.progress, found.notice, found.through_tmux) == (True, progress, notice, True)


def test_a_tmux_that_passes_nothing_on_takes_the_title_itself() -> None:
    found = detect_features(XTERM | {"TMUX": "x"}, lambda: ("ghostty 1.2.3", False))
    assert (found.title, found.progress, found.notice) == (True, False, "")


def test_a_tmux_that_cannot_be_asked_passes_nothing_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not detect_features(XTERM | {"TMUX": "x"}).progress

    def hangs(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired("tmux", 1)

    monkeypatch.setattr(subprocess, "run", hangs)
    assert not detect_features(XTERM | {"TMUX": "x"}).progress


def test_every_terminal_of_the_tables_is_in_these_tests() -> None:
    assert {*PROGRESS_SINCE, *NOTICES} == {
        "conemu", "contour", "foot", "ghostty", "iterm2", "kitty", "rxvt-unicode", "vte", "wezterm", "windows-terminal",
    }  # fmt: skip
