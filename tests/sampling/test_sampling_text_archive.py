"""A text that was taken apart and put together is the same text, and goes on as the one that was left would have."""

import gc
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sampling_models import make_model

from charplay.sampling.branches import BranchTree, KeptBranch
from charplay.sampling.errors import TranscriptError
from charplay.sampling.generator import TextGenerator
from charplay.sampling.model import CharModel
from charplay.sampling.params import SamplingParams
from charplay.sampling.segment import StateCache
from charplay.sampling.text_archive import Loaded, TextArchive, archive, restore

MODELS = [make_model(seed=seed) for seed in range(3)]
COLUMNS = ("id", "kind", "probability", "rank", "surprise", "entropy")


def name_weights(model: CharModel, source: str) -> dict[str, Any]:
    return {"number": MODELS.index(model), "source": source}


def find_weights(named: dict[str, Any]) -> Loaded:
    return Loaded(MODELS[named["number"]], named["source"], same=True)


def taken_up(tree: BranchTree, find: Any = find_weights) -> tuple[BranchTree, dict[str, str]]:
    """The tree on another one that has just begun, and its branches' names there."""
    other = BranchTree(TextGenerator(MODELS[2], source="other"))
    branches = restore(archive(tree.keep(), name_weights), find, StateCache())
    return other, other.adopt(branches)


def written(branch: KeptBranch | Any) -> tuple[Any, ...]:
    transcript = branch.transcript
    return (
        transcript.text(), transcript.changes(), transcript.prompt_info, transcript.weights_spans, branch.params,
        *(transcript.column(name).tolist() for name in COLUMNS),
    )  # fmt: skip


ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("draw"), st.integers(1, 90)),
        st.tuples(st.just("write"), st.text("abcdefgh", min_size=1, max_size=5)),
        st.tuples(st.just("temperature"), st.sampled_from([0.2, 0.8, 1.5])),
        st.tuples(st.just("fork"), st.integers(0, 200)),
        st.tuples(st.just("swap"), st.integers(0, 2)),
        st.tuples(st.just("switch"), st.integers(0, 5)),
        st.tuples(st.just("anew"), st.sampled_from(["", "abc", "zz"])),
    ),
    max_size=14,
)


def played(actions: list[tuple[str, Any]]) -> BranchTree:
    generator = TextGenerator(MODELS[0], prompt="ab", source="0")
    tree = BranchTree(generator)
    for action, value in actions:
        generator = tree.generator
        if action == "draw":
            generator.advance(most=value)
        elif action == "write":
            generator.write(value)
        elif action == "temperature":
            generator.params = replace(generator.params, temperature=value)
        elif action == "fork":
            tree.fork(min(value, len(generator.transcript)), "c")
        elif action == "swap":
            generator.swap_model(MODELS[value], str(value))
        elif action == "switch":
            tree.switch_to(tree.names[value % len(tree.names)])
        else:
            tree.start_text(generator)
            generator.restart(value)
    return tree


@given(ACTIONS)
def test_whatever_was_played_is_the_same_and_goes_on_the_same(actions: list[tuple[str, Any]]) -> None:
    tree = played(actions)
    before = {branch.name: written(branch) for branch in tree.keep()}
    parents = {branch.name: branch.parent for branch in tree.branches}
    other, names = taken_up(tree)
    after = {branch.name: branch for branch in other.keep()}
    for name, was in before.items():
        assert written(after[names[name]]) == was
        assert after[names[name]].parent == names.get(parents[name], "")
    shared = {branch.name: branch.start for branch in tree.branches}
    assert {branch.name: branch.start for branch in other.branches if branch.name != "1"} == {
        names[name]: start for name, start in shared.items()
    }
    for name in before:
        tree.switch_to(name)
        other.switch_to(names[name])
        assert [*map(str, tree.generator.advance(most=20))] == [*map(str, other.generator.advance(most=20))]
        assert tree.generator.state.tobytes() == other.generator.state.tobytes()


@given(ACTIONS, st.integers(0, 300))
def test_it_goes_back_to_where_it_could_go_back(actions: list[tuple[str, Any]], position: int) -> None:
    tree = played(actions)
    tree.generator.advance(most=1)
    other, names = taken_up(tree)
    other.switch_to(names[tree.current])
    at = max(min(position, len(tree.generator.transcript)), other.generator.transcript.reach)
    assert other.generator.transcript.state_at(at).tobytes() == tree.generator.transcript.state_at(at).tobytes()


