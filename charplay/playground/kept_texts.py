"""The texts of sittings that have ended, with all their branches, for the next one to go on with."""

import json
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from charplay.formatting.units import plural
from charplay.fs.atomic import replace_bytes
from charplay.fs.paths import new_path
from charplay.fs.regular_files import open_regular

if TYPE_CHECKING:
    from collections.abc import Iterator

    from charplay.playground.instrument import Instrument
    from charplay.playground.saved_texts import ModelOrigin
    from charplay.runs.store import RunStore
    from charplay.sampling.model import CharModel
    from charplay.sampling.text_archive import Loaded

FORMAT = 1
MOST = 5
"""Texts that are kept; the oldest beyond are let go."""
FOLDER = "sittings"
SUFFIX = ".safetensors"
DESCRIPTION = "description"
"""The tensor that holds the branches as JSON: too long for a header where there are many."""


class KeptText(NamedTuple):
    """What is known of a kept text without reading it."""

    path: Path
    saved: datetime
    characters: int
    branches: int
    present: str
    """The branch that was written last."""
    cursor: int | None
    """Where the cursor stood, if it was out."""

    @property
    def summary(self) -> str:
        """Its length, its branches and its day."""
        branches = f", {self.branches:,} branches" if self.branches > 1 else ""
        return f"{plural(self.characters, 'character')}{branches}, left {self.saved:%Y-%m-%d %H:%M}"


