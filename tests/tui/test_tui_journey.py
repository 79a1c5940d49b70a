"""The journeys of section 7, at three sizes, with a scripted trainer."""

import asyncio
import dataclasses
import os
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from played import Play

from charplay.playground.preferences import write_preferences
from charplay.protocol.commands import Pause, PublishWeights, Resume, Save, SetHyperparameter, StepOnce, Stop, Undo
from charplay.protocol.events import NO_MEMORY, Changed, Failed, Finished, Paused, Saved, Warned
from charplay.recipes.network import whole
from charplay.runs.home import Home
from charplay.runs.run import Run
from charplay.runs.store import RunStore
from charplay.sampling.model import CharModel
from charplay.tui.dialogs.choice import ChoiceDialog

SIZES = [(80, 24), (120, 40), (200, 50)]


@pytest.mark.parametrize("size", SIZES)
async def test_train_look_play_pause_stop(play: Play, size: tuple[int, int]) -> None:
    async with play(size) as it:
        await it.until(lambda: "fox" in it.seen())
        await it.training()
        await it.until(lambda: "training  step 100/3,000" in it.seen())
        await it.until(lambda: "live, step" in it.seen())
        before = it.instrument.params.temperature
        await it.press("right_square_bracket")
        assert it.instrument.params.temperature > before
        await it.press("p")
        await it.until(lambda: it.main.playground.runs.state.status == "paused")
        await it.press("s")
        await it.until(lambda: it.main.playground.runs.state.step == 101)
        await it.press("p")
        await it.until(lambda: it.main.playground.runs.state.status == "training")
        await it.press("x")
        await it.until(lambda: it.main.playground.runs.state.status == "stopped")
        assert "stopped, saved step 101" in it.seen()
        kinds = [type(command) for command in it.trainer.commands if not isinstance(command, PublishWeights)]
        assert kinds == [Pause, StepOnce, Resume, Stop]


@pytest.mark.parametrize(
    ("keys", "told"),
    [("pp", [Pause, Resume]), ("ppp", [Pause, Resume, Pause]), ("pssp", [Pause, StepOnce, StepOnce, Resume]),
     ("pps", [Pause, Resume]), ("xpsx", [Stop])],
)  # fmt: skip
async def test_keys_count_from_when_they_are_pressed_not_from_when_the_trainer_has_heard(
    play: Play, keys: str, told: list[type[Any]]
) -> None:
    async with play() as it:
        await it.training()
        it.trainer.deaf = True
        await it.press(*keys)
        await it.until(lambda: len(it.trainer.commands) >= len(told))
        kinds = [type(command) for command in it.trainer.commands if not isinstance(command, PublishWeights)]
        assert kinds == told


async def test_a_save_that_was_asked_for_is_told_of_and_no_other(play: Play) -> None:
    async with play() as it:
        assert it.main.commands.disabled("training.save") == "Nothing trains; t starts a run."
        await it.training()
        it.trainer.put(Saved(step=90, path="latest.safetensors", best=False))
        await it.until(lambda: it.main.playground.runs.state.saved_step == 90)
        assert "Step 90 is saved" not in it.seen()
        await it.press("ctrl+p", *"save now", "enter")
        await it.until(lambda: any(isinstance(command, Save) for command in it.trainer.commands))
        assert "is saved" not in it.seen()
        it.trainer.put(Saved(step=100, path="latest.safetensors", best=False))
        await it.until(lambda: "Step 100 is saved." in it.seen())
        assert it.main.playground.runs.state.status == "training"
        it.trainer.commands.clear()
        await it.press("ctrl+s")
        await it.until(lambda: any(isinstance(command, Save) for command in it.trainer.commands))


async def test_the_text_goes_over_to_the_live_run_and_stays_on_it(play: Play) -> None:
    async with play(writing=True) as it:
        await it.training()
        await it.until(lambda: it.main.playground.follower.following and "live, step 100" in it.seen())
        it.trainer.put(it.trainer.progress(400))
        await it.until(lambda: "live, step 400" in it.seen())


