"""Files of Keras are read defensively, and what charplay does not compute is refused in a sentence."""

import builtins
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import h5py
import numpy as np
import pytest
from keras_models import (
    FORMS,
    Layer,
    dense,
    description,
    embedding,
    gru,
    lstm,
    named,
    stacked,
    write_archive,
    write_numbered,
    write_numbered_weights,
    write_weights,
    write_whole,
)  # fmt: skip

from charplay.runs import keras_file
from charplay.runs.keras_file import is_keras_file, read_keras_file
from charplay.runs.plain_layers import WeightsError, read_plain_layers

RNG = np.random.default_rng(4)
KERNEL = "model_weights/lstm/lstm/lstm_cell/kernel:0"
RECURRENT = "model_weights/lstm/lstm/lstm_cell/recurrent_kernel:0"


def refusal(path: Path) -> str:
    """The sentence with which a file is refused."""
    with pytest.raises(WeightsError) as caught:
        read_plain_layers(read_keras_file(path))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def link_elsewhere(file: Any) -> None:
    file.move(KERNEL, "kept")
    file[KERNEL] = h5py.SoftLink("/kept")


def link_to_another_file(file: Any) -> None:
    del file[KERNEL]
    file[KERNEL] = h5py.ExternalLink("secret.h5", "kernel")


def link_a_group_away(file: Any) -> None:
    file.move("model_weights/lstm/lstm", "kept")
    file["model_weights/lstm/lstm"] = h5py.SoftLink("/kept")


def lie_in_another_file(file: Any) -> None:
    shape = file[KERNEL].shape
    del file[KERNEL]
    file.create_dataset(KERNEL, shape, "f4", external=[("secret.bin", 0, h5py.h5f.UNLIMITED)])


def be_virtual(file: Any) -> None:
    shape = file[KERNEL].shape
    layout = h5py.VirtualLayout(shape, "f4")
    layout[:] = h5py.VirtualSource("secret.h5", "kernel", shape)
    del file[KERNEL]
    file.create_virtual_dataset(KERNEL, layout)


def another(**how: Any) -> Callable[[Any], None]:
    def changed(file: Any) -> None:
        del file[KERNEL]
        file.create_dataset(KERNEL, **how)

    return changed


def be_everywhere(file: Any) -> None:
    """One array of a megabyte, a hundred times: the file has its bytes once."""
    del file["model_weights"]
    root = file.create_group("model_weights")
    root.attrs["layer_names"] = [b"lstm"]
    root["lstm/all"] = np.zeros((512, 512), np.float32)
    root["lstm"].attrs["weight_names"] = [b"all"] * 100


def name_paths(*paths: str) -> Callable[[Any], None]:
    def changed(file: Any) -> None:
        file["model_weights/lstm"].attrs["weight_names"] = [path.encode() for path in paths]

    return changed


def names_of(value: Any, dtype: Any = None) -> Callable[[Any], None]:
    def changed(file: Any) -> None:
        del file["model_weights"].attrs["layer_names"]
        file["model_weights"].attrs.create("layer_names", value, dtype=dtype)

    return changed


def spread(file: Any) -> None:
    """A list of texts of any length, which may all be one that fills the file."""
    file["filling"] = np.zeros(2**23, np.float32)
    names_of(["x" * 9] * 150, h5py.string_dtype())(file)


