"""`charplay runs export`: a run's checkpoint, its curves, its chart, as files."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from charplay.cli.errors import UsageError
from charplay.cli.output import print_json, print_safe, progress_line, sanitize_for
from charplay.cli.recipe_options import JsonOption
from charplay.cli.weights import export_weights
from charplay.playground.home import open_store

if TYPE_CHECKING:
    from charplay.corpora.progress import Progress
    from charplay.playground.curve_export import DrawnChart
    from charplay.runs.run import Run
    from charplay.runs.store import RunStore


class _Look(NamedTuple):
    """What a chart shows."""

    across: str
    upward: str


def export(  # noqa: PLR0917  (the parser passes options by name)
    context: typer.Context,
    run: Annotated[str, typer.Argument(metavar="RUN", help="A run's name, or its folder.")],
    target: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="Where to; a folder takes the run's name. Curves: stdout without."),
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", metavar="", help="The curves as CSV.")] = False,
    svg: Annotated[bool, typer.Option("--svg", metavar="", help="The chart as an SVG picture.")] = False,
    chart: Annotated[bool, typer.Option("--text", metavar="", help="The chart as lines of text.")] = False,
    tensorboard: Annotated[
        bool, typer.Option("--tensorboard", metavar="", help="The curves as TensorBoard files, in the folder FILE.")
    ] = False,
    form: Annotated[
        str | None, typer.Option("--as", metavar="torch", help="The weights as a state dict, for plain torch layers.")
    ] = None,
    overlay: Annotated[
        list[str] | None, typer.Option("--overlay", metavar="RUN", help="With another run's; may be repeated.")
    ] = None,
    across: Annotated[
        str, typer.Option("--across", metavar="AXIS", help="A chart's x: step, epoch, characters or seconds.")
    ] = "step",
    upward: Annotated[
        str, typer.Option("--upward", metavar="WHAT", help="A chart's y: loss, bits, perplexity, accuracy, ...")
    ] = "loss",
    overwrite: Annotated[bool, typer.Option("--overwrite", metavar="", help="Replace what is there.")] = False,
    json: JsonOption = False,
) -> None:
    """Copy the checkpoint that plays, a run's best or else its latest, to a file; or write the run's curves."""
    store, look = open_store(context.obj), _Look(across, upward)
    kinds = {"csv": csv, "svg": svg, "txt": chart, "tensorboard": tensorboard}
    chosen = [kind for kind, wanted in kinds.items() if wanted]
    _require_sense([*chosen, *([form] if form else [])], target, overlay or [], json)
    if form is not None:
        export_weights(store, run, form, target, overwrite=overwrite, json=json)
        return
    if not chosen:
        assert target is not None
        path = store.export(run, target.absolute(), overwrite=overwrite)
        _print_path("checkpoint", path, json)
        return
    runs = [store.find(name) for name in (run, *(overlay or []))]
    if chosen == ["tensorboard"]:
        assert target is not None
        _write_events(runs, target.absolute(), overwrite, json)
        return
    data = _written(store, runs, chosen[0], look)
    if target is None:
        sys.stdout.write(sanitize_for(data, sys.stdout))
        return
    _write(target.absolute(), f"{runs[0].name}.{chosen[0]}", data, overwrite, json)


def _require_sense(chosen: list[str], target: Path | None, overlay: list[str], json: bool) -> None:
    """Raise UsageError for options that do not go together."""
    if len(chosen) > 1:
        raise UsageError("one file has one form: choose one of --as, --csv, --svg, --text and --tensorboard")
    if overlay and not chosen:
        raise UsageError("--overlay goes with --csv, --svg, --text or --tensorboard; a checkpoint is one run's")
    if target is None and (chosen in ([], ["tensorboard"]) or json):
        raise UsageError("name where to: FILE, or a folder; only --csv, --svg and --text can go to the standard output")


def _written(store: "RunStore", runs: "list[Run]", kind: str, look: _Look) -> str:
    from charplay.corpora.progress import Progress
    from charplay.playground.curve_export import curves_csv

    progress = Progress(progress_line("reading the curves"))
    if kind == "csv":
        data = "".join(curves_csv(runs, progress))
    else:
        drawn = _chart(runs, look, progress)
        data = drawn.svg() if kind == "svg" else drawn.text()
    progress.at(1)
    return data


def _chart(runs: "list[Run]", look: _Look, progress: "Progress") -> "DrawnChart":
    """Draw the first run's curves, with those of the others laid over them."""
    from charplay.playground.chart_quantities import MEASURES
    from charplay.playground.curve_export import kept_chart
    from charplay.plotting.downsample import X_AXES

    for option, value, known in (("--across", look.across, X_AXES), ("--upward", look.upward, MEASURES)):
        if value not in known:
            raise UsageError(f"{option} takes {', '.join(known)}, not {value!r}")
    return kept_chart(runs, MEASURES[look.upward], look.across, progress)


def _write(target: Path, name: str, data: str, overwrite: bool, json: bool) -> None:
    from charplay.runs.store import write_export

    path = target / name if target.is_dir() else target
    write_export(path, data.encode(), overwrite=overwrite)
    _print_path("file", path, json)


def _write_events(runs: "list[Run]", folder: Path, overwrite: bool, json: bool) -> None:
    from charplay.corpora.progress import Progress
    from charplay.playground.curve_export import write_tensorboard

    for run in runs:
        progress = Progress(progress_line(run.name))
        path = write_tensorboard(run, folder, progress, overwrite=overwrite)
        progress.at(1)
        _print_path("folder", path, json)


def _print_path(kind: str, path: Path, json: bool) -> None:
    if json:
        print_json({kind: str(path)})
    else:
        print_safe(str(path))
