"""What is pressed becomes runs, and what runs tell becomes sentences, whoever shows them."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from sitting import Sitting, keep_run
from spoken_trainer import progress, started

from charplay.playground.happenings import Said
from charplay.playground.run_curves import RunCurves
from charplay.playground.run_state import RunState
from charplay.playground.warm_start import WarmStart
from charplay.protocol.commands import PublishWeights, Resume, SetHyperparameter, Stop
from charplay.protocol.events import (
    NO_MEMORY,
    Changed,
    Failed,
    Finished,
    Paused,
    Progress,
    Published,
    Resumed,
    Row,
    Saved,
    Stopped,
    Warned,
)
from charplay.recipes.recipe import Recipe
from charplay.runs.home import Home
from charplay.sampling.errors import ModelError

FINISHED = Finished(step=100, run="kept-1", checkpoint="x", train_loss=1.2, val_loss=1.5, val_loss_cold=1.6, steps=100)


@dataclass
class Follower:
    """Keeps what it was told, in place of what hands weights to the instrument."""

    following: bool = False
    blocked_reason: str = ""
    wants: bool = False
    fault: Exception | None = None
    told: list[str] = field(default_factory=list)

    def follow(self, *, promised: bool = False) -> None:
        self.following = True
        self.told.append("follow, promised" if promised else "follow")

    def end(self, state: RunState) -> None:
        self.told.append(f"end {state.run}".rstrip())

    def play(self, path: Path, title: str) -> None:
        if self.fault:
            raise self.fault
        self.following = False
        self.told.append(f"play {title}")

    def take(self, event: Published, state: RunState) -> None:
        if self.fault:
            raise self.fault
        self.told.append(f"take {event.step}")

    def wants_weights(self) -> bool:
        return self.wants


@pytest.fixture
def follower() -> Follower:
    return Follower()


@pytest.fixture
def sitting(home: Home, follower: Follower) -> Sitting:
    """The next run is ready to be started; the runs were not listed."""
    made = Sitting(home)
    made.playground.next_run.begin(made.playground.preferences, made.library, None, made.now)
    made.quiet()
    made.playground.follower = follower  # type: ignore[assignment]
    return made


def begin(sitting: Sitting, run: str = "r-1") -> None:
    sitting.playground.launcher.train()
    sitting.hear(started(run=run), progress(100))


# The next run.


def test_the_next_run_is_started_with_what_is_chosen_and_writes(sitting: Sitting, follower: Follower) -> None:
    sitting.corpora.choose("fox", "koi8-r")
    sitting.quiet()
    sitting.draft.warm_start = WarmStart("demo", "/demo.safetensors", Recipe(), "abc")
    assert sitting.playground.launcher.train() is None
    (request,) = sitting.trainer.requests
    assert request.home == str(sitting.home.root)
    assert request.recipe == sitting.draft.asked.model_dump()
    assert (request.recipe["corpus"], request.encoding, request.source) == ("fox", "koi8-r", "/demo.safetensors")
    assert follower.told == ["end", "follow, promised"]


def test_nothing_is_started_before_there_is_a_choice(sitting: Sitting) -> None:
    sitting.corpora.chosen = None
    assert sitting.playground.launcher.train() is None
    sitting.corpora.choose("fox")
    sitting.playground.next_run.draft = None
    assert sitting.playground.launcher.train() is None
    assert not sitting.trainer.requests


def test_a_text_that_cannot_be_read_is_not_trained_on(sitting: Sitting) -> None:
    sitting.corpora.trouble = "fox.txt is empty."
    said = sitting.playground.launcher.train()
    assert said == Said("fox.txt is empty. <panes.corpus> chooses another text.", warning=True, passing=True)
    assert not sitting.trainer.requests


def test_a_recipe_that_cannot_be_is_not_trained_with(sitting: Sitting) -> None:
    sitting.draft.faults = ("layers must be fewer", "and more")
    assert sitting.playground.launcher.train() == Said("layers must be fewer", warning=True, passing=True)
    assert not sitting.trainer.requests


def test_a_text_that_is_not_here_is_fetched_first_one_at_a_time(
    sitting: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    sitting.corpora.choose("hare")
    said = sitting.playground.launcher.train()
    assert said == Said("fetching the hare; training starts when it is here, esc cancels")
    sitting.corpora.choose("hedgehog")
    said = sitting.playground.launcher.train()
    assert said == Said("the hare is fetched first; esc cancels that", warning=True, passing=True)
    sitting.corpora.cancel()
    monkeypatch.setattr(sitting.corpora, "fetch", lambda **_: False)
    assert sitting.playground.launcher.train() is None
    assert not sitting.trainer.requests


def test_a_text_that_was_fetched_to_be_trained_on_is_trained_on_when_it_is_here(sitting: Sitting) -> None:
    sitting.corpora.choose("hare")
    sitting.playground.launcher.train()
    sitting.library.arrive.set()
    sitting.quiet()
    (request,) = sitting.trainer.requests
    assert request.recipe["corpus"] == "hare"


# Runs that go on.


def test_a_run_is_resumed_extended_and_moved(sitting: Sitting) -> None:
    done, broken = keep_run(sitting.home, finished=True), keep_run(sitting.home, "kept-2")
    assert sitting.playground.launcher.resume("kept-1", "2 epochs") == ""
    sitting.trainer.alive = False
    sitting.hear(Failed(message="It broke."))
    assert sitting.playground.launcher.resume("kept-2", device="cuda:7") == ""
    more, moved = sitting.trainer.requests
    assert (more.resume, moved.resume) == (str(done.folder), str(broken.folder))
    assert (more.added, more.recipe["epochs"], more.recipe["steps"]) == (True, 2.0, None)
    assert (moved.added, moved.recipe["device"], moved.live) == (False, "cuda:7", {})


@pytest.mark.parametrize(
    ("name", "more", "why"),
    [("nobody", "", "nobody"), ("kept-1", "soon", "write a number"), ("kept-1", "0 minutes", "minutes must be")],
)
def test_what_cannot_go_on_is_answered(sitting: Sitting, name: str, more: str, why: str) -> None:
    keep_run(sitting.home)
    assert why in sitting.playground.launcher.resume(name, more)
    assert not sitting.trainer.requests


def test_the_newest_unfinished_run_is_taken_up(sitting: Sitting) -> None:
    launcher = sitting.playground.launcher
    assert launcher.take_up() == "There is no unfinished run."
    run = keep_run(sitting.home)
    with run.lock():
        assert launcher.take_up().startswith("kept-1 is in use by pid ")
    assert not sitting.trainer.requests
    assert launcher.take_up() == ""
    assert sitting.trainer.requests[0].resume == str(run.folder)


def test_an_unfinished_run_is_offered_once_beside_the_notes_of_the_text(sitting: Sitting) -> None:
    launcher, announcements = sitting.playground.launcher, sitting.playground.announcements
    announcements.notes = ("line ends are read as LF.",)
    said = launcher.offer(SimpleNamespace(name="kept-1", step=1500))  # type: ignore[arg-type]
    offer = "kept-1 is not finished: <training.take_up> continues it from step 1,500, <training.train> starts another"
    assert said == Said(f"{offer}. Line ends are read as LF")
    assert launcher.offer(SimpleNamespace(name="kept-2", step=1)) is None  # type: ignore[arg-type]
    assert announcements.say(()) == Said(offer)
    launcher.forget("kept")
    assert announcements.offer == offer
    launcher.forget("kept-1")
    assert announcements.offer == ""


def test_while_a_run_is_under_way_none_is_offered(sitting: Sitting) -> None:
    begin(sitting)
    assert sitting.playground.launcher.offer(SimpleNamespace(name="kept-1", step=1)) is None  # type: ignore[arg-type]
    assert sitting.playground.announcements.offer == ""


def test_a_run_that_was_deleted_leaves_the_chart(sitting: Sitting) -> None:
    keep_run(sitting.home)
    sitting.begin()
    sitting.playground.chart.overlay("kept-1", RunCurves())
    sitting.playground.run_list.delete("kept-1")
    sitting.advance()
    assert not sitting.playground.chart.markers


# What is said.


def test_a_start_says_its_notes_after_the_trouble_before_and_takes_the_offer_away(sitting: Sitting) -> None:
    announcements = sitting.playground.announcements
    announcements.trouble, announcements.offer = "alice could not be fetched; fox is read instead", "kept-1 waits"
    sitting.playground.launcher.train()
    notes = ("streams shrank to 4", "batch_size 8 is too much.", "crlf.txt: Line ends are read as LF.")
    trouble = "alice could not be fetched; fox is read instead"
    said = "Streams shrank to 4. batch_size 8 is too much. crlf.txt: Line ends are read as LF"
    assert sitting.hear(started(notes=notes)) == [Said(f"{trouble}. {said}", warning=True)]
    assert (announcements.trouble, announcements.offer) == ("", "")
    assert sitting.hear(started()) == [Said("")]


@pytest.mark.fault("50")
@pytest.mark.parametrize(
    ("saved", "said"),
    [
        (100, Said("r is saved. <training.take_up> continues it, <training.train> starts another")),
        (50, Said("r could not be saved: <training.take_up> continues it from step 50", warning=True)),
        (None, Said("r could not be saved: <training.take_up> continues it from step 0", warning=True)),
    ],
)
def test_a_stop_says_what_is_on_the_disk(sitting: Sitting, saved: int | None, said: Said) -> None:
    begin(sitting)
    if saved is not None:
        sitting.hear(Saved(step=saved, path="", best=False))
    assert sitting.hear(Stopped(step=100, reason="asked", run="r")) == [said]


def test_a_stop_before_the_first_step_says_nothing(sitting: Sitting, follower: Follower) -> None:
    sitting.playground.launcher.train()
    follower.told.clear()
    assert sitting.hear(Stopped(step=0, reason="asked")) == []
    assert not follower.told


def test_warnings_failures_and_undos_are_said(sitting: Sitting, caplog: pytest.LogCaptureFixture) -> None:
    begin(sitting)
    assert sitting.hear(Warned(message="It is slow.")) == [Said("It is slow.", warning=True)]
    undone = Changed(step=50, field="undo", old=100, new=50)
    assert sitting.hear(undone) == [
        Said("The last change is taken back: the values before it again, from step 50")
    ]  # nobody told of it
    assert sitting.hear(Failed(message="It \x1bbroke.", cause="why")) == [Said("It \x1bbroke.", warning=True)]
    assert "broke." in caplog.text
    assert "why" in caplog.text
    assert "\x1b" not in caplog.text


def test_an_undo_names_what_was_taken_back_and_to_what(sitting: Sitting) -> None:
    begin(sitting)
    changed = Changed(step=710, field="learning_rate", old=0.005, new=10.0)
    longer = Changed(step=800, field="sequence_length", old=64, new=128)
    sitting.hear(changed, Paused(step=720), longer)
    first, second = (Changed(step=step, field="undo", old=900, new=step) for step in (800, 710))
    back = [replace(each, old=each.new, new=each.old) for each in (longer, changed)]
    assert sitting.hear(first, back[0]) == [Said("Length 128 taken back: 64 again, from step 800; paused")]
    assert sitting.hear(second, back[1]) == [Said("Learning rate 10 taken back: 0.005 again, from step 710; paused")]
    sitting.hear(Resumed(step=710), changed)
    assert sitting.hear(second, back[1]) == [Said("Learning rate 10 taken back: 0.005 again, from step 710")]


def test_after_an_undo_the_readings_are_those_from_before(sitting: Sitting) -> None:
    begin(sitting)
    state = sitting.playground.runs.state

    def at(step: int, loss: float) -> Progress:
        rows = (Row(step=step, epoch=step / 100, seconds=step / 10, train_loss=loss, val_loss=loss + 1,
                    train_accuracy=0.5, val_accuracy=0.4, learning_rate=loss / 100),)  # fmt: skip
        return Progress(step=step, rows=rows, epoch=step / 100, total_steps=1000, done=step / 1000,
                        chars_per_second=1e4, seconds_left=9.0)  # fmt: skip

    sitting.hear(at(700, 2.0), Changed(step=710, field="learning_rate", old=0.005, new=10.0), at(800, 34.0))
    assert (state.val_loss, state.train_loss, state.learning_rate) == (35.0, 34.0, 0.34)
    sitting.hear(Changed(step=710, field="undo", old=800, new=710))
    assert (state.val_loss, state.train_loss, state.learning_rate) == (3.0, 2.0, 0.02)
    assert (state.train_accuracy, state.val_accuracy, state.step) == (0.5, 0.4, 710)


def test_a_save_that_was_asked_for_is_said_and_no_other(sitting: Sitting) -> None:
    begin(sitting)
    saved = Saved(step=90, path="latest.safetensors", best=False)
    assert sitting.hear(saved) == []
    sitting.playground.runs.save()
    assert sitting.hear(saved) == [Said("Step 90 is saved.", passing=True)]
    assert sitting.hear(saved) == []


# What writes.


def test_the_best_of_a_finished_run_writes_where_it_was_followed(sitting: Sitting, follower: Follower) -> None:
    keep_run(sitting.home)
    done = Said("kept-1 is finished. Train it longer: <panes.runs>, then <runs.resume>. New run: <training.train>")
    begin(sitting, "kept-1")
    assert sitting.hear(FINISHED) == [done]
    assert follower.told[-1] == "play kept-1"
    follower.told.clear()
    assert sitting.hear(FINISHED) == [done]
    assert not follower.told, "another one writes"
    (said,) = sitting.hear(replace(FINISHED, held_out_share=0.125))
    assert said == done._replace(
        sentence=done.sentence.replace("finished", "finished, measured on the first 12.5% of the held-out text")
    )


def test_a_checkpoint_that_cannot_write_says_why(sitting: Sitting, follower: Follower) -> None:
    assert "nobody" in sitting.playground.listener.play("nobody")
    keep_run(sitting.home)
    follower.fault = ModelError("it is of another kind")
    assert sitting.playground.listener.play("kept-1") == "it is of another kind"
    begin(sitting, "kept-1")
    said = sitting.hear(FINISHED)
    assert said[-1] == Said("it is of another kind", warning=True, passing=True)


def test_weights_are_asked_for_when_they_are_wanted_and_there_can_be_any(sitting: Sitting, follower: Follower) -> None:
    follower.wants = True
    sitting.playground.launcher.train()
    sitting.trainer.commands.clear()
    sitting.hear()
    assert not sitting.trainer.commands, "the run has not begun"
    sitting.hear(started())
    assert sitting.trainer.commands == [PublishWeights()]
    follower.wants = False
    sitting.hear()
    assert sitting.trainer.commands == [PublishWeights()]
    follower.wants = True
    sitting.hear(Failed(message="It broke."))
    assert sitting.trainer.commands == [PublishWeights()]


def test_weights_that_cannot_write_are_told_of_once_and_when_they_can_again(
    sitting: Sitting, follower: Follower
) -> None:
    begin(sitting)
    follower.fault = ModelError("weights are not finite")
    weights = Published(step=100, weights={})
    said = "The live run cannot write: weights are not finite"
    assert sitting.hear(weights) == [Said(said, warning=True)]
    assert sitting.hear(weights) == []
    follower.fault = None
    assert sitting.hear(weights) == [Said("The live run writes again")]
    follower.fault, follower.following = ModelError("again"), False
    assert sitting.hear(weights) == [], "nobody listens to it"


@pytest.mark.parametrize("end", [Stopped(step=100, reason="asked", run="r-1"), Failed(step=100, message="It broke.")])
def test_what_has_ended_is_not_called_live(sitting: Sitting, follower: Follower, end: Stopped | Failed) -> None:
    begin(sitting)
    follower.told.clear()
    sitting.hear(end)
    assert follower.told == ["end r-1"]


def test_the_live_run_is_followed_while_there_is_one(sitting: Sitting, follower: Follower) -> None:
    sitting.playground.follow()
    assert not follower.told
    begin(sitting)
    follower.following = False
    sitting.playground.follow()
    assert sitting.playground.following
    assert follower.told[-1] == "follow"


# What helps.


def recovered(sitting: Sitting, event: Paused | Failed, choice: str) -> str:
    sitting.hear(event)
    launcher = sitting.playground.launcher
    found = launcher.recovery(event)
    assert found is not None
    assert choice in {each.id for each in found.choices}
    return launcher.recover(found, choice)


@pytest.mark.parametrize(
    ("choice", "asked"),
    [("go-on", [Resume()]), ("halve-batch", [SetHyperparameter("batch_size", 16), Resume()]), ("stop", [Stop("asked")]),
     ("", [])],
)  # fmt: skip
def test_a_paused_run_is_helped(sitting: Sitting, choice: str, asked: list[object]) -> None:
    sitting.playground.launcher.train()
    sitting.hear(started(recipe={"batch_size": 32}), progress(100))
    assert recovered(sitting, Paused(step=100, reason=NO_MEMORY), choice) == ""
    assert sitting.trainer.asked == asked


@pytest.mark.fault("25")
def test_a_run_is_moved_to_another_device(sitting: Sitting) -> None:
    run = keep_run(sitting.home)
    sitting.draft.devices = ("cpu", "cuda:7")
    begin(sitting, "kept-1")
    assert recovered(sitting, Paused(step=100, reason=NO_MEMORY), "move:cuda:7") == ""
    assert sitting.trainer.asked == [Stop("asked")]
    sitting.trainer.alive = False
    sitting.hear()
    request = sitting.trainer.requests[-1]
    assert (request.resume, request.recipe["device"]) == (str(run.folder), "cuda:7")


def test_a_failed_run_is_taken_up_again(sitting: Sitting) -> None:
    run = keep_run(sitting.home)
    begin(sitting, "kept-1")
    sitting.trainer.alive = False
    assert recovered(sitting, Failed(message="It broke.", saved_step=90), "resume") == ""
    assert sitting.trainer.requests[-1].resume == str(run.folder)


def test_a_changed_text_is_accepted_by_asking_once_more(sitting: Sitting) -> None:
    keep_run(sitting.home)
    sitting.playground.launcher.resume("kept-1")
    sitting.trainer.alive = False
    assert recovered(sitting, Failed(message="fox has changed.", changed_text=True), "accept-text") == ""
    first, second = sitting.trainer.requests
    assert (first.changed_text, second.changed_text, second.resume) == (False, True, first.resume)


def test_what_goes_on_already_needs_no_help(sitting: Sitting) -> None:
    keep_run(sitting.home)
    begin(sitting, "kept-1")
    paused = Paused(step=100, reason=NO_MEMORY)
    sitting.draft.devices = ("cpu", "cuda:7")
    sitting.hear(paused)
    found = sitting.playground.launcher.recovery(paused)
    assert found is not None
    sitting.playground.runs.resume()
    sitting.trainer.commands.clear()
    assert sitting.playground.launcher.recover(found, "move:cuda:7") == ""
    assert not sitting.trainer.commands
