"""`train` with a scripted trainer: what it is asked, what is told, and how it is left."""

import errno
import math
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from signal import Signals
from types import SimpleNamespace
from typing import Any

import pytest
from tiny_model import TEXT

from charplay.cli.main import run
from charplay.cli.output import print_table
from charplay.cli.reporting import LineReporter, ProgressReporter
from charplay.corpora.corpus import Corpus
from charplay.protocol import events
from charplay.protocol.commands import Stop
from charplay.protocol.events import Event, Progress, Started, Stopped
from charplay.protocol.queues import CommandQueue
from charplay.recipes.recipe import Recipe
from charplay.runs.home import Home
from charplay.runs.run import Run

STARTED = events.Started(
    run="pangram-lstm-1x8-01", folder="/f", recipe={"validation_fraction": 0.1, "epochs": None}, parameters=1204,
    corpus="pangram", characters=1800, vocabulary_size=28, unigram_entropy=3.2, total_steps=100, device="cpu, 1 thread",
    notes=("streams shrink to fit",),
)  # fmt: skip
FINISHED = events.Finished(
    run="pangram-lstm-1x8-01", checkpoint="/f/best.safetensors", train_loss=1.5, val_loss=2.0, val_loss_cold=2.1,
    steps=100, step=100, seconds=72.0,
)  # fmt: skip


def progress(step: int, **row: Any) -> Progress:
    rows = (events.Row(step=step, epoch=step / 10, seconds=step / 2, **row),)
    return events.Progress(
        step=step, seconds=step / 2, rows=rows, epoch=step / 10, total_steps=100, done=step / 100,
        chars_per_second=41_000.0, seconds_left=72.0,
    )  # fmt: skip


STORY = [
    events.Preparing(phase="importing torch"),
    STARTED,
    progress(10, train_loss=2.5, epoch_loss=2.6),
    events.Evaluated(step=20, seconds=10.0, epoch=2.0, val_loss=2.25, val_accuracy=0.31, best=True),
    events.Warned(step=20, message="the network memorises"),
    events.Sampled(step=20, epoch=2.0, temperature=0.8, prompt="the ", text="quick\n\x1b[31m"),
    FINISHED,
]


