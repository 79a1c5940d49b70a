"""A ride: the settings of every character of a text, to be kept as a file and played again."""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from itertools import groupby
from typing import Any, cast

from charplay.sampling.errors import SettingError
from charplay.sampling.generator import TextGenerator
from charplay.sampling.params import SamplingParams
from charplay.sampling.segment import KINDS, GeneratedChar
from charplay.sampling.transcript import Transcript

FORMAT = 1
LARGEST = 16 * 1024 * 1024
"""Bytes of the largest ride file that is read."""
LONGEST = 100_000_000
"""Characters of the longest ride."""

_WHOLE = ("repetition_window", "top_k", "seed")
_OPTIONAL = ("top_k", "top_p", "min_p")


@dataclass(frozen=True)
class Recording:
    """What was done while a text was written; positions count from the end of the prompt."""

    prompt: str
    length: int
    """Characters that were written after the prompt."""
    changes: tuple[tuple[int, SamplingParams], ...] = ()
    """(position, params): in force from that character on; the first stands at 0."""
    written: tuple[tuple[int, str, str], ...] = ()
    """(position, kind, text): what was written by hand there, by typing or picking."""

    @classmethod
    def of(cls, transcript: Transcript) -> "Recording":
        """The ride of a text."""
        kinds = [KINDS[kind] for kind in transcript.column("kind").tolist()]
        start = next((at for at, kind in enumerate(kinds) if kind != "prompt"), len(kinds))
        before = [params for at, params in transcript.changes() if at <= start < len(kinds)]
        changes = [(0, params) for params in before[-1:]]
        changes += [(at - start, params) for at, params in transcript.changes() if at > start]
        written = []
        at = start
        for kind, run in groupby(kinds[start:]):
            stop = at + len(list(run))
            if kind != "drawn":
                written.append((at - start, kind, transcript.text(at, stop)))
            at = stop
        return cls(transcript.prompt_info.prompt, len(kinds) - start, tuple(changes), tuple(written))

    def plain(self) -> dict[str, Any]:
        """Plain data for JSON: of each change only the settings that are new."""
        changes, before = [], dict[str, Any]()
        for at, params in self.changes:
            values = plain_params(params)
            changes.append([at, {name: value for name, value in values.items() if before.get(name, ...) != value}])
            before = values
        return {
            "format": FORMAT,
            "prompt": self.prompt,
            "length": self.length,
            "settings": changes,
            "written": [list(one) for one in self.written],
        }

    def to_json(self) -> str:
        """The ride as the text of a file."""
        return json.dumps(self.plain())

    @classmethod
    def from_json(cls, data: str | bytes) -> "Recording":
        """The ride in a file.

        Raises:
            SettingError: it is none, is larger than LARGEST, or asks for what cannot be.
        """
        if len(data) > LARGEST:
            raise SettingError(f"a ride file has at most {LARGEST:,} bytes, not {len(data):,}")
        try:
            plain = json.loads(data, parse_constant=_refuse)
        except (ValueError, RecursionError):
            raise SettingError("this is no ride: not the JSON that charplay writes") from None
        return cls.from_plain(plain)

    @classmethod
    def from_plain(cls, plain: object) -> "Recording":
        """The ride that `plain` made; SettingError as `from_json`."""
        _check(isinstance(plain, dict), "a ride is an object", plain)
        found = cast("dict[str, Any]", plain)
        _check(found.get("format") == FORMAT, f"this charplay plays rides of format {FORMAT}", found.get("format"))
        names = {"format", "prompt", "length", "settings", "written"}
        _check(found.keys() == names, f"a ride has {', '.join(sorted(names))}", sorted(found))
        _check(isinstance(found["prompt"], str), "a ride's prompt is a text", found["prompt"])
        length = found["length"]
        _check(_is_whole(length) and 0 <= length <= LONGEST, f"a ride's length lies within 0 and {LONGEST:,}", length)
        changes: list[tuple[int, SamplingParams]] = []
        params: dict[str, object] = {}
        for at, values in _entries(found["settings"], 2, length):
            _check(isinstance(values, dict), "a change is an object of settings", values)
            params = params | values
            changes.append((at, parse_params(params)))
        _check(not length or bool(changes and changes[0][0] == 0), "a ride's settings begin at 0", found["settings"])
        written: list[tuple[int, str, str]] = []
        for at, kind, text in _entries(found["written"], 3, length):
            _check(kind in ("typed", "picked"), "what is written by hand is typed or picked", kind)
            _check(isinstance(text, str) and 0 < len(text) <= length - at, "a text fits into its ride", text)
            _check(not written or written[-1][0] + len(written[-1][2]) <= at, "texts do not overlap", text)
            written.append((at, kind, text))
        return cls(found["prompt"], length, tuple(changes), tuple(written))


