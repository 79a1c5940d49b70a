"""Branches are exact, whatever is done in whatever order: against a generator that copies all and forgets nothing."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sampling_models import make_model

from charplay.sampling import branches as tree_module
from charplay.sampling import segment as segment_module
from charplay.sampling.batched import BatchedGenerators
from charplay.sampling.branches import BranchTree
from charplay.sampling.distribution import Distribution, distribution, draw
from charplay.sampling.errors import TranscriptError
from charplay.sampling.generator import REREAD, TextGenerator
from charplay.sampling.model import CharModel
from charplay.sampling.params import FilterContext, SamplingParams
from charplay.sampling.random_stream import uniform
from charplay.sampling.recording import Recording, replay

RIDES = [
    SamplingParams(temperature=1.0, seed=3),
    SamplingParams(temperature=0.0, seed=3),
    SamplingParams(temperature=1.7, top_k=5, repetition_penalty=1.5, repetition_window=7, seed=4),
]
DEEDS = [
    "next",
    "next",
    "write",
    "look",
    "candidates",
    "rewind",
    "fork",
    "fork",
    "go",
    "swap",
    "ride",
    "together",
    "read",
]
DEEDS += ["begin", "another"]


def models() -> list[CharModel]:
    return [make_model(), make_model(seed=1), make_model(hidden_size=5)]


class Naive:
    """What a generator is to do: every state kept, every branch a copy."""

    def __init__(self, model: CharModel, params: SamplingParams = RIDES[0]) -> None:
        self.model, self.params = model, params
        newline = int(model.vocabulary.encode("\n")[0])
        self.states = [model.step(model.zero_state(), newline)[0]]
        self.ids: list[int] = []
        self.text = ""
        self.writers: list[tuple[CharModel, SamplingParams]] = []

    def next_distribution(self, position: int) -> Distribution:
        model = self.writers[position][0] if position < len(self.ids) else self.model
        ride = self.writers[position][1] if position < len(self.ids) else self.params
        recent = np.array(self.ids[max(0, position - ride.repetition_window) : position], int)
        return distribution(model.logits(self.states[position]), ride, FilterContext(recent, model.vocabulary))

    def put(self, one: int) -> None:
        self.writers.append((self.model, self.params))
        self.ids.append(one)
        self.text += self.model.characters[one]
        self.states.append(self.model.step(self.states[-1], one)[0])

    def next(self) -> None:
        filtered = self.next_distribution(len(self.ids)).filtered
        self.put(draw(filtered.cumsum(), uniform(self.params.seed, len(self.ids))))

    def swap(self, model: CharModel) -> None:
        if model.family != self.model.family:
            self.states[-1] = model.zero_state()
            for one in model.vocabulary.encode(self.text[-REREAD:] or "\n").tolist():
                self.states[-1] = model.step(self.states[-1], one)[0]
        self.model = model

    def back(self, position: int) -> None:
        writer = self.writers[position][0] if position < len(self.ids) else self.model
        if writer.family != self.model.family:
            raise TranscriptError
        del self.ids[position:], self.writers[position:], self.states[position + 1 :]
        self.text = self.text[:position]

    def copy(self) -> "Naive":
        twin = object.__new__(Naive)
        twin.__dict__ = {name: value.copy() if isinstance(value, list) else value for name, value in vars(self).items()}
        return twin


def refused(deed: Callable[..., Any], *arguments: int) -> bool:
    try:
        deed(*arguments)
    except TranscriptError:
        return True
    return False


class Both:
    """A tree, and naive generators for its branches."""

    def __init__(self, models: list[CharModel]) -> None:
        self.models = models
        self.tree = BranchTree(TextGenerator(models[0], params=RIDES[0], source="0"))
        self.naive = {"1": Naive(models[0])}

    @property
    def present(self) -> tuple[TextGenerator, Naive]:
        return self.tree.generator, self.naive[self.tree.current]

    def do(self, deed: str, number: int) -> None:
        position = number % (len(self.present[1].ids) + 1)
        getattr(self, deed)(number, position)

    def next(self, number: int, _: int) -> None:
        generator, naive = self.present
        generator.advance(most=number % 9 + 1)
        for _ in range(number % 9 + 1):
            naive.next()

    def write(self, number: int, _: int) -> None:
        generator, naive = self.present
        text = "ab?c"[: number % 5]
        generator.write(text)
        for character in text.replace("?", ""):
            naive.put(naive.model.characters.index(character))

    def look(self, _: int, position: int) -> None:
        generator, naive = self.present
        found, expected = generator.inspect(position, 30), naive.next_distribution(position)
        assert sorted((one.raw, one.filtered) for one in found.candidates) == sorted(
            zip(expected.raw.tolist(), expected.filtered.tolist(), strict=True)
        )
        assert (found.written is None) == (position == len(naive.ids))

    def candidates(self, number: int, _: int) -> None:
        self.tree.generator.candidates(number % 5)

    def rewind(self, _: int, position: int) -> None:
        generator, naive = self.present
        assert refused(generator.rewind, position) == refused(naive.back, position)

    def fork(self, number: int, position: int) -> None:
        twin = self.present[1].copy()
        if not refused(twin.back, position):
            twin.put(number % 17)
            self.naive[self.tree.fork(position, twin.text[-1])] = twin

    def go(self, number: int, _: int) -> None:
        self.tree.switch_to(list(self.naive)[number % len(self.naive)])

    def begin(self, *_: int) -> None:
        generator, naive = self.present
        self.tree.start_text(generator)
        generator.restart()
        self.naive[self.tree.current] = Naive(naive.model, naive.params)

    def another(self, number: int, _: int) -> None:
        model = self.models[number % 3]
        self.tree.start_text(TextGenerator(model, params=RIDES[0], memory=self.tree.generator.transcript.memory))
        self.naive[self.tree.current] = Naive(model)

    def swap(self, number: int, _: int) -> None:
        generator, naive = self.present
        generator.swap_model(self.models[number % 3], str(number % 3))
        naive.swap(self.models[number % 3])

    def ride(self, number: int, _: int) -> None:
        generator, naive = self.present
        generator.params = naive.params = RIDES[number % 3]

    def together(self, *_: int) -> None:
        generator, naive = self.present
        BatchedGenerators([generator]).next()
        naive.next()

    def read(self, number: int, _: int) -> None:
        json.dumps(self.tree.export())
        self.tree.compare(list(self.naive)[number % len(self.naive)], self.tree.current)

    def check(self) -> None:
        assert {branch.name for branch in self.tree.branches} == self.naive.keys()
        for branch in self.tree.branches:
            naive = self.naive[branch.name]
            assert self.tree.text(branch.name) == naive.text
            assert self.tree.transcript(branch.name).column("id").tolist() == naive.ids
            assert np.array_equal(self.tree.transcript(branch.name).state_at(branch.length), naive.states[-1])
            if branch.parent:
                parent = self.naive[branch.parent]
                assert naive.ids[: branch.start] == parent.ids[: branch.start]
                shared = zip(naive.states[: branch.start], parent.states, strict=False)
                assert all(np.array_equal(one, other) for one, other in shared)


@pytest.mark.parametrize("memory", [4096, 10])
@given(st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 500)), max_size=40))
@settings(max_examples=60, deadline=None)
def test_any_deeds_in_any_order_are_exact(memory: int, deeds: list[tuple[str, int]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(segment_module, "RECENT", memory)
        patch.setattr(tree_module, "UNTOUCHED", 100)
        patch.setattr(tree_module, "HELD", 100)
        both = Both(models())
        for deed in deeds:
            both.do(*deed)
        both.check()
        for name in list(both.naive):
            both.tree.switch_to(name)
            both.tree.generator.params = both.naive[name].params
            both.do("next", 5)
        both.check()


def written(length: int = 60, **fields: object) -> BranchTree:
    generator = TextGenerator(make_model(**fields), params=RIDES[0], prompt="abc")
    generator.advance(most=length)
    return BranchTree(generator)


def test_a_fork_has_its_beginning_in_common_and_leaves_its_parent_alone() -> None:
    tree = written()
    before = [tree.generator.transcript[t] for t in range(63)]
    candidate = next(one for one in tree.generator.inspect(20, 5).candidates if one.character != before[20].character)
    name = tree.fork(20, candidate.character)
    tree.generator.advance(most=30)
    assert (name, tree.current) == ("2", "2")
    assert tree.branches == (("1", "", 0, 63, "", 3, 1.0), ("2", "1", 20, 51, "", 3, 1.0))
    picked = tree.generator.transcript[20]
    assert (picked.character, picked.kind, picked.probability) == (candidate.character, "picked", candidate.filtered)
    assert [tree.transcript("2")[t] for t in range(20)] == before[:20]
    assert [tree.transcript("1")[t] for t in range(63)] == before
    for t in range(21):
        assert tree.transcript("1").state_at(t) is tree.transcript("2").state_at(t)
    tree.switch_to("1")
    tree.generator.rewind(20)
    tree.generator.write(candidate.character)
    assert "".join(one.character for one in tree.generator.advance(most=30)) == tree.text("2")[21:]


def test_a_branch_goes_on_with_its_own_weights_and_settings() -> None:
    straight = written(100).generator
    tree = written(60)
    tree.fork(30, "a")
    weights = make_model(seed=1)
    tree.generator.swap_model(weights, "other")
    tree.generator.params = RIDES[2]
    tree.generator.advance(most=50)
    tree.switch_to("1")
    assert (tree.generator.source, tree.generator.params) == ("", RIDES[0])
    tree.generator.advance(most=40)
    assert tree.generator.text == straight.text
    assert np.array_equal(tree.generator.transcript.state_at(103), straight.transcript.state_at(103))
    tree.switch_to("2")
    assert (tree.generator.model, tree.generator.source, tree.generator.params) == (weights, "other", RIDES[2])


@pytest.fixture
def orphan(monkeypatch: pytest.MonkeyPatch) -> BranchTree:
    """A tree with a branch whose weights are gone."""
    monkeypatch.setattr(segment_module, "RECENT", 100)
    tree = BranchTree(TextGenerator(make_model.__wrapped__(), params=RIDES[0], source="gone"))
    tree.generator.advance(most=60)
    tree.fork(30)
    tree.generator.swap_model(make_model(seed=1), "here")
    tree.generator.advance(most=10)
    return tree


def test_where_the_weights_are_gone_the_present_ones_go_on(orphan: BranchTree) -> None:
    look = orphan.generator.inspect(20, 3)
    assert (look.source, look.written.source) == ("here", "gone")
    orphan.switch_to("1")
    assert (orphan.generator.source, orphan.generator.transcript.weights_spans) == ("here", ((0, "gone"), (60, "here")))


def test_where_their_states_are_gone_too_a_branch_can_only_be_read(orphan: BranchTree) -> None:
    orphan.generator.advance(most=200)
    text = orphan.text("1")
    with pytest.raises(TranscriptError, match="gone"):
        orphan.switch_to("1")
    assert (orphan.current, orphan.text("1")) == ("2", text)
    with pytest.raises(TranscriptError, match="gone"):
        orphan.generator.inspect(20, 3)


def test_all_branches_together_keep_to_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    state = make_model().zero_state()
    monkeypatch.setattr(segment_module, "RECENT", 50)
    monkeypatch.setattr(segment_module, "MEMORY", 40 * state.nbytes)
    tree = written(200)
    for number in range(20):
        tree.fork(5 + 9 * number, "a")
        tree.generator.advance(most=100)
        segments = {id(one): one for branch in tree.branches for one in tree.transcript(branch.name)._segments}.values()
        kept = {id(state): state for one in segments for state in one.states.values()}
        assert sum(one.nbytes for one in kept.values()) <= segment_module.MEMORY + state.nbytes
    for branch in tree.branches:
        naive = make_model().feed(make_model().zero_state(), tree.transcript(branch.name).column("id").tolist())[0]
        assert np.array_equal(tree.transcript(branch.name).state_at(branch.length), naive)


def test_of_beginnings_that_nobody_cared_for_only_the_last_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree_module, "UNTOUCHED", 3)
    tree = written()
    tree.fork(20, "a")
    branched = tree.text("1")
    for _ in range(2):  # nothing was written in the first: the second takes its place
        tree.start_text(tree.generator)
        tree.generator.restart("b")
    assert [branch.name for branch in tree.branches] == ["1", "2", "3"]
    tree.generator.advance(most=5)
    tree.rename("3", "a good one")
    for seed in range(6):
        tree.start_text(tree.generator)
        tree.generator.restart("", seed)
        tree.generator.advance(most=5)
    assert [branch.name for branch in tree.branches] == ["1", "2", "a good one", "7", "8", "9"]
    assert [branch.seed for branch in tree.branches[-3:]] == [3, 4, 5]
    tree.switch_to("a good one")
    assert (tree.generator.prompt, tree.generator.text[0]) == ("b", "b")
    assert tree.text("1") == branched


def test_of_networks_only_those_that_wrote_last_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree_module, "HELD", 2)
    tree = written()
    first = tree.text("1")
    for seed in (1, 2):
        tree.start_text(TextGenerator(make_model.__wrapped__(seed=seed), source=str(seed)))
        tree.generator.advance(most=5)
    tree.switch_to("2")
    with pytest.raises(TranscriptError, match="before the 2 that wrote last"):
        tree.switch_to("1")
    assert (tree.current, tree.generator.source, tree.text("1")) == ("2", "1", first)
    tree.switch_to("3")
    assert tree.generator.source == "2"


def test_a_tape_tells_the_temperatures_of_any_stretch() -> None:
    tree = written(20)
    tree.fork(10)
    for heat in (1.7, 0.2, 1.7):
        tree.generator.params = SamplingParams(temperature=heat)
        tree.generator.advance(most=3)
    transcript = tree.generator.transcript
    expected = [transcript[at].temperature for at in range(len(transcript))]
    assert len(set(expected)) == 3
    for start in range(len(transcript) + 1):
        for stop in range(start, len(transcript) + 1):
            assert transcript.temperatures(start, stop) == expected[start:stop]


def test_branches_are_named_compared_and_let_go() -> None:
    tree = written()
    tree.fork(20, "a")
    tree.generator.advance(most=30)
    tree.fork(40, "b")
    tree.rename("2", "the middle")
    assert [(one.name, one.parent) for one in tree.branches] == [("1", ""), ("the middle", "1"), ("3", "the middle")]
    for wrong in ("", "1", "x" * 61):
        with pytest.raises(ValueError, match="its own"):
            tree.rename("3", wrong)
    first, second = tree.text("1"), tree.text("the middle")
    common, *rest = tree.compare("1", "the middle")
    assert (common + rest[0], common + rest[1]) == (first, second)
    assert len(common) >= 20
    assert rest[0][0] != rest[1][0]
    tree.delete("the middle")
    assert [(one.name, one.parent, one.start) for one in tree.branches] == [("1", "", 0), ("3", "1", 20)]
    with pytest.raises(TranscriptError, match="stays"):
        tree.delete("3")
    tree.switch_to("1")
    assert tree.fork(3) == "4"
    with pytest.raises(KeyError):
        tree.switch_to("the middle")


def test_what_is_exported_can_be_written_again() -> None:
    tree = written()
    tree.fork(20, "a")
    tree.generator.params = RIDES[2]
    tree.generator.advance(most=30)
    plain = json.loads(json.dumps(tree.export()))
    assert plain["present"] == "2"
    for branch in plain["branches"]:
        again = TextGenerator(make_model())
        list(replay(again, Recording.from_plain(branch["ride"])))
        assert again.text == branch["text"] == tree.text(branch["name"])
        assert again.params.seed == branch["seed"]
        assert branch["sources"] == [[0, ""]]
