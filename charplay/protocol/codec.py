"""Encodes commands, events and requests as values that JSON has, and decodes them again: the lines of a socket.

A command is {"command": "set-hyperparameter", ...}, an event {"event": "evaluated", ...}, each with all its fields; a
request is its fields alone. Decoding gives back an equal value. What JSON has no form for is tagged:

- a number that is not finite: {"number": "nan"}, {"number": "inf"} or {"number": "-inf"};
- an array of weights: {"shape": [64, 8], "dtype": "<f4", "base64": "..."}, its bytes in C order, little-endian.

A list always comes back as a tuple, since everything here is frozen. Numpy is loaded where weights cross and only then.
"""

import base64
import binascii
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from functools import partial
from types import UnionType
from typing import TYPE_CHECKING, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from charplay.errors import CharplayError
from charplay.protocol import commands, events
from charplay.protocol.request import TrainRequest

if TYPE_CHECKING:
    import numpy as np

Json = dict[str, object]
Value = TypeVar("Value")

UNCOUNTABLE = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
"""Numbers that JSON has no form for, by their tags."""

DTYPES = ("<f4", "<f8")
"""What weights may be stored as."""


class ProtocolError(CharplayError):
    """A message cannot be decoded; the error's text is a sentence."""


class _UnfitError(Exception):
    """A value cannot be a field's: what was expected there."""


def _dashed(kind: type) -> str:
    return re.sub(r"(?<!^)([A-Z])", r"-\1", kind.__name__).lower()


COMMANDS: Mapping[str, type] = {_dashed(kind): kind for kind in get_args(commands.Command)}
"""Every command by its name in a message."""

# A class with slots is made from one without, which may be among the subclasses still: the later one is meant.
EVENTS: Mapping[str, type[events.Event]] = {kind.kind: kind for kind in events.Event.__subclasses__()}
"""Every event by its name in a message, which is the one that it has in `--json`."""


def encode_command(command: commands.Command) -> Json:
    """Encode a command as a JSON object."""
    return {"command": _dashed(type(command)), **_encode_fields(command)}


def decode_command(message: object) -> commands.Command:
    """Decode what `encode_command` made. ProtocolError where the message is no command."""
    decoded: commands.Command = _decode_named(COMMANDS, "command", message)
    return decoded


def encode_event(event: events.Event) -> Json:
    """Encode an event with all its fields, rows and weights included; `events.as_json` leaves rows out."""
    return {"event": event.kind, **_encode_fields(event)}


def decode_event(message: object) -> events.Event:
    """Decode what `encode_event` made. ProtocolError where the message is no event."""
    decoded: events.Event = _decode_named(EVENTS, "event", message)
    return decoded


def encode_request(request: TrainRequest) -> Json:
    """Encode a request to train as a JSON object."""
    return _encode_fields(request)


def decode_request(message: object) -> TrainRequest:
    """Decode what `encode_request` made. ProtocolError where the message is no request."""
    if not isinstance(message, Mapping):
        raise ProtocolError(f"a request is a JSON object, not {_shown(message)}")
    return _decode_fields(TrainRequest, "request", message)


@dataclass(frozen=True, slots=True)
class _Form:
    """How the values of one type cross."""

    encode: Callable[[Any], object]
    decode: Callable[[object], object]
    """Raises `_UnfitError`."""


def _encode_fields(value: object) -> Json:
    return {name: form.encode(getattr(value, name)) for name, form in _forms(type(value)).items()}


def _decode_named(known: Mapping[str, type[Value]], what: str, message: object) -> Value:
    if not isinstance(message, Mapping):
        raise ProtocolError(f"{_article(what)} is a JSON object, not {_shown(message)}")
    name = message.get(what)
    if not isinstance(name, str) or name not in known:
        raise ProtocolError(f"there is no {what} {_shown(name)}; there are {', '.join(known)}")
    rest = {field: value for field, value in message.items() if field != what}
    return _decode_fields(known[name], f"{what} {name}", rest)


def _decode_fields(kind: type[Value], what: str, found: Mapping[object, object]) -> Value:
    forms = _forms(kind)
    unknown = [name for name in found if name not in forms]
    needed = [each.name for each in fields(kind) if each.default is MISSING and each.default_factory is MISSING]  # type: ignore[arg-type]
    missing = [name for name in needed if name not in found]
    if unknown or missing:
        fault = f"has no field {_shown(unknown[0])}" if unknown else f"lacks its field {missing[0]!r}"
        raise ProtocolError(f"the {what} {fault}")
    values = {}
    for name, value in found.items():
        try:
            values[str(name)] = forms[str(name)].decode(value)
        except _UnfitError as fault:
            raise ProtocolError(f"{name} of the {what} must be {fault}, not {_shown(value)}") from None
    return kind(**values)


def _forms(kind: type[Any]) -> Mapping[str, _Form]:
    """The form of each field of a dataclass, from its annotation."""
    if kind in _KNOWN:
        return _KNOWN[kind]
    local: dict[str, object] = {}
    if kind is events.Published:
        import numpy as np

        local = {"np": np}
    hints = get_type_hints(kind, localns=local)
    forms = _KNOWN[kind] = {each.name: _form(hints[each.name]) for each in fields(kind)}
    return forms


