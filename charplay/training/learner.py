"""The training step: the network, its optimizers, the batches, and the metrics of each step."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from charplay.recipes.network import whole
from charplay.recipes.recipe import Recipe
from charplay.training.batches import Batches
from charplay.training.device import DeviceContext
from charplay.training.evaluation import is_correct
from charplay.training.gradients import clip
from charplay.training.network import CharNet, State
from charplay.training.optimization import build_optimizers, load_state_arrays, state_arrays, take_step
from charplay.training.rebatching import Rebatching
from charplay.training.shares import columns, cut, joined

MAX_UNREAD_STEPS = 1024
"""Steps whose metrics the device keeps until they are read."""

StepMetrics = tuple[float, float, float]
"""Loss, accuracy, and norm of the gradient before clipping, of one step."""


@dataclass(frozen=True, slots=True, eq=False)
class _Pass:
    """What reading a batch, or a share of one, comes to: its parts of the sums over the batch, and the state after."""

    gradients: list[Tensor]
    metrics: Tensor
    """Loss and accuracy, (2,)."""
    state: State


class Learner:
    """Takes optimizer steps. Only `read_metrics` waits for the device; a step does not.

    Args:
        recipe: resolved; torch must have been seeded with its `seed` before the network was built.
        network: on the device, in training mode.
        batches: the training text.
        context: the device, opened; it says how many shares a batch has.
    """

    def __init__(self, recipe: Recipe, network: CharNet, batches: Batches, context: DeviceContext) -> None:
        self._recipe = recipe
        self._context = context
        self._network = network
        self._parameters = [p for p in network.parameters() if p.requires_grad]
        for parameter in network.parameters():
            context.ranks.spread(parameter)
        self._optimizers = build_optimizers(network, recipe, context)
        self._batches = batches
        self._state: State | None = None
        self._averaged_steps = 0
        self._metrics = torch.zeros(MAX_UNREAD_STEPS, 3, device=context.device)
        self._unread_steps = 0
        self._phase: Literal["batch", "gradient", "update"] = "batch"
        """What the current step is doing; decides whether it can be rolled back."""
        self.inference_network = deepcopy(network) if recipe.average else network
        """The network that is evaluated, published and saved: the averaged one if the recipe averages weights."""

    @property
    def must_read(self) -> bool:
        """Whether the metrics must be read before the next step."""
        return self._unread_steps == MAX_UNREAD_STEPS

    def step(self, rate: float) -> None:
        """Take a step on the next batch at learning rate `rate`; if it raises, `rollback` may be possible."""
        recipe = self._recipe
        self._context.ranks.announce("step", rate)
        self._phase = "batch"
        ids, targets = self._batches.next()
        self._phase = "gradient"
        batch = self._read(ids, targets)
        gradients = batch.gradients
        norm = clip(
            gradients,
            clip_norm=recipe.clip_norm,
            clip_value=recipe.clip_value,
            sync_is_free=self._context.sync_is_free,
        )
        self._metrics[self._unread_steps] = torch.cat((batch.metrics, norm.unsqueeze(0)))
        for parameter, gradient in zip(self._parameters, gradients, strict=True):
            parameter.grad = gradient
        self._phase = "update"
        take_step(self._optimizers, rate, recipe.weight_decay)
        if self._batches.carries_state:
            self._state = batch.state
        if recipe.average:
            self._average(recipe.average)
        self._unread_steps += 1

    def _read(self, ids: Tensor, targets: Tensor) -> _Pass:
        """Read this rank's shares of a batch, and return the sum of all ranks' shares.

        A rank adds its own up in their order. The state after is known of its own streams only: see `_exchange`.
        """
        for parameter in self._parameters:
            parameter.grad = None
        streams = ids.shape[1]
        state = self._state if self._state is not None else self._network.zero_state(streams)
        context, parts = self._context, cut(streams, self._context.shares)
        own = [k for k in context.ranks.own(context.shares) if k < len(parts)]
        tasks = [
            partial(
                self._read_share,
                ids[:, parts[k]],
                targets[..., parts[k]],
                columns(state, parts[k]),
                streams,
                context.generators[k],
            )
            for k in own
        ]
        passes = context.workers.run(tasks)
        first, *others = passes or [self._empty_pass()]
        for share in others:
            torch._foreach_add_(first.gradients, share.gradients)
        metrics = sum((share.metrics for share in others), first.metrics)
        context.ranks.add_up([*first.gradients, metrics])
        after = dict(zip(own, passes, strict=True))
        states = [after[k].state if k in after else columns(state, part) for k, part in enumerate(parts)]
        return _Pass(first.gradients, metrics, joined(states))

    def _empty_pass(self) -> _Pass:
        """Return what a rank adds to a batch that has no share for it."""
        nothing = torch.zeros(2, device=self._context.device)
        return _Pass([torch.zeros_like(parameter) for parameter in self._parameters], nothing, ())

    def _read_share(
        self, ids: Tensor, targets: Tensor, state: State, streams: int, generator: torch.Generator | None
    ) -> _Pass:
        """Read some of a batch's `streams`, and return their part of its sums."""
        weight = ids.shape[1] / streams
        with self._context.autocast():
            logits, state = self._network(ids, state, last_only=targets.ndim == 1, generator=generator)
        logits, targets = logits.float().flatten(0, -2), targets.flatten()
        loss = functional.cross_entropy(logits, targets) * weight
        gradients = [gradient.contiguous() for gradient in torch.autograd.grad(loss, self._parameters)]
        with torch.no_grad():
            accuracy = is_correct(logits, targets).float().mean() * weight
            metrics = torch.stack((loss, accuracy))
        return _Pass(gradients, metrics, tuple(tuple(part.detach().float() for part in layer) for layer in state))

    def rollback(self) -> bool:
        """Undo a step that raised; False if it was already changing the weights, or other ranks have begun it too.

        The random numbers that it drew are used up: the next try draws new ones.
        """
        if self._phase == "gradient":
            self._batches.repeat_last()
        for parameter in self._parameters:
            parameter.grad = None
        return self._phase != "update" and self._context.ranks.size == 1

    def close(self) -> None:
        """Let the threads end that execute shares."""
        self._context.workers.close()

    def set_hyperparameters(self, recipe: Recipe) -> None:
        """Use the live values of `recipe` from the next step on, but for the batches' shape: see `rebatch`."""
        self._context.ranks.announce("set_hyperparameters", recipe.model_dump(mode="json"))
        self._recipe = recipe
        self._network.set_dropouts(recipe)

    def rebatch(self, epoch_done: float) -> Rebatching:
        """Give batches the recipe's shape, at the same position in the text; `epoch_done` is a share, 0 to 1.

        Streams that continue keep their carried state, new ones start from zero. All metrics must have been read.
        """
        recipe = self._recipe
        self._context.ranks.announce("rebatch", epoch_done)
        self._exchange()
        rebatching = self._batches.rebatch(whole(recipe, "sequence_length"), whole(recipe, "batch_size"), epoch_done)
        if self._state is not None:
            self._state = tuple(
                tuple(_select_columns(part, rebatching.kept_streams) for part in layer) for layer in self._state
            )
        return rebatching

    @property
    def steps_per_epoch(self) -> int:
        """Steps in an epoch, with the batches' current shape."""
        return self._batches.steps_per_epoch

    @torch.no_grad()
    def _average(self, memory: float) -> None:
        """Update the exponential average of the weights; at first with a shorter memory, to forget the random start."""
        self._averaged_steps += 1
        weight = 1 - min(memory, self._averaged_steps / (self._averaged_steps + 9))
        for slow, fast in zip(self.inference_network.parameters(), self._network.parameters(), strict=True):
            slow.lerp_(fast, weight)

    def read_metrics(self) -> list[StepMetrics]:
        """Return the metrics of the steps since the last call, oldest first. Waits for the device."""
        metrics = self._metrics[: self._unread_steps].tolist()
        self._unread_steps = 0
        return [(loss, accuracy, norm) for loss, accuracy, norm in metrics]

    def arrays(self) -> dict[str, np.ndarray]:
        """Return copies of all arrays that the next steps depend on; `counters` has the rest."""
        self._context.ranks.announce("arrays")
        self._exchange()
        arrays = {f"weights.{name}": array for name, array in self._network.export_weights().items()}
        if self.inference_network is not self._network:
            arrays |= {f"average.{name}": array for name, array in self.inference_network.export_weights().items()}
        for k, layer in enumerate(self._state or ()):
            arrays |= {f"state.{k}.{j}": part.cpu().numpy().copy() for j, part in enumerate(layer)}
        return arrays | state_arrays(self._optimizers) | self._context.random_states()

    def _exchange(self) -> None:
        """Give every rank what only one knows: the state of its streams, and its shares' random numbers."""
        context, shares = self._context, self._context.shares
        if context.ranks.size == 1:
            return
        streams = self._state[0][0].shape[1] if self._state else 0
        for k, part in enumerate(cut(streams, shares) if streams else []):
            for tensor in (tensor for layer in self._state or () for tensor in layer):
                tensor[:, part] = context.ranks.spread(tensor[:, part].contiguous(), context.ranks.owner(k, shares))
        for k, generator in enumerate(context.generators):
            if generator is not None:
                generator.set_state(context.ranks.spread(generator.get_state(), context.ranks.owner(k, shares)))

    def inference_weights(self, arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Pick the weights of the inference network out of what `arrays` returned, without copying."""
        return _with_prefix("weights." if self.inference_network is self._network else "average.", arrays)

    def counters(self) -> dict[str, object]:
        """Return the position in the text, and how many steps were averaged."""
        return {"batches": self._batches.state(), "averaged": self._averaged_steps}

    def load(self, arrays: dict[str, np.ndarray], counters: Mapping[str, object]) -> None:
        """Restore what `arrays` and `counters` returned."""
        self._context.ranks.announce("load", counters, arrays=arrays)
        self._network.load_weights(_with_prefix("weights.", arrays))
        if self.inference_network is not self._network:
            self.inference_network.load_weights(_with_prefix("average.", arrays))
        state: list[list[Tensor]] = []
        for name in sorted(name for name in arrays if name.startswith("state.")):
            _, k, _ = name.split(".")
            if int(k) == len(state):
                state.append([])
            state[-1].append(torch.from_numpy(arrays[name].copy()).to(self._context.device))
        self._state = tuple(tuple(layer) for layer in state) or None
        load_state_arrays(self._optimizers, arrays)
        position, averaged = counters["batches"], counters["averaged"]
        assert isinstance(position, Mapping)
        assert isinstance(averaged, int)
        self._batches.load(position)
        self._averaged_steps = averaged
        self._context.set_random_states(arrays)


def _select_columns(part: Tensor, kept: Sequence[int]) -> Tensor:
    """Select columns of a state (1, B, H): column j of the result is column `kept[j]`, or zero if that is -1."""
    columns = torch.tensor(kept, device=part.device)
    gathered = part.index_select(1, columns.clamp(min=0))
    return gathered.masked_fill_((columns < 0).view(1, -1, 1), 0)


def _with_prefix(prefix: str, arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
