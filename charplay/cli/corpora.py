"""`charplay corpora`: the texts."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from charplay.cli import explore
from charplay.cli.errors import UsageError
from charplay.cli.output import print_json, print_safe, print_table, progress_line
from charplay.cli.recipe_options import EncodingOption, JsonOption
from charplay.cli.ruler import kept_for_corpus, print_ruler, ruler, ruler_json
from charplay.cli.xray import xray
from charplay.formatting.units import format_bytes, format_loss, plural
from charplay.fs.paths import user_path
from charplay.playground.home import open_home, open_library

if TYPE_CHECKING:
    from charplay.corpora.library import Corpus, Entry

app = typer.Typer(help="The texts: list, show, explore, measure, fetch, add.", invoke_without_command=True)
for verb in (explore.concordance, explore.ngrams, explore.keywords, ruler, xray):
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
    from charplay.recipes.recipe import Recipe

    library = open_library(context.obj)
    entry = library.find(text)
    corpus = library.open(entry, encoding=encoding)
    kept = kept_for_corpus(context.obj, corpus, encoding, Recipe())
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
            }
        )
        return
    print_safe(f"{entry.name}  {entry.title}\n{corpus.path}")
    print_safe("  ".join(part for part in (entry.licence, entry.note) if part))
    print_safe(f"{plural(len(corpus), 'character')}, {len(corpus.vocabulary):,} distinct, {corpus.encoding}")
    print_safe(f"knowing only how often each character comes: {format_loss(corpus.unigram_entropy())} a character")
    for note in corpus.notes:
        print_safe(note)
    print_safe(f"most frequent: {_frequent(corpus)}")
    if kept:
        print()
        print_ruler(kept)
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


@app.command("add")
def _add(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A text file, or a folder of them.")],
    name: Annotated[str | None, typer.Option("--name", help="Its name among the texts.")] = None,
    json: JsonOption = False,
) -> None:
    """Copy a text file or a folder of them among the texts, after reading it once."""
    library, home = open_library(context.obj), open_home(context.obj)
    source = user_path(path)
    corpus = library.open(library.find(str(source)))
    target = home.corpora / (name or source.name)
    if target.name != (name or source.name) or target.name.startswith(".") or not target.name.isprintable():
        raise UsageError(f"{name or source.name!r} is no name for a file; leave out slashes and a dot in front")
    if target.exists():
        raise UsageError(f"{target} is there already; choose another with --name")
    if taken := next((entry for entry in library.entries() if entry.name.casefold() in _names(target)), None):
        raise UsageError(f"there is a text called {taken.name} already; choose another with --name")
    if target.resolve().is_relative_to(source.resolve()):
        raise UsageError(f"{source} holds charplay's texts itself; name a folder that does not")
    _copy(source, target)
    if json:
        print_json({"path": str(target), "characters": len(corpus), "vocabulary_size": len(corpus.vocabulary)})
    else:
        print_safe(f"{target}: {plural(len(corpus), 'character')}, {len(corpus.vocabulary):,} distinct")


def _names(path: Path) -> set[str]:
    """Return the names that a text at this path may get: a file's stem, a folder's name."""
    return {path.stem.casefold(), path.name.casefold()}


def _copy(source: Path, target: Path) -> None:
    """Copy into a staging folder, then rename, so that a partial copy is never listed as a text."""
    import shutil

    from charplay.corpora.errors import CorpusError
    from charplay.fs.atomic import staging_folder

    with staging_folder(target.parent) as aside:
        copy = aside / target.name
        try:
            if source.is_dir():
                shutil.copytree(source, copy)
            else:
                shutil.copyfile(source, copy)
        except shutil.Error as error:  # it has one tuple for each file that could not be copied
            path, _, why = error.args[0][0]
            raise CorpusError(f"{path} cannot be copied ({why}); take it out of the folder first") from None
        copy.rename(target)


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
