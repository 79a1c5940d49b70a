"""`train --name N --continue`: one command that may be given again and again, whatever has become of the run."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from tiny_model import tiny_checkpoint

from charplay.cli.continuing import run_to_continue
from charplay.cli.signals import StopRequest
from charplay.protocol import events
from charplay.protocol.events import Event
from charplay.protocol.queues import CommandQueue
from charplay.protocol.request import TrainRequest
from charplay.runs.home import Home
from charplay.runs.lock import Lock
from charplay.runs.run import Run

ROOT = Path(__file__).parents[2]
Cli = Callable[..., SimpleNamespace]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[TrainRequest]:
    """The requests that a trainer got which finishes at once."""
    requests: list[TrainRequest] = []

    def open_training(request: TrainRequest, _inbox: CommandQueue, _ranks: object) -> Iterator[Event]:
        requests.append(request)
        yield events.Finished(
            run="n", checkpoint="/f/best.safetensors", train_loss=1.5, val_loss=2.0, val_loss_cold=2.1, steps=100
        )

    monkeypatch.setitem(sys.modules, "charplay.training.run_training", SimpleNamespace(open_training=open_training))
    return requests


def made_run(home: Home, name: str = "n", *, saved: bool = True, **changes: object) -> Run:
    """A run of the tiny recipe, which may have saved something."""
    made = tiny_checkpoint()
    recipe = made.recipe.model_copy(update=changes)
    run = Run.create(
        home.checkpoints, asked=recipe, resolved=recipe, corpus=made.corpus, vocabulary=made.vocabulary,
        facts={"device": "cpu"}, name=name,
    )  # fmt: skip
    if saved:
        run.write_latest(made)
    return run


@contextmanager
def held(run: Run) -> Iterator[int]:
    """A process that holds the run's lock meanwhile; its number."""
    program = "import sys, pathlib; from charplay.runs.lock import Lock; Lock(pathlib.Path(sys.argv[1])); "
    command = [sys.executable, "-c", program + "print(flush=True); sys.stdin.read()", str(run.folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as holder:
        assert holder.stdout
        holder.stdout.readline()
        try:
            yield holder.pid
        finally:
            holder.kill()


NAMED = ("train", "--name", "n", "--continue")
SAME = ("--set", "hidden_size=8", "--set", "cell=lstm", "--seed", "1")


@pytest.mark.fault("63")
def test_where_there_is_no_run_it_starts(cli: Cli, asked: list[TrainRequest], text_file: Path) -> None:
    assert cli(*NAMED, *SAME, "--corpus", text_file, "--steps", "9").code == 0
    (request,) = asked
    assert (request.name, request.resume, request.recipe["steps"], request.recipe["hidden_size"]) == ("n", None, 9, 8)


@pytest.mark.fault("63")
def test_where_there_is_one_it_goes_on_with_a_total_budget(cli: Cli, asked: list[TrainRequest], home: Home) -> None:
    run = made_run(home, steps=100, minutes=None)
    assert cli(*NAMED, *SAME, "--steps", "100").code == 0
    assert cli(*NAMED, *SAME, "--steps", "500", "--device", "cpu").code == 0
    same, longer = asked
    assert (same.resume, same.recipe, same.added) == (str(run.folder), run.asked.model_dump(), False)
    assert longer.recipe == run.asked.model_dump() | {"steps": 500, "device": "cpu"}


@pytest.mark.fault("63")
def test_one_that_saved_nothing_starts_anew_whatever_it_was_to_be(
    cli: Cli, asked: list[TrainRequest], home: Home, text_file: Path
) -> None:
    run = made_run(home, saved=False)
    said = cli(*NAMED, "--set", "hidden_size=4", "--corpus", text_file)
    assert said.code == 0
    assert "run n had saved nothing; it starts anew" in said.err
    assert (asked[0].resume, asked[0].name, asked[0].recipe["hidden_size"]) == (None, "n", 4)
    assert not run.folder.exists()


@pytest.mark.fault("63")
def test_other_values_are_refused_each_with_both(cli: Cli, asked: list[TrainRequest], home: Home) -> None:
    run = made_run(home)
    said = cli(*NAMED, "--set", "hidden_size=9", "--set", "cell=gru", "--seed", "77", "--from", "demo")
    assert said.code == 2
    lines = said.err.splitlines()
    for name, value, other in (("hidden_size", 8, 9), ("cell", "lstm", "gru"), ("seed", run.asked.seed, 77)):
        assert sum(f"{name} is {value} in this run and cannot become {other};" in line for line in lines) == 1
    assert sum(bool(re.search(r"--from is none in this run and cannot become .*demo", line)) for line in lines) == 1
    assert len(lines) == 4
    assert asked == []


@pytest.mark.fault("63")
def test_a_presets_values_are_the_commands_too(cli: Cli, asked: list[TrainRequest], home: Home) -> None:
    """Not so with --resume, where a preset lies below the run."""
    (home.presets / "mine.toml").write_text('hidden_size = 16\nbatching = "windows"\nstride = 3\nsteps = 50\n')
    made_run(home, hidden_size=16, batching="stream")
    assert cli(*NAMED, "--preset", "mine", "--set", "batching=stream").code == 0, (
        "what a later layer resets is not named"
    )
    said = cli(*NAMED, "--preset", "mine")
    assert (said.code, "batching is stream in this run and cannot become windows" in said.err) == (2, True)
    assert len(asked) == 1


@pytest.mark.fault("63")
def test_the_weights_it_started_from_may_be_gone_by_now(cli: Cli, asked: list[TrainRequest], home: Home) -> None:
    run = made_run(home)
    parent = {"path": "/gone/best.safetensors", "sha256": "0", "run": "gone", "step": 3}
    run.update(asked=run.asked, resolved=run.resolved, facts={**run.facts, "parent": parent})
    for source in ("gone", "/gone/best.safetensors"):
        assert cli(*NAMED, "--from", source).code == 0
    said = cli(*NAMED, "--from", "demo")
    assert (said.code, "--from is /gone/best.safetensors in this run" in said.err) == (2, True)
    assert len(asked) == 2


@pytest.mark.fault("63")
def test_what_was_changed_while_it_trained_stays_changed(cli: Cli, asked: list[TrainRequest], home: Home) -> None:
    run = made_run(home, learning_rate=0.5)
    assert cli(*NAMED, "--set", "learning_rate=0.5").code == 0
    assert cli(*NAMED, "--set", "learning_rate=0.25").code == 0
    same, other = asked
    assert (same.recipe, same.live) == (run.asked.model_dump(), {})
    assert (other.recipe["learning_rate"], other.live) == (0.25, {})


@pytest.mark.fault("63")
def test_a_finished_one_with_other_live_values_names_them(cli: Cli, asked: list[TrainRequest], home: Home) -> None:
    made_run(home, learning_rate=0.5).finish({"step": 7})
    assert cli(*NAMED, "--set", "learning_rate=0.5").code == 0
    said = cli(*NAMED, "--set", "learning_rate=0.25", "--set", "clip_norm=7")
    assert (said.code, len(said.err.splitlines())) == (2, 1)
    assert "learning_rate is 0.5 in it, not 0.25, clip_norm is 1 in it, not 7" in said.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--continue",), "name it, as in --name mine --continue"),
        ((*NAMED[1:], "--steps", "+5"), "takes the whole run's, without the +"),
        ((*NAMED[1:], "--resume", "n"), "for a new run, and --resume takes up an old one"),
        ((*NAMED[1:], "--plan"), "leave it or --continue out"),
        (("--wait", "5"), "--wait is for a run that is taken up"),
        (("--changed-text",), "--changed-text is for a run that is taken up"),
        (("--continue", "--name", "../n"), "cannot be a run's name"),
        (("--resume", "n", "--continue"), "--continue is for a new run"),
    ],
)
def test_what_does_not_go_together_is_told(
    cli: Cli, asked: list[TrainRequest], home: Home, arguments: tuple[str, ...], said: str
) -> None:
    made_run(home)
    result = cli("train", *arguments)
    assert (result.code, asked) == (2, [])
    assert said in result.err


