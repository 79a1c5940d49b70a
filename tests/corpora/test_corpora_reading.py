"""Files of every kind: each is read as what it is, or refused in one sentence, and never hangs."""

import gzip
import hashlib
import os
import socket
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.corpora import decoding, detection, reading
from charplay.corpora.decoding import decode
from charplay.corpora.errors import Cancelled, CorpusError, NotText
from charplay.corpora.folders import read_path
from charplay.corpora.progress import Progress
from charplay.corpora.reading import read_file
from charplay.corpora.vocabulary import Vocabulary

FRENCH = "Dès Noël, où un zéphyr haï me vêt de glaçons würmiens, je dîne d'exquis rôtis de bœuf.\n" * 40
RUSSIAN = "Съешь же ещё этих мягких французских булок, да выпей чаю.\n" * 40
TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufeff"), min_size=1, max_size=50)


def plain(data: bytes, encoding: str | None = None) -> tuple[str, str, Any]:
    pieces, codec, notes = decode(bytearray(data), "a.txt", encoding, Progress())
    assert len(pieces) == len(pieces.text())
    return pieces.text(), codec, notes


@given(TEXT)
def test_utf8_is_read_as_it_is(text: str) -> None:
    assert plain(text.encode()) == (text, "utf-8", ())


@given(TEXT, st.sampled_from(["utf-8-sig", "utf-16", "utf-32"]))
@pytest.mark.fault("38")
def test_a_byte_order_mark_is_no_character(text: str, encoding: str) -> None:
    read, name, _ = plain(text.encode(encoding))
    assert read == text
    assert name == encoding.removesuffix("-sig")
    assert Vocabulary.of(read) == Vocabulary.of(plain(text.encode())[0])


@given(st.lists(TEXT, min_size=1), st.sampled_from(["\n", "\r\n", "\r"]), st.integers(1, 5))
@pytest.mark.fault("39")
def test_line_ends_become_lf_wherever_a_piece_ends(lines: list[str], end: str, size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decoding, "PIECE", size)
        text, _, notes = plain(end.join(lines).encode())
    assert text == "\n".join(lines)
    assert bool(notes) == (end != "\n" and len(lines) > 1)


def test_the_bytes_of_a_character_may_lie_in_two_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "PIECE", 1)
    assert plain(FRENCH.encode())[0] == FRENCH


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_recognised_and_said(encoding: str) -> None:
    text, name, notes = plain(FRENCH.encode(encoding))
    assert (text, name) == (FRENCH, encoding)
    assert "a guess" in notes[0]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (FRENCH, "cp1252"),
        (FRENCH.replace("œ", "oe"), "latin-1"),
        ("A ação não é uma questão de coração, é de razão.\n" * 6, "cp1252"),
        ("Åsa går på ängen och äter ödlor i örat.\n" * 8, "cp1252"),
        ("Pchnąć w tę łódź jeża lub ośm skrzyń fig.\n" * 8, "cp1250"),
        ("Příliš žluťoučký kůň úpěl ďábelské ódy. Včera jsem šel domů.\n" * 6, "cp1250"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
    ],
)
def test_another_encoding_is_guessed_and_named(text: str, encoding: str) -> None:
    read, name, notes = plain(text.encode(encoding))
    assert read == text
    assert text.encode(name) == text.encode(encoding)
    assert f"read as {name}, a guess" in notes[0]


@given(st.binary(min_size=1, max_size=200))
@pytest.mark.fault("37")
def test_any_bytes_are_read_losslessly_or_refused_in_a_sentence(data: bytes) -> None:
    try:
        text, name, notes = plain(data)
    except CorpusError as error:
        refusal = str(error)
    else:
        refusal = "."
        lossless = text.encode(name) in {data, data.removeprefix(b"\xef\xbb\xbf")}
        assert lossless or notes or name in {"utf-16", "utf-32"}
    assert refusal.endswith(".")
    assert "\n" not in refusal


@given(st.binary(max_size=200))
def test_an_encoding_that_is_named_is_taken(data: bytes) -> None:
    printable = bytes(byte | 0x20 for byte in data if byte & 0x7F not in {0x7F, 0x5F})
    assert plain(b"a" + printable, "latin-1")[0] == "a" + printable.decode("latin-1")


@pytest.mark.parametrize("encoding", ["utf-9", "hex", "", "\0"])
def test_an_encoding_that_does_not_exist_is_refused(encoding: str) -> None:
    with pytest.raises(CorpusError, match="There is no encoding"):
        plain(b"text", encoding)


def test_the_wrong_encoding_says_where() -> None:
    with pytest.raises(CorpusError, match="is not ascii: byte 1 does not fit"):
        plain("dès".encode(), "ascii")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "punycode"])
def test_a_codec_that_does_not_say_where_is_answered_in_a_sentence_too(encoding: str) -> None:
    with pytest.raises(CorpusError, match=f"is not {encoding}: byte [01] does not fit"):
        plain("dès vu. ".encode() * 50, encoding)


@pytest.mark.fault("37")
def test_broken_utf8_is_refused_not_mended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "PIECE", 100)  # the position is counted over pieces
    data = FRENCH.encode()
    position = data.index(b"rmiens", 500)
    with pytest.raises(CorpusError, match=f"damaged: byte {position:,} is not UTF-8 though the text around it is"):
        plain(data[:position] + b"\xff" + data[position:])


def test_a_guess_that_does_not_hold_to_the_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detection, "_by_statistics", lambda *_: "ascii")
    with pytest.raises(CorpusError, match=r"neither UTF-8 \(byte 1\) nor ascii \(byte 1\)"):
        plain(FRENCH.encode("cp1252"))


