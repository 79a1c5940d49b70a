"""From `charplay attach` to the run on the screen, against a launch of the playground on the same machine."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

from figures import Figure, NotMeasured
from given import Given, new_home
from interleaving import interleaved, ratios
from recorder import Recorder

ROUNDS = 10
WATCHED_SECONDS = 4.0
"""What a program is given to paint."""
TEXT = "the quick brown fox jumps over the lazy dog\n" * 2000
RUN = [
    "train", "--corpus", "fox", "--name", "attached", "--minutes", "60", "--device", "cpu", "--set", "threads=1",
    "--detach",
]  # fmt: skip


def measure(given: Given) -> list[Figure]:
    """Seconds from the program's start until the run's own name and state stand on the screen."""
    rounds = max(2, round(ROUNDS * min(1.0, given.seconds / 10)))
    with _hosted() as env:
        found = interleaved(
            {
                "attach": lambda: _seconds_to("● training", env, "attach", "attached"),
                "launch": lambda: _seconds_to("Corpus", env),
            },
            rounds,
        )
    return [
        Figure.of("attach: time against a launch of the playground", ratios(found["attach"], found["launch"])),
        Figure.of("attach to the run on the screen", found["attach"], "s", at_most=0.5),
        Figure.of("launch to first paint, beside a run", found["launch"], "s"),
    ]


@contextmanager
def _hosted() -> Iterator[dict[str, str]]:
    """The environment in which a run trains on its own."""
    with new_home() as home, tempfile.TemporaryDirectory(prefix="cp", dir="/tmp") as sockets:
        (home.corpora / "fox.txt").write_text(TEXT)
        env = {"CHARPLAY_HOME": str(home.root), "TMPDIR": sockets}
        program = [sys.executable, "-m", "charplay"]
        begun = subprocess.run([*program, *RUN], env=os.environ | env, capture_output=True, text=True, check=False)
        if begun.returncode:
            raise NotMeasured(f"no run could be begun: {begun.stderr[-200:]}")
        try:
            yield env
        finally:
            subprocess.run([*program, "control", "attached", "stop"], env=os.environ | env, check=False)


def _seconds_to(words: str, env: dict[str, str], *verb: str) -> float:
    """Launch charplay; seconds until it has painted the words."""
    app = Recorder([sys.executable, "-m", "charplay", *verb], env=env)
    time.sleep(WATCHED_SECONDS)
    app.close()
    end = app.started + WATCHED_SECONDS
    return next((when for when in app.replay() if words in app.text), end) - app.started
