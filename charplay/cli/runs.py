"""`charplay runs`: what was trained."""

import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from charplay.cli.compare import compare
from charplay.cli.errors import EXIT_FAILED, UsageError
from charplay.cli.export import export
from charplay.cli.output import print_json, print_safe, print_table, sanitize_for
from charplay.cli.recipe_options import JsonOption
from charplay.cli.ruler import kept_for_run, ruler_json, way_to_measure
from charplay.cli.settings import loss_unit
from charplay.cli.weights import import_weights
from charplay.formatting.loss_units import LossUnit, format_loss
from charplay.formatting.units import duration, format_share
from charplay.playground.home import open_store, read_home

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from charplay.recipes.recipe import Recipe
    from charplay.runs.run import Run
    from charplay.runs.store import RunSummary

app = typer.Typer(
    help="The runs: list, show, compare, export, import, rename, note, delete.", invoke_without_command=True
)

FAVOURITE = "★"

RunArgument = Annotated[str, typer.Argument(metavar="RUN", help="A run's name, or its folder.")]


@app.callback()
def runs(context: typer.Context, json: JsonOption = False) -> None:
    """The runs, newest first."""
    if context.invoked_subcommand is None:
        _list(context, json)


@app.command("list")
def _list(context: typer.Context, json: JsonOption = False) -> None:
    """List the runs, newest first, and the demo."""
    lines = open_store(context.obj).list()
    if json:
        for line in lines:
            print_json(_as_json(line))
        return
    unit = loss_unit(read_home(context.obj))
    losses = (f"train, {unit.heading}", "held-out", unit.beside.heading)
    header = ("run", "text", "network", "step", "epoch", "time", *losses, "state", "note")
    print_table(header, [_row(line, unit) for line in lines])


@app.command("show")
def _show(context: typer.Context, run: RunArgument, json: JsonOption = False) -> None:
    """Show a run: its recipe, its numbers, its files. A checkpoint, the demo too, shows what stands in it."""
    from charplay.runs.naming import DEMO_NAME

    store = open_store(context.obj)
    if run == DEMO_NAME or Path(run).is_file():
        _show_checkpoint(context.obj, store.checkpoint(run), json=json)
    else:
        _show_run(context.obj, store.find(run), json=json)


def _digest(checkpoint: Path | None) -> str | None:
    """Return the digest that a run's checkpoint carries, or ""; None where there is no checkpoint that can be read."""
    from charplay.runs.checkpoint import CheckpointError, read_header

    try:
        return read_header(checkpoint).digest if checkpoint else None
    except CheckpointError:
        return None


def _print_unverified(path: Path) -> None:
    print_safe(f"unverified: {path.name} carries no digest, so damage to its numbers would go unnoticed")


def _show_run(home: str | None, found: "Run", *, json: bool) -> None:
    from charplay.playground.ruler import counted_characters
    from charplay.runs.compared_run import current_recipe
    from charplay.runs.notes import read_notes
    from charplay.runs.store import known_bytes, run_status

    recipe, notes, counted = current_recipe(found), read_notes(found.folder), counted_characters(found)
    ruler = kept_for_run(home, found.corpus, recipe, counted, found.name)
    if json:
        print_json(
            {
                "run": found.name,
                "folder": str(found.folder),
                "corpus": asdict(found.corpus),
                "held_out_corpus": asdict(found.held_out_corpus) if found.held_out_corpus else None,
                "asked": found.asked.model_dump(),
                "recipe": recipe.model_dump(),
                "facts": found.facts,
                "metrics": found.newest_metrics(),
                "finished": found.finished,
                "favourite": notes.favourite,
                "note": notes.note,
                "checkpoint": str(found.playable) if found.playable else None,
                "digest": _digest(found.playable) or None,
                "ruler": ruler and ruler_json(found.corpus.name, ruler),
            }
        )
        return
    print_safe(f"{found.name}  {'finished' if found.finished is not None else 'not finished'}\n{found.folder}")
    if noted := _noted(notes.favourite, notes.note):
        print_safe(noted)
    print_safe(f"\n{found.corpus.name}, {found.corpus.characters:,} characters, {len(found.vocabulary)} distinct")
    if kept := found.held_out_corpus:
        print_safe(f"kept for a test: {kept.name}, {kept.characters:,} characters")
    if found.playable and _digest(found.playable) == "":
        _print_unverified(found.playable)
    unit = loss_unit(read_home(home)).on(known_bytes(found.vocabulary, found.facts))
    worth = partial(ruler.describe, unit=unit) if ruler else lambda _: way_to_measure(found.corpus, recipe, counted)
    _print_numbers(run_status(found, in_use=found.owner is not None), recipe, worth, unit)


