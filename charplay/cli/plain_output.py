"""What a terminal is shown at most: ASCII alone where that was asked for, no boxes or motion where they disturb."""

import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper

ASCII_OPTION = "--ascii"


def take_ascii_option(arguments: Sequence[str]) -> list[str]:
    """Take `--ascii` out of the arguments, and have terminals sent ASCII alone where it was there."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    options = [argument for argument in arguments[:end] if argument != ASCII_OPTION]
    if len(options) < end:
        draw_in_ascii()
    return [*options, *arguments[end:]]


def draw_in_ascii() -> None:
    """Send terminals ASCII of the same width in place of any other character; a file or a pipe gets what it got."""
    from charplay.formatting.ascii_fallback import HANDLER

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper) and stream.isatty():
            stream.reconfigure(encoding="ascii", errors=HANDLER)


def is_accessible() -> bool:
    """Whether the environment asks for plain lines, as for a screen reader: ACCESSIBLE is set, and not to 0."""
    return os.environ.get("ACCESSIBLE", "0") not in {"", "0"}