HOSTILE: list[tuple[Callable[[Any], None], str]] = [
    (link_elsewhere, "is a link to another place"),
    (link_to_another_file, "is a link to another place"),
    (link_a_group_away, "is a link to another place"),
    (lie_in_another_file, "is packed, or lies elsewhere"),
    (be_virtual, "is packed, or lies elsewhere"),
    (another(data=np.zeros((3, 20), "f4"), compression="gzip"), "is packed, or lies elsewhere"),
    (another(shape=(2**20, 2**20), dtype="f4"), "for which the file has no room"),
    (another(shape=(2**40, 2**20), dtype="f8"), "for which the file has no room"),
    (another(data=["a", "b"]), "holds object instead of floating-point"),
    (another(shape=(1,), dtype=h5py.ref_dtype), "holds object instead of floating-point"),
    (another(data=np.zeros((3, 20), "i4")), "holds int32 instead of floating-point"),
    (another(data=np.zeros((3, 20), "c8")), "holds complex64 instead of floating-point"),
    (another(data=np.float32(3)), r"has the shape \(\)"),
    (another(data=h5py.Empty("f4")), "has the shape None"),
    (another(data=np.zeros((3, 20, 1), "f4")), "weights have one or two dimensions"),
    (another(data=np.zeros((0, 20), "f4")), "weights have one or two dimensions"),
    (another(data=np.zeros((3, 19), "f4")), "as no LSTM has"),
    (be_everywhere, "for which the file has no room"),
    (name_paths("../lstm/lstm/lstm_cell/kernel:0"), "is missing"),
    (name_paths("/optimizer_weights"), "is missing"),
    (name_paths("lstm", "lstm"), "is missing"),
    (name_paths("nothing"), "is missing"),
    (names_of(3.5), "holds something else than texts"),
    (names_of([b"x"] * 201), "holds 201 names"),
    (spread, "holds 150 names"),
]


@pytest.mark.parametrize(("change", "sentence"), HOSTILE)
def test_a_hostile_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Any], None], sentence: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with h5py.File("secret.h5", "w") as secret:
        secret["kernel"] = np.ones((3, 20), np.float32)
    Path("secret.bin").write_bytes(np.ones((3, 20), np.float32).tobytes())
    write_whole(tmp_path / "model.h5", stacked())
    with h5py.File(tmp_path / "model.h5", "r+") as file:
        change(file)
    with pytest.raises(WeightsError, match=sentence):
        read_plain_layers(read_keras_file(tmp_path / "model.h5"))
    assert refusal(tmp_path / "model.h5")


def test_a_group_with_thousands_of_things_is_refused(tmp_path: Path) -> None:
    write_numbered_weights(tmp_path / "model.weights.h5", stacked())
    with h5py.File(tmp_path / "model.weights.h5", "r+") as file:
        for number in range(300):
            file.create_group(f"layers/lstm_{number + 1}")
    assert "holds 304 things" in refusal(tmp_path / "model.weights.h5")


def packed(path: Path, entries: dict[str, bytes], how: int = ZIP_DEFLATED) -> Path:
    with ZipFile(path, "w", how) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return path


def inner(tmp_path: Path) -> bytes:
    write_numbered_weights(tmp_path / "inner.h5", stacked())
    return (tmp_path / "inner.h5").read_bytes()


def test_an_archive_is_taken_packed_or_not_and_nothing_is_unpacked_to_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = inner(tmp_path)
    monkeypatch.chdir(tmp_path)
    entries = {
        "config.json": json.dumps(description(stacked())).encode(), "model.weights.h5": weights,
        "../escaped.json": b"{}", "/tmp/escaped.h5": b"x", "assets/run.py": b"raise SystemExit",
    }  # fmt: skip
    before = set(tmp_path.iterdir())
    network = read_plain_layers(read_keras_file(packed(tmp_path / "model.keras", entries)))
    assert network.hidden_size == 5
    assert set(tmp_path.iterdir()) - before == {tmp_path / "model.keras"}
    assert not (tmp_path.parent / "escaped.json").exists()


