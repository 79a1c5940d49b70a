"""Copied or composed: what is found in the training text, and what becomes of it as the text changes."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_models import SONG, reciter, scholar

from charplay.corpora.corpus import from_text
from charplay.corpora.errors import CorpusError
from charplay.corpora.progress import Watch
from charplay.playground.happenings import Said
from charplay.playground.instrument import Instrument
from charplay.playground.jobs import BackgroundJob
from charplay.playground.memorization import MIN_COPIED, Memorization
from charplay.playground.saved_texts import ModelOrigin
from charplay.playground.text_changes import CopiesChanged
from charplay.playground.training_text import TrainingText
from charplay.sampling.params import SamplingParams
from charplay.sampling.substring_index import SubstringIndex

if TYPE_CHECKING:
    from collections.abc import Callable

LEARNED = TrainingText(from_text("the song", SONG), SubstringIndex(SONG), SONG)
DEMO = ModelOrigin("demo", "/demo")


class Sought:
    """Jobs that were asked for; each is run when the test says so."""

    def __init__(self) -> None:
        self.jobs: list[BackgroundJob[TrainingText]] = []
        self.asked: list[tuple[str, TrainingText | None]] = []
        self.work: Callable[[Watch], TrainingText] = lambda _: LEARNED

    def __call__(self, path: Path, known: TrainingText | None) -> BackgroundJob[TrainingText]:
        self.asked.append((str(path), known))
        self.jobs.append(BackgroundJob(self.work))
        return self.jobs[-1]


class Reader:
    """An instrument, and copies that are looked for in what it writes."""

    def __init__(self, folder: Path) -> None:
        self.instrument = Instrument(folder, SamplingParams())
        self.instrument.play(reciter(), "demo", origin=DEMO)
        self.sought = Sought()
        self.memorization = Memorization(self.instrument, self.sought)  # type: ignore[arg-type]

    @property
    def text(self) -> str:
        assert self.instrument.transcript is not None
        return self.instrument.transcript.text()

    def search(self) -> None:
        """Look for copies, and have the training text found."""
        self.memorization.toggle()
        self.sought.jobs[-1].run()
        self.look()

    def look(self) -> list[str]:
        """Look through all that is written; what is said."""
        said: list[str] = []
        for _ in range(len(self.text) + 3):
            said += [each.sentence for each in self.memorization.advance() if isinstance(each, Said)]
        return said

    def copied(self) -> str:
        return "".join(each if self.memorization.is_copied(at) else "." for at, each in enumerate(self.text))


def expected(text: str, least: int) -> set[int]:
    """The positions that lie in a stretch of at least that length which stands in the song."""
    return {
        at
        for start in range(len(text) - least + 1)
        if text[start : start + least] in SONG
        for at in range(start, start + least)
    }


@pytest.fixture
def reader(texts: Path) -> Reader:
    return Reader(texts)


@pytest.mark.parametrize("beyond", ["", "!"])
def test_a_text_that_is_searched_in_part_is_said_to_be(reader: Reader, beyond: str) -> None:
    learned = TrainingText(from_text("a song", SONG + beyond), LEARNED.index, "a song")
    reader.sought.work = lambda _: learned
    sentence = f"Copies are looked for in the first {len(SONG)} characters of the training text."
    for _ in range(2):
        reader.memorization.toggle()
        if len(reader.sought.jobs) == 1:
            reader.sought.jobs[0].run()
        assert reader.look() == [sentence] * bool(beyond)
        reader.memorization.toggle()
        assert reader.look() == []
    assert reader.sought.asked == [("/demo", None)]  # the second time it is known


@given(st.text("tobe rnhaisqu\n?", max_size=80), st.sampled_from([4, 5, 6]), st.integers(1, 90))
def test_copied_is_what_lies_in_a_stretch_of_at_least_that_length(typed: str, least: int, portion: int) -> None:
    reader = Reader(Path("/nowhere"))
    reader.memorization.min_length = least
    reader.search()
    for start in range(0, len(typed), portion):
        reader.instrument.insert(len(reader.text), typed[start : start + portion])
        reader.look()
    inside = expected(reader.text, least)
    assert reader.copied() == "".join(each if at in inside else "." for at, each in enumerate(reader.text))
    measure = reader.memorization.measure()
    assert measure is not None
    assert measure.new_share == pytest.approx(1 - len(inside) / len(reader.text) if reader.text else 1)
    assert (measure.last_copied >= least) == bool(inside)


def test_another_length_counts_at_once_and_what_is_off_underlines_nothing(reader: Reader) -> None:
    reader.instrument.play(reciter("to be? that is not it"), "other", origin=DEMO)
    reader.instrument.write(60)
    reader.search()
    for least in (5, 4, 6):
        reader.memorization.advance()
        reader.memorization.min_length = least
        assert reader.memorization.advance() == [CopiesChanged(0)]
        inside = expected(reader.text, least)
        assert 0 < len(inside) < len(reader.text)
        assert reader.copied() == "".join(each if at in inside else "." for at, each in enumerate(reader.text))
    reader.memorization.toggle()
    assert reader.memorization.advance() == [CopiesChanged(0)]
    assert reader.copied() == "." * 60
    assert reader.memorization.measure() is None
    assert not reader.memorization.looking
    assert reader.memorization.advance() == []


def test_the_prompt_is_not_counted_as_new_or_copied(reader: Reader) -> None:
    reader.instrument.restart(prompt=SONG[:25] + "Z")
    reader.search()
    measure = reader.memorization.measure()
    assert measure is not None
    assert (measure.new_share, measure.last_copied) == (1.0, 0)
    reader.instrument.insert(25, "q" * 10)
    reader.look()
    measure = reader.memorization.measure()
    assert measure is not None
    assert (measure.new_share, measure.last_copied) == (1.0, 0)


def test_the_source_of_the_newest_copy_or_of_that_at_a_position(reader: Reader) -> None:
    assert reader.memorization.match(None) is None
    reader.instrument.write(30)
    reader.search()
    newest = reader.memorization.match(None)
    assert newest is not None
    length = newest.stop - newest.start
    assert LEARNED.corpus.text(newest.source, newest.source + length) == reader.text[-length:] == reader.text
    assert reader.memorization.match(29) == newest
    assert reader.memorization.match(30) is None
    assert reader.memorization.training_text is LEARNED


def test_where_copies_were_found_is_told_and_nothing_else(reader: Reader) -> None:
    reader.search()
    reader.instrument.write(MIN_COPIED - 1)
    assert reader.memorization.advance() == []
    reader.instrument.write(1)
    assert reader.memorization.advance() == [CopiesChanged(0)]
    reader.instrument.write(2)
    assert reader.memorization.advance() == [CopiesChanged(MIN_COPIED)]
    reader.instrument.insert(len(reader.text), "qqq")
    assert reader.memorization.advance() == []


def test_another_text_and_another_network_are_looked_through_anew(reader: Reader) -> None:
    reader.instrument.write(30)
    reader.search()
    assert reader.copied() == reader.text
    reader.instrument.restart_with_next_seed()
    assert reader.copied().strip(".") == ""
    reader.instrument.write(25)
    reader.look()
    assert reader.copied() == reader.text
    asked = len(reader.sought.asked)
    reader.instrument.play(reciter(), "other", origin=ModelOrigin("other", "/other"))
    reader.instrument.write(25)
    reader.memorization.advance()
    assert reader.sought.asked[asked:] == [("/other", LEARNED)]
    assert not reader.memorization.looking
    assert reader.copied().strip(".") == ""
    reader.sought.jobs[-1].run()
    reader.look()
    assert reader.copied() == reader.text


def test_another_branch_is_looked_through_from_where_it_left(reader: Reader) -> None:
    reader.instrument.write(60)
    reader.search()
    assert reader.copied() == reader.text
    reader.instrument.insert(30, "q")
    changed = [each for each in reader.memorization.advance() if isinstance(each, CopiesChanged)]
    assert changed == [CopiesChanged(30 - MIN_COPIED)]
    assert reader.copied() == reader.text[:30] + "."
    reader.instrument.insert(MIN_COPIED - 1, "q")  # what is left of the copy is too short for one
    assert reader.memorization.advance() == [CopiesChanged(0)]
    assert reader.copied() == "." * MIN_COPIED
    reader.instrument.switch_to("1")
    reader.look()
    assert reader.copied() == reader.text


def test_new_weights_of_the_same_network_change_nothing_of_it(reader: Reader) -> None:
    reader.instrument.write(30)
    reader.search()
    reader.instrument.update_weights(reciter(), "live, step 2")
    assert reader.memorization.advance() == []
    assert reader.copied() == reader.text
    assert len(reader.sought.jobs) == 1


def test_an_index_that_comes_too_late_changes_nothing(reader: Reader) -> None:
    reader.instrument.write(30)
    reader.memorization.toggle()
    (late,) = reader.sought.jobs
    reader.memorization.toggle()
    assert late.cancelled
    late.run()
    assert reader.look() == []
    assert not reader.memorization.looking
    assert not reader.copied().strip(".")


def test_where_the_training_text_is_not_here_it_is_said_in_one_sentence(reader: Reader) -> None:
    statuses: list[str] = []

    def work(watch: Watch) -> TrainingText:
        watch(0.07)
        reader.memorization.advance()
        statuses.append(reader.memorization.status)
        raise CorpusError("It is \x1b[31m not here.")

    reader.sought.work = work
    reader.instrument.write(30)
    reader.memorization.toggle()
    reader.sought.jobs[-1].run()
    assert statuses == ["reading the training text: 7 %"]
    assert reader.look() == ["It is \x1b[31m not here."]
    assert reader.memorization.status == "the training text is not here"
    assert reader.memorization.measure() is None
    assert reader.look() == []


def test_of_a_network_from_nowhere_nothing_is_sought(reader: Reader) -> None:
    reader.instrument.play(scholar(), "from nowhere")
    reader.memorization.toggle()
    assert reader.look() == []
    assert reader.sought.asked == []
    assert reader.memorization.status == "where this network comes from is not known"
    assert reader.memorization.measure() is None


def test_while_it_is_off_nothing_is_sought_whoever_writes(reader: Reader) -> None:
    reader.instrument.play(scholar(), "other", origin=ModelOrigin("other", "/other"))
    assert reader.look() == []
    assert reader.sought.asked == []
