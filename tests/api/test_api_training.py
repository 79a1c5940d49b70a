"""Training from Python: events as they come, or the end; and nothing is lost however it is left."""

import gc
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

import charplay
from charplay.cli.main import run
from charplay.protocol.commands import Command, Stop
from charplay.protocol.events import BAD_NUMBERS, Event, Failed, Finished, Paused, Started, Stopped
from charplay.protocol.queues import CommandQueue
from charplay.protocol.request import TrainRequest
from charplay.runs.checkpoint import read_header
from charplay.runs.home import Home
from charplay.runs.run import Run

ROOT = Path(charplay.__file__).parents[1]

SMALL = {
    "hidden_size": 8, "embedding_size": 4, "num_layers": 1, "sequence_length": 8, "batch_size": 4,
    "log_every": 1, "save_every": 1000, "device": "cpu", "threads": 1,
}  # fmt: skip


def train(corpus: str, **fields: object) -> charplay.Training:
    return charplay.train(corpus, name="mine", **(SMALL | fields))  # type: ignore[arg-type]


def test_events_come_one_by_one_and_the_end_is_the_result(pangram: str, home: Home) -> None:
    training = train(pangram, steps=6)
    assert training.run == ""
    events = list(training)
    kinds = [event.kind for event in events]
    assert kinds[0] == "preparing"
    assert {"started", "progress", "evaluated", "saved"} <= set(kinds)
    assert training.run == "mine"
    finished = training.result()
    assert events[-1] is finished
    assert (finished.run, finished.steps) == ("mine", 6)
    assert len(charplay.load("mine").sample("the ", 20).continuation) == 20
    assert charplay.load(finished.checkpoint).vocabulary == Run.open(home.checkpoints / "mine").vocabulary
    assert [summary.name for summary in charplay.list_runs()] == ["mine", "demo"]


def test_the_other_text_that_is_kept_for_a_test_is_found_from_any_folder(
    pangram: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "letter.txt").write_text("The lazy dog \u00ff")
    with pytest.raises(charplay.CharplayError, match="held_out_corpus: There is no text called 'leter'"):
        train(pangram, held_out_corpus="leter")
    training = train(pangram, steps=6, held_out_corpus="letter.txt", cleaning="lowercase")
    training.result()
    assert training.started is not None
    assert any("of which 1 (7.14%, 1 different) are outside" in note for note in training.started.notes)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    model = charplay.load("mine")
    assert model.score(part="test").nats == model.score("the lazy dog ").nats
    assert model.score(part="test").skipped == 1
    assert run(["runs", "show", "mine"]) == 0
    assert "kept for a test: letter, 14 characters" in capfd.readouterr().out


def test_a_loop_that_is_left_holds_and_goes_on(pangram: str) -> None:
    training = train(pangram, steps=6)
    for event in training:
        if isinstance(event, Started):
            break
    assert training.result().steps == 6


def test_stopped_and_resumed_is_as_if_it_had_never_stopped(pangram: str, home: Home) -> None:
    whole = charplay.train(pangram, name="whole", **SMALL, steps=12).result()  # type: ignore[arg-type]
    training = train(pangram, steps=12)
    for event in training:
        if event.step >= 4:
            training.stop()
    with pytest.raises(charplay.TrainingError, match=r"stopped at step \d+; charplay.resume\('mine'\) goes on"):
        training.result()
    resumed = charplay.resume("mine").result()
    assert (resumed.steps, resumed.val_loss, resumed.train_loss) == (12, whole.val_loss, whole.train_loss)
    assert charplay.resume("mine", steps="+3").result().steps == 15


def test_live_fields_change_and_are_recorded(pangram: str, home: Home) -> None:
    training = train(pangram, steps=20)
    for event in training:
        if isinstance(event, Started):
            training.change(learning_rate=1e-4)
    assert [row["field"] for row in Run.open(home.checkpoints / "mine").changes()] == ["learning_rate"]


def test_one_that_is_dropped_is_saved(pangram: str, home: Home) -> None:
    training = train(pangram, steps=100_000)
    while next(training).step < 3:
        pass
    del training
    gc.collect()
    run = Run.open(home.checkpoints / "mine")
    assert run.owner is None
    assert run.latest is not None
    assert read_header(run.latest).step >= 3


