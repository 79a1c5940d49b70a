"""Text samples during training: what the network writes at several temperatures, beside how the text really goes on.

Its random numbers depend on the seed and the step alone, so samples neither disturb training nor need saving.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from charplay.recipes.recipe import Recipe
from charplay.training.network import CharNet, State

if TYPE_CHECKING:
    from charplay.corpora.corpus import Corpus

LONGEST_PASSAGE = 100


@dataclass(frozen=True, slots=True)
class Sample:
    """One text: what it was given, what it wrote, and the truth where the prompt is a passage of the text."""

    temperature: float
    prompt: str
    text: str
    truth: str


Writing = Generator[None, None, list[Sample]]
"""A round of samples in pieces: it yields after every character, and returns the samples."""


class Sampler:
    """Writes rounds of samples as the recipe's sample fields say.

    Args:
        recipe: resolved.
        corpus: the text.
        held_out: where the held-out text begins; prompts come from there, or from all of it where none is held out.
    """

    def __init__(self, recipe: Recipe, corpus: "Corpus", held_out: int) -> None:
        self._recipe = recipe
        self._corpus = corpus
        self._from = held_out if len(corpus) - held_out >= 2 else 0

    @torch.no_grad()
    def write(self, network: CharNet, step: int) -> Writing:
        """One sample at each temperature, after the same prompt; none where the network's numbers are not finite."""
        random = np.random.Generator(np.random.Philox(key=[self._recipe.seed, step]))
        prompt, truth = self._prompt(random)
        temperatures = self._recipe.sample_temperatures
        device = network.output.weight.device
        network.eval()
        ids = torch.from_numpy(self._corpus.vocabulary.encode(prompt).astype(np.int64)).to(device)
        logits, state = network(ids.unsqueeze(1), network.zero_state(1), last_only=True)
        network.train()
        state = _repeated(state, len(temperatures))
        logits = logits.expand(len(temperatures), -1)
        written = []
        for _ in range(self._recipe.sample_length):
            drawn = _draw(logits, temperatures, random.random(len(temperatures)))
            if drawn is None:
                return []
            written.append(drawn)
            network.eval()
            logits, state = network(drawn.unsqueeze(0).to(device), state, last_only=True)
            network.train()
            yield
        columns = torch.stack(written, dim=1).numpy()
        texts = (self._corpus.vocabulary.decode(column) for column in columns)
        return [Sample(t, prompt, text, truth) for t, text in zip(temperatures, texts, strict=True)]

    def _prompt(self, random: np.random.Generator) -> tuple[str, str]:
        """The prompt and what the text has after it."""
        wanted = self._recipe.sample_prompt
        if wanted not in {"passage", "character"}:
            kept, _ = self._corpus.vocabulary.split(wanted)
            return kept or self._corpus.text(0, 1), ""
        if wanted == "character":
            return self._corpus.vocabulary.characters[random.integers(len(self._corpus.vocabulary))], ""
        size = len(self._corpus) - self._from
        length = max(1, min(LONGEST_PASSAGE, int(self._recipe.sequence_length), size // 2))
        ahead = min(self._recipe.sample_length, size - length)
        start = self._from + int(random.integers(size - length - ahead + 1))
        stop = start + length
        return self._corpus.text(start, stop), self._corpus.text(stop, stop + ahead)


def _repeated(state: State, columns: int) -> State:
    return tuple(tuple(part.expand(-1, columns, -1).contiguous() for part in layer) for layer in state)


def _draw(logits: Tensor, temperatures: tuple[float, ...], luck: np.ndarray) -> Tensor | None:
    """An id for each row of `logits` (K, V), at its temperature; None where they are not finite."""
    scores = logits.double().cpu().numpy()
    if not np.isfinite(scores).all():
        return None
    scores -= scores.max(axis=1, keepdims=True)
    cold = np.array([t == 0 for t in temperatures])
    chances = np.exp(scores / np.where(cold, 1.0, temperatures)[:, None]).cumsum(axis=1)
    below = (chances < luck[:, None] * chances[:, -1:]).sum(axis=1)
    return torch.from_numpy(np.where(cold, scores.argmax(axis=1), below))