def test_an_archive_that_is_none_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weights, config = inner(tmp_path), json.dumps(description(stacked())).encode()
    path = tmp_path / "model.keras"
    assert "a zip with no model.weights.h5" in refusal(packed(path, {"config.json": config}))
    assert "a zip with no config.json" in refusal(packed(path, {"model.weights.h5": weights}))
    assert "no sound HDF5 file" in refusal(packed(path, {"config.json": config, "model.weights.h5": b"no" * 99}))
    assert "no sound HDF5 file" in refusal(packed(path, {"config.json": config, "model.weights.h5": weights[:900]}))
    assert "no sound .keras archive" in refusal(packed(path, {"config.json": b"\xff", "model.weights.h5": weights}))
    assert "is not JSON" in refusal(packed(path, {"config.json": b"[" * 9**5, "model.weights.h5": weights}))
    with pytest.warns(UserWarning, match="Duplicate"), ZipFile(path, "a") as archive:
        archive.writestr("config.json", config)
    assert "a zip with 2 config.json" in refusal(path)
    bomb = packed(path, {"config.json": b"[" * (keras_file.MAX_CONFIG_BYTES + 1), "model.weights.h5": weights})
    assert bomb.stat().st_size < 50_000
    assert "its config.json has 4,194,305 bytes" in refusal(bomb)
    monkeypatch.setattr(keras_file, "MAX_WEIGHTS_BYTES", len(weights) - 1)
    assert "its model.weights.h5 has" in refusal(packed(path, {"config.json": config, "model.weights.h5": weights}))
    path.write_bytes(path.read_bytes()[:-30])
    assert "no sound .keras archive" in refusal(path)


def test_what_is_no_file_of_keras_is_one_sentence(tmp_path: Path) -> None:
    for name, data in {
        "empty.h5": b"",
        "noise.h5": bytes(range(256)),
        "text.keras": b"hello",
        "zip.keras": b"PK",
    }.items():
        (tmp_path / name).write_bytes(data)
        assert refusal(tmp_path / name)
    (tmp_path / "cut.h5").write_bytes(keras_file.HDF5_SIGNATURE)
    assert "no sound HDF5 file" in refusal(tmp_path / "cut.h5")
    os.mkfifo(tmp_path / "pipe.h5")
    assert "a pipe, not a file" in refusal(tmp_path / "pipe.h5")
    assert "No such file" in refusal(tmp_path / "nothing.h5")


def test_a_file_is_known_by_its_name_or_by_what_is_in_it(tmp_path: Path) -> None:
    for name, write in FORMS.items():
        write(tmp_path / name, stacked())
        assert is_keras_file((tmp_path / name).rename(tmp_path / f"{name}.backup")), name
    for name, data in {"a.pt": b"PK", "b.pt": b"", "c.pt": b"\x80\x02"}.items():
        (tmp_path / name).write_bytes(data)
        assert not is_keras_file(tmp_path / name)
    assert not is_keras_file(packed(tmp_path / "torch.pt", {"archive/data.pkl": b"x"}))
    assert not is_keras_file(tmp_path / "nothing.pt")
    assert is_keras_file(tmp_path / "MODEL.H5")


def test_without_h5py_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_archive(tmp_path / "model.keras", stacked())
    real = builtins.__import__

    def refusing(name: str, *others: Any) -> Any:
        if name == "h5py":
            raise ImportError(name)
        return real(name, *others)

    monkeypatch.setattr(builtins, "__import__", refusing)
    assert "pip install 'charplay[keras]'" in refusal(tmp_path / "model.keras")


def told(**options: Any) -> list[Layer]:
    return [embedding(RNG, 7, 3), lstm(RNG, 3, 5, **options), dense(RNG, 5, 7)]


def gated(**options: Any) -> list[Layer]:
    return [gru(RNG, 7, 5, **options), dense(RNG, 5, 7)]


BEFORE = gated(reset_after=False)
BEFORE[0].arrays["bias"] = np.zeros(15, np.float32)
INSIDE = gated()
INSIDE[0].arrays["bias"][1, -1] = 0.5
MASKED = told()
MASKED[0].options["mask_zero"] = True
OWN = {"module": "my_layers", "class_name": "function", "config": "swish", "registered_name": "swish"}
UNFIT = [lstm(RNG, 7, 5), lstm(RNG, 5, 4), dense(RNG, 4, 7)]
CUDNN = told()
CUDNN[1].arrays["bias"] = np.zeros(40, np.float32)
KERAS_1 = told()
KERAS_1[1].options = {"output_dim": 5, "activation": "tanh", "inner_activation": "hard_sigmoid"}

