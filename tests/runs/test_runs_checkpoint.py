"""A checkpoint comes back to the bit, or is refused with its reason."""

import json
import os
import pickle
import re
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load, save

from charplay.runs.checkpoint import Checkpoint, CheckpointError, read_checkpoint, read_header, write_checkpoint
from charplay.runs.safetensors_file import MAX_HEADER_BYTES


@pytest.mark.parametrize("cell", ["lstm", "gru"])
@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("entry", ["embedding", "one-hot", "scalar"])
def test_round_trip_to_the_bit(
    tmp_path: Path, make_checkpoint: Callable[..., Checkpoint], cell: str, layers: int, entry: str
) -> None:
    written = make_checkpoint(7, cell=cell, num_layers=layers, input=entry)
    write_checkpoint(tmp_path / "a.safetensors", written)
    read = read_checkpoint(tmp_path / "a.safetensors")
    assert read.tensors.keys() == written.tensors.keys()
    for name, tensor in written.tensors.items():
        assert read.tensors[name].dtype == np.float32
        assert read.tensors[name].tobytes() == tensor.tobytes()
    for name in ("recipe", "vocabulary", "corpus", "step", "epoch", "seconds", "train_loss", "val_loss"):
        assert getattr(read, name) == getattr(written, name)
    assert read.versions["torch"] == "2.13.0"
    assert {"charplay", "numpy", "safetensors", "python"} <= read.versions.keys()


def test_the_header_alone_says_the_same(tmp_path: Path, make_checkpoint: Callable[..., Checkpoint]) -> None:
    write_checkpoint(tmp_path / "a", make_checkpoint(3))
    whole, header = read_checkpoint(tmp_path / "a"), read_header(tmp_path / "a")
    assert header.tensors == {}
    assert all(getattr(whole, name) == getattr(header, name) for name in ("recipe", "vocabulary", "step", "versions"))


def test_any_memory_layout_is_saved_right(tmp_path: Path, make_checkpoint: Callable[..., Checkpoint]) -> None:
    plain = make_checkpoint()
    bent = {
        name: np.asfortranarray(t) if i % 2 else np.repeat(t, 2, axis=0)[::2].astype(">f4").astype(np.float32)
        for i, (name, t) in enumerate(plain.tensors.items())
    }
    bent["rnn.weight_hh_l0"] = np.ascontiguousarray(plain.tensors["rnn.weight_hh_l0"].T).T
    assert not bent["rnn.weight_hh_l0"].flags.c_contiguous
    write_checkpoint(tmp_path / "a", replace(plain, tensors=bent))
    for name, tensor in read_checkpoint(tmp_path / "a").tensors.items():
        assert np.array_equal(tensor, plain.tensors[name])


def test_the_file_is_a_plain_safetensors_file_with_one_key(
    tmp_path: Path, make_checkpoint: Callable[..., Checkpoint]
) -> None:
    write_checkpoint(tmp_path / "a", make_checkpoint(cell="gru"))
    data = (tmp_path / "a").read_bytes()
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    assert list(header["__metadata__"]) == ["charplay"]
    assert json.loads(header["__metadata__"]["charplay"])["format"] == 1
    assert load(data)["rnn.weight_ih_l0"].shape == (18, 4)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.fault("27", "53")
def test_weights_that_are_not_finite_are_not_saved(
    tmp_path: Path, make_checkpoint: Callable[..., Checkpoint], value: float
) -> None:
    path = tmp_path / "a"
    good = make_checkpoint()
    write_checkpoint(path, good)
    before = path.read_bytes()
    bad = {name: tensor.copy() for name, tensor in good.tensors.items()}
    bad["output.weight"][-1, -1] = value
    with pytest.raises(CheckpointError, match=r"output\.weight holds numbers that are not finite"):
        write_checkpoint(path, replace(good, tensors=bad))
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_weights_that_the_recipe_does_not_know_are_not_saved(
    tmp_path: Path, make_checkpoint: Callable[..., Checkpoint]
) -> None:
    good = make_checkpoint()
    for tensors in (
        dict(good.tensors) | {"more": np.zeros(1, np.float32)},
        {name: tensor for name, tensor in good.tensors.items() if name != "output.bias"},
        dict(good.tensors) | {"output.bias": good.tensors["output.bias"].astype(np.float64)},
        dict(good.tensors) | {"output.bias": good.tensors["output.bias"][:-1]},
    ):
        with pytest.raises(CheckpointError):
            write_checkpoint(tmp_path / "a", replace(good, tensors=tensors))
    assert not list(tmp_path.iterdir())


def test_a_loss_that_is_not_finite_is_not_known(tmp_path: Path, make_checkpoint: Callable[..., Checkpoint]) -> None:
    write_checkpoint(tmp_path / "a", replace(make_checkpoint(), train_loss=float("nan"), val_loss=None))
    assert read_header(tmp_path / "a").train_loss is None


