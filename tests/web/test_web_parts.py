"""What a shared screen is made of, each part alone: modes, the clipboard, what waits for a viewer, who may ask."""

import asyncio
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.web.access import Access
from charplay.web.clipboard_filter import ClipboardFilter
from charplay.web.screen_modes import ScreenModes
from charplay.web.viewer import FULL, MAX_WAITING, PIECE, Viewer

PIECES = st.sampled_from(
    [b"text", b"\x1b[?1049h", b"\x1b[?25l", b"\x1b[?25h", b"\x1b[?1000;1006h", b"\x1b[2J", b"\x1b"]
)  # fmt: skip
COPIES = st.sampled_from(
    [b"text", b"\x1b", b"\x1b]", b"\x1b]5", b"\x1b]52;c;", b"aGFsbG8=", b"\x07", b"\x1b\\", b"\x1b]2;title\x07"]
)


def in_pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    """The data, cut at places that fall into it."""
    edges = sorted({cut % (len(data) + 1) for cut in cuts} | {0, len(data)})
    return [data[a:b] for a, b in pairwise(edges)]


def fed(data: list[bytes]) -> bytes:
    modes = ScreenModes()
    for piece in data:
        modes.feed(piece)
    return modes.sequence


def test_a_terminal_that_comes_later_is_brought_into_the_modes_that_hold() -> None:
    assert fed([b"\x1b[?1049h\x1b[?25l\x1b[?2004h...\x1b[?25h\x1b[?25l"]) == b"\x1b[?1049h\x1b[?2004h\x1b[?25l"


@given(st.lists(PIECES, max_size=12), st.lists(st.integers(0, 200), max_size=8))
def test_modes_do_not_depend_on_how_the_output_is_cut(pieces: list[bytes], cuts: list[int]) -> None:
    data = b"".join(pieces)
    assert fed(in_pieces(data, cuts)) == fed([data])


@given(st.lists(COPIES, max_size=12), st.lists(st.integers(0, 200), max_size=8))
def test_nothing_of_the_clipboard_is_shown_however_the_output_is_cut(pieces: list[bytes], cuts: list[int]) -> None:
    data = b"".join(pieces)
    whole, cut = ClipboardFilter(), ClipboardFilter()
    shown = whole.feed(data)
    assert b"".join(map(cut.feed, in_pieces(data, cuts))) == shown
    assert b"\x1b]52;" not in shown


def test_what_stands_around_a_copy_is_shown() -> None:
    assert ClipboardFilter().feed(b"a\x1b]52;c;Zm94\x07b\x1b]52;c;\x1b\\c\x1b]2;t\x07") == b"abc\x1b]2;t\x07"


async def test_a_viewer_is_sent_everything_in_order_and_in_messages_of_a_certain_length() -> None:
    viewer = Viewer(80, 24)
    written = [bytes([n % 256]) * (n * 700) for n in range(1, 60)]
    for piece in written:
        viewer.show(piece)
    assert viewer.behind
    viewer.close()
    messages = [message async for message in each_of(viewer)]
    assert b"".join(messages) == b"".join(written)
    assert max(map(len, messages)) <= PIECE
    assert not viewer.behind


async def test_a_viewer_waits_for_output() -> None:
    viewer = Viewer(80, 24)
    waiting = asyncio.create_task(viewer.next())
    await asyncio.sleep(0)
    assert not waiting.done()
    viewer.show(b"x")
    assert await waiting == b"x"


async def test_a_viewer_that_stands_still_is_dropped_and_nothing_waits_for_it() -> None:
    viewer = Viewer(80, 24)
    for _ in range(MAX_WAITING // FULL + 1):
        viewer.show(b"x" * FULL)
    assert viewer.closed
    assert await viewer.next() == b""
    viewer.show(b"more")
    assert await viewer.next() == b""


async def each_of(viewer: Viewer):  # type: ignore[no-untyped-def]
    while data := await viewer.next():
        yield data


@pytest.fixture
def access() -> Access:
    return Access(["127.0.0.1:8000", "lab.example"])


def test_only_the_cookie_opens_and_the_token_is_another_thing(access: Access) -> None:
    assert access.refusal("127.0.0.1:8000", None, access.cookie) == ""
    assert access.refusal("127.0.0.1:8000", None, access.token)
    assert access.refusal("127.0.0.1:8000", None, None)
    assert access.refusal("127.0.0.1:8000", None, "höflich")
    assert access.is_token(access.token)
    assert not access.is_token(access.cookie)
    assert not access.is_token("")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:8001", "127.0.0.1", ""])
def test_another_address_is_not_served(access: Access, host: str) -> None:
    assert access.refusal(host, None, access.cookie)


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "https://127.0.0.1:8001", "null", "file://127.0.0.1:8000", "127.0.0.1:8000", ""]
)
def test_another_page_is_not_answered(access: Access, origin: str) -> None:
    assert access.refusal("127.0.0.1:8000", origin, access.cookie)


def test_the_page_itself_is_answered_also_behind_a_proxy(access: Access) -> None:
    assert access.refusal("127.0.0.1:8000", "http://127.0.0.1:8000", access.cookie, needs_origin=True) == ""
    assert access.refusal("lab.example", "https://LAB.example", access.cookie, needs_origin=True) == ""
    assert access.refusal("lab.example", None, access.cookie, needs_origin=True)


def test_two_servers_have_nothing_in_common() -> None:
    one, other = Access([]), Access([])
    assert len({one.token, one.cookie, one.cookie_name, other.token, other.cookie, other.cookie_name}) == 6
