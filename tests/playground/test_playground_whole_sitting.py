"""A whole evening on the playground alone: no screen, no torch, and a clock that the test moves."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from answering_trainer import AnsweringTrainer
from numpy.typing import NDArray
from sitting import Sitting

from charplay.playground.checkpoints import list_checkpoints, open_checkpoint
from charplay.playground.happenings import CorpusRead, CurvesRead, RunsListed
from charplay.playground.instrument import TICKS
from charplay.playground.preferences import Preferences, read_preferences, write_preferences
from charplay.playground.recipe_rows import BUDGET
from charplay.playground.recordings import read_ride
from charplay.playground.scoring import Named, Scored, ScoringJob, held_out
from charplay.playground.text_changes import Appended, Began, CopiesChanged, Reweighted, Rewritten
from charplay.playground.text_files import export_branches, keep_recording, keep_text
from charplay.protocol.commands import Pause, PublishWeights, Resume, Save, SetHyperparameter, Stop
from charplay.runs.home import Home
from charplay.sampling.score import compare

TICK = 1 / TICKS
TALE = "the otter slides down the bank,\nand the heron looks on from the reeds.\n" * 40
LETTERS = "".join(sorted(set(TALE)))
WHEN = datetime(2026, 5, 4, 21, 30, tzinfo=UTC)
RUN = "otter-lstm-1x12-1"


class Evening(Sitting):
    """One sitting of a person at a home, whose trainer does as it is told."""

    trainer: AnsweringTrainer

    def __init__(self, root: Path) -> None:
        home, self.file = Home(root / "home"), root / "otter.txt"
        home.prepare()
        self.file.write_text(TALE)
        preferences, self.notice = read_preferences(home.settings)
        super().__init__(home, preferences, trainer=AnsweringTrainer(self.file, RUN))
        self.begin_writing()
        self.playground.begin()
        self.quiet()

    def go_on_until(self, done: Callable[[], object]) -> list[object]:
        """Let time pass, tick by tick, until something is done; what happened meanwhile."""
        happened: list[object] = []
        for _ in range(3000):
            if done():
                return happened
            happened += self.pass_time(TICK)
        raise AssertionError(f"it is never done; {self.said}")

    def write(self, characters: int) -> list[object]:
        """Let it write so many characters more, at its own pace."""
        end = len(self.text) + characters
        return self.go_on_until(lambda: len(self.text) >= end)


def test_a_whole_evening_and_the_next_one(tmp_path: Path) -> None:
    first_evening(tmp_path)
    second_evening(tmp_path)


def test_neither_a_screen_nor_torch_is_needed(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    code = (
        f"import sys; sys.modules.update(textual=None, torch=None); sys.path[:0] = {[*map(str, _paths(root))]}\n"
        "from pathlib import Path; import test_playground_whole_sitting as whole\n"
        f"whole.first_evening(Path({str(tmp_path)!r})); whole.second_evening(Path({str(tmp_path)!r}))\n"
        "assert not [name for name in sys.modules if name.startswith(('textual.', 'torch.'))]; print('a good night')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=100, check=False)
    assert done.stdout == "a good night\n", done.stderr


def _paths(root: Path) -> Iterator[Path]:
    yield from (root, root / "tests", root / "tests" / "playground")


def first_evening(root: Path) -> None:
    evening = Evening(root)
    assert evening.notice == ""
    choose_a_text(evening)
    train(evening)
    let_it_write(evening)
    change_the_temperature(evening)
    go_another_way(evening)
    look_for_copies(evening)
    write_side_by_side(evening)
    steer_the_run(evening)
    score(evening)
    replay(evening)
    keep(evening)
    leave(evening)


def choose_a_text(evening: Evening) -> None:
    """The text of a file is read, becomes the next run's, and its reference losses are on the chart."""
    playground = evening.playground
    assert [each.name for each in playground.run_list.summaries] == ["demo"]
    playground.corpora.choose(str(evening.file))
    evening.quiet()
    corpus, draft = playground.corpora.corpus, playground.draft
    assert [each.corpus for each in evening.happened if isinstance(each, CorpusRead)][-1] is corpus
    assert corpus is not None
    assert draft is not None
    assert corpus.text() == TALE
    assert (draft.characters, draft.vocabulary) == (len(TALE), LETTERS)
    levels = {each.text: each.y for each in playground.chart.references()}
    assert levels == {"blind guessing": np.log(len(LETTERS))}
    assert draft.set("hidden_size", "many") != ""
    for name, value in (("hidden_size", "12"), ("num_layers", "1"), ("embedding_size", "8"), (BUDGET, "1000 steps")):
        assert draft.set(name, value) == ""
    assert draft.network == "lstm 1x12"