def test_without_a_guess_the_place_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detection, "_by_statistics", lambda *_: None)
    with pytest.raises(CorpusError, match=r"in no known encoding \(byte 1 is not UTF-8\)"):
        plain(FRENCH.encode("cp1252"))


def test_a_character_cut_off_at_the_end_is_left_out_and_said() -> None:
    text, name, notes = plain(FRENCH.encode() + "€".encode()[:2])
    assert (text, name) == (FRENCH, "utf-8")
    assert notes == ("Its last character is cut off and was left out.",)


@pytest.mark.parametrize(
    "data",
    [
        bytes(5000),
        os.urandom(50_000),
        gzip.compress(os.urandom(20_000)),
        b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\0>\0\x01\0\0\0" * 200,
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + os.urandom(3000),
        b"text " * 20 + b"\0" * 20,
    ],
    ids=["nul", "random", "gzip", "elf", "png", "nul-rich"],
)
@pytest.mark.fault("41")
def test_binary_data_is_refused(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(data)
    with pytest.raises(NotText, match="looks like binary data"):
        read_file(tmp_path / "data")


def test_binary_data_behind_a_text_head_is_refused() -> None:
    with pytest.raises(NotText):
        plain(b"a line of text\n" * 20_000 + bytes(100_000))
    with pytest.raises(NotText):
        plain(b"a line of text\n" * 20_000 + b"\x01\x02\x03" * 50_000)


def test_a_huge_sparse_file_is_refused_at_the_first_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_refuse_too_large", lambda *_: None)
    (tmp_path / "sparse").touch()
    os.truncate(tmp_path / "sparse", 1 << 30)
    looks = []
    with pytest.raises(NotText):
        read_file(tmp_path / "sparse", None, Progress(lambda share: looks.append(share) or True))
    assert len(looks) <= 1


@pytest.mark.fault("42")
def test_a_file_too_large_for_memory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sparse").touch()
    os.truncate(tmp_path / "sparse", 1 << 42)
    with pytest.raises(CorpusError, match=r"too much for \d+ GB of memory"):
        read_file(tmp_path / "sparse")


def test_sha256_is_of_the_bytes(tmp_path: Path) -> None:
    data = b"\xef\xbb\xbfA line\r\n"
    (tmp_path / "a.txt").write_bytes(data)
    read = read_file(tmp_path / "a.txt")
    assert (read.text, read.sha256) == ("A line\n", hashlib.sha256(data).hexdigest())


@pytest.mark.fault("40")
def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    with pytest.raises(CorpusError, match="is empty; there is nothing to read"):
        read_file(tmp_path / "a.txt")


@pytest.mark.fault("44")
def test_what_is_no_file_is_refused_without_hanging(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(CorpusError, match="pipe is a pipe, not a file"):
        read_file(tmp_path / "pipe")
    with pytest.raises(CorpusError, match="is a device, not a file"):
        read_path(Path("/dev/zero"))
    with pytest.raises(CorpusError, match="is a folder, not a file"):
        read_file(tmp_path)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket"))
        with pytest.raises(CorpusError, match="is a socket, not a file"):
            read_file(tmp_path / "socket")


def test_a_fifo_that_takes_the_files_place_does_not_hang(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").write_text("text")
    real = Path.stat
    monkeypatch.setattr(Path, "stat", lambda path, **_: real(tmp_path / "file"))
    with pytest.raises(CorpusError, match="is a pipe"):
        read_file(tmp_path / "pipe")


def test_links_that_lead_nowhere_or_in_circles(tmp_path: Path) -> None:
    (tmp_path / "broken").symlink_to(tmp_path / "gone")
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    with pytest.raises(CorpusError, match="link to a file that is gone"):
        read_file(tmp_path / "broken")
    with pytest.raises(CorpusError, match="cannot be read"):
        read_file(tmp_path / "circle")
    with pytest.raises(CorpusError, match="does not exist"):
        read_file(tmp_path / "gone")
    with pytest.raises(CorpusError, match="cannot be read"):
        read_file(tmp_path / "a\0b")


def test_what_may_not_be_read_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("text")

    def refuse(*_: Path | int) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)  # permissions do not bind the superuser, who may run this
    with pytest.raises(CorpusError, match="may not be read; check its permissions"):
        read_file(tmp_path / "a.txt")


@pytest.mark.parametrize("change", ["grows", "shrinks", "is rewritten"])
@pytest.mark.fault("44")
def test_a_file_that_changes_while_it_is_read_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    monkeypatch.setattr(reading, "PIECE", 100)
    path = tmp_path / "a.txt"
    path.write_text("text " * 100)
    os.utime(path, ns=(0, 0))
    changed: list[bool] = []

    def disturb(_: float) -> bool:
        if not changed:
            changed.append(True)
            with path.open("r+") as file:
                file.seek(0, os.SEEK_END if change == "grows" else os.SEEK_SET)
                file.write("more")
                if change == "shrinks":
                    file.truncate()
        return True

    with pytest.raises(CorpusError, match="changed while it was read"):
        read_file(path, None, Progress(disturb))


def test_a_file_removed_while_it_is_read_is_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("text")
    assert read_file(path, None, Progress(lambda _: path.unlink(missing_ok=True) or True)).text == "text"


def test_reading_can_be_cancelled_and_leaves_nothing_open(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("text")
    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(Cancelled):
        read_file(tmp_path / "a.txt", None, Progress(lambda _: False))
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_the_share_done_only_grows_and_ends_at_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PIECE", 64)
    monkeypatch.setattr(decoding, "PIECE", 64)
    (tmp_path / "a.txt").write_text("text " * 100)
    shares = []
    read_file(tmp_path / "a.txt", None, Progress(lambda share: shares.append(share) or True))
    assert len(shares) > 10
    assert shares == sorted(shares)
    assert shares[-1] == 1
