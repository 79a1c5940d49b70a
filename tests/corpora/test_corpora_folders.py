"""A folder is one text: its files sorted, joined, and what was left out said."""

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charplay.corpora.errors import Cancelled, CorpusError
from charplay.corpora.folders import read_path
from charplay.corpora.progress import Progress


@settings(max_examples=30)
@given(
    st.dictionaries(st.from_regex(r"\A[a-c]{1,2}/[a-c]{1,2}\.txt\Z"), st.from_regex(r"\A[a-z \n]{1,9}\Z"), min_size=1)
)
def test_files_are_joined_in_the_order_of_their_paths(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, str]
) -> None:
    folder = tmp_path_factory.mktemp("folder")
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    read = read_path(folder)
    ordered = [files[name] for name in sorted(files, key=lambda name: name.split("/"))]
    assert read.text == "".join(text if text.endswith("\n") else text + "\n" for text in ordered)
    assert read.sha256 == hashlib.sha256("".join(ordered).encode()).hexdigest()
    assert read.notes[0].startswith(f"{len(files)} file")


def test_what_is_no_text_is_left_out_and_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one")
    (tmp_path / "b.png").write_bytes(b"\x89PNG" + bytes(500))
    (tmp_path / "c.txt").write_bytes("dès Noël".encode() * 50 + b"\xff" + "où".encode() * 50)
    (tmp_path / "empty.txt").touch()
    (tmp_path / ".hidden").write_text("hidden")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text("hidden")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "broken").symlink_to(tmp_path / "gone")
    read = read_path(tmp_path)
    assert read.text == "one\n"
    assert read.notes == (
        "1 file read as one text.",
        "Left out as binary: b.png.",
        "Left out as unreadable: c.txt.",
        "Left out as linked folders: loop.",
        "Left out as broken links: broken.",
        "Left out as no files: pipe.",
    )


@pytest.mark.fault("44")
def test_linked_folders_are_named_wherever_they_are(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "b.txt").write_text("two")
    (tmp_path / "books" / "more").mkdir(parents=True)
    (tmp_path / "books" / "a.txt").write_text("one")
    (tmp_path / "books" / "linked.txt").symlink_to(tmp_path / "elsewhere" / "b.txt")
    (tmp_path / "books" / "more" / "far").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "books" / "more" / ".hidden").symlink_to(tmp_path / "elsewhere")
    read = read_path(tmp_path / "books")
    assert read.text == "one\ntwo\n"
    assert read.notes == ("2 files read as one text.", "Left out as linked folders: more/far.")
    (tmp_path / "only").mkdir()
    (tmp_path / "only" / "books").symlink_to(tmp_path / "books")
    with pytest.raises(CorpusError, match=r"holds no text file.*Left out as linked folders: books\."):
        read_path(tmp_path / "only")


def test_long_lists_are_cut(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one")
    for number in range(9):
        (tmp_path / f"{number}.bin").write_bytes(bytes(50))
        (tmp_path / f"{number}.txt").write_bytes(b"a\r\n")
    notes = read_path(tmp_path).notes
    assert notes[0] == "10 files read as one text."
    assert notes[1] == "0.txt: Line ends (CRLF) are read as LF."
    assert notes[6:] == (
        "4 more files were not plain UTF-8 with LF.",
        "Left out as binary: 0.bin, 1.bin, 2.bin, 3.bin, 4.bin and 4 more.",
    )


def test_encodings_are_named_together(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one")
    (tmp_path / "b.txt").write_text("two", "utf-16")
    assert read_path(tmp_path).encoding == "utf-8, utf-16"


def test_a_folder_without_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "b.png").write_bytes(bytes(500))
    with pytest.raises(CorpusError, match="holds no text file"):
        read_path(tmp_path)


def test_a_folder_that_may_not_be_listed_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: str) -> None:
        raise PermissionError(13, "Permission denied", str(tmp_path))

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(CorpusError, match="may not be listed"):
        read_path(tmp_path)


def test_reading_a_folder_can_be_cancelled(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one")
    with pytest.raises(Cancelled):
        read_path(tmp_path, None, Progress(lambda _: False))
