"""The home's log: what went wrong, for whoever looks into it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from charplay.runs.home import Home

MAX_LOG_BYTES = 1_000_000


def log_file(home: "Home") -> "Path":
    """Return the log's path; a log above MAX_LOG_BYTES is first renamed to `.log.old`."""
    path = home.log / "charplay.log"
    if path.exists() and path.stat().st_size > MAX_LOG_BYTES:
        path.replace(path.with_suffix(".log.old"))
    return path


def append_to_log(home: "Home", text: str) -> "Path":
    """Append an error's details to the log and return its path. They are sanitized, as users `cat` the log."""
    from charplay.formatting.sanitize import sanitize

    path = log_file(home)
    with path.open("a", encoding="utf-8") as log:
        log.write(sanitize(text.rstrip(), newline="\n") + "\n")
    return path