REFUSED: list[tuple[list[Layer], str]] = [
    (told(recurrent_activation="hard_sigmoid"), "recurrent_activation='hard_sigmoid'; Keras before 2.3"),
    (KERAS_1, "recurrent_activation='hard_sigmoid'; Keras before 2.3"),
    (told(activation="relu"), "activation='relu'; charplay's LSTM has activation='tanh'"),
    (told(activation=OWN), "activation={'module': 'my_layers'"),
    (told(go_backwards=True), "go_backwards=True"),
    (MASKED, "mask_zero=True"),
    (BEFORE, "reset_after=False; it resets before the product"),
    (INSIDE, "a bias inside the reset gate, r * (U h + b)"),
    ([Layer("Bidirectional", {"layer": {}}), *told()], "a layer Bidirectional ('bidirectional')"),
    ([Layer("Lambda", {"function": ["4wEAAAAA", None, None]}), *told()], "a layer Lambda"),
    ([Layer("SimpleRNN"), *told()], "a layer SimpleRNN"),
    ([*told(), Layer("Dense", {"activation": "relu"}, dense(RNG, 7, 7).arrays)], "ends in 'relu'"),
    ([*told(), dense(RNG, 7, 7)], "embedding, recurrent, dense, softmax, dense, softmax; charplay has"),
    ([*told(), Layer("Softmax")], "embedding, recurrent, dense, softmax, softmax; charplay has"),
    ([Layer("Activation", {"activation": "softmax"}), *told()], "charplay has an embedding or none"),
    (told()[:2], "its layers are embedding, recurrent; charplay has"),
    ([dense(RNG, 5, 7)], "its layers are dense, softmax; charplay has"),
    ([], "its layers are none; charplay has"),
    ([lstm(RNG, 7, 5), gru(RNG, 5, 5), dense(RNG, 5, 7)], "layer 2 is of another cell or size than the first"),
    (UNFIT, "layer 2 is of another cell or size than the first"),
    ([lstm(RNG, 7, 5), lstm(RNG, 7, 5), dense(RNG, 5, 7)], "layer 2 takes 7 numbers and is given 5"),
    ([lstm(RNG, 6, 5), dense(RNG, 5, 7)], "takes 6 numbers and is given 7"),
    ([embedding(RNG, 9, 3), *told()[1:]], "has the shape (9, 3)"),
    (CUDNN, "(40,), as no LSTM has"),
]


@pytest.mark.parametrize("write", [write_whole, write_archive])
@pytest.mark.parametrize(("layers", "sentence"), REFUSED)
def test_what_charplay_does_not_compute_is_refused(
    tmp_path: Path, write: Callable[[Path, list[Layer]], None], layers: list[Layer], sentence: str
) -> None:
    write(tmp_path / "model.h5", layers)
    assert sentence in refusal(tmp_path / "model.h5")


def test_weights_alone_tell_by_their_shapes_or_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights.h5"
    for write in (write_weights, write_numbered_weights):
        for layers, sentence in (
            (BEFORE, "resets before the product"),
            (INSIDE, "a bias inside the reset gate"),
            (CUDNN, "as no LSTM has"),
            ([*told(), dense(RNG, 7, 7)], "embedding, recurrent, dense, dense; charplay has"),
            (
                [Layer("Conv", {}, {"kernel": np.zeros((2, 2), "f4"), "bias": np.zeros(3, "f4")}), *told()],
                "(2, 2), (3,)",
            ),
        ):
            write(path, layers)
            assert sentence in refusal(path)
        silent = gated()
        del silent[0].arrays["bias"]
        write(path, silent)
        assert "does not tell whether it resets before" in refusal(path)
    for version in ("1.2.2", "2.2.4", "2.2.4-tf", "odd"):
        write_weights(path, told(), version)
        assert f"of Keras {version}, whose gates were hard sigmoids" in refusal(path)
    with h5py.File(path, "r+") as file:
        del file.attrs["keras_version"]
    assert "of Keras 1, whose gates" in refusal(path)
    write_weights(path, told(), "2.3.0-tf")
    assert read_keras_file(path).keys() >= {"embedding.weight", "rnn.weight_ih_l0", "output.bias"}


