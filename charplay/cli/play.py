"""`charplay`: the playground. Imports no more than it must, so that the screen is up soon."""

import gc
import os
import signal
import sys
from typing import TYPE_CHECKING

from charplay.cli.errors import EXIT_FAILED, EXIT_USAGE, print_error
from charplay.training import malloc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from charplay.corpora.corpus import Corpus
    from charplay.corpora.progress import Watch
    from charplay.protocol.events import Event
    from charplay.protocol.queues import CommandQueue
    from charplay.protocol.request import TrainRequest
    from charplay.recipes.recipe import Recipe
    from charplay.runs.home import Home
    from charplay.training.device import Device
    from charplay.tui.app import CharplayApp

GC_THRESHOLD = 50_000
"""Objects made before the garbage collector looks through them."""

SWITCH_INTERVAL_SECONDS = 0.0005
"""Seconds after which a thread that waits for the interpreter gets it. Python's own 0.005 would hold training up for
that long at each of a paint's beginnings: hidden 128 kept 0.85 of its speed behind the screen, and keeps 0.93."""


def play(home_option: str | None, path: str | None) -> int:
    """Open the playground, with a text chosen where one is named; the exit code."""
    if not (sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"):
        print_error(
            "the playground needs a terminal; without one there are `charplay train`, `charplay sample`, "
            "`charplay score` and `charplay describe`"
        )
        return EXIT_USAGE

    _set_up_process()

    from charplay.cli.data_dir import log_file, open_home
    from charplay.cli.output_capture import capture_library_output

    home = open_home(home_option)
    log = log_file(home)
    with capture_library_output(log):
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
    if code == EXIT_FAILED:
        print_error(f"the screen broke down; the details are in {log}")
    return code


def _set_up_process() -> None:
    """What holds for the whole process, before the first of its threads starts."""
    # A start makes a hundred thousand objects that stay: looking through them every 700 costs a tenth of it.
    gc.set_threshold(GC_THRESHOLD)
    sys.setswitchinterval(SWITCH_INTERVAL_SECONDS)
    malloc.use_one_arena()


def _open_app(home: "Home", home_option: str | None, path: str | None) -> "CharplayApp":
    from charplay.cli.data_dir import open_library, open_store
    from charplay.tui.app import CharplayApp

    return CharplayApp(
        home=home,
        open_library=lambda: open_library(home_option),
        open_shelf=lambda: open_store(home_option),
        open_training=_open_training,
        list_devices=_list_devices,
        measure=_measure,
        path=path,
    )


# Every other room is opened when it is first asked for something, after the first paint.


def _open_training(request: "TrainRequest", inbox: "CommandQueue") -> "Iterator[Event]":
    from charplay.training.run_training import open_training

    yield from open_training(request, inbox)


def _list_devices() -> "list[Device]":
    from charplay.training.device import list_devices

    return list_devices()


def _measure(recipe: "Recipe", corpus: "Corpus", watch: "Watch") -> float:
    from charplay.training.epoch_timing import seconds_per_epoch

    return seconds_per_epoch(recipe, corpus, watch)
