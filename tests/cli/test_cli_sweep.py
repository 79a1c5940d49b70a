"""`charplay sweep`: a grid of runs, each in a process of its own, and `runs compare --by` over them."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest

from charplay.cli.sweep_runs import Outcome, SweepProcesses, SweepRun
from charplay.protocol.commands import Stop
from charplay.protocol.queues import CommandQueue
from charplay.runs.home import Home
from charplay.runs.store import RunStore

Cli = Callable[..., SimpleNamespace]
TINY = (
    "--steps", 2, "--set", "num_layers=1", "--set", "batch_size=2", "--set", "sequence_length=8", "--set",
    "embedding_size=4", "--set", "device=cpu",
)  # fmt: skip


def test_a_grid_is_trained_and_the_same_command_again_trains_nothing(cli: Cli, home: Home, text_file: Path) -> None:
    command = ("sweep", "--name", "wide", "--corpus", text_file, "--set", "hidden_size=4,8", *TINY, "--json")
    first = cli(*command)
    assert [(line["state"], line["values"]) for line in first.lines] == [
        ("finished", {"hidden_size": "4"}), ("finished", {"hidden_size": "8"}),
    ]  # fmt: skip
    assert first.code == 0
    assert RunStore(home).find("wide-hidden_size=8").resolved.hidden_size == 8
    again = cli(*command)
    assert [line["state"] for line in again.lines] == ["skipped", "skipped"]
    assert [line["val_loss"] for line in again.lines] == [line["val_loss"] for line in first.lines]
    longer = cli(*command, "--set", "hidden_size=4,8,broken")
    assert longer.code == 2  # nothing is begun where one of the grid cannot be trained
    assert "hidden_size" in longer.err
    groups = cli("runs", "compare", "wide", "--by", "hidden_size", "--json").lines
    assert [(group["value"], group["n"], group["val_loss"]["n"]) for group in groups] == [(4, 1, 1), (8, 1, 1)]
    assert "±" not in cli("runs", "compare", "wide", "--by", "hidden_size").out


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The command lines that a sweep would have started; each finishes, but for a learning rate of 9."""
    lines: list[list[str]] = []

    def train(_self: object, runs: Sequence[SweepRun], tell: Callable[[Outcome], object]) -> None:
        for run in runs:
            lines.append(list(run.arguments))
            failed = run.values.get("learning_rate") == "9"
            tell(Outcome(run, "failed" if failed else "finished", {"val_loss": 2.5}, "it was lost" if failed else ""))

    monkeypatch.setattr(SweepProcesses, "train", train)
    return lines


def test_it_goes_on_after_a_failure_and_lists_it_at_the_end(cli: Cli, begun: list[list[str]]) -> None:
    result = cli("sweep", "--set", "learning_rate=9,0.1", "--seeds", 2)
    assert result.code == 1
    assert len(begun) == 4
    assert result.err.splitlines() == [
        "charplay: sweep-learning_rate=9-seed=1 failed: it was lost",
        "charplay: sweep-learning_rate=9-seed=2 failed: it was lost",
    ]


def test_an_index_is_one_run_of_the_grid(cli: Cli, begun: list[list[str]]) -> None:
    assert cli("sweep", "--set", "hidden_size=4,8", "--seeds", 3, "--index", 4).code == 0
    assert [line[line.index("--name") + 1] for line in begun] == ["sweep-hidden_size=8-seed=2"]
    wrong = cli("sweep", "--set", "hidden_size=4,8", "--index", 2)
    assert wrong.code == 2
    assert "0 to 1" in wrong.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "values to go through"),
        (("--set", "seed=1,2", "--seeds", 2), "leave one out"),
        (("--seeds", 2, "--jobs", 2, "--devices", "0,1"), "leave --jobs out"),
        (("--seeds", 2, "--steps", "+5"), "leave the + out"),
        (("--seeds", 2, "--name", "x" * 80), "a shorter --name"),
        (("--set", "hiden_size=1,2"), "hidden_size"),
    ],
)
def test_what_makes_no_sense_is_refused(
    cli: Cli, begun: list[list[str]], arguments: tuple[str | int, ...], said: str
) -> None:
    result = cli("sweep", *arguments)
    assert result.code == 2
    assert said in result.err
    assert not begun


