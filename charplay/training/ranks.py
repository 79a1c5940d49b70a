"""Ranks: the processes that torchrun starts, which train one run together.

Each rank computes some of the shares of a batch, and gradients are added up over all ranks once a step. Rank 0 alone
decides, saves and tells; it announces each call of its learner, and the other ranks make the same call
(`charplay.training.followers`).
"""

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from charplay.errors import CharplayError
from charplay.recipes.errors import RecipeError
from charplay.recipes.network import whole

if TYPE_CHECKING:
    import torch

    from charplay.recipes.recipe import Recipe

TIMEOUT = timedelta(days=7)
"""How long a rank waits for the others. When one has ended, torchrun ends those that are left: no clock is needed."""
HEAD_BYTES = 128
"""A message's first broadcast: its length, and as much of it as fits, which is all of a step's."""
LENGTH_BYTES = 8
PIECE_BYTES = 2**26
"""Bytes of one broadcast, at most."""


class RankLostError(CharplayError):
    """Another rank has ended; the message is a sentence with a hint."""


class Ranks:
    """Connects this process to the others that train the same run; alone, it does nothing and costs nothing.

    Args:
        rank: of this process, from 0.
        size: the number of ranks.
        local_rank: its number on its machine, which says which card it takes.
    """

    def __init__(self, rank: int = 0, size: int = 1, local_rank: int = 0) -> None:
        self.rank = rank
        self.size = size
        self.local_rank = local_rank
        self._joined = False

    def require(self, recipe: "Recipe") -> None:
        """Raise RecipeError if there are several ranks, and they cannot train a run of this recipe."""
        if self.size == 1:
            return
        if not _can_connect():
            raise RecipeError(
                "this torch is built without torch.distributed, so processes cannot meet; leave torchrun out"
            )
        if recipe.minutes is not None:
            raise RecipeError("several processes train for steps or epochs, not for minutes; name --steps or --epochs")

    def require_shares(self, shares: int, recipe: "Recipe") -> None:
        """Raise RecipeError if a batch has too few shares for every rank to have one."""
        if shares < self.size:
            streams = whole(recipe, "batch_size")
            raise RecipeError(
                f"a batch of {streams:,} streams in {shares} share{'s' * (shares > 1)} is too little for {self.size} "
                f"processes; start {shares} (--nproc-per-node), or a new run with a larger batch_size"
            )

    def own(self, shares: int) -> range:
        """Return which of a batch's shares this rank computes: neighbours, about as many on each rank."""
        return range(self.rank * shares // self.size, (self.rank + 1) * shares // self.size)

    def owner(self, share: int, shares: int) -> int:
        """Return the rank that computes a share."""
        return next(rank for rank in range(self.size) if share < (rank + 1) * shares // self.size)

    def join(self) -> None:
        """Wait for the other ranks and connect to them; once is enough.

        Messages and whatever lies on a processor go by gloo, what lies on cards by NCCL.
        """
        import torch
        from torch import distributed

        if self.size > 1 and not self._joined:
            backend = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo"
            with _other_ranks():
                distributed.init_process_group(backend, timeout=TIMEOUT)
            self._joined = True

    def dismiss(self, *, finished: bool) -> None:
        """Let the other ranks end, also those that still wait for this one because it had nothing to train.

        After a failure before the ranks met, torchrun ends the others.
        """
        with suppress(RankLostError):
            if finished:
                self.join()
            if self._joined:
                self.announce("dismiss")

    def add_up(self, tensors: Sequence["torch.Tensor"]) -> None:
        """Replace each tensor by its sum over all ranks, in one all-reduce. All have the same type."""
        if self.size == 1:
            return
        import torch
        from torch import distributed

        flat = torch.cat([tensor.reshape(-1) for tensor in tensors])
        with _other_ranks():
            distributed.all_reduce(flat)
        for tensor, part in zip(tensors, torch.split(flat, [tensor.numel() for tensor in tensors]), strict=True):
            tensor.copy_(part.view_as(tensor))

    def spread(self, tensor: "torch.Tensor", source: int = 0) -> "torch.Tensor":
        """Overwrite a contiguous tensor, on every rank, by that of the rank `source`; return it."""
        if self.size > 1:
            from torch import distributed, uint8

            with _other_ranks():
                distributed.broadcast(tensor.detach().view(-1).view(uint8), source)
        return tensor

    def announce(self, call: str, *values: object, arrays: Mapping[str, np.ndarray] | None = None) -> None:
        """Tell the other ranks which call to make now, with values as JSON takes them; only rank 0 does."""
        if self.size == 1 or self.rank:
            return
        message = json.dumps([call, *values]).encode() + b"\n"
        if arrays is not None:
            packed = io.BytesIO()
            np.savez(packed, allow_pickle=False, **dict(arrays))
            message += packed.getvalue()
        block = np.frombuffer(len(message).to_bytes(LENGTH_BYTES, "little") + message, np.uint8)
        head = np.zeros(HEAD_BYTES, np.uint8)
        head[: len(block)] = block[:HEAD_BYTES]
        self.spread_array(head)
        self.spread_array(block[HEAD_BYTES:])

    def hear(self) -> tuple[str, list[Any], dict[str, np.ndarray]]:
        """Wait for what rank 0 announces: a call's name, its values, and its arrays."""
        head = self.spread_array(np.zeros(HEAD_BYTES, np.uint8)).tobytes()
        length = LENGTH_BYTES + int.from_bytes(head[:LENGTH_BYTES], "little")
        rest = self.spread_array(np.zeros(max(0, length - HEAD_BYTES), np.uint8)).tobytes()
        text, _, packed = (head[:length] + rest)[LENGTH_BYTES:].partition(b"\n")
        call, *values = json.loads(text)
        arrays = dict(np.load(io.BytesIO(packed), allow_pickle=False)) if packed else {}
        return call, values, arrays

    def spread_array(self, array: np.ndarray) -> np.ndarray:
        """Overwrite an array (N,), on the other ranks, by that of rank 0; return it. Rank 0's may be a memory map."""
        import torch

        data = array.view(np.uint8)
        for start in range(0, len(data), PIECE_BYTES):
            piece = data[start : start + PIECE_BYTES].copy()
            self.spread(torch.from_numpy(piece))
            if self.rank:
                data[start : start + PIECE_BYTES] = piece
        return array


ALONE = Ranks()
"""A process that trains by itself."""


def launched_ranks(environment: Mapping[str, str]) -> Ranks:
    """Return the ranks that torchrun has started this process among; `ALONE` without torchrun.

    Raises RecipeError if what torchrun says of them in the environment does not fit together.
    """
    if "TORCHELASTIC_RUN_ID" not in environment:
        return ALONE
    names = ("RANK", "WORLD_SIZE", "LOCAL_RANK")
    found = [environment.get(name, "") for name in names]
    said = ", ".join(f"{name}={value!r}" for name, value in zip(names, found, strict=True))
    rank, size, local_rank = (int(value) if value.isdecimal() else -1 for value in found)
    if not (0 <= rank < size and 0 <= local_rank < size):
        raise RecipeError(f"torchrun's variables do not fit together ({said}); start charplay by torchrun itself")
    return Ranks(rank, size, local_rank) if size > 1 else ALONE


def _can_connect() -> bool:
    from torch import distributed

    return distributed.is_available()


@contextmanager
def _other_ranks() -> Iterator[None]:
    """Turn a broken connection into RankLostError."""
    try:
        yield
    except RuntimeError as error:
        raise RankLostError(
            "another process of this run has ended, so this one cannot go on; resume the run"
        ) from error
