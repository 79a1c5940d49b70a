"""Drives a headless Chromium by its debugging protocol, as far as a journey needs it."""

import asyncio
import base64
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PATIENCE = 60.0

FLAGS = (
    "--headless=new", "--no-sandbox", "--remote-debugging-port=0", "--window-size=1100,760", "--no-first-run",
    "--use-angle=swiftshader", "--enable-unsafe-swiftshader",  # xterm.js draws by WebGL, here without a card
)  # fmt: skip


class Chromium:
    """One page of a browser that is this test's own."""

    def __init__(self, process: "subprocess.Popen[bytes]", socket: aiohttp.ClientWebSocketResponse) -> None:
        self.process, self._socket = process, socket
        self._asked = 0
        self.requested: list[str] = []
        """Every address that the page has asked for."""
        self.complaints: list[str] = []
        """What the page has logged as an error, a refusal by its policy among them."""

    async def do(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Ask for something, and wait for the answer; what the page does meanwhile is noted."""
        self._asked += 1
        await self._socket.send_json({"id": self._asked, "method": method, "params": parameters})
        async with asyncio.timeout(PATIENCE):
            while True:
                message: dict[str, Any] = await self._socket.receive_json()
                if message.get("id") == self._asked:
                    assert "error" not in message, message
                    found: dict[str, Any] = message["result"]
                    return found
                self._note(message["method"], message["params"])

    def _note(self, method: str, parameters: dict[str, Any]) -> None:
        if method == "Network.requestWillBeSent":
            self.requested.append(parameters["request"]["url"])
        elif method == "Network.webSocketCreated":
            self.requested.append(parameters["url"])
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(str(parameters["exceptionDetails"]))
        elif method == "Log.entryAdded" and parameters["entry"]["level"] == "error":
            self.complaints.append(str(parameters["entry"]))

    async def open(self, address: str) -> None:
        """Go to an address."""
        await self.do("Page.navigate", url=address)

    async def evaluate(self, expression: str) -> Any:
        """The value of a piece of JavaScript in the page."""
        return (await self.do("Runtime.evaluate", expression=expression, awaitPromise=True))["result"].get("value")

    async def until(self, expression: str) -> None:
        """Wait until an expression is true in the page."""
        async with asyncio.timeout(PATIENCE):
            while not await self.evaluate(expression):
                await asyncio.sleep(0.05)

    async def press(self, *keys: str) -> None:
        """Press keys that are characters."""
        for key in keys:
            await self.do("Input.dispatchKeyEvent", type="char", text=key)

    async def click(self, x: float, y: float) -> None:
        """Click at a place in pixels."""
        for kind in ("mousePressed", "mouseReleased"):
            await self.do("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    async def picture(self) -> bytes:
        """The page as PNG."""
        return base64.b64decode((await self.do("Page.captureScreenshot", format="png"))["data"])


@asynccontextmanager
async def chromium(folder: Path) -> AsyncIterator[Chromium]:
    """A browser whose files lie in a folder."""
    assert PROGRAM is not None
    port = folder / "DevToolsActivePort"
    process = subprocess.Popen(
        [PROGRAM, *FLAGS, f"--user-data-dir={folder}", "about:blank"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with aiohttp.ClientSession() as session, asyncio.timeout(None):
            async with asyncio.timeout(PATIENCE):
                while not port.exists() or len(port.read_text().split()) < 2:
                    await asyncio.sleep(0.05)
            async with session.get(f"http://127.0.0.1:{port.read_text().split()[0]}/json") as answer:
                page = next(one for one in await answer.json() if one["type"] == "page")
            async with session.ws_connect(page["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                browser = Chromium(process, socket)
                for domain in ("Page", "Network", "Runtime", "Log"):
                    await browser.do(f"{domain}.enable")
                yield browser
    finally:
        process.kill()
        process.wait(20)
