"""What each patch of Textual buys: the real program with all of them against the program with one switched off.

Every program is played alike at 120x40: the demo writes; a dialog is opened and closed; the writing is held; the
terminal stands still, and the program is asked to leave. docs/TEXTUAL.md says what each patch does.
"""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from figures import Figure, NotMeasured
from given import Given, new_home
from interleaving import ratios
from partial_paints import PATCHES, partial_paints
from recorder import Recorder
from trainer import stream_recipe
from typed_ahead import landed

ROUNDS = 2
HIDDEN = 128
"""Of the next run, which is never started."""
DIALOGS, WARM = 12, 8
"""Times that a dialog is opened and closed, and those before that count for nothing."""
REPAINTS = 10
"""Of everything: more than a terminal that stands still and the kernel take."""
SETTLING, KEY_SECONDS = 1.0, 0.25
"""A key has done its work by then; an escape alone is told from others after 0.1 s."""
LEAVING = 6.0
"""Seconds that a program is given to leave."""

Played = Mapping[str, float]

WRITING = ("processor, writing", "ms/s")
AWAKE = ("wakings, writing", "1/s")
SENT = ("sent, writing", "bytes/s")
DIALOG = ("sent for a dialog", "bytes")
GROWTH = ("memory kept of a dialog", "kB")
ASLEEP = ("wakings, held", "1/s")
STALLED = ("processor on a terminal that stands still", "ms/s")
LEFT = ("to leave a terminal that stands still", "s")

ABSENT: Mapping[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "cell diff": ("patched_app.diffed = lambda frame, _: frame", (SENT, DIALOG, WRITING)),
    "row compositor": ("del row_compositor.RowCompositor._get_renders", (WRITING,)),
    "styles cache": ("patched_app.patch_styles_cache = lambda: None", (GROWTH,)),
    "backpressure": ("backpressure.Backpressure.holds = lambda *_: False", (STALLED,)),
    "driver": ("del patched_app.PatchedApp.get_driver_class", (ASLEEP, AWAKE, LEFT)),
}
"""What switches a patch off before the program starts, and the figures that this changes."""

PROGRAM = """
import sys
from charplay.tui.textual_patches import backpressure, patched_app, row_compositor
{absent}
from charplay.cli.main import main
sys.argv = ["charplay"]
main()
"""


def measure(given: Given) -> list[Figure]:
    """Every figure that a patch changes, without it and with all of them, and the ratio of both."""
    if not Path("/proc/self/schedstat").exists():
        raise NotMeasured("the system does not tell what a program's threads did")
    programs = {"": "", **{name: absent for name, (absent, _) in ABSENT.items()}}
    found: dict[str, list[Played]] = {name: [] for name in programs}
    for turn in range(ROUNDS):
        for name in list(programs) if turn % 2 == 0 else reversed(programs):
            found[name].append(_play(given, programs[name]))
    figures = []
    for name, (_, changed) in ABSENT.items():
        for what, unit in changed:
            without, whole = ([each[what] for each in found[key]] for key in (name, ""))
            if min(whole) > 0:
                figures.append(Figure.of(f"without {name}: {what}, against all patches", ratios(without, whole)))
            figures += [Figure.of(f"{what}, without {name}", without, unit), Figure.of(f"{what}, all", whole, unit)]
    paints = {name: asyncio.run(partial_paints(name, given.seconds / 4)) for name in PATCHES}
    for name, took in paints.items():
        figures.append(Figure.of(f"a paint of one more character, {name}", took, "ms"))
    for name, queued in (("all", True), ("without key queue", False)):
        share = asyncio.run(landed(queued=queued))
        figures.append(Figure(name=f"share of keys typed in a rush that land as meant, {name}", value=share, unit=""))
    return figures


def _play(given: Given, absent: str) -> Played:
    seconds = given.seconds / 4
    with new_home(stream_recipe(given, HIDDEN)) as home, _started(home.root, absent) as app:
        played = _written(app, seconds) | _dialogs(app)
        app.press("space")
        time.sleep(SETTLING)
        woken = _wakings(app)
        time.sleep(seconds)
        played[ASLEEP[0]] = (_wakings(app) - woken) / seconds
        app.press("space")
        return played | _stalled(app, seconds)


@contextmanager
def _started(home: Path, absent: str) -> Iterator[Recorder]:
    """The program on a terminal, writing."""
    command = [sys.executable, "-c", PROGRAM.format(absent=absent)]
    app = Recorder(command, columns=120, rows=40, env={"CHARPLAY_HOME": str(home), "CHARPLAY_TOUR": "0"})
    try:
        app.wait_for_bytes("parameters")
        time.sleep(SETTLING)
        yield app
    finally:
        app.close()


def _written(app: Recorder, seconds: float) -> dict[str, float]:
    began, busy, woken = time.monotonic(), _busy(app), _wakings(app)
    time.sleep(seconds)
    took = time.monotonic() - began
    return {
        WRITING[0]: 1000 * (_busy(app) - busy) / took,
        AWAKE[0]: (_wakings(app) - woken) / took,
        SENT[0]: len(app.raw_since(began)) / took,
    }


def _dialogs(app: Recorder) -> dict[str, float]:
    """Of each time that the help is opened and closed, while nothing is written."""
    app.press("space")
    began, kept = 0.0, 0
    for turn in range(WARM + DIALOGS):
        if turn == WARM:
            began, kept = time.monotonic(), _resident(app)
        for key in ("?", "escape"):
            app.press(key)
            time.sleep(KEY_SECONDS)
    app.press("space")
    sent = len(app.raw_since(began)) / DIALOGS
    return {DIALOG[0]: sent, GROWTH[0]: max(1.0, (_resident(app) - kept) / 1000 / DIALOGS)}


def _stalled(app: Recorder, seconds: float) -> dict[str, float]:
    app.stall()
    for _ in range(REPAINTS):
        app.press("B")  # dark and light by turns
        time.sleep(KEY_SECONDS)
    time.sleep(SETTLING)
    busy = _busy(app)
    time.sleep(seconds)
    used = 1000 * (_busy(app) - busy) / seconds
    began = time.monotonic()
    app.signal(signal.SIGTERM)
    try:
        app.process.wait(LEAVING)
    except subprocess.TimeoutExpired:
        app.process.kill()
    return {STALLED[0]: used, LEFT[0]: time.monotonic() - began}


def _busy(app: Recorder) -> float:
    """Seconds of processor time that its threads had until now, to the nanosecond; `ps` knows hundredths."""
    threads = Path(f"/proc/{app.process.pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9


def _wakings(app: Recorder) -> int:
    """How often the program's threads gave up a processor until now: each time one of them had woken."""
    threads = Path(f"/proc/{app.process.pid}/task").glob("*/status")
    lines = (line for thread in threads for line in thread.read_text().splitlines())
    return sum(int(line.split()[1]) for line in lines if line.startswith("voluntary_ctxt_switches"))


def _resident(app: Recorder) -> int:
    """Bytes of memory."""
    return int(Path(f"/proc/{app.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")
