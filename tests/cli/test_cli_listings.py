"""`runs`, `corpora` and `describe`: what is there, shown to people and to programs."""

import io
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from safetensors.numpy import save
from tiny_model import TEXT

from charplay.corpora.entries import Entry
from charplay.corpora.library import Library
from charplay.recipes.recipe import Recipe
from charplay.runs import safetensors_file
from charplay.runs.checkpoint import read_checkpoint
from charplay.runs.home import Home
from charplay.runs.run import Run
from charplay.training import control_group, device
from charplay.training.control_group import GroupMemory
from charplay.training.device import Device

# runs


def test_runs_are_listed_with_their_numbers(cli: Callable[..., SimpleNamespace], saved_run: Run) -> None:
    result = cli("runs", "list")
    line = next(line for line in result.out.splitlines() if line.startswith(saved_run.name))
    assert all(part in line for part in ("pangram", "lstm 1x8", "7", "2.000", "2.500", "unfinished"))
    assert cli("runs").out == result.out


def test_columns_are_aligned(cli: Callable[..., SimpleNamespace], saved_run: Run) -> None:
    header, *lines = cli("runs", "list").out.splitlines()
    column = header.index("text")
    assert all(line[column - 1] == " " and line[column] != " " for line in lines)


def test_runs_as_json(cli: Callable[..., SimpleNamespace], saved_run: Run) -> None:
    for arguments in (("runs", "--json"), ("runs", "list", "--json")):
        line = next(line for line in cli(*arguments).lines if line["name"] == saved_run.name)
        assert (line["step"], line["val_loss"], line["finished"]) == (7, 2.5, False)
        assert line["playable"].endswith("latest.safetensors")


def test_a_broken_run_is_listed_as_broken(cli: Callable[..., SimpleNamespace], saved_run: Run) -> None:
    (saved_run.folder / "run.json").write_text("{")
    assert "broken" in cli("runs").out


def test_show_a_run(cli: Callable[..., SimpleNamespace], saved_run: Run) -> None:
    result = cli("runs", "show", saved_run.name)
    assert all(part in result.out for part in (str(saved_run.folder), "hidden_size", "2.500 nats", "not finished"))
    (line,) = cli("runs", "show", saved_run.folder, "--json").lines
    assert line["recipe"]["hidden_size"] == 8
    assert line["checkpoint"] == str(saved_run.latest)


def test_a_run_is_shown_under_the_values_that_it_has_now(cli: Callable[..., SimpleNamespace], saved_run: Run) -> None:
    assert saved_run.latest
    made = read_checkpoint(saved_run.latest)
    saved_run.write_latest(replace(made, recipe=made.recipe.model_copy(update={"learning_rate": 0.25})))
    (line,) = cli("runs", "show", saved_run.name, "--json").lines
    assert (line["recipe"]["learning_rate"], line["asked"]["learning_rate"]) == (0.25, made.recipe.learning_rate)
    assert re.search(r"learning_rate +0\.25", cli("runs", "show", saved_run.name).out)


def test_show_a_checkpoint(cli: Callable[..., SimpleNamespace], saved_run: Run) -> None:
    result = cli("runs", "show", saved_run.latest)
    assert all(part in result.out for part in (str(saved_run.latest), "hidden_size", "2.500 nats", "step 7"))
    (line,) = cli("runs", "show", saved_run.latest, "--json").lines
    assert (line["recipe"]["hidden_size"], line["metrics"]["val_loss"]) == (8, 2.5)


def test_export_copies_what_plays(cli: Callable[..., SimpleNamespace], saved_run: Run, tmp_path: Path) -> None:
    target = tmp_path / "out.safetensors"
    assert cli("runs", "export", saved_run.name, target).out.strip() == str(target)
    assert target.read_bytes() == saved_run.latest.read_bytes()
    again = cli("runs", "export", saved_run.name, target)
    assert (again.code, "--overwrite" in again.err) == (1, True)
    assert cli("runs", "export", saved_run.name, target, "--overwrite").code == 0


