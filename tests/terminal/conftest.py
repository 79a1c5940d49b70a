"""The fixture `terminal`: starts programs on pseudo-terminals and ends them after the test."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pseudo_terminal import Terminal


@pytest.fixture
def terminal() -> Iterator[Callable[..., Terminal]]:
    """`terminal(command, columns=120, rows=40, env=..., cwd=...)` starts a program and gives its `Terminal`."""
    started: list[Terminal] = []

    def start(*arguments: Any, **options: Any) -> Terminal:
        started.append(Terminal(*arguments, **options))
        return started[-1]

    yield start
    for one in started:
        one.close()
