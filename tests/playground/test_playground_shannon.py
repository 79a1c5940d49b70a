"""Shannon's game: guesses are counted, machines foretell along, and bounds follow from the guesses alone."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_model import TEXT, tiny_checkpoint

from charplay.corpora.corpus import from_text
from charplay.corpora.ruler.ngram_model import NgramModel
from charplay.corpora.vocabulary import Vocabulary
from charplay.playground.shannon.bounds import shannon_bounds
from charplay.playground.shannon.machines import ORDER, NetworkMachine, NgramMachine, rank_and_bits
from charplay.playground.shannon.opening import make_round
from charplay.playground.shannon.results import keep_round, kept_guesses
from charplay.playground.shannon.round import LENGTH, ShannonRound
from charplay.sampling.model import CharModel
from charplay.sampling.score import score

CORPUS = from_text("pangram", TEXT)
TRAINED = 1600
PROBABILITIES = st.lists(st.floats(0.01, 1), min_size=1, max_size=9)


def tiny_model() -> CharModel:
    made = tiny_checkpoint()
    return CharModel.load(made.tensors, made.recipe, Vocabulary(made.vocabulary))


@pytest.fixture
def played() -> ShannonRound:
    return make_round(CORPUS, TRAINED, 1610, tiny_model())


def test_bounds_of_a_worked_example() -> None:
    # Half at the first guess, a quarter each at the second and third: log2 of 1, 2 and 3 with their weights.
    lower, upper = shannon_bounds([1, 1, 2, 3], 27)
    assert upper == pytest.approx(1.5)
    assert lower == pytest.approx(0.25 * 2 + 0.25 * (3 * math.log2(3) - 2))


@given(st.lists(st.none() | st.integers(1, 30), min_size=1))
def test_the_lower_bound_is_never_above_the_upper_one(guesses: list[int | None]) -> None:
    lower, upper = shannon_bounds(guesses, 30)
    assert 0 <= lower <= upper
    if None not in guesses:
        assert upper <= math.log2(len(set(guesses))) + 1e-9


def test_who_always_guesses_right_at_once_knows_the_text() -> None:
    assert shannon_bounds([1] * 20, 27) == (0, 0)


def test_who_gives_everything_up_knows_no_more_than_the_alphabet() -> None:
    assert shannon_bounds([None] * 20, 32) == (0, 5)


@given(PROBABILITIES, st.data())
def test_a_rank_is_a_place_in_the_order_of_guesses(probabilities: list[float], data: st.DataObject) -> None:
    one = data.draw(st.integers(0, len(probabilities) - 1))
    order = sorted(range(len(probabilities)), key=lambda each: (-probabilities[each], each))
    found = rank_and_bits(np.array(probabilities), one)
    assert found.rank == order.index(one) + 1
    assert found.bits == pytest.approx(-math.log2(probabilities[one]))


def test_the_ngram_foretells_what_the_ruler_s_does() -> None:
    start = 1650
    machine = NgramMachine(CORPUS, TRAINED, start)
    told = [machine.foretell(character) for character in CORPUS.text(start, start + 30)]
    model = NgramModel(CORPUS.ids[:TRAINED], len(CORPUS.vocabulary), ORDER)
    *_, nats = model.surprisals(CORPUS.ids[start - ORDER + 1 : start + 30], 30)
    assert [one.bits for one in told if one] == pytest.approx(list(nats / math.log(2)))


def test_the_network_foretells_what_its_score_says() -> None:
    before, after = CORPUS.text(1500, 1610), CORPUS.text(1610, 1630)
    machine = NetworkMachine(tiny_model(), before)
    told = [found.bits for character in after if (found := machine.foretell(character))]
    surprises = score(tiny_model(), before + after).surprises[-20:]
    assert told == pytest.approx(list(surprises / math.log(2)), abs=1e-4)


def test_a_character_that_a_network_does_not_know_is_passed_over() -> None:
    assert NetworkMachine(tiny_model(), "the ").foretell("Ω") is None


def test_guesses_are_counted_until_one_is_right(played: ShannonRound) -> None:
    right = CORPUS.text(1610, 1611)
    wrong = [one for one in "xyz" if one != right]
    for one in wrong:
        assert played.guess(one) == ""
    assert "already" in played.guess(wrong[0])
    assert "not in this text" in played.guess("Ω")
    assert played.tried == wrong
    assert played.guess(right) == ""
    (turn,) = played.turns
    assert (turn.character, turn.guesses) == (right, len(wrong) + 1)
    assert set(turn.machines) == {"5-gram", "network"}
    assert played.known.endswith(right)
    assert not played.tried


def test_what_is_given_up_was_not_found(played: ShannonRound) -> None:
    played.give_up()
    assert played.turns[0].guesses is None


def test_a_round_has_an_end(played: ShannonRound) -> None:
    for character in CORPUS.text(1610, 1610 + LENGTH):
        assert not played.done
        played.guess(character)
    assert played.done
    assert played.guess("a") == "The round is over."
    assert played.bounds == (0, 0)
    assert played.bits("5-gram") is not None


def test_a_round_near_the_end_of_the_text_is_shorter() -> None:
    short = make_round(CORPUS, TRAINED, len(CORPUS) - 3, None)
    for _ in range(3):
        short.give_up()
    assert short.done


def test_rounds_are_kept_by_text(tmp_path: Path, played: ShannonRound) -> None:
    path = tmp_path / "shannon.jsonl"
    assert kept_guesses(path, CORPUS.sha256) == []
    played.give_up()
    keep_round(path, played, "demo, step 1")
    keep_round(path, played, "demo, step 1")
    with path.open("a") as file:
        file.write('{"sha256": 3}\nnonsense\n[]\n{"torn')
    assert kept_guesses(path, CORPUS.sha256) == [None] * 2
    assert kept_guesses(path, "another") == []
