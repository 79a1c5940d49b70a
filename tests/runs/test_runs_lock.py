"""A run is owned by one process at a time, and by nobody once that process is dead."""

import errno
import fcntl
import os
import signal
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from charplay.runs.errors import RunError
from charplay.runs.lock import Lock, Owner
from charplay.runs.run import Run


def child_that_owns(folder: Path) -> int:
    """A process that holds the run's lock until it is killed."""
    ready, tell = os.pipe()
    child = os.fork()
    if child == 0:
        Run.open(folder).lock()
        os.write(tell, b".")
        signal.pause()
    os.close(tell)
    os.read(ready, 1)
    os.close(ready)
    return child


@pytest.mark.fault("51")
def test_the_owner_is_named_and_its_death_frees_the_run(make_run: Callable[..., Run]) -> None:
    run = make_run()
    child = child_that_owns(run.folder)
    try:
        assert run.owner.pid == child
        assert run.owner.host == socket.gethostname()
        with pytest.raises(RunError, match=rf"is in use by pid {child} on .+ since \d{{4}}-\d\d-\d\d \d\d:\d\d UTC"):
            run.lock()
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    assert run.owner is None
    with run.lock():
        assert run.owner.pid == os.getpid()  # type: ignore[attr-defined]


def test_the_lock_names_where_its_run_is_reached(make_run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch) -> None:
    run = make_run()
    monkeypatch.setenv("SLURM_JOB_ID", "4711")
    with run.lock("/tmp/charplay-1/7.sock"):
        assert run.owner is not None
        assert (run.owner.socket, run.owner.job) == ("/tmp/charplay-1/7.sock", "4711")
        (run.folder / "lock").write_text('{"pid": 7, "host": "h", "since": "s"}')  # as it was written before
        assert (run.owner.pid, run.owner.socket, run.owner.job) == (7, "", "")


@pytest.mark.parametrize(
    ("owner", "place"),
    [
        (Owner(os.getpid(), socket.gethostname(), "now"), "here"),
        (Owner(1, socket.gethostname(), "now"), "terminal"),
        (Owner(1, socket.gethostname(), "now", "/tmp/x.sock"), "detached"),
        (Owner(os.getpid(), "another", "now", "/tmp/x.sock"), "elsewhere"),
    ],
)
def test_where_a_run_trains_follows_from_its_owner(owner: Owner, place: str) -> None:
    assert owner.place == place


def test_one_process_cannot_own_it_twice(make_run: Callable[..., Run]) -> None:
    run = make_run()
    with run.lock():
        with pytest.raises(RunError, match=f"in use by pid {os.getpid()}"):
            Run.open(run.folder).lock()
        assert run.owner.pid == os.getpid()
    assert run.owner is None
    lock = run.lock()
    lock.release()
    lock.release()
    run.lock().release()


@pytest.mark.fault("50")
def test_a_disk_that_has_become_read_only_still_lets_the_run_free(
    make_run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run()
    lock = run.lock()

    def refuse(*_: int) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    with monkeypatch.context() as disk:
        disk.setattr(os, "ftruncate", refuse)
        lock.release()
    assert run.owner is None
    run.lock().release()


def test_one_who_looks_at_the_wrong_moment_is_waited_for(make_run: Callable[..., Run]) -> None:
    run = make_run()
    run.lock().release()
    with (run.folder / "lock").open() as file:
        fcntl.flock(file, fcntl.LOCK_SH)  # what `owner` does, for longer than it takes
        looked = threading.Timer(0.03, fcntl.flock, (file, fcntl.LOCK_UN))
        looked.start()
        run.lock().release()
        looked.join()


@pytest.mark.parametrize("fault", [errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP])
def test_a_file_system_without_locks_keeps_runs_all_the_same(
    make_run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch, fault: int
) -> None:
    def flock(_descriptor: int, _how: int) -> None:
        raise OSError(fault, os.strerror(fault))

    run = make_run()
    monkeypatch.setattr(fcntl, "flock", flock)
    with run.lock():
        assert run.owner is None
    assert run.owner is None


def test_looking_makes_no_file(make_run: Callable[..., Run]) -> None:
    run = make_run()
    assert run.owner is None
    assert not (run.folder / "lock").exists()


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"pid": "x"}', b"\xff"])
def test_an_owner_that_cannot_be_read_is_still_an_owner(make_run: Callable[..., Run], text: bytes) -> None:
    run = make_run()
    with run.lock():
        (run.folder / "lock").write_bytes(text)
        assert run.owner is not None
        with pytest.raises(RunError, match="unknown host"):
            run.lock()


def test_owning_a_run_clears_what_a_dead_owner_left(make_run: Callable[..., Run]) -> None:
    run = make_run()
    left = run.folder / ".charplay-00.partial"
    left.write_bytes(b"half")
    with run.lock():
        assert not left.exists()


def test_a_folder_that_cannot_be_written_is_one_sentence(make_run: Callable[..., Run]) -> None:
    run = make_run()
    (run.folder / "lock").mkdir()
    with pytest.raises(RunError, match="cannot be written"):
        run.lock()


@pytest.mark.fault("51")
def test_of_many_who_try_at_once_one_wins(make_run: Callable[..., Run]) -> None:
    run = make_run()
    reading, writing = os.pipe()
    children = []
    for _ in range(6):
        child = os.fork()
        if child == 0:
            try:
                Lock(run.folder)
            except Exception:  # noqa: BLE001  # a child of a test says so and leaves
                os.write(writing, b"l")
            else:
                os.write(writing, b"W")
                signal.pause()
            os._exit(0)
        children.append(child)
    os.close(writing)
    said = b"".join(os.read(reading, 1) for _ in children)
    for child in children:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    os.close(reading)
    assert sorted(said) == sorted(b"Wlllll")