def test_a_description_without_end_is_not_saved(tmp_path: Path, make_checkpoint: Callable[..., Checkpoint]) -> None:
    long = replace(make_checkpoint(), versions={"torch": "2" * MAX_HEADER_BYTES})
    with pytest.raises(CheckpointError, match="description is too long"):
        write_checkpoint(tmp_path / "a", long)


# Strangers' files. Each is refused with CheckpointError, by the header's reader too where the header shows it.


class Bomb:
    """Unpickling this drops a marker file."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return Path.touch, (self.marker,)


@pytest.mark.fault("52")
def test_pickles_are_named_and_never_opened(tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    path = tmp_path / "model.safetensors"
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        path.write_bytes(pickle.dumps(Bomb(marker), protocol))
        with pytest.raises(CheckpointError, match="pickle"):
            read_checkpoint(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(Bomb(marker)))
    with pytest.raises(CheckpointError, match="pickle or a zip"):
        read_checkpoint(path)
    assert not marker.exists()
    pickle.loads(pickle.dumps(Bomb(marker)))
    assert marker.exists(), "the payload itself must work, or this test could not fail"


def rewritten(data: bytes, change: Callable[..., Any]) -> bytes:
    """The file with its metadata's JSON value changed."""
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    value = json.loads(header["__metadata__"]["charplay"])
    changed = change(value)
    return save(load(data), metadata={"charplay": changed if isinstance(changed, str) else json.dumps(value)})


CHANGES = {
    "newer": (lambda v: v.update(format=2), r"needs a newer charplay \(format 2; this one reads 1\)"),
    "no format": (lambda v: v.pop("format"), "format"),
    "absurd format": (lambda v: v.update(format=10**400), "format"),
    "true format": (lambda v: v.update(format=True), "format"),
    "unknown cell": (lambda v: v["recipe"].update(cell="perceptron"), "cell"),
    "unknown field": (lambda v: v["recipe"].update(colour="red"), "colour"),
    "other cell": (lambda v: v["recipe"].update(cell="gru"), r"rnn\.weight_ih_l0 is F32 \(24, 4\)"),
    "open size": (lambda v: v["recipe"].update(hidden_size="auto"), "hidden_size"),
    "other size": (lambda v: v["recipe"].update(hidden_size=7), r"rnn\.weight"),
    "huge size": (lambda v: v["recipe"].update(hidden_size=8192, num_layers=8), r"rnn\.weight"),
    "more layers": (lambda v: v["recipe"].update(num_layers=2), "l1 is missing"),
    "other input": (lambda v: v["recipe"].update(input="one-hot"), "embedding.weight"),
    "twice": (lambda v: v.update(vocabulary="aabcdefg"), "vocabulary"),
    "unsorted": (lambda v: v.update(vocabulary="bacdefgh"), "vocabulary"),
    "shorter": (lambda v: v.update(vocabulary="abc"), r"embedding\.weight"),
    "surrogate": (lambda v: v.update(vocabulary="\n abcdeé\ud800"), "description"),
    "no vocabulary": (lambda v: v.update(vocabulary=""), "vocabulary"),
    "nan": (lambda v: v.update(epoch=float("nan")), "epoch"),
    "negative": (lambda v: v.update(step=-1), "step"),
    "giant": (lambda v: v.update(step=10**400), "step"),
    "no corpus": (lambda v: v.pop("corpus"), "corpus"),
    "list": (lambda v: "[]", "description"),
    "key twice": (lambda v: '{"format": 1, "format": 1}', "twice"),
    "deep": (lambda v: "[" * 200_000, "description"),
    "long number": (lambda v: '{"format": ' + "9" * 100_000 + "}", "description"),
}


@pytest.mark.parametrize(("change", "reason"), CHANGES.values(), ids=CHANGES)
@pytest.mark.fault("53", "55")
def test_a_description_that_lies_is_refused(
    tmp_path: Path, make_checkpoint: Callable[..., Checkpoint], change: Callable[..., Any], reason: str
) -> None:
    path = tmp_path / "a"
    write_checkpoint(path, make_checkpoint())
    path.write_bytes(rewritten(path.read_bytes(), change))
    for read in (read_checkpoint, read_header):
        with pytest.raises(CheckpointError) as refused:
            read(path)
        sentence = str(refused.value).removeprefix(str(path))
        assert re.search(reason, sentence)
        assert len(sentence) < 400


def test_only_files_are_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "nothing", tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(CheckpointError):
            read_checkpoint(path)


def test_weights_that_are_not_finite_are_not_read(tmp_path: Path, make_checkpoint: Callable[..., Checkpoint]) -> None:
    path = tmp_path / "a"
    write_checkpoint(path, make_checkpoint())
    data = bytearray(path.read_bytes())
    data[-4:] = np.float32("nan").tobytes()
    path.write_bytes(data)
    with pytest.raises(CheckpointError, match="not finite"):
        read_checkpoint(path)


def with_header(header: bytes, length: int | None = None, rest: bytes = b"") -> bytes:
    return (len(header) if length is None else length).to_bytes(8, "little") + header + rest


