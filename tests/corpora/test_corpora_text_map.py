"""A text as a map: how it is cut into cells, and what its figures are."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charplay.corpora.corpus import Corpus, from_text
from charplay.corpora.errors import Cancelled
from charplay.corpora.exploring import cross_fitted
from charplay.corpora.exploring.cross_fitted import ORDER, CrossFittedNgrams
from charplay.corpora.exploring.text_map import (
    ROUNDS,
    SHARES,
    UNKNOWN,
    UNREAD,
    WINDOW,
    Grid,
    TextMap,
    WindowLosses,
    Windows,
    read_windows,
)
from charplay.corpora.progress import Progress
from charplay.corpora.ruler.ngram_model import NgramModel

GRIDS = st.builds(
    lambda start, size, border, columns, rows: (start, start + size, border, columns, rows),
    st.integers(0, 10_000), st.integers(1, 3_000_000), st.integers(0, 3_000_000), st.integers(1, 200),
    st.integers(3, 50),
)  # fmt: skip
"""Arguments of `Grid.fit`."""


def prose(size: int, seed: int = 1) -> str:
    """Write sentences of few words, alike throughout."""
    words = [
        "the",
        "cat",
        "sat",
        "on",
        "a",
        "mat",
        "and",
        "then",
        "it",
        "ran",
        "to",
        "see",
        "what",
        "was",
        "in",
        "the",
        "old",
        "red",
        "house",
        "by",
        "the",
        "sea",
    ]
    chosen = np.random.default_rng(seed).choice(words, size // 3)
    return " ".join(chosen)[:size]


def read(found: TextMap, losses: WindowLosses, batch: int = 100) -> TextMap:
    """Read all of a map."""
    while len((windows := found.pending(batch)).starts):
        found.take(losses.nats(windows, Progress()))
    return found


class Naive:
    """Foretells character by character what the other half makes of it."""

    def __init__(self, corpus: Corpus) -> None:
        self.ids, self.size = corpus.ids, len(corpus.vocabulary)
        self.middle = len(corpus) // 2
        halves = (self.ids[self.middle :], self.ids[: self.middle])
        self.models = [NgramModel(half, self.size, ORDER) if len(half) else None for half in halves]

    def loss(self, position: int) -> float:
        """Return the nats of a character."""
        model = self.models[position >= self.middle]
        if model is None:
            return math.log(self.size)
        context = self.ids[max(0, position - ORDER + 1) : position].tolist()
        orders = model.probabilities(context)
        return -math.log(orders[-1, int(self.ids[position])])

    def mean(self, start: int, stop: int) -> float:
        """Return the mean nats of some characters."""
        return sum(map(self.loss, range(start, stop))) / (stop - start)


@given(GRIDS)
def test_the_cells_of_a_grid_are_the_text_and_none_crosses_the_border(asked: tuple[int, int, int, int, int]) -> None:
    start, stop, border, columns, rows = asked
    grid = Grid.fit(start, stop, border, columns, rows)
    spans = [grid.span(cell) for cell in range(len(grid))]
    assert (spans[0][0], spans[-1][1]) == (start, stop)
    assert all(left[1] == right[0] for left, right in pairwise(spans))
    assert not any(first < border < last for first, last in spans)
    assert [cell for row in grid.rows for cell in row] == list(range(len(grid)))
    assert len(grid.rows) <= rows
    assert max(map(len, grid.rows)) <= columns
    assert grid.cell % WINDOW == 0
    if start < border < stop:
        free = [at for at, row in enumerate(grid.rows) if not row]
        assert len(free) == 1
        assert spans[grid.rows[free[0] + 1][0]][0] == border


@given(GRIDS, st.data())
def test_a_position_is_found_in_the_cell_that_holds_it(
    asked: tuple[int, int, int, int, int], data: st.DataObject
) -> None:
    grid = Grid.fit(*asked)
    position = data.draw(st.integers(asked[0], asked[1] - 1))
    first, last = grid.span(grid.cell_at(position))
    assert first <= position < last


@given(GRIDS)
def test_every_cell_is_read_by_several_windows_within_its_part(asked: tuple[int, int, int, int, int]) -> None:
    grid = Grid.fit(*asked)
    found = TextMap(grid)
    first = found.pending(len(grid))
    cells = [grid.cell_at(int(start)) for start in first.starts]
    assert len(set(cells)) >= len(grid) - len(grid.parts)  # the last one of a part may begin in the cell before
    whole = found.pending(10**9)
    assert len(whole.starts) <= len(grid) * len(ROUNDS)
    begins, ends = grid.bounds
    sizes = {(int(begin), int(end)): int(min(WINDOW, end - begin)) for begin, end in zip(begins, ends, strict=True)}
    for start, stop in zip(whole.starts.tolist(), whole.stops.tolist(), strict=True):
        part = next(part for part in grid.parts if part[0] <= start < part[1])
        assert stop <= part[1]
        assert stop - start == sizes[part]


@pytest.mark.parametrize("count", [16, 1000])
def test_what_is_read_first_is_spread_over_the_whole_text(count: int) -> None:
    found = TextMap(Grid(((0, 4096 * WINDOW),), WINDOW, 64))
    gaps = np.diff(np.sort(found.pending(count).starts), append=4096 * WINDOW)
    assert gaps.max() <= 2 * 4096 * WINDOW / count


@settings(max_examples=25, deadline=None)
@given(st.text("ab\u00e9\u4e2d\U0001f600 \n", min_size=2, max_size=2000), st.integers(0, 2000), st.integers(1, 3))
def test_the_figures_equal_a_naive_computation(text: str, border: int, columns: int) -> None:
    corpus = from_text("mixed", text)
    grid = Grid.fit(0, len(corpus), border, columns, 3)
    found, naive = TextMap(grid), Naive(corpus)
    windows = found.pending(10**9)
    expected = [naive.mean(start, stop) for start, stop in zip(*map(list, windows), strict=True)]
    np.testing.assert_allclose(CrossFittedNgrams(corpus, Progress()).nats(windows, Progress()), expected, atol=1e-9)
    read(found, CrossFittedNgrams(corpus, Progress()), batch=3)
    for cell in range(len(grid)):
        first, last = grid.span(cell)
        count = min(len(ROUNDS), -(-(last - first) // WINDOW))
        inside = [first + number * (-(-(last - first) // WINDOW)) // count * WINDOW for number in range(count)]
        part = next(part for part in grid.parts if part[0] <= first < part[1])
        spans = [(min(start, max(part[0], part[1] - WINDOW)), part[1]) for start in inside]
        worst = max(naive.mean(start, min(start + WINDOW, end)) for start, end in spans)
        assert found.nats[cell] == pytest.approx(worst, abs=1e-9)
        at = int(found.worst[cell])
        assert naive.mean(at, min(at + WINDOW, part[1])) == pytest.approx(worst, abs=1e-9)


FOREIGN = {
    "licence": "PERMISSION IS HEREBY GRANTED, FREE OF CHARGE, TO ANY PERSON OBTAINING THE SOFTWARE; 17 (C). ",
    "table": "0.123  | 45.60 | -7.8e-3 |\n91.2   | 0.003 | +4.5e+6 |\n",
    "second language": "der hund lief \u00fcber die stra\u00dfe zum j\u00e4ger, der gr\u00fc\u00dfte und ging weiter. ",
}


@pytest.mark.parametrize("name", FOREIGN)
@pytest.mark.parametrize("share", [0.0, 0.3, 0.8])
def test_the_ten_worst_cells_lie_in_what_is_unlike_the_rest(name: str, share: float) -> None:
    size = 400_000
    strange = "".join(FOREIGN[name][number % 7 :] for number in range(300))[:12_000]
    start = int(size * share)
    corpus = from_text("built", prose(start) + strange + prose(size - start, 2))
    found = read(
        TextMap(Grid.fit(0, len(corpus), len(corpus) * 9 // 10, 72, 18)), CrossFittedNgrams(corpus, Progress())
    )
    worst = np.argsort(found.nats)[-10:]
    for cell in worst.tolist():
        first, last = found.grid.span(cell)
        assert first < start + len(strange)
        assert start < last
        assert start - WINDOW < found.worst[cell] < start + len(strange)
    assert (found.bands()[worst] >= len(SHARES) - 1).all()


class Scripted:
    """Gives figures by where a window begins."""

    batch = 10

    def __init__(self, figures: dict[int, float]) -> None:
        self.figures = figures

    def nats(self, windows: Windows, progress: Progress) -> np.ndarray:
        return np.array([self.figures.get(int(start) // WINDOW, 1.0) for start in windows.starts])


def test_bands_are_quantiles_and_an_unread_cell_is_like_the_one_before() -> None:
    found = TextMap(Grid(((0, 128 * WINDOW),), WINDOW, 16))
    assert set(found.bands().tolist()) == {UNREAD}
    assert np.isnan(found.borders()).all()
    found.take(Scripted({0: 9.0}).nats(found.pending(2), Progress()))
    assert found.bands().tolist() == [len(SHARES)] * 64 + [0] * 64
    read(found, Scripted({number: float(number) for number in range(128)}))
    assert np.bincount(found.bands()).tolist() == [64, 38, 19, 5, 2]  # figure 0 stays 9
    assert found.share_read == 1
    assert not len(found.pending(1).starts)


def test_all_alike_is_all_in_the_lowest_band_and_what_is_not_known_has_none() -> None:
    found = read(TextMap(Grid(((0, 8 * WINDOW),), WINDOW, 4)), Scripted({3: math.nan}))
    assert found.bands().tolist() == [0, 0, 0, UNKNOWN, 0, 0, 0, 0]


def test_every_window_of_a_text_is_read_once_and_the_last_one_may_be_short(monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = from_text("short", prose(1000))
    monkeypatch.setattr(CrossFittedNgrams, "batch", 2)
    losses = CrossFittedNgrams(corpus, Progress())
    rows = [
        (start, stop, figure)
        for windows, nats in read_windows(losses, len(corpus), Progress())
        for start, stop, figure in zip(windows.starts.tolist(), windows.stops.tolist(), nats.tolist(), strict=True)
    ]
    assert [row[:2] for row in rows] == [(0, 256), (256, 512), (512, 768), (768, 1000)]
    naive = Naive(corpus)
    assert [row[2] for row in rows] == pytest.approx([naive.mean(*row[:2]) for row in rows])


def test_of_a_large_half_a_part_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cross_fitted, "COUNTED", 1280)
    corpus = from_text("large", prose(20_000) + "\u4e2d" * 20_000)
    losses = CrossFittedNgrams(corpus, Progress())
    counted = np.concatenate([corpus.ids[20_000 + at * 20_000 // 64 :][:20] for at in range(64)])
    *_, expected = NgramModel(counted, len(corpus.vocabulary), ORDER).surprisals(corpus.ids[252:512], 256)
    assert losses.nats(Windows(np.array([256]), np.array([512])), Progress())[0] == pytest.approx(expected.mean())


def test_the_count_can_be_cancelled() -> None:
    with pytest.raises(Cancelled):
        CrossFittedNgrams(from_text("any", prose(1000)), Progress(lambda share: share < 0.4))
