"""Whatever crosses between two processes comes back equal, and what is no message is refused in a sentence."""

import dataclasses
import json
import math
from collections.abc import Callable
from types import GenericAlias, UnionType
from typing import Any, get_args, get_type_hints

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from charplay.protocol import commands, events
from charplay.protocol.codec import (
    COMMANDS,
    EVENTS,
    ProtocolError,
    decode_command,
    decode_event,
    decode_request,
    encode_command,
    encode_event,
    encode_request,
)
from charplay.protocol.request import TrainRequest
from charplay.recipes.recipe import Recipe

KINDS = list({each.__name__: each for each in events.Event.__subclasses__()}.values())
"""Every event; a class with slots is made from one without, which comes before it."""
NUMBERS = st.floats() | st.integers(-(10**20), 10**20)
WORDS = st.text(st.characters(exclude_categories=()), max_size=12)  # lone surrogates too
FREE = st.recursive(st.none() | st.booleans() | NUMBERS | WORDS, lambda each: st.lists(each, max_size=3).map(tuple))
WEIGHTS = arrays.arrays(
    st.sampled_from(["<f4", "<f8"]), arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)
)


def values(hint: type[Any] | GenericAlias | UnionType) -> st.SearchStrategy[Any]:
    """A strategy for what a field of this type may hold."""
    plain: dict[Any, st.SearchStrategy[Any]] = {
        str: WORDS,
        bool: st.booleans(),
        int: st.integers(0, 10**15),
        float: NUMBERS,
        object: FREE,
    }
    if hint in plain:
        return plain[hint]
    inner = get_args(hint)
    if type(None) in inner:
        return st.none() | values(next(each for each in inner if each is not type(None)))
    if inner[0] is str and len(inner) > 1 and inner[1] is object:
        return st.dictionaries(WORDS, FREE, max_size=4)
    if inner[0] is str and len(inner) > 1 and inner[1] is np.ndarray:
        return st.dictionaries(WORDS, WEIGHTS, max_size=3)
    item = made if dataclasses.is_dataclass(inner[0]) else values
    return st.lists(item(inner[0]), max_size=3).map(tuple)


def made(kind: type[Any]) -> st.SearchStrategy[Any]:
    hints = get_type_hints(kind, localns={"np": np})
    return st.builds(kind, **{each.name: values(hints[each.name]) for each in dataclasses.fields(kind)})


def same(one: Any, other: Any) -> bool:
    """Equal, where a number that is none equals itself, and with the very same types inside."""
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and np.array_equal(one, other, equal_nan=True)
    if dataclasses.is_dataclass(one):
        names = [each.name for each in dataclasses.fields(one)]
        return type(one) is type(other) and all(same(getattr(one, each), getattr(other, each)) for each in names)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(each, other[name]) for name, each in one.items())
    if isinstance(one, tuple):
        return isinstance(other, tuple) and len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and (
        one == other or (isinstance(one, float) and math.isnan(one) and math.isnan(other))
    )


def sent(message: dict[str, Any]) -> dict[str, Any]:
    """What the other end reads: plain JSON, strictly so."""
    read: dict[str, Any] = json.loads(json.dumps(message, allow_nan=False))
    return read


@pytest.mark.parametrize("kind", get_args(commands.Command))
@given(st.data())
def test_a_command_comes_back_equal(kind: type[Any], data: st.DataObject) -> None:
    command = data.draw(made(kind))
    assert same(decode_command(sent(encode_command(command))), command)


@pytest.mark.parametrize("kind", KINDS)
@given(st.data())
def test_an_event_comes_back_equal(kind: type[Any], data: st.DataObject) -> None:
    event = data.draw(made(kind))
    assert same(decode_event(sent(encode_event(event))), event)


def test_every_event_can_be_named() -> None:
    assert set(EVENTS.values()) == set(KINDS)
    assert len(EVENTS) == len(KINDS)


def test_every_command_can_be_named() -> None:
    """What is no part of the union could not be sent, and the law above would not know of it."""
    found = {each for each in vars(commands).values() if isinstance(each, type) and dataclasses.is_dataclass(each)}
    assert set(COMMANDS.values()) == found == set(get_args(commands.Command))
    assert len(COMMANDS) == len(found)


