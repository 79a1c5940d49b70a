"""Making a text of several files, a pipe, or what an address sends."""

import hashlib
import io
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest
from tiny_model import TEXT

from charplay.corpora import downloading
from charplay.corpora.downloading import address_name, download
from charplay.corpora.errors import Cancelled, CorpusError
from charplay.corpora.progress import Progress
from charplay.runs.home import Home
from charplay.runs.store import RunStore

Cli = Callable[..., SimpleNamespace]


def left(home: Home) -> list[str]:
    return sorted(path.name for path in home.corpora.iterdir())


# Several files.


def test_several_files_become_one_text_with_what_is_stated_between(cli: Cli, home: Home, tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_bytes("caf\u00e9 ".encode("latin-1") * 200)
    (tmp_path / "a.txt").write_text("one\r\n" * 100, newline="")
    added = cli("corpora", "add", tmp_path / "*.txt", "--name", "both", "--separator", r"\n--\n")
    assert added.code == 0, added.err
    assert left(home) == ["both.txt"]
    assert (home.corpora / "both.txt").read_text("utf-8") == "one\n" * 100 + "\n--\n" + "caf\u00e9 " * 200
    assert cli("corpora", "add", tmp_path / "b.txt", tmp_path / "a.txt", "--name", "other").code == 0
    assert (home.corpora / "other.txt").read_text("utf-8").startswith("caf\u00e9 ")


def test_one_match_is_one_file_and_none_is_said(cli: Cli, home: Home, text_file: Path) -> None:
    assert cli("corpora", "add", text_file.parent / "pan*").code == 0
    assert left(home) == [text_file.name]
    nothing = cli("corpora", "add", text_file.parent / "*.none")
    assert (nothing.code, "no file matches" in nothing.err) == (2, True)


def test_several_files_need_a_name_that_is_free(cli: Cli, home: Home, text_file: Path) -> None:
    (text_file.parent / "two.txt").write_text(TEXT)
    files = (text_file, text_file.parent / "two.txt")
    unnamed = cli("corpora", "add", *files)
    assert (unnamed.code, "2 files become one text; say what it is called with --name" in unnamed.err) == (2, True)
    taken = cli("corpora", "add", *files, "--name", "alice")
    assert (taken.code, "there is a text called alice already; choose another" in taken.err) == (2, True)
    (text_file.parent / "two.txt").write_bytes(b"")
    empty = cli("corpora", "add", *files, "--name", "both")
    assert (empty.code, "two.txt is empty" in empty.err) == (1, True)
    assert left(home) == []


# A pipe.


def pipe(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))


