"""Takes the branches of a text apart into plain data and arrays, and puts them together again.

A state every so many characters goes along, and each weights' name, so that whoever has the same weights goes on to the
bit where the text was left. Without them a branch can still be read, and other weights of its network go on with it.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import ReferenceType, ref

import numpy as np
from numpy.typing import NDArray

from charplay.corpora.vocabulary import Vocabulary
from charplay.sampling.branches import KeptBranch
from charplay.sampling.errors import TranscriptError
from charplay.sampling.generator import TextGenerator
from charplay.sampling.model import CharModel, ModelSignature, State
from charplay.sampling.recording import parse_params, plain_params
from charplay.sampling.segment import EVERY, KINDS, RECORD, Segment, StateCache
from charplay.sampling.transcript import PromptInfo, Transcript

if TYPE_CHECKING:
    from charplay.sampling.params import SamplingParams

MOST_STATE_BYTES = 32_000_000
"""Of the states that go along; where they are more, those within the segments lie further apart."""
LARGEST_CODE_POINT = 0x10FFFF

Plain = dict[str, Any]
Arrays = dict[str, NDArray[Any]]


class TextArchive(NamedTuple):
    """Branches as JSON has them, and what is too much for JSON."""

    plain: Plain
    arrays: Arrays


class Loaded(NamedTuple):
    """Weights that were found again."""

    model: CharModel
    source: str
    same: bool
    """Whether they are those that wrote, to the bit; else they are others of their network."""


def archive(branches: Sequence[KeptBranch], name_weights: Callable[[CharModel, str], Plain | None]) -> TextArchive:
    """Take branches apart. `name_weights` says in plain data which weights those of a source are, where it can."""
    segments: dict[int, Segment] = {}
    for branch in branches:
        segments |= {id(segment): segment for segment in branch.transcript.segments}
    numbers = {key: number for number, key in enumerate(segments)}
    writers: dict[int, Segment] = {}
    for segment in segments.values():
        writers[id(segment.writer)] = segment  # the last source of each is what its weights are called now
    writer_numbers = {key: number for number, key in enumerate(writers)}
    params: dict[SamplingParams, int] = {}
    rows, table = [], []
    for segment in segments.values():
        indices = np.array([params.setdefault(each, len(params)) for each in segment.params], "<u4")
        own = segment.written.copy()
        own["settings"] = indices[own["settings"]] if len(own) else 0
        rows.append(own)
        table.append([segment.start, len(own), writer_numbers[id(segment.writer)], segment.continues])
    plain = {
        "sources": [segment.source for segment in segments.values()],
        "weights": [_plain_weights(segment, name_weights) for segment in writers.values()],
        "branches": [_plain_branch(branch, numbers) for branch in branches],
        "params": [plain_params(each) for each in params],
    }
    ends = {(id(branch.transcript.segments[-1]), len(branch.transcript)) for branch in branches}
    return TextArchive(
        plain,
        {
            "segments": np.array(table, "<i8").reshape(-1, 4),
            "rows": np.concatenate([np.empty(0, RECORD), *rows]).view(np.uint8),
            **_states([*segments.values()], ends),
        },
    )


def restore(
    kept: TextArchive, find_weights: Callable[[Plain], Loaded | None], memory: StateCache
) -> list[KeptBranch]:  # fmt: skip
    """Put branches together again; `find_weights` opens what `name_weights` named, or others in its place.

    Raises:
        TranscriptError: the archive is none, or damaged.
    """
    try:
        return _restored(kept, find_weights, memory)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError) as fault:
        raise TranscriptError(f"what was kept of the text is damaged ({type(fault).__name__})") from None


def _restored(
    kept: TextArchive, find_weights: Callable[[Plain], Loaded | None], memory: StateCache
) -> list[KeptBranch]:  # fmt: skip
    plain, arrays = kept
    params = [parse_params(each) for each in plain["params"]]
    families = [_family(each) for each in plain["weights"]]
    loaded = [
        _found(each["name"], family, find_weights) for each, family in zip(plain["weights"], families, strict=True)
    ]
    writers = [ref(found.model) if found is not None and found.same else _gone() for found in loaded]
    rows, segments, first = arrays["rows"].view(RECORD), [], 0
    for source, (start, length, writer, continues) in zip(plain["sources"], arrays["segments"].tolist(), strict=True):
        own = rows[first : first + length].copy()
        first += length
        family = families[writer]
        _check_rows(own, length, len(params), family)
        segment = Segment.restored(
            start, own, params.copy(),
            source=_text(source), continues=bool(continues), family=family, writer=writers[writer],
        )  # fmt: skip
        segments.append(segment)
    for number, states in _states_by_segment(arrays, segments).items():
        memory.restore(segments[number], states)
    generators = [_generator(found, memory) for found in loaded]
    numbers = arrays["segments"][:, 2].tolist()
    return [_branch(each, segments, numbers, generators, memory) for each in plain["branches"]]


def _branch(
    plain: Plain, segments: Sequence[Segment], writers: Sequence[int], generators: Sequence[TextGenerator | None],
    memory: StateCache,
) -> KeptBranch:  # fmt: skip
    way = [segments[number] for number in plain["segments"]]
    if way[0].start or any(not one.start <= after.start <= one.stop for one, after in pairwise(way)):
        raise ValueError("a branch that does not hang together")
    transcript = Transcript.restored(way, memory, PromptInfo(_text(plain["prompt"]), _text(plain["unknown"])))
    own = parse_params(plain["params"])
    generator = generators[writers[plain["segments"][-1]]]
    return KeptBranch(_text(plain["name"]), _text(plain["parent"]), transcript, own, generator)


def _plain_branch(branch: KeptBranch, numbers: Mapping[int, int]) -> Plain:
    return {
        "name": branch.name,
        "parent": branch.parent,
        "segments": [numbers[id(segment)] for segment in branch.transcript.segments],
        "prompt": branch.transcript.prompt_info.prompt,
        "unknown": branch.transcript.prompt_info.unknown,
        "params": plain_params(branch.params),
    }


def _plain_weights(segment: Segment, name_weights: Callable[[CharModel, str], Plain | None]) -> Plain:
    model, family = segment.writer(), segment.family
    return {
        "name": name_weights(model, segment.source) if model is not None else None,
        "cell": family.cell,
        "state": list(family.state),
        "dtype": family.dtype.str,
        "vocabulary": family.vocabulary.characters,
    }


def _family(plain: Plain) -> ModelSignature:
    shape, dtype = tuple(map(int, plain["state"])), np.dtype(plain["dtype"])
    return ModelSignature(_text(plain["cell"]), shape, dtype, Vocabulary(_text(plain["vocabulary"])))


def _found(
    name: Plain | None, family: ModelSignature, find_weights: Callable[[Plain], Loaded | None]
) -> Loaded | None:  # fmt: skip
    """Return what was found of that name; None where there is none, or it is another network by now."""
    found = find_weights(name) if name is not None else None
    return found if found is not None and found.model.family == family else None


def _generator(found: Loaded | None, memory: StateCache) -> TextGenerator | None:
    return TextGenerator(found.model, source=found.source, memory=memory) if found is not None else None


def _states(segments: Sequence[Segment], ends: set[tuple[int, int]]) -> Arrays:
    """The states that go along: (N, 2) segments and positions, and (N, bytes of the longest) padded with zeros."""

    def chosen(stride: int) -> list[tuple[int, int, State]]:
        return [
            (number, position, state)
            for number, segment in enumerate(segments)
            for position, state in sorted(segment.states.items())
            if position % stride == 0 or position == segment.start or (id(segment), position) in ends
        ]

    stride, found = EVERY, chosen(EVERY)
    while sum(state.nbytes for *_, state in found) > MOST_STATE_BYTES and stride < 2**40:
        stride *= 2
        found = chosen(stride)
    longest = max((state.nbytes for *_, state in found), default=0)
    packed = np.zeros((len(found), longest), np.uint8)
    for row, (*_, state) in zip(packed, found, strict=True):
        row[: state.nbytes] = np.frombuffer(state.tobytes(), np.uint8)
    places = np.array([(number, position) for number, position, _ in found], "<i8").reshape(-1, 2)
    return {"state_places": places, "states": packed}


def _states_by_segment(arrays: Arrays, segments: Sequence[Segment]) -> dict[int, dict[int, State]]:
    found: dict[int, dict[int, State]] = {}
    for (number, position), row in zip(arrays["state_places"].tolist(), arrays["states"], strict=True):
        segment = segments[number]
        if not segment.start <= position <= segment.stop:
            raise ValueError("a state outside its segment")
        _, shape, dtype, _ = segment.family
        size = int(np.prod(shape)) * dtype.itemsize
        state = np.frombuffer(row[:size].tobytes(), dtype).reshape(shape)
        if not np.isfinite(state).all():
            raise ValueError("a state that is not finite")
        found.setdefault(number, {})[position] = state
    return found


def _check_rows(rows: NDArray[np.void], length: int, params: int, family: ModelSignature) -> None:
    if len(rows) != length or (length and not params):
        raise ValueError("characters are missing")
    limits = {"character": LARGEST_CODE_POINT + 1, "id": len(family.vocabulary), "kind": len(KINDS), "settings": params}
    for field, limit in limits.items():
        if length and int(rows[field].max()) >= limit:
            raise ValueError(f"a {field} that does not exist")


def _gone() -> ReferenceType[CharModel]:
    """Return a reference to weights that are gone, another one each time."""
    return ref(CharModel.__new__(CharModel))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value