def test_a_row_of_every_reading_and_one_of_none_come_back_equal() -> None:
    names = [each.name for each in dataclasses.fields(events.Row)]
    full = events.Row(**{name: number + 0.5 for number, name in enumerate(names)} | {"step": 100})  # type: ignore[arg-type]
    bare = events.Row(step=100, epoch=0.2, seconds=math.nan)
    told = events.Progress(
        step=100, rows=(full, bare), epoch=0.2, total_steps=None, done=0.1, chars_per_second=math.inf, seconds_left=None
    )
    assert same(decode_event(sent(encode_event(told))), told)


@given(made(TrainRequest))
def test_a_request_comes_back_equal(request: TrainRequest) -> None:
    assert same(decode_request(sent(encode_request(request))), request)


def test_a_whole_recipe_comes_back_equal() -> None:
    recipe = Recipe.model_validate({"cleaning": "lowercase,ascii", "sample_temperatures": "0.5,1"}).model_dump()
    request = TrainRequest(home="/", recipe=recipe)
    back = decode_request(sent(encode_request(request)))
    assert same(back.recipe, recipe)
    assert Recipe.model_validate(back.recipe) == Recipe.model_validate(recipe)


def test_weights_that_are_not_in_c_order_come_back_as_they_are() -> None:
    weights = np.arange(6, dtype=np.float32).reshape(2, 3).T
    event = decode_event(sent(encode_event(events.Published(weights={"w": weights}))))
    assert isinstance(event, events.Published)
    (back,) = event.weights.values()
    assert np.array_equal(back, weights)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=8), each, max_size=3),
)


@pytest.mark.parametrize("decode", [decode_command, decode_event, decode_request])
@given(JSON)
def test_garbage_is_refused_in_one_sentence(decode: Callable[..., Any], message: Any) -> None:
    with pytest.raises(ProtocolError) as refused:
        decode(message)
    assert len(str(refused.value)) < 400
    assert "\n" not in str(refused.value)


@given(st.sampled_from(KINDS), st.data())
def test_a_message_with_one_wrong_field_is_refused_or_means_what_it_says(kind: type[Any], data: st.DataObject) -> None:
    message = sent(encode_event(data.draw(made(kind))))
    message[data.draw(st.sampled_from(sorted(message)))] = data.draw(JSON)
    try:
        event = decode_event(message)
    except ProtocolError:
        return
    assert same(decode_event(sent(encode_event(event))), event)


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (["pause"], "a command is a JSON object"),
        ({"command": "dance"}, "there is no command 'dance'; there are pause, "),
        ({"command": ["pause"]}, "there is no command ['pause']"),
        ({"command": "set-hyperparameter", "value": 3}, "the command set-hyperparameter lacks its field 'field'"),
        ({"command": "pause", "for": 3}, "the command pause has no field 'for'"),
        ({"command": "stop", "reason": 3}, "reason of the command stop must be a word or a text, not 3"),
        ({"command": "process-suspended", "seconds": True}, "must be a number, not True"),
        ({"command": "set-hyperparameter", "field": "dropout", "value": {"a": 1}}, "made of words, numbers"),
    ],
)
def test_a_fault_is_named(message: list[str] | dict[str, Any], why: str) -> None:
    with pytest.raises(ProtocolError) as refused:
        decode_command(message)
    assert why in str(refused.value)


@pytest.mark.parametrize(
    "array",
    [
        {"shape": [3], "dtype": "<f4", "base64": "AAAA"},
        {"shape": [1], "dtype": "O", "base64": ""},
        {"shape": [-1], "dtype": "<f4", "base64": ""},
        {"shape": [0], "dtype": "<f4", "base64": "?"},
        {"shape": "3", "dtype": "<f4", "base64": ""},
    ],
)
def test_weights_that_do_not_fit_together_are_refused(array: dict[str, Any]) -> None:
    with pytest.raises(ProtocolError, match="arrays of shape, dtype and base64"):
        decode_event({"event": "published", "weights": {"w": array}})


def test_a_value_that_no_recipe_has_is_not_sent() -> None:
    with pytest.raises(ProtocolError, match="cannot be sent"):
        encode_command(commands.SetHyperparameter("dropout", object()))
