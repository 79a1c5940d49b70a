"""A run in a host of its own, a real process, and what is said at its socket."""

import io
import json
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest.mock import patch

from hosted import Client
from training_processes import processes
from trainings import commands_of, difference, replay, stop_at

from charplay.protocol.codec import encode_request
from charplay.protocol.queues import CommandQueue
from charplay.protocol.request import TrainRequest
from charplay.recipes.layers import ConfigLayer, compose
from charplay.runs.errors import RunError
from charplay.runs.home import Home
from charplay.runs.run import Run

TEXT = "the quick brown fox jumps over the lazy dog.\nand goes on to say so once again\n" * 30
RECIPE = {
    "corpus": "fox", "hidden_size": 8, "embedding_size": 4, "num_layers": 1, "sequence_length": 8, "batch_size": 4,
    "log_every": 1, "evaluate_every": 50, "save_every": 20, "output_dropout": 0.2, "schedule": "cosine", "threads": 1,
    "device": "cpu", "minutes": None, "seed": 3,
}  # fmt: skip
NAME = "hosted"
SECONDS = 20.0
"""Within which what must happen has happened, on a crowded machine too."""

Alteration = Callable[[], None]
"""What is altered of the program in a host's process, before it begins."""


def serve(sockets: Path, order: str, log: Path, alterations: tuple[Alteration, ...]) -> None:
    """In a process of its own: what `launch` starts, but that torch is loaded already."""
    os.setsid()
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    tempfile.tempdir = str(sockets)
    sys.stdin = io.StringIO(order)
    for alter in alterations:
        alter()
    from charplay.cli.host import main

    main()


def _end_with(parent: int) -> None:
    """A host outlives much, but not the torture, whatever ended that."""
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGKILL)


class HostProcess:
    """A host; it is there once its socket is."""

    def __init__(self, place: "Place", request: TrainRequest, *alterations: Alteration) -> None:
        order = json.dumps({"request": encode_request(request), "paused": False})
        self._process = processes.Process(target=serve, args=(place.sockets, order, place.log, alterations))
        self._process.start()
        assert self._process.pid is not None
        self.pid = self._process.pid
        folder = place.sockets / f"charplay-{os.getuid()}"
        wait_for(lambda: list(folder.glob(f"{self.pid}-*.sock")) or not self._process.is_alive(), "a socket")
        self.path = next(folder.glob(f"{self.pid}-*.sock"))

    @property
    def alive(self) -> bool:
        """Whether the process is there."""
        return self._process.is_alive()

    def connect(self) -> Client:
        """A client that is attached."""
        end = time.monotonic() + SECONDS
        while True:  # it is bound before it listens
            try:
                return Client(self.path)
            except ConnectionRefusedError:
                assert time.monotonic() < end
                time.sleep(0.005)

    def kill(self) -> None:
        """End it as kill -9 does."""
        self._process.kill()
        self._process.join()

    def wait(self, seconds: float = SECONDS) -> int | None:
        """Its exit code, once it has left; None where it has not by then."""
        self._process.join(seconds)
        return self._process.exitcode


class Place:
    """A home with one text, and a folder with a short path for sockets."""

    def __init__(self, folder: Path, sockets: Path) -> None:
        self.home, self.sockets, self.log = Home(folder / "home"), sockets, folder / "host.log"
        self.home.prepare()
        (self.home.corpora / "fox.txt").write_text(TEXT)
        self.folder = self.home.checkpoints / NAME

    @property
    def run(self) -> Run:
        """The run that is hosted."""
        return Run.open(self.folder)

    def clear(self) -> None:
        """Have no run, and no log."""
        shutil.rmtree(self.home.checkpoints)
        self.home.prepare()
        self.log.unlink(missing_ok=True)

    @contextmanager
    def host(self, *alterations: Alteration, **settings: object) -> Iterator[HostProcess]:
        """A host of the run, which is begun by the recipe with settings of its own, or taken up; it ends at last."""
        process = HostProcess(self, self._request(settings), *alterations)
        try:
            yield process
        finally:
            process.kill()

    def _request(self, settings: Mapping[str, object]) -> TrainRequest:
        home = str(self.home.root)
        if (self.folder / "run.json").exists():
            return TrainRequest(home=home, resume=str(self.folder))
        return TrainRequest(home=home, recipe=recipe(settings), name=NAME)

    def headless(self, run: Run | None = None, **settings: object) -> Run:
        """The run without a host, under the changes of `run` at their steps, as far as that came."""
        from charplay.training import step_reporter
        from charplay.training.run_training import open_training

        name, inbox = f"{NAME}-headless", CommandQueue()
        shutil.rmtree(self.home.checkpoints / name, ignore_errors=True)
        asked = recipe(settings) if run is None else run.asked.model_dump()
        watchers = [] if run is None else [replay(commands_of(run))]
        if run is not None and run.finished is None:
            watchers.append(stop_at(run.newest_metrics()["step"]))
        with patch.object(step_reporter, "REPORT_SECONDS", 0.0):
            for event in open_training(TrainRequest(home=str(self.home.root), recipe=asked, name=name), inbox):
                for watch in watchers:
                    watch(event, inbox)
        return Run.open(self.home.checkpoints / name)

    def unlike(self, other: Run) -> str:
        """What tells the hosted run from another one, but for the clock; empty where nothing does."""
        try:
            return difference(self.run, other)
        except RunError as fault:
            return str(fault)

    def last_words(self) -> str:
        """What the host logged at last."""
        return self.log.read_text(errors="backslashreplace")[-600:] if self.log.exists() else ""


@contextmanager
def hosted_place(folder: Path) -> Iterator[Place]:
    """A place for hosts."""
    sockets = Path(tempfile.mkdtemp(prefix="cp", dir="/tmp"))
    try:
        yield Place(folder, sockets)
    finally:
        shutil.rmtree(sockets)


def recipe(settings: Mapping[str, object]) -> dict[str, object]:
    """The tiny recipe, as a request carries it."""
    return compose(ConfigLayer("torture", {**RECIPE, **settings}))[0].model_dump()


def wait_for(condition: Callable[[], object], what: str, seconds: float = SECONDS) -> None:
    """Stand until another process has done it; AssertionError where it does not."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"there was no {what} within {seconds:g} s"
        time.sleep(0.005)


def heard_to_the_end(client: Client) -> list[dict[str, Any]]:
    """All that a client was ever told; its host is gone."""
    with suppress(OSError):
        while client.next() is not None:
            pass
    return client.heard