def distinct(numbers: NDArray[np.float64]) -> list[float]:
    """A curve tells each number twice, as the least and the largest of a stretch."""
    return sorted(set(numbers.tolist()))


def train(evening: Evening) -> None:
    """The run that is asked for is the one that was drafted; what it tells becomes curves and a state."""
    playground, trainer = evening.playground, evening.trainer
    assert playground.launcher.train() is None
    (request,) = trainer.requests
    assert (request.recipe["hidden_size"], request.recipe["steps"]) == (12, 1000)
    assert (playground.runs.state.status, playground.runs.busy) == ("preparing", True)
    run = trainer.begin()
    happened = evening.advance(TICK)
    assert any(isinstance(each, Began) and each.live for each in happened), "its first weights write before a step"
    assert evening.instrument.origin.run == run.name == RUN
    chart, state = playground.chart, playground.runs.state
    assert [len(each.x) for each in chart.own()] == [0, 0]
    for step in (100, 200):
        trainer.learn(step)
        evening.advance(TICK)
    assert (state.status, state.step, state.best_loss) == ("training", 200, 2.9)
    learned, held = chart.own()
    assert (distinct(learned.x), distinct(held.x)) == ([50.0, 100.0, 150.0, 200.0], [100.0, 200.0])
    assert distinct(-learned.y) == [-2.95, -2.9, -2.85, -2.8]
    playground.loss_unit.next()
    assert np.allclose(chart.own()[0].y, learned.y / np.log(2))
    chart.next_x_axis()
    assert distinct(chart.own()[1].x) == [0.2, 0.4]


def let_it_write(evening: Evening) -> None:
    """It writes as time passes, with the weights of the run as it learns, which are asked for now and then."""
    trainer, instrument = evening.trainer, evening.instrument
    happened = evening.write(40)
    lengths = [each.length for each in happened if isinstance(each, Appended)]
    assert lengths == sorted(set(lengths))
    assert lengths[-1] == len(evening.text)
    trainer.learn(300)
    text = evening.text
    happened = evening.go_on_until(lambda: instrument.generator and instrument.generator.source == "live, step 300")
    assert any(isinstance(each, Reweighted) and each.source == "live, step 300" for each in happened)
    assert evening.text.startswith(text)
    assert set(evening.text) <= set(LETTERS)
    assert trainer.commands.count(PublishWeights()) >= 2
    assert evening.playground.following


def change_the_temperature(evening: Evening) -> None:
    """The very next character, and those after it, are drawn at the new temperature; none before it is touched."""
    instrument, transcript = evening.instrument, evening.instrument.transcript
    assert transcript is not None
    before, at = evening.text, len(transcript)
    was = transcript.params_at(at - 1).temperature
    instrument.set_params(temperature=0.25)
    evening.write(20)
    assert [transcript.params_at(position).temperature for position in (at - 1, at, at + 19)] == [was, 0.25, 0.25]
    assert instrument.temperatures[-1] == (at, 0.25)
    assert evening.text[:at] == before


def go_another_way(evening: Evening) -> None:
    """Back to a character, where another is picked: a branch. Both go on where they were left."""
    playground, instrument = evening.playground, evening.instrument
    left, at = evening.text, len(evening.text) - 10
    instrument.move_cursor(at)
    assert instrument.candidates(5)
    evening.advance(1.0)
    assert evening.text == left, "nothing is written while a character is looked at"
    other = next(each for each in LETTERS if each != left[at])
    assert instrument.transcript is not None
    instrument.pick(instrument.transcript, at, other)
    assert evening.text == left[:at] + other
    assert [each.since for each in evening.write(15) if isinstance(each, Rewritten)] == [at]
    assert instrument.branches is not None
    first, second = instrument.branches.branches[-2:]
    assert (second.parent, second.start, instrument.branches.current) == (first.name, at, second.name)
    gone = evening.text
    playground.switch_branch(first.name)
    assert evening.text == left
    evening.write(5)
    playground.switch_branch(second.name)
    assert evening.text == gone
    assert playground.following


