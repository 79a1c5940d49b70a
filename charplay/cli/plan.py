"""`charplay train --plan`: what a budget in minutes would train on this machine."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from charplay.cli.errors import UsageError
from charplay.cli.output import print_json, print_note, print_safe, print_table
from charplay.cli.settings import loss_unit
from charplay.formatting.loss_units import LossUnit, format_loss
from charplay.formatting.units import duration, format_bytes

if TYPE_CHECKING:
    from charplay.protocol.request import TrainRequest
    from charplay.recipes.recipe import Recipe
    from charplay.runs.home import Home
    from charplay.training.planning import Proposal


def print_plan(request: "TrainRequest", home: "Home", *, json: bool) -> int:
    """Measure the machine for a few seconds and print the plan; return 0. Raises UsageError without minutes."""
    from charplay.corpora.library import Library
    from charplay.recipes.recipe import Recipe

    recipe = Recipe.model_validate(request.recipe)
    if recipe.minutes is None or request.source is not None:
        raise UsageError("--plan is for a fresh run of so many minutes, as in --minutes 5 --plan")
    library = Library(home.corpora, home.cache)
    corpus = library.open(
        library.find(recipe.corpus), cleaning=recipe.cleaning, limit=recipe.limit, encoding=request.encoding
    )
    corpus.require_trainable()
    from charplay.training import malloc
    from charplay.training.device import prepare_environment

    prepare_environment()
    malloc.disable_trim()
    from charplay.training.planning import plan

    proposal = plan(recipe, corpus, recipe.minutes)
    if json:
        print_json(asdict(proposal) | {"recipe": proposal.recipe.model_dump()})
    else:
        unit = loss_unit(home).on(corpus.utf8_bytes() / len(corpus))
        _print(proposal, recipe, corpus.title, unit)
    return 0


def _print(proposal: "Proposal", asked: "Recipe", title: str, unit: LossUnit) -> None:
    from charplay.recipes.specs import format_value

    recipe = proposal.recipe
    network = f"{recipe.cell} {recipe.num_layers}x{recipe.hidden_size}"
    print_safe(
        f"{title}: {network}, {proposal.parameters:,} parameters, about {format_bytes(proposal.memory_bytes)} of memory"
    )
    print_safe(
        f"finished in about {duration(proposal.seconds)}: {proposal.characters:,} characters, "
        f"{proposal.epochs:.1f} epochs, at {proposal.chars_per_second:,.0f} characters a second"
    )
    if proposal.expected_loss is not None:
        print_safe(f"expected held-out loss: about {format_loss(proposal.expected_loss, unit)} a character")
    chosen = {name: value for name, value in recipe.model_dump().items() if getattr(asked, name) == "auto"}
    print()
    print_table(("chosen", ""), [(name, format_value(value)) for name, value in chosen.items()])
    for note in proposal.notes:
        print_note(note)
