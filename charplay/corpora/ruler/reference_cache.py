"""Keeps reference losses in the home's cache, under all that shapes them."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from charplay.corpora.corpus import Corpus
from charplay.corpora.encoded_cache import cache_key
from charplay.corpora.progress import Progress
from charplay.corpora.ruler.reference_losses import ReferenceLosses, measure_references
from charplay.fs.atomic import replace_bytes

FORMAT = 2
"""Version of the figures: to be raised whenever another way of measuring gives others, or there are more."""


@dataclass(frozen=True, kw_only=True)
class SplitText:
    """A text as a run reads it: which characters it has, and how many of them are for training."""

    sha256: str
    """Of the file's bytes; empty for a text that is in no file, whose losses are not kept."""
    encoding: str
    """As it was named; empty where it was detected."""
    cleaning: Sequence[str]
    limit: int | None
    characters: int
    """After cleaning and limit, without the test part: no figure reads what comes after them."""
    trained: int
    """The first so many characters, which are trained on."""
    held_out: int | None = None
    """The first so many characters after those, on which a loss was measured; None where nothing but the rule for
    closing losses (`final_characters`) bounds them.
    """

    @property
    def key(self) -> str:
        """File name of its losses, without suffix."""
        choices = (self.encoding, *self.cleaning, self.limit, self.characters, self.trained)
        bound = () if self.held_out is None else (self.held_out,)
        return cache_key(self.sha256, "reference losses", FORMAT, *choices, *bound)


class ReferenceCache:
    """Reference losses that were measured before, one JSON file for each text and split."""

    def __init__(self, cache: Path) -> None:
        """`cache` is the home's cache folder."""
        self._folder = cache / "reference-losses"

    def load(self, text: SplitText) -> ReferenceLosses | None:
        """Return what is kept of a text; None where it is missing or damaged."""
        try:
            return _parse(json.loads(self._path(text).read_text("utf-8"))) if text.sha256 else None
        except (OSError, ValueError, TypeError, AttributeError):
            return None

    def measure(self, text: SplitText, corpus: Corpus, progress: Progress | None = None) -> ReferenceLosses:
        """Return what is kept of a text, or measure it on its `corpus` and keep it. Raises Cancelled."""
        if kept := self.load(text):
            return kept
        measured = measure_references(corpus.first(text.characters), text.trained, progress, text.held_out)
        if text.sha256:
            with suppress(OSError):  # a cache that cannot be written costs only time
                self._folder.mkdir(parents=True, exist_ok=True)
                replace_bytes(self._path(text), json.dumps(asdict(measured)).encode())
        return measured

    def _path(self, text: SplitText) -> Path:
        return self._folder / f"{text.key}.json"


def _parse(kept: Mapping[str, object]) -> ReferenceLosses:
    """Check what was kept. Raises TypeError or AttributeError where a field is missing, unknown or no number."""
    found = ReferenceLosses(**kept)  # type: ignore[arg-type]  # checked below
    numbers = [*found.ngram.values(), *(value for name, value in kept.items() if name != "ngram")]
    if not all(number is None or isinstance(number, int | float) for number in numbers):
        raise TypeError
    return found
