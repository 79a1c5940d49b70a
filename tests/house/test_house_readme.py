"""What the documents tell people to type exists: verbs, options and make targets."""

import contextlib
import io
import os
import re
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from charplay.cli.main import VERBS, run
from charplay.recipes.presets import preset_names
from charplay.recipes.recipe import Recipe

ROOT = Path(__file__).parents[2]
DOCUMENTS = [path for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))) if path.exists()]
GROUPS = {"corpora", "runs"}
"""Verbs that are followed by another one."""
ANYWHERE = {"--home", "--version", "--help"}
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def code(text: str) -> list[str]:
    """What stands between backquotes, one line of a block or one span at a time."""
    blocks = re.findall(r"^```[^\n]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))
    return [line.strip().removeprefix("$ ") for block in blocks for line in block.splitlines()] + spans


@cache
def help_of(*verb: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), patch.dict(os.environ, COLUMNS="200"):
        run([*verb, "--help"])
    return out.getvalue()


def faults(command: str) -> list[Any]:
    """What a command names that does not exist."""
    words = [word.strip("\"'") for word in re.sub(r"\s#.*|[|;&>].*", "", command).split()]
    if words[:1] == ["make"]:
        return [word for word in words[1:] if "=" not in word and not word.startswith("-") and word not in TARGETS]
    while words and words[0] != "charplay" and not words[0].startswith("-"):
        words = words[1:]  # "tmux new -s x charplay", ".venv/bin/charplay" and the like are not judged
    verb = next((word for word in words[1:2] if word in VERBS), None)
    if not words or words[0] != "charplay" or verb is None:
        return []
    options = {word.partition("=")[0] for word in words if word.startswith("--")} - ANYWHERE
    verbs = words[1:3] if verb in GROUPS and words[2:3] and not words[2].startswith("-") else [verb]
    wrong = [option for option in options if not re.search(rf"{option}\b", help_of(*verbs))]
    following = dict(zip(words, [*words[1:], ""], strict=True))
    if "--set" in following and following["--set"].partition("=")[0] not in {*Recipe.model_fields, "FIELD", "...", ""}:
        wrong.append(following["--set"])
    if "--preset" in following and following["--preset"] not in {*preset_names(), "P", "NAME", ""}:
        wrong.append(following["--preset"])
    return wrong


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_what_a_document_tells_people_to_type_exists(path: Path) -> None:
    wrong = {command: found for command in code(path.read_text()) if (found := faults(command))}
    assert not wrong


@pytest.mark.parametrize(
    "command",
    [
        "make nonsense",
        "charplay train --nonsense",
        "charplay corpora concordance --nonsense",
        "charplay corpora --sort left",
        "charplay train --set nonsense=1",
        "charplay train --preset nonsense",
    ],
)
def test_what_does_not_exist_is_found(command: str) -> None:
    assert code(f"Type\n```\n$ {command}  # and wait\n```\nor `{command}`.") == [f"{command}  # and wait", command]
    assert faults(command)


def test_what_exists_is_not_complained_of() -> None:
    assert not faults("make test")
    assert not faults("charplay train --corpus x.txt --preset quick --set hidden_size=3 --steps 5 | tee log")


def test_every_target_documents_itself() -> None:
    for line in (ROOT / "Makefile").read_text().splitlines():
        if re.match(r"[a-z-]+:", line):
            assert "## " in line
