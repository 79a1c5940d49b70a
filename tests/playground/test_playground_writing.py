"""What a playground does with a text: whoever shows it calls these."""

from pathlib import Path

import pytest
from scripted_models import scholar
from sitting import FOX, Sitting, keep_run

from charplay.playground.checkpoints import list_checkpoints
from charplay.playground.comparison import Column
from charplay.playground.jobs import BackgroundJob
from charplay.playground.preferences import Preferences
from charplay.playground.saved_texts import ModelOrigin
from charplay.playground.text_changes import Appended, Began
from charplay.runs.checkpoint import CheckpointError
from charplay.runs.home import Home
from charplay.runs.run import Run
from charplay.sampling.generator import TextGenerator
from charplay.sampling.params import SamplingParams
from charplay.sampling.prompts import choose
from charplay.sampling.recording import Recording


@pytest.fixture(autouse=True)
def _jobs_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A job has ended when it has begun."""

    def start(job: BackgroundJob[object]) -> BackgroundJob[object]:
        job.run()
        return job

    monkeypatch.setattr(BackgroundJob, "start", start)


@pytest.fixture
def run(home: Home) -> Run:
    return keep_run(home)


@pytest.fixture
def sitting(home: Home, run: Run) -> Sitting:
    """The run's checkpoint writes."""
    made = Sitting(home).begin_writing()
    made.play(run)
    return made


def test_writing_begins_as_it_was_left(home: Home, run: Run) -> None:
    wanted = Preferences(
        prompt="to ", speed=12.0, temperature=0.3, top_k=5.0, bias="q=-inf", stops=r"zz|\n", columns=""
    )
    sitting = Sitting(home, wanted).begin_writing()
    instrument = sitting.playground.instrument
    assert instrument.generator is None
    assert (instrument.prompt, instrument.speed, instrument.typed_bias, instrument.stops) == (
        "to ", 12.0, "q=-inf", r"zz|\n",
    )  # fmt: skip
    assert instrument.params == SamplingParams(temperature=0.3, top_k=5, bias=(("q", float("-inf")),))
    sitting.play(run)
    assert sitting.text == "to "
    instrument.set_params(temperature=0.7, top_p=0.5)
    instrument.restart(prompt="the ")
    instrument.stop_at(["fox"])
    instrument.speed, instrument.typed_bias = 40.0, "q=-inf what"
    sitting.playground.remember()
    assert (wanted.prompt, wanted.speed, wanted.stops, wanted.bias) == ("the ", 40.0, "fox", "q=-inf what")
    assert (wanted.temperature, wanted.top_p, wanted.top_k) == (0.7, 0.5, 5.0)


def test_as_time_passes_it_writes_and_tells_what_happened(sitting: Sitting) -> None:
    happened = sitting.pass_time(1)
    assert isinstance(happened[0], Began)
    lengths = [each.length for each in happened if isinstance(each, Appended)]
    assert lengths == sorted(lengths)
    assert 28 <= lengths[-1] == len(sitting.text) <= 30
    assert sitting.playground.advance(sitting.now) == []


def test_what_is_said_by_any_part_is_told(sitting: Sitting) -> None:
    instrument = sitting.playground.instrument
    instrument.insert(0, "?")
    sitting.playground.memorization.toggle()
    (sitting.home.corpora / "fox.txt").unlink()
    assert sitting.listen() == ["Left out, unknown to the network: ?"]
    sitting.playground.memorization.toggle()
    sitting.playground.memorization.training_text = None
    sitting.playground.memorization.toggle()
    assert ["fox, which this network learned, is not here" in each for each in sitting.listen()] == [True]


def test_the_training_text_may_be_the_chosen_one_under_another_name(sitting: Sitting) -> None:
    (sitting.home.corpora / "fox.txt").rename(sitting.home.root / "moved.txt")
    sitting.open(str(sitting.home.root / "moved.txt"))
    sitting.playground.memorization.toggle()
    assert sitting.listen() == []
    assert sitting.playground.memorization.looking


def test_the_next_passage_of_the_chosen_text_is_the_prompt(sitting: Sitting) -> None:
    playground, instrument = sitting.playground, sitting.playground.instrument
    sitting.open()
    corpus = playground.corpora.corpus
    assert corpus is not None
    generator = instrument.generator
    assert generator is not None
    length = generator.model.recipe.sequence_length
    assert isinstance(length, int)
    for number in range(2):
        playground.passages.draw(corpus)
        assert not instrument.from_passage or number  # it is taken in later
        sitting.pass_time(0.1)
        chosen = choose(FOX, "passage", seed=1, number=number, length=min(length, 100))
        assert (instrument.opening.passage, instrument.opening.passage_title) == (chosen, "fox")
        assert instrument.from_passage
        assert generator.prompt == chosen.prompt


