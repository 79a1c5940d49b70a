"""Whatever is cut into pieces comes out as the lines that went in, and no event is longer than a line."""

import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spoken_trainer import progress, row, started

from charplay.protocol.codec import ProtocolError, decode_event
from charplay.protocol.events import Failed, Progress, Sampled
from charplay.server.framing import MAX_LINE_BYTES, LineBuffer, decode_line, encode_line, event_lines

LINES = st.lists(st.binary(max_size=50).map(lambda line: line.replace(b"\n", b"")), max_size=8)


@given(LINES, st.lists(st.integers(1, 20), max_size=30))
def test_lines_come_out_as_they_went_in_however_they_were_cut(lines: Sequence[bytes], cuts: Sequence[int]) -> None:
    buffer, came = LineBuffer(), list[bytes]()
    rest = b"".join(line + b"\n" for line in lines)
    for size in [*cuts, len(rest) + 1]:
        buffer.feed(rest[:size])
        rest = rest[size:]
        came += buffer.take(2)
    assert [*came, *buffer.take()] == list(lines)
    assert not buffer.has_line


def test_a_line_without_an_end_is_refused_before_it_fills_the_memory() -> None:
    buffer = LineBuffer()
    buffer.feed(b"x" * (MAX_LINE_BYTES - 1))
    with pytest.raises(ProtocolError, match="65,536 bytes"):
        buffer.feed(b"x")


@pytest.mark.parametrize("line", [b"", b"{", b"[]", b"1", b'{"a": NaN}', b"\xff", b"[" * 60_000, b'{"a":' * 10_000])
def test_what_is_no_message_is_said(line: bytes) -> None:
    with pytest.raises(ProtocolError):
        decode_line(line)


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.none()))
def test_a_message_comes_back_as_it_was(message: dict[str, object]) -> None:
    line = encode_line(message)
    assert line.count(b"\n") == 1
    assert decode_line(line[:-1]) == message


def test_many_rows_become_several_events_with_the_same_rows() -> None:
    event = progress(4096, [row(step, train_loss=1 / 3, grad_norm=1 / 7) for step in range(4096)])
    lines = event_lines(event)
    assert len(lines) > 1
    parts = [decode_event(json.loads(line)) for line in lines]
    assert all(isinstance(part, Progress) for part in parts)
    assert tuple(each for part in parts for each in part.rows) == event.rows  # type: ignore[attr-defined]
    assert max(map(len, lines)) <= MAX_LINE_BYTES


@pytest.mark.parametrize(
    "event",
    [
        Failed(message="m" * 100_000, cause="\U0001f600" * 100_000),
        Sampled(epoch=1.0, temperature=0.5, prompt="p" * 70_000, text="t", truth="\0" * 70_000),
        started(recipe={"sample_prompt": "p" * 200_000, "seed": 1}, notes=("n" * 50_000,) * 40),
    ],
)
def test_texts_that_are_too_long_for_a_line_keep_their_beginning(event: Failed | Sampled) -> None:
    (line,) = event_lines(event)
    assert len(line) <= MAX_LINE_BYTES
    assert type(decode_event(json.loads(line))) is type(event)


def test_what_fits_crosses_as_it_is() -> None:
    event = Failed(message="it broke", cause="line\nline")
    (line,) = event_lines(event)
    assert decode_event(json.loads(line)) == event
