"""A server on a free port for a program of the test's own, and browsers as aiohttp's client plays them."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from charplay.web.access import Access
from charplay.web.pages import load_files
from charplay.web.server import WebServer, answering, listen
from charplay.web.shared_screen import SharedScreen

PATIENCE = 20.0
PROGRAM = Path(__file__).parent / "program_on_terminal.py"


@dataclass
class Browser:
    """A browser that has come in; it reads what a page shows."""

    session: aiohttp.ClientSession
    address: str
    headers: dict[str, str]

    async def get(self, path: str, **headers: str) -> tuple[int, str]:
        async with self.session.get(f"http://{self.address}{path}", headers=self.headers | headers) as answer:
            return answer.status, await answer.text(errors="replace")

    async def open(self, visitor: str = "v", size: tuple[int, int] = (80, 24)) -> "Page":
        url = f"http://{self.address}/screen/{visitor}?width={size[0]}&height={size[1]}"
        origin = f"http://{self.address}"
        return Page(await self.session.ws_connect(url, headers=self.headers, origin=origin, max_msg_size=0))


class Page:
    """A page that shows the screen."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.seen = b""

    async def wait_for(self, text: str | bytes) -> None:
        """Read until a text has been shown; what was shown up to its end is forgotten."""
        wanted = text.encode() if isinstance(text, str) else text
        async with asyncio.timeout(PATIENCE):
            while wanted not in self.seen:
                message = await self.socket.receive()
                assert message.type == aiohttp.WSMsgType.BINARY, (message, self.seen)
                self.seen += message.data
        self.seen = self.seen.partition(wanted)[2]

    async def type(self, keys: str) -> None:
        await self.socket.send_json(["stdin", keys])

    async def ended(self) -> bool:
        """Read to the end of the connection."""
        async with asyncio.timeout(PATIENCE):
            while not self.socket.closed:
                message = await self.socket.receive()
                if message.type == aiohttp.WSMsgType.BINARY:
                    self.seen += message.data
        return True


@dataclass
class Served:
    """A server that runs."""

    address: str
    access: Access
    screen: SharedScreen
    _session: aiohttp.ClientSession

    def browser(self) -> Browser:
        """One that has the cookie."""
        return Browser(self._session, self.address, {"Cookie": f"{self.access.cookie_name}={self.access.cookie}"})

    def stranger(self) -> Browser:
        """One that has nothing."""
        return Browser(self._session, self.address, {})


@asynccontextmanager
async def served(
    *words: str, max_viewers: int = 4, typing: bool = True, linger: float = 0.2
) -> AsyncIterator[Served]:  # fmt: skip
    """A server that shows `program_on_terminal.py`."""
    listener = listen(0)
    address = f"127.0.0.1:{listener.getsockname()[1]}"
    access = Access([address])
    screen = SharedScreen(
        [sys.executable, "-S", str(PROGRAM), *words],
        {"PATH": "/usr/bin:/bin"},
        max_viewers=max_viewers,
        typing=typing,
        linger=linger,
    )
    server = WebServer(screen, access, load_files(), "charplay", typing)
    async with (
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
        answering(server, listener),
    ):
        yield Served(address, access, screen, session)
