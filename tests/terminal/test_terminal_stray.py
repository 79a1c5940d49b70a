"""What a library prints while the screen is up reaches the log and never the screen."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pseudo_terminal import Terminal

APP = """
import ctypes, logging, os, sys, warnings
from contextlib import nullcontext
from pathlib import Path
from charplay.cli.output_capture import capture_library_output

context = capture_library_output(Path(sys.argv[1])) if len(sys.argv) > 1 else nullcontext()
with context:
    from textual.app import App
    from textual.widgets import Label

    class Screen(App):
        def compose(self):
            yield Label("the screen is up")

        def on_mount(self):
            self.set_timer(0.3, self.stray)

        def stray(self):
            libc = ctypes.CDLL(None)
            libc.puts(b"STRAY-puts")
            libc.fflush(None)
            libc.perror(b"STRAY-perror")
            os.write(1, b"STRAY-one")
            os.write(2, b"STRAY-two")
            os.system("echo STRAY-child")
            warnings.warn("STRAY-warning")
            logging.getLogger("some.library").warning("STRAY-logging")
            self.query_one(Label).update(f"all said at {self.size.width}x{self.size.height}")

    Screen().run()
print("after the screen")
print("after, on stderr", file=sys.stderr)
"""

FULL = """
import logging, sys
from pathlib import Path
from charplay.cli.output_capture import capture_library_output

with capture_library_output(Path("/dev/full")):
    logging.getLogger("some.library").warning("STRAY-logging")
    for stream in (sys.stdout, sys.stderr):
        stream.write("STRAY-unfinished")
print("after the screen")
print("after, on stderr", file=sys.stderr)
sys.exit(143)
"""


@pytest.mark.parametrize("kept", [True, False], ids=["kept off", "control: without it"])
@pytest.mark.fault("11")
def test_stray_output_at_descriptor_level_stays_off_the_screen(
    terminal: Callable[..., Terminal], tmp_path: Path, kept: bool
) -> None:
    log = tmp_path / "charplay.log"
    term = terminal([sys.executable, "-c", APP, *([log] if kept else [])], columns=70, rows=20)
    term.wait_for("all said at 70x20")
    term.press("ctrl+q")
    assert term.wait() == 0
    term.wait_for("after the screen")
    assert b"after, on stderr" in term.raw
    assert (b"STRAY" in term.raw) is not kept
    if kept:
        said = log.read_text()
        for what in ("puts", "perror", "one", "two", "child", "warning", "logging"):
            assert f"STRAY-{what}" in said


@pytest.mark.fault("11", "49")
def test_a_log_on_a_full_disk_changes_neither_the_terminal_nor_the_exit_code(terminal: Callable[..., Terminal]) -> None:
    term = terminal([sys.executable, "-c", FULL], env={"PYTHONUNBUFFERED": ""})
    assert term.wait() == 143
    assert term.text.split("\n")[:2] == ["after the screen", "after, on stderr"]
    assert b"STRAY" not in term.raw
