"""`charplay corpora concordance`, `ngrams` and `keywords`: what is in a text."""

from typing import TYPE_CHECKING, Annotated

import typer

from charplay.cli.errors import UsageError
from charplay.cli.output import print_json, print_note, print_safe, print_table, progress_line
from charplay.cli.recipe_options import EncodingOption, JsonOption
from charplay.formatting.units import format_share, plural
from charplay.playground.home import open_library

if TYPE_CHECKING:
    from charplay.corpora.corpus import Corpus
    from charplay.corpora.exploring.concordance import Concordance
    from charplay.corpora.exploring.frequency_list import FrequencyList, Row
    from charplay.corpora.exploring.keywords import Keyword

TextArgument = Annotated[str, typer.Argument(metavar="TEXT", help="A text's name, or the path of a file or folder.")]
OtherArgument = Annotated[str, typer.Argument(metavar="OTHER", help="The text that it is compared with.")]
TopOption = Annotated[int, typer.Option("--top", metavar="K", min=1, help="Print so many, the first ones.")]
IgnoreCaseOption = Annotated[bool, typer.Option("--ignore-case", metavar="", help="Upper and lower case are alike.")]

STRIP_CELLS = 20
"""Slices of a text in a strip."""


def concordance(  # noqa: PLR0917  (the parser passes options by name)
    context: typer.Context,
    text: TextArgument,
    pattern: Annotated[str, typer.Argument(metavar="PATTERN", help="What is searched.")],
    regex: Annotated[bool, typer.Option("--regex", metavar="", help="PATTERN is a regular expression.")] = False,
    ignore_case: IgnoreCaseOption = False,
    sort: Annotated[str, typer.Option("--sort", metavar="left|right|position", help="Sort by context.")] = "position",
    characters: Annotated[
        int, typer.Option("--context", metavar="N", min=0, help="Characters to each side of a hit.")
    ] = 40,
    limit_hits: Annotated[
        int | None, typer.Option("--limit-hits", metavar="N", min=1, help="Print so many hits at most.")
    ] = None,
    encoding: EncodingOption = None,
    json: JsonOption = False,
) -> None:
    """Print every place of a text where something stands, with what stands beside it."""
    from charplay.corpora.exploring.concordance import ORDERS, Concordance
    from charplay.corpora.exploring.search import Query, search
    from charplay.corpora.progress import Progress

    order = next((order for order in ORDERS if order == sort), None)
    if order is None:
        raise UsageError(f"--sort takes left, right or position, not {sort!r}")
    query = Query(pattern, regex, ignore_case)
    corpus = _open(context, text, encoding)
    hits = search(corpus, query, Progress(progress_line(f"searching {corpus.title}")))
    lines = Concordance(corpus, hits, characters).sorted_by(order)
    _print_concordance(lines, len(lines) if limit_hits is None else min(limit_hits, len(lines)), json)


def _print_concordance(lines: "Concordance", shown: int, json: bool) -> None:
    from rich.cells import cell_len

    for line in map(lines.line, range(shown)):
        if json:
            print_json({"position": line.position, "left": line.left, "match": line.match, "right": line.right})
        else:
            left, match, right = (text.replace("\n", " ") for text in (line.left, line.match, line.right))
            gap = " " * (lines.context - cell_len(left))
            print_safe(f"{line.position:>11,}  {gap}{left}  [{match}]  {right}")
    count = lines.hits.count
    if not json or shown < count:
        print_note(plural(count, "hit") + ("" if shown == count else f", {shown:,} of them shown"))


def ngrams(
    context: typer.Context,
    text: TextArgument,
    words: Annotated[bool, typer.Option("--words", metavar="", help="Of words; else of characters.")] = False,
    order: Annotated[int, typer.Option("--order", metavar="N", min=1, max=8, help="How long they are, 1 to 8.")] = 1,
    top: TopOption = 50,
    ignore_case: IgnoreCaseOption = False,
    encoding: EncodingOption = None,
    json: JsonOption = False,
) -> None:
    """Count words, or n-grams of characters or words: how often, how evenly spread, and where."""
    from charplay.corpora.exploring.character_ngrams import CharacterNgrams
    from charplay.corpora.exploring.dispersion import disperse
    from charplay.corpora.exploring.frequency_list import count_tokens
    from charplay.corpora.exploring.writing_system import words_or_characters
    from charplay.corpora.progress import Progress

    corpus = _open(context, text, encoding)
    unit, said = (
        words_or_characters(corpus, order, folds_case=ignore_case)
        if words
        else (CharacterNgrams(order, ignore_case), "")
    )
    progress = Progress(progress_line(f"counting {corpus.title}"))
    found = count_tokens(corpus, unit, progress.part(0, 0.6))
    if not found.total:
        raise UsageError(f"{corpus.title} is too short: it has no {unit.title}")
    spread = disperse(corpus, unit, found.keys[:top], STRIP_CELLS, progress.part(0.6, 1))
    rows = list(zip(found.rows(top), spread.counts.tolist(), spread.deviations.tolist(), strict=True))
    _print_ngrams(found, said, rows, json)


