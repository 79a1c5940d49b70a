"""Threads beside the screen's: what they compute may wait for a moment, a key may not."""

import os
import sys
from contextlib import suppress

NICENESS = 5
"""By how much a background thread is nicer than the process: it has a third of the weight of the screen's thread."""


def yield_to_screen() -> None:
    """Let this thread, and those that it starts, give the processor up to a thread that wakes: keys come before steps.

    `SCHED_BATCH` never interrupts one that wakes, and niceness leaves it the processor until its paint is done; else a
    paint of 10 ms takes 25 beside two threads that train. Only Linux has both for threads; elsewhere nothing changes.
    """
    if sys.platform == "linux":
        with suppress(OSError):  # a sandbox may forbid it
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
            os.setpriority(os.PRIO_PROCESS, 0, os.getpriority(os.PRIO_PROCESS, os.getpid()) + NICENESS)
