"""`torchrun ... -m charplay train`: every rank has the same command line, and only rank 0 reads it."""

import os

from charplay.cli.errors import EXIT_FAILED, UsageError

LAUNCHED = "TORCHELASTIC_RUN_ID"
"""The variable that says that torchrun has started this process."""


def is_follower() -> bool:
    """Return whether torchrun has started this process as another rank than 0."""
    return LAUNCHED in os.environ and os.environ.get("RANK", "0") != "0"


def follow() -> int:
    """Train as rank 0 announces it, without a word; return the exit code."""
    from charplay.training.followers import follow as train_along
    from charplay.training.ranks import launched_ranks

    return 0 if train_along(launched_ranks(os.environ)) else EXIT_FAILED


def require_alone(option: str) -> None:
    """Raise UsageError if several processes were started for what only one can do."""
    if LAUNCHED in os.environ and os.environ.get("WORLD_SIZE", "1") != "1":
        raise UsageError(f"{option} is for one process; leave it or torchrun out")
