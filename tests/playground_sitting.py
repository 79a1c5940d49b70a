"""A playground with a trainer that a test speaks for, and a library whose texts arrive when a test says so."""

import hashlib
import threading
from collections.abc import Callable

from spoken_trainer import SpokenTrainer

from charplay.corpora.classics import Classic, Mirror
from charplay.corpora.entries import Entry
from charplay.corpora.errors import Cancelled, CorpusError
from charplay.corpora.library import Library
from charplay.corpora.progress import Watch
from charplay.playground.happenings import Said
from charplay.playground.playground import Playground
from charplay.playground.preferences import Preferences
from charplay.runs.home import Home
from charplay.runs.store import RunStore

VERSE = "the quick brown fox jumps over the lazy dog\nand goes on to say so once again\n"


def tale(name: str) -> str:
    return f"the {name} runs\n" * 50


class ScriptedLibrary(Library):
    """Its classics, a hare and a hedgehog, arrive when the test says so, or never."""

    def __init__(self, home: Home) -> None:
        classics = []
        for name in ("hare", "hedgehog"):
            digest = hashlib.sha256(tale(name).encode()).hexdigest()
            mirror = Mirror("http://x/y", len(tale(name)), digest)
            classics.append(Classic(name, f"the {name}", "free", "a tale", (mirror,)))
        super().__init__(home.corpora, home.cache, catalog=classics)
        self.arrive = threading.Event()
        self.fails = False
        self.cancelled = threading.Event()

    def fetch(self, entry: Entry, watch: Watch | None = None) -> Entry:
        assert watch is not None
        while not self.arrive.wait(0.002):
            if not watch(0.42):
                self.cancelled.set()
                raise Cancelled
        if self.fails:
            raise CorpusError("No network.")
        (self.paths.corpora / f"{entry.name}.txt").write_text(tale(entry.name))
        return self.find(entry.name)


class Sitting:
    """A playground under way, on a clock that a test moves."""

    def __init__(
        self, home: Home, preferences: Preferences | None = None, *, trainer: SpokenTrainer | None = None
    ) -> None:
        self.now = 1000.0
        self.trainer = trainer or SpokenTrainer()
        self.library = ScriptedLibrary(home)
        self.happened: list[object] = []
        self.playground = Playground(
            home,
            self.trainer,
            open_library=lambda: self.library,
            open_store=lambda: RunStore(home),
            preferences=preferences or Preferences(corpus="fox"),
            clock=lambda: self.now,
        )
        self.corpora = self.playground.corpora

    def advance(self, seconds: float = 0.0) -> list[object]:
        self.now += seconds
        happened = self.playground.advance(self.now)
        self.happened += happened
        return happened

    def until(self, condition: Callable[[], object]) -> None:
        """Let it go on until the condition holds; an AssertionError after a while."""
        pause = threading.Event()
        for _ in range(4000):
            if condition():
                return
            self.advance()
            pause.wait(0.001)
        raise AssertionError(f"it never came true; {self.happened}")

    def quiet(self) -> None:
        """Let it go on until nothing is under way any more."""
        self.advance()
        self.until(lambda: len(self.playground.jobs) == 0)
        self.advance()

    @property
    def said(self) -> list[str]:
        return [each.sentence for each in self.happened if isinstance(each, Said)]
