"""A passage of an explored text: the network goes on from it, or it becomes a text of its own."""

from pathlib import Path
from typing import TYPE_CHECKING

from charplay.corpora.corpus import MINIMUM
from charplay.formatting.units import plural
from charplay.fs.atomic import replace_bytes
from charplay.fs.paths import file_stem, new_path
from charplay.sampling.prompts import LENGTH, Prompt, passage_length

if TYPE_CHECKING:
    from collections.abc import Sequence

    from charplay.corpora.corpus import Corpus
    from charplay.playground.exploring.text_search import Span
    from charplay.playground.instrument import Instrument


def keep_as_text(corpus: "Corpus", spans: "Sequence[Span]", folder: Path | None) -> str:
    """Write passages, one after the other, as a new text into the folder of texts; return what came of it."""
    text = "".join(corpus.text(*span) for span in spans)
    if folder is None:
        return "There is no folder of texts here."
    if len(text) < MINIMUM:
        return f"That has {len(text):,} of the {MINIMUM} characters of a text; m marks more."
    path = new_path(folder, f"{file_stem(corpus.name)}-passage", ".txt")
    try:
        replace_bytes(path, text.encode("utf-8"))
    except (OSError, UnicodeError) as fault:
        return f"The text cannot be written ({fault}); free the disk, or mark another passage."
    return f"{plural(len(text), 'character')} are the text {path.stem} now; enter chooses it among the texts."


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
