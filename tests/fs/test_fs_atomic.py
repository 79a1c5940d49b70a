"""Old contents or new ones, whole: under faults at every call, kills at every call, and power cuts."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from charplay.fs import atomic

CALLS = ("open", "write", "fsync", "replace", "close")


class Fault:
    """Counts the calls of `os` that a save makes, and does `action` at the `at`-th."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, action: Callable[..., Any], at: int | None = None) -> None:
        self.seen: list[str] = []
        for name in CALLS:
            monkeypatch.setattr(os, name, self._counted(name, getattr(os, name), action, at))

    def _counted(
        self, name: str, call: Callable[..., Any], action: Callable[..., Any], at: int | None
    ) -> Callable[..., Any]:
        def counted(*args: Path | int | memoryview, **options: object) -> Any:
            self.seen.append(name)
            if at is not None and len(self.seen) - 1 == at and action(name, call, args) is not None:
                raise OSError(errno.ENOSPC, "No space left on device")
            return call(*args, **options)

        return counted


def fail(_name: str, _call: Callable[..., Any], _args: Any) -> bool:
    return True


def fail_half_way(name: str, call: Callable[..., Any], args: Any) -> bool:
    """Write half of it before failing, as a full disk does."""
    if name == "write":
        call(args[0], bytes(args[1])[: len(args[1]) // 2])
    return True


def die(_name: Any, _call: Any, _args: Any) -> None:
    os._exit(9)


def calls_of_a_save(path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    with monkeypatch.context() as patch:
        fault = Fault(patch, fail)
        atomic.replace_bytes(path, b"old" * 1000)
    return fault.seen


def test_a_save_syncs_before_it_renames_and_the_folder_after(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = calls_of_a_save(tmp_path / "file", monkeypatch)
    assert seen == ["open", "write", "fsync", "replace", "close", "open", "fsync", "close"]


@pytest.mark.parametrize("action", [fail, fail_half_way])
@pytest.mark.fault("49")
def test_a_fault_at_any_call_leaves_the_old_or_the_new_contents_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, action: Callable[..., Any]
) -> None:
    path = tmp_path / "file"
    seen = calls_of_a_save(path, monkeypatch)
    old, new = path.read_bytes(), b"new" * 2000
    renamed = seen.index("replace")
    for at in range(len(seen)):
        atomic.replace_bytes(path, old)
        with monkeypatch.context() as patch:
            Fault(patch, action, at)
            with pytest.raises(OSError, match="No space"):
                atomic.replace_bytes(path, new)
        assert path.read_bytes() == (new if at > renamed else old)
        assert list(tmp_path.iterdir()) == [path]


@pytest.mark.fault("47")
def test_a_kill_at_any_call_leaves_the_old_or_the_new_contents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    seen = calls_of_a_save(path, monkeypatch)
    old, new = path.read_bytes(), b"new" * 2000
    left = 0
    for at in range(len(seen)):
        atomic.replace_bytes(path, old)
        child = os.fork()
        if child == 0:
            Fault(monkeypatch, die, at)
            atomic.replace_bytes(path, new)
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
        assert path.read_bytes() == (new if at > seen.index("replace") else old)
        left += atomic.clear_leftovers(tmp_path)
        assert list(tmp_path.iterdir()) == [path]
    assert left == seen.index("replace"), "between opening and renaming a file is left, and found"


def test_short_writes_are_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:7]))
    atomic.replace_bytes(tmp_path / "file", bytes(range(256)))
    assert (tmp_path / "file").read_bytes() == bytes(range(256))


@pytest.mark.fault("50")
def test_a_folder_that_has_gone_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        atomic.replace_bytes(tmp_path / "gone" / "file", b"")


def test_only_what_nobody_is_writing_is_a_leftover(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stale = tmp_path / ".charplay-00.partial"
    stale.write_bytes(b"half")
    (tmp_path / ".charplay-01.partial").mkdir()
    (tmp_path / ".charplay-01.partial" / "run.json").write_text("")
    (tmp_path / ".charplay-02.partial").symlink_to(tmp_path)
    others = {tmp_path / ".charplay-home", tmp_path / "mine.partial", tmp_path / ".charplay-02.partial"}
    (tmp_path / ".charplay-home").touch()
    (tmp_path / "mine.partial").touch()
    found_meanwhile = []
    rename = os.replace

    def look_then_replace(source: Path, target: Path) -> None:
        found_meanwhile.extend(atomic.leftovers(tmp_path))
        rename(source, target)

    monkeypatch.setattr(os, "replace", look_then_replace)
    atomic.replace_bytes(tmp_path / "file", b"whole")
    assert found_meanwhile == [stale, tmp_path / ".charplay-01.partial"]
    assert atomic.clear_leftovers(tmp_path) == 2
    assert set(tmp_path.iterdir()) == others | {tmp_path / "file"}


def test_of_a_link_to_a_folder_only_the_link_is_removed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    atomic.remove_folder(tmp_path / "link")
    assert (tmp_path / "real" / "file").exists()
    atomic.remove_folder(tmp_path / "real")
    assert not list(tmp_path.iterdir())


# Power cuts. Unlike a kill they lose what was not synced, and may keep a rename that came after it.


def states_after_a_power_cut(path: Path, monkeypatch: pytest.MonkeyPatch, save: Callable[..., Any]) -> set[bytes]:
    """What `path` may hold if the power fails at any moment of `save`, going by the calls that it made."""
    old, written, synced, possible = path.read_bytes(), b"", False, set()
    write, fsync, rename = os.write, os.fsync, os.replace

    def look(*, renamed: bool) -> None:
        torn = set() if synced else {b"", bytes(len(written)), written[: len(written) // 2]}
        possible.update({old} | ({written} | torn if renamed else set()))

    def watched_write(descriptor: int, data: memoryview | bytes) -> int:
        nonlocal written
        written += bytes(data)
        look(renamed=False)
        return write(descriptor, data)

    def watched_fsync(descriptor: int) -> None:
        nonlocal synced
        synced = True
        look(renamed=False)
        fsync(descriptor)

    def watched_replace(source: Path, target: Path) -> None:
        rename(source, target)
        look(renamed=True)

    with monkeypatch.context() as patch:
        for name, call in (("write", watched_write), ("fsync", watched_fsync), ("replace", watched_replace)):
            patch.setattr(os, name, call)
        save()
    return possible


@pytest.mark.fault("48")
def test_a_power_cut_at_any_moment_leaves_the_old_or_the_new_contents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    assert states_after_a_power_cut(path, monkeypatch, lambda: atomic.replace_bytes(path, b"new!")) == {
        b"old",
        b"new!",
    }


def test_a_writer_that_does_not_sync_does_not_survive_power_cuts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the replay must be able to find a torn file."""
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def save() -> None:
        descriptor = os.open(tmp_path / "new", os.O_WRONLY | os.O_CREAT)
        os.write(descriptor, b"new!")
        os.close(descriptor)
        os.replace(tmp_path / "new", path)  # noqa: PTH105  # the call that is watched

    assert bytes(4) in states_after_a_power_cut(path, monkeypatch, save)
