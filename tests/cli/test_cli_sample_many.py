"""`sample --count`: many texts in one pass, each what it would be alone."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tiny_model import TEXT, tiny_checkpoint

from charplay.corpora.corpus import Corpus
from charplay.corpora.entries import Entry
from charplay.corpora.library import Library
from charplay.runs.checkpoint import write_checkpoint

Cli = Callable[..., SimpleNamespace]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.safetensors"
    write_checkpoint(path, tiny_checkpoint())
    return path


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--prompt", "the fox"),
        ("--prompt", "the fox", "--no-prompt"),
        ("--temperature", "0"),
        ("--top-k", "3", "--repetition-penalty", "1.5"),
        ("--stop", "o"),
        ("--length", "0"),
    ],
)
def test_a_text_of_many_is_what_it_is_alone(cli: Cli, file: Path, tmp_path: Path, options: tuple[str, ...]) -> None:
    given = ("--length", "40", *options)
    alone = {seed: cli("sample", file, *given, "--seed", seed).out for seed in range(7, 12)}
    many = ("sample", file, *given, "--seed", 7, "--count", 5)
    expected = ""
    for seed, text in alone.items():
        expected += "\n" * (expected[-1:] not in {"", "\n"}) + f"seed {seed}\n{text}"
    assert cli(*many).out == expected
    told = cli(*many, "--json").lines
    assert {one["seed"]: one["prompt"] + one["text"] for one in told} == alone
    assert [one["characters"] for one in told] == [len(one["text"]) for one in told]
    assert cli(*many, "--output", tmp_path / "texts").out == ""
    assert {int(one.stem[5:]): one.read_text() for one in (tmp_path / "texts").iterdir()} == alone


def test_a_ride_of_many(cli: Cli, file: Path, tmp_path: Path) -> None:
    kept = tmp_path / "ride.json"
    first = cli("sample", file, "--prompt", "fox", "--length", 30, "--seed", 4, "--save-ride", kept).out
    told = cli("sample", file, "--ride", kept, "--count", 3, "--json").lines
    alone = [cli("sample", file, "--ride", kept, "--seed", seed).out for seed in (4, 5, 6)]
    assert [one["prompt"] + one["text"] for one in told] == alone
    assert alone[0] == first
    assert [one["seed"] for one in cli("sample", file, "--ride", kept, "--count", 2, "--seed", 9, "--json").lines] == [
        9,
        10,
    ]


def test_each_seed_takes_its_own_prompt_from_the_text(cli: Cli, file: Path, text_file: Path) -> None:
    given = ("sample", file, "--prompt-from", "3:5", "--corpus", text_file, "--length", 20)
    result = cli(*given, "--count", 2, "--json")
    assert [one["prompt"] for one in result.lines] == [TEXT[3:8]] * 2
    given = ("sample", file, "--prompt-from", "letter", "--corpus", text_file, "--length", 20)
    told = cli(*given, "--count", 6, "--json").lines
    assert [one["prompt"] + one["text"] for one in told] == [cli(*given, "--seed", 1 + n).out for n in range(6)]
    assert len({one["prompt"] for one in told}) > 1


def test_the_text_of_the_prompts_is_read_once(
    cli: Cli, file: Path, text_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    open_text = Library.open

    def counted(library: Library, entry: Entry, **options: Any) -> Corpus:
        opened.append(entry.name)
        return open_text(library, entry, **options)

    monkeypatch.setattr(Library, "open", counted)
    cli("sample", file, "--prompt-from", "letter", "--corpus", text_file, "--count", 4, "--length", 3)
    assert len(opened) == 1


def test_no_file_is_written_over(cli: Cli, file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "seed-2.txt").write_text("mine")
    result = cli("sample", file, "--count", 3, "--output", folder)
    assert (result.code, "seed-2.txt is there already" in result.err) == (2, True)
    assert [one.read_text() for one in folder.iterdir()] == ["mine"]
    result = cli("sample", file, "--count", 3, "--output", folder / "seed-2.txt")
    assert (result.code, "needs a folder" in result.err) == (2, True)


def test_unknown_characters_are_named_once(cli: Cli, file: Path) -> None:
    result = cli("sample", file, "--prompt", "fÖxÖ", "--count", 3, "--length", 1)
    assert result.err.count("'Ö'") == 1