def test_one_that_the_program_leaves_is_saved(pangram: str, home: Home) -> None:
    program = textwrap.dedent(f"""
        import charplay
        training = charplay.train({pangram!r}, name="mine", steps=100_000, **{SMALL!r})
        while next(training).step < 3:
            pass
    """)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=100, check=False, cwd=ROOT
    )
    assert (done.returncode, done.stderr) == (0, "")
    run = Run.open(home.checkpoints / "mine")
    assert run.owner is None
    assert run.has_save


def told(*events: Event) -> "list[Command]":
    """Replace the trainer by one that tells these events; what it is asked is noted."""
    asked: list[Command] = []

    def open_training(_: TrainRequest, commands: CommandQueue) -> Iterator[Event]:
        for event in events:
            if isinstance(event, Stopped):
                signal.raise_signal(signal.SIGINT) if event.reason == "interrupted" else None
                asked.extend(commands.take())
            yield event

    pytest.MonkeyPatch().setattr("charplay.training.run_training.open_training", open_training)
    return asked


@pytest.fixture(autouse=True)
def _the_trainer_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    import charplay.training.run_training as door

    monkeypatch.setattr(door, "open_training", door.open_training)


STARTED = Started(
    run="mine", folder="/mine", recipe={}, parameters=1, corpus="pangram", characters=1, vocabulary_size=1,
    unigram_entropy=0.0, total_steps=1, device="cpu", notes=("a note",),
)  # fmt: skip


def test_ctrl_c_saves_and_then_interrupts(pangram: str) -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        asked = told(STARTED, Stopped(step=3, reason="interrupted", run="mine"))
        training = train(pangram, steps=6)
        assert [event.kind for _, event in zip(range(2), training, strict=False)] == ["started", "stopped"]
        assert asked == [Stop("interrupted")]
        with pytest.raises(KeyboardInterrupt):
            training.result()
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)


def test_bad_numbers_stop_it_with_a_sentence(pangram: str) -> None:
    asked = told(STARTED, Paused(step=3, reason=BAD_NUMBERS), Stopped(step=3, reason=BAD_NUMBERS, run="mine"))
    training = train(pangram, steps=6)
    with pytest.raises(charplay.TrainingError, match=r"numbers went bad.*resume the run with a smaller rate"):
        training.result()
    assert asked == [Stop(BAD_NUMBERS)]
    assert training.notes == ("a note",)


def test_a_failure_is_told_and_raised(pangram: str) -> None:
    told(STARTED, Failed(step=3, message="the disk is full", saved_step=2, cause="Traceback: all of it"))
    training = train(pangram, steps=6)
    assert [next(training).kind, next(training).kind] == ["started", "failed"]
    with pytest.raises(charplay.TrainingError, match=r"the disk is full\. The run is saved up to step 2.") as raised:
        next(training)
    assert raised.value.__notes__ == ["Traceback: all of it"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"hiden_size": 8}, "there is no field 'hiden_size'; the nearest is 'hidden_size'"),
        ({"steps": 0.5}, "steps"),
        ({"name": "demo"}, "cannot be a run's name"),
        ({"start_from": "dema"}, "did you mean demo"),
        ({"corpus": "pangrum"}, "did you mean 'pangram'"),
        ({"preset": "quik"}, "the nearest is quick"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_made(
    pangram: str, home: Home, arguments: dict[str, object], sentence: str
) -> None:
    with pytest.raises(charplay.CharplayError, match=sentence):
        charplay.train(**({"corpus": pangram} | arguments))  # type: ignore[arg-type]
    assert not list(home.checkpoints.iterdir())


def test_what_a_run_cannot_change_is_refused(pangram: str) -> None:
    train(pangram, steps=2).result()
    with pytest.raises(charplay.CharplayError, match="hidden_size is 8 in this run and cannot become 16"):
        charplay.resume("mine", hidden_size=16)
    with pytest.raises(charplay.CharplayError, match="did you mean mine"):
        charplay.resume("mime")
    assert isinstance(charplay.resume("mine").result(), Finished)


def test_a_text_too_short_fails_as_on_the_command_line(home: Home, tmp_path: Path) -> None:
    short = tmp_path / "short.txt"
    short.write_text("too short")
    with pytest.raises(charplay.TrainingError, match="characters that training needs"):
        charplay.train(short, **SMALL, steps=2).result()  # type: ignore[arg-type]
