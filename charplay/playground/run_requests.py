"""Makes the requests for a new run and for one that goes on: one rule for the command line and the screen."""

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from charplay.protocol.request import TrainRequest

if TYPE_CHECKING:
    from charplay.corpora.entries import Entry
    from charplay.recipes.layers import ConfigLayer
    from charplay.recipes.recipe import Recipe
    from charplay.runs.home import Home
    from charplay.runs.run import Run

DEFAULT_PRESET = "quick"
"""What a new run starts from where no preset is named."""


def new_run(
    home: "Home",
    asked: "Recipe",
    corpus: str,
    *,
    name: str | None = None,
    source: str | None = None,
    encoding: str | None = None,
) -> TrainRequest:
    """Return the request for a new run on a text.

    `corpus` is the text's own name or absolute path, which mean the same from any folder and on any later day;
    `source` the path of a checkpoint whose weights the run starts from. CorpusError where there is no text of the name
    that the recipe has as `held_out_corpus`.
    """
    kept = _own_name(home, "held_out_corpus", asked.held_out_corpus)
    recipe = asked.model_copy(update={"corpus": corpus, "held_out_corpus": kept}).model_dump()
    return TrainRequest(home=str(home.root), recipe=recipe, name=name, source=source, encoding=encoding)


class ComposedRun(NamedTuple):
    """A new run, as it was put together."""

    request: TrainRequest
    asked: "Recipe"
    """What the layers come to; its text is as they name it, empty where they leave it open."""
    corpus: "Entry"
    """The text that it learns."""
    notes: tuple[str, ...]
    """What a layer reset of those below."""


def composed_run(
    home: "Home",
    *layers: "ConfigLayer",
    name: str | None = None,
    source: str | None = None,
    encoding: str | None = None,
) -> ComposedRun:
    """Return the request for a new run from layers over the defaults; `source` names a run or a checkpoint.

    Raises RecipeError with every fault, CorpusError for its text, RunError for its source.
    """
    from charplay.corpora.library import Library
    from charplay.recipes.layers import compose
    from charplay.runs.store import RunStore

    asked, notes = compose(*layers)
    entry = Library(home.corpora, home.cache).find(asked.corpus)
    weights = str(RunStore(home).checkpoint(source)) if source is not None else None
    request = new_run(home, asked, entry.name, name=name, source=weights, encoding=encoding)
    return ComposedRun(request, asked, entry, notes)


def resumed_run(
    home: "Home",
    run: "Run",
    *layers: "ConfigLayer",
    added: bool = False,
    encoding: str | None = None,
    changed_text: bool = False,
) -> TrainRequest:
    """Return the request to go on with a run under layers: a budget, live values, another device.

    `added`: the budget counts from where the run stands. A layer may name the text in any way; CorpusError where there
    is none of that name. RecipeError where a layer changes what a run cannot change,
    and where a finished run would get nothing more to do.
    """
    from charplay.recipes.errors import RecipeError
    from charplay.recipes.layers import resumed
    from charplay.recipes.recipe import BUDGETS, LIVE, Recipe
    from charplay.recipes.specs import format_value

    layers = tuple(_stored(layer, home) for layer in layers)
    recipe = resumed(run.asked, *layers, resolved=run.resolved)
    longer = added or any(getattr(recipe, name) != getattr(run.asked, name) for name in BUDGETS)
    if run.finished is not None and recipe != run.asked and not longer:
        changes = [
            f"{name} is {format_value(getattr(run.asked, name))} in it, not {format_value(getattr(recipe, name))}"
            for name in Recipe.model_fields
            if getattr(recipe, name) != getattr(run.asked, name)
        ]
        hint = f"run {run.name} is finished and goes on only with more budget, as in --steps +1000"
        raise RecipeError(f"{hint}: {', '.join(changes)}")
    live = {name: getattr(recipe, name) for layer in layers for name in layer.values if name in LIVE}
    return TrainRequest(
        home=str(home.root),
        recipe=recipe.model_dump(),
        resume=str(run.folder),
        added=added,
        encoding=encoding,
        live={name: value for name, value in live.items() if value != "auto"},
        changed_text=changed_text,
    )


def _stored(layer: "ConfigLayer", home: "Home") -> "ConfigLayer":
    """Return the layer with the texts that it names called as runs store them. CorpusError where there is none."""
    texts = {name: layer.values[name] for name in ("corpus", "held_out_corpus") if name in layer.values}
    found = {field: _own_name(home, field, str(named)) for field, named in texts.items() if named}
    return replace(layer, values={**layer.values, **found})


def _own_name(home: "Home", field: str, named: str) -> str:
    """Return the name of a text, or its absolute path, as runs store it; empty for none. CorpusError."""
    from charplay.corpora.held_out_corpus import find_held_out_corpus
    from charplay.corpora.library import Library

    if not named:
        return ""
    library = Library(home.corpora, home.cache)
    return (find_held_out_corpus(library, named) if field == "held_out_corpus" else library.find(named)).name


def added_budget(amount: str, asked: "Recipe | None" = None) -> "ConfigLayer":
    """Return the layer of a budget as a person writes it, "3 minutes"; ValueError with a sentence where it is none.

    A number alone counts what the budget of the `asked` recipe counts.
    """
    from charplay.playground.budget_syntax import budget_layer, budget_of
    from charplay.recipes.layers import ConfigLayer

    return ConfigLayer("", budget_layer(amount, budget_of(asked)[0]) if asked else budget_layer(amount))
