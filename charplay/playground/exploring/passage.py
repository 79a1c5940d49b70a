"""A passage of an explored text that the network goes on from."""

from typing import TYPE_CHECKING

from charplay.formatting.units import plural
from charplay.sampling.prompts import LENGTH, Prompt, passage_length

if TYPE_CHECKING:
    from charplay.corpora.corpus import Corpus
    from charplay.playground.exploring.text_search import Span
    from charplay.playground.instrument import Instrument


def begin_with(instrument: "Instrument", corpus: "Corpus", span: "Span", *, from_end: bool) -> str:
    """Begin a text with as much of a passage as the network looks back on; return what came of it.

    `from_end`: with what leads up to the passage's end; else with its beginning. The instrument has a network.
    """
    assert instrument.generator is not None
    length = passage_length(instrument.generator.model.recipe)
    start, stop = span
    if from_end:
        start = max(0, min(start, stop - length))
    else:
        stop = min(start + length, len(corpus))
    instrument.begin_passage(Prompt(start, corpus.text(start, stop), corpus.text(stop, stop + LENGTH)), corpus.title)
    return f"The text begins with the {plural(stop - start, 'character')} from {start:,} on; esc shows it."
