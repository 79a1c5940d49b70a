"""Signals and hang-ups are told in the loop, each once, whoever took them before."""

import asyncio
import os
import signal
from collections.abc import Callable
from signal import Signals
from typing import Any

import pytest

from charplay.protocol.exit_codes import HUNG_UP, SAVE_SIGNAL, SIGNALS
from charplay.tui.textual_patches.signals import listen


@pytest.fixture
def codes() -> tuple[list[Any], Callable[..., Any]]:
    """The codes that were told, and who is to tell them."""
    told = []

    async def leave(code: int) -> None:
        told.append(code)

    return told, leave


async def until(holds: Callable[..., Any]) -> None:
    for _ in range(600):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came true")


@pytest.mark.fault("14")
@pytest.mark.parametrize("number", list(SIGNALS))
async def test_a_signal_is_heard_once_and_by_nobody_else(
    codes: tuple[list[Any], Callable[..., Any]], number: Signals
) -> None:
    others, loop, (told, leave) = [], asyncio.get_running_loop(), codes
    loop.add_signal_handler(number, lambda: others.append(number))  # as Textual's driver for browsers does
    listen(leave, lambda: None)
    signal.raise_signal(number)
    await until(lambda: told)
    await asyncio.sleep(0.05)
    assert told == [SIGNALS[number]]
    assert not others


@pytest.mark.fault("60")
async def test_one_signal_saves_as_often_as_it_comes_and_nobody_leaves(
    codes: tuple[list[Any], Callable[..., Any]],
) -> None:
    told, leave = codes
    saved = []
    listen(leave, lambda: saved.append(asyncio.get_running_loop()))
    for count in (1, 2):
        signal.raise_signal(SAVE_SIGNAL)
        await until(lambda count=count: len(saved) == count)
    assert not told


@pytest.mark.fault("13", "60")
@pytest.mark.parametrize("number", [*SIGNALS, SAVE_SIGNAL])
async def test_a_signal_that_was_ignored_stays_ignored(
    codes: tuple[list[Any], Callable[..., Any]], number: Signals
) -> None:
    told, leave = codes
    signal.signal(number, signal.SIG_IGN)
    listen(leave, lambda: told.append(0))
    signal.raise_signal(number)
    await asyncio.sleep(0.05)
    assert not told


@pytest.mark.fault("12")
async def test_a_terminal_that_hangs_up_is_noticed_without_looking(codes: tuple[list[Any], Callable[..., Any]]) -> None:
    told, leave = codes
    terminal, program = os.openpty()
    listen(leave, lambda: None, program)
    await asyncio.sleep(0.05)
    assert not told
    os.close(terminal)
    await until(lambda: told)
    assert told == [HUNG_UP]
    os.close(program)