def test_a_long_text_goes_back_as_fast_as_a_stride_allows() -> None:
    tree = played([("draw", 5000), ("fork", 700), ("draw", 3000)])
    other, names = taken_up(tree)
    other.switch_to(names[tree.current])
    assert other.generator.transcript.reach == 0
    states = sum(len(segment.states) for segment in other.generator.transcript.segments)
    assert states >= 3700 // 64


def test_without_the_weights_it_is_read_and_others_of_its_network_go_on_from_its_end() -> None:
    tree = played([("draw", 100)])
    end, text = tree.generator.state.tobytes(), tree.generator.text
    other, names = taken_up(tree, lambda named: Loaded(MODELS[1], "later", same=False))
    other.switch_to(names["1"])
    assert other.generator.text == text
    assert other.generator.state.tobytes() == end
    assert (other.generator.model, other.generator.source) == (MODELS[1], "later")
    assert [span.source for span in other.generator.transcript.weights_spans] == ["0", "later"]


def test_without_any_weights_it_can_only_be_read() -> None:
    tree = played([("draw", 100)])
    other, names = taken_up(tree, lambda named: None)
    assert other.text(names["1"]) == tree.generator.text
    with pytest.raises(TranscriptError, match="its network is not here"):
        other.switch_to(names["1"])


def test_weights_that_are_gone_when_it_is_kept_are_not_named() -> None:
    model = CharModel.load(*_tensors())
    tree = BranchTree(TextGenerator(model, source="gone"))
    tree.generator.advance(most=10)
    tree.generator.swap_model(MODELS[0], "0")
    tree.generator.advance(most=10)
    del model
    gc.collect()
    plain, _ = archive(tree.keep(), name_weights)
    assert [each["name"] and each["name"]["source"] for each in plain["weights"]] == [None, "0"]


def _tensors() -> Any:
    from sampling_models import TEXT, network, random_tensors

    from charplay.corpora.vocabulary import Vocabulary

    recipe, vocabulary = network(), Vocabulary.of(TEXT)
    return random_tensors(recipe, len(vocabulary), 77), recipe, vocabulary


def test_names_that_are_taken_become_others_and_names_of_ones_own_stay() -> None:
    tree = played([("draw", 10), ("fork", 5), ("draw", 10)])
    tree.rename("2", "mine")
    other, names = taken_up(tree)
    assert names == {"1": "2", "mine": "mine"}
    _, again = taken_up(other)
    assert len(set(again.values())) == 3


def test_bounds_hold_for_all_states_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("charplay.sampling.text_archive.MOST_STATE_BYTES", 3000)
    tree = played([("draw", 4000)])
    _, arrays = archive(tree.keep(), name_weights)
    assert arrays["states"].nbytes <= 3000
    other, names = taken_up(tree)
    other.switch_to(names["1"])
    assert other.generator.advance(most=5) == tree.generator.advance(most=5)


@given(st.data())
def test_a_damaged_archive_is_refused_and_breaks_nothing_down(data: st.DataObject) -> None:
    tree = played([("draw", 30), ("fork", 10), ("draw", 9)])
    plain, arrays = archive(tree.keep(), name_weights)
    name = data.draw(st.sampled_from(sorted(arrays)))
    broken = arrays[name].copy().reshape(-1)
    place = data.draw(st.integers(0, len(broken) - 1))
    broken[place] = data.draw(st.integers(0, 255))
    damaged = TextArchive(plain, arrays | {name: broken.reshape(arrays[name].shape)})
    try:
        branches = restore(damaged, find_weights, StateCache())
    except TranscriptError:
        return
    for branch in branches:
        assert len(branch.transcript.text()) == len(branch.transcript)


@pytest.mark.parametrize("lost", ["sources", "weights", "branches", "params"])
@pytest.mark.parametrize("value", [None, [], [{}], 7, [None]])
def test_a_description_that_is_none_is_refused(lost: str, value: Any) -> None:
    plain, arrays = archive(played([("draw", 30)]).keep(), name_weights)
    if lost == "branches" and value == []:
        assert restore(TextArchive(plain | {lost: value}, arrays), find_weights, StateCache()) == []
        return
    with pytest.raises(TranscriptError, match="damaged"):
        restore(TextArchive(plain | {lost: value}, arrays), find_weights, StateCache())


def test_settings_are_kept_with_their_filters() -> None:
    params = SamplingParams(temperature=0.5, top_k=3, bias=(("a", -np.inf), ("b", 1.0)), seed=5)
    tree = BranchTree(TextGenerator(MODELS[0], params=params))
    tree.generator.advance(most=5)
    other, names = taken_up(tree)
    other.switch_to(names["1"])
    assert other.generator.params == params
