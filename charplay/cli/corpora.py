"""`charplay corpora`: the texts."""

from math import isnan
from typing import TYPE_CHECKING, Annotated

import typer

from charplay.cli import explore
from charplay.cli.adding import add
from charplay.cli.cleaning import cleaning
from charplay.cli.output import print_json, print_safe, print_table, progress_line
from charplay.cli.recipe_options import EncodingOption, JsonOption
from charplay.cli.ruler import kept_for_corpus, print_ruler, ruler, ruler_json
from charplay.cli.settings import loss_unit
from charplay.cli.xray import xray
from charplay.formatting.loss_units import format_loss
from charplay.formatting.units import format_bytes, plural
from charplay.playground.home import open_library, read_home

if TYPE_CHECKING:
    from charplay.corpora.exploring.text_statistics import TextStatistics
    from charplay.corpora.library import Corpus, Entry

app = typer.Typer(help="The texts: list, show, explore, measure, fetch, add.", invoke_without_command=True)
app.command("add")(add)
for verb in (explore.concordance, explore.ngrams, explore.keywords, ruler, xray, cleaning):
    app.command()(verb)

PREVIEW_CHARACTERS = 400
"""Characters of a text that `show` prints."""
FREQUENT_CHARACTERS = 24
"""Different characters that `show` lists."""


@app.callback()
def corpora(context: typer.Context, json: JsonOption = False) -> None:
    """The texts that can be trained on."""
    if context.invoked_subcommand is None:
        _list(context, json)


@app.command("list")
def _list(context: typer.Context, json: JsonOption = False) -> None:
    """List the texts: your own, the built-in ones, and the classics that can be fetched."""
    entries = open_library(context.obj).entries()
    if json:
        for entry in entries:
            print_json(_as_json(entry))
        return
    rows = [
        (e.name, e.title, format_bytes(e.size), "ready" if e.ready else f"charplay corpora fetch {e.name}", e.licence)
        for e in entries
    ]
    print_table(("name", "title", "size", "", "licence"), rows)


@app.command("show")
def _show(
    context: typer.Context, text: explore.TextArgument, encoding: EncodingOption = None, json: JsonOption = False
) -> None:
    """Show a text: characters, vocabulary, frequencies, how it begins; its ruler, once that was measured."""
    from charplay.corpora.exploring.text_statistics import measure_text
    from charplay.corpora.progress import Progress
    from charplay.recipes.recipe import Recipe

    library = open_library(context.obj)
    entry = library.find(text)
    corpus = library.open(entry, encoding=encoding)
    kept = kept_for_corpus(context.obj, corpus, encoding, Recipe())
    measured = measure_text(corpus, progress=Progress(progress_line(entry.title)))
    if json:
        counts = corpus.counts().tolist()
        print_json(
            _as_json(entry)
            | {
                "characters": len(corpus),
                "vocabulary_size": len(corpus.vocabulary),
                "vocabulary": corpus.vocabulary.characters,
                "counts": counts,
                "unigram_entropy": corpus.unigram_entropy(),
                "encoding": corpus.encoding,
                "sha256": corpus.sha256,
                "notes": corpus.notes,
                "ruler": kept and ruler_json(corpus.name, kept),
                "statistics": _statistics(measured),
            }
        )
        return
    unit = loss_unit(read_home(context.obj)).on(corpus.utf8_bytes() / len(corpus))
    print_safe(f"{entry.name}  {entry.title}\n{corpus.path}")
    print_safe("  ".join(part for part in (entry.licence, entry.note) if part))
    print_safe(f"{plural(len(corpus), 'character')}, {len(corpus.vocabulary):,} distinct, {corpus.encoding}")
    print_safe(
        f"knowing only how often each character comes: {format_loss(corpus.unigram_entropy(), unit)} a character"
    )
    for note in corpus.notes:
        print_safe(note)
    for name, lengths in (("line", measured.lines), ("word", measured.word_lengths)):
        if lengths.number:
            print_safe(
                f"{plural(lengths.number, name)} of {lengths.mean:.1f} characters in the mean, "
                f"{lengths.median:,} in the median, {lengths.longest:,} at most"
            )
    if measured.word_lengths.number:
        print_safe(f"{len(measured.words):,} different words{_variety(measured)}")
    print_safe(f"most frequent: {_frequent(corpus)}")
    if kept:
        print()
        print_ruler(kept, unit)
    print_safe(f"\n{corpus.text(0, PREVIEW_CHARACTERS)}")


@app.command("fetch")
def _fetch(
    context: typer.Context, classic: Annotated[str, typer.Argument(metavar="TEXT")], json: JsonOption = False
) -> None:
    """Download a classic, checked by its sha256."""
    library = open_library(context.obj)
    entry = library.find(classic)
    was_ready = entry.ready
    if not was_ready:
        entry = library.fetch(entry, watch=progress_line(entry.title))
    if json:
        print_json(_as_json(entry))
    else:
        print_safe(f"{entry.name} is there already" if was_ready else str(entry.path))


def _variety(measured: "TextStatistics") -> str:
    """Say how many words of a stretch differ; nothing where the text has no such stretch."""
    from charplay.corpora.exploring.text_statistics import STRETCH

    different = measured.different_in_stretch
    return "" if isnan(different) else f"; {different:.0f} of {STRETCH:,} in a row on average"


def _statistics(measured: "TextStatistics") -> dict[str, object]:
    lengths = {"lines": measured.lines, "words": measured.word_lengths}
    told = {
        name: {"number": each.number, "mean": each.mean, "median": each.median, "longest": each.longest}
        for name, each in lengths.items()
    }
    different = measured.different_in_stretch
    return {
        **told,
        "different_words": len(measured.words),
        "different_in_1000": None if isnan(different) else different,
    }


def _frequent(corpus: "Corpus") -> str:
    from charplay.formatting.sanitize import sanitize_char

    counts = corpus.counts()
    order = counts.argsort()[::-1][:FREQUENT_CHARACTERS]
    return " ".join(sanitize_char(corpus.vocabulary.characters[i]) for i in order if counts[i])


def _as_json(entry: "Entry") -> dict[str, object]:
    return {
        "name": entry.name,
        "title": entry.title,
        "kind": entry.kind,
        "path": str(entry.path) if entry.path else None,
        "bytes": entry.size,
        "ready": entry.ready,
        "licence": entry.licence,
        "note": entry.note,
    }
