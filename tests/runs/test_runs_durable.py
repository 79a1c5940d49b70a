"""Old contents or new ones, whole: under faults at every call, kills at every call, and kills at any moment."""

import errno
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from charplay.runs import durable
from charplay.runs.checkpoint import read_checkpoint, write_checkpoint

CALLS = ("open", "write", "fsync", "replace", "close")


class Fault:
    """Counts the calls of `os` that a save makes, and does `action` at the `at`-th."""

    def __init__(self, monkeypatch, action, at=None):
        self.seen: list[str] = []
        for name in CALLS:
            monkeypatch.setattr(durable.os, name, self._counted(name, getattr(os, name), action, at))

    def _counted(self, name, call, action, at):
        def counted(*args, **options):
            self.seen.append(name)
            if at is not None and len(self.seen) - 1 == at and action(name, call, args) is not None:
                raise OSError(errno.ENOSPC, "No space left on device")
            return call(*args, **options)

        return counted


def fail(_name, _call, _args):
    return True


def fail_half_way(name, call, args):
    """Write half of it before failing, as a full disk does."""
    if name == "write":
        call(args[0], bytes(args[1])[: len(args[1]) // 2])
    return True


def die(_name, _call, _args):
    os._exit(9)


def calls_of_a_save(path: Path, monkeypatch) -> list[str]:
    with monkeypatch.context() as patch:
        fault = Fault(patch, fail)
        durable.replace_bytes(path, b"old" * 1000)
    return fault.seen


def test_a_save_syncs_before_it_renames_and_the_folder_after(tmp_path, monkeypatch):
    seen = calls_of_a_save(tmp_path / "file", monkeypatch)
    assert seen == ["open", "write", "fsync", "replace", "close", "open", "fsync", "close"]


@pytest.mark.parametrize("action", [fail, fail_half_way])
def test_a_fault_at_any_call_leaves_the_old_or_the_new_contents_and_nothing_else(tmp_path, monkeypatch, action):
    path = tmp_path / "file"
    seen = calls_of_a_save(path, monkeypatch)
    old, new = path.read_bytes(), b"new" * 2000
    renamed = seen.index("replace")
    for at in range(len(seen)):
        durable.replace_bytes(path, old)
        with monkeypatch.context() as patch:
            Fault(patch, action, at)
            with pytest.raises(OSError, match="No space"):
                durable.replace_bytes(path, new)
        assert path.read_bytes() == (new if at > renamed else old)
        assert list(tmp_path.iterdir()) == [path]


def test_a_kill_at_any_call_leaves_the_old_or_the_new_contents(tmp_path, monkeypatch):
    path = tmp_path / "file"
    seen = calls_of_a_save(path, monkeypatch)
    old, new = path.read_bytes(), b"new" * 2000
    left = 0
    for at in range(len(seen)):
        durable.replace_bytes(path, old)
        child = os.fork()
        if child == 0:
            Fault(monkeypatch, die, at)
            durable.replace_bytes(path, new)
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
        assert path.read_bytes() == (new if at > seen.index("replace") else old)
        left += durable.clear_leftovers(tmp_path)
        assert list(tmp_path.iterdir()) == [path]
    assert left == seen.index("replace"), "between opening and renaming a file is left, and found"


def test_short_writes_are_completed(tmp_path, monkeypatch):
    write = os.write
    monkeypatch.setattr(durable.os, "write", lambda descriptor, data: write(descriptor, data[:7]))
    durable.replace_bytes(tmp_path / "file", bytes(range(256)))
    assert (tmp_path / "file").read_bytes() == bytes(range(256))


def test_a_folder_that_has_gone_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        durable.replace_bytes(tmp_path / "gone" / "file", b"")


def test_only_what_nobody_is_writing_is_a_leftover(tmp_path, monkeypatch):
    stale = tmp_path / ".charplay-00.partial"
    stale.write_bytes(b"half")
    (tmp_path / ".charplay-01.partial").mkdir()
    (tmp_path / ".charplay-01.partial" / "run.json").write_text("")
    (tmp_path / ".charplay-02.partial").symlink_to(tmp_path)
    others = {tmp_path / ".charplay-home", tmp_path / "mine.partial", tmp_path / ".charplay-02.partial"}
    (tmp_path / ".charplay-home").touch()
    (tmp_path / "mine.partial").touch()
    found_meanwhile = []
    replace = os.replace

    def look_then_replace(source, target):
        found_meanwhile.extend(durable.leftovers(tmp_path))
        replace(source, target)

    monkeypatch.setattr(durable.os, "replace", look_then_replace)
    durable.replace_bytes(tmp_path / "file", b"whole")
    assert found_meanwhile == [stale, tmp_path / ".charplay-01.partial"]
    assert durable.clear_leftovers(tmp_path) == 2
    assert set(tmp_path.iterdir()) == others | {tmp_path / "file"}


def test_of_a_link_to_a_folder_only_the_link_is_removed(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    durable.remove_folder(tmp_path / "link")
    assert (tmp_path / "real" / "file").exists()
    durable.remove_folder(tmp_path / "real")
    assert not list(tmp_path.iterdir())


# Kills at any moment. The child acknowledges each save; the parent kills it without warning and reads.

CHILD = """
import sys
from dataclasses import replace
from pathlib import Path
from charplay.runs.checkpoint import read_checkpoint, write_checkpoint
template, path = read_checkpoint(Path(sys.argv[1])), Path(sys.argv[2])
{unsafe}
step = 1
while True:
    tensors = {{name: tensor * 0 + step for name, tensor in template.tensors.items()}}
    print(step, flush=True)
    write_checkpoint(path, replace(template, tensors=tensors, step=step))
    step += 1
"""
UNSAFE = """
from charplay.runs import durable
def in_place(path, data):
    with path.open("wb", buffering=0) as file:
        for start in range(0, len(data), 4096):
            file.write(data[start : start + 4096])
durable.replace_bytes = in_place
"""


def kill_while_saving(template: Path, path: Path, seed: int, unsafe: str = "") -> bool:
    """Whether the file survived: readable, of one save, and no older than the last one acknowledged."""
    command = [sys.executable, "-c", CHILD.format(unsafe=unsafe), str(template), str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()  # the first save has begun
        child.stdout.readline()  # the first save is done
        time.sleep(random.Random(seed).uniform(0, 0.1))
        child.send_signal(signal.SIGKILL)
        begun = max([2, *map(int, child.stdout.read().split())])
    try:
        read = read_checkpoint(path)
    except Exception:  # noqa: BLE001  # the control expects all kinds
        return False
    same = all((tensor == read.step).all() for tensor in read.tensors.values())
    return same and begun - 1 <= read.step <= begun


@pytest.fixture(scope="session")
def template(tmp_path_factory, make_checkpoint):
    """Large enough that a save takes a moment."""
    path = tmp_path_factory.mktemp("template") / "a.safetensors"
    write_checkpoint(path, make_checkpoint(hidden_size=200, num_layers=2))
    return path


def test_kills_at_any_moment_lose_nothing_that_was_acknowledged(template, tmp_path):
    kills = int(os.environ.get("CHARPLAY_KILLS", "10"))
    path = tmp_path / "a.safetensors"
    survived = sum(kill_while_saving(template, path, seed) for seed in range(kills))
    assert survived == kills
    durable.clear_leftovers(tmp_path)
    assert list(tmp_path.iterdir()) == [path]


def test_a_writer_in_place_does_not_survive_kills(template, tmp_path):
    """The control: the same kills must be able to destroy a file."""
    path = tmp_path / "a.safetensors"
    assert not all(kill_while_saving(template, path, seed, UNSAFE) for seed in range(12))
