"""Settings of glibc's malloc, which allocates tensors on a CPU. Without glibc, these functions do nothing."""

import ctypes

TRIM_THRESHOLD, MMAP_MAX, ARENA_MAX = -1, -4, -8
"""mallopt's parameters: idle bytes before memory is returned, number of mmapped blocks, number of arenas."""


def use_one_arena() -> None:
    """Make all threads that start from now on allocate from the main thread's arena.

    By default, glibc gives each thread an arena of at most 64 MB. A tensor that does not fit there comes from the main
    arena; when it is freed, small objects of the screen settle in the gap, and the next step's tensor does not fit any
    more: training hidden 128 behind the screen took 80 MB more every second.
    """
    _call("mallopt", ARENA_MAX, 1)


def disable_trim() -> None:
    """Return free memory to the system, and from then on keep in this process what is freed.

    A step's tensors are large, and glibc returns large blocks as soon as they are freed. The system then has to supply
    and clear each of their pages again for the next step: 40,000 pages a step at hidden 416, a fifth of its time.
    """
    trim()
    _call("mallopt", TRIM_THRESHOLD, 2**31 - 1)
    _call("mallopt", MMAP_MAX, 0)


def trim() -> None:
    """Return free memory to the system, as once training is over."""
    _call("malloc_trim", 0)


def _call(name: str, *arguments: int) -> None:
    try:
        call = getattr(ctypes.CDLL(None), name)
    except (OSError, AttributeError):  # no glibc
        return
    call(*arguments)
