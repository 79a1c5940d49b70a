"""What follows from the form: the next run's size and time, what its fields mean, what was chosen by itself."""

import textwrap
from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.widgets import Static

from charplay.formatting.sanitize import sanitize_line
from charplay.formatting.units import count, duration, rough_duration

if TYPE_CHECKING:
    from charplay.playground.recipe_draft import RecipeDraft

ROOM = 4
"""Lines that it may always take."""


class FormSummary(Static):
    """As many whole sentences as fit."""

    DEFAULT_CSS = """
    FormSummary {
        height: auto;
        color: $foreground-muted;
        padding: 0 1;
        &.-fault { color: $error; }
    }
    """

    def __init__(self) -> None:
        super().__init__("", id="summary", markup=False)

    def show(self, draft: "RecipeDraft", name: str, fault: str, unknown: str, room: int) -> None:
        """Say what there is to say with the cursor on row `name`, in at most `room` lines, or four.

        `fault` is one of the value that is typed just now, `unknown` why the run's numbers are not known.
        """
        about = draft.help(name)
        faults = [fault] if fault else list(draft.faults)
        lines = [*faults, about] if faults else [_numbers(draft) or unknown, about, *draft.notes]
        self.set_class(bool(faults), "-fault")
        width = max(1, self.content_size.width or self.app.size.width)
        self.update("\n".join(_fitting(filter(None, lines), width, max(ROOM, room))))


def _fitting(lines: Iterable[str], width: int, room: int) -> list[str]:
    """The first of the lines that fit whole into so many rows of this width, wrapped at words; one at least."""
    taken: list[str] = []
    for line in lines:
        wrapped = textwrap.wrap(sanitize_line(line), width)
        if taken and len(taken) + len(wrapped) > room:
            break
        taken += wrapped
    return taken[:room]


def _numbers(draft: "RecipeDraft") -> str:
    """Parameters, memory and time of the next run, as far as known."""
    from charplay.recipes.device_dependent import likely_device
    from charplay.recipes.network import memory_bytes, parameter_count, share_count

    if draft.resolved is None:
        return ""
    parts = []
    about = "about " if draft.estimated & {"hidden_size", "batch_size", "sequence_length"} else ""
    if "hidden_size" not in draft.open:
        parts.append(f"{about}{parameter_count(draft.resolved, draft.vocabulary_size):,} parameters")
    if not draft.open & {"hidden_size", "batch_size", "sequence_length"}:
        shares = share_count(draft.resolved, likely_device(draft.asked.device, draft.devices), draft.threads)
        parts.append(f"{count(memory_bytes(draft.resolved, draft.vocabulary_size, draft.characters, shares))}B")
    unit, amount = draft.budget()
    if unit == "minutes":
        parts.append(f"{'' if about else 'about '}{duration(amount * 60)}")
    elif (seconds := draft.seconds()) is not None:
        parts.append(f"about {rough_duration(seconds)}")
    return ", ".join(parts)
