"""`charplay corpora`: the texts."""

from collections.abc import Iterator
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
    from charplay.corpora.exploring.lengths import Lengths
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
COVERED = (0.5, 0.9)
"""Shares of all words that are said to be made up by so many different ones."""


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
    for sentence in _told(measured):
        print_safe(sentence)
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


def _lengths(measured: "TextStatistics") -> "dict[str, Lengths]":
    return {"lines": measured.lines, "words": measured.words.lengths, "sentences": measured.words.sentences}


def _told(measured: "TextStatistics") -> Iterator[str]:
    """Yield what there is to say of a text's characters, lines, words and sentences."""
    from charplay.corpora.exploring.word_statistics import STRETCH

    yield f"{measured.characters.coverage_sentence()}: {measured.characters.kinds_sentence()}"
    for name, lengths in _lengths(measured).items():
        if lengths.number:
            yield (
                f"{plural(lengths.number, name.removesuffix('s'))} of {lengths.mean:.1f} "
                f"{'words' if name == 'sentences' else 'characters'} in the mean, "
                f"{lengths.median:,} in the median, {lengths.longest:,} at most"
            )
    words, different = measured.words.words, measured.words.different_in_stretch
    if words.total:
        varied = "" if isnan(different) else f"; {different:.0f} of {STRETCH:,} in a row on average"
        yield f"{plural(len(words), 'different word')}, {words.once:,} of them once{varied}"
        half, most = (words.covering(share) for share in COVERED)
        yield f"{half:,} of them cover half of all words, {most:,} cover nine tenths"


def _statistics(measured: "TextStatistics") -> dict[str, object]:
    told = {
        name: {"number": each.number, "mean": each.mean, "median": each.median, "longest": each.longest}
        for name, each in _lengths(measured).items()
    }
    from charplay.corpora.exploring.character_table import NEARLY_ALL

    characters, words, different = measured.characters, measured.words.words, measured.words.different_in_stretch
    return {
        **told,
        "different_words": len(words),
        "words_once": words.once,
        "type_token_ratio": words.type_token_ratio,
        "different_in_1000": None if isnan(different) else different,
        "coverage": {
            "characters": {str(NEARLY_ALL): characters.coverage()[0]},
            "words": {str(share): words.covering(share) for share in COVERED},
        },
        "kinds": characters.kinds(),
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
