"""`charplay`: the playground. Imports no more than it must, so that the screen is up soon."""

import gc
import os
import signal
import sys
from typing import TYPE_CHECKING

from charplay.cli.faults import FAILED, MISUSED, complain
from charplay.training.memory import share_one_heap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from charplay.corpora.corpus import Corpus
    from charplay.corpora.progress import Watch
    from charplay.protocol.events import Event
    from charplay.protocol.queues import CommandQueue
    from charplay.protocol.request import TrainRequest
    from charplay.recipes.fields import Recipe
    from charplay.runs.home import Home
    from charplay.training.device import Device
    from charplay.tui.app import CharplayApp

YOUNG = 50_000
"""Objects made before the garbage collector looks through them."""

PATIENCE = 0.0005
"""Seconds after which a thread that waits for the interpreter gets it. Python's own 0.005 would hold training up for
that long at each of a paint's beginnings: hidden 128 kept 0.85 of its speed behind the screen, and keeps 0.93."""


def play(home_option: str | None, path: str | None) -> int:
    """Open the playground, with a text chosen where one is named; the exit code.

    It needs a terminal, unless TEXTUAL_DRIVER names what shows it instead, such as a browser.
    """
    on_terminal = sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    if not on_terminal and not os.environ.get("TEXTUAL_DRIVER"):
        complain(
            "the playground needs a terminal; without one there are `charplay train`, `charplay sample`, "
            "`charplay score` and `charplay describe`"
        )
        return MISUSED

    _set_up_process()

    from charplay.cli.house import log_file, open_home
    from charplay.cli.stray import stray_output_to

    home = open_home(home_option)
    log = log_file(home)
    with stray_output_to(log):
        app = _open_app(home, home_option, path)
        try:
            app.run()
        finally:
            # The terminal makes signals of keys again: more of Ctrl-C means what the first one has begun, up to the end
            # of the interpreter, which takes a handler of ours away.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            app.end_training()
        code = app.return_code or 0
        if app.stuck:
            os._exit(code)  # everything is on the disk, and the interpreter's own end would flush to that terminal
    if code == FAILED:
        complain(f"the screen broke down; the details are in {log}")
    return code


def _set_up_process() -> None:
    """What holds for the whole process, before the first of its threads starts."""
    # A start makes a hundred thousand objects that stay: looking through them every 700 costs a tenth of it.
    gc.set_threshold(YOUNG)
    sys.setswitchinterval(PATIENCE)
    share_one_heap()


def _open_app(home: "Home", home_option: str | None, path: str | None) -> "CharplayApp":
    from charplay.cli.house import open_library, open_shelf
    from charplay.tui.app import CharplayApp

    return CharplayApp(
        home=home,
        open_library=lambda: open_library(home_option),
        open_shelf=lambda: open_shelf(home_option),
        open_training=_open_training,
        list_devices=_list_devices,
        measure=_measure,
        path=path,
    )


# Every other room is opened when it is first asked for something, after the first paint.


def _open_training(request: "TrainRequest", inbox: "CommandQueue") -> "Iterator[Event]":
    from charplay.training.door import open_training

    yield from open_training(request, inbox)


def _list_devices() -> "list[Device]":
    from charplay.training.device import list_devices

    return list_devices()


def _measure(recipe: "Recipe", corpus: "Corpus", watch: "Watch") -> float:
    from charplay.training.measuring import seconds_per_epoch

    return seconds_per_epoch(recipe, corpus, watch)
