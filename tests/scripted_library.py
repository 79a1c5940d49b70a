"""A library whose texts arrive when a test says so."""

import hashlib
import threading

from charplay.corpora.classics import Classic, Mirror
from charplay.corpora.entries import Entry
from charplay.corpora.errors import Cancelled, CorpusError
from charplay.corpora.library import Library
from charplay.corpora.progress import Watch
from charplay.runs.home import Home


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
