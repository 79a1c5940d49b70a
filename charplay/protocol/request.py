"""What a trainer is opened with."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainRequest:
    """A run to start, or to take up again.

    A new run has `resume` None. A resumed one names its folder; `recipe` is then the run's asked recipe with the new
    budget and live values laid over it, and `added` says that the budget counts from where the run stands.
    """

    home: str
    """The home's folder, absolute."""
    recipe: Mapping[str, object] = field(default_factory=dict)
    """The asked recipe, every field of it, `auto` where charplay is to choose."""
    name: str | None = None
    """The new run's name; None makes one from the recipe."""
    source: str | None = None
    """Path of a checkpoint whose weights a new run starts from; shapes left `auto` are then its own."""
    resume: str | None = None
    """Folder of the run to take up."""
    added: bool = False
    encoding: str | None = None
    """What the text is written in; None finds it out, or takes what a resumed run began with."""
    live: Mapping[str, object] = field(default_factory=dict)
    """Live values that a resumed run takes, whatever they are by now; of `recipe` only those that are new count."""
    changed_text: bool = False
    """A resumed run may go on with its text as it is now, where that has no character that is new to it."""
