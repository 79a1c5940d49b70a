"""Text samples during training: what the network generates at several temperatures, beside how the text continues.

The random numbers depend only on the seed and the step, so samples neither disturb training nor need saving.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from charplay.corpora.rules import clean_input
from charplay.recipes.recipe import Recipe
from charplay.training.network import CharNet, State

if TYPE_CHECKING:
    from charplay.corpora.corpus import Corpus

MAX_PASSAGE_CHARACTERS = 100


@dataclass(frozen=True, slots=True)
class Sample:
    """One generated text.

    `truth` is how the corpus continues, if the prompt is a passage of it; else empty.
    """

    temperature: float
    prompt: str
    text: str
    truth: str


SampleGenerator = Generator[float, None, list[Sample]]
"""Generates a round of samples: it yields after every character how much is done, 0 to 1, and returns the samples."""


class Sampler:
    """Generates rounds of samples as the recipe's sample fields say.

    Args:
        recipe: resolved.
        corpus: the text.
        held_out: where the held-out text begins; passages come from there, or from the whole text if none is held out.
    """

    def __init__(self, recipe: Recipe, corpus: "Corpus", held_out: int) -> None:
        self._recipe = recipe
        self._corpus = corpus
        self._passages_start = held_out if len(corpus) - held_out >= 2 else 0

    @torch.no_grad()
    def sample(self, network: CharNet, step: int) -> SampleGenerator:
        """Generate one sample at each temperature, after the same prompt; none if the logits are not finite."""
        random = np.random.Generator(np.random.Philox(key=[self._recipe.seed, step]))
        prompt, truth = self._prompt(random)
        temperatures = self._recipe.sample_temperatures
        device = network.output.weight.device
        network.eval()
        ids = torch.from_numpy(self._corpus.vocabulary.encode(prompt).astype(np.int64)).to(device)
        logits, state = network(ids.unsqueeze(1), network.zero_state(1), last_only=True)
        network.train()
        state = _repeat(state, len(temperatures))
        logits = logits.expand(len(temperatures), -1)
        columns = []
        for done in range(1, self._recipe.sample_length + 1):
            next_ids = _draw(logits, temperatures, random.random(len(temperatures)))
            if next_ids is None:
                return []
            columns.append(next_ids)
            network.eval()
            logits, state = network(next_ids.unsqueeze(0).to(device), state, last_only=True)
            network.train()
            yield done / self._recipe.sample_length
        rows = torch.stack(columns, dim=1).numpy()
        texts = (self._corpus.vocabulary.decode(row) for row in rows)
        return [Sample(t, prompt, text, truth) for t, text in zip(temperatures, texts, strict=True)]

    def _prompt(self, random: np.random.Generator) -> tuple[str, str]:
        """Return the prompt, and how the text continues after it."""
        prompt = self._recipe.sample_prompt
        if prompt not in {"passage", "character"}:
            known, _ = self._corpus.vocabulary.split(clean_input(prompt, self._recipe.cleaning).text)
            return known or self._corpus.text(0, 1), ""
        if prompt == "character":
            return self._corpus.vocabulary.characters[random.integers(len(self._corpus.vocabulary))], ""
        size = len(self._corpus) - self._passages_start
        length = max(1, min(MAX_PASSAGE_CHARACTERS, int(self._recipe.sequence_length), size // 2))
        truth_length = min(self._recipe.sample_length, size - length)
        start = self._passages_start + int(random.integers(size - length - truth_length + 1))
        stop = start + length
        return self._corpus.text(start, stop), self._corpus.text(stop, stop + truth_length)


def _repeat(state: State, columns: int) -> State:
    """Copy a state of one column to `columns` columns."""
    return tuple(tuple(part.expand(-1, columns, -1).contiguous() for part in layer) for layer in state)


def _draw(logits: Tensor, temperatures: tuple[float, ...], uniforms: np.ndarray) -> Tensor | None:
    """Draw an id for each row of `logits` (K, V), at its temperature; None if they are not finite.

    `uniforms` (K,) are in [0, 1): each id is found by inverting the cumulative distribution.
    """
    scores = logits.double().cpu().numpy()
    if not np.isfinite(scores).all():
        return None
    scores -= scores.max(axis=1, keepdims=True)
    greedy = np.array([t == 0 for t in temperatures])
    cumulative = np.exp(scores / np.where(greedy, 1.0, temperatures)[:, None]).cumsum(axis=1)
    below = (cumulative < uniforms[:, None] * cumulative[:, -1:]).sum(axis=1)
    return torch.from_numpy(np.where(greedy, scores.argmax(axis=1), below))
