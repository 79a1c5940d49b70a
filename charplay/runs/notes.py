"""What a person noted of a run: whether it is a favourite, and a line of text.

It has a file of its own in the run's folder: a trainer rewrites run.json from what it knows, and would undo it there.
"""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from charplay.fs import atomic
from charplay.fs.regular_files import open_regular
from charplay.runs.errors import RunError

FILE_NAME = "notes.json"
LONGEST = 2000
"""Characters of a note at most."""


class RunNotes(BaseModel):
    """The contents of notes.json."""

    model_config = ConfigDict(frozen=True)

    format: int = 1
    favourite: bool = False
    note: Annotated[str, Field(max_length=LONGEST)] = ""


def read_notes(folder: Path) -> RunNotes:
    """Read what was noted of the run in `folder`; nothing where there is no file, or none that can be read."""
    try:
        with open_regular(folder / FILE_NAME) as file:
            return RunNotes.model_validate_json(file.read())
    except (OSError, ValidationError):
        return RunNotes()


def write_notes(folder: Path, *, favourite: bool | None = None, note: str | None = None) -> None:
    """Note something of the run in `folder`; what is None stays. Raises RunError.

    Nobody's lock is needed: a trainer never touches this file.
    """
    if note is not None and len(note) > LONGEST:
        raise RunError(f"a note has at most {LONGEST:,} characters, and this one has {len(note):,}; shorten it")
    changed = {"favourite": favourite, "note": note}
    notes = read_notes(folder).model_copy(update={name: new for name, new in changed.items() if new is not None})
    try:
        atomic.replace_bytes(folder / FILE_NAME, notes.model_dump_json(indent=2).encode() + b"\n")
    except OSError as error:
        raise RunError(f"nothing can be noted of {folder.name} ({error.strerror})") from None
