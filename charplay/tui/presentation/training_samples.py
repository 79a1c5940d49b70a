"""A round of the text samples that a run wrote while it trained, each beside the truth."""

from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest

from charplay.protocol.events import Sampled
from charplay.tui.widgets.reader_lines import Line
from charplay.tui.widgets.row_list import fit
from charplay.tui.widgets.wrapping import wrap

GAP = 2
LEAST_COLUMN = 24
"""Cells of a column; where there are fewer, the truth stands below the text."""


def sample_layout(samples: Sequence[Sampled]) -> Callable[[int], list[Line]]:
    """Return what lays a round out in a width: each sample with its temperature, its prompt, its text and the truth."""
    return lambda width: [line for each in samples for line in _sample(each, width)]


def _sample(sample: Sampled, width: int) -> Iterator[Line]:
    yield [(f"temperature {sample.temperature:g}", "accent")]
    if sample.prompt:
        yield [("prompt", "quiet")]
        yield from ([(line, "quiet")] for line in wrap(sample.prompt, width))
    column = (width - GAP) // 2
    if not sample.truth or column < LEAST_COLUMN:
        yield from _below(sample, width)
    else:
        yield [(fit("text", column + GAP), "quiet"), ("truth", "quiet")]
        sides = zip_longest(wrap(sample.text, column), wrap(sample.truth, column), fillvalue="")
        yield from ([(fit(text, column + GAP), "plain"), (truth, "quiet")] for text, truth in sides)
    yield []


def _below(sample: Sampled, width: int) -> Iterator[Line]:
    for name, text, tone in (("text", sample.text, "plain"), ("truth", sample.truth, "quiet")):
        if text:
            yield [(name, "quiet")]
            yield from ([(line, tone)] for line in wrap(text, width))
