"""Where training cannot just go on, the ways on are data, each with what comes of it."""

import pytest

from charplay.playground.recovery import LEAVE, Recovery, recovery
from charplay.playground.run_state import RunState
from charplay.protocol.events import NO_MEMORY, Event, Failed, Paused, Resumed

FAILED = Failed(message="It broke.")


def state(**over: object) -> RunState:
    values: dict[str, object] = {"status": "paused", "run": "r-1", "step": 100, "device": "cpu, 2 threads", **over}
    return RunState(**values)  # type: ignore[arg-type]


def found(event: Event, of: RunState, devices: tuple[str, ...] = ("cpu",)) -> Recovery:
    recovered = recovery(event, of, devices)
    assert recovered is not None
    assert recovered.run == of.run
    assert len({choice.key for choice in recovered.choices}) == len(recovered.choices), "a key means one thing"
    assert len({choice.id for choice in recovered.choices}) == len(recovered.choices)
    assert "" in {choice.id for choice in recovered.choices}, "nothing has to be done"
    return recovered


def ids(recovered: Recovery) -> list[str]:
    return [choice.id for choice in recovered.choices]


def notes(recovered: Recovery) -> dict[str, str]:
    return {choice.id: choice.note for choice in recovered.choices}


@pytest.mark.parametrize("event", [Paused(), Resumed(), Paused(reason="asked")])
def test_what_was_asked_for_needs_no_recovery(event: Event) -> None:
    assert recovery(event, state(), ("cpu",)) is None


def test_a_failure_with_a_save_is_taken_up_from_there() -> None:
    recovered = found(FAILED, state(status="failed", message="It broke.", saved_step=90))
    assert ids(recovered) == ["", "resume"]
    assert notes(recovered)["resume"] == "from step 90"
    assert recovered.sentence == "It broke.\n\nThe last save is step 90. The details are in the log."


def test_a_failure_without_a_save_says_so_and_one_before_the_beginning_says_nothing_of_saves() -> None:
    assert (
        found(FAILED, state(message="It broke.")).sentence
        == "It broke.\n\nNothing was saved. The details are in the log."
    )
    before = found(FAILED, state(run="", message="It broke."))
    assert "saved" not in before.sentence
    assert ids(before) == [""]


@pytest.mark.fault("23")
def test_a_lost_device_is_left_behind() -> None:
    recovered = found(FAILED, state(message="cuda:0 is lost", saved_step=90, lost_device=True))
    assert ids(recovered) == ["", LEAVE, "move:cpu"], "there it would only fail once more"


def test_a_changed_text_is_asked_about() -> None:
    recovered = found(Failed(message="fox has changed.", changed_text=True), state(message="fox has changed."))
    assert ids(recovered) == ["", "accept-text"]
    assert recovered.sentence == "fox has changed."


@pytest.mark.fault("27")
def test_bad_numbers_suggest_a_lower_rate() -> None:
    reason = "numbers went bad"
    of = state(reason=reason, warning="a gradient was not finite", saved_step=90, peak_rate=0.003)
    recovered = found(Paused(reason=reason), of)
    assert ids(recovered) == ["lower-rate", "go-on", "stop", ""]
    assert recovered.suggested == "lower-rate"
    assert notes(recovered)["lower-rate"] == "3e-3 becomes 1e-3"
    assert recovered.sentence == "Step 100: a gradient was not finite.\n\nThe last save is step 90."
    of.peak_rate = None
    assert found(Paused(reason=reason), of).suggested == "go-on"


@pytest.mark.fault("25")
def test_without_memory_a_smaller_batch_or_another_device_may_help() -> None:
    of = state(reason=NO_MEMORY, warning="this needs about 2.0 GB", recipe={"batch_size": 33})
    recovered = found(Paused(reason=NO_MEMORY), of, ("cpu", "cuda:0", "cuda:7"))
    assert ids(recovered) == ["go-on", "halve-batch", "move:cuda:0", "move:cuda:7", "stop", ""]
    assert [choice.key for choice in recovered.choices] == ["g", "v", "1", "2", "x", "p"]
    assert notes(recovered)["halve-batch"] == "33 becomes 16"
    of.recipe = {"batch_size": 1}
    assert "halve-batch" not in ids(found(Paused(reason=NO_MEMORY), of))


def test_no_more_devices_are_offered_than_there_are_keys() -> None:
    devices = tuple(f"cuda:{number}" for number in range(20))
    recovered = found(Paused(reason=NO_MEMORY), state(reason=NO_MEMORY, device="cpu"), devices)
    assert [each for each in ids(recovered) if each.startswith("move:")] == [f"move:cuda:{at}" for at in range(9)]
