"""What can be done where training cannot just go on: it failed, its numbers went bad, or its device has no memory left.

The choices are data: whoever shows them hands the id of the one that was taken to `RunLauncher.recover`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from charplay.formatting.units import rate
from charplay.playground.run_state import RunState
from charplay.protocol.events import NO_MEMORY, Event, Failed, Paused

LOWER = 3.0
"""The learning rate is divided by this where it seems to be too high."""

GO_ON, LOWER_RATE, HALVE_BATCH, STOP, RESUME, ACCEPT_TEXT, LEAVE, NOTHING = (
    "go-on", "lower-rate", "halve-batch", "stop", "resume", "accept-text", "leave", "",
)  # fmt: skip
MOVE = "move:"
"""Before the name of a device to go on on."""


@dataclass(frozen=True, slots=True)
class RecoveryChoice:
    """One way on. `key` takes it at once; `note` says what comes of it."""

    id: str
    label: str
    note: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Recovery:
    """What went wrong with a run, and the ways on; the first suggested one is `suggested`."""

    run: str
    """The run's name; empty where it had not begun."""
    title: str
    sentence: str
    choices: tuple[RecoveryChoice, ...]
    suggested: str | None = None


def recovery(event: Event, state: RunState, devices: Sequence[str]) -> Recovery | None:
    """Return the ways on after an event, of a run in this state; None where it just goes on.

    `devices`: every one that a run can be trained on.
    """
    match event:
        case Paused(reason=reason) if reason == NO_MEMORY:
            return _no_memory(state, devices)
        case Paused() if state.reason:
            return _bad_numbers(state)
        case Failed(changed_text=True):
            return _text_changed(state)
        case Failed():
            return _failed(state)
        case _:
            return None


def _failed(state: RunState) -> Recovery:
    """Why it failed, what is saved, and the way back to it."""
    choices = [RecoveryChoice(NOTHING, "back to the playground", key="b")]
    if state.saved_step is not None and state.run:
        where = f"from step {state.saved_step:,}"
        if state.lost_device:
            choices.append(
                RecoveryChoice(LEAVE, "leave charplay", "<training.take_up> continues it after the next start", "q")
            )
            choices.append(RecoveryChoice(f"{MOVE}cpu", "go on on the cpu", where, "c"))
        else:
            choices.append(RecoveryChoice(RESUME, "take it up again", where, "r"))
    sentence = f"{state.message}\n\n{_saved(state)}The details are in the log."
    return Recovery(state.run, "Training failed", sentence, tuple(choices))


def _text_changed(state: RunState) -> Recovery:
    choices = (
        RecoveryChoice(NOTHING, "leave the run as it is", key="b"),
        RecoveryChoice(ACCEPT_TEXT, "go on with the text as it is now", "every character in it is known", "g"),
    )
    return Recovery(state.run, "The text has changed", state.message, choices)


def _bad_numbers(state: RunState) -> Recovery:
    """What went bad, and what may help."""
    choices = [RecoveryChoice(GO_ON, "go on as it is", "once may be bad luck", "g"), *_HALT]
    if state.peak_rate is not None:
        lower = f"{rate(state.peak_rate)} becomes {rate(state.peak_rate / LOWER)}"
        choices.insert(0, RecoveryChoice(LOWER_RATE, "lower the learning rate and go on", lower, "r"))
    sentence = f"Step {state.step:,}: {state.warning or state.reason}.\n\n{_saved(state).rstrip()}"
    return Recovery(state.run, f"Paused: {state.reason}", sentence, tuple(choices), choices[0].id)


def _no_memory(state: RunState, devices: Sequence[str]) -> Recovery:
    """What is needed and free, and the ways on."""
    choices = [RecoveryChoice(GO_ON, "try again", "the memory may be free now", "g")]
    if isinstance(batch := state.recipe.get("batch_size"), int) and batch > 1:
        note = f"{batch:,} becomes {batch // 2:,}"
        choices.append(RecoveryChoice(HALVE_BATCH, "halve the batch and go on", note, "v"))
    elsewhere = [name for name in devices if name != state.device.partition(",")[0]]
    choices += [
        RecoveryChoice(MOVE + name, f"go on on {name}", "from this step", str(number))
        for number, name in enumerate(elsewhere[:9], 1)
    ]
    sentence = f"Step {state.step:,}: {state.warning}.\n\nEverything up to this step is saved now."
    return Recovery(state.run, f"Paused: {state.reason}", sentence, (*choices, *_HALT), choices[0].id)


_HALT = (RecoveryChoice(STOP, "save and stop", key="x"), RecoveryChoice(NOTHING, "stay paused and look", key="p"))


def _saved(state: RunState) -> str:
    """A sentence and a space; nothing of a run that had not begun, whose saves are not known."""
    if state.saved_step is None:
        return "Nothing was saved. " if state.run else ""
    return f"The last save is step {state.saved_step:,}. "
