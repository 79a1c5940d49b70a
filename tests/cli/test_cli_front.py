"""The front door: what stands anywhere, exit codes, and one sentence for every fault."""

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import charplay
from charplay.cli import main, plain_output, train
from charplay.cli.errors import UsageError
from charplay.cli.global_options import take_global_options
from charplay.cli.output import progress_line
from charplay.cli.reporting import LineReporter
from charplay.runs.home import Home
from charplay.runs.run import Run
from charplay.runs.store import RunStore

WORDS = st.lists(st.sampled_from(["train", "--json", "x.txt", "--steps", "3"]), max_size=5)


@settings(deadline=None)
@given(WORDS, st.integers(0, 5), st.booleans())
def test_home_may_stand_anywhere(words: list[str], place: int, joined: bool) -> None:
    option = ["--home=/h"] if joined else ["--home", "/h"]
    place = min(place, len(words))
    assert take_global_options([*words[:place], *option, *words[place:]]) == ("/h", False, words)


def test_what_follows_two_dashes_is_left_alone() -> None:
    assert take_global_options(["a", "--", "--home", "--version"]) == (None, False, ["a", "--", "--home", "--version"])


def test_ascii_may_stand_anywhere_before_two_dashes(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(plain_output, "draw_in_ascii", lambda: asked.append(1))
    assert plain_output.take_ascii_option(["a", "--", "--ascii"]) == ["a", "--", "--ascii"]
    assert not asked
    assert plain_output.take_ascii_option(["a", "--ascii", "b", "--", "--ascii"]) == ["a", "b", "--", "--ascii"]
    assert asked == [1]


@pytest.mark.parametrize(("value", "plain"), [("1", True), ("yes", True), ("0", False), ("", False)])
def test_for_a_screen_reader_there_is_no_motion(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], value: str, plain: bool
) -> None:
    monkeypatch.setenv("ACCESSIBLE", value)
    monkeypatch.setenv("TERM", "xterm")
    with train._reporter(SimpleNamespace(behind=False), home, json=False) as reporter:  # type: ignore[arg-type]
        assert isinstance(reporter, LineReporter) is plain
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    progress_line("reading")(0.5)
    assert ("reading" in capsys.readouterr().err) is not plain


def test_for_a_screen_reader_the_verbs_are_listed_without_boxes(home: Home) -> None:
    env = {**os.environ, "ACCESSIBLE": "1", "CHARPLAY_HOME": str(home.root), "FORCE_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "charplay"], capture_output=True, text=True, env=env, timeout=60, check=True
    )
    assert all(verb in done.stdout for verb in main.VERBS)
    assert done.stdout.isascii()
    assert "\x1b" not in done.stdout


def test_home_without_a_folder_is_wrong_usage() -> None:
    with pytest.raises(UsageError):
        take_global_options(["train", "--home"])


def test_the_home_is_made_where_it_is_asked_for(cli: Callable[..., SimpleNamespace], tmp_path: Path) -> None:
    assert cli("runs", "--home", tmp_path / "other").code == 0
    assert (tmp_path / "other" / "checkpoints").is_dir()


@pytest.mark.parametrize("arguments", [["--version"], ["train", "--version"]])
def test_version(cli: Callable[..., SimpleNamespace], arguments: list[str]) -> None:
    result = cli(*arguments)
    assert (result.code, result.out) == (0, f"charplay {charplay.__version__}\n")


def test_help_lists_every_verb(cli: Callable[..., SimpleNamespace]) -> None:
    result = cli("--help")
    assert result.code == 0
    assert all(verb in result.out for verb in main.VERBS)


@pytest.mark.parametrize("verb", main.VERBS)
def test_every_verb_has_help(cli: Callable[..., SimpleNamespace], verb: str) -> None:
    assert cli(verb, "--help").code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((), 2, "charplay train"),
        (("trian",), 2, "train"),
        (("a.txt", "b.txt"), 2, "one text"),
        (("--nonsense",), 2, "--help"),
        (("train", "--nonsense"), 2, "charplay train --help"),
        (("sample",), 2, "charplay sample --help"),
        (("sample", "nosuch"), 1, "nosuch"),
        (("sample", "nosuch", "--length", "some"), 2, "--length"),
        (("runs", "show", "nosuch"), 1, "nosuch"),
        (("runs", "nosuch"), 2, "nosuch"),
        (("corpora", "show", "nosuch"), 1, "nosuch"),
        (("corpora", "fetch", "alise"), 1, "alice"),
        (("describe", "--set", "hiden_size=3"), 2, "hidden_size"),
        (("describe", "--preset", "quik"), 2, "quick"),
        (("train", "--steps", "+5"), 2, "--resume"),
        (("train", "--steps", ""), 2, "--steps needs"),
        (("train", "--seed", "none"), 2, "--seed needs"),
        (("train", "--resume", ""), 1, "''"),
        (("train", "--steps", "5", "--epochs", "1"), 2, "one budget"),
        (("train", "--resume", "nosuch"), 1, "nosuch"),
        (("describe", "--set", "hidden_size=1e3"), 2, "not '1e3' (--set)\n"),
        (("describe", "--set", "hidden_size=aut"), 2, "the nearest is auto"),
        (("train", "--resume", "nosuch", "--name", "x"), 2, "--name"),
    ],
)
def test_every_fault_is_a_sentence_and_an_exit_code(
    cli: Callable[..., SimpleNamespace], arguments: Any, code: int, said: str
) -> None:
    result = cli(*arguments)
    assert result.code == code
    assert result.out == ""
    assert said in result.err
    assert all(line.startswith("charplay: ") for line in result.err.splitlines())


