"""How `sample` writes: text as it is drawn, or one JSON object a character."""

import sys
import time
from typing import TYPE_CHECKING

from charplay.cli.output import print_json, print_safe, sanitize_for

if TYPE_CHECKING:
    from charplay.sampling.generator import TextGenerator
    from charplay.sampling.segment import GeneratedChar

FLUSH_SECONDS = 0.1
"""Seconds that a character on its way into a pipe may wait for others."""


class TextWriter:
    """Writes characters on stdout: at once on a terminal and as visible glyphs, gathered a little for a pipe."""

    def __init__(self) -> None:
        self._terminal = sys.stdout.isatty()
        self._flushed = time.monotonic()
        self._last = "\n"

    def begin(self, heading: str) -> None:
        """Another text begins, of several."""
        if self._last != "\n":
            print_safe("")
        print_safe(heading)
        self._last = "\n"

    def write(self, written: "GeneratedChar", generator: "TextGenerator", position: int) -> None:
        """One more character, which stands at a position of the generator's text."""
        self._last = written.character
        sys.stdout.write(sanitize_for(self._last, sys.stdout) if self._terminal else self._last)
        now = time.monotonic()
        if self._terminal or now - self._flushed > FLUSH_SECONDS:
            sys.stdout.flush()
            self._flushed = now

    def close(self) -> None:
        """A terminal's own prompt begins on a line of its own; a pipe gets the text and nothing else."""
        if self._terminal and self._last != "\n":
            sys.stdout.write("\n")
        sys.stdout.flush()


class JsonLinesWriter(TextWriter):
    """Writes one JSON object a character, with its `top` most probable candidates; 0 means all that there are."""

    def __init__(self, top: int) -> None:
        super().__init__()
        self._top = top

    def begin(self, heading: str) -> None:
        """Every line names its temperature."""

    def write(self, written: "GeneratedChar", generator: "TextGenerator", position: int) -> None:
        """One more character, with what was known when it was drawn."""
        candidates = generator.inspect(position, self._top or len(generator.model.vocabulary)).candidates
        listed = [{"character": one.character, "raw": one.raw, "probability": one.filtered} for one in candidates]
        print_json(written._asdict() | {"rivals": listed})

    def close(self) -> None:
        """Every line is out already."""
