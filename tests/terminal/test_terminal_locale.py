"""A terminal that is not UTF-8 gets its own encoding and nothing else: no bytes of another one, no rows of `?`."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pseudo_terminal import Terminal

PLAIN = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
HELP = "esc goes back"


@pytest.mark.parametrize(("env", "encoding"), [(PLAIN, "ascii"), ({**PLAIN, "PYTHONIOENCODING": "latin-1"}, "latin-1")])
def test_only_the_terminals_own_encoding_reaches_it(
    terminal: Callable[..., Terminal], tmp_path: Path, env: dict[str, str], encoding: str
) -> None:
    text = tmp_path / "accents.txt"
    text.write_text("déjà vu, Привет, 漢字 … «naïve»\n" * 200, encoding="utf-8")
    term = terminal([sys.executable, "-m", "charplay", text], env={"CHARPLAY_HOME": str(tmp_path / "home"), **env})
    term.wait_for("parameters,", 60)
    term.press(*"4521?")
    term.wait_for(HELP, 30)
    term.press("escape")
    term.wait_gone(HELP, 30)
    term.press("v")
    term.wait_for(lambda t: b" vu, " in t.raw, 30)
    term.press("ctrl+c")
    assert term.wait(30) == 0
    said = term.raw.decode("utf-8" if encoding == "ascii" else encoding)
    if encoding == "ascii":
        assert said.isascii()
        assert "deja vu, ######, #### . <naive>" in said
    else:
        assert "déjà vu, ######, #### . «naïve»" in said
        assert not any(0x80 <= ord(each) < 0xA0 for each in said)
    assert "??" not in said
    assert "+--" in said


def test_a_byte_that_is_no_text_leaves_the_keyboard_heard(terminal: Callable[..., Terminal], tmp_path: Path) -> None:
    term = terminal([sys.executable, "-m", "charplay"], env={"CHARPLAY_HOME": str(tmp_path)})
    term.wait_for("t trains", 60)
    os.write(term._master, b"\xe9\xff")
    time.sleep(1)  # keys that come in one piece with such a byte are lost with it
    term.press("?")
    term.wait_for(HELP, 30)
    term.press("ctrl+c")
    assert term.wait(30) == 0


@pytest.mark.parametrize(("options", "setting"), [(["--ascii"], ""), ([], "ascii = true\n")], ids=["option", "setting"])
def test_ascii_alone_is_drawn_where_it_is_asked_for(
    terminal: Callable[..., Terminal], tmp_path: Path, options: list[str], setting: str
) -> None:
    (tmp_path / "settings.toml").write_text(setting)
    env = {"CHARPLAY_HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
    term = terminal([sys.executable, "-m", "charplay", *options], env=env)
    term.wait_for("t trains", 60)
    assert "+- Corpus -" in term.text
    term.press("ctrl+c")
    assert term.wait(30) == 0
    assert term.raw.isascii()
