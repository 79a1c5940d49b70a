"""The real program, training on a pseudo-terminal: what is prepared, started, read from the disk, and ended."""

import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pseudo_terminal import UNMEASURED, Terminal
from torturing import Outcome

from charplay.runs.home import Home
from charplay.runs.run import Run

TEXT = "the quick brown fox jumps over the lazy dog.\nand goes on to say so once again\n" * 60
SETTINGS = [
    "hidden_size=8",
    "embedding_size=4",
    "num_layers=1",
    "sequence_length=32",
    "batch_size=8",
    "log_every=20",
    "save_every=1000000",
    "threads=1",
]
SECONDS = 5.0
"""Within which it must be over."""
RESTORED = (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1000l", b"\x1b[?2004l")
"""The main screen, the cursor, no mouse, no marked pastes."""


def prepared(folder: Path, *over: str) -> Home:
    """A home with one text and a small recipe to train for hours; `over` are settings in place of its own."""
    shutil.rmtree(folder, ignore_errors=True)
    home = Home(folder)
    home.prepare()
    (home.corpora / "fox.txt").write_text(TEXT)
    settings = dict(one.split("=") for one in (*SETTINGS, *over))
    lines = [f"{name} = {value}" for name, value in settings.items()]
    (home.presets / "small.toml").write_text("\n".join([*lines, "steps = 100000000", 'device = "cpu"', ""]))
    home.settings.write_text(json.dumps({"preset": "small", "corpus": "fox"}))
    return home


def headless(program: list[str], *more: str) -> list[str]:
    """`charplay train`, for hours."""
    return [sys.executable, *program, "train", "--preset", "small", "--corpus", "fox", *more]


def the_run(home: Home) -> Run | None:
    """The run in a home, if there is one; what is still being made has a name with a dot before it."""
    found = [path for path in home.checkpoints.glob("[!.]*") if (path / "run.json").exists()]
    return Run.open(found[0]) if found else None


def last_row(home: Home) -> int:
    """The step of the newest row on the disk."""
    run = the_run(home)
    return int(run.newest_metrics().get("step", 0)) if run else 0


def saved_step(home: Home) -> int:
    """The step that the run can be taken up from."""
    run = the_run(home)
    resumed = run.read_resume() if run else None
    return int(resumed[1]["ledger"]["step"]) if resumed else -1


def started(home: Home, term: Terminal, *, screen: bool) -> None:
    """Stand until training is under way."""
    if screen:
        term.wait_for("parameters,", 60)
        term.press("t")
    term.wait_for(lambda _: last_row(home) > 0, 90)


@contextmanager
def on_terminal(command: Sequence[str | Path], home: Home, outcome: Outcome, where: str = "",
                *, unmeasured: bool = False) -> Iterator[Terminal]:  # fmt: skip
    """A program on a terminal, until the end of the try; what the terminal waited for in vain is a fault.

    `unmeasured` where the time that it takes matters: it is not slowed by the measuring of coverage.
    """
    env = {"CHARPLAY_HOME": str(home.root), "OMP_NUM_THREADS": "1"}
    term = Terminal(command, env=env | (UNMEASURED if unmeasured else {}))
    try:
        yield term
    except (AssertionError, OSError) as error:
        outcome.faults.append(f"{where}: {error}" if where else str(error))
    finally:
        term.close()


def leave(term: Terminal, home: Home, code: int, outcome: Outcome, where: str = "it") -> None:
    """Stand until the program has left; a fault where it left with another code."""
    if (left := term.wait(4 * SECONDS)) != code:
        log = home.log / "charplay.log"
        told = log.read_text(errors="backslashreplace") if log.exists() else ""
        outcome.faults.append(f"{where} left with {left}; the screen:\n{term.text[-300:]}\nthe log:\n{told[-2000:]}")
