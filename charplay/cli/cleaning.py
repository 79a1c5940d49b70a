"""`charplay corpora cleaning`: what every cleaning rule would change of a text."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from charplay.cli.explore import TextArgument
from charplay.cli.output import print_json, print_table, progress_line
from charplay.cli.recipe_options import EncodingOption, JsonOption
from charplay.playground.home import open_library

if TYPE_CHECKING:
    from charplay.corpora.exploring.cleaning_effect import Effect


def cleaning(
    context: typer.Context,
    text: TextArgument,
    cleaning: Annotated[
        str | None, typer.Option("--cleaning", metavar="RULES", help="Apply these first, with commas between.")
    ] = None,
    encoding: EncodingOption = None,
    json: JsonOption = False,
) -> None:
    """Print what every cleaning rule would change of a text: how many characters, and how many different ones."""
    from charplay.corpora.exploring.cleaning_effect import measure_rules, pieces_of, vocabulary_of
    from charplay.corpora.progress import Progress
    from charplay.recipes.layers import ConfigLayer, compose

    on = compose(ConfigLayer("--cleaning", {"cleaning": cleaning or ""}))[0].cleaning
    library = open_library(context.obj)
    corpus = library.open(library.find(text), encoding=encoding)
    progress = Progress(progress_line(f"measuring {corpus.title}"))
    pieces = pieces_of(corpus)
    found = list(measure_rules(pieces, vocabulary_of(pieces, progress.part(0, 0.1)), on, progress.part(0.1, 1)))
    progress.at(1)
    if json:
        for rule, effect in found:
            print_json({"rule": rule, "applied": rule in on} | asdict(effect) | {"gone": effect.gone})
        return
    print_table(("", "rule", "characters", "different", ""), [_row(rule, effect, rule in on) for rule, effect in found])


def _row(rule: str, effect: "Effect", is_on: bool) -> tuple[str, str, str, str, str]:
    from charplay.corpora.rules import parse_rule

    numbers = (
        f"{effect.characters:,} \u2192 {effect.left:,}",
        f"{len(effect.vocabulary)} \u2192 {len(effect.vocabulary_left)}",
    )
    return ("on" if is_on else "", rule, *numbers, effect.trouble or parse_rule(rule).module.DESCRIPTION)
