"""Serves one shared screen to browsers, through aiohttp."""

import asyncio
import json
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from aiohttp import WSMsgType, web

from charplay.web.access import Access
from charplay.web.errors import WebError
from charplay.web.pages import File, entrance_page, headers, screen_page
from charplay.web.shared_screen import SharedScreen
from charplay.web.viewer import Viewer

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LOOPBACK = "127.0.0.1"
MAX_MESSAGE = 1_000_000
"""Bytes of one message of a browser: a text that is pasted."""
HEARTBEAT = 20.0
"""Seconds between two questions whether a browser is still there."""
MAX_SIZE = 500, 300
"""Cells of a window at most."""
FONT_SIZES = range(6, 73)


@dataclass(frozen=True, slots=True)
class WebServer:
    """The application: a screen, who may see it, and what it is called."""

    screen: SharedScreen
    access: Access
    files: Mapping[str, File]
    title: str
    typing: bool

    def application(self) -> web.Application:
        """Return it for aiohttp: every path, also one that is none, is answered 403 to whoever has not come in."""
        app = web.Application(middlewares=[self._guard])
        app.on_response_prepare.append(_add_headers)
        visitors: dict[str, Viewer] = {}
        app.router.add_get("/", self._page)
        app.router.add_get("/screen/{visitor}", partial(self._screen, visitors))
        app.router.add_get("/visitor/{visitor}", partial(self._visitor, visitors))
        for path, (content, content_type) in self.files.items():
            app.router.add_get(path, _answer_with(content, content_type))
        return app

    @property
    def _guard(self) -> Any:
        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            origin = request.headers.get("Origin")
            token = request.query.get("token") if request.path == "/" else None
            if token is not None and not self.access.foreign(request.host, origin) and self.access.is_token(token):
                return self._let_in(request)
            refusal = self.access.refusal(
                request.host, origin, request.cookies.get(self.access.cookie_name),
                needs_origin=request.path.startswith("/screen/"),
            )  # fmt: skip
            if refusal:
                return web.Response(status=403, text=f"Refused: {refusal}.\n")
            return await handler(request)

        return guard

    def _let_in(self, request: web.Request) -> web.Response:
        response = web.Response(text=entrance_page(), content_type="text/html")
        response.set_cookie(
            self.access.cookie_name, self.access.cookie, httponly=True, samesite="Strict", path="/",
            secure=request.scheme == "https",
        )  # fmt: skip
        return response

    async def _page(self, request: web.Request) -> web.Response:
        if self.screen.full:
            return web.Response(status=503, text="There are as many visitors as may be; one has to close the page.\n")
        secure = "s" if (request.headers.get("X-Forwarded-Proto") or request.scheme) == "https" else ""
        visitor = secrets.token_hex(8)
        page = screen_page(
            self.title,
            f"ws{secure}://{request.host}/screen/{visitor}",
            visitor,
            typing=self.typing,
            font_size=_number(request.query.get("fontsize"), 14, FONT_SIZES),
        )
        return web.Response(text=page, content_type="text/html")

    async def _visitor(self, visitors: dict[str, Viewer], request: web.Request) -> web.Response:
        viewer = visitors.get(request.match_info["visitor"])
        return web.json_response({"types": viewer and self.screen.types(viewer)})

    async def _screen(self, visitors: dict[str, Viewer], request: web.Request) -> web.WebSocketResponse:
        """Show the screen to one browser for as long as it looks."""
        websocket = web.WebSocketResponse(heartbeat=HEARTBEAT, max_msg_size=MAX_MESSAGE)
        await websocket.prepare(request)
        name = request.match_info["visitor"]
        if self.screen.full or name in visitors:
            await websocket.close()
            return websocket
        viewer = visitors[name] = Viewer(*_size(request.query))
        sender = asyncio.create_task(self._send(websocket, viewer))
        try:
            await self.screen.join(viewer)
            async for message in websocket:
                if message.type == WSMsgType.TEXT:
                    await self._take(websocket, viewer, message.data)
        except OSError as error:
            await websocket.send_bytes(f"charplay cannot be started ({error.strerror}).\r\n".encode())
            await websocket.close()
        finally:
            del visitors[name]
            self.screen.leave(viewer)
            sender.cancel()
        return websocket

    async def _send(self, websocket: web.WebSocketResponse, viewer: Viewer) -> None:
        try:
            while data := await viewer.next():
                await websocket.send_bytes(data)
                self.screen.pace()
            await websocket.close()
        except ConnectionError:
            viewer.close()

    async def _take(self, websocket: web.WebSocketResponse, viewer: Viewer, text: str) -> None:
        """Do what a message asks for; one that makes no sense does nothing."""
        match _parsed(text):
            case ["stdin", str(keys)]:
                self.screen.type(viewer, keys)
            case ["resize", dict(size)]:
                self.screen.resize(viewer, *_size(size))
            case ["ping", str(sent)]:
                await websocket.send_json(["pong", sent])


def listen(port: int) -> socket.socket:
    """Return a socket that listens on loopback alone; any free port where it is 0. WebError where it is taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
        listener.listen(64)
    except OSError as error:
        listener.close()
        raise WebError(f"port {port} cannot be used ({error.strerror}); --port 0 takes one that is free") from None
    return listener


@asynccontextmanager
async def answering(server: WebServer, listener: socket.socket) -> AsyncIterator[None]:
    """Answer browsers within the block; then end the program behind the screen, and wait for its end."""
    runner = web.AppRunner(server.application(), access_log=None, shutdown_timeout=2.0)
    await runner.setup()
    try:
        await web.SockSite(runner, listener).start()
        yield
    finally:
        await server.screen.close()
        await runner.cleanup()


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(headers(request.host))


def _answer_with(content: bytes, content_type: str) -> Handler:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=content, content_type=content_type)

    return answer


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _size(asked: Any) -> tuple[int, int]:
    return (
        _number(asked.get("width"), 80, range(1, MAX_SIZE[0] + 1)),
        _number(asked.get("height"), 24, range(1, MAX_SIZE[1] + 1)),
    )


def _number(value: object, default: int, valid: range) -> int:
    """Return the nearest valid number, or the default where it is none."""
    try:
        number = int(str(value))
    except (TypeError, ValueError, OverflowError):
        return default
    return min(max(number, valid.start), valid.stop - 1)
