"""`charplay corpora add`: files, folders, a pipe or an address become a text among the others."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from charplay.cli.errors import UsageError
from charplay.cli.output import print_json, print_note, print_safe, progress_line
from charplay.cli.recipe_options import EncodingOption, JsonOption
from charplay.formatting.units import plural
from charplay.fs.paths import user_path
from charplay.playground.home import open_home, open_library

if TYPE_CHECKING:
    from charplay.corpora.adding import Added
    from charplay.corpora.library import Library

PIPE = "-"


def add(
    context: typer.Context,
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH...",
            help="A file, a folder, several files or a pattern such as 'letters/*.txt', an address, or - for a pipe.",
        ),
    ],
    name: Annotated[str | None, typer.Option("--name", help="Its name among the texts.")] = None,
    separator: Annotated[
        str, typer.Option("--separator", metavar="TEXT", help=r"What stands between several files, as in '\n---\n'.")
    ] = r"\n\n",
    encoding: EncodingOption = None,
    json: JsonOption = False,
) -> None:
    """Copy a text among the others after reading it once: files, a folder, a pipe, or what an address sends."""
    open_home(context.obj)
    added = _added(open_library(context.obj), paths, name, separator, encoding)
    corpus = added.corpus
    if json:
        print_json({"path": str(added.path), "characters": len(corpus), "vocabulary_size": len(corpus.vocabulary)})
    else:
        print_safe(f"{added.path}: {plural(len(corpus), 'character')}, {len(corpus.vocabulary):,} distinct")


def _added(library: "Library", paths: list[str], name: str | None, separator: str, encoding: str | None) -> "Added":
    from charplay.corpora.adding import ADDRESS, add_files, add_path
    from charplay.formatting.escapes import unescape

    if len(paths) == 1:
        if paths[0] == PIPE:
            return add_pipe(library, name, encoding)
        if ADDRESS.match(paths[0]):
            return _add_address(library, paths[0], name, encoding)
        if "://" in paths[0]:
            raise UsageError(f"{paths[0]} is no address that can be fetched; one begins with https:// or http://")
    if odd := next((path for path in paths if path == PIPE or ADDRESS.match(path)), None):
        raise UsageError(f"{odd} is added alone; several files become one text, a pipe and an address are one each")
    found = [match for path in paths for match in _matches(user_path(path))]
    if len(found) == 1:
        return add_path(library, found[0], name, encoding)
    if name is None:
        raise UsageError(f"{len(found)} files become one text; say what it is called with --name")
    return add_files(library, found, name, unescape(separator), encoding)


def _matches(path: Path) -> list[Path]:
    """Return the files that a pattern means, sorted; the path itself where it is none, or a file is called so."""
    if path.exists() or not set("*?[") & set(str(path)):
        return [path]
    found = sorted(each for each in Path(path.anchor).glob(str(path.relative_to(path.anchor))) if each.is_file())
    if not found:
        raise UsageError(f"no file matches {path}; check its spelling")
    return found


def add_pipe(library: "Library", name: str | None, encoding: str | None = None) -> "Added":
    """Add what comes through the standard input; without a name it is called by its digest."""
    from charplay.corpora.adding import add_made, named, new_target, write_stream

    if name is not None:
        new_target(library, named(name))  # said before a long pipe is read
    if sys.stdin.isatty():
        print_note("paste the text; enter and ctrl+d end it")
    stream = sys.stdin.buffer
    return add_made(library, lambda path: write_stream(stream, path), name and named(name), "the pipe", encoding)


def kept_pipe(home: str | None, encoding: str | None) -> str:
    """Keep what comes through the standard input among the texts, and return its path: a run can be taken up again."""
    open_home(home)
    return str(add_pipe(open_library(home), None, encoding).path)


def _add_address(library: "Library", address: str, name: str | None, encoding: str | None) -> "Added":
    from charplay.corpora.adding import add_made, named, new_target
    from charplay.corpora.downloading import address_name, download
    from charplay.corpora.progress import Progress

    name = named(name or address_name(address))
    new_target(library, name)
    progress = Progress(progress_line(address))
    added = add_made(library, lambda path: download(address, path, progress), name, address, encoding)
    progress.at(1)
    return added