@pytest.fixture
def trainer(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A trainer that tells `trainer.story`, where a function is called for what it does; it keeps its request."""
    script = SimpleNamespace(story=STORY, request=None, inbox=None)

    def open_training(request: pytest.FixtureRequest, inbox: CommandQueue, _ranks: object) -> Iterator[Event]:
        script.request, script.inbox = request, inbox
        for part in script.story:
            if not callable(part):
                yield part
            elif (event := part()) is not None:
                yield event

    monkeypatch.setitem(sys.modules, "charplay.training.run_training", SimpleNamespace(open_training=open_training))
    return script


def stopped_if_asked(trainer: SimpleNamespace) -> Callable[..., Stopped | None]:
    def check() -> Stopped | None:
        reasons = [command.reason for command in trainer.inbox.take() if isinstance(command, Stop)]
        return events.Stopped(reason=reasons[0], run="pangram-lstm-1x8-01", step=20) if reasons else None

    return check


# What is asked


def test_layers_are_laid_in_their_order(
    cli: Callable[..., SimpleNamespace], trainer: SimpleNamespace, text_file: Path
) -> None:
    arguments = ("train", "--preset", "tiny", "--corpus", text_file, "--set", "seed=3", "--set", "hidden_size=16")
    assert cli(*arguments, "--seed", 5, "--epochs", 2, "--device", "cpu", "--name", "mine").code == 0
    request = trainer.request
    recipe = request.recipe
    assert (recipe["seed"], recipe["hidden_size"], recipe["device"]) == (5, 16, "cpu")
    assert (recipe["epochs"], recipe["steps"], recipe["minutes"]) == (2.0, None, None)
    assert (request.name, request.resume, request.added) == ("mine", None, False)


def test_a_path_is_kept_whole_so_that_the_run_can_be_resumed_from_anywhere(
    cli: Callable[..., SimpleNamespace], trainer: SimpleNamespace, text_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(text_file.parent)
    cli("train", "--corpus", text_file.name)
    assert trainer.request.recipe["corpus"] == str(text_file)


def test_without_a_text_it_is_said_which_one_is_taken(
    cli: Callable[..., SimpleNamespace], trainer: SimpleNamespace
) -> None:
    result = cli("train")
    assert trainer.request.recipe["corpus"] == "python-manual"
    assert "Python manual" in result.err
    assert "charplay corpora fetch tiny-shakespeare" in result.err


def test_where_the_usual_text_is_there_no_fetching_is_proposed(
    cli: Callable[..., SimpleNamespace], trainer: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("charplay.corpora.library.DEFAULT", "python-manual")
    result = cli("train")
    assert "Python manual" in result.err
    assert "fetch" not in result.err


def test_resume_lays_a_new_budget_over_the_runs_recipe(
    cli: Callable[..., SimpleNamespace], trainer: SimpleNamespace, saved_run: Run
) -> None:
    assert cli("train", "--resume", saved_run.name, "--steps", "50").code == 0
    asked = saved_run.asked.model_dump()
    assert trainer.request.recipe == asked | {"steps": 50, "minutes": None}
    assert (trainer.request.resume, trainer.request.added) == (str(saved_run.folder), False)


def test_resume_may_repeat_what_the_run_has_and_add_to_it(
    cli: Callable[..., SimpleNamespace], trainer: SimpleNamespace, saved_run: Run
) -> None:
    settings = ("--set", "hidden_size=8", "--set", "learning_rate=0.5")
    assert cli("train", "--resume", saved_run.folder, *settings, "--steps", "+50").code == 0
    assert trainer.request.added
    assert (trainer.request.recipe["steps"], trainer.request.recipe["learning_rate"]) == (50, 0.5)


def test_resume_refuses_what_may_not_change(
    cli: Callable[..., SimpleNamespace], trainer: SimpleNamespace, saved_run: Run
) -> None:
    result = cli("train", "--resume", saved_run.name, "--set", "hidden_size=9", "--set", "cell=gru")
    assert result.code == 2
    assert len(result.err.splitlines()) == 2
    assert trainer.request is None


def test_a_wrong_value_is_told_with_the_preset_that_it_stands_in(
    cli: Callable[..., SimpleNamespace], trainer: SimpleNamespace, home: Home, saved_run: Run
) -> None:
    (home.presets / "bad.toml").write_text('batch_size = "many"\n')
    for new_or_old in ((), ("--resume", saved_run.name)):
        assert "not 'many' (preset bad)" in cli("train", *new_or_old, "--preset", "bad").err


def test_the_preset_lies_below_the_run_and_a_later_budget_replaces_an_earlier_one(
    cli: Callable[..., SimpleNamespace], trainer: SimpleNamespace, saved_run: Run
) -> None:
    asked = saved_run.asked.model_dump()
    assert cli("train", "--resume", saved_run.name, "--preset", "quick", "--set", "hidden_size=8").code == 0
    assert (trainer.request.recipe, trainer.request.live) == (asked, {})
    assert cli("train", "--resume", saved_run.name, "--set", "steps=40", "--minutes", "2").code == 0
    assert (trainer.request.recipe["steps"], trainer.request.recipe["minutes"]) == (None, 2)


def test_a_live_value_that_is_named_counts_whatever_it_is_by_now(
    cli: Callable[..., SimpleNamespace], trainer: SimpleNamespace, saved_run: Run
) -> None:
    rate = saved_run.asked.learning_rate
    assert (
        cli("train", "--resume", saved_run.name, "--set", "learning_rate=0.01", "--set", "weight_decay=0.2").code == 0
    )
    assert trainer.request.live == {"learning_rate": 0.01, "weight_decay": 0.2}
    assert cli("train", "--resume", saved_run.name, "--set", f"learning_rate={rate}").code == 0
    assert trainer.request.live == ({} if rate == "auto" else {"learning_rate": rate})
    assert trainer.request.recipe == saved_run.asked.model_dump()


def test_a_checkpoint_is_not_taken_up(
    cli: Callable[..., SimpleNamespace], trainer: SimpleNamespace, saved_run: Run
) -> None:
    result = cli("train", "--resume", saved_run.latest)
    assert (result.code, "is a checkpoint to play and to start from, not a run" in result.err) == (1, True)


def test_resume_may_name_another_device(
    cli: Callable[..., SimpleNamespace], trainer: SimpleNamespace, saved_run: Run
) -> None:
    assert cli("train", "--resume", saved_run.name, "--device", "cpu", "--set", "threads=2").code == 0
    assert trainer.request.recipe == saved_run.asked.model_dump() | {"device": "cpu", "threads": 2}


def test_a_finished_run_goes_on_only_with_more_budget(
    cli: Callable[..., SimpleNamespace], trainer: SimpleNamespace, saved_run: Run
) -> None:
    saved_run.finish({"step": 7})
    for option in (("--set", "output_dropout=0.9"), ("--device", "cpu")):
        result = cli("train", "--resume", saved_run.name, *option)
        assert (result.code, "--steps +" in result.err) == (2, True)
        assert trainer.request is None
    assert cli("train", "--resume", saved_run.name).code == 0
    assert cli("train", "--resume", saved_run.name, "--set", "output_dropout=0.9", "--steps", "+5").code == 0
    assert cli("train", "--resume", saved_run.name, "--set", "output_dropout=0.9", "--minutes", "5").code == 0


def test_a_run_may_start_from_another_runs_weights(
    cli: Callable[..., SimpleNamespace], trainer: SimpleNamespace, saved_run: Run
) -> None:
    assert cli("train", "--from", saved_run.name).code == 0
    assert trainer.request.source == str(saved_run.latest)
    assert cli("train").code == 0
    assert trainer.request.source is None
    assert cli("train", "--from", "nosuch").code == 1


@pytest.mark.parametrize("option", [("--from", "demo"), ("--plan",), ("--name", "x")])
def test_what_is_for_a_new_run_does_not_go_with_resume(
    cli: Callable[..., SimpleNamespace], trainer: SimpleNamespace, saved_run: Run, option: Any
) -> None:
    result = cli("train", "--resume", saved_run.name, *option)
    assert (result.code, option[0] in result.err) == (2, True)


def test_a_plan_is_told_and_nothing_is_trained(
    cli: Callable[..., SimpleNamespace], trainer: SimpleNamespace, text_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @dataclass
    class Proposal:
        recipe: Recipe
        seconds: float = 72.0
        chars_per_second: float = 41_000.0
        characters: int = 2_000_000
        epochs: float = 4.5
        parameters: int = 1204
        memory_bytes: int = 5_000_000
        expected_loss: float | None = 1.5
        notes: tuple[str, ...] = ("a remark",)

    def plan(recipe: Recipe, corpus: Corpus, minutes: float) -> Any:
        assert (len(corpus), minutes, recipe.hidden_size) == (len(TEXT), 1.2, "auto")
        return Proposal(recipe.model_copy(update={"hidden_size": 192, "num_layers": 1}))

    monkeypatch.setitem(sys.modules, "charplay.training.planning", SimpleNamespace(plan=plan))
    result = cli("train", "--corpus", text_file, "--minutes", "1.2", "--plan")
    assert (result.code, result.err) == (0, "a remark\n")
    said = ("lstm 1x192", "1,204 parameters", "1:12", "1.500 nats", "41,000 characters a second", "hidden_size")
    assert all(part in result.out for part in said)
    (line,) = cli("train", "--corpus", text_file, "--minutes", "1.2", "--plan", "--json").lines
    assert (line["expected_loss"], line["recipe"]["hidden_size"]) == (1.5, 192)
    assert cli("train", "--corpus", text_file, "--steps", "3", "--plan").code == 2
    assert trainer.request is None


# What is told


def test_json_is_one_public_event_a_line(cli: Callable[..., SimpleNamespace], trainer: SimpleNamespace) -> None:
    result = cli("train", "--json")
    kinds = [line["event"] for line in result.lines]
    assert kinds == ["started", "progress", "evaluated", "warning", "sampled", "finished"]
    assert all({"step", "seconds"} <= set(line) for line in result.lines)
    assert result.lines[-1]["checkpoint"] == "/f/best.safetensors"
    assert result.code == 0


def test_json_knows_no_nan(cli: Callable[..., SimpleNamespace], trainer: SimpleNamespace) -> None:
    trainer.story = [STARTED, progress(10, train_loss=float("nan"), grad_norm=float("inf")), FINISHED]
    line = cli("train", "--json").lines[1]
    assert (line["train_loss"], line["grad_norm"]) == (None, None)


def test_a_pipe_gets_plain_lines_and_remarks_go_to_stderr(
    cli: Callable[..., SimpleNamespace], trainer: SimpleNamespace
) -> None:
    result = cli("train", "--corpus", "python-manual")
    assert "\r" not in result.out
    lines = result.out.splitlines()
    assert "1,204 parameters" in lines[0]
    assert "held-out 2.250 nats, 3.246 bits, 31.0% right  best" in lines[1]
    assert lines[-3] == "finished: 100 steps in 1:12, train 1.500 nats, held-out 2.000 nats, 2.885 bits (cold 2.100)"
    assert lines[-2:] == ["/f/best.safetensors", "`charplay sample pangram-lstm-1x8-01` writes from it"]
    assert result.err.splitlines() == ["streams shrink to fit", "the network memorises"]


def test_epochs_are_told_where_they_were_asked_for(
    cli: Callable[..., SimpleNamespace], trainer: SimpleNamespace
) -> None:
    trainer.story = [events.Started(**asdict(STARTED) | {"recipe": {"epochs": 20.0}}), *STORY[2:]]
    assert "epoch 1/20 loss 2.600" in cli("train").out


@pytest.mark.parametrize(
    ("saves", "said"),
    [
        ([], "goes on from step 0, the last that was saved"),
        ([10], "goes on from step 10, the last that was saved"),
        ([10, 20], "goes on from there"),
    ],
)
def test_a_stop_says_where_the_run_goes_on_from(
    cli: Callable[..., SimpleNamespace], trainer: SimpleNamespace, saves: list[int], said: str
) -> None:
    saved = [events.Saved(step=step, path="/f", best=False) for step in saves]
    trainer.story = [STARTED, *saved, events.Stopped(step=20, reason="interrupted", run="mine")]
    assert cli("train").out.splitlines()[-1] == (
        f"stopped at step 20 (interrupted); `charplay train --resume mine` {said}"
    )


def test_a_run_that_was_taken_up_and_left_at_once_is_saved_already(
    cli: Callable[..., SimpleNamespace], trainer: SimpleNamespace
) -> None:
    started = events.Started(**asdict(STARTED) | {"resumed": True, "step": 20})
    trainer.story = [started, events.Stopped(step=20, reason="interrupted", run="mine")]
    assert "goes on from there" in cli("train").out


def test_losses_that_ran_away_stay_short(cli: Callable[..., SimpleNamespace], trainer: SimpleNamespace) -> None:
    evaluated = [events.Evaluated(epoch=2.0, val_loss=loss, val_accuracy=0.1, best=False) for loss in (1e30, math.nan)]
    trainer.story = [STARTED, *evaluated, FINISHED]
    lines = cli("train").out.splitlines()[1:3]
    assert ["1e+30 nats, 1.44e+30 bits" in lines[0], "held-out no number, 10.0% right" in lines[1]] == [True, True]


@pytest.mark.parametrize("json", [(), ("--json",)])
def test_a_failure_is_a_sentence_and_its_cause_is_in_the_log(
    cli: Callable[..., SimpleNamespace], trainer: SimpleNamespace, home: Home, json: Any
) -> None:
    trainer.story = [STARTED, events.Failed(message="The disk is full; make room.", cause="Tracebag", saved_step=1200)]
    result = cli("train", *json)
    assert result.code == 1
    assert result.err.splitlines()[-1] == "charplay: The disk is full; make room. The run is saved up to step 1,200."
    assert "Tracebag" in (home.log / "charplay.log").read_text()


def test_where_a_failure_ends_without_a_full_stop_it_gets_one_before_the_next_sentence(
    cli: Callable[..., SimpleNamespace], trainer: SimpleNamespace
) -> None:
    trainer.story = [STARTED, events.Failed(message="leave dropout out", saved_step=200)]
    assert cli("train").err.endswith("charplay: leave dropout out. The run is saved up to step 200.\n")
    trainer.story = [events.Failed(message="there is no device cuda:9 here; there is: cpu")]
    assert cli("train").err.endswith("there is: cpu\n")


@pytest.mark.parametrize(("reason", "hint"), [(events.BAD_NUMBERS, "learning_rate"), (events.NO_MEMORY, "batch_size")])
@pytest.mark.fault("25", "27")
def test_where_the_trainer_holds_still_by_itself_it_is_told_to_save_and_leave(
    cli: Callable[..., SimpleNamespace], trainer: SimpleNamespace, reason: str, hint: str
) -> None:
    bad = events.Paused(step=20, reason=reason)
    trainer.story = [STARTED, bad, stopped_if_asked(trainer)]
    result = cli("train", "--json")
    assert result.code == 1
    assert [line["event"] for line in result.lines] == ["started", "paused", "stopped"]
    assert result.lines[-1]["reason"] == reason
    assert hint in result.err.splitlines()[-1]


def test_a_trainer_that_says_nothing_has_failed(cli: Callable[..., SimpleNamespace], trainer: SimpleNamespace) -> None:
    trainer.story = []
    assert cli("train").code == 1


# How it is left


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)], ids=str
)
def test_a_signal_asks_to_save_and_leaves_with_its_code(
    cli: Callable[..., SimpleNamespace], trainer: SimpleNamespace, number: Signals, code: int
) -> None:
    before = signal.getsignal(number)
    told_before = [STARTED, progress(10, train_loss=2.0)]
    trainer.story = [*told_before, lambda: os.kill(os.getpid(), number), stopped_if_asked(trainer)]
    result = cli("train", "--json")
    assert result.code == code
    assert [line["event"] for line in result.lines][2:] == ["stopped"]
    # An interrupt more, on the way out, ends the process instead of raising in the middle of that.
    assert signal.getsignal(number) == (signal.SIG_DFL if number == signal.SIGINT else before)


def test_a_second_interrupt_forces(cli: Callable[..., SimpleNamespace], trainer: SimpleNamespace) -> None:
    interrupt = lambda: os.kill(os.getpid(), signal.SIGINT)  # noqa: E731
    trainer.story = [STARTED, interrupt, interrupt, lambda: pytest.fail("went on")]
    assert cli("train").code == 130


def test_a_second_hang_up_does_not(cli: Callable[..., SimpleNamespace], trainer: SimpleNamespace) -> None:
    hang_up = lambda: os.kill(os.getpid(), signal.SIGHUP)  # noqa: E731
    trainer.story = [STARTED, hang_up, hang_up, stopped_if_asked(trainer)]
    assert cli("train").code == 129


def test_a_hang_up_ignored_at_the_start_stays_ignored(
    cli: Callable[..., SimpleNamespace], trainer: SimpleNamespace
) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        hang_up = lambda: os.kill(os.getpid(), signal.SIGHUP)  # noqa: E731
        trainer.story = [STARTED, hang_up, stopped_if_asked(trainer), FINISHED]
        assert cli("train").code == 0
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_signal_after_the_budget_is_spent_changes_nothing(
    cli: Callable[..., SimpleNamespace], trainer: SimpleNamespace
) -> None:
    trainer.story = [STARTED, lambda: os.kill(os.getpid(), signal.SIGTERM), FINISHED]
    assert cli("train").code == 0


def test_output_that_nobody_reads_any_more_saves_and_leaves(
    cli: Callable[..., SimpleNamespace], trainer: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_self: LineReporter, event: Started) -> None:
        raise BrokenPipeError

    monkeypatch.setattr("charplay.cli.reporting.LineReporter.report", broken)
    monkeypatch.setattr("charplay.cli.train.redirect_to_devnull", lambda stream: None)
    asked = []
    trainer.story = [STARTED, lambda: asked.extend(trainer.inbox.take()), events.Stopped(reason="output closed")]
    assert cli("train").code == 1
    assert asked == [Stop("output closed")]


def test_a_full_disk_behind_the_output_is_a_sentence(
    cli: Callable[..., SimpleNamespace], trainer: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_self: LineReporter, event: Started) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("charplay.cli.reporting.LineReporter.report", full)
    monkeypatch.setattr("charplay.cli.train.redirect_to_devnull", lambda stream: None)
    trainer.story = [STARTED, stopped_if_asked(trainer)]
    result = cli("train", "--corpus", "python-manual")
    assert (result.code, len(result.err.splitlines())) == (1, 1)
    assert "No space left" in result.err


# The moving line


class Screen:
    """Stands for stdout: a terminal."""

    encoding = "utf-8"

    def __init__(self) -> None:
        self.written = ""

    def write(self, text: str) -> None:
        self.written += text

    def flush(self) -> None:
        """Nothing is held back."""

    def isatty(self) -> bool:
        return True


def test_the_moving_line_stays_beneath_the_permanent_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    monkeypatch.setattr("sys.stdout", screen)
    monkeypatch.setattr("charplay.cli.reporting.REDRAW_SECONDS", 0.0)
    line = ProgressReporter()
    for event in STORY:
        line.report(event)
    rows = [row.rpartition("\r\x1b[K")[2] for row in screen.written.split("\n")]
    assert rows[0].startswith("pangram-lstm-1x8-01 starts")
    assert "held-out 2.250" in rows[1]
    assert rows[-2] == "`charplay sample pangram-lstm-1x8-01` writes from it"
    assert rows[-1] == ""
    drawn = screen.written.split("\r\x1b[K")
    assert "importing torch" in drawn[1]
    assert any("10%" in one and "step 10/100" in one and "1:12 left" in one for one in drawn)
    assert "\x1b[31m" not in screen.written
    assert "━" in screen.written


@pytest.mark.parametrize("width", [60, 80, 120])
def test_where_the_line_is_short_the_bar_gives_way_not_the_numbers(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    screen = Screen()
    monkeypatch.setattr("sys.stdout", screen)
    monkeypatch.setattr("charplay.cli.reporting.REDRAW_SECONDS", 0.0)
    monkeypatch.setenv("COLUMNS", str(width))
    line = ProgressReporter()
    line.report(STARTED)
    line.report(progress(50, train_loss=2.125))
    drawn = screen.written.rpartition("\r\x1b[K")[2]
    assert len(drawn) < width
    assert (drawn.endswith("train 2.125") and "━" in drawn) or width == 60
    assert " 50%" in drawn


def test_one_step_is_one_step(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    monkeypatch.setattr("sys.stdout", screen)
    LineReporter().report(events.Finished(**asdict(FINISHED) | {"steps": 1}))
    assert "finished: 1 step in" in screen.written


@pytest.mark.parametrize("share", [None, 1.0, 0.25])
def test_the_end_says_where_only_a_part_of_the_held_out_text_was_read(
    monkeypatch: pytest.MonkeyPatch, share: float | None
) -> None:
    screen = Screen()
    monkeypatch.setattr("sys.stdout", screen)
    LineReporter().report(events.Finished(**asdict(FINISHED) | {"held_out_share": share}))
    said = "(cold 2.100), on the first 25.0% of the held-out text\n" in screen.written
    assert said == (share == 0.25)
    assert ("of the held-out text" in screen.written) == said


def test_a_terminal_that_is_not_unicode_gets_a_plain_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    screen.encoding = "latin-1"
    monkeypatch.setattr("sys.stdout", screen)
    line = ProgressReporter()
    line.report(STARTED)
    line.report(progress(50, train_loss=2.0))
    assert screen.written.isascii()


def test_a_lost_terminal_is_not_written_to(
    trainer: SimpleNamespace, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = Screen()
    monkeypatch.setattr("sys.stdout", screen)
    monkeypatch.setattr("charplay.cli.nonblocking_output.nonblocking_stdout", nullcontext)
    hang_up = lambda: os.kill(os.getpid(), signal.SIGHUP)  # noqa: E731
    length = []
    trainer.story = [STARTED, hang_up, lambda: length.append(len(screen.written)), stopped_if_asked(trainer)]
    assert run(["train"]) == 129
    assert [len(screen.written)] == length


def test_tables_show_controls_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    monkeypatch.setattr("sys.stdout", screen)
    print_table(("a", "b"), [("x\x1b[2J", "1"), (TEXT[:3], "20")])
    assert "\x1b" not in screen.written
    assert screen.written.splitlines()[1].endswith("   1")


# What cannot be


@pytest.mark.parametrize("name", ["../out", "demo", "", "taken"])
def test_a_name_that_cannot_be_is_wrong_usage(
    cli: Callable[..., SimpleNamespace], trainer: SimpleNamespace, home: Home, name: str
) -> None:
    (home.checkpoints / "taken").mkdir()
    result = cli("train", "--name", name)
    assert result.code == 2
    assert len(result.err.splitlines()) == 1
    assert trainer.request is None


@pytest.mark.parametrize(("misuse", "code"), [(True, 2), (False, 1)])
def test_what_was_asked_wrongly_leaves_with_another_code_than_what_went_wrong(
    cli: Callable[..., SimpleNamespace], trainer: SimpleNamespace, misuse: bool, code: int
) -> None:
    trainer.story = [events.Failed(message="there is no device cuda:9 here; there is: cpu", misuse=misuse)]
    assert cli("train", "--device", "cuda:9").code == code


def test_a_device_that_is_not_there_is_wrong_usage_to_the_real_trainer(
    cli: Callable[..., SimpleNamespace], text_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("charplay.training.device.list_devices", list)
    monkeypatch.setattr("charplay.training.device._cuda_devices_of_torch", list)
    result = cli("train", "--corpus", text_file, "--steps", 1, "--device", "cuda:9")
    assert (result.code, "no device cuda:9 here" in result.err) == (2, True)


def test_an_encoding_is_passed_on(
    cli: Callable[..., SimpleNamespace], trainer: SimpleNamespace, text_file: Path
) -> None:
    assert cli("train", "--corpus", text_file, "--encoding", "latin-1").code == 0
    assert trainer.request.encoding == "latin-1"
    cli("train", "--corpus", text_file)
    assert trainer.request.encoding is None


def test_a_changed_text_is_gone_on_with_only_when_asked(
    cli: Callable[..., SimpleNamespace], trainer: SimpleNamespace, saved_run: Run
) -> None:
    trainer.story = [events.Failed(message="It is another text.", saved_step=7, changed_text=True)]
    result = cli("train", "--resume", saved_run.name)
    assert result.code == 1
    assert result.err.strip().endswith("--changed-text lets it go on.")
    assert not trainer.request.changed_text
    cli("train", "--resume", saved_run.name, "--changed-text")
    assert trainer.request.changed_text
    assert cli("train", "--changed-text").code == 2


def test_what_a_person_reads_has_words_for_what_is_no_number(
    cli: Callable[..., SimpleNamespace], trainer: SimpleNamespace
) -> None:
    worthless = asdict(FINISHED) | {"val_loss": math.nan, "train_loss": math.inf, "val_loss_cold": math.nan}
    trainer.story = [
        STARTED,
        progress(10, train_loss=math.nan, grad_norm=math.inf, chars_per_second=math.nan),
        events.Evaluated(epoch=2.0, val_loss=math.inf, val_accuracy=math.nan, best=False),
        events.Changed(step=10, field="clip_norm", old=1.0, new=None),
        events.Finished(**worthless),
    ]
    told = cli("train").out
    assert not re.search(r"\b(nan|inf|None|null)\b", told)
    assert "clip_norm: 1 becomes none" in told
