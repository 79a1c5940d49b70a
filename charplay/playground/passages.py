"""Random passages of the chosen text, to begin with."""

from typing import TYPE_CHECKING

from charplay.playground.jobs import BackgroundJob, JobSlot
from charplay.sampling.prompts import Prompt, choose, passage_length

if TYPE_CHECKING:
    from charplay.corpora.corpus import Corpus
    from charplay.playground.instrument import Instrument


class Passages:
    """Draws passages: another one each time, the same ones under the same seed."""

    def __init__(self, instrument: "Instrument") -> None:
        self._instrument = instrument
        self._drawn = 0
        self._title = ""
        self._search = JobSlot[Prompt]()

    def draw(self, corpus: "Corpus") -> None:
        """Have the instrument begin with the next passage, once it was found: a long text takes its time."""
        generator = self._instrument.generator
        if generator is None:
            return
        seed, number, length = generator.params.seed, self._drawn, passage_length(generator.model.recipe)
        self._drawn += 1
        self._title = corpus.title
        search = BackgroundJob(lambda _: choose(corpus.text(), "passage", seed=seed, number=number, length=length))
        self._search.put(search.start())

    def advance(self) -> None:
        """Begin with a passage that was found."""
        ended = self._search.take_ended()
        if ended is not None and ended.result is not None:
            self._instrument.begin_passage(ended.result, self._title)