class KeptTexts:
    """Keeps the text of this sitting when it ends, and takes the newest one up again."""

    def __init__(self, texts: Path) -> None:
        """`texts` is the folder of generated texts."""
        self._folder = texts / FOLDER
        self._taken: Path | None = None
        """What this sitting goes on with: it is kept anew in its place."""

    def newest(self) -> KeptText | None:
        """Return the text that was kept last, and not by this sitting; None where there is none that can be read."""
        found = (_describe(path) for path in self._newest_first() if path != self._taken)
        return next((each for each in found if each is not None), None)

    def keep(self, instrument: "Instrument", now: datetime) -> Path | None:
        """Keep the text with its branches, its cursor and its settings; None where nobody had a hand in it. OSError."""
        branches = instrument.branches
        if branches is None or not _is_played(instrument):
            return None
        from charplay.runs.safetensors_file import pack
        from charplay.sampling.text_archive import archive

        plain, arrays = archive(branches.keep(), partial(_name_weights, instrument))
        value = {
            "format": FORMAT,
            "saved": now.isoformat(timespec="seconds"),
            "characters": len(branches.generator.transcript),
            "branches": len(branches.names),
            "present": branches.current,
            "cursor": instrument.cursor.position,
        }
        description = _bytes(json.dumps(plain).encode())
        data = pack({**arrays, DESCRIPTION: description}, value)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = new_path(self._folder, f"{now:%Y-%m-%d-%H%M%S}", SUFFIX)
        replace_bytes(path, data)
        for old in {*self._newest_first()[MOST:], *([self._taken] if self._taken else [])}:
            with suppress(OSError):
                old.unlink()
        self._taken = path
        return path

    def take_up(self, instrument: "Instrument", store: "RunStore") -> str:
        """Go on with the text that was kept last; return why that cannot be, empty where it does."""
        from charplay.runs.safetensors_file import InvalidFileError
        from charplay.sampling.errors import TranscriptError

        kept = self.newest()
        if kept is None:
            return "No text of an earlier sitting is kept."
        if instrument.transcript is None:
            return "Nothing writes yet."
        try:
            self._restore(kept, instrument, store)
        except (OSError, InvalidFileError, TranscriptError, ValueError) as fault:
            return f"{kept.path} cannot be taken up: {getattr(fault, 'strerror', None) or fault}."
        self._taken = kept.path
        return ""

    def _restore(self, kept: KeptText, instrument: "Instrument", store: "RunStore") -> None:
        from charplay.runs.safetensors_file import read_header, read_tensors, verify_digest
        from charplay.sampling.errors import TranscriptError
        from charplay.sampling.text_archive import TextArchive, restore

        with open_regular(kept.path) as file:
            header = read_header(file)
            arrays = read_tensors(file)
        header.verify()
        verify_digest(header, arrays)
        plain = json.loads(arrays.pop(DESCRIPTION).tobytes())
        assert instrument.transcript is not None
        origins: dict[CharModel, ModelOrigin] = {}
        branches = restore(
            TextArchive(plain, arrays), partial(_find_weights, store, origins), instrument.transcript.memory
        )  # fmt: skip
        if kept.present not in {branch.name for branch in branches}:
            raise TranscriptError("the branch that was written last is missing")
        of_generators = {one: origins[one.model] for branch in branches if (one := branch.generator) is not None}
        if instrument.take_up(branches, kept.present, of_generators) and kept.cursor is not None:
            instrument.move_cursor(min(kept.cursor, len(instrument.transcript)))

    def _newest_first(self) -> list[Path]:
        try:
            return sorted(self._folder.glob(f"*{SUFFIX}"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        except OSError:
            return []


def _describe(path: Path) -> KeptText | None:
    from charplay.runs.safetensors_file import InvalidFileError, read_header

    try:
        with open_regular(path) as file:
            value = read_header(file).value
        if value["format"] != FORMAT:
            return None
        numbers = int(value["characters"]), int(value["branches"])
        cursor = None if value["cursor"] is None else int(value["cursor"])
        return KeptText(path, datetime.fromisoformat(value["saved"]), *numbers, str(value["present"]), cursor)
    except (OSError, InvalidFileError, KeyError, TypeError, ValueError):
        return None


def _is_played(instrument: "Instrument") -> bool:
    """Whether a person had a hand in it: what the demo writes by itself at each start is nobody's."""
    from charplay.sampling.segment import KINDS

    branches, transcript = instrument.branches, instrument.transcript
    assert branches is not None
    assert transcript is not None
    drawn = bool((transcript.column("kind") == KINDS.index("drawn")).all())
    by_itself = drawn and len(branches.names) == 1 and len(transcript.changes()) == 1
    return len(transcript) > 0 and not (by_itself and instrument.origin.run == "demo")


def _bytes(data: bytes) -> Any:
    import numpy as np

    return np.frombuffer(data, np.uint8)


def _name_weights(instrument: "Instrument", model: "CharModel", source: str) -> dict[str, Any]:
    """Say which weights these are: the checkpoint that holds them, where there is one, and its digest."""
    from charplay.playground.saved_texts import step_of
    from charplay.runs.checkpoint import CheckpointError, read_header

    origin = instrument.origin_of(model)
    named = {"source": source, "run": origin.run, "path": "", "sha256": ""}
    for path in _files(Path(origin.path)) if origin.path else ():
        with suppress(CheckpointError):
            header = read_header(path)
            if header.step == step_of(source) and header.digest:
                return named | {"path": str(path), "sha256": header.digest}
    return named


def _files(path: Path) -> "Iterator[Path]":
    """Yield the checkpoint itself; of a run that was still learning, all that it has kept."""
    from charplay.runs.errors import RunError
    from charplay.runs.run import Run

    if not path.is_dir():
        yield path
        return
    with suppress(RunError):
        run = Run.open(path)
        yield from (each for each in (run.latest, run.best, *run.snapshots) if each is not None)


def _find_weights(
    store: "RunStore", origins: "dict[CharModel, ModelOrigin]", named: dict[str, Any]
) -> "Loaded | None":  # fmt: skip
    """Open the weights of that name, or where these are gone the best ones that their run has by now."""
    from charplay.playground.checkpoints import open_model
    from charplay.runs.checkpoint import CheckpointError, read_header
    from charplay.runs.errors import RunError
    from charplay.sampling.errors import ModelError
    from charplay.sampling.text_archive import Loaded

    run, path, sha256 = str(named["run"]), Path(str(named["path"])), named["sha256"]
    with suppress(CheckpointError, ModelError):
        if sha256 and read_header(path).digest == sha256:
            opened = open_model(path, run)
            origins[opened.model] = opened.origin
            return Loaded(opened.model, str(named["source"]), same=True)
    with suppress(CheckpointError, ModelError, RunError):
        opened = open_model(store.checkpoint(run), run)
        origins[opened.model] = opened.origin
        return Loaded(opened.model, opened.source, same=False)
    return None
