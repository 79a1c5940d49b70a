"""The real program behind `charplay serve`: a journey in Chromium, and what becomes of the run when it is killed."""

import asyncio
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pyte
import pytest
from chromium import PROGRAM, chromium
from detached_runs import begun, charplay, place, status
from hosted import until
from pseudo_terminal import UNKNOWN_TO_PYTE, Screen, Terminal

from charplay.runs.home import Home

__all__ = ["place"]
PATIENCE = 60.0
LINGER = 2
SCREEN = "document.querySelector('.xterm-screen')"


@pytest.fixture
def server(place: dict[str, str]) -> Iterator[str]:
    """The address with its token, of a server that runs."""
    process = subprocess.Popen(
        [sys.executable, "-m", "charplay", "serve", "--port", "0", "--linger", str(LINGER)],
        env=place, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    cache = Path(place["CHARPLAY_HOME"]) / "cache"
    until(lambda: [one for one in cache.glob("serve-*") if one.read_text().endswith("\n")], PATIENCE)
    (path,) = cache.glob("serve-*")
    yield path.read_text().strip()
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0


class Watcher:
    """A page of which pyte's screen shows what a browser's would."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, columns: int, rows: int) -> None:
        self.socket = socket
        self._screen = Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)

    async def read(self) -> None:
        async for message in self.socket:
            if message.type == aiohttp.WSMsgType.BINARY:
                self._stream.feed(UNKNOWN_TO_PYTE.sub(b"", message.data))

    @property
    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self._screen.display)

    @property
    def used(self) -> tuple[int, int]:
        """Columns and rows that the program draws: those of the smallest window."""
        lines = self.text.rstrip().splitlines()
        return max(map(len, lines)), len(lines)

    async def wait_for(self, pattern: str) -> re.Match[str]:
        """Wait until a pattern stands on the screen."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not (found := re.search(pattern, self.text)):
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(f"{pattern!r} never stood there:\n{self.text}") from None
        return found

    def find(self, text: str) -> tuple[int, int]:
        """Column and row of a text."""
        row = next(row for row, line in enumerate(self._screen.display) if text in line)
        return self._screen.display[row].index(text), row


@asynccontextmanager
async def watching(entrance: str, columns: int, rows: int) -> AsyncIterator[Watcher]:
    """Somebody else who has the token."""
    address = entrance.partition("/?")[0]
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        async with session.get(entrance) as answer:
            assert answer.status == 200
        url = f"{address}/screen/watcher?width={columns}&height={rows}"
        async with session.ws_connect(url, origin=address, max_msg_size=0) as socket:
            watcher = Watcher(socket, columns, rows)
            reading = asyncio.create_task(watcher.read())
            yield watcher
            reading.cancel()


@pytest.mark.skipif(PROGRAM is None, reason="no Chromium here")
async def test_a_run_is_trained_watched_and_played_in_a_browser_whose_end_leaves_it_alone(
    place: dict[str, str], server: str, tmp_path: Path
) -> None:
    run = begun(place)
    until(lambda: run.owner is None, 20)
    async with chromium(tmp_path / "profile") as browser:
        await browser.open(server)
        await browser.until("document.body.classList.contains('-first-byte')")
        width, height = [float(await browser.evaluate(f"{SCREEN}.client{side}")) for side in ("Width", "Height")]
        async with watching(server, 200, 60) as watcher:
            await watcher.wait_for("u continues it")
            before = await browser.picture()
            await browser.press("u")
            await watcher.wait_for("● training")  # it trains
            await watcher.wait_for("[⠁-⣿]")  # its loss is drawn
            await watcher.wait_for(r"temperature .* 0\.80")
            await browser.press("]")
            await watcher.wait_for(r"temperature .* 0\.8[1-9]")  # it is played
            columns, rows = watcher.used
            column, row = watcher.find("temperature")
            await browser.click((column + 14.5) * width / columns, (row + 0.5) * height / rows)
            await watcher.wait_for(r"temperature .* 0\.[0-4]")  # the slider went to where the mouse was
            assert await browser.picture() != before
            assert len(before) > 10_000
        ours = server.partition("/?")[0].partition("//")[2]
        assert {address.split("/")[2] for address in browser.requested if not address.startswith("data:")} == {ours}
        assert browser.complaints == []
        assert await browser.evaluate("document.cookie + location.search") == ""
        before_death = run.owner
    until(lambda: (owner := run.owner) is not None and owner.socket, PATIENCE + LINGER)
    assert before_death is not None
    assert not before_death.socket
    step = status(place, run)["step"]
    until(lambda: status(place, run)["step"] > step, 30)
    charplay(place, "control", "own", "stop")


async def test_a_link_that_is_lost_leaves_the_run_alone(place: dict[str, str], server: str) -> None:
    run = begun(place)
    until(lambda: run.owner is None, 20)
    async with watching(server, 120, 40) as page:
        await page.wait_for("u continues it")
        await page.socket.send_json(["stdin", "u"])
        await page.wait_for("● training")
    until(lambda: (owner := run.owner) is not None and owner.socket, PATIENCE + LINGER)
    charplay(place, "control", "own", "stop")


@pytest.mark.skipif(PROGRAM is None, reason="no Chromium here")
async def test_a_run_that_trains_on_its_own_is_watched_and_nobody_types(place: dict[str, str], tmp_path: Path) -> None:
    run = begun(place)
    charplay(place, "train", "--resume", "own", "--detach", "--json")
    process = subprocess.Popen(
        [sys.executable, "-m", "charplay", "serve", "--port", "0", "--watch", "own"],
        env=place,
        stdout=subprocess.DEVNULL,
    )
    try:
        cache = Path(place["CHARPLAY_HOME"]) / "cache"
        until(lambda: [one for one in cache.glob("serve-*") if one.read_text().endswith("\n")], PATIENCE)
        (path,) = cache.glob("serve-*")
        entrance = path.read_text().strip()
        async with chromium(tmp_path / "profile") as browser:
            await browser.open(entrance)
            await browser.until("document.getElementById('watching')?.hidden === false")
            assert "keys do nothing" in await browser.evaluate("document.getElementById('watching').textContent")
            async with watching(entrance, 200, 60) as watcher:
                await watcher.wait_for("● training")
                await browser.press("x", "p")
                step = status(place, run)["step"]
                until(lambda: status(place, run)["step"] > step, 30)
                assert status(place, run)["state"] == "training"
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    assert status(place, run)["state"] == "training"
    charplay(place, "control", "own", "stop")


def test_on_a_terminal_the_address_is_printed_and_ctrl_c_ends_it(
    terminal: Callable[..., Terminal], place: dict[str, str]
) -> None:
    shown = terminal([sys.executable, "-m", "charplay", "serve", "--port", "0"], env=place)
    shown.wait_for("?token=", PATIENCE)
    shown.wait_for("Ctrl-C ends it")
    assert not [*Home(Path(place["CHARPLAY_HOME"])).cache.glob("serve-*")]
    shown.press("ctrl+c")
    assert shown.wait(PATIENCE) == 0