def test_before_there_is_a_model_there_is_no_passage(home: Home) -> None:
    sitting = Sitting(home).begin_writing()
    sitting.open()
    corpus = sitting.playground.corpora.corpus
    assert corpus is not None
    sitting.playground.passages.draw(corpus)
    assert sitting.listen() == []
    assert sitting.playground.instrument.prompt == ""


def test_a_branch_of_the_live_run_follows_it_again(sitting: Sitting) -> None:
    playground, instrument = sitting.playground, sitting.playground.instrument
    instrument.write(5)
    instrument.play(scholar(), "live, step 0", live=True)
    sitting.follower.following = True
    instrument.write(5)
    playground.switch_branch("1")
    assert not sitting.follower.following
    playground.switch_branch("2")
    assert sitting.follower.following
    playground.switch_branch("1")
    sitting.follower.following = True  # a run is about to begin, and the demo writes meanwhile
    playground.switch_branch("1")
    playground.switch_branch("none of that name")
    assert sitting.follower.following


def test_a_ride_is_replayed_on_another_checkpoint(sitting: Sitting) -> None:
    playground, instrument = sitting.playground, sitting.playground.instrument
    keep_run(sitting.home, "kept-2", step=700)
    instrument.set_params(temperature=0.4)
    instrument.write(10)
    before, recording = sitting.text, instrument.recording
    assert recording is not None
    entries = {each.run: each for each in list_checkpoints(playground.store.list())}
    sitting.follower.following = True
    playground.replay_on(recording, entries["kept-2"])
    assert not sitting.follower.following
    assert instrument.generator is not None
    assert instrument.generator.source == "kept-2, step 700"
    assert instrument.origin == ModelOrigin("kept-2", entries["kept-2"].path)
    instrument.write(1000)
    assert len(sitting.text) == 10
    assert sitting.text != before
    playground.replay_on(recording, entries["kept-1"])
    instrument.write(1000)
    assert sitting.text == before
    Path(entries["kept-2"].path).write_bytes(b"no")
    sitting.follower.following = True
    with pytest.raises(CheckpointError):
        playground.replay_on(Recording("", 0), entries["kept-2"])
    assert (sitting.follower.following, sitting.text) == (True, before)


def test_texts_side_by_side_begin_as_this_one_did(sitting: Sitting) -> None:
    playground, instrument = sitting.playground, sitting.playground.instrument
    instrument.restart(prompt="the ", seed=4)
    instrument.speed = 12.0
    instrument.set_params(top_k=3)
    playground.preferences.columns = "0.3, 0.9"
    comparison = playground.new_comparison(4)
    assert (comparison.prompt, comparison.seed, comparison.speed, comparison.room) == ("the ", 4, 12.0, 4)
    assert [each.params.temperature for each in comparison.generators] == [0.3, 0.9]
    assert {each.params.top_k for each in comparison.generators} == {3}
    assert {each.source for each in comparison.generators} == {"kept-1, step 500"}
    assert comparison.column(1) == Column(comparison.generators[1], instrument.origin)


def test_a_column_is_taken_over_and_the_live_run_is_followed_only_by_its_own(sitting: Sitting) -> None:
    playground, instrument = sitting.playground, sitting.playground.instrument
    playground.take_column(None)
    assert sitting.text == ""
    assert instrument.generator is not None
    instrument.play(instrument.generator.model, "live, step 0", live=True, origin=ModelOrigin("run", "/run"))
    sitting.follower.following = True
    comparison = playground.new_comparison(4)
    comparison.write(10, 60.0)
    column = comparison.column(2)
    playground.take_column(column)
    assert instrument.generator is column.generator
    assert sitting.text == column.generator.text
    assert len(sitting.text) == 10
    assert (sitting.follower.following, instrument.origin.run) == (True, "run")
    playground.take_column(Column(TextGenerator(scholar()), ModelOrigin()))
    assert not sitting.follower.following


def test_any_file_is_opened_as_a_text(sitting: Sitting, tmp_path: Path) -> None:
    (tmp_path / "a file.txt").write_text("it is a file\n" * 20)
    assert sitting.playground.open_text(str(tmp_path / "a file.txt")).title == "a file"
    assert sitting.playground.open_text("fox").text() == FOX


def test_it_is_at_work_while_it_writes_or_reads_and_at_rest_while_it_is_held(sitting: Sitting) -> None:
    playground = sitting.playground
    assert playground.at_work
    playground.instrument.toggle()
    assert not playground.at_work
    playground.run_list.refresh()
    assert playground.at_work
    sitting.quiet()
    assert not playground.at_work
