"""`charplay score`: how well a model predicts a text."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from charplay.cli.errors import UsageError
from charplay.cli.output import print_json, print_note, print_safe
from charplay.cli.recipe_options import JsonOption
from charplay.cli.settings import loss_unit

if TYPE_CHECKING:
    from charplay.playground.checkpoints import LoadedModel
    from charplay.sampling.score import Score

LONG = 50_000
"""Characters of a text that takes a second or more, so that it is said what the wait is for."""


def score(
    context: typer.Context,
    checkpoint: Annotated[str, typer.Argument(metavar="CHECKPOINT", help="A checkpoint file, a run, or `demo`.")],
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="A text file; none with --part.")] = None,
    part: Annotated[
        Literal["test", "held-out"] | None,
        typer.Option("--part", metavar="PART", help="What its run keeps from training: test, or held-out."),
    ] = None,
    raw: Annotated[
        bool, typer.Option("--raw", metavar="", help="Score the text as it is, not cleaned as the training text was.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Measure a text under a model, in nats and bits a character, or in the unit that is set."""
    from charplay.formatting.loss_units import format_loss
    from charplay.formatting.units import plural
    from charplay.playground.checkpoints import open_checkpoint
    from charplay.playground.home import open_library, open_store, read_home
    from charplay.playground.kept_parts import open_kept_part
    from charplay.sampling.score import score as measure

    if (file is None) == (part is None):
        raise UsageError("name what is to be scored: FILE, or a part of its own text by --part test")
    opened = open_checkpoint(open_store(context.obj), checkpoint)
    if file is not None:
        text = _read(file)
    elif part is not None:
        text = open_kept_part(open_library(context.obj), Path(opened.origin.path), part).text()
    if len(text) >= LONG:
        print_note(f"reading {len(text):,} characters, layer by layer")
    raw = raw or part is not None  # which was cleaned when it was opened
    result = measure(opened.model, text, raw=raw)
    if result.note:
        print_note(f"the text was {result.note}; --raw leaves that out")
    if json:
        print_json(_facts(opened, result, raw=raw))
        return
    unit = loss_unit(read_home(context.obj)).on(result.bytes_per_character)
    measured = f"{format_loss(result.nats, unit, 4)} a character"
    nothing = "nothing was foretold; that takes at least 2 that the model knows"
    print_safe(f"{plural(result.characters, 'character')}: {measured if result.characters > 1 else nothing}")
    if result.skipped:
        print_safe(f"skipped, as the model does not know them: {plural(result.skipped, 'character')}")


def _read(file: Path) -> str:
    from charplay.corpora.reading import read_file
    from charplay.fs.paths import user_path

    decoded = read_file(user_path(file))
    for note in decoded.notes:
        print_note(note)
    return decoded.text


def _facts(opened: "LoadedModel", result: "Score", *, raw: bool) -> dict[str, object]:
    from charplay.corpora.rules import input_rules

    return {
        "characters": result.characters,
        "nats": result.nats,
        "bits": result.bits,
        "skipped": result.skipped,
        "checkpoint": opened.origin.path,
        "cleaning": [] if raw else input_rules(opened.model.recipe.cleaning),
    }
