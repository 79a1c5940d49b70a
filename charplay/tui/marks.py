"""What stands on the chart at a step: the live changes of a run, and what was taken back."""

from charplay.messages.events import Changed
from charplay.tui.amounts import rate

Marks = list[tuple[int, str]]
"""Steps, each with what happened there, in the order of its happening."""

UNDONE = "undone"


def marked(marks: Marks, event: Changed) -> Marks:
    """The marks with one more change; after an undo, what came beyond it never happened."""
    if event.field == "undo":
        return [*((at, text) for at, text in marks if at < event.step), (event.step, UNDONE)]
    said = (event.step, _said(event))
    # A value that goes back with an undo is part of it; a change of a run that is taken up is read, and told too.
    return marks if said in marks or (event.step, UNDONE) in marks else [*marks, said]


def _said(event: Changed) -> str:
    if event.field == "learning_rate" and isinstance(event.new, float):
        return f"rate {rate(event.new)}"
    return f"{event.field.replace('_', ' ')} {event.new}"