async def test_the_first_weights_that_write_are_those_before_the_first_step(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with play(writing=True) as it:
        shown = []
        show = it.instrument.play

        def watched(model: CharModel, source: str, **how: Any) -> None:
            shown.append(source)
            show(model, source, **how)

        monkeypatch.setattr(it.instrument, "play", watched)
        await it.training()
        await it.until(lambda: "live, step 100" in it.seen())
        assert next(source for source in shown if source.startswith("live")) == "live, step 0"


async def test_training_while_training_asks_and_going_on_changes_nothing(play: Play) -> None:
    async with play() as it:
        await it.training()
        await it.press("t")
        assert isinstance(it.screen, ChoiceDialog)
        await it.press("g")
        assert it.main.playground.runs.state.status == "training"
        assert len(it.trainer.requests) == 1


@pytest.mark.fault("5")
async def test_stop_and_start_begins_the_next_run_when_the_first_has_saved(play: Play) -> None:
    async with play() as it:
        await it.training()
        await it.press("t", "s")
        await it.until(lambda: len(it.trainer.requests) == 2)
        assert any(isinstance(command, Stop) for command in it.trainer.commands)
        assert it.main.playground.runs.state.status == "preparing"


@pytest.mark.fault("5")
async def test_two_quick_presses_start_one_run(play: Play) -> None:
    async with play() as it:
        await it.press("t", "t")
        await it.pilot.pause(0.1)
        assert len(it.trainer.requests) == 1


async def test_stop_works_before_the_first_step(play: Play) -> None:
    async with play() as it:
        await it.press("t")
        await it.until(lambda: "importing torch" in it.seen())
        await it.press("x")
        await it.until(lambda: it.main.playground.runs.state.status == "stopped")


@pytest.mark.fault("4")
async def test_a_failure_is_a_panel_and_the_next_run_starts(play: Play) -> None:
    async with play() as it:
        await it.training()
        it.trainer.put(Saved(step=90, path="x", best=False), Failed(message="The disk is full.", saved_step=90))
        await it.until(lambda: isinstance(it.screen, ChoiceDialog) and "The disk is full." in it.seen())
        assert "step 90" in it.seen()
        await it.press("b")
        await it.training()
        assert len(it.trainer.requests) == 2


@pytest.mark.fault("4", "30")
async def test_an_exception_in_the_trainer_is_a_panel_too(play: Play) -> None:
    async with play() as it:
        await it.training()
        it.trainer.put(ZeroDivisionError("by \x1b[31mnought"))
        await it.until(lambda: isinstance(it.screen, ChoiceDialog) and "ZeroDivisionError" in it.seen())
        assert "\x1b" not in it.seen()
        assert "Nothing was saved" in it.seen()


async def test_the_failed_run_is_taken_up_from_the_panel(play: Play) -> None:
    async with play() as it:
        await it.training()
        it.trainer.put(Failed(message="It broke.", saved_step=90))
        await it.until(lambda: isinstance(it.screen, ChoiceDialog))
        await it.press("r")
        await it.until(lambda: len(it.trainer.requests) == 2)
        assert it.trainer.requests[1].resume == str(it.trainer.run.folder)


@pytest.mark.parametrize(("key", "device"), [("c", "cpu"), ("q", None)])
@pytest.mark.fault("23")
async def test_a_lost_device_is_left_behind(play: Play, key: str, device: str | None) -> None:
    async with play() as it:
        await it.training()
        it.trainer.put(Failed(message="cuda:0 is lost to this program", saved_step=90, lost_device=True))
        await it.until(lambda: isinstance(it.screen, ChoiceDialog) and "is lost" in it.seen())
        assert "take it up again" not in it.seen(), "there it would only fail once more"
        await it.press(key)
        if device is None:
            await it.until(lambda: it.app._exit)
        else:
            await it.until(lambda: len(it.trainer.requests) == 2)
            assert it.trainer.requests[1].recipe["device"] == device


async def test_best_step_is_marked_when_held_out_loss_has_risen_for_a_while(play: Play) -> None:
    async with play() as it:
        await it.training()
        it.trainer.put(it.trainer.evaluated(200, 1.5))
        # In the first pass over the text, of 500 steps, nothing can have been memorised.
        it.trainer.put(
            *(it.trainer.evaluated(step, 1.5 + step / 1000, best=False) for step in (300, 400, 500, 600, 700))
        )
        await it.until(lambda: it.main.playground.runs.state.worse == 2)
        assert "memorises" not in it.seen()
        it.trainer.put(it.trainer.evaluated(800, 2.4, best=False), it.trainer.progress(900))
        await it.until(lambda: "from here it memorises" in it.seen())


async def test_the_learning_rate_slider_changes_the_live_run(play: Play) -> None:
    async with play() as it:
        await it.training()
        await it.press("4", "right")
        await it.until(lambda: any(isinstance(command, SetHyperparameter) for command in it.trainer.commands))
        (change,) = [command for command in it.trainer.commands if isinstance(command, SetHyperparameter)]
        assert change.field == "learning_rate"
        assert isinstance(change.value, float)
        assert change.value > 3e-3


async def test_finished_says_so_and_the_run_is_listed(play: Play) -> None:
    async with play() as it:
        await it.training()
        run = it.trainer.run.name
        it.trainer.put(Finished(step=3000, run=run, checkpoint="x", train_loss=1.2, val_loss=1.5, val_loss_cold=1.6,
                                steps=3000))  # fmt: skip
        await it.until(lambda: it.main.playground.runs.state.status == "finished")
        await it.until(lambda: run in it.seen())


async def test_after_the_end_the_best_checkpoint_writes_and_says_so(play: Play, kept_run: Callable[..., Run]) -> None:
    kept_run(step=500)
    async with play() as it:
        await it.until(lambda: it.main.playground.run_list.unfinished)
        await it.press("u")
        await it.until(lambda: it.trainer.requests)
        it.trainer.put(it.trainer.started(step=500), it.trainer.progress(1000))
        await it.until(lambda: "live, step" in it.seen())
        it.trainer.put(Finished(step=1000, run="kept-1", checkpoint="x", train_loss=1.2, val_loss=1.5,
                                val_loss_cold=1.6, steps=1000))  # fmt: skip
        await it.until(lambda: "kept-1, step 500" in it.seen())
        assert "live, step" not in it.seen()
        assert not it.main.playground.follower.following


async def test_quit_asks_once_while_training_and_saves(play: Play) -> None:
    async with play() as it:
        await it.training()
        await it.press("q")
        assert isinstance(it.screen, ChoiceDialog)
        await it.press("q")
        await it.until(lambda: it.app._exit)
        assert any(isinstance(command, Stop) for command in it.trainer.commands)
        assert it.app.return_code == 0


@pytest.mark.fault("1")
async def test_a_deaf_trainer_cannot_hold_the_exit(play: Play) -> None:
    async with play() as it:
        await it.training()
        it.trainer.deaf = True
        await it.press("ctrl+c", "ctrl+c")
        await it.until(lambda: it.app._exit)
        it.trainer.deaf = False


async def test_quit_without_training_asks_nothing(play: Play) -> None:
    async with play() as it:
        await it.press("q")
        await it.until(lambda: it.app._exit)


async def test_the_unfinished_run_is_offered_in_one_line_and_taken_up(play: Play, kept_run: Callable[..., Run]) -> None:
    run = kept_run()
    run.append("metrics", [{"step": 600, "epoch": 1.2, "seconds": 30, "train_loss": 2.0}])  # it was killed
    async with play(writing=True) as it:  # else the line may say, over it, that the text is held
        await it.until(lambda: "kept-1 is not finished: u continues it from step 500" in it.seen())
        await it.press("u")
        await it.until(lambda: it.trainer.requests)
        (request,) = it.trainer.requests
        assert request.resume == str(run.folder)
        assert not request.added
        assert request.recipe["steps"] == 1000


async def test_the_encoding_of_a_text_can_be_named_trained_with_and_found_again(play: Play, home: Home) -> None:
    (home.corpora / "letters.txt").write_bytes("Пора, мой друг, пора! покоя сердце просит. ".encode("koi8-r") * 30)
    async with play() as it:
        it.main.playground.corpora.choose("letters")
        await it.press("1", "e", *["backspace"] * 4, *"koi9")
        await it.until(lambda: "There is no encoding 'koi9'" in it.seen())
        await it.press("enter", "backspace", *"8-r", "enter")
        await it.until(
            lambda: it.main.playground.corpora.corpus and "Пора, мой друг" in it.main.playground.corpora.corpus.text()
        )
        await it.press("t")
        await it.until(lambda: it.trainer.requests)
        assert it.trainer.requests[-1].encoding == "koi8-r"
        kept = it.main.playground.remember()
        assert (kept.corpus, kept.encoding) == ("letters", "koi8-r")
        write_preferences(home.settings, kept)
        it.main.playground.corpora.choose("fox")
        assert it.main.playground.remember().encoding == ""
    async with play(path=None) as it:
        await it.until(
            lambda: it.main.playground.corpora.corpus and "Пора, мой друг" in it.main.playground.corpora.corpus.text()
        )
        await it.press("1", "e", *["backspace"] * 6, *"auto", "enter")
        await it.until(lambda: it.main.playground.corpora.encoding == "" and it.main.playground.corpora.corpus)


NOTE = "Line ends (CRLF) are read as LF"
BOTH = f"kept-1 is not finished: u continues it from step 500, t starts another. {NOTE}"


@pytest.fixture
def crlf(home: Home) -> str:
    path = home.corpora / "crlf.txt"
    path.write_bytes(b"The quick brown fox.\r\n" * 40)
    return str(path)


async def test_the_unfinished_run_stays_on_offer_when_another_text_has_notes(
    play: Play, kept_run: Callable[..., Run], crlf: str
) -> None:
    kept_run()
    async with play(writing=True) as it:
        await it.until(lambda: "is not finished" in it.seen())
        it.main.playground.corpora.choose(crlf)
        await it.until(lambda: BOTH in it.seen())
        await it.press("t")
        await it.training()
        assert "is not finished" not in it.seen()


async def test_the_offer_leaves_the_notes_of_the_first_text_standing(
    play: Play, kept_run: Callable[..., Run], crlf: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept_run()
    listed, read = threading.Event(), RunStore.list
    monkeypatch.setattr(RunStore, "list", lambda store, watch: listed.wait(20) and read(store, watch))
    async with play(path=crlf, writing=True) as it:
        await it.until(lambda: NOTE in it.seen())
        assert "is not finished" not in it.seen()
        listed.set()
        await it.until(lambda: BOTH in it.seen())


async def test_notes_of_the_start_are_said(play: Play) -> None:
    async with play() as it:
        await it.press("t")
        await it.until(lambda: it.trainer.requests)
        notes = ("streams shrank to 4", "batch_size 8 is too much.", "crlf.txt: Line ends are read as LF.")
        it.trainer.put(it.trainer.started(notes=notes))
        said = "Streams shrank to 4. batch_size 8 is too much. crlf.txt: Line ends are read as LF"
        await it.until(lambda: said in " ".join(it.seen().split()))


async def test_under_a_dialog_the_text_is_held_and_goes_on_after_it(play: Play) -> None:
    async with play(writing=True) as it:
        await it.until(lambda: it.instrument.generator.transcript)
        await it.press("question_mark")
        before = len(it.instrument.generator.transcript)
        it.main._after_command()
        await asyncio.sleep(0.2)
        assert len(it.instrument.generator.transcript) == before
        assert "held:" not in it.seen()
        await it.press("escape")
        await it.until(lambda: len(it.instrument.generator.transcript) > before)


async def test_a_warning_is_said_whole(play: Play) -> None:
    remedy = (
        "NVIDIA H100 is present but not used: this torch is built for the CPU only; install torch's CUDA build here"
    )
    async with play((80, 24)) as it:
        await it.training()
        it.trainer.put(Warned(message=remedy))
        await it.until(lambda: remedy in " ".join(it.seen().split()))
        assert it.main.hint.has_class("-warning")


@pytest.mark.parametrize(
    ("key", "kinds"), [("r", [SetHyperparameter, Resume]), ("g", [Resume]), ("x", [Stop]), ("p", [])]
)
@pytest.mark.fault("27")
async def test_bad_numbers_open_a_panel_that_says_what_happened_and_offers_ways_on(
    play: Play, key: str, kinds: list[type[Any]]
) -> None:
    async with play() as it:
        await it.training()
        it.trainer.put(
            Saved(step=90, path="x", best=False),
            Warned(step=100, message="a gradient was not finite and taught nothing"),
            Paused(step=100, reason="numbers went bad"),
        )
        await it.until(lambda: isinstance(it.screen, ChoiceDialog) and "a gradient was not finite" in it.seen())
        assert "The last save is step 90." in it.seen()
        assert it.main.playground.runs.history.marks == [(100, "numbers went bad")], "the chart marks it"
        await it.press(key)
        await it.until(lambda: not isinstance(it.screen, ChoiceDialog))
        await it.until(lambda: [type(c) for c in it.trainer.commands if not isinstance(c, PublishWeights)] == kinds)
        if key == "r":
            was = it.trainer.run.resolved.learning_rate
            assert isinstance(was, float)
            heard = [each for each in it.trainer.commands if isinstance(each, SetHyperparameter)]
            assert heard == [SetHyperparameter("learning_rate", was / 3)]


@pytest.mark.parametrize(
    ("key", "kinds"), [("g", [Resume]), ("v", [SetHyperparameter, Resume]), ("1", [Stop]), ("x", [Stop])]
)
@pytest.mark.fault("25")
async def test_no_memory_opens_a_panel_that_offers_ways_on(play: Play, key: str, kinds: list[type[Any]]) -> None:
    async with play() as it:
        await it.training()
        it.main.form.draft.devices = ("cpu", "cuda:7")
        batch = whole(it.trainer.run.resolved, "batch_size")
        it.trainer.put(
            Warned(step=100, message="cpu ran out of memory: this needs about 2.0 GB"),
            Paused(step=100, reason=NO_MEMORY),
        )
        await it.until(lambda: isinstance(it.screen, ChoiceDialog) and "this needs about 2.0 GB" in it.seen())
        assert "go on on cuda:7" in it.seen()
        assert "go on on cpu" not in it.seen(), "it is there already"
        await it.press(key)
        await it.until(lambda: not isinstance(it.screen, ChoiceDialog))
        await it.until(
            lambda: kinds == [type(c) for c in it.trainer.commands if not isinstance(c, PublishWeights)][: len(kinds)]
        )
        if key == "v":
            assert SetHyperparameter("batch_size", batch // 2) in it.trainer.commands
        if key == "1":
            await it.until(lambda: len(it.trainer.requests) == 2)
            request = it.trainer.requests[-1]
            assert request.recipe["device"] == "cuda:7"
            assert request.resume == str(it.trainer.run.folder)


async def test_a_start_that_fails_leaves_what_writes_alone_and_says_why(play: Play) -> None:
    async with play(writing=True) as it:
        await it.training()
        await it.until(lambda: "live, step 100" in it.seen())
        await it.press("x")
        await it.until(lambda: it.main.playground.runs.state.status == "stopped")
        it.main.playground.play("demo")
        generator, writer = it.instrument.generator, it.instrument.generator.model
        await it.press("t")
        await it.until(lambda: len(it.trainer.requests) == 2)
        it.trainer.put(Failed(message="fox.txt does not exist; check its spelling."))
        await it.until(lambda: isinstance(it.screen, ChoiceDialog))
        await it.press("escape")
        await it.until(lambda: "fox.txt does not exist" in it.seen().splitlines()[-2])
        assert it.instrument.generator is generator
        assert generator.model is writer
        assert "demo, step" in it.seen()


async def test_once_bad_numbers_are_taken_back_nothing_says_so_and_the_live_run_writes_again(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with play(writing=True) as it:
        await it.training()
        await it.until(lambda: "live, step 100" in it.seen())
        sound = it.trainer.published
        nothing = {name: np.full_like(each, np.nan) for name, each in sound().weights.items()}
        monkeypatch.setattr(it.trainer, "published", lambda: dataclasses.replace(sound(), weights=nothing))
        it.trainer.put(
            Changed(step=100, field="learning_rate", old=0.003, new=100.0),
            it.trainer.progress(200),
            Warned(step=200, message="a gradient was not finite and taught nothing"),
            Paused(step=200, reason="numbers went bad"),
        )
        await it.until(lambda: isinstance(it.screen, ChoiceDialog))
        await it.press("escape")
        await it.until(lambda: "The live run cannot write" in it.seen() and "paused, numbers went bad" in it.seen())
        await it.press("z")
        await it.until(lambda: Undo() in it.trainer.commands)
        it.trainer.put(Changed(step=100, field="undo", old=200, new=100),
                       Changed(step=100, field="learning_rate", old=100.0, new=0.003))  # fmt: skip
        await it.until(lambda: "Learning rate 100 taken back: 0.003 again, from step 100; paused" in it.seen())
        await it.until(lambda: "paused  step 100" in it.seen())
        monkeypatch.setattr(it.trainer, "published", sound)
        await it.until(lambda: "The live run writes again" in it.seen())
        await it.press("p")
        it.trainer.put(it.trainer.progress(400))
        await it.until(lambda: "live, step 400" in it.seen())


async def test_paused_the_keys_offer_to_go_on_and_a_single_step(play: Play) -> None:
    async with play() as it:
        await it.training()

        def keys() -> str:
            return it.seen().splitlines()[-1]

        await it.until(lambda: "p pause" in keys() and "s step" not in keys())
        await it.press("p")
        await it.until(lambda: "p go on  s step" in keys() and "p pause" not in keys())
        await it.press("p")
        await it.until(lambda: "p pause" in keys() and "s step" not in keys())


async def test_where_nothing_can_be_taken_up_the_key_says_why(play: Play, kept_run: Callable[..., Run]) -> None:
    async with play() as it:
        await it.press("u")
        await it.until(lambda: "There is no unfinished run." in it.seen())
        run = kept_run()
        with run.lock():
            await it.press("u")
            await it.until(lambda: f"kept-1 is in use by pid {os.getpid()}" in it.seen())
        assert not it.trainer.requests
        await it.press("u")
        await it.until(lambda: it.trainer.requests)
        await it.press("u")
        await it.until(lambda: "A run is under way." in it.seen())


async def test_a_run_that_failed_before_it_began_says_nothing_of_its_saves(
    play: Play, kept_run: Callable[..., Run]
) -> None:
    kept_run()
    async with play() as it:
        it.main.playground.launcher.resume("kept-1")
        await it.until(lambda: it.trainer.requests)
        it.trainer.put(Failed(message="The disk is full."))
        await it.until(lambda: isinstance(it.screen, ChoiceDialog) and "The disk is full." in it.seen())
        assert "saved" not in it.screen._sentence


async def test_a_live_change_is_taken_back_with_all_that_came_after_it(play: Play) -> None:
    async with play() as it:
        await it.training()
        await it.press("z")
        it.trainer.put(Changed(step=100, field="dropout", old=0.0, new=0.3), it.trainer.progress(200))
        await it.until(lambda: it.main.playground.runs.state.step == 200 and "dropout 0.3" in it.seen())
        await it.press("z")
        await it.until(lambda: Undo() in it.trainer.commands)
        it.trainer.put(Changed(step=100, field="undo", old=200, new=100))
        it.trainer.put(Changed(step=100, field="dropout", old=0.3, new=0.0))
        await it.until(lambda: "undone" in it.seen())
        assert it.main.playground.runs.state.step == 100
        assert it.main.playground.runs.history.curves.points("train_loss")[0].max() <= 100
        assert it.trainer.commands.count(Undo()) == 1
        await it.press("z")  # there is nothing left to take back
        it.trainer.step = 100
        it.trainer.put(it.trainer.progress(150))
        await it.until(lambda: it.main.playground.runs.state.step == 150)
        assert it.trainer.commands.count(Undo()) == 1


async def test_a_deleted_run_leaves_the_chart(play: Play, kept_run: Callable[..., Run]) -> None:
    kept_run(finished=True)
    async with play() as it:
        await it.until(lambda: it.main.runs.rows.number() > 0)
        await it.press("3", "c", "d", "d")
        await it.until(lambda: "kept-1 is deleted" in it.seen())
        assert not it.main.playground.chart.markers
