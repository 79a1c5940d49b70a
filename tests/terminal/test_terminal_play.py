"""How the playground is opened and closed by the command line: on a terminal, and when it breaks."""

import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pseudo_terminal import Terminal

from charplay.protocol.exit_codes import REASONS, SIGNALS
from charplay.runs.home import Home

BREAKING = """
import sys
from charplay.tui import app
def broken(self):
    raise RuntimeError("of all \\x1b]0;things")
app.CharplayApp.on_mount = broken
from charplay.cli.main import main
sys.argv = ["charplay"]
main()
"""

DEAF = """
import atexit, sys, time
from charplay.cli import play
from charplay.protocol.events import Preparing
def deaf(request, inbox):
    import charplay.training.run_training
    yield Preparing(phase="importing torch")
    time.sleep(60)
play._open_training = deaf
atexit.register(time.sleep, 60)
from charplay.cli.main import main
sys.argv[0] = "charplay"
main()
"""
"""A trainer that hears nothing, in an interpreter that does not end."""

HEARING = """
import os, pathlib, sys
from charplay.cli import play
from charplay.protocol.commands import Save, Stop
from charplay.protocol.events import Preparing
def hearing(request, inbox):
    yield Preparing(phase="importing torch")
    saves = 0
    for _ in range(1000):
        for command in inbox.take(wait=0.1):
            saves += isinstance(command, Save)
            pathlib.Path(os.environ["SAVED"]).write_text("save" * saves + getattr(command, "reason", ""))
            if isinstance(command, Stop):
                return
play._open_training = hearing
from charplay.cli.main import main
sys.argv[0] = "charplay"
main()
"""
"""A trainer that writes down its saves, and why it is told to stop."""


LOOKING = """
import os, pathlib, sys
from charplay.cli.main import main
from charplay.tui import app
look = lambda self: pathlib.Path(os.environ["SEEN"]).write_text(str(sys.getswitchinterval()))
app.CharplayApp.run = look
main()
"""
"""A screen that writes down how long a thread waits for the interpreter."""


@pytest.mark.fault("9")
def test_behind_a_screen_training_waits_less_for_the_interpreter(
    terminal: Callable[..., Terminal], tmp_path: Path
) -> None:
    seen = tmp_path / "seen"
    env = {"CHARPLAY_HOME": str(tmp_path / "home"), "SEEN": str(seen)}
    assert terminal([sys.executable, "-c", LOOKING], env=env).wait(60) == 0
    assert float(seen.read_text()) == pytest.approx(0.0005) != sys.getswitchinterval()


@pytest.mark.fault("33")
def test_a_screen_that_breaks_down_leaves_a_sentence_and_a_log(
    terminal: Callable[..., Terminal], tmp_path: Path
) -> None:
    home = Home(tmp_path / "home")
    term = terminal([sys.executable, "-c", BREAKING], columns=200, env={"CHARPLAY_HOME": str(home.root)})
    assert term.wait(60) == 1
    said = term.raw_since(term.started).rpartition(b"\x1b[?1049l")[2]
    log = home.log / "charplay.log"
    assert f"the details are in {log}" in term.text
    assert b"Traceback" not in said
    assert b"of all" not in said
    assert "RuntimeError" in log.read_text()


@pytest.mark.fault("10")
def test_the_playground_opens_with_torch_unloaded_and_q_closes_it(
    terminal: Callable[..., Terminal], tmp_path: Path
) -> None:
    home = Home(tmp_path / "home")
    env = {"CHARPLAY_HOME": str(home.root)}
    term = terminal([sys.executable, "-X", "importtime", "-m", "charplay"], env=env)
    term.wait_for("Corpus", 60)
    time.sleep(0.5)
    term.press("q")
    assert term.wait() == 0
    # What importtime told before the screen was up is on the terminal, the rest in the log.
    imported = term.raw + (home.log / "charplay.log").read_bytes()
    assert b"textual.app" in imported
    assert b" torch\n" not in imported.replace(b"\r", b"")


@pytest.mark.parametrize("keys", [("q", "q"), ("ctrl+c", "ctrl+c")])
@pytest.mark.fault("1")
def test_a_trainer_inside_torch_does_not_hold_the_exit(
    terminal: Callable[..., Terminal], tmp_path: Path, keys: tuple[str, str]
) -> None:
    (tmp_path / "corpora").mkdir()
    (tmp_path / "corpora" / "fox.txt").write_text("the quick brown fox jumps over the lazy dog\n" * 100)
    env = {"CHARPLAY_HOME": str(tmp_path)}
    term = terminal([sys.executable, "-c", DEAF, str(tmp_path / "corpora" / "fox.txt")], env=env)
    term.wait_for("parameters,", 60)
    term.press("t")
    term.wait_for("importing torch", 60)
    term.press(keys[0])
    term.wait_for("save and leave", 60)
    began = time.monotonic()
    term.press(keys[1])
    assert term.wait(30) == 0
    assert time.monotonic() - began < 10  # 2 s where nobody else wants the processor; the trainer would take 60
    assert b"\x1b[?1049l" in term.raw
    assert not term.cursor_hidden