def test_what_is_no_checkpoint_or_a_damaged_one_is_not_exported(
    cli: Callable[..., SimpleNamespace], saved_run: Run, text_file: Path, tmp_path: Path
) -> None:
    target = tmp_path / "out.safetensors"
    flipped = bytearray(saved_run.latest.read_bytes())
    flipped[-5] ^= 1
    (tmp_path / "flipped").write_bytes(flipped)
    for source, said in ((text_file, "is not a charplay checkpoint"), (tmp_path / "flipped", "the file is damaged")):
        result = cli("runs", "export", source, target)
        assert (result.code, said in result.err, target.exists()) == (1, True, False)


def test_nobody_is_asked_about_a_run_that_is_not_there(
    cli: Callable[..., SimpleNamespace], saved_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyboard = io.StringIO("y\n")
    monkeypatch.setattr(keyboard, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", keyboard)
    result = cli("runs", "delete", "nosuch")
    assert (result.code, "Delete" in result.err, "nosuch" in result.err) == (1, False, True)


def test_delete_asks_and_without_a_terminal_refuses(cli: Callable[..., SimpleNamespace], saved_run: Run) -> None:
    result = cli("runs", "delete", saved_run.name)
    assert (result.code, "--yes" in result.err) == (2, True)
    assert saved_run.folder.exists()
    assert cli("runs", "delete", saved_run.name, "--yes").code == 0
    assert not saved_run.folder.exists()


@pytest.mark.parametrize(
    ("answer", "code", "left"), [("y\n", 0, False), ("\n", 1, True), ("no\n", 1, True), ("", 1, True)]
)
def test_delete_on_a_terminal_does_what_is_answered(
    cli: Callable[..., SimpleNamespace],
    saved_run: Run,
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    code: int,
    left: bool,
) -> None:
    keyboard = io.StringIO(answer)
    monkeypatch.setattr(keyboard, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", keyboard)
    assert cli("runs", "delete", saved_run.name).code == code
    assert saved_run.folder.exists() is left


# corpora


def test_texts_are_listed(cli: Callable[..., SimpleNamespace], home: Home) -> None:
    (home.corpora / "mine.txt").write_text(TEXT)
    names = {line["name"]: line for line in cli("corpora", "--json").lines}
    assert {"python-manual", "tiny-shakespeare"} <= set(names)
    mine = next(line for line in names.values() if line["path"] == str(home.corpora / "mine.txt"))
    assert mine["ready"]
    assert not names["tiny-shakespeare"]["ready"]
    listed = cli("corpora", "list").out
    assert mine["name"] in listed
    assert "charplay corpora fetch tiny-shakespeare" in listed


def test_show_a_text(cli: Callable[..., SimpleNamespace], text_file: Path) -> None:
    shown = cli("corpora", "show", text_file).out
    assert f"{len(TEXT):,} characters, {len(set(TEXT))} distinct" in shown
    assert "the quick brown fox" in shown
    (line,) = cli("corpora", "show", text_file, "--json").lines
    assert line["vocabulary"] == "".join(sorted(set(TEXT)))
    assert dict(zip(line["vocabulary"], line["counts"], strict=True))["q"] == TEXT.count("q")


def test_added_texts_are_found_by_name(cli: Callable[..., SimpleNamespace], home: Home, text_file: Path) -> None:
    assert cli("corpora", "add", text_file).code == 0
    assert (home.corpora / "pangram.txt").read_text() == TEXT
    assert cli("corpora", "add", text_file).code == 2
    assert cli("corpora", "add", text_file, "--name", "second.txt").code == 0
    assert len([line for line in cli("corpora", "--json").lines if line["kind"] == "file"]) == 2
    assert sorted(path.name for path in home.corpora.iterdir()) == ["pangram.txt", "second.txt"]


def test_what_is_done_can_be_told_as_json(
    cli: Callable[..., SimpleNamespace], home: Home, text_file: Path, saved_run: Run, tmp_path: Path
) -> None:
    (added,) = cli("corpora", "add", text_file, "--json").lines
    assert added == {
        "path": str(home.corpora / "pangram.txt"),
        "characters": len(TEXT),
        "vocabulary_size": len(set(TEXT)),
    }
    (fetched,) = cli("corpora", "fetch", "python-manual", "--json").lines
    assert (fetched["name"], fetched["ready"]) == ("python-manual", True)
    target = tmp_path / "out.safetensors"
    assert cli("runs", "export", saved_run.name, target, "--json").lines == [{"checkpoint": str(target)}]


def test_a_folder_is_added_whole(cli: Callable[..., SimpleNamespace], home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "books"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.txt").write_text(TEXT)
    assert cli("corpora", "add", folder).code == 0
    assert len(list((home.corpora / "books").iterdir())) == 3


def test_what_cannot_be_copied_is_named(cli: Callable[..., SimpleNamespace], home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "books"
    folder.mkdir()
    (folder / "1.txt").write_text(TEXT)
    (folder / "gone").symlink_to("nowhere")
    result = cli("corpora", "add", folder)
    assert (result.code, str(folder / "gone") in result.err) == (1, True)
    assert list(home.corpora.iterdir()) == []


@pytest.mark.parametrize("name", ["alice", "Alice.txt", "python-manual"])
def test_a_text_is_not_added_under_the_name_of_another(
    cli: Callable[..., SimpleNamespace], home: Home, text_file: Path, name: str
) -> None:
    result = cli("corpora", "add", text_file, "--name", name)
    assert (result.code, "there is a text called" in result.err) == (2, True)
    assert list(home.corpora.iterdir()) == []


def test_the_folder_of_the_texts_is_not_added_to_itself(
    cli: Callable[..., SimpleNamespace], home: Home, text_file: Path
) -> None:
    cli("corpora", "add", text_file)
    for folder in (home.corpora, home.root):
        result = cli("corpora", "add", folder, "--name", "all")
        assert (result.code, "holds charplay's texts itself" in result.err) == (2, True)
    assert [path.name for path in home.corpora.iterdir()] == ["pangram.txt"]


@pytest.mark.parametrize("name", ["../out.txt", "a/b.txt", ".hidden", "..", "two\nlines"])
def test_a_text_is_added_to_its_folder_and_nowhere_else(
    cli: Callable[..., SimpleNamespace], home: Home, text_file: Path, name: str
) -> None:
    assert cli("corpora", "add", text_file, "--name", name).code == 2
    assert list(home.corpora.iterdir()) == []


def test_what_is_no_text_is_not_added(cli: Callable[..., SimpleNamespace], home: Home, tmp_path: Path) -> None:
    binary = tmp_path / "picture.png"
    binary.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 10)
    result = cli("corpora", "add", binary)
    assert (result.code, str(binary) in result.err) == (1, True)
    assert list(home.corpora.iterdir()) == []


def test_a_text_that_is_there_is_not_fetched(cli: Callable[..., SimpleNamespace]) -> None:
    result = cli("corpora", "fetch", "python-manual")
    assert (result.code, "already" in result.out) == (0, True)


# describe

KEYS = [
    "parameters",
    "layers",
    "characters",
    "characters_train",
    "characters_held_out",
    "characters_test",
    "characters_test_unknown",
    "vocabulary_size",
    "vocabulary",
    "examples_per_epoch",
    "memory_bytes",
    "recipe",
    "ruler",
]


def test_describe_counts_before_any_training(cli: Callable[..., SimpleNamespace], text_file: Path) -> None:
    settings = ("--set", "hidden_size=8", "--set", "embedding_size=4", "--set", "num_layers=1", "--set", "cell=gru")
    (facts,) = cli("describe", "--corpus", text_file, *settings, "--json").lines
    symbols = len(set(TEXT))
    assert list(facts) == KEYS
    assert facts["parameters"] == symbols * 4 + 3 * 8 * (4 + 8 + 1) + (8 + 1) * symbols
    assert facts["parameters"] == sum(layer["parameters"] for layer in facts["layers"])
    assert (facts["characters"], facts["vocabulary_size"]) == (len(TEXT), symbols)
    assert set(facts["layers"][0]) == {"name", "output_shape", "parameters", "formula"}
    assert set(facts["recipe"]) == set(Recipe.model_fields)
    assert "auto" not in {facts["recipe"][name] for name in ("hidden_size", "sequence_length", "batch_size")}
    assert facts["recipe"]["corpus"] == str(text_file)


def test_describe_counts_the_gradients_of_every_share(cli: Callable[..., SimpleNamespace], text_file: Path) -> None:
    def facts(threads: str) -> dict[str, Any]:
        options = ("--set", f"threads={threads}", "--set", "device=cpu", "--set", "batch_size=64")
        (line,) = cli("describe", "--corpus", text_file, "--steps", "9", *options, "--json").lines
        return dict(line)

    one, three = facts("1"), facts("3")
    assert three["memory_bytes"] - one["memory_bytes"] == 2 * 4 * one["parameters"]


def test_describe_for_people(cli: Callable[..., SimpleNamespace], text_file: Path) -> None:
    result = cli("describe", "--corpus", text_file, "--minutes", "1")
    assert result.code == 0
    assert all(part in result.out for part in ("lstm 1", "in all", "examples an epoch", "hidden_size"))


def test_a_text_too_short_to_train_is_the_texts_fault(cli: Callable[..., SimpleNamespace], text_file: Path) -> None:
    text_file.write_text("too short")
    result = cli("describe", "--corpus", text_file)
    assert (result.code, "200" in result.err) == (1, True)


def test_flags_win_over_settings_and_settings_over_the_preset(
    cli: Callable[..., SimpleNamespace], text_file: Path
) -> None:
    arguments = ("describe", "--corpus", text_file, "--preset", "tiny", "--json", "--set", "hidden_size=32")
    (facts,) = cli(*arguments, "--set", "epochs=3", "--steps", "10").lines
    recipe = facts["recipe"]
    assert (recipe["steps"], recipe["epochs"], recipe["minutes"]) == (10, None, None)
    assert recipe["hidden_size"] == 32


@pytest.mark.parametrize(
    ("settings", "entered"),
    [
        ((), "of the embedding"),
        (("input=one-hot",), "0 at the other"),
        (("input=scalar", "scalar_scale=none", "batching=windows", "target=last", "sequence_length=10"), "22"),
    ],
)
def test_explain_shows_what_the_network_sees(
    cli: Callable[..., SimpleNamespace], text_file: Path, settings: Any, entered: str
) -> None:
    options = [part for setting in settings for part in ("--set", setting)]
    (facts,) = cli("describe", "--corpus", text_file, *options, "--explain", "--json").lines
    vocabulary = facts["vocabulary"]
    assert len(facts["examples"]) == 3
    for example in facts["examples"]:
        start, characters = example["start"], example["characters"]
        following = TEXT[start + 1 : start + 1 + len(characters)]
        assert characters == TEXT[start : start + len(characters)] == "".join(vocabulary[i] for i in example["ids"])
        assert example["targets"] == (following[-1] if "target=last" in settings else following)
        assert len(example["inputs"]) == len(characters)
    assert entered in facts["examples"][0]["inputs"][0]
    assert {row["character"]: row["count"] for row in facts["character_table"]} == Counter(TEXT)
    shown = cli("describe", "--corpus", text_file, *options, "--explain").out
    assert entered in shown
    assert "U+0071" in shown
    assert "lstm 1" in shown


def test_describe_says_where_a_device_decides_the_sizes(cli: Callable[..., SimpleNamespace], text_file: Path) -> None:
    on_cuda = ("describe", "--corpus", text_file, "--set", "device=cuda:0")
    assert "on cuda:0 what is left auto follows the device's speed" in cli(*on_cuda).out
    assert "on cpu what is left auto follows the device's speed" in cli(*on_cuda, "--set", "device=cpu").out
    assert "the device's speed" not in cli(*on_cuda, "--epochs", "3").out


def test_an_epoch_is_timed_when_asked(
    cli: Callable[..., SimpleNamespace], text_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("charplay.training.epoch_timing.MEASURE_SECONDS", 0.05)
    arguments = ("describe", "--corpus", text_file, "--set", "hidden_size=8", "--measure")
    (facts,) = cli(*arguments, "--json").lines
    assert list(facts) == [*KEYS, "seconds_per_epoch"]
    assert 0 < facts["seconds_per_epoch"] < 600
    assert "an epoch takes about 0:" in cli(*arguments).out


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_what_is_odd_about_a_text_is_said(
    cli: Callable[..., SimpleNamespace], text_file: Path, more: tuple[str, ...]
) -> None:
    text_file.write_text("\ufeff" + TEXT + "\ufeff" + TEXT + "\0")
    for arguments in (("corpora", "show", text_file), ("describe", "--corpus", text_file)):
        result = cli(*arguments, *more)
        assert "1 byte-order mark in it (U+FEFF)" in result.out + result.err
        assert "1 NUL in it (U+0000)" in result.out + result.err


def test_an_encoding_can_be_named(cli: Callable[..., SimpleNamespace], text_file: Path) -> None:
    text_file.write_bytes("Grüße\n".encode("cp1252") * 100)
    for arguments in (("corpora", "show", text_file), ("describe", "--corpus", text_file)):
        (facts,) = cli(*arguments, "--encoding", "cp1252", "--json").lines
        assert {"ü", "ß"} <= set(facts["vocabulary"])
        (facts,) = cli(*arguments, "--encoding", "cp437", "--json").lines
        assert "ü" not in facts["vocabulary"]
        wrong = cli(*arguments, "--encoding", "klingon")
        assert (wrong.code, "klingon" in wrong.err) == (1, True)


# doctor


def test_the_doctor_writes_one_page(cli: Callable[..., SimpleNamespace], home: Home, saved_run: Run) -> None:
    (home.log / "charplay.log").write_text("Traceback\n  File x\nValueError: of all things\nand on it went\n")
    (facts,) = cli("doctor", "--json").lines
    assert facts["versions"]["charplay"] == version("charplay")
    assert facts["versions"]["torch"]
    assert facts["machine"]["threads"] >= 1
    assert "free of" in facts["machine"]["cpu"]
    assert facts["home"]["folder"] == str(home.root)
    assert facts["home"]["writable"] is True
    assert facts["home"]["runs"] == "1 unfinished"
    assert facts["home"]["last_fault"] == "ValueError: of all things"
    page = cli("doctor").out
    assert all(name in page for name in ("python", "torch", "threads", "writable", "of all things"))


@pytest.mark.fault("61")
@pytest.mark.parametrize(
    ("quota", "memory", "said"),
    [
        (None, None, "no limits"),
        (1.5, None, "1.5 processors"),
        (2.0, GroupMemory(2**30, 2**32), "2 processors, 1.1 GB free of 4.3 GB"),
    ],
)
def test_the_doctor_tells_what_the_control_group_allows(
    cli: Callable[..., SimpleNamespace],
    monkeypatch: pytest.MonkeyPatch,
    quota: float | None,
    memory: GroupMemory | None,
    said: str,
) -> None:
    monkeypatch.setattr(control_group, "cpu_quota", lambda: quota)
    monkeypatch.setattr(control_group, "memory_limit", lambda: memory)
    (facts,) = cli("doctor", "--json").lines
    assert facts["machine"]["control_group"] == said


def test_the_doctor_says_that_cuda_was_never_measured(
    cli: Callable[..., SimpleNamespace], monkeypatch: pytest.MonkeyPatch
) -> None:
    (facts,) = cli("doctor", "--json").lines
    assert "cuda" not in facts["machine"]
    card = Device("cuda:0", "A card", 2**33, 2**34)
    monkeypatch.setattr(device, "list_devices", lambda: [card])
    (facts,) = cli("doctor", "--json").lines
    assert "never measured" in facts["machine"]["cuda"]
    assert "A card" in facts["machine"]["cuda:0"]


def test_the_doctor_looks_at_a_home_that_cannot_be_used_too(
    cli: Callable[..., SimpleNamespace], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    (facts,) = cli("doctor", "--json", "--home", tmp_path / "file").lines
    assert facts["home"]["writable"] is False
    assert "not a folder" in facts["home"]["fault"]


def test_the_doctor_needs_no_torch(home: Home) -> None:
    code = "import sys; from charplay.cli.main import run; run(['doctor']); sys.exit('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=False)
    assert done.returncode == 0


def test_fetching_shows_how_far_it_is_and_where_the_text_lies(
    cli: Callable[..., SimpleNamespace], home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetch(library: Library, entry: Entry, watch: Callable[..., Any] | None = None) -> Entry:
        assert entry.name == "alice"
        assert watch
        assert all(watch(share) for share in (0.0, 0.5, 1.0))
        (home.corpora / "alice.txt").write_text(TEXT)
        return library.find(str(home.corpora / "alice.txt"))

    monkeypatch.setattr("charplay.corpora.library.Library.fetch", fetch)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    result = cli("corpora", "fetch", "alice")
    assert (result.code, result.out.strip()) == (0, str(home.corpora / "alice.txt"))
    assert [" 50%" in result.err, "100%" in result.err] == [True, True]


def test_a_checkpoint_that_nothing_vouches_for_is_said_to_be_unverified(
    cli: Callable[..., SimpleNamespace], saved_run: Run
) -> None:
    for shown in (saved_run.name, saved_run.latest, "demo"):
        assert "unverified" not in cli("runs", "show", shown).out
        assert len(cli("runs", "show", shown, "--json").lines[0]["digest"]) == 64
    assert saved_run.latest
    made = read_checkpoint(saved_run.latest)
    described = safetensors_file.read_header(saved_run.latest.open("rb")).value
    bare = save(dict(made.tensors), metadata={"charplay": json.dumps(described)})
    saved_run.latest.write_bytes(bare)
    for shown in (saved_run.name, saved_run.latest):
        assert "unverified: latest.safetensors carries no digest" in cli("runs", "show", shown).out
        assert cli("runs", "show", shown, "--json").lines[0]["digest"] is None


def test_a_finished_run_that_lost_its_checkpoints_is_shown(cli: Callable[..., SimpleNamespace], saved_run: Run) -> None:
    saved_run.finish({"val_loss": 2.625})
    for path in saved_run.folder.glob("*.safetensors"):
        path.unlink()
    result = cli("runs", "show", saved_run.name)
    assert (result.code, "2.625 nats" in result.out) == (0, True)


def test_show_tells_of_lines_and_words(cli: Callable[..., SimpleNamespace], home: Home) -> None:
    (home.corpora / "lines.txt").write_text("one two two\nthree\n" * 20)
    (told,) = cli("corpora", "show", "lines", "--json").lines
    assert told["statistics"]["lines"] == {"number": 40, "mean": 8.0, "median": 5, "longest": 11}
    assert told["statistics"]["words"] == {"number": 80, "mean": 3.5, "median": 3, "longest": 5}
    assert told["statistics"]["sentences"] == {"number": 1, "mean": 80.0, "median": 80, "longest": 80}
    assert (told["statistics"]["different_words"], told["statistics"]["different_in_1000"]) == (3, None)
    assert (told["statistics"]["words_once"], told["statistics"]["type_token_ratio"]) == (0, 3 / 80)
    assert told["statistics"]["coverage"] == {"characters": {"0.9998": 9}, "words": {"0.5": 1, "0.9": 3}}
    assert told["statistics"]["kinds"] == {"letters": 14 / 18, "spaces": 4 / 18}
    shown = cli("corpora", "show", "lines").out
    assert "40 lines of 8.0 characters in the mean, 5 in the median, 11 at most" in shown
    assert "9 of 9 cover 100.00 %: letters 77.8 %, spaces 22.2 %\n" in shown
    assert "1 sentence of 80.0 words in the mean" in shown
    assert "3 different words, 0 of them once\n" in shown
    assert "1 of them cover half of all words, 3 cover nine tenths\n" in shown
