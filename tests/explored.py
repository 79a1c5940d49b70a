"""An explorer that goes on until something is so."""

import time
from collections.abc import Callable

from charplay.playground.exploring.explorer import Explorer


def until(explorer: Explorer, condition: Callable[[], object]) -> None:
    """Let it go on until the condition holds."""
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        explorer.advance()
        time.sleep(0.001)
