"""Each of many texts is, character for character, what it would be alone."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from functools import partial
from itertools import islice, repeat
from threading import Event

import numpy as np
import pytest
from sampling_models import TEXT, make_model

from charplay.fs.registry import entry_names
from charplay.sampling import products, side_by_side
from charplay.sampling.generator import TextGenerator
from charplay.sampling.model import CharModel
from charplay.sampling.params import SamplingParams
from charplay.sampling.recording import Recording, replay
from charplay.sampling.side_by_side import Start, Turn, WrittenText, recorded_turns, write_side_by_side

CELLS = entry_names("sampling/cells")
PLAIN = [SamplingParams(temperature=one) for one in (0.0, 0.5, 1.0, 2.0)]
FILTERED = [
    SamplingParams(top_k=5, repetition_penalty=1.3, repetition_window=7),
    SamplingParams(top_p=0.7, bias=(("a", 1.5),), temperature=1.4),
    SamplingParams(min_p=0.1, temperature=0),
]


def written(
    model: CharModel, params: SamplingParams, seeds: Iterable[int], length: int, stops: Sequence[str] = ()
) -> list[WrittenText]:
    """All of them from one prompt."""
    start = TextGenerator(model, prompt="abc", params=params)
    turns = partial(repeat, Turn(params), length)
    return list(write_side_by_side([Start(seed, start) for seed in seeds], turns, stops))


def alone(model: CharModel, params: SamplingParams, seed: int, length: int, prompt: str = "abc") -> str:
    generator = TextGenerator(model, prompt=prompt, params=params.replaced(seed=seed))
    return "".join(one.character for one in islice(generator, length))


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize(("hidden_size", "layers"), [(8, 1), (33, 2), (77, 1), (256, 1)])
@pytest.mark.parametrize("params", [*PLAIN, *FILTERED])
def test_each_text_is_what_its_seed_writes_alone(
    cell: str, hidden_size: int, layers: int, params: SamplingParams
) -> None:
    model = make_model(cell=cell, hidden_size=hidden_size, num_layers=layers, scale=2 * hidden_size**-0.5)
    for text in written(model, params, range(5, 18), 120):
        assert (text.text, text.end) == (alone(model, params, text.start.seed, 120), "length")


@pytest.mark.parametrize("params", [PLAIN[2], *FILTERED])
def test_prompts_may_differ_in_length_too(params: SamplingParams) -> None:
    model, prompts = make_model(), ["", "a", "abcabcabcabc", "no"]
    starts = [Start(seed, TextGenerator(model, prompt=one)) for seed, one in enumerate(prompts)]
    for text in write_side_by_side(starts, partial(repeat, Turn(params), 90)):
        assert text.text == alone(model, params, text.start.seed, 90, prompts[text.start.seed])


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("hidden_size", [16, 77, 320, 520])
def test_states_and_logits_are_the_same_to_the_bit(cell: str, hidden_size: int) -> None:
    """320 and 520 units have weights above `WHOLE`, which are read in blocks."""
    model = make_model(cell=cell, hidden_size=hidden_size, num_layers=2, scale=3 * hidden_size**-0.5)
    ids = np.random.default_rng(1).integers(0, len(TEXT), (25, 19)).tolist()
    columns, logits = model.step_each(model.zero_state(19), ids[0])
    for row in ids[1:]:
        columns, logits = model.step_each(columns, row)
    for number in range(19):
        state, one = model.feed(model.zero_state(), [row[number] for row in ids])
        assert np.array_equal(columns[..., number, :], state)
        assert np.array_equal(logits[number], one)


def test_together_is_not_to_the_bit_so_that_the_law_above_says_something() -> None:
    weight = products.Weight(np.random.default_rng(0).normal(size=(4, 64, 64)).astype(np.float32))
    x = np.random.default_rng(1).normal(size=(9, 64)).astype(np.float32)
    lone = np.stack([weight.alone(one).reshape(4, 64) for one in x], axis=1)
    assert np.array_equal(weight.each(x), lone)
    np.testing.assert_allclose(weight.together(x), lone, rtol=1e-4, atol=1e-4)


def test_a_large_weight_is_read_in_blocks_and_none_that_cannot_be_cut() -> None:
    cut, whole = (products.Weight(np.ones((4, rows, 512), np.float32)) for rows in (512, 1031))
    assert [block.nbytes for block in cut._blocks] == [products.BLOCK] * 8
    assert len(whole._blocks) in {1, 31}


def test_a_stop_text_ends_its_own_text_and_no_other() -> None:
    model, params = make_model(), PLAIN[2]
    whole = [alone(model, params, seed, 200) for seed in range(12)]
    stops = [whole[0][20:24], whole[5][90:94]]
    found = written(model, params, range(12), 200, stops)
    ends = [min((text.index(stop) + len(stop) for stop in stops if stop in text), default=None) for text in whole]
    assert [one.text for one in found] == [text[:end] for text, end in zip(whole, ends, strict=True)]
    assert [one.end for one in found] == ["stop" if end else "length" for end in ends]
    assert {one.end for one in found} == {"stop", "length"}


def test_a_ride_is_ridden_by_each_with_its_own_luck() -> None:
    model = make_model()
    changes = ((0, PLAIN[1]), (9, FILTERED[0]), (30, PLAIN[3]))
    ride = Recording("abc?", 50, changes, ((4, "typed", "x?abc"), (20, "picked", "d")))
    start = TextGenerator(model, prompt=ride.prompt)
    starts = [Start(seed, start) for seed in (3, 4, 5)]
    for text in write_side_by_side(starts, partial(recorded_turns, ride, model.vocabulary)):
        lone = TextGenerator(model)
        assert text.text == "".join(one.character for one in replay(lone, ride, text.start.seed))


def test_groups_and_threads_change_nothing_but_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    model, params, seeds = make_model(hidden_size=33), PLAIN[2], range(23)
    expected = [text.text for text in written(model, params, seeds, 60)]
    for columns, threads in ((1, 1), (5, 3), (64, 1)):
        monkeypatch.setattr(side_by_side, "MOST_COLUMNS", columns)
        monkeypatch.setattr(side_by_side, "MOST_THREADS", threads)
        assert [text.text for text in written(model, params, seeds, 60)] == expected


def test_what_was_written_before_an_interruption_comes_first() -> None:
    model, params, begun = make_model(), PLAIN[2], Event()

    def endless() -> Iterator[Turn]:
        yield Turn(params)
        begun.set()
        yield from repeat(Turn(params))

    class Interrupted:
        """The first wait for a group is cut short by Ctrl-C."""

        def __init__(self) -> None:
            self.waited = False

        def __call__(self, future: Future[list[WrittenText]], timeout: float | None = None) -> list[WrittenText]:
            if not self.waited:
                self.waited = begun.wait(10)
                raise KeyboardInterrupt
            return result(future, timeout)

    result = Future.result
    with pytest.MonkeyPatch.context() as patch:
        waits = Interrupted()
        patch.setattr(Future, "result", lambda self, timeout=None: waits(self, timeout))
        start = TextGenerator(model, prompt="abc")
        texts = write_side_by_side([Start(seed, start) for seed in (1, 2, 3)], endless)
        found: list[WrittenText] = []
        with pytest.raises(KeyboardInterrupt):
            found.extend(texts)
    assert [text.start.seed for text in found] == [1, 2, 3]
    assert {text.end for text in found} == {"interrupted"}
    for text in found:
        assert text.text == alone(model, params, text.start.seed, len(text.text))