def replay(generator: TextGenerator, ride: Recording, seed: int | None = None) -> Iterator[GeneratedChar]:
    """Begin anew from a ride's prompt, and write as it was ridden: one character for each that is asked for.

    With the same model the same text comes, to the bit; another model, or another seed, makes another text of it. What
    was written by hand is written again, as far as the model knows it. At the end the last settings stay.
    """
    changes = {at: params if seed is None else replace(params, seed=seed) for at, params in ride.changes}
    generator.params = changes.get(0, generator.params)
    generator.restart(ride.prompt)
    return _replay(generator, ride.length, changes, {at: (kind, text) for at, kind, text in ride.written})


def _replay(
    generator: TextGenerator, length: int, changes: Mapping[int, SamplingParams], written: Mapping[int, tuple[str, str]]
) -> Iterator[GeneratedChar]:
    by_hand: dict[int, tuple[str, str]] = {
        start + number: (kind, character)
        for start, (kind, text) in written.items()
        for number, character in enumerate(text)
    }
    for at in range(length):
        if at in changes:
            generator.params = changes[at]
        if at not in by_hand:
            yield generator.next()
        else:
            kind, character = by_hand[at]
            if not generator.write(character, kind):
                yield generator.transcript[len(generator.transcript) - 1]


def plain_params(params: SamplingParams) -> dict[str, Any]:
    """Settings as JSON has them; a bias of null forbids."""
    values = {field.name: getattr(params, field.name) for field in fields(params)}
    values["bias"] = [[character, None if math.isinf(nats) else nats] for character, nats in params.bias]
    return values


def parse_params(values: Mapping[str, object]) -> SamplingParams:
    """Return the settings that `plain_params` made plain; SettingError where they are none."""
    names = [field.name for field in fields(SamplingParams)]
    _check(sorted(values) == sorted(names), f"settings are {', '.join(names)}", ", ".join(map(str, values)))
    for name, value in values.items():
        if name != "bias":
            right = _is_whole(value) if name in _WHOLE else _is_number(value)
            _check(right or (value is None and name in _OPTIONAL), f"{name} is a number", value)
    return SamplingParams(**cast("dict[str, Any]", {**values, "bias": _bias(values["bias"])}))


def _bias(value: object) -> tuple[tuple[str, float], ...]:
    rule = "a bias is a list of characters with a number, or null, each"
    _check(isinstance(value, list), rule, value)
    found = []
    for entry in cast("list[Any]", value):
        _check(isinstance(entry, list) and len(entry) == 2 and isinstance(entry[0], str), rule, entry)
        _check(entry[1] is None or _is_number(entry[1]), rule, entry)
        found.append((entry[0], -math.inf if entry[1] is None else entry[1]))
    return tuple(found)


def _entries(value: object, size: int, length: int) -> Iterator[list[Any]]:
    """Lists of some size that begin with rising positions within the length."""
    _check(isinstance(value, list), "a ride's changes are a list", value)
    before = -1
    for entry in cast("list[Any]", value):
        _check(isinstance(entry, list) and len(entry) == size, f"each of a ride's changes has {size} parts", entry)
        at = entry[0]
        _check(_is_whole(at) and before < at < length, "a ride's positions rise, and lie within it", at)
        before = at
        yield entry


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _check(holds: bool, rule: str, value: object) -> None:  # noqa: FBT001  (a condition, not an option)
    if not holds:
        shown = repr(value)
        raise SettingError(f"{rule}, not {shown if len(shown) <= 80 else shown[:77] + '...'}")


def _refuse(constant: str) -> None:
    raise ValueError(constant)
