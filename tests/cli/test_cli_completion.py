"""The tab key: what bash, zsh and fish ask, and what is answered."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer.main
from hypothesis import given
from hypothesis import strategies as st
from pseudo_terminal import Terminal

from charplay.cli.app import app
from charplay.cli.completers import COMPLETERS
from charplay.cli.completion import candidates
from charplay.cli.completion_scripts import SCRIPTS
from charplay.cli.main import VERBS
from charplay.cli.shells import BREAKS, split_line
from charplay.recipes.presets import preset_names
from charplay.recipes.recipe import Recipe
from charplay.runs.home import Home
from charplay.runs.run import Run

FREE = {
    "address", "bias", "characters", "count", "devices", "encoding", "epochs", "family", "held_out", "index", "jobs",
    "length", "limit", "limit_hits", "linger", "min_p", "minutes", "name", "note", "order", "pattern", "port", "prompt",
    "repetition_penalty", "repetition_window", "seed", "seeds", "separator", "steps", "stop", "temperature",
    "temperatures", "test_fraction", "top", "top_k", "top_p", "validation_fraction", "wait",
}  # fmt: skip
"""Parameters that take what nobody can foresee."""


def values(line: str) -> list[str]:
    """What a command line can be completed with, where it ends."""
    found = split_line(line)
    return [candidate.value for candidate in candidates(found.words[1:], found.word)]


def all_parameters(command: Any) -> list[Any]:
    inner = getattr(command, "commands", {}).values()
    return [*command.params, *(one for each in inner for one in all_parameters(each))]


# What is offered


def test_every_parameter_is_completed_or_takes_what_nobody_can_foresee() -> None:
    taking = {one.name for one in all_parameters(typer.main.get_command(app)) if not getattr(one, "is_flag", False)}
    assert taking == COMPLETERS.keys() | FREE
    assert not FREE & COMPLETERS.keys()


def test_verbs_are_offered_and_the_texts_to_open(home: Home) -> None:
    Path("train.txt").write_text("a")
    assert set(VERBS) <= set(values("charplay "))
    assert values("charplay tr") == ["train", "train.txt"]
    assert values("charplay train.txt ") == []


def test_a_groups_verbs_follow_it(home: Home) -> None:
    assert values("charplay runs ") == ["list", "show", "compare", "export", "import", "delete", "rename", "note"]


@pytest.mark.parametrize(
    "line", ["charplay train --preset ", "charplay train --set a=b --preset ", "charplay describe --json --preset "]
)
def test_presets(home: Home, line: str) -> None:
    (home.presets / "mine.toml").write_text("steps = 3")
    assert values(line) == [*preset_names(), "mine"]


def test_an_options_value_may_stand_after_an_equals_sign(home: Home) -> None:
    assert values("charplay train --preset=qui") == ["--preset=quick"]


def test_fields_and_their_words(home: Home) -> None:
    assert values("charplay train --set ") == [f"{name}=" for name in Recipe.model_fields]
    assert values("charplay train --set hidd") == ["hidden_size="]
    assert values("charplay train --set cell=") == ["cell=gru", "cell=lstm"]
    assert values("charplay train --set shuffle=") == ["shuffle=yes", "shuffle=no"]
    assert values("charplay train --set hidden_size=") == ["hidden_size=auto"]
    assert values("charplay train --set save_every=") == ["save_every=auto", "save_every=epoch"]
    assert values("charplay train --set device=cp") == ["device=cpu"]
    assert values("charplay train --set nonsense=") == []
    (home.corpora / "letters.txt").write_text("to whom it may concern")
    assert values("charplay train --set held_out_corpus=let") == ["held_out_corpus=letters"]


def test_cleaning_rules_are_a_list_without_repeats(home: Home) -> None:
    assert "cleaning=lowercase" in values("charplay train --set cleaning=")
    after = values("charplay train --set cleaning=lowercase,")
    assert "cleaning=lowercase,ascii" in after
    assert "cleaning=lowercase,lowercase" not in after
    assert not values("charplay train --set cleaning=rare(below=5,")
    after = values("charplay train --set cleaning=rare(below=5,to=drop),")
    assert "cleaning=rare(below=5,to=drop),ascii" in after
    assert "cleaning=rare(below=5,to=drop),rare" not in after


@pytest.mark.parametrize("name", ["plain", "two words", "a=b+c,d@e", "été", "x" * 80])
def test_runs_of_any_name(saved_run: Run, name: str) -> None:
    saved_run.folder.rename(saved_run.folder.with_name(name))
    for line in ("runs delete ", "train --resume "):
        assert values(f"charplay {line}") == [name]
    for line in ("sample ", "runs show ", "runs export ", "train --from ", "score "):
        assert values(f"charplay {line}") == [name, "demo"]


def test_checkpoint_files_beside_runs(home: Home) -> None:
    for name in ("a.safetensors", "a.txt"):
        Path(name).touch()
    Path("folder").mkdir()
    assert values("charplay sample ") == ["demo", "a.safetensors", "folder/"]


def test_texts_and_files(home: Home) -> None:
    (home.corpora / "my novel.txt").write_text("once")
    Path("novel").mkdir()
    Path("novel/part 1.txt").write_text("one")
    assert {"my novel", "python-manual", "novel/"} <= set(values("charplay train --corpus "))
    assert "alice" not in values("charplay train --corpus ")
    assert values("charplay train --corpus novel/") == ["novel/part 1.txt"]
    assert values("charplay corpora fetch ali") == ["alice"]
    assert values("charplay score demo nov") == ["novel/"]


def test_hidden_files_are_offered_where_a_dot_is_typed(home: Home) -> None:
    Path(".hidden").touch()
    Path("line\nend").touch()
    assert values("charplay score demo ") == []
    assert values("charplay score demo .h") == [".hidden"]


def test_a_persons_folder_stays_written_as_it_is(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert values("charplay score demo ~/he") == ["~/here/"]
    assert values("charplay score demo ~nosuchuser/") == []


def test_options_that_stand_already_are_not_offered_again(home: Home) -> None:
    assert "--steps" not in values("charplay train --steps 3 --")
    assert {"--set", "--help", "--home", "--json"} <= set(values("charplay train --set steps=3 --"))
    assert "--install-completion" not in values("charplay train --")
    assert "--install-completion" in values("charplay --")
    assert values("charplay train -- --s") == []


def test_another_home_is_asked_where_one_is_named(
    saved_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = saved_run.folder.parent.parent
    monkeypatch.setenv("CHARPLAY_HOME", str(tmp_path / "nowhere"))
    for line in (f"charplay --home {root} runs delete ", f"charplay runs --home={root} delete "):
        assert values(line) == [saved_run.name]
    assert values("charplay runs delete ") == []
    assert values(f"charplay --home {tmp_path}/ho") == [f"{tmp_path}/home/"]
    assert not (tmp_path / "nowhere").exists()


# What shells ask


WORD = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1)


@given(st.lists(WORD), WORD)
def test_words_that_are_quoted_come_back(words: list[str], last: str) -> None:
    def quoted(word: str) -> str:
        return "'" + word.replace("'", "'\\''") + "'"

    found = split_line(" ".join(map(quoted, [*words, last])))
    assert (list(found.words), found.word) == (words, last)


@pytest.mark.parametrize(
    ("line", "word", "kept", "quote"),
    [
        ("charplay --set cell=g", "cell=g", 5, ""),
        ("charplay a\\=g", "a=g", 0, ""),
        ("charplay 'a=g", "a=g", 0, "'"),
        ('charplay x"a \\" b', 'xa " b', 1, '"'),
        ("charplay ", "", 0, ""),
    ],
)
def test_the_part_that_bash_replaces(line: str, word: str, kept: int, quote: str) -> None:
    found = split_line(line, BREAKS)
    assert (found.words, found.word, found.kept, found.quote) == (
        ("charplay", "--set")[: line.count(" --") + 1], word, kept, quote,
    )  # fmt: skip


def ask(**variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "charplay"]
    return subprocess.run(command, env=os.environ | variables, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("separator", [" ", "\n"])
def test_bash_by_the_words_that_it_has_cut(home: Home, separator: str) -> None:
    def answer(*words: str) -> str:
        cut = separator.join(words)
        return ask(_CHARPLAY_COMPLETE="complete_bash", COMP_WORDS=cut, COMP_CWORD=str(len(words) - 1)).stdout

    assert answer("charplay", "tr") == "train\n"
    assert answer("charplay", "train", "--set", "cell", "=", "") == "gru\nlstm\n"
    assert answer("charplay", "train", "--set", "cell", "=") == "gru\nlstm\n"


def test_zsh_and_fish_by_their_variables(home: Home) -> None:
    zsh = ask(_CHARPLAY_COMPLETE="complete_zsh", _TYPER_COMPLETE_ARGS="charplay tr")
    assert "'train:Train a network on a text." in zsh.stdout
    fish = ask(_CHARPLAY_COMPLETE="complete_fish", _TYPER_COMPLETE_ARGS="charplay train --set cell=")
    assert fish.stdout == "cell=gru\t\ncell=lstm\t\n"
    nothing = ask(_CHARPLAY_COMPLETE="complete_fish", _TYPER_COMPLETE_ARGS="charplay nothing --set ")
    assert (nothing.returncode, nothing.stdout, nothing.stderr) == (1, "", "")


@pytest.mark.parametrize("shell", SCRIPTS)
def test_no_fault_is_told_within_the_line_that_is_typed(tmp_path: Path, shell: str) -> None:
    tmp_path.joinpath("file").touch()
    for line in (
        "charplay --home ~nosuch/x runs delete ",
        f"charplay --home {tmp_path}/file sample --home ''",
        "",
        "'",
    ):
        done = ask(
            _CHARPLAY_COMPLETE=f"complete_{shell}", COMP_LINE=line, _TYPER_COMPLETE_ARGS=line,
            CHARPLAY_HOME=str(tmp_path / "none"),
        )  # fmt: skip
        assert done.stderr == ""
    assert not (tmp_path / "none").exists()


def test_what_no_shell_asks_is_a_sentence() -> None:
    done = ask(_CHARPLAY_COMPLETE="complete_tcsh")
    assert (done.returncode, done.stderr.startswith("charplay: _CHARPLAY_COMPLETE")) == (2, True)


LOADS_NOTHING_BIG = """
import sys
from charplay.cli.main import run
run([])
print(sorted({"torch", "textual"} & sys.modules.keys()), file=sys.stderr)
"""


@pytest.mark.parametrize(
    "line", ["", "sample ", "train --preset ", "train --corpus ", "train --device ", "train --set a"]
)
def test_it_is_quick(home: Home, line: str) -> None:
    variables = os.environ | {"_CHARPLAY_COMPLETE": "complete_bash", "COMP_LINE": f"charplay {line}"}
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", LOADS_NOTHING_BIG], env=variables, capture_output=True, text=True, check=True
    )
    assert done.stderr == "[]\n"
    assert time.monotonic() - began < 5  # a crowded machine's; a quiet one takes 0.2 s


# Real shells


BIN = Path(sys.executable).parent

SHELLS = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config", "-i"],
}
READY = {
    "bash": 'eval "$(charplay --show-completion bash)"; echo rea""dy',
    "zsh": 'autoload -Uz compinit; compinit -u -D; source <(charplay --show-completion zsh); echo rea""dy',
    "fish": 'charplay --show-completion fish | source; echo rea""dy',
}

TYPED = [
    ("charplay tr", "charplay train "),
    ("charplay train --set hidden_si", "charplay train --set hidden_size="),
    ("charplay train --set optimizer=mu", "charplay train --set optimizer=muon "),
    ("charplay train --corpus my", "charplay train --corpus my\\ texts/"),
    ("charplay train --corpus my\\ texts/", "charplay train --corpus my\\ texts/a\\ b.txt "),
    ("charplay train --corpus 'my texts/a", "charplay train --corpus 'my texts/a b.txt' "),
    ("charplay train --corpus it", "charplay train --corpus it\\'s\\ a:b.txt "),
    ("charplay train --corpus it\\'s\\ a:", "charplay train --corpus it\\'s\\ a:b.txt "),
    ("charplay runs delete od", "charplay runs delete odd\\ name "),
]


@pytest.fixture
def odd_names(saved_run: Run) -> None:
    Path("my texts").mkdir()
    Path("my texts/a b.txt").write_text("one")
    Path("it's a:b.txt").write_text("one")
    saved_run.folder.rename(saved_run.folder.with_name("odd name"))


@pytest.mark.parametrize("shell", SHELLS)
def test_a_real_shell_completes(odd_names: None, tmp_path: Path, shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    env = {"HOME": str(tmp_path), "PATH": f"{BIN}:{os.environ['PATH']}", "TERM": "xterm", "PS1": "$ "}
    terminal = Terminal(SHELLS[shell], columns=200, env=env)
    try:
        terminal.type(READY[shell] + "\r")
        terminal.wait_for("ready")
        for typed, wanted in TYPED:
            terminal.type(f"{typed}\t.")  # the full stop shows whether a space was added
            terminal.wait_for(f"{wanted}.")
            terminal.type("\x15\x0c")
            terminal.wait_gone(wanted)
    finally:
        terminal.close()


def test_installing_writes_a_script_once(
    cli: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("ZDOTDIR", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / ".dotfiles").write_text("alias x=y")
    (tmp_path / ".bashrc").symlink_to(".dotfiles")
    written = {
        "bash": ".bash_completions/charplay.sh",
        "zsh": ".zfunc/_charplay",
        "fish": ".config/fish/completions/charplay.fish",
    }
    for shell, path in written.items():
        for _ in range(2):
            result = cli("--install-completion", shell)
            assert (result.code, str(tmp_path / path) in result.out) == (0, True)
        assert (tmp_path / path).read_text() == cli("--show-completion", shell).out
    lines = (tmp_path / ".dotfiles").read_text().splitlines()
    assert lines == ["alias x=y", f"source '{tmp_path}/.bash_completions/charplay.sh'"]
    assert (tmp_path / ".bashrc").is_symlink()
    assert len((tmp_path / ".zshrc").read_text().splitlines()) == 1


def test_the_shell_is_the_persons_where_none_is_named(cli: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELL", "/usr/bin/zsh")
    assert cli("--show-completion").out.startswith("#compdef charplay")
    monkeypatch.setenv("SHELL", "/bin/tcsh")
    result = cli("--show-completion")
    assert (result.code, "bash, zsh, fish" in result.err) == (2, True)
    assert cli("--install-completion", "bash", "zsh").code == 2
