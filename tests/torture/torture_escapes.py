"""Payloads on every surface of the playground, on a real pseudo-terminal: nothing reaches it but glyphs."""

import json
import random
import re
import sys
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import tomli_w
from pseudo_terminal import Terminal
from terminal_runs import leave, on_terminal
from torturing import Attempt, Outcome, Torture

from charplay.recipes.network import tensor_shapes
from charplay.recipes.recipe import Recipe
from charplay.runs.checkpoint import Checkpoint, CorpusOrigin
from charplay.runs.home import Home
from charplay.runs.run import Run

MARK = "7777"
"""Stands in every payload that could be mistaken for one of Textual's own sequences."""

# ruff: noqa: E501
PAYLOADS = [
    "\x1b]0;{t}\x07", "\x1b]52;c;{t}\x1b\\", "\x1b]8;;x:{t}\x07", "\x1b[7777m{t}", "\x1b[7777;7777H{t}", "\x1b[7777J{t}",
    "\x1b[?7777h{t}", "\x1b[?1049;7777l{t}", "\x1b[7777n{t}", "\x1b[201~{t}", "\x1bP{t}\x1b\\", "\x1b_{t}\x1b\\",
    "\x1b^{t}\x1b\\", "\x1bX{t}\x1b\\", "\x1bc{t}", "\x1b]0;{t}", "\x1b[7777", "\x9b7777m{t}", "\x9d0;{t}\x9c", "\x90{t}",
    "\x84{t}\x85\x8d", "\x00{t}", "\x07{t}", "\x08{t}\x7f", "\x0e{t}\x0f", "\x0b{t}\x0c", "\u202e{t}\u202c",
    "\u2066{t}\u2069", "\u200b{t}\u200d\ufeff", "\u2028{t}\u2029", "\U000e0041{t}\U000e007f", "\u00ad{t}\u061c",
    "[red]{t}[/", "[@click=app.quit]{t}[/]", "\x1b\x1b[7777m{t}", "\x1b[\x1b]0;{t}\x9b",
]  # fmt: skip
"""`{t}` is the token that says whose payload it was."""

OWN = re.compile(
    r"\x1b\[(?!\??[0-9;]*7777)(?:\??[0-9;:]*[HJKmhlABCDfGd]|[<>=?][0-9;]*[uhlqtc]|\?[0-9;]*\$p|[0-9;]*[ct]|[0-9 ]*q)"
    r"|\x1b\]52;c;(?:[0-9A-Za-z+/]{4})*(?:[0-9A-Za-z+/]{2}(?:==|[0-9A-Za-z+/]=))?\x07"
    r"|\x1b\]22;[a-z-]+\x07|\x1bP=[12]s\x1b\\|\x1b[78=>]|\x1b\([B0]"
    r"|\x1b\]2;[^\x00-\x1f\x7f-\xad\u061c\u200b-\u206f\ufeff\ud800-\udfff\U000e0000-\U000e007f]*\x1b\\"
)
"""What Textual, its clipboard and the window's title may write; the parameters of a payload are never among them."""
NAMELESS = {"Cc", "Cf", "Cs", "Zl", "Zp", "Cn"}

SURFACES = ("text", "file name", "prompt", "pasted prompt", "searched", "pasted value", "palette", "origin", "broken run",
            "preset name", "preset fault", "kept name")  # fmt: skip
FEWEST_SEEN = 8
"""Surfaces; a tour that sees less has lost its way."""
GENERATED = "\u2063"
"""No other surface has this one, so its number tells of a character that was drawn."""

NAIVE = """
import sys
import charplay.formatting.sanitize as shown
shown.sanitize = lambda text, newline="\\n": text
shown.sanitize_line = shown.sanitize_char = lambda text: text
from charplay.cli.main import main
sys.argv[0] = "charplay"
main()
"""
"""The sabotage: a program that believes what it shows."""


def token(surface: str) -> str:
    """What stands in the payloads of a surface."""
    return f"K{SURFACES.index(surface):02d}"


def leaks(raw: bytes) -> list[str]:
    """What in a terminal's input is neither a glyph nor a sequence of Textual's own."""
    rest = OWN.sub("", raw.decode("utf-8", "surrogateescape"))
    found = (m.start() for m in re.finditer(r"[^ -~\u2500-\u28ff]", rest))
    return [rest[at : at + 16] for at in found if unicodedata.category(rest[at]) in NAMELESS and rest[at] not in "\r\n"]