def test_a_pipe_is_kept_under_its_digest_or_a_name(cli: Cli, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"text-{hashlib.sha256(TEXT.encode()).hexdigest()[:12]}.txt"
    for _ in range(2):
        pipe(monkeypatch, TEXT.encode())
        (added,) = cli("corpora", "add", "-", "--json").lines
        assert added == {
            "path": str(home.corpora / name), "characters": len(TEXT), "vocabulary_size": len(set(TEXT)),
        }  # fmt: skip
    pipe(monkeypatch, TEXT.encode())
    assert cli("corpora", "add", "-", "--name", "mine").code == 0
    assert left(home) == ["mine.txt", name]
    assert (home.corpora / "mine.txt").read_text() == TEXT


def test_a_pipe_without_a_text_is_said(cli: Cli, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    for data, sentence in ((b"", "the pipe is empty"), (bytes(range(256)) * 20, "the pipe ")):
        pipe(monkeypatch, data)
        result = cli("corpora", "add", "-")
        assert (result.code, sentence in result.err) == (1, True)
        assert ".partial" not in result.err
    pipe(monkeypatch, TEXT.encode())
    assert cli("corpora", "add", "-", "--name", "alice").code == 2
    result = cli("corpora", "add", "-", "other.txt", "--name", "x")
    assert (result.code, "- is added alone" in result.err) == (2, True)
    assert left(home) == []


def test_a_run_learns_a_pipe_and_is_taken_up_again(cli: Cli, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    fields = ("hidden_size=8", "embedding_size=4", "batch_size=4", "sequence_length=8", "num_layers=1", "device=cpu")
    size = [each for field in fields for each in ("--set", field)]
    pipe(monkeypatch, TEXT.encode())
    assert cli("train", "--corpus", "-", "--name", "piped", "--steps", 2, *size).code == 0
    assert RunStore(home).find("piped").corpus.path == str(home.corpora / left(home)[0])
    assert cli("train", "--resume", "piped", "--steps", "+2").code == 0


# An address.


class Handler(BaseHTTPRequestHandler):
    """/poems/two.txt, /missing, /cut, /endless, /large, /picture."""

    def do_GET(self) -> None:
        if self.path == "/missing":
            self.send_error(404)
            return
        body = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9 if self.path == "/picture" else TEXT.encode()
        self.send_response(200)
        if self.path == "/large":
            self.send_header("Content-Length", "99999")
        elif self.path != "/endless":
            self.send_header("Content-Length", str(len(body) + 9 * (self.path == "/cut")))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: str | int) -> None:
        pass


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("NO_PROXY", "*")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_what_an_address_sends_becomes_a_text(cli: Cli, home: Home, address: str) -> None:
    assert cli("corpora", "add", f"{address}/poems/two.txt").code == 0
    assert (home.corpora / "two.txt").read_text() == TEXT
    again = cli("corpora", "add", f"{address}/poems/two.txt")
    assert (again.code, "is there already; choose another with --name" in again.err) == (2, True)
    assert cli("corpora", "add", f"{address}/endless", "--name", "mine").code == 0
    assert left(home) == ["mine.txt", "two.txt"]


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/missing", "127.0.0.1 refuses (404 Client Error: Not Found); check the address."),
        ("/cut", "127.0.0.1 broke off; try again later."),
        ("/picture", "/picture"),
    ],
)
def test_what_cannot_be_had_is_said_and_leaves_nothing(
    cli: Cli, home: Home, address: str, path: str, sentence: str
) -> None:
    result = cli("corpora", "add", f"{address}{path}")
    assert (result.code, sentence in result.err) == (1, True), result.err
    assert ".partial" not in result.err
    assert left(home) == []


def test_an_address_where_nobody_is_is_said(cli: Cli, home: Home, address: str) -> None:
    for odd, code, sentence in (
        ("http://127.0.0.1:9/x", 1, "127.0.0.1 cannot be reached; check the address and the network."),
        ("http:///x", 1, "check the address"),
        ("ftp://127.0.0.1/x", 2, "one begins with https:// or http://"),
    ):
        result = cli("corpora", "add", odd)
        assert (result.code, sentence in result.err) == (code, True), result.err
    assert left(home) == []


@pytest.mark.parametrize("path", ["/large", "/endless"])
def test_a_text_has_a_size_at_most_whether_it_was_announced_or_not(address: str, path: str, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="has more than the 1,000 bytes that a text may have"):
        download(address + path, tmp_path / "text", Progress(), most=1000)


def test_it_says_how_far_it_is_and_can_be_given_up(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloading, "PIECE", 300)
    shares: list[float] = []
    download(f"{address}/poems/two.txt", tmp_path / "text", Progress(lambda share: shares.append(share) or True))
    assert shares == sorted(shares)
    assert shares[-1] == 1
    with pytest.raises(Cancelled):
        download(f"{address}/poems/two.txt", tmp_path / "text", Progress(lambda share: share < 0.5))


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://example.org/files/11-0.txt", "11-0"),
        ("https://example.org/a%20b/c%2Fd.txt?x=1", "d"),
        ("https://example.org/", "example.org"),
        ("https://example.org/..", "example.org"),
    ],
)
def test_a_text_is_called_as_its_address_ends(address: str, name: str) -> None:
    assert address_name(address) == name
