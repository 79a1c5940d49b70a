"""Texts on their way: what is said meanwhile, giving up, and what is trained on when they are here or not."""

import hashlib
import threading
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from played import Play, Played

from charplay.corpora.classics import Classic, Mirror
from charplay.corpora.entries import Entry
from charplay.corpora.errors import Cancelled, CorpusError
from charplay.corpora.library import Library
from charplay.runs.home import Home

NAMES = ("hare", "hedgehog")


def tale(name: str) -> str:
    return f"the {name} runs\n" * 50


def copy(name: str) -> Mirror:
    return Mirror("http://x/y", len(tale(name)), hashlib.sha256(tale(name).encode()).hexdigest())


class SlowLibrary(Library):
    """Its texts arrive when the test says so, or never."""

    def __init__(self, home: Home) -> None:
        classics = [Classic(name, f"the {name}", "free", "a tale", (copy(name),)) for name in NAMES]
        super().__init__(home.corpora, home.cache, catalog=classics)
        self.arrive = threading.Event()
        self.share = 0.42
        self.fails = self.cancelled = False

    def fetch(self, entry: Entry, watch: Callable[..., Any] | None = None) -> Entry:
        assert watch
        while not self.arrive.wait(0.01):
            if not watch(self.share):
                self.cancelled = True
                raise Cancelled
        if self.fails:
            raise CorpusError("No network.")
        (self.paths.corpora / f"{entry.name}.txt").write_text(tale(entry.name))
        return self.find(entry.name)


@pytest.fixture
def library(home: Home) -> SlowLibrary:
    return SlowLibrary(home)


def line(it: Played) -> str:
    return " ".join(it.seen().split())


async def fetch(it: Played, name: str = "hare") -> None:
    it.main.playground.corpora.choose(name)
    await it.until(lambda: "t fetches the text and trains" in it.seen())
    await it.press("t")
    await it.until(lambda: f"fetching the {name}: 42%" in line(it))


@pytest.mark.parametrize("key", ["x", "escape"])
@pytest.mark.parametrize("pane", ["3", "5"])
async def test_a_download_is_seen_and_given_up_from_anywhere(
    play: Play, library: SlowLibrary, key: str, pane: str
) -> None:
    async with play(library=library) as it:
        await fetch(it)
        await it.press(pane, key)
        await it.until(lambda: library.cancelled and "the hare is not fetched" in line(it))
        assert it.main.playground.corpora.download is None
        assert not it.trainer.requests


async def test_a_stop_stops_the_run_and_leaves_a_download_to_the_next(play: Play, library: SlowLibrary) -> None:
    async with play(library=library) as it:
        await it.training()
        it.main.playground.corpora.choose("hare")
        it.main.playground.corpora.fetch()
        await it.until(lambda: "fetching the hare: 42%" in line(it))
        await it.press("x")
        await it.until(lambda: it.main.playground.runs.state.status == "stopped")
        assert it.main.playground.corpora.download is not None
        await it.press("x")
        await it.until(lambda: library.cancelled)


async def test_one_text_is_fetched_at_a_time_and_that_is_said(play: Play, library: SlowLibrary) -> None:
    async with play(library=library) as it:
        await fetch(it)
        it.main.playground.corpora.choose("hedgehog")
        await it.until(lambda: it.main.playground.corpora.chosen.name == "hedgehog")
        await it.press("t")
        await it.until(lambda: "the hare is fetched first" in line(it))
        assert it.main.playground.corpora.download.entry.name == "hare"


async def test_a_text_that_arrives_is_trained_on(play: Play, library: SlowLibrary) -> None:
    async with play(library=library) as it:
        await fetch(it)
        library.arrive.set()
        await it.until(lambda: it.trainer.requests)
        assert it.trainer.requests[0].recipe["corpus"] == "hare"


async def test_a_text_that_arrives_steals_no_choice_and_trains_nothing(play: Play, library: SlowLibrary) -> None:
    async with play(library=library) as it:
        await fetch(it)
        it.main.playground.corpora.choose("fox")
        await it.until(lambda: it.main.playground.corpora.corpus)
        library.arrive.set()
        await it.until(lambda: "the hare is here" in line(it))
        await it.pilot.pause(0.1)
        assert it.main.playground.corpora.chosen.name == "fox"
        assert not it.trainer.requests


async def test_a_text_that_cannot_be_read_lets_nothing_train_later(play: Play, library: SlowLibrary) -> None:
    async with play(library=library) as it:
        await fetch(it)
        with patch.object(library, "open", side_effect=CorpusError("It is no text.")):
            library.arrive.set()
            await it.until(lambda: "It is no text." in line(it))
        it.main.playground.corpora.choose("fox")
        await it.until(lambda: it.main.playground.corpora.corpus)
        await it.pilot.pause(0.1)
        assert not it.trainer.requests


async def test_what_is_read_instead_is_named_and_stays_in_sight(play: Play, library: SlowLibrary) -> None:
    (library.paths.corpora / "tiny-shakespeare.txt").write_bytes("a café in the town\n".encode("cp1252") * 50)
    async with play(library=library) as it:
        await fetch(it)
        library.fails = True
        library.arrive.set()
        await it.until(lambda: it.trainer.requests)
        name = it.trainer.requests[0].recipe["corpus"]
        title = library.find(str(name)).title
        notes = it.main.playground.corpora.corpus.notes
        it.trainer.put(it.trainer.started(notes=notes), it.trainer.progress(100))
        await it.until(lambda: it.main.playground.runs.state.status == "training")
        assert name == library.find("").name
        assert f"the hare could not be fetched (1 and v say why); {title} is read instead. " in line(it)
        assert it.main.hint._standing[0].count("a guess") == 1


async def test_a_start_without_notes_wipes_an_older_sentence_away(play: Play) -> None:
    async with play() as it:
        await it.until(lambda: "t trains a network of your own" in line(it))
        await it.training()
        assert "t trains a network of your own" not in line(it)


async def test_how_a_text_was_read_is_said_until_another_is_chosen(play: Play, home: Home) -> None:
    (home.corpora / "old.txt").write_bytes("a café in the town\n".encode("cp1252") * 50)
    async with play(path="old", writing=True) as it:  # a held pane would say that it is held, instead
        await it.until(lambda: all(note.rstrip(".") in line(it) for note in it.main.playground.corpora.corpus.notes))
        assert it.main.playground.corpora.corpus.notes
        it.main.playground.corpora.choose("fox")
        await it.until(lambda: "a guess" not in line(it))


async def test_a_name_that_is_no_text_leaves_the_choice_as_it_was(play: Play) -> None:
    async with play() as it:
        await it.pilot.pause()  # the text pane has said that it is held
        it.main.playground.corpora.choose("no such text")
        await it.until(lambda: "There is no text called" in line(it))
        assert it.main.playground.corpora.chosen.name == "fox"
