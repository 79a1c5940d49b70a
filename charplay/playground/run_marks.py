"""The live changes of a run as they are told: which of them stand, and what the chart says of them."""

from charplay.formatting.units import rate
from charplay.protocol.events import Changed

Marks = list[tuple[int, str]]
"""Steps, each with what happened there, in the order of its happening."""

UNDONE = "undone"


class UndoStack:
    """Those that can be taken back; told one after another, undos among them."""

    def __init__(self) -> None:
        self._standing: list[Changed] = []
        self._undone: Changed | None = None
        """What was taken back by the event before this one."""
        self.taken_back: Changed | None = None
        """The change that the last undo took back; None where it was not told."""

    @property
    def standing(self) -> tuple[Changed, ...]:
        """The changes that can be taken back, oldest first."""
        return tuple(self._standing)

    def __len__(self) -> int:
        return len(self._standing)

    def take(self, event: Changed) -> bool:
        """Whether this is a change of its own; the value that goes back with an undo is a part of that."""
        undone, self._undone = self._undone, None
        if event.field == "undo":
            self._undone = self.taken_back = self._standing.pop() if self._standing else None
            return True
        if undone is not None and (event.field, event.new) == (undone.field, undone.old):
            return False
        self._standing.append(event)
        return True


def with_mark(marks: Marks, event: Changed) -> Marks:
    """The marks with one more change; after an undo, what came beyond it never happened."""
    if event.field == "undo":
        return [*((at, text) for at, text in marks if at < event.step), (event.step, UNDONE)]
    said = (event.step, _said(event))
    return marks if said in marks else [*marks, said]  # a change of a run that is taken up is read, and told too


def _said(event: Changed) -> str:
    if event.field == "learning_rate" and isinstance(event.new, float):
        return f"rate {rate(event.new)}"
    from charplay.recipes.specs import format_value

    return f"{event.field.replace('_', ' ')} {format_value(event.new)}"
