"""A program on a pseudo-terminal whose every byte is kept with its time, to be looked at afterwards.

Drawing a screen costs a core while it happens; the program that is measured shall not pay for that.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from figures import NotMeasured

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from pseudo_terminal import Terminal


class Recorder(Terminal):
    """Records. The screen stays empty until `replay`; waiting is for bytes (`wait_for_bytes`), not for text."""

    def _feed(self, data: bytes) -> None:
        """Nothing is drawn while the program runs."""

    def wait_for_bytes(self, text: str, timeout: float = 120.0) -> None:
        """Stand until the program has written that text in one piece."""
        try:
            self.wait_for(lambda _: text.encode() in self.raw, timeout)
        except AssertionError:
            raise NotMeasured(f"{text!r} was not painted; at last there was {self.raw[-200:]!r}") from None

    def replay(self) -> Iterator[float]:
        """Draw what was written, once, piece by piece; gives each piece's time when it is on the screen.

        Times are of the clock that `started` is on.
        """
        for when, data in self._log:
            super()._feed(data)
            yield when

    def row(self, number: int) -> str:
        """One row of the screen."""
        cells = self._screen.buffer[number]
        return "".join(cells[column].data for column in range(self._screen.columns))
