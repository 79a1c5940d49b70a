"""What there is to say of a text and of runs, put together so that nothing that matters is said over."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from charplay.formatting.units import format_share
from charplay.playground.happenings import Said
from charplay.protocol.events import Changed, Event, Failed, Finished, Stopped, Warned

if TYPE_CHECKING:
    from charplay.playground.run_state import RunState


class Announcements:
    """What went wrong before, what is on offer, and the notes on the text: one line."""

    def __init__(self) -> None:
        self.trouble = ""
        """What the next sentence must not wipe away: why another text is read, say."""
        self.offer = ""
        """Of a run that was not finished: it stands until a run is begun."""
        self.kept_text = ""
        """What there is to say of the text that was left last; it stands as long as `offer`."""
        self.notes: Sequence[str] = ()
        """What was said of the text that was read last, as long as it may be seen."""

    def say(self, notes: Sequence[str]) -> Said:
        """Say notes on a text or a run, after what went wrong before and what is on offer."""
        said = [self.trouble, self.offer, self.kept_text, *map(_begun, notes)]
        return Said(". ".join(note.rstrip(".") for note in said if note), warning=bool(self.trouble))


def sentence(event: Event, state: "RunState") -> Said | None:
    """Say what an event of the run in this state means beyond numbers; None where that is nothing."""
    match event:
        case Changed(field="undo"):
            paused = "; paused" if state.status == "paused" else ""
            return Said(f"{_taken_back(state.changes.taken_back)} step {event.step:,}{paused}")
        case Warned() | Failed():
            return Said(event.message, warning=True)
        case Stopped(run=str() as run) if state.saved_step == event.step:
            return Said(f"{run} is saved. <training.take_up> continues it, <training.train> starts another")
        case Stopped(run=str() as run):
            where = f"<training.take_up> continues it from step {state.saved_step or 0:,}"
            return Said(f"{run} could not be saved: {where}", warning=True)
        case Finished():
            share = event.held_out_share or 1
            where = f", measured on the first {format_share(share, 1)} of the held-out text" if share < 1 else ""
            ways = "Train it longer: <panes.runs>, then <runs.resume>. New run: <training.train>"
            return Said(f"{event.run} is finished{where}. {ways}")
        case _:
            return None


def _taken_back(change: Changed | None) -> str:
    """What an undo took back, and what stands again from which step on."""
    if change is None:
        return "The last change is taken back: the values before it again, from"
    from charplay.playground.recipe_rows import label
    from charplay.recipes.specs import format_value

    name = label(change.field)
    return f"{_begun(name)} {format_value(change.new)} taken back: {format_value(change.old)} again, from"


def _begun(note: str) -> str:
    """A note as a sentence begins: a word with a capital, a name (of a file or a field) as it is."""
    return note[:1].upper() + note[1:] if note.partition(" ")[0].isalpha() else note
