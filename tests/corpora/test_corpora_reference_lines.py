"""The lines that a loss is compared with: which there are, which come first, and what the sentence says."""

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.corpora.classics import read_catalog
from charplay.corpora.ruler.reference_cache import SplitText
from charplay.corpora.ruler.reference_lines import (
    BestRun,
    ReferenceLine,
    Ruler,
    by_priority,
    describe_loss,
    milestones,
    reference_lines,
    standing,
)
from charplay.corpora.ruler.reference_losses import ReferenceLosses
from charplay.corpora.ruler.yardsticks import all_yardsticks, yardsticks_of
from charplay.formatting.loss_units import UNITS

NGRAM = {"1": 3.31, "2": 2.46, "3": 2.05, "4": 1.81, "5": 1.58, "6": 1.54, "7": 1.54, "8": 1.55}
LOSSES = ReferenceLosses(
    characters_train=1_003_854, characters_held_out=111_488, share_counted=1.0, uniform=4.17, frequencies=3.3,
    ngram=NGRAM, zlib=2.15, bz2=1.66, xz=1.74, bytes_per_character=1.5,
)  # fmt: skip
LINES = milestones(reference_lines(LOSSES))
SHAKESPEARE = SplitText(
    sha256=all_yardsticks()[0].sha256, encoding="", cleaning=(), limit=None, characters=1_115_394, trained=1_003_854
)
ANY_LINES = st.lists(st.builds(ReferenceLine, st.text(max_size=3), st.floats(0, 9), st.just("ngram")), max_size=9)


def test_there_is_a_line_for_every_figure_and_they_fall() -> None:
    lines = reference_lines(LOSSES)
    assert {line.label for line in lines if line.kind == "ngram"} == {f"{order}-gram" for order in range(1, 9)}
    assert len(lines) == 2 + 8 + 3
    assert [line.loss for line in lines] == sorted((line.loss for line in lines), reverse=True)


def test_milestones_leave_out_what_a_shorter_ngram_beats() -> None:
    assert [line.label for line in LINES] == [
        "blind guessing", "letter frequencies", "2-gram", "zlib", "3-gram", "4-gram", "xz", "bz2", "5-gram", "6-gram",
    ]  # fmt: skip


def test_yardsticks_and_the_best_run_are_lines_too() -> None:
    lines = reference_lines(LOSSES, yardsticks_of(SHAKESPEARE), BestRun("fox-01", 1.3))
    assert [(line.label, line.kind) for line in lines[-2:]] == [
        ("nanoGPT on a GPU", "yardstick"), ("your best run fox-01", "best run"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        ("bits", "2.37 bits: about 5 choices a character; better than the compressor bz2 (2.39), next a 5-gram (2.28)"),
        ("bits-per-byte", "1.58 bits/byte: about 5 choices a character; better than the compressor bz2 (1.60)"),
        ("perplexity", "perplexity 5.16: about 5 choices a character; better than the compressor bz2 (5.26)"),
    ],
)
def test_a_sentence_is_in_one_unit(unit: str, said: str) -> None:
    ruler = Ruler(LOSSES, reference_lines(LOSSES))
    assert ruler.describe(1.64, UNITS[unit]).startswith(said)


def test_where_nothing_is_held_out_there_are_no_lines() -> None:
    none = replace(LOSSES, uniform=None, frequencies=None, zlib=None, bz2=None, xz=None, ngram=dict.fromkeys(NGRAM))
    assert reference_lines(none) == ()
    assert describe_loss(1.64, ()) == "1.64 nats: about 5 choices a character"


@pytest.mark.parametrize(
    ("loss", "sentence"),
    [
        (1.78, "1.78 nats: about 6 choices a character; better than a 4-gram (1.81), next the compressor xz (1.74)"),
        (1.64, "1.64 nats: about 5 choices a character; better than the compressor bz2 (1.66), next a 5-gram (1.58)"),
        (0.90, "0.90 nats: about 2.5 choices a character; better than a 6-gram (1.54), the lowest here"),
        (3.2, "3.20 nats: about 25 choices a character; better than letter frequencies (3.30), next a 2-gram (2.46)"),
        (9.00, "9.00 nats: about 8,103 choices a character; worse than blind guessing (4.17)"),
        (9e9, "9e+09 nats: over a million choices a character; worse than blind guessing (4.17)"),
    ],
)  # fmt: skip
def test_the_sentence(loss: float, sentence: str) -> None:
    assert describe_loss(loss, LINES) == sentence


def test_articles_and_rough_figures() -> None:
    lines = (ReferenceLine("4-gram", 1.81, "ngram", 4), ReferenceLine("8-gram", 1.58, "ngram", 8))
    assert describe_loss(1.64, lines, rough=True) == (
        "1.64 nats: about 5 choices a character; better than a 4-gram (1.81), next an 8-gram (1.58)"
        " (roughly: little is held out)"
    )


@given(st.floats(0, 9), ANY_LINES)
def test_the_loss_lies_between_what_was_passed_and_what_follows(loss: float, lines: list[ReferenceLine]) -> None:
    passed, following = standing(loss, lines)
    high, low = (passed.loss if passed else math.inf), (following.loss if following else -math.inf)
    assert low < loss <= high
    assert not [line for line in lines if low < line.loss < high]


@given(st.floats(0, 9), ANY_LINES)
def test_by_priority_keeps_every_line_and_begins_with_the_neighbours(loss: float, lines: list[ReferenceLine]) -> None:
    ordered = by_priority(loss, lines)
    assert set(ordered) == set(lines)
    neighbours = [line for line in standing(loss, lines) if line]
    assert ordered[: len(neighbours)] == neighbours
    assert [line.loss for line in by_priority(None, lines)] == sorted((line.loss for line in lines), reverse=True)


def test_yardsticks_belong_to_one_text_and_split() -> None:
    assert len(yardsticks_of(SHAKESPEARE)) == 2
    others: list[dict[str, Any]] = [
        {"sha256": "a" * 64}, {"cleaning": ("lowercase",)}, {"limit": 10**9}, {"trained": 5}, {"held_out": 9},
    ]  # fmt: skip
    for other in others:
        assert yardsticks_of(replace(SHAKESPEARE, **other)) == ()


def test_yardsticks_are_of_texts_in_the_catalog_and_name_their_source() -> None:
    catalog = {classic.name: classic for classic in read_catalog()}
    for one in all_yardsticks():
        assert one.sha256 in {mirror.sha256 for mirror in catalog[one.text].mirrors}
        assert one.source.startswith("https://")
        assert one.note
        assert 0 < one.loss < 5
