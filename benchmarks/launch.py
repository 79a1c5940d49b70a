"""From launch to the first paint, against a bare Textual app, and to the first character that the demo writes."""

import sys
import time
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path

from bare_app import OWN
from figures import Figure
from given import Given, new_home
from interleaving import interleaved, ratios
from recorder import Recorder

ROUNDS = 10
WATCHED_SECONDS = 4.0
"""What an app is given to paint and to write."""

Seen = Callable[[Recorder], object]


def measure(given: Given) -> list[Figure]:
    """Seconds from the program's start; a paint counts once the app's own words are on the screen."""
    launches = _Launches()
    rounds = max(2, round(ROUNDS * min(1.0, given.seconds / 10)))
    found = interleaved({"ours": launches.ours, "bare": launches.bare}, rounds)
    return [
        Figure.of(
            "launch to first paint: time against a bare Textual app", ratios(found["ours"], found["bare"]), at_most=1.7
        ),
        Figure.of("launch to first paint", found["ours"], "s"),
        Figure.of("launch to first paint, bare Textual app", found["bare"], "s"),
        Figure.of("launch to first generated character", launches.written, "s", at_most=1.5),
        Figure(name="torch loaded by then (launches that did)", value=launches.torch, unit="", at_most=0),
    ]


class _Launches:
    """Launches of both apps, and what was seen of charplay's besides the first paint."""

    def __init__(self) -> None:
        self.written: list[float] = []
        self.torch = 0

    def ours(self) -> float:
        """Launch charplay in a new home; seconds to the first paint."""
        with new_home() as home:
            app = Recorder(
                [sys.executable, "-m", "charplay"], env={"CHARPLAY_HOME": str(home.root), "CHARPLAY_TOUR": "0"}
            )
            time.sleep(WATCHED_SECONDS)
            # Asked later than the first character: what is not loaded now was not loaded then.
            self.torch += "libtorch" in Path(f"/proc/{app.process.pid}/maps").read_text()
            app.close()
        painted, wrote = _first(app, [lambda screen: "Corpus" in screen.text, _has_written])
        self.written.append(wrote)
        return painted

    def bare(self) -> float:
        """Launch the bare app; seconds to the first paint."""
        app = Recorder([sys.executable, Path(__file__).with_name("bare_app.py")])
        time.sleep(WATCHED_SECONDS)
        app.close()
        return _first(app, [lambda screen: OWN in screen.text])[0]


def _first(app: Recorder, seen: Iterable[Seen]) -> list[float]:
    """When each was first seen, in this order, in seconds after the start; what never was counts as WATCHED_SECONDS."""
    moments = app.replay()
    end = app.started + WATCHED_SECONDS
    return [next((when for when in moments if look(app)), end) - app.started for look in seen]


def _has_written(app: Recorder) -> bool:
    """Whether a letter stands at the beginning of a line in the text pane."""
    place = app.find("─ Text ─")
    if place is None:
        return False
    row, column = place
    lines = islice(app.lines, row + 1, row + 4)
    return any(line[column + 1 : column + 3].strip(" ▌│").isalpha() for line in lines)
