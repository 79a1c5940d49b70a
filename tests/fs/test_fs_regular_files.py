"""A file, or the name of what stands in its place; and nobody waits for it."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from charplay.fs.regular_files import IrregularError, open_regular


def bind(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as end:
        end.bind(str(path))


ODD: dict[str, Callable[[Path], object]] = {
    "a pipe": os.mkfifo,
    "a folder": Path.mkdir,
    "a socket": bind,
    "a device": lambda path: path.symlink_to("/dev/zero"),
}


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_a_file_is_read_from_its_beginning_also_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"text")
    (tmp_path / "link").symlink_to("file")
    for name in ("file", "link"):
        with open_regular(tmp_path / name) as file:
            assert file.read() == b"text"


@pytest.mark.timeout(20)
@pytest.mark.fault("44")
@pytest.mark.parametrize("kind", ODD)
def test_whatever_else_has_the_name_is_named_and_nothing_is_left_open(tmp_path: Path, kind: str) -> None:
    ODD[kind](tmp_path / "odd")
    before = descriptors()
    with pytest.raises(IrregularError) as refused:
        open_regular(tmp_path / "odd")
    assert refused.value.strerror == f"{kind}, not a file"
    assert descriptors() == before


@pytest.mark.timeout(20)
@pytest.mark.fault("44")
@pytest.mark.parametrize("kind", ["a pipe", "a folder", "a device"])
def test_what_takes_the_files_place_at_the_last_moment_is_not_waited_for_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    path = tmp_path / "file"
    path.touch()
    look = os.open

    def swapped(name: Path, flags: int) -> int:
        path.unlink()
        ODD[kind](path)
        return look(name, flags)

    monkeypatch.setattr(os, "open", swapped)
    before = descriptors()
    with pytest.raises(IrregularError, match=kind):
        open_regular(path)
    assert descriptors() == before


def test_a_name_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_regular(tmp_path / "gone")
