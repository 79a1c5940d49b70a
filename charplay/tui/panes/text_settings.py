"""Settings as the filters show them."""

from charplay.sampling.notation import NAMED
from charplay.sampling.settings import Sampling
from charplay.tui.panes.text_filters import MOST_K

_NAMES = {character: name for name, character in NAMED.items()}


def filter_values(settings: Sampling) -> dict[str, float | str]:
    """What `Filters.set` takes so that the filters stand as in these settings."""
    return {
        "repetition_penalty": settings.repetition_penalty,
        "repetition_window": float(settings.repetition_window),
        "bias": " ".join(f"{_NAMES.get(character, character)}={nats:g}" for character, nats in settings.bias),
        "top_k": float(settings.top_k or MOST_K),
        "top_p": settings.top_p or 1.0,
        "min_p": settings.min_p or 0.0,
    }
