"""The cursor, other characters, words of one's own, and branches: what an instrument answers without a screen."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from scripted_models import SONG, scholar, text_of

from charplay.playground.happenings import Said
from charplay.playground.instrument import Instrument
from charplay.playground.saved_texts import ModelOrigin
from charplay.playground.text_changes import Appended, Began, Reweighted, Rewritten
from charplay.playground.text_cursor import MAX_CANDIDATES
from charplay.playground.text_files import export_branches
from charplay.sampling.branches import HELD, BranchTree
from charplay.sampling.generator import TextGenerator
from charplay.sampling.params import SamplingParams
from charplay.sampling.recording import Recording
from charplay.sampling.transcript import Transcript

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def transcript_of(instrument: Instrument) -> Transcript:
    assert instrument.transcript is not None
    return instrument.transcript


def tree_of(instrument: Instrument) -> BranchTree:
    assert instrument.branches is not None
    return instrument.branches


def text(instrument: Instrument) -> str:
    return transcript_of(instrument).text()


def said(instrument: Instrument) -> list[str]:
    return [each.sentence for each in instrument.drain() if isinstance(each, Said)]


# Looking.

LOOKS: tuple[Callable[[Instrument, int], object], ...] = (
    lambda it, at: it.move_cursor(at),
    lambda it, at: it.move_cursor(at, unknown=True),
    lambda it, at: it.all_candidates(at),
    lambda it, at: it.candidates(at % 9),
    lambda it, _: it.insert(0, ""),
    lambda it, at: it.pick(transcript_of(it), at, text(it)[at : at + 1]) if at < len(text(it)) else None,
    lambda it, _: tree_of(it).branches,
    lambda it, _: it.recording,
    lambda it, _: it.put_cursor_away(),
)


@given(
    st.lists(st.tuples(st.integers(0, 60), st.lists(st.tuples(st.sampled_from(LOOKS), st.floats(0, 1)))), max_size=5)
)
def test_looking_never_changes_what_comes_next(
    stretches: list[tuple[int, list[tuple[Callable[[Instrument, int], object], float]]]],
) -> None:
    with TemporaryDirectory() as folder:
        instrument = Instrument(Path(folder), SamplingParams())
        instrument.play(scholar(), "demo")
        for number, looks in stretches:
            if number:
                instrument.write(number)
            for look, share in looks:
                look(instrument, int(share * len(text(instrument))))
        instrument.write(20)
        assert text(instrument) == text_of(scholar(), sum(number for number, _ in stretches) + 20)
        assert len(tree_of(instrument).branches) == 1


def test_a_cursor_holds_the_writing_and_put_away_lets_it_go_on(instrument: Instrument) -> None:
    instrument.write(30)
    assert instrument.at_work
    instrument.move_cursor(29)
    assert not instrument.at_work
    instrument.advance(0.0)
    instrument.advance(1.0)
    assert len(text(instrument)) == 30
    instrument.put_cursor_away()
    assert instrument.at_work
    instrument.playing = False
    instrument.move_cursor(29)
    instrument.put_cursor_away()
    assert not instrument.playing
    for go_on in (instrument.toggle, instrument.go_on):
        instrument.move_cursor(29)
        instrument.playing = False
        go_on()
        assert instrument.at_work
        assert not instrument.cursor.is_out
    instrument.move_cursor(29)
    instrument.write_one()
    assert (instrument.playing, instrument.cursor.is_out, len(text(instrument))) == (False, False, 31)


def test_the_cursor_tells_what_stands_there_and_its_rivals(instrument: Instrument) -> None:
    instrument.write(50)
    generator = instrument.generator
    assert generator is not None
    ahead = instrument.candidates(4)
    assert list(ahead) == generator.candidates(4)
    instrument.move_cursor(46)
    assert instrument.cursor.position == 46
    assert instrument.cursor.inspection == generator.inspect(46, MAX_CANDIDATES)
    assert list(instrument.candidates(4)) == list(generator.inspect(46, 4).candidates)
    instrument.move_cursor(50)
    assert instrument.cursor.inspection == generator.inspect(50, MAX_CANDIDATES)
    found = instrument.all_candidates(46)
    assert found is not None
    assert {each.character for each in found.candidates} == set(SONG)
    instrument.put_cursor_away()
    cursor: Any = instrument.cursor
    assert (cursor.position, cursor.inspection, cursor.error) == (None, None, "")
    assert list(instrument.candidates(4)) == list(ahead)


def test_on_what_was_left_out_of_the_prompt_nothing_can_be_rated(instrument: Instrument) -> None:
    instrument.restart(prompt="tZo")
    instrument.move_cursor(1, unknown=True)
    assert instrument.cursor.on_unknown
    assert "left out of the prompt" in instrument.cursor.error
    assert not instrument.candidates(3)
    instrument.move_cursor(1)
    assert not instrument.cursor.on_unknown
    assert instrument.candidates(3)


# Another way.


def test_another_character_makes_a_branch_that_goes_on_from_it(instrument: Instrument) -> None:
    instrument.write(40)
    before = text(instrument)
    other = next(each for each in "abehinoqrstu" if each != before[30])
    instrument.move_cursor(30)
    instrument.drain()
    instrument.pick(transcript_of(instrument), 30, other)
    assert text(instrument) == before[:30] + other
    assert transcript_of(instrument)[30].kind == "picked"
    assert tree_of(instrument).names == ("1", "2")
    assert tree_of(instrument).text("1") == before
    assert instrument.at_work
    assert not instrument.cursor.is_out
    assert instrument.drain() == [Rewritten(transcript_of(instrument), 30, live=False)]
    instrument.write(10)
    assert text(instrument) == text_of(scholar(), 30, (other, "picked"), 10)


def test_the_character_that_stands_there_is_no_new_branch(instrument: Instrument) -> None:
    instrument.write(20)
    instrument.move_cursor(19)
    instrument.pick(transcript_of(instrument), 19, text(instrument)[19])
    assert len(tree_of(instrument).branches) == 1
    assert instrument.cursor.is_out
    (sentence,) = said(instrument)
    assert sentence.endswith("stands there already; pick another, or type into the text.")


def test_at_the_end_a_picked_character_is_simply_written(instrument: Instrument) -> None:
    instrument.write(20)
    before = text(instrument)
    instrument.move_cursor(20)
    instrument.drain()
    instrument.pick(transcript_of(instrument), 20, "q")
    assert text(instrument) == before + "q"
    assert transcript_of(instrument)[20].kind == "picked"
    assert len(tree_of(instrument).branches) == 1
    assert not instrument.cursor.is_out
    assert instrument.drain() == [Appended(21)]


def test_a_character_is_picked_in_the_text_that_was_looked_at_and_in_no_other(instrument: Instrument) -> None:
    instrument.write(20)
    looked_at = transcript_of(instrument)
    instrument.insert(10, "to")
    here = text(instrument)
    instrument.drain()
    instrument.pick(looked_at, 15, "q")
    assert text(instrument) == here
    assert said(instrument) == ["Another text stands here by now; nothing was picked."]
    other = "q" if here[10] != "q" else "e"
    instrument.pick(looked_at, 10, other)  # up to there both are the same
    assert text(instrument) == here[:10] + other
    instrument.restart_with_next_seed()
    instrument.pick(looked_at, 5, "q")
    assert text(instrument) == ""


def test_text_of_ones_own_at_the_cursor_and_at_the_end(instrument: Instrument) -> None:
    instrument.write(20)
    before = text(instrument)
    instrument.typing = True
    assert not instrument.at_work
    instrument.insert(20, "to Z\\be")
    assert text(instrument) == before + "to be"
    assert said(instrument) == ["Left out, unknown to the network: Z \\"]
    assert instrument.at_work
    assert len(tree_of(instrument).branches) == 1
    instrument.insert(2, "or")
    assert text(instrument) == before[:2] + "or"
    assert {transcript_of(instrument)[at].kind for at in (2, 3)} == {"typed"}
    assert tree_of(instrument).names == ("1", "2")
    instrument.move_cursor(3)
    instrument.insert(3, "")
    instrument.insert(3, "ZZ")
    assert text(instrument) == before[:2] + "or"
    assert instrument.cursor.is_out


def test_going_back_to_a_branch_continues_it_exactly(instrument: Instrument) -> None:
    instrument.write(40)
    instrument.insert(20, "question")
    instrument.set_params(temperature=1.1, top_k=3)
    instrument.write(25)
    second = text(instrument)
    instrument.drain()
    assert instrument.switch_to("1")
    assert tree_of(instrument).current == "1"
    assert instrument.drain() == [Rewritten(transcript_of(instrument), 20, live=False)]
    assert (instrument.params.temperature, instrument.params.top_k) == (0.8, None)
    instrument.write(30)
    assert text(instrument) == text_of(scholar(), 70)
    assert instrument.switch_to("2")
    assert text(instrument) == second
    assert (instrument.params.temperature, instrument.params.top_k) == (1.1, 3)
    instrument.drain()
    assert not instrument.switch_to("2")
    assert not instrument.switch_to("nowhere")
    assert instrument.drain() == []


def test_a_live_run_can_be_gone_back_in_and_what_cannot_is_one_sentence(
    empty: Instrument, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("charplay.sampling.segment.RECENT", 40)
    empty.play(scholar(1), "live, step 0", live=True)
    empty.write(60)
    empty.update_weights(scholar(2), "live, step 100")
    empty.write(30)
    before = text(empty)
    empty.move_cursor(55)
    assert empty.cursor.inspection is not None
    assert empty.cursor.inspection.source == "live, step 100"
    empty.drain()
    empty.insert(55, "to be")
    assert text(empty) == before[:55] + "to be"
    assert empty.drain() == [Rewritten(transcript_of(empty), 55, live=True)]
    empty.switch_to("1")
    assert text(empty) == before
    assert empty.following
    empty.write(10)
    empty.drain()
    empty.move_cursor(1)
    assert "the weights that wrote position 1 are gone" in empty.cursor.error
    assert empty.cursor.inspection is None
    assert empty.candidates(3) == ()
    assert empty.all_candidates(1) is None
    empty.insert(1, "t")
    gone = "It cannot go on from there: the weights that wrote position 1 are gone"
    sentences = said(empty)
    assert len(sentences) == 2
    assert all(each.startswith(gone) for each in sentences)
    assert empty.cursor.is_out
    assert text(empty).startswith(before)
    assert tree_of(empty).names == ("1", "2")


def test_another_model_or_another_text_puts_the_cursor_away(instrument: Instrument) -> None:
    instrument.write(20)
    ways: list[Callable[[], object]] = [
        lambda: instrument.insert(19, "to"),
        lambda: instrument.switch_to("1"),
        lambda: instrument.play(scholar(3), "demo, step 9"),
        instrument.restart_with_next_seed,
        lambda: instrument.take_over(TextGenerator(scholar(4)), ModelOrigin()),
        lambda: instrument.replay(Recording.of(transcript_of(instrument))),
    ]
    for way in ways:
        instrument.write(3)
        instrument.move_cursor(1)
        instrument.typing = True
        way()
        assert not instrument.cursor.is_out
        assert not instrument.typing
        assert instrument.at_work


def test_branches_outlive_another_seed_another_prompt_and_another_network(instrument: Instrument) -> None:
    instrument.write(20)
    instrument.insert(19, "to")
    texts = {name: tree_of(instrument).text(name) for name in ("1", "2")}
    instrument.restart_with_next_seed()
    instrument.write(5)
    instrument.restart(prompt="or")
    instrument.write(5)
    instrument.play(scholar(3), "live, step 9", live=True, origin=ModelOrigin("run", "/runs/run"))
    instrument.write(5)
    tree = tree_of(instrument)
    assert tree.names == ("1", "2", "3", "4", "5")
    assert instrument.following
    texts |= {name: tree.text(name) for name in ("3", "4", "5")}
    instrument.drain()
    instrument.switch_to("2")
    assert instrument.drain() == [Began(transcript_of(instrument), below=False, live=False)]
    assert (tree.current, instrument.following, instrument.origin.run, instrument.prompt) == ("2", False, "", "")
    assert instrument.params.seed == 1
    instrument.write(10)
    assert text(instrument) == text_of(scholar(), 19, ("to", "typed"), 10)
    instrument.switch_to("5")
    assert (instrument.following, instrument.origin.run, text(instrument)) == (True, "run", texts["5"])
    assert (instrument.prompt, instrument.params.seed) == ("or", 2)
    assert all(tree.text(name).startswith(each) for name, each in texts.items())


def test_a_branch_that_can_only_be_read_is_one_sentence(instrument: Instrument) -> None:
    instrument.write(5)
    for number in range(HELD + 1):
        instrument.play(scholar(number), f"step {number}")
        instrument.write(5)
    here = text(instrument)
    instrument.drain()
    assert not instrument.switch_to("1")
    (sentence,) = said(instrument)
    assert sentence.startswith("1 can only be read any more: ")
    assert text(instrument) == here


def test_every_branch_goes_into_a_file(instrument: Instrument, texts: Path) -> None:
    instrument.write(20)
    instrument.insert(5, "not")
    path = export_branches(instrument, NOW)
    assert path is not None
    assert list(texts.glob("*-branches.json")) == [path]
    plain = json.loads(path.read_text())
    assert [each["text"] for each in plain["branches"]] == [tree_of(instrument).text("1"), text(instrument)]


# Whatever is played, in whatever order.


class Played(RuleBasedStateMachine):
    """The changes that are told make the text that stands there, and what was written is never lost."""

    @initialize()
    def begin(self) -> None:
        self.folder = TemporaryDirectory()
        self.instrument = Instrument(Path(self.folder.name), SamplingParams())
        self.models = 0
        self.shown = ""
        self.transcript: Transcript | None = None
        self.kept: dict[str, str] = {}
        self.play()

    def teardown(self) -> None:
        self.folder.cleanup()

    def at(self, share: float) -> int:
        return int(share * len(text(self.instrument)))

    @rule(number=st.integers(1, 40))
    def write(self, number: int) -> None:
        self.instrument.write(number)

    @rule(share=st.floats(0, 1))
    def look(self, share: float) -> None:
        self.instrument.move_cursor(self.at(share))

    @rule(share=st.floats(0, 1), typed=st.text("to beZ", max_size=5))
    def insert(self, share: float, typed: str) -> None:
        self.instrument.insert(self.at(share), typed)

    @rule(share=st.floats(0, 1), character=st.sampled_from("tobe"))
    def pick(self, share: float, character: str) -> None:
        self.instrument.pick(transcript_of(self.instrument), self.at(share), character)

    @rule(share=st.floats(0, 1))
    def switch(self, share: float) -> None:
        names = tree_of(self.instrument).names
        self.instrument.switch_to(names[int(share * (len(names) - 1))])

    @rule(prompt=st.none() | st.text("to beZ", max_size=5))
    def restart(self, prompt: str | None) -> None:
        self.instrument.restart(prompt=prompt)

    @rule(live=st.booleans())
    def play(self, *, live: bool = False) -> None:
        self.models += 1
        self.instrument.play(scholar(self.models), f"step {self.models}", live=live)

    @rule()
    def learn(self) -> None:
        self.models += 1
        self.instrument.update_weights(scholar(self.models), f"step {self.models}")

    @rule()
    def replay(self) -> None:
        if self.instrument.recording is not None:
            self.instrument.replay(self.instrument.recording)

    @rule()
    def warmer(self) -> None:
        self.instrument.set_params(temperature=self.instrument.params.temperature + 0.1)

    @rule()
    def show(self) -> None:
        for change in self.instrument.drain():
            match change:
                case Began(transcript):
                    self.transcript, self.shown = transcript, transcript.text()
                case Rewritten(transcript, since):
                    assert self.transcript is not None
                    assert transcript.shared(self.transcript) >= since
                    self.transcript, self.shown = transcript, self.shown[:since] + transcript.text(since)
                case Reweighted(transcript):
                    assert self.shown == transcript.text(0, len(self.shown))
                    self.transcript = transcript
                case Appended(length) if length > len(self.shown):
                    assert self.transcript is not None
                    self.shown += self.transcript.text(len(self.shown), length)
        assert self.transcript is self.instrument.transcript
        assert self.shown == text(self.instrument)

    @invariant()
    def what_was_written_stays(self) -> None:
        tree = tree_of(self.instrument)
        for name in tree.names:
            here = tree.text(name)
            if name != tree.current and name in self.kept:
                assert here == self.kept[name]
            self.kept[name] = here


TestPlayed = Played.TestCase
TestPlayed.settings = settings(max_examples=40, deadline=None)
