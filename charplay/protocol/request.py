"""The request that starts or resumes a run."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainRequest:
    """A run to start (`resume` is None) or to resume.

    To resume a run, `recipe` is the recipe it was started with, overlaid with the new budget and the new live values.
    """

    home: str
    """The home's folder, absolute."""
    recipe: Mapping[str, object] = field(default_factory=dict)
    """Every field of the recipe, `auto` where charplay is to choose."""
    name: str | None = None
    """The new run's name; None makes one from the recipe."""
    source: str | None = None
    """Path of a checkpoint whose weights a new run starts from; sizes left `auto` are taken from it."""
    resume: str | None = None
    """Folder of the run to resume."""
    added: bool = False
    """The budget is added to what the run has spent already, as in `--steps +1000`."""
    wait: float = 0.0
    """Seconds to wait for a run that another process holds, before it is taken up."""
    encoding: str | None = None
    """The text's encoding; None detects it, or takes the one that the resumed run was started with."""
    live: Mapping[str, object] = field(default_factory=dict)
    """Live hyperparameters to set at a resume even where the run's last save has other values.

    Those in `recipe` count only where they differ from what the run was started with.
    """
    changed_text: bool = False
    """A resumed run may go on with a text that has changed, if that has no character unknown to the run."""
    family: str = ""
    """What a new run is tried together with: the name that `runs compare` finds all of them by."""
    socket: str = ""
    """Path of the socket that others reach the run by, which its lock names; empty where there is none."""