@pytest.mark.fault("51", "63")
def test_one_that_has_just_begun_elsewhere_is_left_alone(cli: Cli, asked: list[TrainRequest], home: Home) -> None:
    run = made_run(home, saved=False)
    with held(run) as pid:
        said = cli(*NAMED)
        assert said.code == 1
        assert f"run n is in use by pid {pid} on " in said.err
        assert cli(*NAMED, "--wait", "0.4").code == 1
    assert run.folder.exists()
    assert asked == []


@pytest.mark.fault("51", "63")
def test_one_that_has_just_begun_elsewhere_is_waited_for(cli: Cli, asked: list[TrainRequest], home: Home) -> None:
    run = made_run(home, saved=False)
    with held(run) as pid:
        threading.Timer(0.5, run.write_latest, [tiny_checkpoint()]).start()
        said = cli(*NAMED, "--wait", "30")
    assert (said.code, f"in use by pid {pid} on " in said.err) == (0, True)
    assert asked[0].resume == str(run.folder)
    assert 20 < asked[0].wait < 29.6, "the rest is for its lock"


def test_a_signal_ends_the_waiting(home: Home) -> None:
    run = made_run(home, saved=False)
    stop = StopRequest(CommandQueue())
    threading.Timer(0.3, stop.handle, [signal.SIGTERM]).start()
    with held(run), pytest.raises(Exception) as left:  # noqa: PT011  (typer hides the class)
        run_to_continue(home, "n", 30, stop)
    assert getattr(left.value, "exit_code", None) == 143
    assert run.folder.exists()


