"""Sampling parameters as the preferences remember them, and back."""

from charplay.formatting.escapes import unescape
from charplay.playground.preferences import Preferences
from charplay.sampling.bias_syntax import parse_bias
from charplay.sampling.errors import SettingError
from charplay.sampling.params import SamplingParams

TOP_K_OFF = 1000.0
"""So many characters are as good as all."""


def params_of(preferences: Preferences) -> SamplingParams:
    """Return the parameters that were chosen last; a setting that cannot be is left at its first value."""
    found = SamplingParams()
    k, p = round(preferences.top_k), preferences.top_p
    values: dict[str, object] = {
        "temperature": preferences.temperature,
        "repetition_penalty": preferences.repetition_penalty,
        "repetition_window": max(1, round(preferences.repetition_window)),
        "top_k": None if k >= TOP_K_OFF else k,
        "top_p": None if p >= 1 else p,
        "min_p": preferences.min_p or None,
    }
    for name, value in values.items():
        found = _with(found, name, value)
    try:
        bias = parse_bias(unescape(setting) for setting in preferences.bias.split(" ") if setting)
    except SettingError:
        return found
    return _with(found, "bias", bias)


def _with(params: SamplingParams, name: str, value: object) -> SamplingParams:
    try:
        return params.replaced(**{name: value})
    except SettingError:
        return params


def remember_params(preferences: Preferences, params: SamplingParams) -> None:
    """Have the preferences remember these parameters."""
    preferences.temperature = params.temperature
    preferences.repetition_penalty = params.repetition_penalty
    preferences.repetition_window = float(params.repetition_window)
    preferences.top_k = TOP_K_OFF if params.top_k is None else float(params.top_k)
    preferences.top_p = 1.0 if params.top_p is None else params.top_p
    preferences.min_p = params.min_p or 0.0