def test_ctrl_c_again_and_again_is_one_ctrl_c(terminal: Callable[..., Terminal], tmp_path: Path) -> None:
    term = terminal([sys.executable, "-m", "charplay"], env={"CHARPLAY_HOME": str(tmp_path)})
    term.wait_for("t trains", 60)
    while term.process.poll() is None:
        term.press("ctrl+c")
        time.sleep(0.005)
    assert term.wait(30) == 0
    assert b"Traceback" not in term.raw


@pytest.mark.fault("14")
def test_an_interrupt_from_outside_leaves_as_a_terminate_does(
    terminal: Callable[..., Terminal], tmp_path: Path
) -> None:
    term = terminal([sys.executable, "-m", "charplay"], env={"CHARPLAY_HOME": str(tmp_path)})
    term.wait_for("t trains", 60)
    term.signal(signal.SIGINT)
    assert term.wait(30) == 130
    assert b"\x1b[?1049l" in term.raw


@pytest.mark.parametrize("trap", [":", "trap '' HUP"], ids=["signal", "no signal"])
@pytest.mark.fault("12", "13")
def test_a_terminal_that_is_gone_is_noticed_and_the_run_saved(
    terminal: Callable[..., Terminal], tmp_path: Path, trap: str
) -> None:
    (tmp_path / "fox.txt").write_text("the quick brown fox jumps over the lazy dog\n" * 100)
    env = {"CHARPLAY_HOME": str(tmp_path / "home"), "SAVED": str(tmp_path / "saved")}
    shell = ["/bin/sh", "-c", f'{trap}; exec "$@"', "sh"]
    term = terminal([*shell, sys.executable, "-c", HEARING, str(tmp_path / "fox.txt")], env=env)
    term.wait_for("parameters,", 60)
    term.press("t")
    term.wait_for("importing torch", 60)
    term.hang_up()
    assert term.wait() == 129
    assert (tmp_path / "saved").read_text() == "hung up"


@pytest.fixture
def hearing(terminal: Callable[..., Terminal], tmp_path: Path) -> Callable[..., tuple[Terminal, Path]]:
    """`hearing(trap)` starts a run on the screen, under a shell with that trap; the trainer writes the file."""

    def start(trap: str = ":") -> tuple[Terminal, Path]:
        text, saved = tmp_path / "fox.txt", tmp_path / "saved"
        text.write_text("the quick brown fox jumps over the lazy dog\n" * 100)
        env = {"CHARPLAY_HOME": str(tmp_path / "home"), "SAVED": str(saved)}
        term = terminal(["/bin/sh", "-c", f'{trap}; exec "$@"', "sh", sys.executable, "-c", HEARING, text], env=env)
        term.wait_for("parameters,", 60)
        term.press("t")
        term.wait_for("importing torch", 60)
        return term, saved

    return start


@pytest.mark.fault("60")
@pytest.mark.parametrize("number", [signal.SIGUSR2, signal.SIGXCPU])
def test_usr1_saves_behind_the_screen_and_the_others_save_and_leave(
    hearing: Callable[..., tuple[Terminal, Path]], number: signal.Signals
) -> None:
    term, saved = hearing()
    for written in ("save", "savesave"):
        term.signal(signal.SIGUSR1)
        term.wait_for(lambda _: saved.exists() and saved.read_text() == written)  # noqa: B023  (called at once)
    term.signal(number)
    assert term.wait() == 128 + number
    assert saved.read_text() == "savesave" + REASONS[128 + number]
    assert b"\x1b[?1049l" in term.raw


@pytest.mark.fault("13", "60")
def test_what_was_ignored_at_the_start_stays_ignored_behind_the_screen(
    hearing: Callable[..., tuple[Terminal, Path]],
) -> None:
    term, saved = hearing("trap '' USR1 USR2 XCPU TSTP")
    for number in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGXCPU, signal.SIGTSTP):
        term.signal(number)
    term.press("?")
    term.wait_for("esc goes back")
    assert not saved.exists() or "save" not in saved.read_text()
    term.press("escape")
    term.signal(signal.SIGTERM)
    assert term.wait() == 143
    assert saved.read_text() == "terminated"


def test_the_text_outlives_a_lost_link_and_goes_on_at_the_next_start(
    terminal: Callable[..., Terminal], tmp_path: Path
) -> None:
    first = terminal([sys.executable, "-m", "charplay"], env={"CHARPLAY_HOME": str(tmp_path)})
    first.wait_for("temperature", 60)
    first.press("e")
    first.type("Once upon a midnight dreary")
    first.press("enter", "space")
    first.wait_for("held: space goes on", 20)
    first.hang_up()
    assert first.wait(60) == SIGNALS[signal.SIGHUP]
    second = terminal([sys.executable, "-m", "charplay"], env={"CHARPLAY_HOME": str(tmp_path)})
    second.wait_for("T goes on with your last text", 60)
    second.press("5", "T")
    second.wait_for("Once upon a midnight", 20)
    second.press("q")
    assert second.wait(20) == 0
    (kept,) = (tmp_path / "texts" / "sittings").iterdir()
    assert kept.stat().st_size > 0
