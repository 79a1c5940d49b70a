"""Fetching from a real HTTP server on loopback, which can be slow, wrong, cut short or absent."""

import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from charplay.corpora import fetching
from charplay.corpora.classics import Classic, Mirror
from charplay.corpora.errors import Cancelled, CorpusError
from charplay.corpora.library import Library
from charplay.corpora.progress import Progress

VERSE = b"Shall I compare thee to a summer's day?\nThou art more lovely and more temperate:\n" * 2000
SHA256 = hashlib.sha256(VERSE).hexdigest()
LOWER = VERSE.lower()


class Handler(BaseHTTPRequestHandler):
    """/right, /lower, /wrong, /endless, /cut, /slow, /stalled, /chunked, /missing."""

    protocol_version = "HTTP/1.1"
    server: "Server"

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        if self.path == "/missing":
            self.send_error(404)
            return
        body = {"/wrong": VERSE.swapcase(), "/lower": LOWER}.get(self.path, VERSE)
        self.send_response(200)
        if self.path == "/chunked":
            self.send_header("Transfer-Encoding", "chunked")
        elif self.path == "/endless":
            self.send_header("Connection", "close")
        else:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.send_body(body)

    def send_body(self, body: bytes) -> None:
        if self.path == "/chunked":
            for start in range(0, len(body), 700):
                piece = body[start : start + 700]
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.write(b"0\r\n\r\n")
        elif self.path == "/endless":
            while not self.server.go_on.is_set():  # until the client hangs up
                self.wfile.write(body)
        elif self.path == "/cut":
            self.wfile.write(body[: len(body) // 2])
            self.close_connection = True
        elif self.path in {"/slow", "/stalled"}:
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
            self.server.go_on.wait(20 if self.path == "/stalled" else 0.5)
            self.close_connection = self.path == "/stalled"
            self.wfile.write(b"" if self.close_connection else body[len(body) // 2 :])
        else:
            self.wfile.write(body)

    def log_message(self, *_: str | int) -> None:
        pass


class Server(ThreadingHTTPServer):
    """Keeps what it was asked for, and may let what is stalled go on."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str] = []
        self.go_on = threading.Event()

    def handle_error(self, *_: object) -> None:
        """A client that hangs up early is what we test."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "*")
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.go_on.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def open_library(server: Server, tmp_path: Path) -> Callable[..., Library]:
    """A library whose one classic has copies at the given paths of the server."""

    def build(*paths: str) -> Library:
        base = f"http://127.0.0.1:{server.server_port}"
        copies = tuple(
            Mirror(base + path, len(VERSE), hashlib.sha256(LOWER if path == "/lower" else VERSE).hexdigest(), path)
            for path in paths
        )
        classic = Classic("verse", "The Verse", "public domain", "one couplet", copies)
        return Library(tmp_path / "corpora", tmp_path / "cache", catalog=[classic])

    return build


def left_behind(library: Library) -> list[str]:
    """Everything in the library's folder, once the download's thread is gone."""
    for thread in threading.enumerate():
        if thread.name == "charplay-fetch":
            thread.join(5)
    return sorted(path.name for path in library.paths.corpora.iterdir())


@pytest.mark.parametrize("path", ["/right", "/slow", "/chunked"])
def test_a_classic_is_fetched_and_opens(open_library: Callable[..., Library], path: str) -> None:
    library, shares = open_library(path), []
    entry = library.fetch(library.find("verse"), watch=lambda share: shares.append(share) or True)
    assert entry.ready
    assert entry == library.find("verse")
    assert entry.path.read_bytes() == VERSE
    assert library.open(entry).sha256 == SHA256
    assert left_behind(library) == ["verse.txt"]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 1)


def test_progress_comes_while_the_server_is_slow(open_library: Callable[..., Library]) -> None:
    library, looks = open_library("/slow"), []
    library.fetch(library.find("verse"), watch=lambda share: looks.append((time.monotonic(), share)) or True)
    assert any(0.4 < share < 0.6 for _, share in looks)
    waits = [later - earlier for (earlier, _), (later, _) in pairwise(looks)]
    assert sorted(waits)[len(waits) // 2] < 0.1


def test_what_is_fetched_is_not_fetched_again(open_library: Callable[..., Library], server: Server) -> None:
    library = open_library("/right")
    entry = library.fetch(library.find("verse"))
    assert library.fetch(entry) == entry
    assert server.asked == ["/right"]


@pytest.mark.parametrize("bad", ["/wrong", "/endless", "/cut", "/missing"])
def test_the_next_copy_is_tried(open_library: Callable[..., Library], server: Server, bad: str) -> None:
    library = open_library(bad, "/lower")
    entry = library.fetch(library.find("verse"))
    assert entry.path.read_bytes() == LOWER
    assert entry.note == "one couplet; /lower"
    assert server.asked == [bad, "/lower"]
    assert left_behind(library) == ["verse.txt"]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/wrong", r"127.0.0.1 sends another file \(its sha256 differs\)"),
        ("/endless", "127.0.0.1 sends another file"),
        ("/cut", "127.0.0.1 (broke off|cannot be reached)"),
        ("/missing", r"127.0.0.1 refuses \(404"),
    ],
)
def test_a_failure_says_why_and_what_to_do_and_leaves_nothing(
    open_library: Callable[..., Library], path: str, reason: str
) -> None:
    library = open_library(path)
    with pytest.raises(CorpusError, match=reason) as caught:
        library.fetch(library.find("verse"))
    assert f"Copy the file into {library.paths.corpora} yourself; sha256 {SHA256}" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert left_behind(library) == []
    assert not library.find("verse").ready


def test_without_a_network_the_hint_works(open_library: Callable[..., Library], server: Server) -> None:
    library = open_library("/right")
    server.shutdown()
    server.server_close()
    with pytest.raises(CorpusError, match=r"could not be fetched: 127.0.0.1 cannot be reached\. Copy the file"):
        library.fetch(library.find("verse"))
    (library.paths.corpora / "any name").write_bytes(VERSE)
    assert library.find("verse").ready


def test_a_silent_server_is_given_up(open_library: Callable[..., Library], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "TIMEOUT", 0.2)
    library = open_library("/stalled")
    with pytest.raises(CorpusError, match=r"127.0.0.1 (does not answer|cannot be reached)"):
        library.fetch(library.find("verse"))
    assert left_behind(library) == []


def test_cancelling_does_not_wait_for_a_stalled_server(open_library: Callable[..., Library], server: Server) -> None:
    library, seen = open_library("/stalled"), []

    def watch(share: float) -> bool:
        seen.append(share)
        return share < 0.4

    with pytest.raises(Cancelled):
        library.fetch(library.find("verse"), watch=watch)
    began = time.monotonic()
    assert [path for path in library.paths.corpora.iterdir() if path.name[0] != "."] == []
    server.go_on.set()
    assert left_behind(library) == []
    assert time.monotonic() - began < 5


def test_cancelling_at_once_leaves_nothing(open_library: Callable[..., Library]) -> None:
    library = open_library("/right")
    with pytest.raises(Cancelled):
        library.fetch(library.find("verse"), watch=lambda _: False)
    assert left_behind(library) == []


def test_a_cancelled_download_takes_no_more_pieces(open_library: Callable[..., Library], tmp_path: Path) -> None:
    (copy,) = open_library("/right").paths.classics[0].mirrors
    download = fetching._Download(copy, tmp_path)
    download.update(1)
    with pytest.raises(Cancelled):
        download.run(Progress(lambda _: False))
    with pytest.raises(Cancelled):
        download.update(1)


def test_another_text_of_that_name_is_not_overwritten(open_library: Callable[..., Library], server: Server) -> None:
    library = open_library("/right")
    library.paths.corpora.mkdir()
    (library.paths.corpora / "verse.txt").write_text("mine")
    with pytest.raises(CorpusError, match=r"verse.txt is another text; rename it"):
        library.fetch(library.find("verse"))
    assert (library.paths.corpora / "verse.txt").read_text() == "mine"
    assert server.asked == []


def test_a_folder_that_cannot_be_written_says_so(
    open_library: Callable[..., Library], monkeypatch: pytest.MonkeyPatch
) -> None:
    library = open_library("/right")

    def refuse(*_: Path, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(CorpusError, match=r"cannot be written \(No space left on device\)"):
        library.fetch(library.find("verse"))


def test_only_the_catalogs_texts_can_be_fetched(open_library: Callable[..., Library]) -> None:
    library = open_library("/right")
    assert library.fetch(library.find("python-manual")).ready
    stranger = Library(library.paths.corpora, library.cache, catalog=[])
    with pytest.raises(CorpusError, match="not in the catalog"):
        stranger.fetch(library.find("verse"))
