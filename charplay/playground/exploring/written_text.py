"""What a network writes when nobody leads it, enough of it to be counted."""

from typing import TYPE_CHECKING

from charplay.corpora.corpus import Corpus, from_text
from charplay.corpora.progress import Progress
from charplay.sampling.batched import BatchedGenerators
from charplay.sampling.generator import TextGenerator
from charplay.sampling.params import SamplingParams

if TYPE_CHECKING:
    from charplay.sampling.model import CharModel

AT_ONCE = 25
"""Texts that are written side by side, which costs far less than one after the other."""


def write_text(model: "CharModel", source: str, characters: int, progress: Progress) -> Corpus:
    """Write so many characters at temperature 1, without filters, in several texts. Raises Cancelled."""
    generators = [
        TextGenerator(model, params=SamplingParams(temperature=1.0, seed=number + 1), source=source)
        for number in range(AT_ONCE)
    ]
    together = BatchedGenerators(generators)
    steps = max(1, characters // AT_ONCE)
    for step in range(steps):
        if step % 10 == 0:
            progress.at(step / steps)
        together.next()
    progress.at(1)
    return from_text(f"what {source} writes", "\n".join(generator.text for generator in generators))