HOSTILE = {
    "empty": b"",
    "short": b"\x08\0\0",
    "length of all": b"\xff" * 8,
    "length past the end": with_header(b"{}", 1000),
    "length past the limit": with_header(b"{" * 16, MAX_HEADER_BYTES + 1),
    "length nothing": with_header(b"", 0),
    "not JSON": with_header(b"{nonsense"),
    "not UTF-8": with_header(b'{"\xff": 1}'),
    "another program": save({"a": np.zeros(3, np.float32)}),
    "metadata is a list": with_header(b'{"__metadata__": []}'),
    "deep": with_header(b'{"a":' * 150_000),
    "many names": with_header(b"{" + b",".join(b'"%d":{}' % i for i in range(60_000)) + b"}"),
    "twice": with_header(b'{"__metadata__":{"charplay":"{}"},"__metadata__":{"charplay":"{}"}}'),
    "huge shape": with_header(
        b'{"__metadata__":{"charplay":"{}"},"a":{"dtype":"F32","shape":[1000000,1000000],"data_offsets":[0,4]}}',
        rest=b"1234",
    ),
    "many dimensions": with_header(
        b'{"__metadata__":{"charplay":"{}"},"a":{"dtype":"F32","shape":[' + b"9," * 400_000 + b"9]}}"
    ),
    "no brace": with_header(b"[]"),
    "text": b"To be, or not to be, that is the question",
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.fault("52")
def test_hostile_headers_are_refused_at_once(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a"
    path.write_bytes(data)
    begun = time.process_time()  # other work on the machine does not count
    for read in (read_checkpoint, read_header):
        with pytest.raises(CheckpointError) as refused:
            read(path)
        assert len(str(refused.value)) < 600
    assert time.process_time() - begun < 2


@pytest.mark.fault("52")
def test_hostile_headers_are_refused_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "a"
    tracemalloc.start()
    try:
        for data in HOSTILE.values():
            path.write_bytes(data)
            tracemalloc.reset_peak()
            with pytest.raises(CheckpointError):
                read_checkpoint(path)
            assert tracemalloc.get_traced_memory()[1] < 100e6
        path.write_bytes(with_header(b"{", 2**30))
        os.truncate(path, 2**31)  # a hole, no disk is used
        with pytest.raises(CheckpointError):
            read_checkpoint(path)
        assert tracemalloc.get_traced_memory()[1] < 100e6
    finally:
        tracemalloc.stop()


def test_a_file_of_many_gigabytes_is_refused_by_its_header(tmp_path: Path) -> None:
    path = tmp_path / "a"
    header = b'{"__metadata__":{"charplay":"{}"},"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}'
    path.write_bytes(with_header(header))
    with path.open("r+b") as file:
        file.truncate(50 * 2**30)  # a hole, no disk is used
    with pytest.raises(CheckpointError, match="holds"):
        read_checkpoint(path)


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory, make_checkpoint: Callable[..., Checkpoint]) -> bytes:
    path = tmp_path_factory.mktemp("sound") / "a.safetensors"
    write_checkpoint(path, make_checkpoint())
    return path.read_bytes()


@pytest.fixture(scope="session")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scratch") / "fuzzed.safetensors"


def outcome(path: Path, data: bytes) -> str:
    """`read` or `refused`; anything else is an exception, and the test's failure."""
    path.write_bytes(data)
    try:
        read_checkpoint(path)
    except CheckpointError:
        return "refused"
    return "read"


def test_a_truncated_file_is_refused_wherever_it_ends(sound: bytes, scratch: Path) -> None:
    assert outcome(scratch, sound) == "read"
    for end in range(0, len(sound), 61):
        assert outcome(scratch, sound[:end]) == "refused"
    assert outcome(scratch, sound + b"\0") == "refused"


@settings(max_examples=200, deadline=1000)
@given(st.data())
def test_flipped_bytes_never_do_worse_than_being_refused(sound: bytes, scratch: Path, data: st.DataObject) -> None:
    changed = bytearray(sound)
    length = 8 + int.from_bytes(sound[:8], "little")
    where = st.integers(0, length - 1) | st.integers(0, len(sound) - 1)
    for at, byte in data.draw(st.lists(st.tuples(where, st.integers(0, 255)), min_size=1, max_size=6)):
        changed[at] = byte
    outcome(scratch, bytes(changed))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=100, deadline=1000)
@given(st.data())
def test_any_value_anywhere_in_the_header_is_borne(sound: bytes, scratch: Path, data: st.DataObject) -> None:
    length = int.from_bytes(sound[:8], "little")
    header = json.loads(sound[8 : 8 + length])
    value = json.loads(header["__metadata__"]["charplay"])
    tree = data.draw(st.sampled_from([header, value, value["recipe"], value["corpus"], *header.values()]))
    tree[data.draw(st.sampled_from(sorted(tree)))] = data.draw(json_values)
    if isinstance(header.get("__metadata__"), dict) and tree is not header["__metadata__"]:
        header["__metadata__"]["charplay"] = json.dumps(value)
    outcome(scratch, with_header(json.dumps(header).encode(), rest=sound[8 + length :]))
