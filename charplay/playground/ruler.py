"""What losses on a run's text are compared with: its reference losses, published ones, and one's own best run."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from charplay.corpora.ruler.reference_cache import SplitText
    from charplay.corpora.ruler.reference_lines import BestRun, Ruler
    from charplay.corpora.ruler.reference_losses import ReferenceLosses
    from charplay.recipes.recipe import Recipe
    from charplay.runs.checkpoint import CorpusOrigin
    from charplay.runs.run import Run
    from charplay.runs.store import RunStore


def split_text(origin: "CorpusOrigin", recipe: "Recipe", counted: int | None = None) -> "SplitText":
    """Return a text as a run of this recipe reads it and holds out a part.

    `counted` is how many held-out characters a loss counts that is to be compared; None for as many as a long run's
    closing loss does.
    """
    from charplay.corpora.held_out import final_characters
    from charplay.corpora.ruler.reference_cache import SplitText
    from charplay.recipes.network import seen_characters, training_characters

    trained, seen = training_characters(recipe, origin.characters), seen_characters(recipe, origin.characters)
    most = final_characters(seen - trained)
    held_out = most if counted is None else min(most, final_characters(counted))
    return SplitText(
        sha256=origin.sha256,
        encoding=origin.encoding,
        cleaning=tuple(recipe.cleaning),
        limit=recipe.limit,
        characters=seen,
        trained=trained,
        held_out=held_out if held_out < most else None,
    )


def counted_characters(run: "Run") -> int | None:
    """Return how many held-out characters a run's held-out loss counts; None for as many as a closing loss can.

    Until a run is finished, its loss is that of an evaluation.
    """
    from charplay.recipes.network import seen_characters, training_characters
    from charplay.recipes.resolve import EVALUATED_CHARACTERS

    if run.finished is None or run.finished.get("val_loss") is None:
        return EVALUATED_CHARACTERS
    if (counted := run.finished.get("held_out_characters")) is not None:
        return int(counted)
    share = run.finished.get("held_out_share")  # a run of before
    recipe, characters = run.resolved, run.corpus.characters
    held_out = seen_characters(recipe, characters) - training_characters(recipe, characters)
    return None if share is None else round(share * held_out)


def best_run(store: "RunStore", text: "SplitText", apart_from: str = "") -> "BestRun | None":
    """Find the finished run with the lowest closing loss on these very characters; None where there is none.

    `apart_from` names a run that is to be compared with the others.
    """
    from charplay.corpora.ruler.reference_lines import BestRun
    from charplay.runs.run import RunError

    found = []
    for name in store.names():
        if name == apart_from:
            continue
        try:
            run = store.find(name)
        except RunError:
            continue
        loss = (run.finished or {}).get("val_loss")
        if isinstance(loss, int | float) and _same(split_text(run.corpus, run.resolved, counted_characters(run)), text):
            found.append(BestRun(name, float(loss)))
    return min(found, key=lambda best: best.loss, default=None)


def demo_loss(store: "RunStore", text: "SplitText") -> float | None:
    """Return the demo's held-out loss where it was measured on these very characters; None where it was not."""
    from charplay.recipes.resolve import EVALUATED_CHARACTERS
    from charplay.runs.checkpoint import CheckpointError, read_header
    from charplay.runs.errors import RunError
    from charplay.runs.naming import DEMO_NAME

    try:
        demo = read_header(store.checkpoint(DEMO_NAME))
    except (RunError, CheckpointError):
        return None
    return demo.val_loss if _same(split_text(demo.corpus, demo.recipe, EVALUATED_CHARACTERS), text) else None


def make_ruler(losses: "ReferenceLosses", store: "RunStore", text: "SplitText", apart_from: str = "") -> "Ruler":
    """Join a text's reference losses with what was published for it, the demo's loss and one's own best run."""
    from charplay.corpora.ruler.reference_lines import Ruler, reference_lines
    from charplay.corpora.ruler.yardsticks import yardsticks_of

    best = best_run(store, text, apart_from)
    return Ruler(losses, reference_lines(losses, yardsticks_of(text), best, demo_loss(store, text)))


def kept_ruler(cache: Path, store: "RunStore", text: "SplitText", apart_from: str = "") -> "Ruler | None":
    """Return a text's ruler where its reference losses were measured before; `cache` is the home's."""
    from charplay.corpora.ruler.reference_cache import ReferenceCache

    losses = ReferenceCache(cache).load(text)
    return make_ruler(losses, store, text, apart_from) if losses else None


def _same(one: "SplitText", other: "SplitText") -> bool:
    """Whether two texts have the same characters and split; how the encoding was named makes no difference then."""
    return replace(one, encoding="") == replace(other, encoding="")