# With a trainer

TINY = (
    *NAMED, "--device", "cpu", "--json", "--set", "hidden_size=4", "--set", "embedding_size=4", "--set", "threads=1",
    "--set", "num_layers=1", "--set", "batch_size=4", "--set", "sequence_length=8", "--set", "save_every=5",
)  # fmt: skip


@pytest.mark.fault("63")
def test_the_same_command_trains_and_then_says_what_it_came_to(cli: Cli, home: Home, text_file: Path) -> None:
    first = cli(*TINY, "--corpus", text_file, "--steps", "10")
    again = cli(*TINY, "--corpus", text_file, "--steps", "10")
    assert (first.code, again.code) == (0, 0)
    assert again.lines == [first.lines[-1]]
    longer = cli(*TINY, "--corpus", text_file, "--steps", "15")
    (started,) = [line for line in longer.lines if line["event"] == "started"]
    assert (started["resumed"], started["step"], longer.lines[-1]["steps"]) == (True, 10, 15)


@pytest.mark.fault("51", "63")
def test_a_living_process_is_named_or_waited_for(cli: Cli, home: Home, text_file: Path) -> None:
    cli(*TINY, "--corpus", text_file, "--steps", "10")
    run = Run.open(home.checkpoints / "n")
    with held(run) as pid:
        said = cli(*TINY, "--corpus", text_file, "--steps", "20")
        assert (said.code, f"run n is in use by pid {pid} on " in said.err) == (1, True)
        assert said.lines[-1]["event"] == "failed"
        assert cli(*TINY, "--corpus", text_file, "--steps", "10").code == 0, "a finished one needs no lock"
    lock = Lock(run.folder)
    threading.Timer(1.0, lock.release).start()
    for waiting in (("train", "--resume", "n", "--json"), TINY):
        said = cli(*waiting, "--steps", "20", "--wait", "30")
        assert (said.code, said.lines[-1]["event"], said.lines[-1].get("steps")) == (0, "finished", 20), said.err
        told = re.search(rf"waiting up to \d+ s for pid {os.getpid()} on .+, which holds run n", said.err)
        assert bool(told) == (waiting != TINY), "by then nobody holds it"


