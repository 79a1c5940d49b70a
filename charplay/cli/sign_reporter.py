"""Shows a run in the title of its terminal, as the terminal's progress, and in a notice at its end."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from charplay.cli.reporting import Reporter
from charplay.formatting.terminal_features import TerminalFeatures, detect_features
from charplay.playground.run_signs import RunSigns
from charplay.playground.run_state import RunState
from charplay.protocol import events

if TYPE_CHECKING:
    from charplay.playground.settings import Settings

WATCHED_SECONDS = 60.0
"""A run that took less was watched, as a command is; whether somebody looks is not known here."""

BELL = "\a"


class SignReporter:
    """Has another reporter print an event, then lets the terminal show the run's state."""

    def __init__(self, reporter: Reporter, signs: RunSigns, *, bell: bool) -> None:
        self._reporter, self._signs, self._bell = reporter, signs, bell
        self._state = RunState(status="preparing")

    def report(self, event: events.Event) -> None:
        """Print the event, and write what the terminal does not show yet. Raises OSError where the output is closed."""
        self._reporter.report(event)
        self._state.apply(event)
        written = self._signs.update(self._state, watched=self._state.seconds < WATCHED_SECONDS)
        if self._bell and isinstance(event, events.Finished | events.Stopped | events.Failed):
            written += BELL
        if written:
            print(written, end="", flush=True)


@contextmanager
def sign_reporter(reporter: Reporter, settings: "Settings") -> Iterator[SignReporter]:
    """Give a reporter the terminal's signs as the settings have them; whatever ends it, they are taken back."""
    signs = RunSigns(lambda: detect_features(os.environ) if settings.signs else TerminalFeatures())
    try:
        yield SignReporter(reporter, signs, bell=settings.bell)
    finally:
        with suppress(OSError):  # the terminal may be gone
            sys.stdout.write(signs.clear())
            sys.stdout.flush()
