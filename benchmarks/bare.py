"""The loops that training is measured against: what anyone would write with torch, and nothing besides.

They learn from the same ids in the same shapes with the same optimizer and clipping, and keep no books.
"""

import time
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from charplay.recipes.recipe import Recipe


def size(value: object) -> int:
    """A size that the recipe names."""
    assert isinstance(value, int)
    return value


def steps_a_second(step: Callable[[], None], seconds: float, device: torch.device) -> float:
    """Take steps for so long."""
    start, steps = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        step()
        steps += 1
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return steps / (time.perf_counter() - start)


class BareStreams:
    """Embedding, LSTM, linear layer, cross-entropy, AdamW; B streams with carried state, T characters a step."""

    def __init__(self, recipe: Recipe, ids: np.ndarray, vocabulary_size: int, device: torch.device) -> None:
        hidden, embedded = size(recipe.hidden_size), size(recipe.embedding_size)
        self._length, batch = size(recipe.sequence_length), size(recipe.batch_size)
        self._clip = recipe.clip_norm or float("inf")
        share = len(ids) // batch
        streams = ids[: share * batch].reshape(batch, share).T.astype(np.int64)
        self._text = torch.from_numpy(np.ascontiguousarray(streams)).to(device)
        self._embedding = nn.Embedding(vocabulary_size, embedded).to(device)
        self._rnn = nn.LSTM(embedded, hidden).to(device)
        self._output = nn.Linear(hidden, vocabulary_size).to(device)
        modules = (self._embedding, self._rnn, self._output)
        self._parameters = [parameter for module in modules for parameter in module.parameters()]
        self._optimizer = torch.optim.AdamW(self._parameters, lr=1e-3, weight_decay=0, fused=True)
        self._state: tuple[Tensor, Tensor] | None = None
        self._at = 0

    def step(self) -> None:
        """One step of learning."""
        if self._at + self._length >= len(self._text):
            self._at = 0
        ids = self._text[self._at : self._at + self._length + 1]
        self._at += self._length
        values, (hidden, cell) = self._rnn(self._embedding(ids[:-1]), self._state)
        self._state = hidden.detach(), cell.detach()
        loss = functional.cross_entropy(self._output(values).flatten(0, 1), ids[1:].flatten())
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self._parameters, self._clip)
        self._optimizer.step()


class BareWindows:
    """One-hot LSTM that predicts the character after a shuffled window, all windows cut beforehand; RMSprop."""

    def __init__(self, recipe: Recipe, ids: np.ndarray, vocabulary_size: int, device: torch.device) -> None:
        length, stride = size(recipe.sequence_length), size(recipe.stride)
        windows = np.lib.stride_tricks.sliding_window_view(ids, length + 1)[::stride][: recipe.window_limit]
        self._windows = torch.from_numpy(np.ascontiguousarray(windows, dtype=np.int64)).to(device)
        self._symbols, self._batch, hidden = vocabulary_size, size(recipe.batch_size), size(recipe.hidden_size)
        self._rnn = nn.LSTM(vocabulary_size, hidden, batch_first=True).to(device)
        self._output = nn.Linear(hidden, vocabulary_size).to(device)
        self._optimizer = torch.optim.RMSprop(
            [*self._rnn.parameters(), *self._output.parameters()], lr=1e-3, alpha=recipe.decay, eps=recipe.epsilon
        )
        self._order: list[Tensor] = []

    def step(self) -> None:
        """One step of learning."""
        if not self._order:
            self._order = list(torch.split(torch.randperm(len(self._windows)).to(self._windows.device), self._batch))
        windows = self._windows[self._order.pop()]
        values, _ = self._rnn(functional.one_hot(windows[:, :-1], self._symbols).float())
        loss = functional.cross_entropy(self._output(values[:, -1]), windows[:, -1])
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self._optimizer.step()
