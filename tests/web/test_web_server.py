"""Browsers come, look, type and go; strangers see nothing."""

import asyncio
import json
from pathlib import Path

import aiohttp
import pytest
from served import PATIENCE, Browser, served

from charplay.web import server as web_server
from charplay.web import viewer as web_viewer
from charplay.web.errors import WebError
from charplay.web.pages import load_files
from charplay.web.viewer import Viewer

PATHS = ["/", "/screen/v", "/visitor/v", "/page.css", "/page.js", "/xterm.css", "/textual.js", "/roboto-mono.ttf"]
NO_PATHS = ["/download/key", "/static/js/textual.js", "/../page.css", "/nothing"]


async def until(condition: object, page: Browser | None = None) -> None:
    """Wait for the server's side."""
    assert callable(condition)
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.01)


# Who may come in


@pytest.mark.parametrize("path", [*PATHS, *NO_PATHS])
async def test_without_the_cookie_every_path_is_refused(path: str) -> None:
    async with served() as server:
        stranger = server.stranger()
        assert (await stranger.get(path))[0] == 403
        assert (await stranger.get(path, Cookie=f"{server.access.cookie_name}=wrong"))[0] == 403
        assert (await stranger.get(path, Cookie=f"other={server.access.cookie}"))[0] == 403
        assert (await stranger.get(f"{path}?token=wrong"))[0] == 403
        assert (await server.browser().get(path, Host="evil.example"))[0] == 403
        assert (await server.browser().get(path, Origin="http://evil.example"))[0] == 403


@pytest.mark.parametrize("path", [path for path in PATHS if path != "/"])
async def test_the_token_opens_the_front_door_alone(path: str) -> None:
    async with served() as server:
        assert (await server.stranger().get(f"{path}?token={server.access.token}"))[0] == 403


@pytest.mark.parametrize("headers", [{}, {"Origin": "http://evil.example"}, {"Origin": "null"}])
async def test_a_websocket_of_another_page_is_refused(headers: dict[str, str]) -> None:
    async with served() as server, aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(
                f"http://{server.address}/screen/v", headers=server.browser().headers | headers
            )  # fmt: skip
        assert refused.value.status == 403


async def test_the_token_is_changed_for_a_cookie_and_stands_on_no_page() -> None:
    async with served() as server:
        front = f"http://{server.address}/?token={server.access.token}"
        async with aiohttp.ClientSession() as session, session.get(front) as answer:
            cookie = answer.headers["Set-Cookie"]
            assert answer.status == 200
            assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}
            assert server.access.token not in await answer.text() + cookie
        status, page = await server.browser().get("/")
        assert status == 200
        assert server.access.token not in page
        assert server.access.cookie not in page
        async with aiohttp.ClientSession() as session, session.get(front, headers={"Origin": "http://evil"}) as answer:
            assert answer.status == 403


async def test_the_page_loads_nothing_from_elsewhere() -> None:
    async with served() as server:
        browser = server.browser()
        _, page = await browser.get("/")
        assert "http://" not in page.replace(f"ws://{server.address}", "")
        assert "https://" not in page
        loaded = [part.split('"')[0] for part in page.split('="/')[1:]]
        for path in loaded:
            if not path.startswith("visitor"):
                assert (await browser.get(f"/{path}"))[0] == 200, path
        assert {f"/{path}" for path in loaded} >= set(load_files()) - {"/roboto-mono.ttf"}
        async with browser.session.get(f"http://{server.address}/nothing", headers=browser.headers) as answer:
            assert answer.status == 404
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert answer.headers["Cache-Control"] == "no-store"


def test_a_port_that_is_taken_is_said() -> None:
    listener = web_server.listen(0)
    with listener, pytest.raises(WebError, match="--port 0"):
        web_server.listen(listener.getsockname()[1])


# What is shown, and who types


async def test_a_browser_types_and_its_window_is_the_programs_size() -> None:
    async with served() as server:
        page = await server.browser().open(size=(100, 30))
        await page.wait_for("\x1b[?25l")
        await page.wait_for("True True>")
        await page.wait_for("<size 100x30>")
        await page.type("ä]")
        await page.wait_for("<key c3a45d>")
        await page.socket.send_json(["resize", {"width": 60, "height": 20}])
        await page.wait_for("\x1b[2J")
        await page.wait_for("<size 60x20>")
        await page.socket.send_json(["ping", "12"])
        async with asyncio.timeout(PATIENCE):
            while (message := await page.socket.receive()).type != aiohttp.WSMsgType.TEXT:
                pass
        assert json.loads(message.data) == ["pong", "12"]


async def test_the_second_one_watches_sees_all_and_types_once_the_first_has_gone() -> None:
    async with served() as server:
        browser = server.browser()
        first = await browser.open("a", size=(120, 40))
        await first.wait_for("<size 120x40>")
        second = await browser.open("b", size=(90, 50))
        await second.wait_for("\x1b[?1049h\x1b[?25l")  # as the first one's terminal is
        await second.wait_for("<size 90x40>")
        assert json.loads((await browser.get("/visitor/a"))[1]) == {"types": True}
        assert json.loads((await browser.get("/visitor/b"))[1]) == {"types": False}
        assert json.loads((await browser.get("/visitor/none"))[1]) == {"types": None}
        await second.type("no")
        await first.type("c")
        await first.wait_for("\x1b]52;c;Zm94\x07")
        await second.wait_for("<key 63>")
        assert b"Zm94" not in second.seen
        await first.socket.close()
        await second.wait_for("<size 90x50>")
        await second.type("y")
        await second.wait_for("<key 79>")


