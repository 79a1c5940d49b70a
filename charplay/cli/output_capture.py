"""Redirects what libraries print into the log while the screen is up."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from charplay.cli.output import redirect_to_devnull
from charplay.formatting.ascii_fallback import HANDLER


@contextmanager
def capture_library_output(log: Path) -> Iterator[None]:
    """Redirect file descriptors 1 and 2, Python's warnings and its logging into a file.

    Textual draws on `sys.__stderr__` and asks `sys.__stdout__` for the terminal's size. Both are replaced by a file on
    a duplicate of the terminal's descriptor, so that only code that uses these names reaches the screen; prints from
    C, or to descriptors 1 and 2, do not. Characters that the terminal's encoding lacks are drawn in ASCII.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    streams = sys.__stdout__, sys.__stderr__
    encoding = streams[0].encoding if streams[0] else "utf-8"
    out, err = os.dup(1), os.dup(2)
    sink = log.open("a", encoding="utf-8", buffering=1)
    handler = logging.StreamHandler(sink)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    screen = os.fdopen(os.dup(1), "w", encoding=encoding, errors=HANDLER)
    try:
        os.dup2(sink.fileno(), 1)
        os.dup2(sink.fileno(), 2)
        sys.__stdout__ = sys.__stderr__ = screen  # type: ignore[misc]
        logging.getLogger().addHandler(handler)
        logging.captureWarnings(capture=True)
        yield
    finally:
        for stream in (sys.stdout, sys.stderr):
            _flush(stream)
        logging.captureWarnings(capture=False)
        logging.getLogger().removeHandler(handler)
        sys.__stdout__, sys.__stderr__ = streams  # type: ignore[misc]
        os.dup2(out, 1)
        os.dup2(err, 2)
        os.close(out)
        os.close(err)
        for file in (sink, screen):
            with suppress(OSError):  # the disk is full, or the terminal is gone, with something still unwritten
                file.close()


def _flush(stream: TextIO) -> None:
    """Flush to the log; drop what a full disk rejects, so that it does not reach the terminal later."""
    try:
        stream.flush()
    except OSError:
        redirect_to_devnull(stream)
        stream.flush()