def outcomes(code: str, runs: int = 1, inbox: CommandQueue | None = None, jobs: int = 1) -> list[Outcome]:
    """How runs end whose process is Python with this code in the place of charplay."""
    found: list[Outcome] = []
    made = [SweepRun(str(i), {}, [code], {}) for i in range(runs)]
    SweepProcesses(inbox or CommandQueue(), [None] * jobs, None).train(made, found.append)
    return sorted(found, key=lambda outcome: outcome.run.name)


@pytest.fixture
def python_instead(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Make `python -m charplay CODE` run the code."""
    package = tmp_path / "instead" / "charplay"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text("import sys\nexec(sys.argv[1])\n")
    monkeypatch.syspath_prepend(str(package.parent))


@pytest.mark.usefixtures("python_instead")
@pytest.mark.parametrize(
    ("code", "state", "message"),
    [
        ('print(\'note\'); print(\'{"event": "finished", "val_loss": 2.5}\')', "finished", ""),
        ("print('charplay: no such text', file=sys.stderr); sys.exit(2)", "failed", "no such text"),
        ('print(\'{"event": "failed", "message": "lost"}\'); sys.exit(1)', "failed", "lost"),
        ("print('{ not an event'); sys.exit(3)", "failed", "{ not an event"),
        ("sys.exit(143)", "stopped", "its process ended with 143"),
        ("import os; os.kill(os.getpid(), 9)", "failed", "its process ended with -9"),
    ],
)
def test_how_a_process_ends_is_told(code: str, state: str, message: str) -> None:
    (outcome,) = outcomes(code)
    assert (outcome.state, outcome.message) == (state, message)
    assert outcome.numbers.get("val_loss") == (2.5 if state == "finished" else None)


@pytest.mark.usefixtures("python_instead")
def test_leaving_stops_what_trains_and_begins_nothing_more() -> None:
    inbox = CommandQueue()
    inbox.put(Stop("interrupted"))
    code = "import time; time.sleep(60)"
    began = time.monotonic()
    assert [outcome.state for outcome in outcomes(code, runs=3, inbox=inbox)] == ["stopped", "waiting", "waiting"]
    assert time.monotonic() - began < 30


@pytest.mark.usefixtures("python_instead")
def test_several_train_at_a_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each waits for the other's file, so that one alone would never end."""
    monkeypatch.chdir(tmp_path)
    code = (
        "import pathlib, time, os\nhere = pathlib.Path('.')\n(here / f'{os.getpid()}.begun').touch()\n"
        "while len(list(here.glob('*.begun'))) < 2: time.sleep(0.01)"
    )
    assert [outcome.state for outcome in outcomes(code, runs=2, jobs=2)] == ["finished", "finished"]


@pytest.mark.fault("60")
def test_terminate_saves_what_trains_and_leaves(home: Home, text_file: Path) -> None:
    command = [
        sys.executable, "-m", "charplay", "--home", str(home.root), "sweep", "--json", "--corpus", str(text_file),
        "--set", "hidden_size=4,8", *map(str, TINY), "--steps", "10000000",
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as process:
        metrics = home.checkpoints / "sweep-hidden_size=4" / "metrics.jsonl"
        until = time.monotonic() + 60
        while not (metrics.exists() and metrics.stat().st_size) and time.monotonic() < until:
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        told = [json.loads(line) for line in process.communicate(timeout=30)[0].splitlines()]
    assert process.returncode == 143
    assert {line["run"]: line["state"] for line in told} == {
        "sweep-hidden_size=4": "stopped", "sweep-hidden_size=8": "waiting",
    }  # fmt: skip
    assert RunStore(home).find("sweep-hidden_size=4").has_save
