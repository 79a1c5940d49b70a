"""Laws of the border: facts are never lost or reordered, readings are merged, nobody waits."""

import json
import threading
import time
from dataclasses import fields, is_dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charplay.protocol import commands, events
from charplay.protocol.events import Event, Progress, Row
from charplay.protocol.queues import MAX_ROWS, CommandQueue, EventQueue

FACTS = [
    events.Preparing(phase="reading"),
    events.Evaluated(epoch=1.0, val_loss=2.0, val_accuracy=0.4, best=True),
    events.Saved(path="/x", best=False),
    events.Changed(field="learning_rate", old=1e-3, new=1e-4),
    events.Paused(),
    events.Resumed(),
    events.Warned(message="careful"),
    events.Stopped(reason="asked"),
]


def row(step: float, **values: Any) -> Row:
    return events.Row(step=step, epoch=step / 10, seconds=float(step), **values)  # type: ignore[arg-type]


def progress(step: int, rows: list[Row]) -> Progress:
    return events.Progress(
        step=step, rows=tuple(rows), epoch=0.0, total_steps=None, done=0.0, chars_per_second=0.0, seconds_left=None
    )


@st.composite
def streams(draw: st.DrawFn) -> list[Event | None]:
    """Events as a trainer tells them, steps going up, with drains (None) in between."""
    kinds = draw(st.lists(st.sampled_from(["fact", "progress", "published", "working", "drain"]), max_size=60))
    stream: list[Event | None] = []
    for step, kind in enumerate(kinds):
        if kind == "drain":
            stream.append(None)
        elif kind == "fact":
            stream.append(replace(draw(st.sampled_from(FACTS)), step=step))
        elif kind == "progress":
            stream.append(progress(step, [row(step + part / 10) for part in range(draw(st.integers(0, 3)))]))
        elif kind == "working":
            stream.append(events.Working(step=step, phase="measuring", share=step / 60))
        else:
            stream.append(events.Published(step=step, weights={"output.bias": np.full(2, step, dtype=np.float32)}))
    return stream


def passed(stream: list[Event | None]) -> list[list[Event]]:
    """What comes out of a mailbox, one list per drain."""
    mailbox, out = EventQueue(), []
    for event in [*stream, None]:
        if event is None:
            out.append(mailbox.drain())
        else:
            mailbox.put(event)
    assert mailbox.drain() == []
    return out


def is_reading(event: Event) -> bool:
    return isinstance(event, events.Progress | events.Published | events.Working)


@settings(deadline=None)
@given(streams())
def test_facts_are_kept_in_order(stream: list[Event | None]) -> None:
    facts = [event for event in stream if event is not None and not is_reading(event)]
    assert [event for batch in passed(stream) for event in batch if not is_reading(event)] == facts


@settings(deadline=None)
@given(streams())
@pytest.mark.fault("3")
def test_rows_are_kept_in_order_whatever_was_merged(stream: list[Event | None]) -> None:
    rows = [one for event in stream if isinstance(event, events.Progress) for one in event.rows]
    out = [
        one for batch in passed(stream) for event in batch if isinstance(event, events.Progress) for one in event.rows
    ]
    assert out == rows


@settings(deadline=None)
@given(streams())
def test_a_drain_holds_the_newest_reading_of_a_kind_and_progress_never_crosses_a_change(
    stream: list[Event | None],
) -> None:
    """A change may take steps back: rows told before it must not arrive after it."""
    batches: list[list[Event]] = []
    batch: list[Event] = []
    for event in [*stream, None]:
        if event is None:
            batches.append(batch)
            batch = []
        else:
            batch.append(event)

    def between_changes(events_in_order: list[Event]) -> list[list[int]]:
        stretches: list[list[int]] = [[]]
        for event in events_in_order:
            if isinstance(event, events.Changed):
                stretches.append([])
            elif isinstance(event, events.Progress):
                stretches[-1].append(event.step)
        return stretches

    for put, got in zip(batches, passed(stream), strict=True):
        assert between_changes(got) == [stretch[-1:] for stretch in between_changes(put)]
        for kind in (events.Published, events.Working):
            newest = [event.step for event in put if isinstance(event, kind)][-1:]
            assert [event.step for event in got if isinstance(event, kind)] == newest