class Hostile:
    """A home in which everything that has a text says what it must not."""

    def __init__(self, home: Home, chance: random.Random) -> None:
        self.home, self._chance = home, chance
        self.tried = 0
        home.prepare()
        name = self.payload("file name").replace("/", "").replace("\x00", "")
        text = "".join(self.payload("text") + " and more of the text\n" for _ in range(60))
        (home.corpora / f"a{name}.txt").write_text(text, encoding="utf-8", errors="surrogatepass")
        (home.presets / f"p{self.payload('preset name')}.toml".replace("/", "").replace("\x00", "")).write_text(
            tomli_w.dumps({self.payload("preset fault"): 1})
        )
        home.settings.write_text(json.dumps({"prompt": self.payload("prompt"), "speed": 1000.0}))
        self._run()

    def payload(self, surface: str) -> str:
        """One more payload of this surface."""
        self.tried += 1
        return self._chance.choice(PAYLOADS).format(t=token(surface))

    def _run(self) -> None:
        """A run that writes every payload's characters, and a broken one."""
        alphabet = "".join(sorted({*"".join(PAYLOADS).format(t=GENERATED), *"and more of the text\n"}))
        recipe = Recipe(embedding_size=2, hidden_size=2, num_layers=1, sequence_length=4, batch_size=1)
        origin = CorpusOrigin(self.payload("origin"), self.payload("origin"), "0" * 64, 900)
        run = Run.create(self.home.checkpoints, asked=recipe, resolved=recipe, corpus=origin, vocabulary=alphabet,
                         facts={"device": self.payload("origin")}, name="odd")  # fmt: skip
        shapes = tensor_shapes(recipe, len(alphabet))
        tensors = {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}
        self.tried += len(alphabet)  # drawn one at a time, each as likely as any other
        saved = Checkpoint(tensors=tensors, recipe=recipe, vocabulary=alphabet, corpus=origin, step=1, epoch=0.1,
                           seconds=1.0, versions={"torch": self.payload("origin")})  # fmt: skip
        run.write_latest(saved)
        broken = self.home.checkpoints / "broken"
        broken.mkdir()
        record = json.loads((run.folder / "run.json").read_text())
        record["resolved"][self.payload("broken run")] = 1
        (broken / "run.json").write_text(json.dumps(record))


def tour(term: Terminal, hostile: Hostile, slowness: float) -> None:
    """Go everywhere, look at everything, type and paste wherever one can."""

    def press(*keys: str) -> None:
        for key in keys:
            term.press(key)
            time.sleep(0.12 * slowness)

    def paste(surface: str) -> None:
        term.type(f"\x1b[200~{hostile.payload(surface)}\x1b[201~")
        time.sleep(0.2 * slowness)

    term.wait_for("parameters,", 60)
    press("1", "v")
    time.sleep(0.5)
    press("/")
    paste("searched")
    press("enter", "n", "2", "pagedown", "escape", "escape")
    press("2", "i", "pagedown", "escape", "escape")
    press("2", "home", "down", "down", "down", "enter")
    paste("pasted value")
    press("enter", "escape", "2", "w")
    paste("kept name")
    press("enter", "escape", "2", "home", "right", "right", "right", "enter", "escape")
    press(
        "3", "home", "r", "escape", "w", "escape", "down", "r", "escape", "a", "3", "end", "up", "enter", "up", "enter"
    )
    press("5", "enter")
    time.sleep(1.5)  # it writes, one character at a time
    press("v", "o", "b", "left", "left", "escape", "g", "escape", "c", "escape", "i", "escape", "m", "escape", "5", "P")
    paste("pasted prompt")
    press("enter")
    time.sleep(0.5)
    press("w", "escape", "ctrl+p")
    paste("palette")
    press("escape", "?", "pagedown", "escape")
    term.resize(80, 24)
    time.sleep(0.4)
    press("4", "y", "escape", "escape", "escape")
    for _ in range(3):
        if term.process.poll() is None:
            press("ctrl+c")


class Escapes:
    """Every try is a hostile home and a tour through it."""

    def __init__(self, folder: Path, *, sabotaged: bool) -> None:
        self._folder, self._sabotaged, self._count = folder, sabotaged, 0

    def attempt(self, chance: random.Random) -> Outcome:
        """A tour; a slower one where the machine was too busy for it to see enough."""
        for slowness in (1, 3, 9):
            outcome = self._tour(chance, slowness)
            if outcome.worst["surfaces seen"] >= FEWEST_SEEN:
                break
        return outcome

    def _tour(self, chance: random.Random, slowness: float) -> Outcome:
        """Count the payloads, and what of them came through."""
        self._count += 1
        hostile = Hostile(Home(self._folder / str(self._count)), chance)
        program = ["-c", NAIVE] if self._sabotaged else ["-m", "charplay"]
        path = next(iter(hostile.home.corpora.iterdir()))
        outcome = Outcome()
        with on_terminal([sys.executable, *program, path], hostile.home, outcome, "the tour broke off") as term:
            tour(term, hostile, slowness)
            leave(term, hostile.home, 0, outcome)
        found = leaks(term.raw)
        log = hostile.home.log / "charplay.log"
        found += leaks(log.read_bytes().replace(b"\t", b"")) if log.exists() and not self._sabotaged else []
        outcome.faults += [f"{len(found)} leaks, as {found[0]!r}"] if found else []
        outcome.tried, outcome.counts["bytes read"] = hostile.tried, len(term.raw)
        seen = [surface for surface in SURFACES if token(surface).encode() in term.raw]
        outcome.worst["surfaces seen"] = len(seen)
        if len(seen) < FEWEST_SEEN:
            outcome.faults.append(f"the tour saw only {', '.join(seen)}")
        if b"<2063>" not in term.raw and GENERATED.encode() not in term.raw:
            outcome.faults.append("nothing that was generated was seen")
        return outcome


@contextmanager
def begin(folder: Path, sabotaged: bool) -> Iterator[Attempt]:
    """A folder for homes."""
    yield Escapes(folder, sabotaged=sabotaged).attempt


ESCAPES = Torture(
    "payloads on every surface of the screen", begin, "payloads", "a screen that shows text as it stands", share=2.0,
    control_tries=2,
)  # fmt: skip
