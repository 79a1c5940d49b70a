"""The terminal's own signs, from the real program: title and progress while it runs, no trace of them afterwards."""

import re
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from pseudo_terminal import Terminal

from charplay.runs.home import Home

GHOSTTY = {"TERM": "xterm-256color", "TERM_PROGRAM": "ghostty", "TERM_PROGRAM_VERSION": "1.2.3"}
ENDLESS = ["--set", "hidden_size=8", "--set", "embedding_size=4", "--set", "threads=1", "--steps", "100000000"]

LOOKING_ON = """
import sys
from charplay.cli import play
from charplay.protocol.commands import Stop
from charplay.protocol.events import Preparing
def preparing(request, inbox):
    yield Preparing(phase="importing torch")
    while not any(isinstance(command, Stop) for command in inbox.take(wait=0.1)):
        pass
play._open_training = preparing
from charplay.cli.main import main
sys.argv[0] = "charplay"
main()
"""
"""The playground, with a trainer that never takes a step."""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.prepare()
    (home.corpora / "pangram.txt").write_text("the quick brown fox jumps over the lazy dog.\n" * 40)
    return home


def start(terminal: Callable[..., Terminal], home: Home, command: list[str], env: Mapping[str, str]) -> Terminal:
    return terminal(
        [sys.executable, *command], columns=100, env={"CHARPLAY_HOME": str(home.root), "OMP_NUM_THREADS": "1", **env}
    )


def osc(term: Terminal) -> list[str]:
    return [found.decode() for found in re.findall(rb"\x1b\]((?:2|9|777);.*?)\x1b\\", term.raw)]


def ended(term: Terminal, code: int) -> None:
    term.signal(signal.SIGTERM)
    assert term.wait_soon() == code


def train(terminal: Callable[..., Terminal], home: Home, env: Mapping[str, str]) -> Terminal:
    command = ["-m", "charplay", "train", "--name", "long", "--corpus", "pangram", "--device", "cpu", *ENDLESS]
    term = start(terminal, home, command, env)
    term.wait_for("chars/s", 60)
    return term


def test_a_run_shows_in_the_terminal_and_leaves_no_trace(terminal: Callable[..., Terminal], home: Home) -> None:
    term = train(terminal, home, GHOSTTY)
    assert osc(term)[:2] == ["2;preparing - charplay", "9;4;3;0"]
    assert osc(term)[-2:] == ["2;0 % long - charplay", "9;4;1;0"]
    ended(term, 143)
    assert osc(term)[-2:] == ["2;", "9;4;0;0"] or osc(term)[-2:] == ["9;4;0;0", "2;"]
    assert term.raw.count(b"\x1b[22;2t") == term.raw.count(b"\x1b[23;2t") == 1


def test_a_terminal_that_is_not_known_is_sent_no_sign(terminal: Callable[..., Terminal], home: Home) -> None:
    term = train(terminal, home, {"TERM": "linux", "TERM_PROGRAM": "ghostty", "TERM_PROGRAM_VERSION": "1.2.3"})
    ended(term, 143)
    assert b"\x1b]" not in term.raw
    assert b"\x1b[22" not in term.raw


def test_what_a_person_does_not_want_is_not_sent(terminal: Callable[..., Terminal], home: Home) -> None:
    home.user_settings.write_text("signs = false\nbell = true\n")
    term = train(terminal, home, GHOSTTY)
    ended(term, 143)
    assert osc(term) == []
    assert term.raw.count(b"\a") == 1, "the bell was asked for"


def test_the_screen_shows_its_run_and_leaves_no_trace(terminal: Callable[..., Terminal], home: Home) -> None:
    term = start(terminal, home, ["-c", LOOKING_ON], GHOSTTY)
    term.wait_for(lambda term: b"\x1b[?1049h" in term.raw)
    term.press("t")  # before there is anything to be seen: it waits for the panes
    term.wait_for(lambda term: osc(term)[-2:] == ["2;preparing - charplay", "9;4;3;0"])
    ended(term, 143)
    assert osc(term)[-2:] == ["2;", "9;4;0;0"]
    after = term.raw[term.raw.rindex(b"\x1b[23;2t") :]
    assert b"\x1b[?1049l" in after, "the terminal is given back behind it"
    assert not re.search(rb"(?<!\x1b\]22;default)\a", term.raw), "no bell, but the end of Textual's pointer shape"
