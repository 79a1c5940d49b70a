"""The generation loop: draws characters, replays a recording, ends at stop texts.

The screen gives it a budget many times a second, the command line lets it run to its end.
"""

import time
from collections.abc import Iterable, Iterator
from typing import Literal

from charplay.sampling.generator import TextGenerator
from charplay.sampling.recording import Recording, replay
from charplay.sampling.segment import GeneratedChar
from charplay.sampling.stop_sequences import StopSequences, clean_stop_texts

End = Literal["", "stop", "replayed"]


class Playback:
    """Lets a generator write until a stop text, or until a recording that is replayed is over."""

    def __init__(self, generator: TextGenerator, stops: Iterable[str] = ()) -> None:
        """`stops`: texts to end at, cleaned as the training text was; what was written before does not count."""
        self.generator = generator
        self.end: End = ""
        """Why the last `draw` ended early; empty where it did not."""
        self.stop_at(stops)
        self._recorded: Iterator[GeneratedChar] | None = None
        self._expected = 0
        """Position of the recording's next character."""
        self._last = 0
        """Where the recording will be over, if the model knows all that was written by hand."""

    def stop_at(self, stops: Iterable[str]) -> None:
        """End at these texts from now on."""
        cleaned, note = clean_stop_texts(stops, self.generator.model.recipe.cleaning)
        self.stop_remark = f"Holds at {note}." if note else ""
        self._stops = StopSequences(cleaned)

    def replay(self, recording: Recording, seed: int | None = None) -> None:
        """Begin the text anew, and write as it was recorded; with another seed where one is given."""
        self._recorded = replay(self.generator, recording, seed)
        self._expected = len(self.generator.transcript)
        self._last = self._expected + recording.length

    @property
    def replaying(self) -> bool:
        """Whether a recording is replayed."""
        return self._recorded is not None

    @property
    def left(self) -> int:
        """How many characters of the recording are still to come."""
        return max(0, self._last - self._expected) if self.replaying else 0

    def leave(self) -> None:
        """Write on without the recording; its last settings stay."""
        self._recorded = None

    def draw(self, most: int | None = None, budget: float | None = None) -> list[GeneratedChar]:
        """Draw up to `most` characters, beginning none once `budget` seconds are spent; `end` says why it ended early.

        At least one is drawn, unless the recording is over.
        """
        until = None if budget is None else time.perf_counter() + budget
        drawn: list[GeneratedChar] = []
        for written in self:
            drawn.append(written)
            if (most is not None and len(drawn) >= most) or (until is not None and time.perf_counter() >= until):
                break
        return drawn

    def __iter__(self) -> Iterator[GeneratedChar]:
        """Characters up to a stop text or the recording's end, else without end."""
        self.end = ""
        while (written := self._next()) is not None:
            if self._stops.ended(written.character):
                self.end = "stop"
            yield written
            if self.end:
                return
        self.end = "replayed"

    def _next(self) -> GeneratedChar | None:
        """Return the next character, of the recording where there is one; None where that is over."""
        if self._recorded is not None and len(self.generator.transcript) != self._expected:
            self.leave()  # something was written by hand
        if self._recorded is None:
            return self.generator.next()
        written = next(self._recorded, None)
        self._expected = len(self.generator.transcript)
        if written is None:
            self.leave()
        return written
