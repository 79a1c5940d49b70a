"""run.json: a run's recipe as asked for and as resolved, its text, and its final numbers."""

import json
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from charplay.fs import atomic
from charplay.fs.regular_files import open_regular
from charplay.recipes.recipe import Recipe
from charplay.runs.checkpoint import CorpusOrigin, in_order
from charplay.runs.errors import RunError
from charplay.runs.folders import RUN_JSON

FORMAT = 1
FINAL_FIELDS = ("step", "seconds", "train_loss", "val_loss", "val_loss_cold", "steps")
"""Fields of a finished run's final numbers; each is a number or null."""


def _require_numbers(finished: dict[str, Any] | None) -> dict[str, Any] | None:
    for name in (*FINAL_FIELDS, "held_out_share", "held_out_characters"):
        if finished is not None and not isinstance(finished.get(name), int | float | None):
            raise ValueError(f"{name} is no number")
    return finished


def _require_order(vocabulary: str) -> str:
    if not in_order(vocabulary):
        raise ValueError("is not a sorted list of distinct characters")
    return vocabulary


class RunMetadata(BaseModel):
    """The contents of run.json. The recipes are validated separately, as in a checkpoint."""

    model_config = ConfigDict(frozen=True, ser_json_inf_nan="null")

    format: int = FORMAT
    created: str
    versions: dict[str, str]
    asked: dict[str, Any]
    resolved: dict[str, Any]
    corpus: CorpusOrigin
    held_out_corpus: CorpusOrigin | None = None
    vocabulary: Annotated[str, AfterValidator(_require_order)]
    facts: dict[str, Any]
    schedule_start: float = 0.0
    finished: Annotated[dict[str, Any] | None, AfterValidator(_require_numbers)] = None


def write_metadata(folder: Path, metadata: RunMetadata) -> None:
    """Write a run's metadata atomically and durably."""
    atomic.replace_bytes(folder / RUN_JSON, metadata.model_dump_json(indent=2).encode() + b"\n")


def read_metadata(folder: Path) -> tuple[RunMetadata, Recipe, Recipe]:
    """Read a run's metadata, with its asked and its resolved recipe. Raises RunError with the reason."""
    try:
        with open_regular(folder / RUN_JSON) as file:
            data = file.read()
    except OSError as error:
        raise RunError(f"{folder} holds no run: {RUN_JSON} cannot be read ({error.strerror})") from None
    try:
        value = json.loads(data)
        number = value.get("format") if isinstance(value, dict) else None
        if isinstance(number, int) and FORMAT < number < 10**6:
            raise RunError(f"{folder} needs a newer charplay (format {number}; this one reads {FORMAT})")
        metadata = RunMetadata.model_validate(value)
        return metadata, Recipe.model_validate(metadata.asked), Recipe.model_validate(metadata.resolved)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        reason = f"{'.'.join(map(str, first['loc']))}: {first['msg']}".removeprefix(": ")
    except (ValueError, RecursionError):
        reason = f"{RUN_JSON} is not JSON"
    raise RunError(f"{folder} holds a broken run: {reason}"[:400])
