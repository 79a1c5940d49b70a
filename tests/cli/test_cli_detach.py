"""`train --detach` and `control`: a run that trains on its own, begun, asked, changed and ended by plain commands."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from hosted import Hosted, until
from spoken_trainer import REQUEST, SpokenTrainer, progress

from charplay.playground.trainer_client import TrainerClient
from charplay.protocol.commands import SetHyperparameter
from charplay.protocol.events import Changed
from charplay.runs.home import Home
from charplay.runs.lock import Lock
from charplay.runs.run import Run
from charplay.server.errors import ServerError
from charplay.server.launching import launch
from charplay.server.logind import kills_at_logout

ROOT = Path(__file__).parents[2]
Cli = Callable[..., SimpleNamespace]


@pytest.fixture(autouse=True)
def sockets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A temporary folder with a short path, which processes that are started have, too; `tmp_path` lies elsewhere."""
    assert tmp_path.exists()
    folder = Path(tempfile.mkdtemp(prefix="cp", dir="/tmp"))
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def hosted(sockets: Path, saved_run: Run) -> Iterator[Hosted]:
    """A host of the saved run, whose trainer the test speaks for."""
    hosted = Hosted(sockets)
    with Lock(saved_run.folder, str(hosted.path)):
        yield hosted
    hosted.host.close()


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


def test_a_run_is_begun_asked_changed_and_stopped(cli: Cli, home: Home, text_file: Path, sockets: Path) -> None:
    options = ("hidden_size=8", "embedding_size=4", "batch_size=4", "sequence_length=6", "threads=1", "device=cpu")
    settings = [word for option in options for word in ("--set", option)]
    begun = cli("train", "--corpus", text_file, "--steps", 10**6, *settings, "--name", "own", "--detach", "--json")
    assert begun.code == 0, begun.err
    started, detached = begun.lines
    assert (started["event"], detached["event"], detached["run"]) == ("started", "detached", "own")
    pid = detached["pid"]
    try:
        owner = Run.open(home.checkpoints / "own").owner
        assert owner is not None
        assert (owner.pid, Path(owner.socket).parent) == (pid, sockets / f"charplay-{os.getuid()}")
        assert os.getsid(pid) == pid
        os.kill(pid, signal.SIGHUP)  # as at a logout
        assert cli("control", "own", "set", "learning_rate=0.001", "clip_norm=2").code == 0
        assert cli("control", "own", "pause").code == 0
        until(lambda: cli("control", "own", "status", "--json").lines[0]["state"] == "paused", 20)
        said = cli("control", "own", "status")
        assert said.out.startswith("own: paused, step ")
        refused = cli("control", "own", "set", "hidden_size=9")
        assert (refused.code, "hidden_size cannot change during training" in refused.err) == (1, True)
        assert cli("control", "own", "undo").code == 0
        assert cli("control", "own", "stop").code == 0
        until(lambda: gone(pid))
    finally:
        if not gone(pid):
            os.kill(pid, signal.SIGKILL)
    changes = [(row["field"], row["new"]) for row in Run.open(home.checkpoints / "own").changes()]
    assert changes[:2] == [("learning_rate", 0.001), ("clip_norm", 2.0)]
    assert [name for name, _ in changes[2:]] == ["undo", "clip_norm"]
    assert Run.open(home.checkpoints / "own").owner is None
    assert "pause" in (home.log / "charplay.log").read_text()
    after = cli("control", "own", "status")
    assert (after.code, "`charplay train --resume own --detach` goes on" in after.err) == (1, True)


def test_what_a_run_would_not_begin_with_is_said_where_it_was_asked(cli: Cli, text_file: Path) -> None:
    text_file.write_text("ab")
    begun = cli("train", "--corpus", text_file, "--steps", 5, "--name", "own", "--detach")
    assert begun.code == 1
    assert "Traceback" not in begun.err
    assert "2 of the 200 characters that training needs" in begun.err.splitlines()[-1]


def test_a_host_that_ends_at_once_names_the_log(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match=r"ended at once; the details are in .*log"):
        launch([sys.executable, "-c", "print('why')"], REQUEST, tmp_path / "log")
    assert (tmp_path / "log").read_text() == "why\n"


def test_one_who_waits_no_longer_gives_the_run_up(tmp_path: Path) -> None:
    def said() -> str:
        return (tmp_path / "log").read_text()

    began = time.monotonic()
    with pytest.raises(ServerError, match="was given up"):
        launch(["sh", "-c", "echo $$; exec sleep 60"], REQUEST, tmp_path / "log", watch=lambda _: not said())
    assert time.monotonic() - began < 10
    until(lambda: gone(int(said())))


def test_status_has_every_field_that_scripts_rely_on(cli: Cli, hosted: Hosted, saved_run: Run) -> None:
    hosted.tell(progress(10))
    until(lambda: hosted.host.state.step == 10)
    status = cli("control", saved_run.name, "status", "--json").lines[0]
    names = (
        "run state step total_steps done seconds seconds_left train_loss val_loss learning_rate chars_per_second "
        "device pid clients"
    )
    assert status.keys() >= {*names.split()}
    assert (status["step"], status["state"], status["clients"]) == (10, "training", 0)


