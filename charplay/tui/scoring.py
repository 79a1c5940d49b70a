"""A text scored by one network after another, off the screen's thread."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from textual.message import Message

from charplay.recipes.resolve import EVALUATED_CHARACTERS
from charplay.sampling.score import Score, score
from charplay.tui.jobs import BackgroundJob

if TYPE_CHECKING:
    from charplay.corpora.library import Corpus
    from charplay.sampling.model import CharModel

MOST = EVALUATED_CHARACTERS
"""Characters of a held-out text that are read, as many as while training."""
HELD_OUT = 0.1
"""The share that is read at the end of a text of which nothing was held out."""


class TextPart(NamedTuple):
    """A stretch of a text."""

    corpus: "Corpus"
    start: int
    stop: int
    note: str = ""
    """What part of it this is; empty for all."""

    def text(self) -> str:
        """Its characters."""
        return self.corpus.text(self.start, self.stop)


def held_out(corpus: "Corpus", fraction: float) -> TextPart:
    """The end of a text, as training with such a `validation_fraction` held it out."""
    start = int(len(corpus) * (1 - (fraction or HELD_OUT)))
    stop = min(len(corpus), start + MOST)
    return TextPart(corpus, start, stop, "held-out end" if fraction else "its end")


class Named(NamedTuple):
    """A network to come."""

    name: str
    open: Callable[[], "CharModel"]


class ScoringJob(BackgroundJob):
    """Reads a part with several networks. Tells `Percent` now and then, `Done` for each, or `Failed`.

    One that was given up tells nothing more; one that is stopped tells what it has.
    """

    class Percent(Message):
        """So much of the text was read by a network."""

        def __init__(self, scoring: "ScoringJob", name: str, percent: int) -> None:
            super().__init__()
            self.scoring = scoring
            self.name = name
            self.percent = percent

    class Done(Message):
        """A network has read the text, or what of it there was time for."""

        def __init__(self, scoring: "ScoringJob", name: str, part: TextPart, score: Score) -> None:
            super().__init__()
            self.scoring = scoring
            self.name = name
            self.part = part
            self.score = score

    class Failed(Message):
        """The text, or a network, could not be read."""

        def __init__(self, scoring: "ScoringJob", sentence: str) -> None:
            super().__init__()
            self.scoring = scoring
            self.sentence = sentence

    class Ended(Message):
        """No network is left."""

        def __init__(self, scoring: "ScoringJob") -> None:
            super().__init__()
            self.scoring = scoring

    def __init__(
        self, open_part: Callable[[], TextPart], models: Sequence[Named], tell: Callable[[Message], object]
    ) -> None:
        super().__init__(tell)
        self._open_part = open_part
        self._models = models
        self._reading = ""
        """Name of the network that reads."""

    def stop(self) -> None:
        """Let it be enough."""
        self._stopped = True

    def _work(self) -> None:
        from charplay.corpora.errors import CorpusError
        from charplay.runs.checkpoint import CheckpointError
        from charplay.sampling.errors import ModelError

        try:
            part = self._open_part()
            text = part.text()
        except CorpusError as fault:
            self._tell(self.Failed(self, str(fault)))
            return
        for name, open_model in self._models:
            if self._stopped:
                break
            self._reading = name
            try:
                found = score(open_model(), text, self._watch)
            except (CheckpointError, ModelError) as fault:
                self._tell(self.Failed(self, str(fault)))
            else:
                self._tell(self.Done(self, name, part, found))
        self._tell(self.Ended(self))

    def _so_far(self, percent: int) -> Message:
        return self.Percent(self, self._reading, percent)
