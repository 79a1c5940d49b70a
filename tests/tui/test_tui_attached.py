"""A run of another process on the screen: shown whole, steered, written by, and left alone."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hosted import hosted_run
from played import Play
from scripted_trainer import ScriptedTrainer

from charplay.protocol.commands import Pause, PublishWeights, SetHyperparameter, Stop
from charplay.runs.home import Home
from charplay.server.remote_trainer import RemoteTrainer
from charplay.tui.dialogs.choice import ChoiceDialog


@pytest.fixture
def elsewhere(home: Home) -> ScriptedTrainer:
    return ScriptedTrainer(home)


@pytest.fixture
def path(elsewhere: ScriptedTrainer) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="cp", dir="/tmp"))
    with hosted_run(folder, elsewhere) as path:
        yield path
    shutil.rmtree(folder)


async def test_it_is_shown_steered_and_written_by(play: Play, path: Path, elsewhere: ScriptedTrainer) -> None:
    async with play(attach=lambda local: RemoteTrainer(path, local)) as it:
        runs = it.main.playground.runs
        await it.until(lambda: runs.state.status == "training")
        await it.until(lambda: "step 100/3,000" in it.seen())
        await it.until(lambda: "live, step 100" in it.seen())
        await it.press("p")
        await it.until(lambda: Pause() in elsewhere.commands and runs.state.status == "paused")
        elsewhere.put(elsewhere.progress(120))
        runs.set_hyperparameter("learning_rate", 0.001)
        await it.until(lambda: SetHyperparameter("learning_rate", 0.001) in elsewhere.commands)
        await it.press("q")
        assert isinstance(it.screen, ChoiceDialog)
        labels = ("leave it running", "save and stop it, and leave", "go on training")
        await it.until(lambda: all(label in it.seen() for label in labels))
        await it.press("q")
        await it.until(lambda: not it.app.screen_stack or not it.app.is_running)
    assert not [command for command in elsewhere.commands if isinstance(command, Stop)]


async def test_one_who_watches_cannot_change_it(play: Play, path: Path, elsewhere: ScriptedTrainer) -> None:
    async with play(attach=lambda local: RemoteTrainer(path, local, watch=True)) as it:
        await it.until(lambda: it.main.playground.runs.state.status == "training")
        await it.press("p")
        elsewhere.put(elsewhere.progress(200))
        await it.until(lambda: it.main.playground.runs.state.step == 200)
    assert [command for command in elsewhere.commands if not isinstance(command, PublishWeights)] == []
    assert elsewhere.commands == []
