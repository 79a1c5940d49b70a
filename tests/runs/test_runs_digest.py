"""A file whose numbers changed on the disk is refused, wherever that is; one from before there were digests is read."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load, save

from charplay.runs.checkpoint import Checkpoint, CheckpointError, read_checkpoint, read_header, write_checkpoint
from charplay.runs.run import Run
from charplay.runs.store import DEMO


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory, make_checkpoint: Callable[..., Checkpoint]) -> Path:
    path = tmp_path_factory.mktemp("digest") / "a.safetensors"
    write_checkpoint(path, make_checkpoint(2))
    return path


@pytest.mark.fault("52", "53")
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_one_bit_of_one_weight_is_noticed(
    written: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    sound = written.read_bytes()
    first = 8 + int.from_bytes(sound[:8], "little")
    at, bit = data.draw(st.integers(first, len(sound) - 1)), data.draw(st.integers(0, 7))
    bent = bytearray(sound)
    bent[at] ^= 1 << bit
    path = written.with_name("bent.safetensors")
    path.write_bytes(bent)
    with pytest.raises(CheckpointError, match=r"not those that were written|not finite"):
        read_checkpoint(path)


@pytest.mark.fault("52")
def test_a_resume_file_is_held_to_its_digest_too(make_run: Callable[..., Run]) -> None:
    run = make_run()
    run.write_resume({"a": np.arange(5), "b": np.array(1.5, np.float32), "c": np.zeros((0, 3))}, {"step": 1})
    arrays, state = run.read_resume() or ({}, {})
    assert (sorted(arrays), state) == (["a", "b", "c"], {"step": 1})
    path = run.folder / "resume.safetensors"
    bent = bytearray(path.read_bytes())
    bent[-1] ^= 1
    path.write_bytes(bent)
    with pytest.raises(CheckpointError, match="not those that were written"):
        Run.open(run.folder).read_resume()


def test_a_file_without_a_digest_is_read_as_before(written: Path) -> None:
    data = written.read_bytes()
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    value = json.loads(header["__metadata__"]["charplay"])
    del value["sha256"], value["description_sha256"]
    old = written.with_name("old.safetensors")
    old.write_bytes(save(load(data), metadata={"charplay": json.dumps(value)}))
    assert (read_checkpoint(old).step, read_header(old).digest) == (2, "")
    assert read_header(written).digest


def as_written(path: Path, sound: Checkpoint) -> bool:
    """Whether a file is refused, or read as exactly what was written."""
    try:
        found = read_checkpoint(path)
    except CheckpointError:
        return True
    same = all(np.array_equal(found.tensors[name], tensor) for name, tensor in sound.tensors.items())
    facts = ("recipe", "vocabulary", "corpus", "step", "epoch", "seconds", "train_loss", "val_loss", "versions")
    return same and all(getattr(found, name) == getattr(sound, name) for name in facts)


def with_one_bit_changed(sound: bytes, at: int, bit: int) -> bytes:
    bent = bytearray(sound)
    bent[at] ^= 1 << bit
    return bytes(bent)


@pytest.mark.fault("52", "53")
def test_one_bit_of_the_description_is_noticed_too(written: Path) -> None:
    sound, made = written.read_bytes(), read_checkpoint(written)
    first = 8 + int.from_bytes(sound[:8], "little")
    path = written.with_name("bent-description.safetensors")
    for at in range(first):
        path.write_bytes(with_one_bit_changed(sound, at, at % 7))
        assert as_written(path, made), at


@pytest.mark.fault("52")
def test_a_letter_of_the_vocabulary_is_not_taken_for_another(written: Path) -> None:
    data, made = written.read_bytes(), read_checkpoint(written)
    last = made.vocabulary[-1]
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    value = json.loads(header["__metadata__"]["charplay"])
    value["vocabulary"] = made.vocabulary[:-1] + chr(ord(last) + 1)
    path = written.with_name("other-letter.safetensors")
    path.write_bytes(save(load(data), metadata={"charplay": json.dumps(value)}))
    with pytest.raises(CheckpointError, match="not the one that was written"):
        read_checkpoint(path)
    with pytest.raises(CheckpointError, match="not the one that was written"):
        read_header(path)


@pytest.mark.fault("52")
@settings(max_examples=100, deadline=None)
@given(st.data())
def test_the_demo_that_comes_along_is_held_to_its_digests(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    sound, made = DEMO.read_bytes(), read_checkpoint(DEMO)
    assert made.digest
    header = 8 + int.from_bytes(sound[:8], "little")
    at = data.draw(st.one_of(st.integers(0, 7), st.integers(8, header - 1), st.integers(header, len(sound) - 1)))
    path = tmp_path_factory.getbasetemp() / "bent-demo.safetensors"
    path.write_bytes(with_one_bit_changed(sound, at, data.draw(st.integers(0, 7))))
    if at >= header:
        with pytest.raises(CheckpointError, match=r"not those that were written|not finite"):
            read_checkpoint(path)
    assert as_written(path, made)