@pytest.mark.fault("63")
def test_what_another_process_finished_meanwhile_is_not_done_again(cli: Cli, home: Home, text_file: Path) -> None:
    first = cli(*TINY, "--corpus", text_file, "--steps", "10")
    run = Run.open(home.checkpoints / "n")
    numbers = dict(run.finished or {})
    lock = run.lock()
    run.update(asked=run.asked, resolved=run.resolved, facts=run.facts)  # as if it were on its way
    assert run.finished is None

    def end() -> None:
        run.finish(numbers | {"seconds": 77.0})
        lock.release()

    threading.Timer(1.0, end).start()
    said = cli(*TINY, "--corpus", text_file, "--steps", "10", "--wait", "30")
    assert said.code == 0
    assert [line["event"] for line in said.lines] == ["warning", "finished"]
    assert said.lines[-1] == first.lines[-1] | {"seconds": 77.0}


@pytest.fixture
def job(tmp_path: Path, home: Home, text_file: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """`job(steps)` starts docs/slurm.sbatch with a tiny recipe, a `scontrol` that writes down what it is asked for."""
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "charplay").write_text(f'#!/bin/sh\nexec {sys.executable} -m charplay "$@"\n')
    (tools / "scontrol").write_text(f'#!/bin/sh\necho "$@" >>{tmp_path / "asked"}\n')
    for tool in tools.iterdir():
        tool.chmod(0o755)
    text = (ROOT / "docs" / "slurm.sbatch").read_text()
    given, tiny = "--preset alice-256 --corpus alice", " ".join((*TINY[4:], "--corpus", str(text_file)))
    assert given in text
    started: list[subprocess.Popen[str]] = []

    def start(steps: int) -> subprocess.Popen[str]:
        script = tmp_path / "job.sbatch"
        script.write_text(text.replace(given, tiny).replace("--epochs 50", f"--steps {steps}"))
        path = f"{tools}:{os.environ['PATH']}"
        environment = {"PATH": path, "SLURM_JOB_ID": "4121", "PYTHONPATH": str(ROOT), "CHARPLAY_HOME": str(home.root)}
        started.append(
            subprocess.Popen(
                ["/bin/bash", script], env=os.environ | environment, stdout=subprocess.PIPE, text=True,
                start_new_session=True,
            )
        )  # fmt: skip
        return started[-1]

    yield start
    for each in started:
        if each.poll() is None:
            os.killpg(each.pid, signal.SIGKILL)
            each.communicate()


@pytest.mark.fault("60", "63")
def test_a_slurm_job_comes_again_until_the_run_is_finished(
    job: Callable[..., subprocess.Popen[str]], tmp_path: Path, home: Home
) -> None:
    asked = tmp_path / "asked"
    first = job(10**9)
    end = time.monotonic() + 60
    while not (home.checkpoints / "alice" / "resume.safetensors").exists():
        assert time.monotonic() < end
        time.sleep(0.05)
    first.send_signal(signal.SIGUSR1)  # to the shell alone, as with B:
    said = [json.loads(line) for line in first.communicate(timeout=60)[0].splitlines()]
    assert first.returncode == 140
    assert asked.read_text() == "requeue 4121\n"
    stopped = said[-1]
    assert (stopped["event"], stopped["reason"]) == ("stopped", "signal USR2")

    again = job(stopped["step"] + 5)
    said = [json.loads(line) for line in again.communicate(timeout=60)[0].splitlines()]
    assert again.returncode == 0
    (started,) = [line for line in said if line["event"] == "started"]
    assert (started["resumed"], started["step"]) == (True, stopped["step"])
    assert (said[-1]["event"], said[-1]["steps"]) == ("finished", stopped["step"] + 5)
    assert asked.read_text() == "requeue 4121\n", "a run that is finished asks for no other job"


def test_the_job_asks_slurm_for_what_the_page_explains() -> None:
    page, text = ((ROOT / "docs" / name).read_text() for name in ("SLURM.md", "slurm.sbatch"))
    for option in ("--signal=B:USR1@90", "--requeue", "--open-mode=append"):
        assert f"#SBATCH {option}\n" in text
        assert f"`{option}`" in page
