"""Terminals that are slow, that report every movement of the mouse, and that a killed program has left behind."""

import json
import os
import re
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pseudo_terminal import Terminal

from charplay.runs.home import Home

CHARPLAY = [sys.executable, "-m", "charplay"]
PATIENT = 60.0
SLOW = 10_000
"""Bytes a second, as over a poor link."""
RECIPE = 'hidden_size = 8\nnum_layers = 1\nlog_every = 20\nthreads = 1\nsteps = 100000000\ndevice = "cpu"\n'


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """A home with a text and a small recipe to train for hours."""
    home = Home(tmp_path)
    home.prepare()
    (home.corpora / "fox.txt").write_text("the quick brown fox jumps over the lazy dog\n" * 100)
    (home.presets / "small.toml").write_text(RECIPE)
    home.settings.write_text(json.dumps({"preset": "small", "corpus": "fox"}))
    return {"CHARPLAY_HOME": str(tmp_path), "OMP_NUM_THREADS": "1"}


def step(term: Terminal) -> int:
    found = re.search(r"training +step ([\d,]+)", term.text)
    return int(found.group(1).replace(",", "")) if found else 0


def spent(term: Terminal, key: str, text: str) -> int:
    """What a key's effect costs, in bytes, while nothing else moves."""
    began = time.monotonic()
    term.press(key)
    term.wait_for(text, PATIENT)
    time.sleep(1)
    return len(term.raw_since(began))


@pytest.mark.fault("18")
def test_a_slow_link_carries_keys_and_training(terminal: Callable[..., Terminal], env: dict[str, str]) -> None:
    term = terminal(CHARPLAY, env=env)
    term.wait_for("parameters,", PATIENT)
    term.press("5", "space")
    time.sleep(1)
    pane = max(spent(term, "1", "choose"), spent(term, "2", "edit"), spent(term, "5", "o copied"))
    dialog = max(spent(term, "?", "Keys"), spent(term, "escape", "o copied"))
    assert pane < SLOW, "another pane: within a second"
    assert dialog < 4 * SLOW, "a dialog, with everything behind it dimmed"
    term.press("space", "t")
    term.throttle(SLOW)
    term.wait_for(step, PATIENT)
    began, before = time.monotonic(), step(term)
    term.wait_for(lambda t: step(t) > before and time.monotonic() > began + 4, PATIENT)
    assert len(term.raw_since(began)) / (time.monotonic() - began) < 0.95 * SLOW, "there is room left for keys"
    term.press("1")
    term.wait_for("choose", 20)


@pytest.mark.fault("19")
def test_a_flood_of_movements_holds_no_key_up(terminal: Callable[..., Terminal], env: dict[str, str]) -> None:
    term = terminal(CHARPLAY, env=env)
    term.wait_for("parameters,", PATIENT)
    assert term.raw.rfind(b"\x1b[?1003l") > term.raw.rfind(b"\x1b[?1003h"), "they are not even asked for"
    for _ in range(300):
        term.type("".join(f"\x1b[<35;{2 + x};{2 + x % 30}M" for x in range(20)))
    term.press("1")
    term.wait_for("choose", 10)
    place = term.find("temperature ━")
    assert place
    row, column = place
    term.type(f"\x1b[<0;{column + 20};{row + 1}M\x1b[<32;{column + 16};{row + 1}M\x1b[<32;{column + 14};{row + 1}M")
    dragged = term.wait_for(lambda t: re.search(r"temperature [━╸╺●]+ (0\.[0-6]\d)", t.text), 10)
    term.type(f"\x1b[<0;{column + 14};{row + 1}m")
    assert dragged, "a movement with a button held is followed"


@pytest.mark.fault("15")
def test_after_a_kill_the_next_start_takes_the_run_up_and_mends_the_terminal(
    terminal: Callable[..., Terminal], env: dict[str, str]
) -> None:
    twice = ["/bin/sh", "-c", '"$@"; echo killed; "$@"', "sh", *CHARPLAY]
    term = terminal(twice, env=env)
    term.wait_for("parameters,", PATIENT)
    term.press("t")
    term.wait_for(step, PATIENT)
    term.press("p")
    term.wait_for("paused", PATIENT)
    folder = next((Path(env["CHARPLAY_HOME"]) / "checkpoints").iterdir())
    term.wait_for(lambda _: (folder / "resume.safetensors").exists(), PATIENT)
    shell = term.process.pid
    killed = time.monotonic()
    os.kill(int(Path(f"/proc/{shell}/task/{shell}/children").read_text()), signal.SIGKILL)
    term.wait_for("u continues it", PATIENT)
    term.press("q")
    assert term.wait(PATIENT) == 0
    left = term.raw_since(killed)
    assert [code for code in (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1000l", b"\x1b[?2004l") if code not in left] == []
