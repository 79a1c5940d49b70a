"""What the description of a Keras model says of its layers; nothing in it is built or run.

A network of charplay's is an embedding or none, LSTM or GRU layers of one size, and a dense layer: a model that
computes anything else is refused, in a sentence, since its weights would write something else here.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from charplay.runs.plain_layers import WeightsError

LETTERS = {"Embedding": "E", "LSTM": "R", "GRU": "R", "Dense": "D"}
"""Layers with weights, by how `ORDER` writes them."""
ORDER = re.compile("E?R+DS?")
"""The layers of a network."""
WORDS = {"E": "embedding", "R": "recurrent", "D": "dense", "S": "softmax"}
"""What its letters stand for."""
PASSIVE = {"InputLayer", "Dropout", "SpatialDropout1D"}
"""Layers that change nothing where a network writes."""
KNOWN = "Embedding, LSTM, GRU, Dropout, Dense, TimeDistributed(Dense) and Softmax"

OPTIONS: Mapping[str, Mapping[str, object]] = {
    "LSTM": {"activation": "tanh", "recurrent_activation": "sigmoid", "go_backwards": False},
    "GRU": {"activation": "tanh", "recurrent_activation": "sigmoid", "go_backwards": False, "reset_after": True},
    "Embedding": {"mask_zero": False},
}
"""What layers must have been told, to compute what charplay's do."""
OLDER_NAMES = {"recurrent_activation": "inner_activation"}
"""Keras 1's."""
WHEN_SILENT = {"reset_after": False}
"""What is meant where an option is not named, if that is not the value above: Keras before 2.1 did not know it."""

REASONS = {
    "recurrent_activation": (
        "Keras before 2.3 has hard_sigmoid by default; charplay's gates are sigmoids, and would make another text of "
        "these weights: train it anew with recurrent_activation='sigmoid'"
    ),
    "reset_after": (
        "it resets before the product, U (r * h), and charplay's GRU after it, r * (U h), as torch's: "
        "train it with reset_after=True and use_bias=False, or an LSTM"
    ),
}


class LayerConfig(NamedTuple):
    """A layer with weights, as the description has it."""

    kind: str
    """Embedding, LSTM, GRU or Dense."""
    name: str
    """Its own, of which files of Keras 2 call its weights."""
    outer: str
    """The class under which it is saved: its kind, or TimeDistributed."""


class _Described(NamedTuple):
    """A layer as the description has it."""

    kind: str
    name: str
    options: Mapping[str, Any]
    inbound: object
    """Names what it reads, somewhere within."""


def read_config(text: str) -> list[LayerConfig]:
    """Return the layers with weights, from the input to the output. Raises WeightsError with what is odd."""
    try:
        config = json.loads(text)
    except (ValueError, RecursionError):
        raise WeightsError("its description is not JSON; save the model once more") from None
    found: list[LayerConfig] = []
    letters = ""
    for layer in _chain(config):
        inner = layer
        if layer.kind == "TimeDistributed":
            inner = _described(layer.options.get("layer"))._replace(name=layer.name)
        letters += _letters(inner)
        if inner.kind in LETTERS:
            _require_options(inner)
            found.append(LayerConfig(inner.kind, layer.name, layer.kind))
    require_order(letters)
    return found


def require_order(letters: str) -> None:
    """Raise WeightsError where layers are not those of a network, or not in its order."""
    if not ORDER.fullmatch(letters):
        raise WeightsError(
            f"its layers are {', '.join(WORDS[letter] for letter in letters) or 'none'}; charplay has an embedding or "
            "none, then LSTM or GRU layers, then one dense and its softmax"
        )


def _chain(config: object) -> list[_Described]:
    """Return a model's layers, each of which must read the one before it."""
    match config:
        case {"class_name": "Sequential", "config": {"layers": [*layers]}} | {
            "class_name": "Sequential", "config": [*layers],
        }:  # fmt: skip
            return [_described(layer) for layer in layers]
        case {"class_name": "Functional" | "Model", "config": {"layers": [*layers]}}:
            chain = [_described(layer) for layer in layers]
            names = [layer.name for layer in chain]
            for number, layer in enumerate(chain):
                if {text for text in _texts(layer.inbound) if text in names} != set(names[:number][-1:]):
                    raise WeightsError(
                        f"its layer {layer.name[:80]!r} does not read the one before it alone; "
                        "only a chain of layers can be read"
                    )
            return chain
        case {"class_name": str(kind)}:
            raise WeightsError(
                f"it is a {kind[:80]}, a class of its own program's; "
                "save its weights alone, as model.save_weights('model.weights.h5') does"
            )
    raise WeightsError("its description is not a model's; save it as model.save('model.keras') does")


def _described(layer: object) -> _Described:
    """Read one layer; a class of somebody's own, which may be called like one of Keras's, has its module's name too."""
    match layer:
        case {"class_name": str(kind), "config": dict(options), **others}:
            module = str(others.get("module") or "keras")
            known = module.partition(".")[0] in {"keras", "tf_keras"}
            name, inbound = str(options.get("name", "")), others.get("inbound_nodes")
            return _Described(kind if known else f"{module}.{kind}", name, options, inbound)
    raise WeightsError("its description holds something else than layers; save the model once more")


def _letters(layer: _Described) -> str:
    """Return how `ORDER` writes a layer. Raises WeightsError for one that charplay has not."""
    kind, name = layer.kind, layer.name[:80]
    if kind in PASSIVE:
        return ""
    if kind == "Softmax":
        return "S"
    if kind not in {*LETTERS, "Activation"}:
        raise WeightsError(f"it has a layer {kind[:80]} ({name!r}); charplay knows {KNOWN}")
    if kind not in {"Dense", "Activation"}:
        return LETTERS[kind]
    activation = layer.options.get("activation") or "linear"
    if activation not in ("linear", "softmax"):
        raise WeightsError(f"its layer {name!r} ends in {_value(activation)}; charplay's output is a softmax")
    return LETTERS.get(kind, "") + "S" * (activation == "softmax")


def _require_options(layer: _Described) -> None:
    for option, needed in OPTIONS.get(layer.kind, {}).items():
        silent = layer.options.get(OLDER_NAMES.get(option, ""), WHEN_SILENT.get(option, needed))
        value = layer.options.get(option, silent)
        if value != needed:
            reason = REASONS.get(option, f"charplay's {layer.kind} has {option}={needed!r}")
            raise WeightsError(f"its layer {layer.name[:80]!r} has {option}={_value(value)}; {reason}")


def _value(value: object) -> str:
    """Return an option as it is shown; a function of somebody's own is an object with its name in it."""
    return repr(value)[:80]


def _texts(value: object) -> Iterator[str]:
    """Yield every text within a value of JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)
