"""Exported weights compute in torch's plain layers what they do here; and come back to the bit."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

import charplay
from charplay.cli.main import run
from charplay.corpora.vocabulary import Vocabulary
from charplay.recipes.network import tensor_shapes
from charplay.recipes.recipe import Recipe
from charplay.runs.checkpoint import Checkpoint, CorpusOrigin, write_checkpoint
from charplay.runs.home import Home
from charplay.runs.plain_layers import PLAIN_CELLS, WeightsError, plain_layers, read_plain_layers
from charplay.sampling.model import CharModel
from charplay.training.state_dict_file import pack_state_dict, read_state_dict

TEXT = "the quick brown fox jumps over the lazy dog.\n" * 8
VOCABULARY = "".join(sorted(set(TEXT)))
INPUTS: dict[str, dict[str, Any]] = {
    "embedding": {"input": "embedding", "embedding_size": 5},
    "one-hot": {"input": "one-hot", "embedding_size": None},
    "scalar": {"input": "scalar", "embedding_size": None},
    "raw scalar": {"input": "scalar", "embedding_size": None, "scalar_scale": "none"},
}


def made(cell: str = "lstm", layers: int = 2, entering: str = "embedding") -> Checkpoint:
    """A checkpoint with random weights."""
    recipe = Recipe(
        cell=cell, num_layers=layers, hidden_size=12, sequence_length=8, batch_size=2, output_dropout=0.0,
        **INPUTS[entering],
    )  # fmt: skip
    rng = np.random.default_rng(len(cell) + layers)
    shapes = tensor_shapes(recipe, len(VOCABULARY))
    tensors = {name: rng.normal(scale=0.5, size=shape).astype(np.float32) for name, shape in shapes.items()}
    origin = CorpusOrigin("pangram", "", "", len(TEXT))
    return Checkpoint(
        tensors=tensors, recipe=recipe, vocabulary=VOCABULARY, corpus=origin, step=7, epoch=0.5, seconds=3.0
    )


class Plain(nn.Module):
    """What anybody would write."""

    def __init__(self, described: dict[str, Any]) -> None:
        super().__init__()
        size = len(described["vocabulary"])
        layer = {"lstm": nn.LSTM, "gru": nn.GRU}[described["cell"]]
        self.embedding = nn.Embedding(size, described["embedding_size"])
        self.rnn = layer(described["embedding_size"], described["hidden_size"], described["num_layers"])
        self.output = nn.Linear(described["hidden_size"], size)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.output(self.rnn(self.embedding(ids))[0])
        return logits


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("CHARPLAY_HOME", str(tmp_path / "home"))
    home = Home.locate()
    home.prepare()
    return home


def logits_here(checkpoint: Checkpoint, vocabulary: str, text: str) -> np.ndarray:
    model = CharModel.load(checkpoint.tensors, checkpoint.recipe, Vocabulary(vocabulary))
    return model.read(model.zero_state(), model.vocabulary.encode(text).tolist())[1]


@pytest.mark.parametrize("entering", INPUTS)
@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("cell", PLAIN_CELLS)
def test_plain_layers_of_torch_compute_the_same(
    tmp_path: Path, home: Home, cell: str, layers: int, entering: str
) -> None:
    checkpoint = made(cell, layers, entering)
    write_checkpoint(tmp_path / "made.safetensors", checkpoint)
    assert run(["runs", "export", str(tmp_path / "made.safetensors"), str(tmp_path / "plain.pt"), "--as", "torch"]) == 0
    described = json.loads((tmp_path / "plain.json").read_text())
    plain = Plain(described)
    plain.load_state_dict(torch.load(tmp_path / "plain.pt", weights_only=True))
    ids = torch.tensor([described["vocabulary"].index(character) for character in TEXT[:100]])
    with torch.no_grad():
        there = plain(ids).numpy()
    assert np.abs(there - logits_here(checkpoint, VOCABULARY, TEXT[:100])).max() < 1e-5

    assert run(["runs", "import", str(tmp_path / "plain.pt"), "--name", "back"]) == 0
    back = charplay.load("back")
    assert back.vocabulary == VOCABULARY
    assert np.abs(back.states(TEXT[:100]).values - states(checkpoint)).max() < 1e-5


def states(checkpoint: Checkpoint) -> np.ndarray:
    model = CharModel.load(checkpoint.tensors, checkpoint.recipe, Vocabulary(VOCABULARY))
    state, found = model.zero_state(), []
    for one in model.vocabulary.encode(TEXT[:100]).tolist():
        state, _ = model.step(state, one)
        found.append(state)
    return np.array(found)


@pytest.mark.parametrize("cell", PLAIN_CELLS)
def test_weights_come_back_to_the_bit(tmp_path: Path, cell: str) -> None:
    checkpoint = made(cell)
    (tmp_path / "plain.pt").write_bytes(pack_state_dict(plain_layers(checkpoint)))
    back = read_plain_layers(read_state_dict(tmp_path / "plain.pt"))
    assert (back.cell, back.input, back.num_layers, back.hidden_size, back.embedding_size) == (
        cell,
        "embedding",
        2,
        12,
        5,
    )
    assert back.tensors.keys() == checkpoint.tensors.keys()
    for name, tensor in checkpoint.tensors.items():
        assert np.array_equal(back.tensors[name], tensor), name


def test_the_two_biases_of_a_foreign_lstm_and_its_names_and_ids_are_understood(tmp_path: Path, home: Home) -> None:
    torch.manual_seed(1)
    order = VOCABULARY[::-1]  # ids of another order than charplay's
    foreign = nn.ModuleDict({
        "encoder": nn.Embedding(len(order), 6), "lstm": nn.LSTM(6, 10, 2), "decoder": nn.Linear(10, len(order)),
    })  # fmt: skip
    torch.save({"epoch": 3, "state_dict": foreign.state_dict()}, tmp_path / "foreign.pth")
    (tmp_path / "ids.json").write_text(json.dumps({character: i for i, character in enumerate(order)}))
    arguments = [str(tmp_path / "foreign.pth"), "--vocabulary", str(tmp_path / "ids.json"), "--name", "foreign"]
    assert run(["runs", "import", *arguments]) == 0
    ids = torch.tensor([order.index(character) for character in TEXT[:60]])
    with torch.no_grad():
        there = torch.log_softmax(foreign["decoder"](foreign["lstm"](foreign["encoder"](ids))[0]), -1)
    bits = -there[torch.arange(59), ids[1:]].numpy() / np.log(2)
    assert np.abs(charplay.load("foreign").surprisal(TEXT[:60]).bits[1:] - bits).max() < 1e-4


def test_a_one_hot_network_takes_its_vocabulary_from_the_text(tmp_path: Path, home: Home) -> None:
    (home.corpora / "pangram.txt").write_text(TEXT.upper())
    rnn, linear = nn.LSTM(len(VOCABULARY), 9), nn.Linear(9, len(VOCABULARY))
    weights = {f"rnn.{name}": each for name, each in rnn.state_dict().items()}
    torch.save(weights | {f"out.{name}": each for name, each in linear.state_dict().items()}, tmp_path / "hot.pt")
    arguments = ["runs", "import", str(tmp_path / "hot.pt"), "--text", "pangram", "--cleaning", "lowercase"]
    assert run([*arguments, "--name", "hot"]) == 0
    model = charplay.load("hot")
    assert (model.recipe.input, model.recipe.cleaning, model.recipe.corpus) == ("one-hot", ("lowercase",), "pangram")
    ids = torch.tensor([VOCABULARY.index(character) for character in TEXT[:40]])
    with torch.no_grad():
        there = rnn(nn.functional.one_hot(ids, len(VOCABULARY)).float())[0].numpy()
    assert np.abs(model.states(TEXT[:40]).values[:, 0, 0] - there).max() < 1e-5


def test_an_imported_run_is_listed_and_another_starts_from_it(tmp_path: Path, home: Home) -> None:
    (home.corpora / "pangram.txt").write_text(TEXT)
    (tmp_path / "plain.pt").write_bytes(pack_state_dict(plain_layers(made(layers=1))))
    assert run(["runs", "import", str(tmp_path / "plain.pt"), "--text", "pangram", "--name", "old"]) == 0
    assert [(each.name, each.finished) for each in charplay.list_runs()][:1] == [("old", True)]
    assert run(["runs", "show", "old"]) == 0
    new = charplay.train("pangram", start_from="old", name="new", steps=2, device="cpu", threads=1)
    assert new.result().steps == 2
    assert charplay.load("new").recipe.hidden_size == 12
    with pytest.raises(charplay.CharplayError, match="old"):
        charplay.resume("old", steps="+2").result()
    assert charplay.load("old").sample("the ", 5).continuation  # what was there is there


class Runs:
    """What a hostile pickle would do."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return (exec, ("open('ran', 'w')",))