async def test_a_small_window_that_only_watches_does_not_shrink_the_screen_for_all() -> None:
    async with served() as server:
        first = await server.browser().open("a", size=(120, 40))
        await first.wait_for("<size 120x40>")
        second = await server.browser().open("b", size=(20, 5))
        await first.wait_for("<size 80x24>")
        assert not second.socket.closed


async def test_there_are_four_visitors_at_most_and_the_fifth_is_told() -> None:
    async with served() as server:
        browser = server.browser()
        pages = [await browser.open(str(n)) for n in range(4)]
        for page in pages:
            await page.wait_for("<size")
        assert (await browser.get("/"))[0] == 503
        assert await (await browser.open("4")).ended()
        await pages[0].type("x")
        await pages[0].wait_for("<key 78>")
        await pages[2].socket.close()
        await until(lambda: not server.screen.full)
        assert (await browser.get("/"))[0] == 200


async def test_a_class_of_thirty_watches_one_program_and_none_of_them_types() -> None:
    async with served(max_viewers=64, typing=False) as server:
        pages = [await server.browser().open(str(n), size=(80 + n, 24 + n)) for n in range(30)]
        begun = set()
        for page in pages:
            await page.type("x")
            await page.wait_for("<size 80x24>")
            begun.add(page.seen.count(b"<begun"))
        assert (await server.browser().get("/visitor/0"))[1] == '{"types": false}'
        await asyncio.sleep(0.2)
        await pages[0].socket.send_json(["resize", {"width": 100, "height": 40}])
        for page in pages:
            await page.wait_for("<size 81x25>")
            assert b"<key" not in page.seen


NONSENSE = [
    "", "{}", "[", "[]", "[" * 3000, '["stdin"]', '["stdin", 7]', '["resize", 3]', '["blur"]', '[["stdin"], "x"]',
    '["resize", {"width": "x"}]', '["resize", {"width": 1e999, "height": -4}]', '["open_url", {"url": "file:///"}]',
]  # fmt: skip


@pytest.mark.parametrize("nonsense", NONSENSE)
async def test_a_message_that_makes_no_sense_does_nothing(nonsense: str) -> None:
    async with served() as server:
        page = await server.browser().open()
        await page.wait_for("<size 80x24>")
        await page.socket.send_str(nonsense)
        await page.socket.send_bytes(nonsense.encode())
        await page.type("z")
        await page.wait_for("<key 7a>")


async def test_a_viewer_that_reads_nothing_is_dropped_and_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_viewer, "MAX_WAITING", 1_000_000)
    async with served() as server:
        first = await server.browser().open("a")
        await first.wait_for("<size")
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), read_bufsize=1024) as session:
            url = f"http://{server.address}/screen/slow"
            slow = await session.ws_connect(
                url, headers=server.browser().headers, origin=f"http://{server.address}", max_msg_size=0
            )  # fmt: skip
            assert slow._conn is not None
            assert slow._conn.transport is not None
            slow._conn.transport.pause_reading()  # it stands still
            await until(lambda: len(server.screen._viewers) == 2)
            for _ in range(120):
                await first.type("f")
                await first.wait_for("<key 66>")
                if len(server.screen._viewers) == 1:
                    break
            await until(lambda: server.screen._viewers[1:] == [] or server.screen._viewers[1].closed)
        await first.type("y")
        await first.wait_for("<key 79>")


async def test_a_program_whose_only_viewer_is_behind_is_not_read_on() -> None:
    async with served() as server:
        viewer = Viewer(80, 24)
        await server.screen.join(viewer)
        for _ in range(20):
            server.screen.type(viewer, "f")  # 200,000 bytes each
            await asyncio.sleep(0.01)
        await until(lambda: viewer.behind)
        await asyncio.sleep(0.2)
        assert viewer._waiting < 4 * web_viewer.FULL
        seen = b""
        async with asyncio.timeout(PATIENCE):
            while seen.count(b"<key 66>") < 1:
                seen += await viewer.next()
                server.screen.pace()


# The program's life


async def test_a_page_that_is_loaded_anew_finds_the_program_as_it_was() -> None:
    async with served(linger=30) as server:
        page = await server.browser().open("a")
        await page.wait_for("<begun ")
        await page.socket.close()
        again = await server.browser().open("b")
        await again.wait_for("<size 80x24>")
        assert b"<begun" not in again.seen
        await again.type("y")
        await again.wait_for("<key 79>")


async def test_the_program_hears_a_hang_up_a_while_after_the_last_page_was_closed(tmp_path: Path) -> None:
    async with served(str(tmp_path / "said"), linger=0.1) as server:
        page = await server.browser().open()
        await page.wait_for("<size")
        await page.socket.close()
        await until((tmp_path / "said").exists)
        again = await server.browser().open()
        await again.wait_for("<begun ")  # a new one


async def test_the_program_hears_a_hang_up_when_the_server_ends(tmp_path: Path) -> None:
    async with served(str(tmp_path / "said"), linger=30) as server:
        page = await server.browser().open()
        await page.wait_for("<size")
    assert (tmp_path / "said").read_text() == "hung up"


async def test_a_program_that_was_left_ends_all_pages_and_begins_anew_with_the_next() -> None:
    async with served() as server:
        pages = [await server.browser().open(name) for name in "ab"]
        await pages[0].wait_for("<size")
        await pages[0].type("q")
        assert [await page.ended() for page in pages] == [True, True]
        again = await server.browser().open("c")
        await again.wait_for("<begun ")


async def test_a_program_that_cannot_be_started_is_said_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left() -> tuple[int, int]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pty.openpty", none_left)
    async with served() as server:
        page = await server.browser().open()
        await page.wait_for("charplay cannot be started (No space left on device)")
        assert await page.ended()
