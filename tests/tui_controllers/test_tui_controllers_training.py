"""Every command of training, and what is asked where a run cannot just go on."""

from collections.abc import Callable
from typing import Any

import pytest
from sitting import Sitting, keep_run
from spoken_trainer import RECIPE, progress, started

from charplay.playground.happenings import Detached
from charplay.protocol.commands import Pause, Resume, Save, SetHyperparameter, StepOnce, Stop, Undo
from charplay.protocol.events import Changed, Event, Failed, Paused, Preparing, Stopped
from charplay.protocol.request import TrainRequest
from charplay.tui.controllers.base import CommandTable
from charplay.tui.controllers.training import STOPPING, TrainingController
from charplay.tui.dialogs.choice import ChoiceDialog
from charplay.tui.dialogs.live_hyperparameters import LiveHyperparametersDialog

CHANGED = Changed(step=100, field="dropout", old=0.0, new=0.3)


@pytest.fixture
def run(table: Callable[..., CommandTable]) -> Callable[[str], None]:
    commands = table(TrainingController)
    return lambda name: commands.run(f"training.{name}")


@pytest.fixture
def commands(table: Callable[..., CommandTable]) -> CommandTable:
    return table(TrainingController)


@pytest.fixture
def training(sitting: Sitting) -> Sitting:
    sitting.playground.launcher.train()
    sitting.hear(started(recipe={**RECIPE.model_dump(), "learning_rate": 0.003}), progress(100))
    return sitting


def usable(commands: CommandTable) -> set[str]:
    return {each.method for each in commands if not commands.disabled(each.id)}


def answers(dialog: Any) -> list[str]:
    assert isinstance(dialog, ChoiceDialog)
    return [each.value for each in dialog._choices]


def test_what_can_be_done_follows_the_run(commands: CommandTable, sitting: Sitting) -> None:
    always = {"train", "queue", "leave"}
    assert usable(commands) == {*always, "take_up"}
    sitting.playground.launcher.train()
    assert usable(commands) == {*always, "pause", "stop"}
    sitting.hear(Preparing(phase="importing torch"), started(), progress(100))
    training = {*always, "pause", "stop", "save", "values"}
    assert usable(commands) == training
    sitting.hear(CHANGED)
    assert usable(commands) == {*training, "undo"}
    sitting.follower.following = False
    assert usable(commands) == {*training, "undo", "follow"}
    sitting.playground.runs.pause()
    assert usable(commands) == {*training, "undo", "follow", "step"}
    sitting.playground.runs.stop()
    assert usable(commands) == {*always, "values", "undo", "follow", "step"}


def test_stop_gives_a_download_up(commands: CommandTable, sitting: Sitting, run: Callable[[str], None]) -> None:
    sitting.corpora.choose("hare")
    run("train")
    assert sitting.corpora.download is not None
    assert "stop" in usable(commands)
    run("stop")
    assert sitting.corpora.download is None


@pytest.mark.parametrize("name", ["values", "pause", "step", "stop", "save", "undo", "follow"])
def test_without_a_run_a_key_says_what_starts_one(run: Callable[[str], None], ui: Any, name: str) -> None:
    run(name)
    assert ui.noted == [("Nothing trains; t starts a run.", True)]


@pytest.mark.parametrize(
    ("name", "why"),
    [("step", "Pause training first: p"), ("undo", "No live change can be taken back."),
     ("take_up", "A run is under way."), ("follow", "The live run writes already.")],
)  # fmt: skip
def test_with_a_run_a_key_that_cannot_be_used_says_why(
    training: Sitting, run: Callable[[str], None], ui: Any, name: str, why: str
) -> None:
    run(name)
    assert ui.noted == [(why, True)]
    assert not training.trainer.asked


def test_a_run_that_stops_is_not_steered(training: Sitting, run: Callable[[str], None], ui: Any) -> None:
    run("stop")
    run("stop")
    run("pause")
    assert training.trainer.asked == [Stop("asked")]
    assert ui.noted == [(STOPPING, True)] * 2


def test_a_run_that_has_not_begun_has_no_values_and_nothing_to_save(
    sitting: Sitting, run: Callable[[str], None], ui: Any
) -> None:
    run("train")
    run("values")
    run("save")
    assert ui.noted == [("The run has not begun yet.", True), ("There is nothing to save yet.", True)]


def test_the_run_is_steered(training: Sitting, run: Callable[[str], None], commands: CommandTable) -> None:
    assert commands.label("training.pause") == "pause"
    run("pause")
    assert commands.label("training.pause") == "go on"
    run("step")
    run("save")
    run("pause")
    assert commands.label("training.pause") == "pause"
    training.hear(CHANGED)
    run("undo")
    run("stop")
    assert training.trainer.asked == [Pause(), StepOnce(), Save(), Resume(), Undo(), Stop("asked")]


def test_the_next_run_is_started(sitting: Sitting, run: Callable[[str], None]) -> None:
    run("train")
    assert len(sitting.trainer.requests) == 1


def test_what_there_is_to_say_of_a_start_is_said_where_it_belongs(
    sitting: Sitting, run: Callable[[str], None], ui: Any
) -> None:
    sitting.corpora.choose("hare")
    run("train")
    assert ui.said == [("fetching the hare; training starts when it is here, esc cancels", False)]
    sitting.corpora.trouble = "It is empty."
    run("train")
    assert ui.noted == [("It is empty. <panes.corpus> chooses another text.", True)]


