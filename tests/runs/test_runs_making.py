"""A run is made whole or not at all: whoever is killed on the way takes no name, and leaves nothing for long."""

import os
from collections.abc import Callable

import pytest

from charplay.runs.home import Home
from charplay.runs.run import Run, RunError


@pytest.mark.fault("47")
@pytest.mark.parametrize("name", [None, "mine"])
def test_a_kill_while_a_run_is_made_takes_no_name(
    home: Home, make_run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch, name: str | None
) -> None:
    child = os.fork()
    if child == 0:
        monkeypatch.setattr(os, "fsync", lambda _: os._exit(9))
        make_run(name)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert len(list(home.checkpoints.iterdir())) == 1
    run = make_run(name)
    assert run.name == (name or "tiny-shakespeare-lstm-1x6-01")
    assert home.clear_leftovers() == 1
    assert list(home.checkpoints.iterdir()) == [run.folder]


def test_a_run_that_cannot_be_made_leaves_nothing(
    home: Home, make_run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        make_run("mine")
    assert not list(home.checkpoints.iterdir())


@pytest.mark.fault("5", "51")
def test_a_name_that_is_taken_meanwhile_is_refused_and_the_other_run_stands(
    home: Home, make_run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = make_run("mine")
    monkeypatch.setattr("charplay.runs.naming.require_name", lambda *_: None)
    with pytest.raises(RunError, match="already"):
        make_run("mine")
    assert list(home.checkpoints.iterdir()) == [first.folder]
