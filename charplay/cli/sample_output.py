"""The two outputs of `sample`: text as it is drawn, or one JSON object a character."""

import sys
import time
from typing import TYPE_CHECKING

from charplay.cli.errors import print_error
from charplay.cli.output import print_json, print_safe, sanitize_for

if TYPE_CHECKING:
    from charplay.sampling.generator import TextGenerator
    from charplay.sampling.segment import GeneratedChar

FLUSH_SECONDS = 0.1
"""A pipe gets gathered characters at least this often: a flush for each one would cost a system call a character."""


def name_unknown(unknown: str) -> None:
    """Print which characters of a prompt the model does not know, each once, if there are any."""
    if unknown:
        print_error(f"left out of the prompt, as the model does not know them: {''.join(dict.fromkeys(unknown))!r}")


class TextWriter:
    """Writes generated characters on stdout.

    A terminal gets each at once, with visible stand-ins for control characters; a pipe gets them unchanged, buffered
    for FLUSH_SECONDS.
    """

    def __init__(self) -> None:
        self._terminal = sys.stdout.isatty()
        self._flushed = time.monotonic()
        self._last = "\n"

    only_characters = True
    """Whether it takes no more of what was written than the characters."""

    def begin(self, heading: str) -> None:
        """Write a heading on a line of its own, before each of several texts."""
        if self._last != "\n":
            print_safe("")
        print_safe(heading)
        self._last = "\n"

    def write(self, written: "GeneratedChar", generator: "TextGenerator", position: int) -> None:
        """Write one character; `position` is its index in the generator's text."""
        self.put(written.character)

    def put(self, text: str) -> None:
        """Write some text; an empty one is nothing."""
        self._last = text[-1:] or self._last
        sys.stdout.write(sanitize_for(text, sys.stdout) if self._terminal else text)
        now = time.monotonic()
        if self._terminal or now - self._flushed > FLUSH_SECONDS:
            sys.stdout.flush()
            self._flushed = now

    def close(self) -> None:
        """End the last line where stdout is a terminal, so that the shell's prompt starts on a new one; then flush."""
        if self._terminal and self._last != "\n":
            sys.stdout.write("\n")
        sys.stdout.flush()


class JsonLinesWriter(TextWriter):
    """Writes one JSON object a character, with its `top` most probable candidates; 0 lists the whole vocabulary."""

    def __init__(self, top: int) -> None:
        super().__init__()
        self._top = top

    only_characters = False

    def begin(self, heading: str) -> None:
        """Write no heading: every object has its temperature."""

    def write(self, written: "GeneratedChar", generator: "TextGenerator", position: int) -> None:
        """Write one character with its probability, its surprisal and its candidates."""
        candidates = generator.inspect(position, self._top or len(generator.model.vocabulary)).candidates
        listed = [{"character": one.character, "raw": one.raw, "probability": one.filtered} for one in candidates]
        print_json(written._asdict() | {"rivals": listed})

    def close(self) -> None:
        """Do nothing: `print_json` flushes every line."""
