"""One optimizer step after another: the network, its optimizers, the batches, and what each step measured."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Literal

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from charplay.recipes.network import whole
from charplay.recipes.recipe import Recipe
from charplay.training.batches import Batches, Cut
from charplay.training.device import Opened
from charplay.training.evaluation import hits
from charplay.training.gradients import tame
from charplay.training.network import CharNet, State
from charplay.training.optimization import build_optimizers, load_state_arrays, state_arrays, take_step

MOST_UNREAD = 1024
"""Steps whose measurements the device keeps until they are read."""

Measured = tuple[float, float, float]
"""Of one step: loss, accuracy, norm of the gradient before clipping."""


class Learner:
    """What changes while training runs. It never waits for the device; `read` does.

    Args:
        recipe: resolved; its `seed` must have been given to torch before the network was built.
        network: on the device, in training mode.
        batches: the training text.
        opened: the device.
    """

    def __init__(self, recipe: Recipe, network: CharNet, batches: Batches, opened: Opened) -> None:
        self._recipe = recipe
        self._opened = opened
        self._network = network
        self._parameters = [p for p in network.parameters() if p.requires_grad]
        self._optimizers = build_optimizers(network, recipe, fused=opened.fused)
        self._batches = batches
        self._state: State | None = None
        self._averaged = 0
        self._measured = torch.zeros(MOST_UNREAD, 3, device=opened.device)
        self._unread = 0
        self._amid: Literal["reading", "thinking", "changing"] = "reading"
        """What the step under way is at."""
        self.playing = deepcopy(network) if recipe.average else network
        """The network that is evaluated, published and kept: the averaged one, where weights are averaged."""

    @property
    def full(self) -> bool:
        """Whether the measurements must be read before the next step."""
        return self._unread == MOST_UNREAD

    def step(self, rate: float) -> None:
        """Learn from the next batch at learning rate `rate`; where this breaks off, `take_back` may be asked."""
        recipe = self._recipe
        self._amid = "reading"
        ids, targets = self._batches.next()
        self._amid = "thinking"
        state = self._state if self._state is not None else self._network.zero_state(ids.shape[1])
        with self._opened.arithmetic():
            logits, state = self._network(ids, state, last_only=targets.ndim == 1)
        logits, targets = logits.float().flatten(0, -2), targets.flatten()
        loss = functional.cross_entropy(logits, targets)
        for parameter in self._parameters:
            parameter.grad = None
        loss.backward()  # type: ignore[no-untyped-call]
        norm = tame(
            [p.grad for p in self._parameters if p.grad is not None],
            clip_norm=recipe.clip_norm,
            clip_value=recipe.clip_value,
            readable=self._opened.readable,
        )
        with torch.no_grad():
            accuracy = hits(logits, targets).float().mean()
            self._measured[self._unread] = torch.stack((loss.detach(), accuracy, norm))
        carried = tuple(tuple(part.detach().float() for part in layer) for layer in state)
        self._amid = "changing"
        take_step(self._optimizers, rate, recipe.weight_decay)
        if self._batches.carries:
            self._state = carried
        if recipe.average:
            self._average(recipe.average)
        self._unread += 1

    def take_back(self) -> bool:
        """After a step that broke off: be as before it; False where it was changing the weights already.

        Random numbers that it drew stay drawn.
        """
        if self._amid == "thinking":
            self._batches.again()
        for parameter in self._parameters:
            parameter.grad = None
        return self._amid != "changing"

    def alter(self, recipe: Recipe) -> None:
        """Go on under other live values; sizes of batches wait for `cut`."""
        self._recipe = recipe
        self._network.set_dropouts(recipe)

    def cut(self, share: float) -> Cut:
        """Cut the text as the recipe says now, from the same place on; `share` of the epoch is done.

        Streams that go on keep their carried state, new ones start from zero. Nothing may be unread.
        """
        recipe = self._recipe
        cut = self._batches.cut(whole(recipe, "sequence_length"), whole(recipe, "batch_size"), share)
        if self._state is not None:
            self._state = tuple(tuple(_gathered(part, cut.kept) for part in layer) for layer in self._state)
        return cut

    @property
    def steps_per_epoch(self) -> int:
        """As the text is cut now."""
        return self._batches.steps_per_epoch

    @torch.no_grad()
    def _average(self, memory: float) -> None:
        """Move the averaged weights towards the network's; early on with a shorter memory, to forget the noise."""
        self._averaged += 1
        share = 1 - min(memory, self._averaged / (self._averaged + 9))
        for slow, fast in zip(self.playing.parameters(), self._network.parameters(), strict=True):
            slow.lerp_(fast, share)

    def read(self) -> list[Measured]:
        """The measurements since the last reading, oldest first. Waits for the device."""
        measured = self._measured[: self._unread].tolist()
        self._unread = 0
        return [(loss, accuracy, norm) for loss, accuracy, norm in measured]

    def arrays(self) -> dict[str, np.ndarray]:
        """Copies of everything that the next steps depend on, but the numbers of `counters`."""
        arrays = {f"weights.{name}": array for name, array in self._network.export_weights().items()}
        if self.playing is not self._network:
            arrays |= {f"average.{name}": array for name, array in self.playing.export_weights().items()}
        for k, layer in enumerate(self._state or ()):
            arrays |= {f"state.{k}.{j}": part.cpu().numpy().copy() for j, part in enumerate(layer)}
        return arrays | state_arrays(self._optimizers) | self._opened.random_states()

    def playing_weights(self, arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Of what `arrays` gave, the weights of the network that plays: shared, not copied again."""
        return _under("weights." if self.playing is self._network else "average.", arrays)

    def counters(self) -> dict[str, object]:
        """The position in the text, and how many steps were averaged."""
        return {"batches": self._batches.state(), "averaged": self._averaged}

    def load(self, arrays: dict[str, np.ndarray], counters: Mapping[str, object]) -> None:
        """Put back what `arrays` and `counters` gave."""
        self._network.load_weights(_under("weights.", arrays))
        if self.playing is not self._network:
            self.playing.load_weights(_under("average.", arrays))
        state: list[list[Tensor]] = []
        for name in sorted(name for name in arrays if name.startswith("state.")):
            _, k, _ = name.split(".")
            if int(k) == len(state):
                state.append([])
            state[-1].append(torch.from_numpy(arrays[name].copy()).to(self._opened.device))
        self._state = tuple(tuple(layer) for layer in state) or None
        load_state_arrays(self._optimizers, arrays)
        position, averaged = counters["batches"], counters["averaged"]
        assert isinstance(position, Mapping)
        assert isinstance(averaged, int)
        self._batches.load(position)
        self._averaged = averaged
        self._opened.set_random_states(arrays)


def _gathered(part: Tensor, kept: Sequence[int]) -> Tensor:
    """A state (1, B, H) for other streams: column j is column `kept[j]`, or zero where that is -1."""
    columns = torch.tensor(kept, device=part.device)
    gathered = part.index_select(1, columns.clamp(min=0))
    return gathered.masked_fill_((columns < 0).view(1, -1, 1), 0)


def _under(prefix: str, arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
