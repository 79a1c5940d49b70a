"""A text scored by one network after another, in the background."""

from collections.abc import Callable, Sequence
from queue import SimpleQueue
from typing import TYPE_CHECKING, NamedTuple

from charplay.playground.jobs import BackgroundJob
from charplay.recipes.resolve import EVALUATED_CHARACTERS
from charplay.sampling.score import Score, score

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


def held_out(corpus: "Corpus", fraction: float, test: float = 0.0) -> TextPart:
    """The end of a text, as training with such a `validation_fraction` held it out; before the `test` part."""
    start = int(len(corpus) * (1 - (fraction or HELD_OUT) - test))
    stop = min(int(len(corpus) * (1 - test)), start + MOST)
    return TextPart(corpus, start, stop, "held-out end" if fraction else "its end")


class Named(NamedTuple):
    """A network to come."""

    name: str
    open: Callable[[], "CharModel"]


class Scored(NamedTuple):
    """A network has read the text, or what of it there was time for."""

    name: str
    part: TextPart
    score: Score


class NotScored(NamedTuple):
    """The text, or a network, could not be read."""

    sentence: str


class ScoringJob(BackgroundJob[None]):
    """A job that reads a part of a text with several networks; `take` returns what was found since the last call."""

    def __init__(self, open_part: Callable[[], TextPart], models: Sequence[Named]) -> None:
        super().__init__(self._read)
        self._open_part = open_part
        self._models = models
        self._found: SimpleQueue[Scored | NotScored] = SimpleQueue()
        self._stopped = False
        self.reading = ""
        """Name of the network that reads."""

    def stop(self) -> None:
        """Let it be enough: what was read so far is scored."""
        self._stopped = True

    def take(self) -> list[Scored | NotScored]:
        """Return what was found since the last call, in order; nothing where the job was cancelled."""
        found = []
        while not self._found.empty():
            found.append(self._found.get())
        return [] if self.cancelled else found

    def _read(self, watch: Callable[[float], bool]) -> None:
        from charplay.corpora.errors import CorpusError
        from charplay.runs.checkpoint import CheckpointError
        from charplay.sampling.errors import ModelError

        try:
            part = self._open_part()
            text = part.text()
        except CorpusError as fault:
            self._found.put(NotScored(str(fault)))
            return
        for name, open_model in self._models:
            if self._stopped or self.cancelled:
                break
            self.reading = name
            try:
                found = score(open_model(), text, lambda share: watch(share) and not self._stopped)
            except (CheckpointError, ModelError) as fault:
                self._found.put(NotScored(str(fault)))
            else:
                self._found.put(Scored(name, part, found))
