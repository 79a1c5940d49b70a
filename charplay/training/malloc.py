"""Memory for tensors on a processor: how glibc hands it out, keeps it, and gives it back; nothing elsewhere."""

import ctypes

TRIM_THRESHOLD, MMAP_MAX, ARENA_MAX = -1, -4, -8
"""glibc's names for how much of its heap may lie idle, and how many blocks outside of it and heaps there may be."""


def share_one_heap() -> None:
    """Let every thread that starts from now on allocate where the main thread does.

    glibc gives threads heaps of their own, of at most 64 MB. A tensor that finds no room there comes from the main
    thread's, where small things of the screen settle in the gap that it leaves, and the next step's finds no room
    again: training hidden 128 behind the screen took 80 MB more every second.
    """
    _call("mallopt", ARENA_MAX, 1)


def keep_memory() -> None:
    """Give nothing back to the system while training.

    A step's tensors are large, and glibc gives large blocks back when they are freed. The next step has each of their
    pages handed out and cleared anew: 40,000 a step at hidden 416, a fifth of its time.
    """
    _call("mallopt", TRIM_THRESHOLD, 2**31 - 1)
    _call("mallopt", MMAP_MAX, 0)


def give_memory_back() -> None:
    """Give back what is idle, once the training is over."""
    _call("malloc_trim", 0)


def _call(name: str, *arguments: int) -> None:
    try:
        call = getattr(ctypes.CDLL(None), name)
    except (OSError, AttributeError):  # no glibc
        return
    call(*arguments)
