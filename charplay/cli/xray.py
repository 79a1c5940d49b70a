"""`charplay corpora xray`: where a text is unlike the rest of it."""

import heapq
import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from charplay.cli.explore import TextArgument, TopOption
from charplay.cli.output import print_json, print_note, print_safe, progress_line
from charplay.cli.recipe_options import EncodingOption, JsonOption
from charplay.cli.settings import loss_unit
from charplay.formatting.loss_units import LossUnit
from charplay.formatting.units import plural
from charplay.playground.home import open_library, open_store, read_home

if TYPE_CHECKING:
    from charplay.corpora.corpus import Corpus
    from charplay.corpora.exploring.text_map import WindowLosses
    from charplay.corpora.progress import Progress

BEGINNING = 50
"""Characters of a window that are printed for people."""


class _Row(NamedTuple):
    position: int
    characters: int
    nats: float


def xray(
    context: typer.Context,
    text: TextArgument,
    run: Annotated[
        str | None, typer.Option("--run", metavar="RUN", help="By a run's network; else by 5-grams of the text.")
    ] = None,
    top: TopOption = 50,
    in_order: Annotated[
        bool, typer.Option("--in-order", metavar="", help="All windows, in their order; else the worst come first.")
    ] = False,
    encoding: EncodingOption = None,
    json: JsonOption = False,
) -> None:
    """Print where a text is unlike the rest of it: windows of 256 characters with their loss."""
    from charplay.corpora.progress import Progress

    library = open_library(context.obj)
    corpus = library.open(library.find(text), encoding=encoding)
    progress = Progress(progress_line(f"reading {corpus.title}"))
    losses = _losses(context, corpus, run, progress.part(0, 0.05))
    rows: Iterable[_Row] = _rows(losses, corpus, progress.part(0.05, 1))
    if not in_order:
        rows = heapq.nlargest(top, rows, key=lambda row: row.nats)
    unit = loss_unit(read_home(context.obj)).on(corpus.utf8_bytes() / len(corpus))
    for row in rows:
        _print(row, corpus.text(row.position, row.position + row.characters), unit, json=json)


def _losses(context: typer.Context, corpus: "Corpus", run: str | None, progress: "Progress") -> "WindowLosses":
    """Return who foretells the text."""
    if run is None:
        from charplay.corpora.exploring.cross_fitted import CrossFittedNgrams

        return CrossFittedNgrams(corpus, progress)
    from charplay.playground.checkpoints import open_checkpoint
    from charplay.sampling.window_losses import NetworkLosses

    return NetworkLosses(open_checkpoint(open_store(context.obj), run).model, corpus.text)


def _rows(losses: "WindowLosses", corpus: "Corpus", progress: "Progress") -> Iterator[_Row]:
    """Yield every window that has a figure, and say how many have none."""
    from charplay.corpora.exploring.text_map import read_windows

    unknown = 0
    for windows, figures in read_windows(losses, len(corpus), progress):
        sizes = windows.stops - windows.starts
        for position, size, nats in zip(windows.starts.tolist(), sizes.tolist(), figures.tolist(), strict=True):
            if math.isnan(nats):
                unknown += 1
            else:
                yield _Row(position, size, nats)
    progress.at(1)
    if unknown:
        print_note(f"The network knows too few of the characters of {plural(unknown, 'window')}; they are left out.")


def _print(row: _Row, text: str, unit: LossUnit, *, json: bool) -> None:
    if json:
        print_json({**row._asdict(), "text": text})
    else:
        beginning = text[:BEGINNING].replace("\n", " ")
        print_safe(f"{row.position:>13,}  {unit.write(row.nats)}  {beginning}")
