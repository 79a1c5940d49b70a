"""Headless training against a bare loop of the same shapes, and a windows epoch against its own bare loop."""

from functools import partial

import torch
from bare import BareStreams, BareWindows, steps_a_second
from figures import Figure
from given import Given, new_home
from interleaving import interleaved, ratios
from trainer import CHARACTERS_A_STEP, WARM_SECONDS, Slices, stream_recipe, windows_recipe

from charplay.corpora.library import Library
from charplay.recipes.network import training_characters
from charplay.recipes.recipe import Recipe

ROUNDS = 10
HIDDEN = (128, 256)


def measure(given: Given) -> list[Figure]:
    """Steps a second, as ratios and as characters."""
    figures = []
    for hidden in HIDDEN:
        recipe = stream_recipe(given, hidden)
        found = _compare(given, recipe, BareStreams)
        name = f"headless training, hidden {hidden}"
        figures += [
            Figure.of(f"{name}: speed against a bare loop", ratios(found["ours"], found["bare"]), at_least=0.97),
            Figure.of(name, [steps * CHARACTERS_A_STEP for steps in found["ours"]], "characters/s"),
        ]
    found = _compare(given, windows_recipe(given), BareWindows)
    figures.append(
        Figure.of("windows epoch: time against a bare loop", ratios(found["bare"], found["ours"]), at_most=1.05)
    )
    return figures


def _compare(given: Given, recipe: Recipe, bare: type[BareStreams | BareWindows]) -> dict[str, list[float]]:
    """Steps a second of the trainer, "ours", and of the bare loop, "bare", by turns."""
    with new_home() as home:
        library = Library(home.corpora, home.cache)
        corpus = library.open(library.find(recipe.corpus))
        ours = Slices(home, recipe)
        trained = corpus.ids[: training_characters(recipe, len(corpus))]
        device = torch.device(recipe.device)
        step = bare(recipe, trained, len(corpus.vocabulary), device).step
        steps_a_second(step, WARM_SECONDS, device)
        part = given.seconds / ROUNDS
        contenders = {"ours": partial(ours.run, part), "bare": partial(steps_a_second, step, part, device)}
        found = interleaved(contenders, ROUNDS)
        ours.close()
    return found
