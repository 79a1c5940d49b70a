"""Labelled lines that a loss is compared with, and the sentence that says what it is worth."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from charplay.corpora.ruler.compressors import COMPRESSORS
from charplay.corpora.ruler.reference_losses import ReferenceLosses
from charplay.corpora.ruler.yardsticks import Yardstick
from charplay.formatting.loss_units import NATS, LossUnit
from charplay.formatting.units import no_number

Kind = Literal["uniform", "frequencies", "ngram", "compressor", "yardstick", "demo", "best run"]

FEW_CHOICES, MANY_CHOICES = 3, 1e6
"""Choices a character below which a decimal counts, and from which their number says nothing more."""


@dataclass(frozen=True)
class ReferenceLine:
    """A loss to compare with, in nats a character."""

    label: str
    """As a chart or a table names it: "4-gram"."""
    loss: float
    kind: Kind
    order: int = 0
    """Of an n-gram."""

    @property
    def phrase(self) -> str:
        """As a sentence names it: "a 4-gram", "the compressor xz"."""
        match self.kind:
            case "ngram":
                return f"{'an' if self.order == 8 else 'a'} {self.label}"
            case "compressor":
                return f"the compressor {self.label}"
            case _:
                return self.label


class BestRun(NamedTuple):
    """The run with the lowest closing loss on a text and split."""

    name: str
    loss: float


def blind_guessing(loss: float) -> ReferenceLine:
    """Return the line of a predictor to which all characters of a text are equally likely."""
    return ReferenceLine("blind guessing", loss, "uniform")


def reference_lines(
    losses: ReferenceLosses,
    yardsticks: Iterable[Yardstick] = (),
    best_run: BestRun | None = None,
    demo: float | None = None,
) -> tuple[ReferenceLine, ...]:
    """Return the lines of a text from the highest loss to the lowest; none where nothing is held out.

    `demo` is the loss of the network that comes with charplay, where it learned this text.
    """
    if losses.uniform is None or losses.frequencies is None:
        return ()
    lines = [
        blind_guessing(losses.uniform),
        ReferenceLine("letter frequencies", losses.frequencies, "frequencies"),
    ]
    of_orders = ((int(order), loss) for order, loss in losses.ngram.items())
    lines += [ReferenceLine(f"{order}-gram", loss, "ngram", order) for order, loss in of_orders if loss is not None]
    compressed = ((name, getattr(losses, name)) for name in COMPRESSORS)
    lines += [ReferenceLine(name, loss, "compressor") for name, loss in compressed if loss is not None]
    lines += [ReferenceLine(one.label, one.loss, "yardstick") for one in yardsticks]
    if demo is not None:
        lines.append(ReferenceLine("the demo", demo, "demo"))
    if best_run:
        lines.append(ReferenceLine(f"your best run {best_run.name}", best_run.loss, "best run"))
    return tuple(sorted(lines, key=lambda line: -line.loss))


def milestones(lines: Iterable[ReferenceLine]) -> tuple[ReferenceLine, ...]:
    """Return the lines that are worth passing.

    An n-gram that a shorter one beats says nothing, and the 1-gram is letter frequencies under another name.
    """
    lines = tuple(lines)

    def is_milestone(line: ReferenceLine) -> bool:
        shorter = [other.loss for other in lines if 0 < other.order < line.order]
        return line.kind != "ngram" or (line.order > 1 and line.loss < min(shorter, default=math.inf))

    return tuple(line for line in lines if is_milestone(line))


class Standing(NamedTuple):
    """Where a loss stands among lines."""

    passed: ReferenceLine | None
    """The lowest that it has reached or passed."""
    following: ReferenceLine | None
    """The highest that it has not."""


def standing(loss: float, lines: Iterable[ReferenceLine]) -> Standing:
    """Return the line that a loss has passed last and the one that comes next."""
    passed = min((line for line in lines if line.loss >= loss), key=lambda line: line.loss, default=None)
    following = max((line for line in lines if line.loss < loss), key=lambda line: line.loss, default=None)
    return Standing(passed, following)


def by_priority(loss: float | None, lines: Sequence[ReferenceLine]) -> list[ReferenceLine]:
    """Order lines for where there is no room for all: the last passed, the next, then the nearest to the loss.

    Before there is a loss, the first to be passed come first.
    """
    if loss is None:
        return sorted(lines, key=lambda line: -line.loss)
    first = [line for line in standing(loss, lines) if line]
    rest = sorted((line for line in lines if line not in first), key=lambda line: abs(line.loss - loss))
    return [*first, *rest]


@dataclass(frozen=True)
class Ruler:
    """What losses on one text and split are compared with."""

    losses: ReferenceLosses
    lines: tuple[ReferenceLine, ...]
    """All of them, from the highest loss to the lowest."""

    def describe(self, loss: float, unit: LossUnit = NATS) -> str:
        """Say what a loss is worth on this text; it is given in nats, and said in `unit`."""
        unit = unit.on(self.losses.bytes_per_character)
        return describe_loss(loss, milestones(self.lines), unit, rough=self.losses.is_rough)


def describe_loss(loss: float, lines: Sequence[ReferenceLine], unit: LossUnit = NATS, *, rough: bool = False) -> str:
    """Say what a loss is worth.

    As in "1.64 nats: about 5 choices a character; better than a 4-gram (1.81), next a 5-gram (1.58)".

    Args:
        loss: nats a character.
        lines: milestones of the same text and split; the sentence ends before them where there are none.
        unit: in which losses are said.
        rough: whether so little is held out that the lines are rough.
    """
    if said := no_number(loss):
        return said
    worth = f"{unit.write(loss, 2)}: {_choices(loss)} a character"
    passed, following = standing(loss, lines)
    if passed:
        compared = (
            f"better than {_with_loss(passed, unit)}, "
            f"{f'next {_with_loss(following, unit)}' if following else 'the lowest here'}"
        )
    elif following:
        compared = f"worse than {_with_loss(following, unit)}"
    else:
        return worth
    return f"{worth}; {compared}" + " (roughly: little is held out)" * rough


def _with_loss(line: ReferenceLine, unit: LossUnit) -> str:
    return f"{line.phrase} ({unit.number(line.loss, 2)})"


def _choices(loss: float) -> str:
    """Return the perplexity as a person says it: as undecided as between so many equally likely characters."""
    if loss >= math.log(MANY_CHOICES):
        return "over a million choices"
    choices = math.exp(loss)
    return f"about {choices:,.0f} choices" if choices >= FEW_CHOICES else f"about {choices:.1f} choices"
