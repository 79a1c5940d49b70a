"""Shannon's game on the screen: one round after the other from a place of a text on, each kept when it ends."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from charplay.playground.jobs import BackgroundJob
from charplay.playground.shannon.opening import make_round
from charplay.playground.shannon.results import keep_round, kept_guesses
from charplay.playground.shannon.round import ShannonRound
from charplay.runs.home import SHANNON

if TYPE_CHECKING:
    from charplay.corpora.corpus import Corpus
    from charplay.sampling.generator import TextGenerator


class ShannonGame:
    """Rounds that follow one another. The first is made in the background: the 5-gram has to count the text."""

    def __init__(
        self, corpus: "Corpus", trained: int, start: int, generator: "TextGenerator | None", folder: Path
    ) -> None:
        """`trained`: characters before the held-out part; `generator`: whose network plays; `folder` keeps rounds."""
        self.source = generator.source if generator is not None else "no network"
        self.round: ShannonRound | None = None
        """None while the text is being counted."""
        self._corpus = corpus
        self._kept = folder / SHANNON
        model = generator.model if generator is not None else None

        def work(_: Callable[[float], bool]) -> ShannonRound:
            return make_round(corpus, trained, start, model)

        self._job = BackgroundJob(work).start()

    def advance(self) -> bool:
        """Take the first round once it is made; return whether that was now."""
        if self.round is not None or not self._job.done or self._job.result is None:
            return False
        self.round = self._job.result
        return True

    @property
    def fault(self) -> str:
        """Why there is no round; empty where there is, or will be."""
        return str(self._job.fault or "")

    def guesses(self) -> list[int | None]:
        """Return the guesses of every round that was played on this text."""
        return kept_guesses(self._kept, self._corpus.sha256)

    def go_on(self) -> str:
        """Begin the next round, where this one is over; return why there is none."""
        played = self.round
        if played is None or not played.done:
            return "This round is not over yet."
        if played.start + played.length >= len(self._corpus):
            return "The text ends here."
        self._keep()
        self.round = ShannonRound(self._corpus, played.start + played.length, played.machines)
        return ""

    def close(self) -> None:
        """Keep what was played."""
        self._job.cancel()
        self._keep()

    def _keep(self) -> None:
        if self.round is not None and self.round.turns:
            with suppress(OSError):  # a folder that cannot be written to is no reason to stop
                keep_round(self._kept, self.round, self.source)
