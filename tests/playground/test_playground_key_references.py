"""Sentences name the keys that a person has, by the commands that they refer to."""

import re
from pathlib import Path

import charplay
from charplay.playground.key_references import name_keys

KEYS = {"panes.runs": "3", "runs.play": "^n"}
ROOT = Path(charplay.__file__).parent
SOURCES = [path for room in ("playground", "tui") for path in sorted((ROOT / room).rglob("*.py"))]


def test_a_sentence_names_the_keys_of_the_commands_that_it_refers_to() -> None:
    assert name_keys("<panes.runs> and <runs.play> play.", KEYS.__getitem__) == "3 and ^n play."
    assert name_keys("", KEYS.__getitem__) == ""


def test_what_is_no_command_stays_as_it_stands() -> None:
    sentence = "<b.txt> {0} %s <panes.runs.x> <Panes.runs> a < b.c > d"
    assert name_keys(sentence, KEYS.__getitem__) == sentence


def test_every_reference_is_to_a_command_that_there_is() -> None:
    from charplay.tui.keymap import command_ids

    found = {each for path in SOURCES for each in re.findall(r"<([a-z_]+\.[a-z0-9_]+)>", path.read_text())}
    assert "training.take_up" in found
    assert found <= set(command_ids())