def test_nothing_in_a_file_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    torch.save({"rnn.weight_ih_l0": Runs()}, "evil.pt")
    torch.save(nn.LSTM(2, 3), "module.pt")
    torch.save({"step": 3}, "numbers.pt")
    Path("noise.pt").write_bytes(bytes(range(256)) * 9)
    Path("empty.pt").write_bytes(b"")
    for name in ("evil.pt", "module.pt", "numbers.pt", "noise.pt", "empty.pt", "nothing.pt", "."):
        with pytest.raises(WeightsError, match=f"^{name}"):
            read_state_dict(Path(name))
    assert not Path("ran").exists()


def changed(**tensors: Any) -> dict[str, np.ndarray]:
    """Plain layers, some of them other ones or, where None, gone."""
    all_of_them = plain_layers(made("gru")) | {name.replace("__", "."): each for name, each in tensors.items()}
    return {name: tensor for name, tensor in all_of_them.items() if tensor is not None}


ONES = np.ones(36, np.float32)


@pytest.mark.parametrize(
    ("weights", "sentence"),
    [
        (changed(rnn__bias_hh_l1=np.ones(35)), "layer 2 is of another cell or size than the first"),
        (changed(rnn__bias_ih_l0=np.ones((36, 1))), "layer 1 is of another cell or size than the first"),
        (changed(rnn__weight_hh_l1=np.ones((32, 12))), "layer 2 is of another cell or size than the first"),
        (changed(rnn__weight_hh_l1=np.ones((36, 11))), r"rnn.weight_hh_l1 has the shape \(36, 11\)"),
        (changed(rnn__weight_hh_l0=ONES), "weight_hh_l0 is no matrix"),
        (changed(output__weight=None), "'output' has no matrix of weights"),
        (changed(output__bias=np.ones(3)), r"output.bias has the shape \(3,\)"),
        (changed(embedding__weight=ONES), "'embedding' has no matrix of weights"),
        (changed(embedding__weight=np.ones((28, 5))), r"embedding.weight has the shape \(28, 5\)"),
        (changed(output__bias=np.full(29, np.nan)), "output.bias holds numbers that are not finite"),
        (changed(rnn__bias_hh_l1=ONES), "a bias inside the reset gate"),
        (changed(rnn__weight_ih_l0_reverse=ONES), "bidirectional or projected"),
        (changed(rnn__weight_hr_l0=ONES), "bidirectional or projected"),
        (changed(rnn__weight_ih_l0=None), "no stack of recurrent layers"),
        (changed(rnn__weight_hh_l1=None), "lack weight_hh_l1"),
        (changed(rnn__weight_hh_l0=np.ones((12, 12))), "12 rows for 12 units"),
        (changed(output__bias=None), "no linear output"),
        (changed(more__weight=ONES, more__bias=ONES), "2 linear outputs"),
        (changed(more__weight=ONES), "2 embeddings"),
        (changed(embedding__weight=np.ones((len(VOCABULARY), 4))), "takes 5 numbers and is given 4"),
        (changed(embedding__weight=None), "takes 5 numbers and is given"),
        ({}, "no stack of recurrent layers"),
    ],
)
def test_what_plain_layers_cannot_be_is_one_sentence(weights: dict[str, np.ndarray], sentence: str) -> None:
    with pytest.raises(WeightsError, match=sentence):
        read_plain_layers(weights)


