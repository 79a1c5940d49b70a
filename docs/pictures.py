"""Draws the README's pictures: the real program, with real training, photographed at several sizes.

A text may be named, as for `charplay`; without one the Python manual is trained on. About four minutes.
"""

import argparse
import asyncio
import re
import tempfile
import time
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from textual.pilot import Pilot

from charplay.playground.home import open_library, open_store
from charplay.runs.home import Home
from charplay.training.device import list_devices
from charplay.training.epoch_timing import seconds_per_epoch
from charplay.training.run_training import open_training
from charplay.tui.app import CharplayApp

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

HERE = Path(__file__).parent / "pictures"
MOMENTS = (0, 2, 10, 30, 60)
"""Seconds after `t` that the strip shows."""
MOST_SECONDS = 120

Charplay = Pilot[None]


@asynccontextmanager
async def charplay(size: tuple[int, int], text: str | None, *, light: bool = False):  # type: ignore[no-untyped-def]
    """The program on a home of its own, its text read and the demo writing."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        home.prepare()
        home.user_settings.write_text("tour = false\n")
        app = CharplayApp(
            home, lambda: open_library(folder), lambda: open_store(folder), open_training, list_devices,
            seconds_per_epoch, text,
        )  # fmt: skip
        async with app.run_test(size=size) as pilot:
            await until(pilot, "reading the text", gone=True)
            await until(pilot, "demo, step")
            if light:
                await pilot.press("B")
            await asyncio.sleep(4)
            yield pilot


def screen(pilot: Charplay) -> str:
    """What the screen says."""
    svg = pilot.app.export_screenshot()
    return re.sub(r"<[^>]+>", "", svg).replace("&#160;", " ")


async def until(pilot: Charplay, words: str, *, gone: bool = False) -> None:
    """Stand until the words are on the screen, or `gone` from it."""
    end = time.monotonic() + MOST_SECONDS
    while (words in screen(pilot)) is gone:
        if time.monotonic() > end:
            raise TimeoutError(f"{words!r}: {screen(pilot)[:2000]}")
        await pilot.pause(0.1)


def photograph(pilot: Charplay, title: str = "charplay") -> str:
    """The screen as an SVG that loads nothing from elsewhere."""
    svg = pilot.app.export_screenshot(title=title)
    return re.sub(r"@font-face\s*\{[^}]*\}", "", svg)


def keep(name: str, svg: str) -> None:
    """Write a picture."""
    HERE.mkdir(exist_ok=True)
    (HERE / f"{name}.svg").write_text(svg, encoding="utf-8")
    print(f"docs/pictures/{name}.svg  {len(svg) // 1024} kB")


def strip(pictures: list[str]) -> str:
    """Pictures of one size, two beside each other."""
    width, height = map(float, re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', pictures[0]).groups())  # type: ignore[union-attr]
    placed = [
        picture.replace(
            "<svg ", f'<svg x="{i % 2 * width}" y="{i // 2 * height}" width="{width}" height="{height}" ', 1
        )
        for i, picture in enumerate(pictures)
    ]
    rows = -(-len(pictures) // 2)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * width} {rows * height}">'
    return "\n".join([head, *placed, "</svg>"])


async def minute_one(text: str | None) -> None:
    """The stage as a network learns its first words."""
    pictures = []
    async with charplay((80, 24), text) as pilot:
        await pilot.press("t")
        began = time.monotonic()
        for moment in MOMENTS:
            await asyncio.sleep(max(0.0, began + moment - time.monotonic()))
            await pilot.pause()
            pictures.append(photograph(pilot, f"{moment} s"))
        await pilot.press("x")
        await until(pilot, "stopped")
    keep("minute-one", strip(pictures))


async def while_training(text: str | None) -> None:
    """The wide screen after half a minute, dark and light."""
    async with charplay((120, 40), text) as pilot:
        keep("demo-120x40", photograph(pilot))
        await pilot.press("t")
        await asyncio.sleep(45)
        keep("training-120x40", photograph(pilot))
        await pilot.press("B")
        await pilot.pause(1)
        keep("training-light-120x40", photograph(pilot))
        await pilot.press("x")
        await until(pilot, "stopped")


async def inside(text: str | None) -> None:
    """What the network sees."""
    async with charplay((120, 40), text) as pilot:
        await pilot.press("2", "i")
        await pilot.pause(1)
        keep("network-120x40", photograph(pilot))


async def instrument(text: str | None) -> None:
    """The text pane as it is played: a ride with its tints, its branches, and what of it is copied."""
    async with charplay((120, 40), text) as pilot:
        await pilot.press("a", *("left_square_bracket",) * 12)
        for _ in range(14):  # from 0.2 up to 1.6
            await asyncio.sleep(1)
            await pilot.press(*("right_square_bracket",) * 2)
        keep("ride-120x40", photograph(pilot))
        for back, picked in ((40, "I"), (90, "T"), (30, "A")):
            await pilot.press("b", *("left",) * back, "enter", picked)
            await asyncio.sleep(2)
        await pilot.press("space", "g")
        await pilot.pause(0.5)
        keep("branches-120x40", photograph(pilot))
    async with charplay((120, 40), text) as pilot:
        await pilot.press("a", *("left_square_bracket",) * 8, *("plus",) * 3, "o")
        await until(pilot, "% new")
        await asyncio.sleep(10)
        keep("copied-120x40", photograph(pilot))


async def x_ray(pilot: Charplay) -> None:
    """The map of the text, all of it read, with the cursor somewhere within."""
    await pilot.press("6")
    await until(pilot, "nats")
    await until(pilot, "% read", gone=True)
    await pilot.press(*("down",) * 5, *("right",) * 20)
    await pilot.pause(1)


async def explorer_map(text: str | None) -> None:
    """The X-ray alone."""
    for width, height in ((120, 40), (80, 24)):
        async with charplay((width, height), text or "python-manual") as pilot:
            await pilot.press("1", "v")
            await until(pilot, "line 1")
            await x_ray(pilot)
            keep(f"explorer-xray-{width}x{height}", photograph(pilot))


async def explorer(text: str | None) -> None:
    """Every tab of the explorer, on a large and on a small screen."""
    for width, height in ((120, 40), (80, 24)):
        async with charplay((width, height), text or "python-manual") as pilot:
            await pilot.press("1", "v")
            await until(pilot, "line 1")
            await pilot.press("slash", *"name", "enter")
            await until(pilot, "1 of")
            await pilot.press("v")
            await asyncio.sleep(2)
            for key, tab, words in (("1", "read", "under demo"), ("2", "chars", "SPACE"), ("3", "words", "different"),
                                    ("4", "lines", "followed by")):  # fmt: skip
                await pilot.press(key, *(() if tab == "read" else ("home",)))
                await until(pilot, words)
                await asyncio.sleep(1)
                keep(f"explorer-{tab}-{width}x{height}", photograph(pilot))
            await pilot.press("7", "home")
            await until(pilot, "small letters")
            await asyncio.sleep(3)
            keep(f"explorer-clean-{width}x{height}", photograph(pilot))
            await pilot.press("5", "c", "enter")
            await until(pilot, "over-used")
            keep(f"explorer-keys-{width}x{height}", photograph(pilot))
            await x_ray(pilot)
            keep(f"explorer-xray-{width}x{height}", photograph(pilot))


def main() -> None:
    """Draw them all, or those named."""
    scenes: dict[str, Callable[[str | None], Awaitable[None]]] = {
        "minute-one": minute_one, "training": while_training, "inside": inside, "instrument": instrument,
        "explorer": explorer, "x-ray": explorer_map,
    }  # fmt: skip
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--text", help="a text's name or path")
    arguments.add_argument("scenes", nargs="*", choices=[*scenes, []], help="only these")
    asked = arguments.parse_args()
    for name in asked.scenes or scenes:
        asyncio.run(scenes[name](asked.text))  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
