"""Reference losses are measured on the right characters, can be cancelled, and are kept under all that shapes them."""

import bz2
import json
import lzma
import math
import random
import zlib
from collections import Counter
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from charplay.corpora.corpus import Corpus, from_text
from charplay.corpora.errors import Cancelled
from charplay.corpora.held_out import MAX_FINAL_CHARACTERS, final_characters
from charplay.corpora.progress import Progress
from charplay.corpora.ruler import compressors, reference_losses
from charplay.corpora.ruler.ngram_model import NgramModel
from charplay.corpora.ruler.reference_cache import ReferenceCache, SplitText
from charplay.corpora.ruler.reference_losses import ReferenceLosses, measure_references

TRAIN = "the quick brown fox jumps over the lazy dog. " * 40
HELD_OUT = "the lazy dog jumps over the quick brown fox; ähnlich? " * 6
TEXT = TRAIN + HELD_OUT


@pytest.fixture
def corpus() -> Corpus:
    return from_text("foxes", TEXT)


def test_each_figure_is_that_of_its_predictor_on_the_held_out_text(corpus: Corpus) -> None:
    found = measure_references(corpus, len(TRAIN))
    assert (found.characters_train, found.characters_held_out, found.share_counted) == (len(TRAIN), len(HELD_OUT), 1)
    assert found.uniform == pytest.approx(math.log(len(set(TEXT))))
    counts, total = Counter(TRAIN), len(TRAIN) + len(set(TEXT))
    assert found.frequencies == pytest.approx(np.mean([-math.log((counts[each] + 1) / total) for each in HELD_OUT]))
    model = NgramModel(corpus.ids[: len(TRAIN)], len(corpus.vocabulary))
    surprisals = model.surprisals(corpus.ids, len(HELD_OUT))  # contexts reach back into the training text
    assert found.ngram == {str(order): pytest.approx(of.mean()) for order, of in enumerate(surprisals, 1)}
    assert len(found.ngram) == 8
    both, alone = TEXT.encode(), TRAIN.encode()
    added = {
        "zlib": len(zlib.compress(both, 9)) - len(zlib.compress(alone, 9)),
        "bz2": len(bz2.compress(both, 9)) - len(bz2.compress(alone, 9)),
        "xz": len(lzma.compress(both, preset=9)) - len(lzma.compress(alone, preset=9)),
    }
    for name, size in added.items():
        assert getattr(found, name) == pytest.approx(size * math.log(256) / len(HELD_OUT)), name


