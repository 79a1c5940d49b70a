"""How a terminal's keys are heard: at once, and without looking for them."""

import asyncio
import os
import time
import tty
from collections.abc import Callable, Iterator
from select import select
from typing import Any

import pytest
from textual.events import Key, Paste

from charplay.tui.textual_patches import key_reader
from charplay.tui.textual_patches.key_reader import KeyReader


@pytest.fixture
def pseudo_terminal() -> Iterator[list[int]]:
    """Both ends of one: what the terminal has, and what the program has."""
    ends = list(os.openpty())
    tty.setraw(ends[1])
    yield ends
    for end in ends:
        os.close(end)


@pytest.fixture
def listening(
    pseudo_terminal: list[int], monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[list[Any], list[None], KeyReader]]:
    """What is heard, how long each look was to last, and the reader."""
    heard: list[Any] = []
    looks: list[Any] = []
    monkeypatch.setattr(key_reader, "select", lambda *files: (looks.append(files[-1]), select(*files))[1])
    reader = KeyReader(pseudo_terminal[1], heard.append)
    reader.start()
    yield heard, looks, reader
    reader.stop()


async def until(holds: Callable[..., Any]) -> None:
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        await asyncio.sleep(0.01)


@pytest.mark.fault("17")
async def test_who_listens_for_keys_wakes_for_keys(
    listening: tuple[list[Any], list[None], KeyReader], pseudo_terminal: list[int]
) -> None:
    heard, looks, _ = listening
    await asyncio.sleep(0.5)
    assert looks == [None]
    os.write(pseudo_terminal[0], "ä".encode()[:1])
    await until(lambda: len(looks) == 3)
    os.write(pseudo_terminal[0], "ä".encode()[1:] + b"\x1b[A")
    await until(lambda: len(looks) == 5)
    assert [message.key for message in heard if isinstance(message, Key)] == ["ä", "up"]
    assert looks[-1] is None


async def test_an_escape_alone_is_a_key_once_nothing_follows(
    listening: tuple[list[Any], list[None], KeyReader], pseudo_terminal: list[int]
) -> None:
    heard = listening[0]
    os.write(pseudo_terminal[0], b"\x1b")
    await until(lambda: heard)
    assert [message.key for message in heard] == ["escape"]


async def test_a_paste_longer_than_what_is_read_at_once_is_one(
    listening: tuple[list[Any], list[None], KeyReader], pseudo_terminal: list[int]
) -> None:
    heard, text = listening[0], "abc " * 3000
    for part in ("\x1b[200~", *[text[at : at + 1000] for at in range(0, len(text), 1000)], "\x1b[201~"):
        os.write(pseudo_terminal[0], part.encode())
        await asyncio.sleep(0.01)
    await until(lambda: heard)
    assert [type(message) for message in heard] == [Paste]
    assert heard[0].text == text


async def test_bytes_that_are_no_text_do_not_end_the_listening(
    listening: tuple[list[Any], list[None], KeyReader], pseudo_terminal: list[int]
) -> None:
    heard = listening[0]
    os.write(pseudo_terminal[0], b"\xff")
    await asyncio.sleep(0.2)
    os.write(pseudo_terminal[0], b"a")
    await until(lambda: heard)
    assert [message.key for message in heard] == ["a"]


async def test_the_end_is_heard_at_once_and_keys_again_after_it(
    listening: tuple[list[Any], list[None], KeyReader], pseudo_terminal: list[int]
) -> None:
    heard, _, reader = listening
    await asyncio.sleep(0.1)
    assert reader.running
    reader.stop()
    assert not reader.running
    reader.stop()
    reader.start()
    os.write(pseudo_terminal[0], b"a")
    await until(lambda: heard)


@pytest.mark.fault("12")
async def test_a_terminal_that_is_gone_ends_the_listening(
    listening: tuple[list[Any], list[None], KeyReader], pseudo_terminal: list[int]
) -> None:
    _, looks, reader = listening
    os.close(pseudo_terminal[0])
    pseudo_terminal[0] = os.open(os.devnull, os.O_RDONLY)
    await until(lambda: not reader.running)
    assert len(looks) < 5, "it has an end of file at every moment"
