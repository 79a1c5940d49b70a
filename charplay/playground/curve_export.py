"""Curves of kept runs, taken out: rows of metrics as CSV and as TensorBoard events, charts as pictures."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from charplay.corpora.progress import Progress
from charplay.errors import CharplayError
from charplay.formatting.sanitize import sanitize_line
from charplay.fs.atomic import replace_bytes
from charplay.fs.paths import new_path
from charplay.playground.chart_series import overlaid_series, own_series
from charplay.playground.run_curves import PLACED, RunCurves, is_row
from charplay.playground.run_history import kept_curves, paced_curves
from charplay.plotting.grid import Mark, Reference, Series, View
from charplay.plotting.plot import draw, marker
from charplay.plotting.svg import draw_svg

if TYPE_CHECKING:
    from charplay.playground.chart_quantities import Quantity
    from charplay.runs.run import Run

COLUMNS = ("step", "run", "epoch", "characters", "seconds", *RunCurves.COLUMNS)
"""Of the CSV."""
EVENTS = "events.out.tfevents.*"
"""How TensorBoard's files are called."""


class ExportError(CharplayError):
    """Curves cannot be written; the message is a sentence with a hint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnChart:
    """All that a chart shows, to be drawn wherever it is wanted."""

    title: str
    series: Sequence[Series]
    references: Sequence[Reference] = ()
    marks: Sequence[Mark] = ()
    view: View

    def svg(self) -> str:
        """Return an SVG picture."""
        return draw_svg(self.title, self.series, self.references, self.marks, self.view)

    def text(self, width: int = 100, height: int = 28) -> str:
        """Return lines of characters, with the names of the curves below."""
        grid = draw(self.series, self.references, self.marks, self.view, (width, height))
        rows = ["".join(row).rstrip() for row in grid.glyphs.tolist()]
        return "\n".join([sanitize_line(self.title), *rows, "", *map(_legend, self.series), ""])


def _legend(series: Series) -> str:
    return f"{marker(series)} {sanitize_line(series.name)}"


def kept_rows(run: "Run", progress: Progress) -> Iterator[dict[str, Any]]:
    """Yield a run's rows of metrics, oldest first, those of one step as one, each with the characters read by then.

    Raises Cancelled.
    """
    curves, waiting = paced_curves(run), dict[str, Any]()
    for share, lines in run.metrics_in_batches():
        progress.at(share)
        rows = [line for line in lines if is_row(line)]
        read = curves.characters(np.array([row["step"] for row in rows], float)).tolist()
        for row, characters in zip(rows, read, strict=True):
            if waiting and waiting["step"] != row["step"]:
                yield waiting
                waiting = {}
            known = {name: value for name, value in row.items() if value is not None}
            waiting = {**waiting, **known, "run": run.name, "characters": round(characters)}
    if waiting:
        yield waiting


def curves_csv(runs: "Sequence[Run]", progress: Progress) -> Iterator[str]:
    """Yield the lines of a CSV of several runs' metrics, a heading first, the runs one after another.

    A row has the step first, then the run. Losses are nats per character. Raises Cancelled.
    """
    line = io.StringIO()
    writer = csv.DictWriter(line, COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    yield line.getvalue()
    for number, run in enumerate(runs):
        for row in kept_rows(run, progress.part(number / len(runs), (number + 1) / len(runs))):
            line.seek(0)
            line.truncate()
            writer.writerow(row)
            yield line.getvalue()


def write_new(folder: Path, stem: str, ending: str, data: str) -> Path:
    """Write a file into a folder, under a name that is free there, and return its path. ExportError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = new_path(folder, stem, ending)
        replace_bytes(path, data.encode())
    except OSError as error:
        raise ExportError(f"nothing can be written in {folder} ({error.strerror}); make room or free it") from None
    return path


def write_tensorboard(run: "Run", folder: Path, progress: Progress, *, overwrite: bool = False) -> Path:
    """Write a run's metrics as TensorBoard events into a folder of the run's name in `folder`, and return it.

    Scalars are called as the columns of metrics; their time is when the run was made plus the seconds it trained.
    Raises ExportError where the package tensorboardx is missing, or events are there already; OSError; Cancelled.
    """
    try:
        from tensorboardX import SummaryWriter
    except ImportError:
        raise ExportError(
            "TensorBoard files need the package tensorboardx; `pip install 'charplay[tensorboard]'` installs it"
        ) from None
    target = folder / run.name
    earlier = sorted(target.glob(EVENTS))
    if earlier and not overwrite:
        raise ExportError(f"{target} has events already; choose another folder, or replace them with --overwrite")
    for path in earlier:
        path.unlink()
    began = datetime.fromisoformat(run.created).timestamp()
    writer = SummaryWriter(logdir=str(target))
    try:
        for row in kept_rows(run, progress):
            for name, value in _scalars(row):
                writer.add_scalar(name, value, global_step=row["step"], walltime=began + row["seconds"])
    finally:
        writer.close()
    return target


def _scalars(row: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    return ((name, row[name]) for name in COLUMNS if name in row and name not in PLACED - {"epoch"} | {"run"})


def kept_chart(runs: "Sequence[Run]", measure: "Quantity", axis: str, progress: Progress) -> DrawnChart:
    """Read several runs' curves into a chart: both of the first one's, and one of each other. Raises Cancelled."""
    first, *others = (
        kept_curves(run, progress=progress.part(number / len(runs), (number + 1) / len(runs)))
        for number, run in enumerate(runs)
    )
    overlaid = dict(zip([run.name for run in runs[1:]], others, strict=True))
    own = own_series(first, measure, axis, runs[0].name)
    return DrawnChart(
        title=measure.title, series=[*own, *overlaid_series(overlaid, lambda _: measure, axis)], view=View(x_title=axis)
    )
