"""What held-out loss to expect of a budget, from a curve through what was measured.

Loss against seconds of two CPU cores is, for a network whose sizes follow the budget, a floor and a power law. Fitted
to tiny Shakespeare (last tenth held out):

    muon    1.385 + 1.506 / seconds ^ 0.624    7 s: 1.832 (measured), 60 s: 1.502, 148 s: 1.452, 600 s: 1.415
    adamw   1.43 + 1.43 / seconds ^ 0.53       10 s: 1.852, 60 s: 1.590, 148 s: 1.532, 900 s: 1.470, 1500 s: 1.450

The curve meets each of these within 0.01. Two layers do better than it: 2,400 s brought 1.367 where it says 1.397.
Another text is taken to be as much harder or easier as its characters are by their frequencies alone. That is a guess,
good to a tenth or so; none is made beyond what was measured.
"""

from charplay.recipes.recipe import Recipe

CURVES = {
    "muon": (1.385, 1.506, 0.624),
    "adamw": (1.43, 1.43, 0.53),
    "adam": (1.43, 1.43, 0.53),
    "nadam": (1.43, 1.43, 0.53),
}
"""Floor, factor and exponent."""
REFERENCE_ENTROPY = 3.32
"""Of tiny Shakespeare's single characters, in nats."""
FITTED_SECONDS = (3.0, 3000.0)
MAX_EPOCHS = 40.0


def expected_loss(recipe: Recipe, seconds: float, epochs: float, unigram_entropy: float) -> float | None:
    """Nats a character on held-out text; None where nothing is known.

    Args:
        recipe: resolved.
        seconds: the budget in yardstick seconds.
        epochs: passes over the text in it; too many overfit, however the curve falls.
        unigram_entropy: of the text's characters, in nats.
    """
    if recipe.optimizer not in CURVES or recipe.batching != "stream":
        return None
    if not FITTED_SECONDS[0] <= seconds <= FITTED_SECONDS[1] or epochs > MAX_EPOCHS:
        return None
    floor, factor, exponent = CURVES[recipe.optimizer]
    loss: float = floor + factor / seconds**exponent
    return loss * unigram_entropy / REFERENCE_ENTROPY