def test_a_change_is_acknowledged_once_it_is_made(cli: Cli, hosted: Hosted, saved_run: Run) -> None:
    hosted.tell(Changed(step=0, field="learning_rate", old=0.1, new=0.001))  # somebody else's, before
    command = [sys.executable, "-m", "charplay", "control", saved_run.name, "set", "learning_rate=0.002", "--json"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        until(lambda: hosted.commands == [SetHyperparameter("learning_rate", "0.002")], 20)
        assert process.poll() is None
        hosted.tell(Changed(step=1, field="learning_rate", old=0.001, new=0.002))
        out, _ = process.communicate(timeout=20)
    assert json.loads(out)["ok"] is True
    assert process.returncode == 0


def test_the_list_says_where_a_run_trains(cli: Cli, hosted: Hosted, saved_run: Run) -> None:
    assert hosted.path.exists()
    assert "training, detached" in cli("runs").out
    (listed,) = [line for line in cli("runs", "--json").lines if line["name"] == saved_run.name]
    assert listed["place"] == "detached"


def test_without_a_run_there_is_nothing_to_attach_to(cli: Cli, saved_run: Run) -> None:
    done = cli("attach")
    assert (done.code, "no run trains on its own" in done.err) == (1, True)
    done = cli("attach", saved_run.name)
    assert (done.code, f"nobody trains run {saved_run.name} now" in done.err) == (1, True)


def test_the_newest_run_that_trains_on_its_own_is_attached_to(
    cli: Cli, hosted: Hosted, saved_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    attached: list[TrainerClient] = []

    def play(_home: object, _path: object, attach: Callable[[TrainerClient], TrainerClient]) -> int:
        attached.append(attach(SpokenTrainer()))
        return 0

    monkeypatch.setattr("charplay.cli.play.play", play)
    assert cli("attach").code == 0
    assert attached[0].outlives
    assert saved_run.owner is not None
    assert hosted.host.state.run == "r-1"


OPENED = """
import sys
from charplay.cli import play
def opened(home, path, attach):
    assert attach(None).outlives
    print(*{name.partition(".")[0] for name in sys.modules})
    return 0
play.play = opened
from charplay.cli.main import run
sys.exit(run(sys.argv[1:]))
"""
"""What `charplay attach` has loaded when the screen opens, the run's process reached."""


@pytest.mark.parametrize("words", [[], ["{}"], ["{}", "--watch"]])
def test_nothing_that_the_screen_does_not_begin_with_is_loaded_to_attach(
    hosted: Hosted, saved_run: Run, home: Home, words: list[str]
) -> None:
    assert hosted.path.exists()
    asked = [word.format(saved_run.name) for word in words]
    program = [sys.executable, "-c", OPENED, "--home", str(home.root), "attach", *asked]
    done = subprocess.run(program, capture_output=True, text=True, timeout=60, check=True)
    assert "charplay" in done.stdout.split()
    assert not {"typer", "pydantic", "numpy", "torch"} & set(done.stdout.split())


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["halt"], "there is no command 'halt'; the nearest is"),
        (["pause", "x=1"], "pause takes no value"),
        (["set"], "set needs FIELD=VALUE"),
        (["set", "learning_rate"], "set needs FIELD=VALUE"),
    ],
)
def test_what_is_no_command_is_wrong_usage(cli: Cli, saved_run: Run, words: list[str], sentence: str) -> None:
    done = cli("control", saved_run.name, *words)
    assert (done.code, sentence in done.err) == (2, True)


@pytest.mark.parametrize(
    ("signature", "sentence"),
    [
        ({"host": "elsewhere"}, "is trained on elsewhere; `ssh -t elsewhere charplay attach"),
        ({"host": "node7", "job": "42"}, "`srun --overlap --jobid=42 --pty charplay attach"),
        ({}, "is trained on a terminal (pid 7"),
        ({"socket": "/nowhere/x.sock"}, "nobody can be reached at /nowhere/x.sock (No such file or directory)"),
    ],
)
def test_a_run_that_is_not_reached_from_here_says_what_gets_there(
    cli: Cli, saved_run: Run, signature: dict[str, str], sentence: str
) -> None:
    import socket

    with saved_run.lock():
        owner = {"pid": 7, "host": socket.gethostname(), "since": "today"} | signature
        (saved_run.folder / "lock").write_text(json.dumps(owner))
        done = cli("control", saved_run.name, "status")
    assert (done.code, sentence in done.err) == (1, True)


@pytest.mark.parametrize(
    ("scope", "files", "kills"),
    [
        ("session-3.scope", {"etc/systemd/logind.conf": "[Login]\nKillUserProcesses=yes\nKillExcludeUsers=\n"}, True),
        ("user@0.service", {"etc/systemd/logind.conf": "[Login]\nKillUserProcesses=yes\nKillExcludeUsers=\n"}, False),
        ("session-3.scope", {"etc/systemd/logind.conf": "[Login]\n#KillUserProcesses=yes\n"}, False),
        ("session-3.scope", {}, False),
        (
            "session-3.scope",
            {
                "usr/lib/systemd/logind.conf": "[Login]\nKillUserProcesses=yes\nKillExcludeUsers=\n",
                "etc/systemd/logind.conf.d/x.conf": "[Login]\nKillUserProcesses=no\n",
            },
            False,
        ),
    ],
)
def test_a_logind_that_kills_what_is_left_behind_is_known(
    tmp_path: Path, scope: str, files: dict[str, str], kills: bool
) -> None:
    for name, text in (files | {"proc/self/cgroup": f"0::/user.slice/user-0.slice/{scope}\n"}).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert kills_at_logout(tmp_path) is kills
