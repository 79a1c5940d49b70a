"""What `Playground.advance` returns: what happened since the last call, as frozen values.

A trainer's events (`charplay.protocol.events`) are among them as they are. These are named tuples: they are loaded
before the first paint, and a frozen dataclass takes six times as long to make.
"""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from charplay.corpora.corpus import Corpus
    from charplay.corpora.entries import Entry
    from charplay.playground.family_curves import FamilyCurves
    from charplay.playground.run_curves import RunCurves
    from charplay.playground.sample_rounds import SampleRounds
    from charplay.runs.compared_run import ComparedRun


class TextChanged:
    """A change of the text that is written: see `charplay.playground.text_changes`."""

    __slots__ = ()


class Said(NamedTuple):
    """A sentence for the person who plays."""

    sentence: str
    warning: bool = False
    passing: bool = False
    """Whether it is to be seen for a while only; else until another sentence takes its place."""


class CorpusChosen(NamedTuple):
    """The next run learns another text, or the same one read in another way."""

    entry: "Entry"


class CorpusRead(NamedTuple):
    """The chosen text was read and counted."""

    corpus: "Corpus"
    train: bool
    """Whether training waits for it."""


class CorpusUnreadable(NamedTuple):
    """The chosen text could not be read."""

    entry: "Entry"
    sentence: str


class CorpusOpened(NamedTuple):
    """A text that was not chosen is ready to be looked at."""

    corpus: "Corpus"


class RunsListed(NamedTuple):
    """The runs were read from the disk."""


class CurvesRead(NamedTuple):
    """A run's curves were read from its folder, to be laid over the chart."""

    run: str
    curves: "RunCurves"


class FamilyRead(NamedTuple):
    """The curves of the runs that a run was tried together with were read, to be drawn as their mean and range."""

    curves: "FamilyCurves"


class HistoryRead(NamedTuple):
    """What was kept of the run that was taken up is on the chart."""


class RulerMeasured(NamedTuple):
    """What losses on the text that is drawn are compared with is known."""


class Detached(NamedTuple):
    """A run was left to a process of its own, which trains it now."""

    run: str
    pid: int


class RunDeleted(NamedTuple):
    """A run is gone."""

    run: str


class RunRenamed(NamedTuple):
    """A run has another name."""

    run: str
    new: str


class RunsCompared(NamedTuple):
    """What runs are compared by was read."""

    runs: "tuple[ComparedRun, ...]"


class SamplesRead(NamedTuple):
    """The text samples that a run wrote while it trained were read from its folder."""

    run: str
    samples: "SampleRounds"