def test_pieces_do_not_change_what_is_compressed(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = measure_references(corpus, len(TRAIN))
    monkeypatch.setattr(compressors, "PIECE", 7)
    assert measure_references(corpus, len(TRAIN)) == whole


def test_characters_are_those_of_the_closing_loss() -> None:
    """Pieces that are read in parallel have one length; what is left over at the end is not read."""
    text = TRAIN * 20
    held_out = len(text) - 2_000
    found = measure_references(from_text("foxes", text), 2_000)
    assert found.characters_held_out == final_characters(held_out) == held_out // 64 * 64 < held_out
    assert found == measure_references(from_text("foxes", text[: 2_000 + final_characters(held_out)]), 2_000)
    assert final_characters(10**9) == MAX_FINAL_CHARACTERS
    assert [final_characters(few) for few in (0, 1, 511, 513)] == [0, 1, 511, 512]


def test_no_more_characters_are_predicted_than_a_loss_counts(corpus: Corpus, tmp_path: Path) -> None:
    count = len(HELD_OUT) // 2
    bound = replace(SPLIT, held_out=count)
    whole, found = (ReferenceCache(tmp_path).measure(split, corpus) for split in (SPLIT, bound))
    assert found == measure_references(from_text("foxes", TRAIN + HELD_OUT[:count]), len(TRAIN))
    assert found.characters_held_out == count
    assert found != whole
    assert ReferenceCache(tmp_path).load(SPLIT) == whole
    assert measure_references(corpus, len(TRAIN), held_out=10**9) == whole


def test_of_a_long_training_text_the_end_is_counted(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference_losses, "MAX_COUNTED", len(TRAIN) // 4)
    found = measure_references(corpus, len(TRAIN))
    assert (found.characters_train, found.share_counted) == (len(TRAIN), 0.25)
    counted = Corpus(
        "", "", "", "", corpus.vocabulary, corpus.ids[len(TRAIN) * 3 // 4 :], "", ()
    )  # fmt: skip
    alone = measure_references(counted, len(TRAIN) // 4)
    assert replace(alone, characters_train=len(TRAIN), share_counted=0.25) == found


def test_where_nothing_is_held_out_or_trained_on_nothing_is_measured(corpus: Corpus) -> None:
    for trained in (len(TEXT), 0):
        found = measure_references(corpus, trained)
        assert (found.characters_train, found.characters_held_out) == (trained, 0)
        assert (found.uniform, found.frequencies, found.xz, set(found.ngram.values())) == (None, None, None, {None})
        assert not found.is_rough


@pytest.mark.parametrize("trained", [1, 2, 3])
def test_a_text_of_a_few_characters_has_the_orders_that_it_has(trained: int) -> None:
    found = measure_references(from_text("ab", "abcabc"), trained)
    assert [order for order, loss in found.ngram.items() if loss is not None] == ["1", "2", "3"][:trained]


def test_little_held_out_text_is_marked_rough(corpus: Corpus) -> None:
    found = measure_references(corpus, len(TRAIN))
    assert found.is_rough
    assert not replace(found, characters_held_out=10_000).is_rough


def test_progress_rises_to_one_and_the_watch_may_cancel_at_any_report(corpus: Corpus) -> None:
    seen: list[float] = []

    def watch(share: float) -> bool:
        seen.append(share)
        return True

    measure_references(corpus, len(TRAIN), Progress(watch))
    assert seen == sorted(seen)
    assert seen[-1] == 1
    for reports in range(len(seen)):
        left = iter([True] * reports)
        with pytest.raises(Cancelled):
            measure_references(corpus, len(TRAIN), Progress(lambda _, left=left: next(left, False)))  # type: ignore[misc]


SPLIT = SplitText(
    sha256="a" * 64, encoding="", cleaning=("lowercase",), limit=None, characters=len(TEXT), trained=len(TRAIN)
)


def kept_file(cache: Path) -> Path:
    (path,) = (cache / "reference-losses").iterdir()
    return path


def test_what_was_measured_is_kept(corpus: Corpus, tmp_path: Path) -> None:
    cache = ReferenceCache(tmp_path)
    assert cache.load(SPLIT) is None
    measured = cache.measure(SPLIT, corpus)
    assert cache.load(SPLIT) == measured == measure_references(corpus, len(TRAIN))

    def never(share: float) -> bool:
        raise AssertionError(share)

    assert cache.measure(SPLIT, corpus, Progress(never)) == measured


@pytest.mark.parametrize(
    "other",
    [
        {"sha256": "b" * 64}, {"encoding": "latin-1"}, {"cleaning": ()}, {"cleaning": ("ascii", "lowercase")},
        {"limit": 9_999}, {"characters": 12}, {"trained": 11},
    ],
)  # fmt: skip
def test_another_text_or_split_has_losses_of_its_own(corpus: Corpus, tmp_path: Path, other: dict[str, object]) -> None:
    cache = ReferenceCache(tmp_path)
    cache.measure(SPLIT, corpus)
    assert cache.load(replace(SPLIT, **other)) is None  # type: ignore[arg-type]


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"uniform": 3}', "null"])
def test_a_damaged_file_is_measured_again(corpus: Corpus, tmp_path: Path, damage: str) -> None:
    cache = ReferenceCache(tmp_path)
    measured = cache.measure(SPLIT, corpus)
    kept_file(tmp_path).write_text(damage)
    assert cache.load(SPLIT) is None
    assert cache.measure(SPLIT, corpus) == measured == cache.load(SPLIT)


@pytest.mark.parametrize("field", ["uniform", "ngram", "characters_train"])
def test_a_figure_that_is_no_number_is_damage(corpus: Corpus, tmp_path: Path, field: str) -> None:
    cache = ReferenceCache(tmp_path)
    kept: dict[str, object] = asdict(cache.measure(SPLIT, corpus))
    for wrong in ("x", {"1": "x"}, [1]):
        kept_file(tmp_path).write_text(json.dumps(kept | {field: wrong}))
        assert cache.load(SPLIT) is None


def test_a_cache_that_cannot_be_written_costs_only_time(corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "reference-losses").write_text("in the way")
    assert isinstance(ReferenceCache(tmp_path).measure(SPLIT, corpus), ReferenceLosses)


def test_a_text_in_no_file_is_not_kept(corpus: Corpus, tmp_path: Path) -> None:
    cache, nameless = ReferenceCache(tmp_path), replace(SPLIT, sha256="")
    cache.measure(nameless, corpus)
    assert cache.load(nameless) is None


@pytest.mark.parametrize("size", [0, 1, 70_000, 3_000_000])
@pytest.mark.parametrize("most", [1, 4])
def test_xz_finds_as_much_in_a_window_of_the_text_s_size(size: int, most: int) -> None:
    """The window of preset 9 alone takes 40 ms to make, in one call."""
    words = random.Random(1).choices([f"w{number} " for number in range(5000)], k=size // 4)
    text = "".join(words)[:size].encode()
    assert _xz(compressors.COMPRESSORS["xz"].open(most * size), text) == _xz(lzma.LZMACompressor(preset=9), text)


def _xz(stream: Any, text: bytes) -> int:
    return sum(len(stream.compress(text[at : at + 65_536])) for at in range(0, len(text), 65_536)) + len(stream.flush())