@settings(deadline=None)
@given(streams())
def test_a_reading_never_overtakes_a_fact_told_after_it(stream: list[Event | None]) -> None:
    for batch in passed(stream):
        assert all(a.step <= b.step for a, b in pairwise(batch))


@pytest.mark.fault("3", "17")
def test_rows_nobody_drains_stay_bounded_and_evaluations_are_kept() -> None:
    mailbox = EventQueue()
    for step in range(3 * MAX_ROWS):
        mailbox.put(progress(step, [row(step, val_loss=1.0 if step % 500 == 0 else None)]))
    (merged,) = mailbox.drain()
    assert isinstance(merged, Progress)
    assert len(merged.rows) <= MAX_ROWS + 1
    assert merged.rows[-1].step == 3 * MAX_ROWS - 1
    assert {one.step for one in merged.rows if one.val_loss is not None} == set(range(0, 3 * MAX_ROWS, 500))


def test_one_thread_puts_while_another_drains() -> None:
    mailbox, got, total = EventQueue(), [], 2000

    def put() -> None:
        for step in range(total):
            mailbox.put(events.Saved(step=step, path="", best=False) if step % 3 else progress(step, [row(step)]))

    thread = threading.Thread(target=put)
    thread.start()
    while thread.is_alive():
        got += mailbox.drain()
    got += mailbox.drain()
    assert [event.step for event in got if isinstance(event, events.Saved)] == [s for s in range(total) if s % 3]
    rows = [one.step for event in got if isinstance(event, events.Progress) for one in event.rows]
    assert rows == list(range(0, total, 3))


# The inbox

COMMANDS = st.sampled_from(
    [
        commands.Pause(),
        commands.Resume(),
        commands.Stop(),
        commands.SetHyperparameter("learning_rate", 0.1),
        commands.PublishWeights(),
    ]
)


@settings(deadline=None)
@given(st.lists(COMMANDS))
def test_commands_arrive_once_and_in_order(asked: list[Any]) -> None:
    inbox = CommandQueue()
    for command in asked:
        inbox.put(command)
    assert list(inbox.take()) == asked
    assert list(inbox.take()) == []


def test_an_empty_inbox_is_left_at_once_and_waited_at_only_when_asked() -> None:
    inbox = CommandQueue()
    before = time.monotonic()
    assert list(inbox.take(wait=0.05)) == []
    assert time.monotonic() - before >= 0.05
    before = time.monotonic()
    assert [list(inbox.take()) for _ in range(100)] == [[]] * 100
    assert time.monotonic() - before < 4  # waits of 0.05 would make 5


def test_a_command_ends_the_wait() -> None:
    inbox = CommandQueue()
    timer = threading.Timer(0.02, inbox.put, [commands.Stop()])
    timer.start()
    before = time.monotonic()
    assert list(inbox.take(wait=5.0)) == [commands.Stop()]
    assert time.monotonic() - before < 2


# What crosses is plain and frozen

EVENTS = [value for value in vars(events).values() if isinstance(value, type) and issubclass(value, events.Event)]


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.__name__)
def test_events_are_frozen(kind: type[Any]) -> None:
    assert is_dataclass(kind)
    assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]


@pytest.mark.parametrize("event", FACTS, ids=lambda event: event.kind)
def test_a_json_line_begins_with_the_event_and_carries_every_field(event: Event) -> None:
    line = json.loads(json.dumps(events.as_json(event)))
    assert next(iter(line)) == "event"
    assert line["event"] == event.kind
    assert set(line) == {"event"} | {field.name for field in fields(event)}


def test_a_progress_line_carries_the_newest_value_of_each_column_instead_of_rows() -> None:
    line = events.as_json(progress(7, [row(5, train_loss=2.0, val_loss=2.5), row(7, train_loss=1.5)]))
    assert "rows" not in line
    assert (line["train_loss"], line["val_loss"]) == (1.5, 2.5)
    assert (line["step"], line["seconds"]) == (7, 0.0)
