"""Which text is chosen, what becomes of it, and what is trained on: without a screen."""

import threading
from typing import Any

import pytest
from scripted_library import tale
from sitting import Sitting

from charplay.corpora.corpus import Corpus
from charplay.corpora.entries import Entry
from charplay.playground.corpus_selection import POLL
from charplay.playground.happenings import CorpusChosen, CorpusOpened, CorpusRead, CorpusUnreadable
from charplay.runs.home import Home


def read(sitting: Sitting) -> list[CorpusRead]:
    return [each for each in sitting.happened if isinstance(each, CorpusRead)]


def test_what_was_chosen_last_is_read_at_the_beginning(home: Home) -> None:
    sitting = Sitting(home)
    sitting.playground.begin()
    assert isinstance(sitting.advance()[0], CorpusChosen)
    sitting.quiet()
    assert sitting.corpora.corpus is not None
    assert sitting.corpora.corpus.name == "fox"
    assert sitting.corpora.sizes["fox"] == (5390, 28)
    draft = sitting.playground.draft
    assert draft is not None
    assert (draft.corpus, draft.characters, draft.vocabulary_size, draft.unknown) == ("fox", 5390, 28, "")


def test_a_text_that_arrives_is_read_and_trained_on_where_that_was_wanted(sitting: Sitting) -> None:
    for name, to_train in (("hare", True), ("hedgehog", False)):
        sitting.happened.clear()
        sitting.library.arrive.clear()
        sitting.corpora.choose(name)
        sitting.advance()
        assert sitting.playground.draft is not None
        assert sitting.playground.draft.unknown == "<training.train> fetches the text and trains"
        assert sitting.corpora.fetch(to_train=to_train)
        then = "; training starts when it is here" if to_train else ""
        sitting.until(lambda: f"fetching the {name}: 42%{then}, esc cancels" in sitting.said)  # noqa: B023
        sitting.library.arrive.set()
        sitting.quiet()
        assert f"the {name} is here" in sitting.said
        assert [(each.corpus.text(), each.train) for each in read(sitting)] == [(tale(name), to_train)]


def test_a_wish_to_train_may_come_while_the_text_is_on_its_way(sitting: Sitting) -> None:
    sitting.corpora.choose("hare")
    assert sitting.corpora.fetch()
    assert sitting.corpora.fetch(to_train=True)
    sitting.library.arrive.set()
    sitting.quiet()
    assert [each.train for each in read(sitting)] == [True]


def test_one_text_is_fetched_at_a_time_and_one_that_is_here_needs_no_fetching(sitting: Sitting) -> None:
    assert sitting.corpora.fetch()
    assert sitting.corpora.download is None
    sitting.corpora.choose("hare")
    assert sitting.corpora.fetch(to_train=True)
    sitting.corpora.choose("hedgehog")
    assert not sitting.corpora.fetch()
    assert sitting.corpora.download is not None
    assert sitting.corpora.download.entry.name == "hare"
    sitting.corpora.cancel()


def test_a_text_that_arrives_steals_no_choice_and_trains_nothing(sitting: Sitting) -> None:
    sitting.corpora.choose("hare")
    sitting.corpora.fetch(to_train=True)
    sitting.corpora.choose("fox")
    sitting.library.arrive.set()
    sitting.quiet()
    assert sitting.corpora.chosen is not None
    assert sitting.corpora.chosen.name == "fox"
    assert [each.train for each in read(sitting)] == [False]
    hare = sitting.corpora.find("hare")
    assert hare is not None
    assert hare.ready


@pytest.mark.parametrize("chosen", ["hare", "fox"])
def test_a_download_that_is_given_up_says_so_and_nothing_of_it_comes_later(sitting: Sitting, chosen: str) -> None:
    sitting.corpora.choose("hare")
    sitting.corpora.fetch(to_train=True)
    sitting.corpora.choose(chosen)
    sitting.corpora.cancel()
    sitting.corpora.cancel()
    sitting.quiet()
    sitting.library.cancelled.wait(5)
    again = "; <training.train> fetches it and trains" if chosen == "hare" else ""
    assert [each for each in sitting.said if "not fetched" in each] == [f"the hare is not fetched{again}"]
    assert sitting.corpora.download is None
    assert not any(each.train for each in read(sitting))


@pytest.mark.parametrize("to_train", [True, False])
def test_training_goes_on_with_a_text_that_is_here_where_one_cannot_be_fetched(
    sitting: Sitting, to_train: bool
) -> None:
    sitting.library.fails = True
    sitting.corpora.choose("hare")
    sitting.corpora.fetch(to_train=to_train)
    sitting.library.arrive.set()
    sitting.quiet()
    instead = sitting.library.find("").title
    then = f"{instead} is read instead" if to_train else "try again later"
    sentence = f"the hare could not be fetched (<panes.corpus> and <corpora.view> say why); {then}"
    assert sentence in sitting.said
    assert sitting.corpora.troubles == {"hare": "No network."}
    assert [each.train for each in read(sitting)] == [True] * to_train
    if to_train:  # it stands until the run has begun
        assert sitting.playground.announcements.say(["a note"]).sentence == f"{sentence}. A note"


def test_a_text_that_cannot_be_read_lets_nothing_train_later(sitting: Sitting, home: Home) -> None:
    sitting.corpora.choose("hare")
    sitting.corpora.fetch(to_train=True)
    (home.corpora / "noise.txt").write_bytes(bytes(range(256)) * 20)
    sitting.corpora.choose("noise")
    sitting.until(lambda: sitting.corpora.trouble)
    assert "binary" in sitting.corpora.trouble
    (unreadable,) = [each for each in sitting.happened if isinstance(each, CorpusUnreadable)]
    assert unreadable.sentence in sitting.said
    assert sitting.playground.draft is not None
    assert sitting.playground.draft.unknown == "the text could not be read"
    sitting.library.arrive.set()
    sitting.quiet()
    sitting.corpora.choose("fox")
    sitting.quiet()
    assert sitting.corpora.trouble == ""
    assert not any(each.train for each in read(sitting))


