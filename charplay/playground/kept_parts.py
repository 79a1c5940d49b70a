"""What a run keeps of its texts from training: a part that is held out, and one for a test."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from charplay.playground.scoring import TextPart
from charplay.playground.training_text import open_training_text, read_origin

if TYPE_CHECKING:
    from charplay.corpora.library import Library
    from charplay.recipes.recipe import Recipe
    from charplay.runs.checkpoint import CorpusOrigin

Part = Literal["test", "held-out"]


def open_kept_part(
    library: "Library", path: Path, part: Part, watch: Callable[[float], bool] = lambda _: True
) -> TextPart:
    """Open a part that the run of a checkpoint keeps, cleaned as its recipe says; `path` may be the run's folder.

    The test part is the end of the text that is learned, or another text: what the recipe has as `test_fraction` or as
    `held_out_corpus`.

    Raises:
        CorpusError: the recipe keeps no such part, or its text is not here, or is not the same any more.
        CheckpointError, RunError: there is no such run.
        Cancelled: the watch returned False.
    """
    from charplay.corpora.errors import CorpusError
    from charplay.recipes.network import seen_characters, training_characters

    origin, recipe = read_origin(path)
    other = _read_held_out_origin(path) if part == "test" else None
    if other is not None:
        return _whole(library, other, recipe, watch)
    corpus = open_training_text(library, origin, recipe, watch)
    trained, seen = training_characters(recipe, len(corpus)), seen_characters(recipe, len(corpus))
    start, stop = (seen, len(corpus)) if part == "test" else (trained, seen)
    if start == stop:
        fields = "test_fraction or held_out_corpus" if part == "test" else "validation_fraction"
        raise CorpusError(f"its recipe keeps no {part} part of {corpus.title}; {fields} in a recipe does")
    return TextPart(corpus, start, stop, f"{part} part")


def _read_held_out_origin(path: Path) -> "CorpusOrigin | None":
    """Return where the other text came from that a checkpoint, or the run in a folder, keeps for a test, if any."""
    from charplay.runs.checkpoint import read_header
    from charplay.runs.run import Run

    return Run.open(path).held_out_corpus if path.is_dir() else read_header(path).held_out_corpus


def _whole(library: "Library", origin: "CorpusOrigin", recipe: "Recipe", watch: Callable[[float], bool]) -> TextPart:
    from charplay.corpora.errors import CorpusError
    from charplay.corpora.learned import NotFound, open_learned
    from charplay.corpora.rules import rules_for_another_text

    try:
        corpus = open_learned(
            library, origin, cleaning=rules_for_another_text(recipe.cleaning), limit=None, watch=watch
        )
    except NotFound as fault:
        now = "is not here any more" if fault.changed is None else "has changed since: its sha256 differs"
        raise CorpusError(f"{fault.title}, which was kept for a test, {now}; put the old file back.") from None
    return TextPart(corpus, 0, len(corpus), "test text")