def test_a_cell_that_torch_does_not_have_is_refused() -> None:
    checkpoint = made()
    with pytest.raises(WeightsError, match="no plain layer for the cell other"):
        plain_layers(replace(checkpoint, recipe=checkpoint.recipe.model_copy(update={"cell": "other"})))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--text", "pangram"], "the weights know 29 characters and there are 30"),
        (["--vocabulary", "wrong.json"], "lists no characters"),
        (["--vocabulary", "twice.json"], "lists a character twice"),
        (["--vocabulary", "noise.json"], "is not JSON"),
        ([], "plain.json cannot be read"),
        (["--text", "pangram", "--vocabulary", "x.json"], "say the same thing"),
        (["--cleaning", "lowercase"], "--cleaning is for --text"),
        (["--text", "pangram", "--cleaning", "lowercas"], "did you mean 'lowercase'"),
    ],
)
def test_a_vocabulary_that_does_not_fit_is_one_sentence(
    tmp_path: Path, home: Home, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str],
    arguments: list[str], sentence: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    (home.corpora / "pangram.txt").write_text(TEXT + "é")
    Path("plain.pt").write_bytes(pack_state_dict(plain_layers(made())))
    Path("wrong.json").write_text('{"vocabulary": 3}')
    Path("twice.json").write_text('["a", "a"]')
    Path("noise.json").write_bytes(b"\xff{")
    assert run(["runs", "import", "plain.pt", *arguments]) in {1, 2}
    assert sentence in capfd.readouterr().err
    assert not list(home.checkpoints.iterdir())
