"""Whoever comes late knows what those know who saw the run from its beginning."""

from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spoken_trainer import progress, row, started

from charplay.playground.run_history import RunHistory
from charplay.playground.run_state import OVERFITTING_EVALUATIONS, RunState
from charplay.protocol.events import (
    Changed,
    Evaluated,
    Event,
    Paused,
    Preparing,
    Resumed,
    Saved,
    Warned,
    Working,
)
from charplay.server.run_snapshot import RunSnapshot

NOT_KEPT = {"work", "work_share", "chars_per_second", "phase", "warning"}
"""What the next event says anew."""


def known(state: RunState) -> dict[str, object]:
    values = {each.name: getattr(state, each.name) for each in fields(state) if each.name not in NOT_KEPT}
    return values | {"changes": state.changes.standing, "worse": min(state.worse, OVERFITTING_EVALUATIONS)}


def summed_up(events: list[Event]) -> tuple[RunState, RunState, RunSnapshot]:
    there, snapshot, late = RunState(status="preparing"), RunSnapshot(), RunState(status="preparing")
    for event in events:
        there.apply(event)
        snapshot.apply(event)
    for event in snapshot.events():
        late.apply(event)
    return there, late, snapshot


@st.composite
def stories(draw: st.DrawFn) -> list[Event]:
    """A run as a trainer may tell it, saved at its first step."""
    step, seconds, story, paused = 0, 0.0, list[Event](), False
    standing: list[Changed] = []
    story += [Preparing(phase="reading"), started(), Saved(step=0, path="/x", best=True)]
    for kind in draw(st.lists(st.sampled_from("pppeescuhwW"), max_size=30)):
        at: Any = {"step": step, "seconds": seconds}
        match kind:
            case "p" if not paused:
                step, seconds = step + 10, seconds + 0.5
                story.append(progress(step, [row(step, train_loss=1 / step, learning_rate=0.1, val_loss=2.0)]))
            case "e":
                story.append(Evaluated(**at, epoch=3, val_loss=draw(st.sampled_from([1.0, 2.0])), val_accuracy=0.5,
                                       best=draw(st.booleans())))  # fmt: skip
            case "s":
                story.append(Saved(**at, path="/x", best=False))
            case "c":
                standing.append(Changed(**at, field="learning_rate", old=0.1, new=draw(st.sampled_from([0.2, 0.3]))))
                story.append(standing[-1])
            case "h":
                story.append(Resumed(**at) if paused else Paused(**at, reason="asked"))
                paused = not paused
            case "W":
                story.append(Warned(**at, message="slow"))
            case "w":
                story.append(Working(**at, phase="measuring"))
    return story


@given(stories())
def test_a_snapshot_leaves_nobody_behind(story: list[Event]) -> None:
    there, late, _ = summed_up(story)
    assert known(late) == known(there)


def test_before_the_start_the_phase_is_known() -> None:
    there, late, _ = summed_up([Preparing(phase="importing torch"), Preparing(phase="reading the text")])
    assert late.phase == there.phase == "reading the text"
    assert RunSnapshot().events() == []


def test_a_change_that_was_taken_back_is_not_told() -> None:
    story = [
        started(), progress(10), Changed(step=10, field="dropout", old=0.0, new=0.3), progress(20),
        Changed(step=10, field="undo", old=20, new=10), Changed(step=10, field="dropout", old=0.3, new=0.0),
    ]  # fmt: skip
    there, late, snapshot = summed_up(story)
    assert late.step == there.step == 10
    assert len(late.changes) == len(there.changes) == 0
    assert late.recipe == there.recipe
    begun = next(event for event in snapshot.events() if event.kind == "started")
    assert begun.step == 10  # rows beyond are of what never happened


def test_a_pause_of_its_own_is_told_with_its_reason() -> None:
    story = [
        started(),
        progress(10),
        Warned(step=10, message="the loss is nan"),
        Paused(step=10, reason="numbers went bad"),
    ]
    _, late, _ = summed_up(story)
    assert (late.status, late.reason, late.warning) == ("paused", "numbers went bad", "the loss is nan")


def test_earlier_rows_are_for_the_folder_and_not_told_twice() -> None:
    _, _, snapshot = summed_up([started(), progress(10), progress(20)])
    history = RunHistory()
    for event in snapshot.events():
        history.apply(event)
    assert history.begun is not None
    assert (history.begun.step, history.begun.resumed) == (20, True)
    x, _ = history.curves.points("train_loss")
    assert len(x) == 0


def test_the_law_can_fail() -> None:
    there, late, _ = summed_up([started(), progress(10)])
    late.step = 9
    with pytest.raises(AssertionError):
        assert known(late) == known(there)
