"""What `Playground.advance` returns: what happened since the last call, as frozen values.

A trainer's events (`charplay.protocol.events`) are among them as they are.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from charplay.corpora.corpus import Corpus
    from charplay.corpora.entries import Entry
    from charplay.playground.run_curves import RunCurves
    from charplay.playground.sample_rounds import SampleRounds
    from charplay.runs.compared_run import ComparedRun


class TextChanged:
    """A change of the text that is written: see `charplay.playground.text_changes`."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence for the person who plays."""

    sentence: str
    warning: bool = False
    passing: bool = False
    """Whether it is to be seen for a while only; else until another sentence takes its place."""


@dataclass(frozen=True, slots=True)
class CorpusChosen:
    """The next run learns another text, or the same one read in another way."""

    entry: "Entry"


@dataclass(frozen=True, slots=True, eq=False)
class CorpusRead:
    """The chosen text was read and counted."""

    corpus: "Corpus"
    train: bool
    """Whether training waits for it."""


@dataclass(frozen=True, slots=True)
class CorpusUnreadable:
    """The chosen text could not be read."""

    entry: "Entry"
    sentence: str


@dataclass(frozen=True, slots=True, eq=False)
class CorpusOpened:
    """A text that was not chosen is ready to be looked at."""

    corpus: "Corpus"


@dataclass(frozen=True, slots=True)
class RunsListed:
    """The runs were read from the disk."""


@dataclass(frozen=True, slots=True, eq=False)
class CurvesRead:
    """A run's curves were read from its folder, to be laid over the chart."""

    run: str
    curves: "RunCurves"


@dataclass(frozen=True, slots=True)
class HistoryRead:
    """What was kept of the run that was taken up is on the chart."""


@dataclass(frozen=True, slots=True)
class RulerMeasured:
    """What losses on the text that is drawn are compared with is known."""


@dataclass(frozen=True, slots=True)
class Detached:
    """A run was left to a process of its own, which trains it now."""

    run: str
    pid: int


@dataclass(frozen=True, slots=True)
class RunDeleted:
    """A run is gone."""

    run: str


@dataclass(frozen=True, slots=True)
class RunRenamed:
    """A run has another name."""

    run: str
    new: str


@dataclass(frozen=True, slots=True)
class RunsCompared:
    """What runs are compared by was read."""

    runs: "tuple[ComparedRun, ...]"


@dataclass(frozen=True, slots=True, eq=False)
class SamplesRead:
    """The text samples that a run wrote while it trained were read from its folder."""

    run: str
    samples: "SampleRounds"