def look_for_copies(evening: Evening) -> None:
    """A stretch of the text that the run learned is found in what is written, and where it stands there."""
    memorization, instrument = evening.playground.memorization, evening.instrument
    memorization.toggle()
    evening.until(lambda: memorization.looking)
    at, copied = len(evening.text), TALE[5:45]
    instrument.insert(at, copied)
    evening.until(lambda: memorization.is_copied(at + 39))
    assert any(isinstance(each, CopiesChanged) for each in evening.happened)
    match, measure = memorization.match(at + 20), memorization.measure()
    assert match is not None
    assert measure is not None
    assert TALE[match.source : match.source + match.stop - match.start] == evening.text[match.start : match.stop]
    assert copied in evening.text[match.start : match.stop]
    assert 0 < measure.new_share < 1
    memorization.toggle()
    assert not memorization.is_copied(at + 20)


def write_side_by_side(evening: Evening) -> None:
    """One network at three temperatures; a column that is taken goes on as the text."""
    playground, instrument = evening.playground, evening.instrument
    instrument.restart(prompt="the ")
    comparison = playground.new_comparison(3)
    assert [each.params.temperature for each in comparison.generators] == [0.2, 0.5, 1.0]
    comparison.set_temperature(2, 1.5)
    now = evening.now
    while len(comparison.generators[0].text) < 30:
        now += TICK
        comparison.advance(now)
    texts = [each.text for each in comparison.generators]
    assert {text[:4] for text in texts} == {"the "}
    assert len(set(texts)) == 3
    playground.take_column(None)
    assert evening.text == "the "
    playground.take_column(comparison.column(2))
    assert evening.text == texts[2]
    assert (instrument.params.temperature, instrument.origin.run) == (1.5, RUN)
    evening.write(10)
    assert evening.text.startswith(texts[2])
    instrument.set_params(temperature=0.25)


def steer_the_run(evening: Evening) -> None:
    """It holds still, takes another learning rate, saves, and is on the list of runs."""
    playground, trainer, runs = evening.playground, evening.trainer, evening.playground.runs
    runs.pause()
    evening.advance(TICK)
    assert (runs.state.status, runs.paused) == ("paused", True)
    runs.set_hyperparameter("learning_rate", 0.001)
    runs.resume()
    evening.advance(TICK)
    assert (runs.state.status, runs.peak_rate) == ("training", 0.001)
    assert [mark.text for mark in playground.chart.marks()] == ["rate 1e-3"]
    runs.save()
    evening.advance(TICK)
    assert (runs.state.saved_step, evening.said[-1]) == (300, "Step 300 is saved.")
    assert [each for each in trainer.asked if not isinstance(each, Stop)] == [
        Pause(), SetHyperparameter("learning_rate", 0.001), Resume(), Save(),
    ]  # fmt: skip
    playground.run_list.refresh()
    evening.quiet()
    assert [(each.name, each.step) for each in playground.run_list.playable()][:1] == [(RUN, 300)]


def score(evening: Evening) -> None:
    """The run's checkpoint and the demo foretell the end of the text, each with some surprise."""
    corpus, store = evening.playground.corpora.corpus, evening.playground.store
    assert corpus is not None
    names = (RUN, "demo")
    job = ScoringJob(
        lambda: held_out(corpus, 0.1),
        [Named(name, lambda name=name: open_checkpoint(store, name).model) for name in names],  # type: ignore[misc]
    ).start()
    evening.until(lambda: job.done)
    found = job.take()
    assert all(isinstance(each, Scored) for each in found), found
    scores = {each.name: each.score for each in found if isinstance(each, Scored)}
    assert {name: each.characters + each.skipped for name, each in scores.items()} == dict.fromkeys(names, 284)
    best, other = compare(scores)
    assert 0 < best.bits < other.bits < 20
    assert best.name == "demo", "the run knows nothing"


def replay(evening: Evening) -> None:
    """What was done while a checkpoint wrote is replayed: the same text to the bit; with another seed another one."""
    playground, instrument, branches = evening.playground, evening.instrument, evening.instrument.branches
    assert branches is not None
    live = branches.current
    assert playground.play(RUN) == ""
    kept = branches.current
    for name, following in ((live, True), (kept, False)):
        playground.switch_branch(name)
        assert (branches.current, playground.following) == (name, following)
    instrument.restart(prompt="the ")
    evening.write(20)
    instrument.set_params(temperature=0.9)
    instrument.insert(len(evening.text), "otter")
    evening.write(20)
    text, path = evening.text, keep_recording(instrument, WHEN)
    assert path is not None
    assert path.parent == evening.home.texts
    recording = read_ride(path)
    assert (recording.prompt, recording.length, recording.written[0][1:]) == ("the ", len(text) - 4, ("typed", "otter"))
    (entry,) = [each for each in list_checkpoints(playground.store.list()) if each.run == RUN]
    playground.replay_on(recording, entry)
    assert evening.text == "the "
    evening.go_on_until(lambda: "The ride is over: <writing.write> writes on." in evening.said)
    assert evening.text == text
    assert not instrument.playing
    instrument.replay_with_next_seed(recording)
    evening.go_on_until(lambda: not instrument.playing)
    assert len(evening.text) == len(text)
    assert evening.text != text
    assert "otter" in evening.text


