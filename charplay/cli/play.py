"""`charplay`: opens the playground. Imports as little as it can, so that the screen appears soon."""

import gc
import os
import signal
import sys
from functools import cache
from typing import TYPE_CHECKING

from charplay.cli.errors import EXIT_FAILED, EXIT_USAGE, print_error
from charplay.cli.plain_output import draw_in_ascii
from charplay.training import malloc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from charplay.corpora.corpus import Corpus
    from charplay.corpora.progress import Watch
    from charplay.playground.happenings import Detached
    from charplay.playground.trainer_client import TrainerClient
    from charplay.protocol.events import Event
    from charplay.protocol.queues import CommandQueue
    from charplay.protocol.request import TrainRequest
    from charplay.recipes.recipe import Recipe
    from charplay.runs.home import Home
    from charplay.training.device import Device

    Attach = Callable[[TrainerClient], TrainerClient]

GC_THRESHOLD = 10_000
"""Allocations between two runs of the garbage collector: few, so that none of them takes as long as a paint."""

SWITCH_INTERVAL_SECONDS = 0.0005
"""Seconds after which Python hands the interpreter lock to a waiting thread.

With the default of 0.005 a paint could hold the training thread up that long: a network of hidden size 128 kept 0.85 of
its headless speed behind the screen, and keeps 0.93 with this value.
"""


def play(home_option: str | None, path: str | None, attach: "Attach | None" = None) -> int:
    """Open the playground, with the text at `path` chosen if one is named; return the exit code.

    With `attach` it shows a run of another process. It needs a terminal, unless TEXTUAL_DRIVER names what shows it
    instead, such as a browser.
    """
    on_terminal = sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    if not on_terminal and not os.environ.get("TEXTUAL_DRIVER"):
        print_error(
            "the playground needs a terminal; without one there are `charplay train`, `charplay sample`, "
            "`charplay score` and `charplay describe`"
        )
        return EXIT_USAGE

    _set_up_process()

    from charplay.cli.data_dir import log_file
    from charplay.cli.output_capture import capture_library_output
    from charplay.playground.home import open_home
    from charplay.playground.settings import read_settings

    home = open_home(home_option)
    log = log_file(home)
    if read_settings(home.user_settings)[0].ascii:
        draw_in_ascii()
    with capture_library_output(log):
        code, left = _run_app(home, home_option, path, attach)
    if code == EXIT_FAILED:
        print_error(f"the screen broke down; the details are in {log}")
    if code == 0 and left is not None:
        from charplay.cli.detaching import print_left

        print_left(left)
    return code


def _set_up_process() -> None:
    """Set garbage collection, thread switching and malloc up, before the first thread starts."""
    # A start allocates a hundred thousand objects that stay, and a search of them for garbage takes ten milliseconds:
    # the main screen enables the collector once its panes are up.
    gc.disable()
    gc.set_threshold(GC_THRESHOLD)
    sys.setswitchinterval(SWITCH_INTERVAL_SECONDS)
    malloc.use_one_arena()


def _run_app(
    home: "Home", home_option: str | None, path: str | None, attach: "Attach | None" = None
) -> "tuple[int, Detached | None]":
    """Run the app until a person leaves it, and end what trains; return the exit code, and the run that goes on."""
    from charplay.cli.detaching import ProcessStarter, SocketReach
    from charplay.playground.home import open_library, open_store
    from charplay.tui.app import CharplayApp

    app = CharplayApp(
        home=home,
        open_library=lambda: open_library(home_option),
        open_store=lambda: open_store(home_option),
        open_training=_open_training,
        list_devices=_list_devices,
        measure=_measure,
        path=path,
        attach=attach or (lambda local: local),
    )
    app.playground.detachment.host = ProcessStarter(home)
    app.playground.detached_runs.reach = SocketReach()
    try:
        app.run()
    finally:
        # From here on Ctrl-C is a signal again. The program is already leaving, so it is ignored; by SIG_IGN and not by
        # a handler, since the interpreter's shutdown removes handlers.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        app.end_training()
    code = app.return_code or 0
    if app.stuck:
        os._exit(code)  # everything is on the disk; the interpreter's shutdown would block on that terminal
    return code, app.playground.detachment.outlives


# The other rooms are imported when they are first needed, after the first paint.


def _open_training(request: "TrainRequest", inbox: "CommandQueue") -> "Iterator[Event]":
    from charplay.protocol.events import Progress
    from charplay.training.run_training import open_training

    for event in open_training(request, inbox):
        if isinstance(event, Progress):
            _spare_modules()
        yield event


@cache
def _spare_modules() -> None:
    """Have the garbage collector never search torch's modules, now that they are all there.

    They are 190,000 objects, and a search of them holds up every thread, the screen's too, for 0.2 to 0.6 s. Once: what
    a later run leaves behind may be garbage.
    """
    gc.freeze()


def _list_devices() -> "list[Device]":
    from charplay.training.device import list_devices

    return list_devices()


def _measure(recipe: "Recipe", corpus: "Corpus", watch: "Watch") -> float:
    from charplay.training.epoch_timing import seconds_per_epoch

    return seconds_per_epoch(recipe, corpus, watch)