@pytest.mark.parametrize(("answer", "stopped"), [("train", True), ("", False), (None, False)])
def test_training_while_training_asks(
    training: Sitting, run: Callable[[str], None], ui: Any, answer: str | None, stopped: bool
) -> None:
    run("train")
    assert answers(ui.answer(answer)) == ["", "train"]
    assert training.trainer.asked == ([Stop("asked")] if stopped else [])
    training.trainer.alive = False
    training.hear()
    assert len(training.trainer.requests) == 1 + stopped


def test_where_nothing_can_be_taken_up_the_key_says_why(sitting: Sitting, run: Callable[[str], None], ui: Any) -> None:
    run("take_up")
    assert ui.noted == [("There is no unfinished run.", True)]


def test_the_live_run_writes_again(training: Sitting, run: Callable[[str], None]) -> None:
    training.follower.following = False
    run("follow")
    assert training.follower.following


def test_the_live_values_are_shown(training: Sitting, run: Callable[[str], None], ui: Any) -> None:
    run("values")
    ((dialog, _),) = ui.dialogs
    assert isinstance(dialog, LiveHyperparametersDialog)
    assert dialog.edits.set("clip_norm", "0.25") == ""
    assert training.trainer.asked == [SetHyperparameter("clip_norm", 0.25)]


def test_leaving_without_training_asks_nothing(run: Callable[[str], None], ui: Any) -> None:
    run("leave")
    assert ui.left == 1
    assert not ui.dialogs


@pytest.mark.parametrize(("answer", "left"), [("leave", 1), ("", 0), (None, 0)])
def test_leaving_while_training_asks(
    training: Sitting, run: Callable[[str], None], ui: Any, answer: str | None, left: int
) -> None:
    run("leave")
    assert answers(ui.answer(answer)) == ["leave", ""]
    assert ui.left == left
    run("leave")
    assert len(ui.dialogs) == 1, "it is asked again"


class Host:
    """Takes every run."""

    warning = ""

    def start(self, request: TrainRequest, *, paused: bool) -> int:
        assert request.resume
        assert not paused
        return 4121


def test_a_run_can_be_left_running(training: Sitting, run: Callable[[str], None], ui: Any) -> None:
    kept = keep_run(training.home, "r-1")
    training.hear(started(folder=str(kept.folder)))
    training.playground.detachment.host = Host()
    run("leave")
    assert answers(ui.answer("detach")) == ["leave", "detach", ""]
    assert ui.left == 0
    assert [type(command) for command in training.trainer.asked] == [Stop]
    training.trainer.alive = False
    training.hear(Stopped(step=100, reason="left", run="r-1"))
    training.until(lambda: training.playground.detachment.left)
    assert training.playground.detachment.left == Detached("r-1", 4121)


def test_where_the_system_would_end_it_that_is_said_first(
    training: Sitting, run: Callable[[str], None], ui: Any
) -> None:
    training.playground.detachment.host = Host()
    training.playground.detachment.host.warning = "This machine ends it."
    run("detach")
    assert training.trainer.asked == []
    assert answers(ui.answer("detach")) == ["", "detach"]
    assert [type(command) for command in training.trainer.asked] == [Stop]


def test_what_trains_elsewhere_is_left_at_once(training: Sitting, run: Callable[[str], None], ui: Any) -> None:
    training.trainer.outlives = True
    run("leave")
    assert answers(ui.answer("stop")) == ["leave", "stop", ""]
    assert [type(command) for command in training.trainer.asked] == [Stop]
    run("detach")
    assert ui.left == 2


def test_a_second_wish_to_leave_is_not_asked_about(training: Sitting, run: Callable[[str], None], ui: Any) -> None:
    run("leave")
    run("leave")
    assert ui.left == 1


@pytest.mark.parametrize(
    ("event", "answer", "asked"),
    [
        (
            Paused(step=100, reason="numbers went bad"),
            "lower-rate",
            [SetHyperparameter("learning_rate", 0.001), Resume()],
        ),
        (Paused(step=100, reason="out of memory"), "stop", [Stop("asked")]),
        (Paused(step=100, reason="out of memory"), None, []),
        (Failed(step=100, message="It broke.", saved_step=90), "", []),
    ],
)
def test_a_run_that_cannot_just_go_on_is_asked_about(
    training: Sitting, commands: CommandTable, ui: Any, event: Event, answer: str | None, asked: list[object]
) -> None:
    training.hear(event)
    commands.hear(event)
    assert "" in answers(ui.answer(answer))
    assert training.trainer.asked == asked


def test_what_cannot_be_recovered_says_why(training: Sitting, commands: CommandTable, ui: Any) -> None:
    failed = Failed(step=100, message="It broke.", saved_step=90)
    training.trainer.alive = False
    training.hear(failed)
    commands.hear(failed)
    ui.answer("resume")
    ((why, warning),) = ui.noted
    assert "r-1" in why
    assert warning


@pytest.mark.fault("23")
def test_after_a_lost_device_one_may_leave(training: Sitting, commands: CommandTable, ui: Any) -> None:
    lost = Failed(step=100, message="cuda:0 is lost", saved_step=90, lost_device=True)
    training.hear(lost)
    commands.hear(lost)
    assert answers(ui.answer("leave")) == ["", "leave", "move:cpu"]
    assert ui.left == 1


@pytest.mark.parametrize("happening", [Paused(step=100), progress(100), "something else"])
def test_what_is_as_it_should_be_asks_nothing(
    training: Sitting, commands: CommandTable, ui: Any, happening: object
) -> None:
    commands.hear(happening)
    assert not ui.dialogs