def _print_ngrams(found: "FrequencyList", said: str, rows: "list[tuple[Row, list[int], float]]", json: bool) -> None:
    for note in _remarks(found, said):
        print_note(note)
    if json:
        for row, slices, deviation in rows:
            print_json(
                {
                    "rank": row.rank,
                    "text": row.text,
                    "count": row.count,
                    "share": row.share,
                    "deviation_of_proportions": deviation,
                    "slices": slices,
                    "share_counted": found.share_counted,
                }
            )
        return
    from charplay.formatting.sanitize import sanitize_char
    from charplay.plotting.sparkline import sparkline

    print_table(
        ("rank", found.unit.title, "count", "share", "DP", "where"),
        [
            (f"{row.rank:,}", "".join(map(sanitize_char, row.text)), f"{row.count:,}", format_share(row.share, 3),
             f"{deviation:.2f}", sparkline(slices, empty=" "))
            for row, slices, deviation in rows
        ],
    )  # fmt: skip
    print_safe(
        f"{found.total:,} {found.unit.title}, {len(found):,} of them different "
        f"({format_share(found.type_token_ratio, 2)}), {found.once:,} come once"
    )


def _remarks(found: "FrequencyList", said: str) -> list[str]:
    """List what must be known of a count."""
    remarks = [said] if said else []
    if found.share_counted < 1:
        remarks.append(f"Counted in {format_share(found.share_counted, 1)} of the text, evenly spread.")
    if found.most_missed:
        missed = f"counts are up to {found.most_missed:,} too low"
        remarks.append(f"There are too many different ones to count all exactly: the rarest are dropped, {missed}.")
    return remarks


def keywords(
    context: typer.Context,
    text: TextArgument,
    other: OtherArgument,
    top: TopOption = 50,
    ignore_case: IgnoreCaseOption = False,
    encoding: EncodingOption = None,
    json: JsonOption = False,
) -> None:
    """Print the words that a text says too often, too seldom or never, against another one."""
    from charplay.corpora.exploring.keywords import compare, overused, underused
    from charplay.corpora.exploring.writing_system import words_or_characters
    from charplay.corpora.progress import Progress

    here, there = _open(context, text, encoding), _open(context, other, encoding)
    unit, said = words_or_characters(here, folds_case=ignore_case)
    if said:
        print_note(said)
    lists = compare(here, there, unit, Progress(progress_line(f"comparing {here.title}")))
    for title, rows in (("too often", overused(*lists, most=top)), ("too seldom", underused(*lists, most=top))):
        _print_keywords(title, rows, json)


def _print_keywords(title: str, rows: "list[Keyword]", json: bool) -> None:
    if json:
        for row in rows:
            print_json(
                {
                    "text": row.text,
                    "count": row.count,
                    "other_count": row.other_count,
                    "expected": row.expected,
                    "log_likelihood": row.log_likelihood,
                    "log_ratio": row.log_ratio,
                    "never": row.is_never,
                }
            )
        return
    if not rows:
        print_safe(f"{title}: nothing")
        return
    print_table(
        (title, "count", "expected", "log-likelihood", "log ratio"),
        [
            (row.text, "never" if row.is_never else f"{row.count:,}", f"{row.expected:,.1f}",
             f"{row.log_likelihood:,.1f}", f"{row.log_ratio:+.2f}")
            for row in rows
        ],
    )  # fmt: skip


def _open(context: typer.Context, text: str, encoding: str | None) -> "Corpus":
    library = open_library(context.obj)
    return library.open(library.find(text), encoding=encoding)
