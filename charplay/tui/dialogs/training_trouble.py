"""What is asked when training cannot just go on: it failed, its numbers went bad, or its device has no memory left."""

from collections.abc import Sequence

from charplay.formatting.units import rate
from charplay.playground.run_state import RunState
from charplay.tui.dialogs.choice import Choice, ChoiceDialog

LOWER = 3.0
"""The learning rate is divided by this where it seems to be too high."""


def failed(live: RunState) -> ChoiceDialog:
    """Why it failed, what is saved, and the way back to it. Answers: "resume", "cpu", "leave", or nothing."""
    sentences = f"{live.message}\n\n{_saved(live)}The details are in the log."
    answers = [Choice("", "back to the playground", key="b")]
    if live.saved_step is not None and live.run:
        where = f"from step {live.saved_step:,}"
        again = [Choice("resume", "take it up again", where, "r")]
        elsewhere = [Choice("leave", "leave charplay", "u takes it up after the next start", "q"),
                     Choice("cpu", "go on on the cpu", where, "c")]  # fmt: skip
        answers += elsewhere if live.lost_device else again
    return ChoiceDialog("Training failed", sentences, answers)


def text_changed(live: RunState) -> ChoiceDialog:
    """The run's text is not what it was. Answers: "go on", or nothing."""
    answers = [
        Choice("", "leave the run as it is", key="b"),
        Choice("go on", "go on with the text as it is now", "every character in it is known", "g"),
    ]
    return ChoiceDialog("The text has changed", live.message, answers)


def bad_numbers(live: RunState) -> ChoiceDialog:
    """What went bad, and what may help. Answers: "lower", "on", "stop", or nothing (it stays paused)."""
    sentences = f"Step {live.step:,}: {live.warning or live.reason}.\n\n{_saved(live).rstrip()}"
    answers = [Choice("on", "go on as it is", "once may be bad luck", "g"), *_HALT]
    if live.peak_rate is not None:
        lower = f"{rate(live.peak_rate)} becomes {rate(live.peak_rate / LOWER)}"
        answers.insert(0, Choice("lower", "lower the learning rate and go on", lower, "l"))
    return ChoiceDialog(f"Paused: {live.reason}", sentences, answers, answers[0].value)


def no_memory(live: RunState, devices: Sequence[str]) -> ChoiceDialog:
    """What is needed and free, and the ways on. Answers: "on", "halve", a device's name, "stop", or nothing."""
    sentences = f"Step {live.step:,}: {live.warning}.\n\nEverything up to this step is saved now."
    answers = [Choice("on", "try again", "the memory may be free now", "g")]
    if isinstance(batch := live.recipe.get("batch_size"), int) and batch > 1:
        answers.append(Choice("halve", "halve the batch and go on", f"{batch:,} becomes {batch // 2:,}", "h"))
    elsewhere = [name for name in devices if name != live.device.partition(",")[0]]
    answers += [Choice(name, f"go on on {name}", "from this step", str(i)) for i, name in enumerate(elsewhere[:9], 1)]
    return ChoiceDialog(f"Paused: {live.reason}", sentences, [*answers, *_HALT], answers[0].value)


_HALT = (Choice("stop", "save and stop", key="x"), Choice("", "stay paused and look", key="p"))


def _saved(live: RunState) -> str:
    """A sentence and a space; nothing of a run that had not begun, whose saves are not known."""
    if live.saved_step is None:
        return "Nothing was saved. " if live.run else ""
    return f"The last save is step {live.saved_step:,}. "