def test_a_preset_that_is_no_file_is_a_sentence(cli: Callable[..., SimpleNamespace], home: Home) -> None:
    os.mkfifo(home.presets / "pipe.toml")
    result = cli("describe", "--preset", "pipe")
    assert (result.code, "the preset pipe cannot be read (a pipe, not a file)" in result.err) == (2, True)


def test_every_fault_of_a_recipe_is_told_at_once(cli: Callable[..., SimpleNamespace]) -> None:
    result = cli("describe", "--set", "cell=lstn", "--set", "hidden_size=0", "--set", "learnig_rate=1")
    assert result.code == 2
    assert len(result.err.splitlines()) == 3


def test_a_file_of_the_systems_is_named(cli: Callable[..., SimpleNamespace], home: Home, saved_run: Run) -> None:
    target = home.root / "no" / "such" / "folder" / "x.safetensors"
    result = cli("runs", "export", saved_run.name, target)
    assert result.code == 1
    assert str(target) in result.err


def test_an_unforeseen_fault_goes_to_the_log(
    cli: Callable[..., SimpleNamespace], home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_self: RunStore) -> None:
        raise RuntimeError("of all things\x1b[2J")

    monkeypatch.setattr("charplay.runs.store.RunStore.list", broken)
    result = cli("runs")
    log = home.log / "charplay.log"
    assert result.code == 1
    assert str(log) in result.err
    assert "of all things" not in result.err
    assert "RuntimeError: of all things␛[2J\n" in log.read_text()


@pytest.mark.parametrize("broken", ["log", "home"])
def test_an_unforeseen_fault_without_a_log_is_still_a_sentence(
    cli: Callable[..., SimpleNamespace], home: Home, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def fault(_self: RunStore) -> Any:
        if broken == "home":
            shutil.rmtree(home.root)
            home.root.write_text("a file now")
        else:
            (home.log / "charplay.log").mkdir()
        return 1 / 0

    monkeypatch.setattr("charplay.runs.store.RunStore.list", fault)
    result = cli("runs")
    assert result.code == 1
    assert "ZeroDivisionError" in result.err


def test_a_long_log_is_laid_aside(
    cli: Callable[..., SimpleNamespace], home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("charplay.cli.data_dir.MAX_LOG_BYTES", 100)
    log = home.log / "charplay.log"
    log.write_text("old " * 100)
    monkeypatch.setattr("charplay.runs.store.RunStore.list", lambda _self: 1 / 0)
    cli("runs")
    assert "old" not in log.read_text()
    assert "old" in log.with_suffix(".log.old").read_text()


def test_a_home_that_cannot_be_is_a_sentence(cli: Callable[..., SimpleNamespace], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = cli("runs", "--home", tmp_path / "file")
    assert result.code == 1
    assert "not a folder" in result.err


def charplay_process(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "charplay", *map(str, arguments)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
    )  # fmt: skip


def test_a_reader_that_leaves_is_no_fault(home: Home, saved_run: Run) -> None:
    process = charplay_process("sample", saved_run.name, "--length", "200000")
    assert process.stdout
    assert process.stderr
    assert process.stdout.read(100)
    process.stdout.close()
    assert process.wait(20) == 0
    assert process.stderr.read() == ""


def test_a_closed_stdout_is_no_fault(home: Home, saved_run: Run) -> None:
    command = [sys.executable, "-m", "charplay", "sample", saved_run.name, "--length", "5"]
    done = subprocess.run(["/bin/sh", "-c", '"$@" >&-', "sh", *command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("line", ["runs", "sample {run}", "sample {run} --json", "--version", "runs --help"])
def test_a_full_disk_behind_the_output_is_named(home: Home, saved_run: Run, line: str) -> None:
    command = [sys.executable, "-m", "charplay", *line.format(run=saved_run.name).split()]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=30, check=False)
    said = "charplay: the output cannot be written (No space left on device); direct it elsewhere\n"
    assert (done.returncode, done.stderr) == (1, said)


def test_without_a_terminal_the_playground_names_what_works_without_one(home: Home) -> None:
    for arguments in ((), (os.curdir,)):
        process = charplay_process(*arguments)
        out, err = process.communicate(timeout=20)
        assert (process.returncode, out, len(err.splitlines())) == (2, "", 1)
        assert "charplay train" in err


def test_the_command_is_installed() -> None:
    script = Path(sys.executable).with_name("charplay")
    assert script.stat().st_mode & stat.S_IXUSR