def test_a_reading_says_how_much_is_done(sitting: Sitting, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, go_on, told = sitting.library.open, threading.Event(), threading.Event()

    def slow(entry: Entry, **how: Any) -> Corpus:
        how["watch"](0.34)
        told.set()
        assert go_on.wait(10)
        return plain(entry, **how)

    monkeypatch.setattr(sitting.library, "open", slow)
    fox = sitting.corpora.chosen
    assert fox is not None
    for looked_at in (False, True):
        go_on.clear()
        told.clear()
        assert sitting.corpora.reading == ""
        if looked_at:
            sitting.corpora.open(fox)
        else:
            sitting.corpora.choose("fox", "cp1252")
        assert told.wait(10)
        assert sitting.corpora.reading == "reading the text 34 %"
        go_on.set()
        sitting.quiet()
    assert sitting.corpora.reading == ""


def test_an_older_reading_is_nobodys(sitting: Sitting, home: Home) -> None:
    (home.corpora / "other.txt").write_text("another text. " * 40)
    sitting.corpora.choose("fox")
    late = sitting.corpora._reading
    sitting.corpora.choose("other")
    assert late is not None
    assert late.cancelled
    sitting.quiet()
    assert [each.corpus.name for each in read(sitting)] == ["other"]
    assert sitting.corpora.sizes["other"] == (560, 10)


def test_a_name_that_is_no_text_leaves_the_choice_as_it_was_and_is_said(sitting: Sitting) -> None:
    sitting.corpora.choose("no such text")
    sitting.quiet()
    assert sitting.corpora.chosen is not None
    assert sitting.corpora.chosen.name == "fox"
    assert "There is no text called" in sitting.said[0]
    assert sitting.playground.announcements.trouble == sitting.said[0]
    sitting.corpora.choose("fox")
    assert sitting.playground.announcements.trouble == ""


def test_at_the_beginning_the_default_stands_in_for_what_is_no_text(home: Home) -> None:
    sitting = Sitting(home)
    sitting.playground.begin("/no/such/file.txt")
    sitting.quiet()
    assert sitting.corpora.chosen is not None
    assert sitting.corpora.chosen.name == sitting.library.find("").name
    assert any("file.txt" in each for each in sitting.said)


def test_an_encoding_that_was_named_is_known_when_the_text_is_chosen_again(sitting: Sitting, home: Home) -> None:
    (home.corpora / "letters.txt").write_bytes("Пора, мой друг. ".encode("koi8-r") * 30)
    sitting.corpora.choose("letters", "koi8-r")
    sitting.quiet()
    sitting.corpora.choose("fox")
    assert sitting.corpora.encoding == ""
    sitting.corpora.choose("letters")
    sitting.quiet()
    assert sitting.corpora.corpus is not None
    assert "Пора" in sitting.corpora.corpus.text()
    kept = sitting.playground.remember()
    assert (kept.corpus, kept.encoding) == ("letters", "koi8-r")
    sitting.corpora.choose_encoding("")
    assert sitting.corpora.encoding == ""


def test_another_cleaning_makes_another_text_and_anything_else_does_not(sitting: Sitting) -> None:
    draft = sitting.playground.draft
    assert draft is not None
    assert draft.set("hidden_size", "32") == ""
    sitting.quiet()
    assert not read(sitting)
    assert draft.set("limit", "1000") == ""
    sitting.quiet()
    assert [len(each.corpus) for each in read(sitting)] == [1000]
    assert draft.characters == 1000


def test_the_folder_is_watched(sitting: Sitting, home: Home) -> None:
    (home.corpora / "dropped.txt").write_text("abc " * 100)
    sitting.advance(POLL / 2)
    assert sitting.corpora.find("dropped") is None
    before = sitting.corpora.revision
    sitting.advance(POLL)
    assert sitting.corpora.find("dropped") is not None
    assert sitting.corpora.revision > before


def test_a_chosen_text_that_is_put_where_it_was_missing_is_read(sitting: Sitting, home: Home) -> None:
    sitting.corpora.choose("hare")
    sitting.quiet()
    assert sitting.corpora.corpus is None
    (home.corpora / "by-hand.txt").write_text(tale("hare"))
    sitting.advance(POLL)
    sitting.quiet()
    assert [each.corpus.text() for each in read(sitting)] == [tale("hare")]


def test_a_text_from_elsewhere_stays_on_the_list(sitting: Sitting, home: Home) -> None:
    other = home.root / "own.txt"
    other.write_text("to be or not to be " * 40)
    sitting.corpora.choose(str(other))
    sitting.corpora.refill()
    assert sitting.corpora.entries[0].path == other


def test_any_text_can_be_opened_to_be_looked_at_and_one_that_cannot_is_said(sitting: Sitting, home: Home) -> None:
    (home.corpora / "other.txt").write_text("another text. " * 40)
    (home.corpora / "noise.txt").write_bytes(bytes(range(256)) * 20)
    sitting.corpora.refill()
    for name in ("other", "noise"):
        entry = sitting.corpora.find(name)
        assert entry is not None
        sitting.corpora.open(entry)
        sitting.quiet()
    assert [each.corpus.name for each in sitting.happened if isinstance(each, CorpusOpened)] == ["other"]
    assert "binary data" in sitting.said[-1]
    assert sitting.corpora.chosen is not None
    assert sitting.corpora.chosen.name == "fox"
    assert sitting.corpora.trouble == ""
