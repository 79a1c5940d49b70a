"""`charplay corpora ruler`, and what other verbs show of it: what simple predictors reach on a text's held-out part."""

from dataclasses import asdict
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from charplay.cli.output import print_json, print_safe, print_table, progress_line
from charplay.cli.recipe_options import EncodingOption, JsonOption
from charplay.cli.settings import loss_unit
from charplay.formatting.loss_units import LossUnit
from charplay.formatting.units import format_share
from charplay.playground.home import open_store, read_home

if TYPE_CHECKING:
    from charplay.corpora.corpus import Corpus
    from charplay.corpora.ruler.reference_cache import SplitText
    from charplay.corpora.ruler.reference_lines import Ruler
    from charplay.recipes.recipe import Recipe
    from charplay.runs.checkpoint import CorpusOrigin


def ruler(  # noqa: PLR0917  (the parser passes options by name)
    context: typer.Context,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="A text's name, or the path of a file or folder.")],
    cleaning: Annotated[
        str | None, typer.Option("--cleaning", metavar="RULES", help="Clean it by these rules, with commas between.")
    ] = None,
    limit: Annotated[
        str | None, typer.Option("--limit", metavar="N", help="Use only the first so many characters.")
    ] = None,
    validation_fraction: Annotated[
        str | None, typer.Option("--validation-fraction", metavar="F", help="The share that is held out [0.1].")
    ] = None,
    test_fraction: Annotated[
        str | None, typer.Option("--test-fraction", metavar="F", help="The share behind it, which is not read [0].")
    ] = None,
    held_out: Annotated[
        int | None,
        typer.Option("--held-out", metavar="N", min=1, help="Predict only the first so many of it."),
    ] = None,
    encoding: EncodingOption = None,
    json: JsonOption = False,
) -> None:
    """Measure what guessing, letter frequencies, n-grams and compressors reach on the held-out text."""
    from charplay.corpora.library import Library
    from charplay.corpora.progress import Progress
    from charplay.corpora.ruler.reference_cache import ReferenceCache
    from charplay.playground.ruler import make_ruler
    from charplay.recipes.layers import ConfigLayer, compose

    asked = {
        "cleaning": cleaning, "limit": limit, "validation_fraction": validation_fraction,
        "test_fraction": test_fraction,
    }  # fmt: skip
    given = {name: value for name, value in asked.items() if value is not None}
    recipe, _ = compose(ConfigLayer("the command line", given))
    home = read_home(context.obj)
    library = Library(home.corpora, home.cache)
    entry = library.find(text)
    corpus = library.open(entry, cleaning=recipe.cleaning, limit=recipe.limit, encoding=encoding)
    split = _split(corpus, encoding, recipe, held_out)
    losses = ReferenceCache(home.cache).measure(split, corpus, Progress(progress_line(entry.title)))
    made = make_ruler(losses, open_store(context.obj), split)
    if json:
        print_json(ruler_json(corpus.name, made))
        return
    print_safe(corpus.title)
    print_ruler(made, loss_unit(home), bounded=split.held_out is not None)


def kept_for_corpus(home: str | None, corpus: "Corpus", encoding: str | None, recipe: "Recipe") -> "Ruler | None":
    """Return the ruler of a text under a recipe, where it was measured before."""
    from charplay.playground.ruler import kept_ruler

    return kept_ruler(read_home(home).cache, open_store(home), _split(corpus, encoding, recipe))


def kept_for_run(
    home: str | None, origin: "CorpusOrigin", recipe: "Recipe", counted: int | None, run: str = ""
) -> "Ruler | None":
    """Return the ruler of the held-out characters that a run's loss counts, where it was measured before.

    The run is not compared with itself.
    """
    from charplay.playground.ruler import kept_ruler, split_text

    return kept_ruler(read_home(home).cache, open_store(home), split_text(origin, recipe, counted), run)


def way_to_measure(origin: "CorpusOrigin", recipe: "Recipe", counted: int | None) -> str:
    """Say how the ruler of a loss is measured that counts only a part of the held-out text; empty for the whole."""
    from charplay.playground.ruler import split_text
    from charplay.recipes.recipe import Recipe

    bound, usual = split_text(origin, recipe, counted).held_out, Recipe()
    if bound is None:
        return ""
    options = {
        "--held-out": bound,
        "--cleaning": ",".join(recipe.cleaning),
        "--limit": recipe.limit if recipe.limit is not None else "",
        "--validation-fraction": ""
        if recipe.validation_fraction == usual.validation_fraction
        else recipe.validation_fraction,
        "--test-fraction": recipe.test_fraction or "",
        "--encoding": origin.encoding,
    }
    words = [quote(str(word)) for name, value in options.items() if value != "" for word in (name, value)]
    command = " ".join(["charplay corpora ruler", quote(origin.name), *words])
    return f"what that is worth on its {bound:,} held-out characters is not measured; `{command}` does it"


def ruler_json(text: str, made: "Ruler") -> dict[str, Any]:
    """Return a ruler as the object that `--json` prints."""
    return {"text": text, **asdict(made.losses), "rough": made.losses.is_rough}


def print_ruler(made: "Ruler", unit: LossUnit, *, bounded: bool = False) -> None:
    """Print a ruler as a table, the worst predictor first, and a sentence below.

    `unit` has the first column; `bounded` says that not all characters of a long run's closing loss are predicted.
    """
    from charplay.corpora.ruler.compressors import COMPRESSORS

    losses = made.losses
    if not made.lines:
        print("nothing is held out to compare with; --validation-fraction says how much is")
        return
    windows = {name: f"{name}, window {compressor.window}" for name, compressor in COMPRESSORS.items()}
    units = (unit.on(losses.bytes_per_character), *unit.others)
    rows = [(windows.get(line.label, line.label), *(one.number(line.loss) for one in units)) for line in made.lines]
    print_table(("predictor", *(one.heading for one in units)), rows)
    which = f"first {losses.characters_held_out:,}" if bounded else f"{losses.characters_held_out:,}"
    whose = "" if bounded else " of a run's closing loss"
    print(f"\nOn the {which} held-out characters{whose}, {_training(losses.characters_train, losses.share_counted)}.")
    if losses.is_rough:
        print("So few held-out characters make these figures rough.")


def _training(trained: int, share_counted: float) -> str:
    counted = "" if share_counted == 1 else f", of which the last {format_share(share_counted, 1)} were counted"
    return f"after {trained:,} for training{counted}"


def _split(corpus: "Corpus", encoding: str | None, recipe: "Recipe", counted: int | None = None) -> "SplitText":
    from charplay.playground.ruler import split_text
    from charplay.runs.checkpoint import CorpusOrigin

    origin = CorpusOrigin(corpus.name, corpus.path, corpus.sha256, len(corpus), encoding or "")
    return split_text(origin, recipe, counted)
