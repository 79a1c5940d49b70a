"""What the program's memory comes to while a network of some size trains behind the screen."""

import json
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import psutil
import pytest
from pseudo_terminal import Terminal

from charplay.runs.home import Home

PRESET = """
hidden_size = 128
embedding_size = 64
num_layers = 1
sequence_length = 64
batch_size = 32
steps = 1000000
log_every = 10
device = "cpu"
"""
SECONDS = 4
GROWN = 60
"""MB that it may take more in so many seconds of training; it took up to 400."""
HEAP = 1 << 26
"""Bytes of address space, so aligned, that glibc sets aside for a thread's own heap."""


@pytest.mark.fault("22")
def test_training_takes_no_more_memory_the_longer_it_lasts(terminal: Callable[..., Terminal], tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.prepare()
    (home.presets / "some.toml").write_text(PRESET)
    (home.corpora / "fox.txt").write_text("the quick brown fox jumps over the lazy dog.\n" * 5000)
    home.settings.write_text(json.dumps({"preset": "some", "corpus": "fox"}))
    term = terminal([sys.executable, "-m", "charplay"], env={"CHARPLAY_HOME": str(home.root)})
    term.wait_for("parameters", 60)
    term.press("t")
    term.wait_for(lambda _: any(path.read_text() for path in home.checkpoints.glob("[!.]*/metrics.jsonl")), 60)
    process = psutil.Process(term.process.pid)
    before = process.memory_info().rss
    time.sleep(SECONDS)
    assert (process.memory_info().rss - before) / 1e6 < GROWN
    # Whether threads with heaps of their own take more and more is a matter of chance; that they have none is not.
    assert heaps(process.pid) == 0


def heaps(pid: int) -> int:
    """How many threads' own heaps there are: what is used of one, and right behind it the rest, set aside."""
    parts = [line.split() for line in Path(f"/proc/{pid}/maps").read_text().splitlines()]
    anonymous = [(part[0].split("-"), part[1]) for part in parts if part[4] == "0"]
    spans = [(int(start, 16), int(end, 16), kept) for (start, end), kept in anonymous]
    return sum(
        used == "rw-p" and kept == "---p" and start % HEAP == 0 and middle == begin and end - start == HEAP
        for (start, middle, used), (begin, end, kept) in pairwise(spans)
    )