def _show_checkpoint(home: str | None, path: Path, *, json: bool) -> None:
    from charplay.recipes.resolve import EVALUATED_CHARACTERS
    from charplay.runs.checkpoint import read_header
    from charplay.runs.store import known_bytes

    found = read_header(path)
    ruler = kept_for_run(home, found.corpus, found.recipe, EVALUATED_CHARACTERS)
    numbers = {
        name: getattr(found, name)
        for name in ("step", "epoch", "seconds", "train_loss", "val_loss")
        if getattr(found, name) is not None
    }
    if json:
        facts = {"checkpoint": str(path), "corpus": asdict(found.corpus), "recipe": found.recipe.model_dump()}
        print_json(
            facts
            | {
                "vocabulary": found.vocabulary,
                "versions": found.versions,
                "metrics": numbers,
                "digest": found.digest or None,
                "ruler": ruler and ruler_json(found.corpus.name, ruler),
            }
        )
        return
    print_safe(
        f"{path}\n\n{found.corpus.name}, {found.corpus.characters:,} characters, {len(found.vocabulary)} distinct"
    )
    if not found.digest:
        _print_unverified(path)
    unit = loss_unit(read_home(home)).on(known_bytes(found.vocabulary))
    way = way_to_measure(found.corpus, found.recipe, EVALUATED_CHARACTERS)
    _print_numbers(numbers, found.recipe, partial(ruler.describe, unit=unit) if ruler else lambda _: way, unit)


def _print_numbers(
    numbers: "Mapping[str, Any]", recipe: "Recipe", worth: "Callable[[float], str]", unit: LossUnit
) -> None:
    """Print the step, the losses, what they are worth, and the recipe of a run or a checkpoint.

    `worth` says of a held-out loss what it is worth, or how that is measured; nothing where there is nothing to say.
    """
    from charplay.recipes.specs import format_value

    if (step := numbers.get("step")) is not None:  # unknown where a run has lost its checkpoints
        epoch, seconds = numbers.get("epoch") or 0, numbers.get("seconds") or 0
        print_safe(f"step {step:,}  epoch {epoch:.2f}  {duration(seconds)}")
    for name, title in (("train_loss", "train"), ("val_loss", "held-out"), ("val_loss_cold", "held-out, cold")):
        if (value := numbers.get(name)) is not None:
            print_safe(f"{title}: {format_loss(value, unit)} a character")
    if (value := numbers.get("val_loss")) is not None and (said := worth(value)):
        print_safe(said)
    if (share := numbers.get("held_out_share") or 1) < 1:
        print_safe(f"measured on the first {format_share(share, 1)} of the held-out text")
    print()
    print_table(("recipe", ""), [(name, format_value(value)) for name, value in recipe.model_dump().items()])


app.command("compare")(compare)
app.command("export")(export)
app.command("import")(import_weights)


@app.command("delete")
def _delete(
    context: typer.Context,
    own_run: Annotated[str, typer.Argument(metavar="RUN", help="The run's name.")],
    yes: Annotated[bool, typer.Option("--yes", metavar="", help="Do not ask.")] = False,
) -> int:
    """Delete a run and all its files."""
    store = open_store(context.obj)
    store.deletable(own_run)
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError(f"nobody can be asked here; `charplay runs delete {own_run} --yes` deletes it")
        print(
            sanitize_for(f"Delete {own_run} and all its files? [y/N] ", sys.stderr), end="", file=sys.stderr, flush=True
        )
        if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
            return EXIT_FAILED
    store.delete(own_run)
    return 0


@app.command("rename")
def _rename(
    context: typer.Context,
    own_run: Annotated[str, typer.Argument(metavar="RUN", help="The run's name.")],
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its new one.")],
) -> None:
    """Give a run another name; what it has learned, noted and told stays with it."""
    open_store(context.obj).rename(own_run, name)


@app.command("note")
def _note(
    context: typer.Context,
    own_run: Annotated[str, typer.Argument(metavar="RUN", help="The run's name.")],
    note: Annotated[
        str | None, typer.Argument(metavar="TEXT", help="What to note; an empty text takes it off.")
    ] = None,
    favourite: Annotated[
        bool | None, typer.Option("--favourite/--no-favourite", help="Mark it as a favourite, or no more.")
    ] = None,
) -> None:
    """Write a line about a run, which the lists show; mark it as a favourite."""
    if note is None and favourite is None:
        raise UsageError("say what to note: a TEXT, --favourite or --no-favourite")
    open_store(context.obj).note(own_run, favourite=favourite, note=note)


def _row(line: "RunSummary", unit: LossUnit) -> tuple[object, ...]:
    if line.broken:
        return (line.name, *[None] * 8, "broken", _noted(line.favourite, line.note))
    return (
        line.name,
        line.corpus,
        f"{line.cell} {line.num_layers}x{line.hidden_size}",
        f"{line.step:,}",
        f"{line.epoch:.2f}",
        duration(line.seconds),
        unit.cell(line.train_loss, line.bytes_per_character),
        unit.cell(line.val_loss, line.bytes_per_character),
        unit.beside.cell(line.val_loss),
        _state(line),
        _noted(line.favourite, line.note),
    )


def _noted(favourite: bool, note: str) -> str:
    return f"{FAVOURITE} {note}".strip() if favourite else note


PLACES = {"detached": "detached", "here": "here", "terminal": "on a terminal", "elsewhere": "elsewhere"}


def _state(line: "RunSummary") -> str:
    if line.place:
        return f"training, {PLACES[line.place]}"
    if line.read_only:
        return "comes with charplay"
    return "finished" if line.finished else "unfinished"


def _as_json(line: "RunSummary") -> dict[str, object]:
    return asdict(line) | {"folder": str(line.folder), "playable": str(line.playable) if line.playable else None}