def test_a_model_of_a_class_of_its_own_is_read_by_its_weights_alone(tmp_path: Path) -> None:
    layers = told()
    with h5py.File(tmp_path / "model.weights.h5", "w") as file:
        write_numbered(file, layers)  # a class of its own has them at the root
        file["optimizer/vars/0"] = np.int64(3)
        file.create_group("vars")
    assert np.array_equal(read_keras_file(tmp_path / "model.weights.h5")["output.weight"], layers[2].arrays["kernel"].T)
    write_archive(tmp_path / "model.keras", layers, kind="Poet")
    assert "it is a Poet, a class of its own program's; save its weights alone" in refusal(tmp_path / "model.keras")


def test_a_class_of_somebodys_own_is_not_taken_for_one_of_keras(tmp_path: Path) -> None:
    described = description(told())
    described["config"]["layers"][1] |= {"module": "peephole.layers", "registered_name": "LSTM"}
    weights = inner(tmp_path)
    entries = {"config.json": json.dumps(described).encode(), "model.weights.h5": weights}
    assert "a layer peephole.layers.LSTM" in refusal(packed(tmp_path / "model.keras", entries))
    described["config"]["layers"][1]["module"] = "keras.layers"
    entries["config.json"] = json.dumps(described).encode()
    assert read_keras_file(packed(tmp_path / "model.keras", entries))


@pytest.mark.parametrize("inbound", [[[["embedding", 0, 0, {}]]], [], [[["lstm", 0, 0, {}], ["embedding", 0, 0, {}]]]])
def test_layers_that_are_no_chain_are_refused(tmp_path: Path, inbound: list[Any]) -> None:
    described = description(told(), kind="Functional")
    described["config"]["layers"][2]["inbound_nodes"] = inbound
    entries = {"config.json": json.dumps(described).encode(), "model.weights.h5": inner(tmp_path)}
    assert "'dense' does not read the one before it alone" in refusal(packed(tmp_path / "model.keras", entries))


@pytest.mark.parametrize(
    "described",
    [3, [], {}, {"class_name": 3}, {"class_name": "Sequential"}, {"class_name": "Sequential", "config": {"layers": 3}}]
    + [{"class_name": "Sequential", "config": [layer]} for layer in (3, {}, {"class_name": "LSTM"})]
    + [{"class_name": "Sequential", "config": [{"class_name": "LSTM", "config": {"name": [3]}, "module": 3}]}]
    + [{"class_name": "Model", "config": {"layers": [{"class_name": "LSTM", "config": {}, "inbound_nodes": 3}]}}]
    + [{"class_name": "Sequential", "config": [{"class_name": "LSTM", "config": {"activation": []}}]}]
    + [{"class_name": "Sequential", "config": [{"class_name": "Dense", "config": {"activation": [{}]}}]}],
)
def test_a_description_of_any_form_is_one_sentence(tmp_path: Path, described: Any) -> None:
    entries = {"config.json": json.dumps(described).encode(), "model.weights.h5": inner(tmp_path)}
    assert refusal(packed(tmp_path / "model.keras", entries))


def test_layers_that_the_file_lacks_are_named(tmp_path: Path) -> None:
    layers = told()
    with h5py.File(tmp_path / "model.h5", "w") as file:
        file.attrs["model_config"] = json.dumps(description([layers[0], *layers[1:2] * 2, layers[2]]))
        write_numbered(file.create_group("layers"), layers)
    assert "'lstm_1' has no weights" in refusal(tmp_path / "model.h5")


def test_keras_1_lists_the_layers_themselves(tmp_path: Path) -> None:
    layers = told()
    with h5py.File(tmp_path / "model.h5", "w") as file:
        file.attrs["model_config"] = json.dumps(
            {"class_name": "Sequential", "config": description(layers)["config"]["layers"]}
        ).encode()
        write_named_layers(file, layers)
    assert read_plain_layers(read_keras_file(tmp_path / "model.h5")).hidden_size == 5


def write_named_layers(file: Any, layers: list[Layer]) -> None:
    write_weights(Path(file.filename).with_name("weights.h5"), layers)
    with h5py.File(Path(file.filename).with_name("weights.h5")) as other:
        other.copy("/", file, "model_weights")
    assert {name for name, _ in named(layers)} <= set(file["model_weights"])
