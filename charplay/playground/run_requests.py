"""Makes the requests for a new run and for one that goes on: one rule for the command line and the screen."""

from typing import TYPE_CHECKING

from charplay.protocol.request import TrainRequest

if TYPE_CHECKING:
    from charplay.recipes.layers import ConfigLayer
    from charplay.recipes.recipe import Recipe
    from charplay.runs.home import Home
    from charplay.runs.run import Run


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
    `source` the path of a checkpoint whose weights the run starts from.
    """
    recipe = asked.model_copy(update={"corpus": corpus}).model_dump()
    return TrainRequest(home=str(home.root), recipe=recipe, name=name, source=source, encoding=encoding)


def resumed_run(
    home: "Home",
    run: "Run",
    *layers: "ConfigLayer",
    added: bool = False,
    encoding: str | None = None,
    changed_text: bool = False,
) -> TrainRequest:
    """Return the request to go on with a run under layers: a budget, live values, another device.

    `added`: the budget counts from where the run stands. RecipeError where a layer changes what a run cannot change,
    and where a finished run would get nothing more to do.
    """
    from charplay.recipes.errors import RecipeError
    from charplay.recipes.layers import resumed
    from charplay.recipes.recipe import BUDGETS, LIVE, Recipe
    from charplay.recipes.specs import format_value

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


def added_budget(amount: str, asked: "Recipe | None" = None) -> "ConfigLayer":
    """Return the layer of a budget as a person writes it, "3 minutes"; ValueError with a sentence where it is none.

    A number alone counts what the budget of the `asked` recipe counts.
    """
    from charplay.playground.budget_syntax import budget_layer, budget_of
    from charplay.recipes.layers import ConfigLayer

    return ConfigLayer("", budget_layer(amount, budget_of(asked)[0]) if asked else budget_layer(amount))