def keep(evening: Evening) -> None:
    """The text, how it came to be, and every branch are on the disk."""
    instrument = evening.instrument
    path, branches = keep_text(instrument, WHEN), export_branches(instrument, WHEN)
    assert path is not None
    assert branches is not None
    assert path.read_text() == evening.text
    about = json.loads(path.with_suffix(".json").read_text())
    assert (about["run"], about["prompt"], about["temperatures"][0]) == (RUN, "the ", [4, 0.25])
    told = json.loads(branches.read_text())
    assert told["branches"][-1]["text"] == evening.text
    assert len(told["branches"]) == len(instrument.branches.names if instrument.branches else ())


def leave(evening: Evening) -> None:
    """The run saves and stops, and the preferences are written."""
    playground, runs = evening.playground, evening.playground.runs
    evening.trainer.learn(400)
    evening.advance(TICK)
    runs.stop()
    assert (runs.state.status, runs.stoppable) == ("stopping", False)
    evening.advance(TICK)
    assert evening.said[-1] == f"{RUN} is saved. <training.take_up> continues it, <training.train> starts another"
    assert (runs.state.status, runs.state.saved_step, runs.busy) == ("stopped", 400, False)
    evening.instrument.set_params(temperature=0.6, top_k=7)
    evening.instrument.speed = 45.0
    write_preferences(evening.home.settings, playground.remember())
    evening.instrument.close()
    assert (evening.home.texts / "recent.jsonl").read_text().splitlines()[-1].startswith('{"time"')
    runs.close("asked", 1.5)
    assert not runs.closing


def second_evening(root: Path) -> None:
    """Everything is as it was left; the run is on the list, writes, and goes on."""
    evening = Evening(root)
    playground, instrument, draft = evening.playground, evening.instrument, evening.playground.draft
    assert draft is not None
    assert playground.corpora.chosen is not None
    assert playground.corpora.corpus is not None
    assert playground.corpora.chosen.path == evening.file
    assert playground.corpora.corpus.text() == TALE
    assert (draft.network, draft.budget()) == ("lstm 1x12", ("steps", 1000.0))
    assert (instrument.params.temperature, instrument.params.top_k, instrument.speed) == (0.6, 7, 45.0)
    assert instrument.prompt == "the "
    assert any(isinstance(each, RunsListed) for each in evening.happened)
    assert [each.name for each in playground.run_list.summaries] == [RUN, "demo"]
    assert evening.said[-1].startswith(f"{RUN} is not finished: <training.take_up> continues it from step 400")
    assert playground.play(RUN) == ""
    evening.write(20)
    assert evening.text.startswith("the ")
    playground.run_list.read_curves(RUN)
    evening.quiet()
    assert [each.run for each in evening.happened if isinstance(each, CurvesRead)] == [RUN]
    assert list(playground.chart.overlays) == [RUN]
    take_the_run_up(evening)


def take_the_run_up(evening: Evening) -> None:
    """It goes on where it was saved, with the curves and marks that it had; leaving stops it."""
    playground, trainer, runs = evening.playground, evening.trainer, evening.playground.runs
    assert playground.launcher.take_up() == ""
    assert Path(str(trainer.requests[-1].resume)).name == RUN
    trainer.step = 400
    trainer.begin()
    evening.advance(TICK)
    evening.until(lambda: not runs.history.reading)
    assert distinct(playground.chart.own()[0].x) == [50.0, 100.0, 150.0, 200.0, 250.0, 300.0, 350.0, 400.0]
    assert [mark.text for mark in playground.chart.marks()] == ["rate 1e-3"]
    evening.write(10)
    assert playground.following
    runs.close("asked", 1.5)
    assert trainer.commands[-1] == Stop("asked")
    evening.advance(TICK)
    assert (runs.closing, runs.state.status) == (False, "stopped")
    assert playground.remember() == read_preferences(evening.home.settings)[0] != Preferences()