_KNOWN: dict[type[Any], Mapping[str, _Form]] = {}
"""Reading a class's annotations takes longer than sending one of its values."""


def _form(hint: Any) -> _Form:
    """Return how values of a type are encoded, for the types that messages are made of."""
    if hint in _PLAIN:
        return _PLAIN[hint]
    origin, inner = get_origin(hint), get_args(hint)
    if origin in {UnionType, Union}:
        (only,) = (each for each in inner if each is not type(None))
        return _optional(_form(only))
    if origin is tuple:
        return _tuple(_Form(_encode_fields, _decode_row) if inner[0] is events.Row else _form(inner[0]))
    if origin is Mapping:
        return _mapping(_FREE if inner[1] is object else _Form(_encode_array, _decode_array))
    raise TypeError(f"no form is known for {hint}")


def _optional(form: _Form) -> _Form:
    return _Form(
        lambda value: None if value is None else form.encode(value),
        lambda value: None if value is None else form.decode(value),
    )


def _tuple(form: _Form) -> _Form:
    def decode(value: object) -> tuple[object, ...]:
        if not isinstance(value, list | tuple):
            raise _UnfitError("a list")
        return tuple(map(form.decode, value))

    return _Form(lambda values: list(map(form.encode, values)), decode)


def _mapping(form: _Form) -> _Form:
    def decode(value: object) -> dict[str, object]:
        if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
            raise _UnfitError("a JSON object")
        return {name: form.decode(each) for name, each in value.items()}

    return _Form(lambda values: {name: form.encode(each) for name, each in values.items()}, decode)


def _decode_row(value: object) -> events.Row:
    if not isinstance(value, Mapping):
        raise _UnfitError("a list of rows")
    try:
        return _decode_fields(events.Row, "row", value)
    except ProtocolError as fault:
        raise _UnfitError(f"a list of rows ({fault})") from None


def _take(kind: type, expected: str, value: object) -> object:
    """The value as it is, where it is of the kind; a truth value is no number."""
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise _UnfitError(expected)
    return value


def _encode_number(value: float) -> object:
    if value != value or value in {math.inf, -math.inf}:  # noqa: PLR0124 - a whole number may be too large for isnan
        return {"number": "nan" if value != value else "inf" if value > 0 else "-inf"}  # noqa: PLR0124
    return value


def _decode_number(value: object) -> object:
    if isinstance(value, Mapping) and value.keys() == {"number"} and str(value["number"]) in UNCOUNTABLE:
        return UNCOUNTABLE[str(value["number"])]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _UnfitError("a number")
    return value


def _encode_free(value: object) -> object:
    """A value of a recipe: a word, a number, a truth value, nothing, or a tuple of such."""
    if isinstance(value, list | tuple):
        return list(map(_encode_free, value))
    if isinstance(value, bool | str | None):
        return value
    if isinstance(value, int | float):
        return _encode_number(value)
    raise ProtocolError(f"{_shown(value)} cannot be sent; a recipe has words, numbers and lists of them")


def _decode_free(value: object) -> object:
    if isinstance(value, list | tuple):
        return tuple(map(_decode_free, value))
    if isinstance(value, bool | str | None):
        return value
    try:
        return _decode_number(value)
    except _UnfitError:
        raise _UnfitError("made of words, numbers and lists of them") from None


def _encode_array(array: "np.ndarray") -> object:
    """One tensor; what is not stored as one of `DTYPES` goes as float32, which is what checkpoints have."""
    import numpy as np

    kind = array.dtype.newbyteorder("<").str
    plain = np.ascontiguousarray(array, dtype=kind if kind in DTYPES else DTYPES[0])
    return {
        "shape": list(array.shape),
        "dtype": plain.dtype.newbyteorder("<").str,
        "base64": base64.b64encode(plain.tobytes()).decode("ascii"),
    }


def _decode_array(value: object) -> "np.ndarray":
    import numpy as np

    expected = "arrays of shape, dtype and base64"
    if not isinstance(value, Mapping) or value.keys() != {"shape", "dtype", "base64"} or value["dtype"] not in DTYPES:
        raise _UnfitError(expected)
    shape, text = value["shape"], value["base64"]
    if not isinstance(text, str) or not isinstance(shape, list | tuple):
        raise _UnfitError(expected)
    if not all(isinstance(size, int) and not isinstance(size, bool) and size >= 0 for size in shape):
        raise _UnfitError(expected)
    try:
        content = base64.b64decode(text, validate=True)
        return np.frombuffer(content, value["dtype"]).reshape(shape)
    except (binascii.Error, ValueError):
        raise _UnfitError(f"{expected} that fit together") from None


_FREE = _Form(_encode_free, _decode_free)
_PLAIN: Mapping[object, _Form] = {
    object: _FREE,
    str: _Form(str, partial(_take, str, "a word or a text")),
    bool: _Form(bool, partial(_take, bool, "true or false")),
    int: _Form(int, partial(_take, int, "a whole number")),
    float: _Form(_encode_number, _decode_number),
}


def _article(what: str) -> str:
    return f"{'an' if what[0] in 'aeiou' else 'a'} {what}"


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
