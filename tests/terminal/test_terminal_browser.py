"""The playground without a terminal of its own: another driver shows it, as in a browser behind `textual-serve`."""

import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from signal import Signals

import pytest

from charplay.cli.errors import EXIT_USAGE
from charplay.protocol.exit_codes import SIGNALS
from charplay.runs.home import Home

WEB = "textual.drivers.web_driver:WebDriver"
PATIENCE = 60


class Browser:
    """Talks with the program through its pipes as `textual-serve` does: packets of a letter, a length and the data."""

    def __init__(self, home: Home, driver: str) -> None:
        environment = os.environ | {"CHARPLAY_HOME": str(home.root), "TEXTUAL_DRIVER": driver, "LANG": "C.UTF-8"}
        environment |= {"COLUMNS": "120", "ROWS": "40"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "charplay"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, bufsize=0,
        )  # fmt: skip
        self.heard = b""

    def send(self, kind: bytes, data: bytes) -> None:
        self.process.stdin.write(kind + len(data).to_bytes(4, "big") + data)

    def press(self, key: str) -> None:
        self.send(b"D", key.encode())

    def wait_for(self, text: str) -> None:
        end = time.monotonic() + PATIENCE
        while text not in self.shown():
            assert time.monotonic() < end, self.shown()[-2000:]
            assert self.process.stdout
            if select.select([self.process.stdout], [], [], 0.1)[0]:
                self.heard += os.read(self.process.stdout.fileno(), 65536)

    def shown(self) -> str:
        """What was drawn, without what moves the cursor and colours it."""
        return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", self.heard.decode(errors="replace"))

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def browser(home: Home) -> Iterator[Browser]:
    browser = Browser(home, WEB)
    yield browser
    browser.close()


def test_it_is_shown_keyed_and_left_without_a_terminal(browser: Browser, home: Home) -> None:
    browser.wait_for("t trains")
    assert browser.heard.startswith(b"__GANGLION__\n")
    browser.send(b"M", json.dumps({"type": "resize", "width": 100, "height": 30}).encode())
    browser.press("?")
    browser.wait_for("esc goes back")
    browser.press("\x1b[27u")
    browser.press("q")
    assert browser.process.wait(PATIENCE) == 0
    assert home.settings.exists()


@pytest.mark.fault("14")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_leaves_it_as_it_leaves_a_terminal(browser: Browser, home: Home, number: Signals) -> None:
    browser.wait_for("t trains")
    browser.process.send_signal(number)
    assert browser.process.wait(PATIENCE) == SIGNALS[number]
    assert home.settings.exists()


def test_a_driver_that_is_not_named_needs_a_terminal(home: Home) -> None:
    bare = Browser(home, "")
    assert bare.process.wait(PATIENCE) == EXIT_USAGE
    assert b"needs a terminal" in bare.process.stderr.read()
    bare.close()
