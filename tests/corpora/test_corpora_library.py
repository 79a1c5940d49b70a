"""What the library lists, finds and opens."""

import hashlib
import itertools
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charplay.corpora import encoded_cache
from charplay.corpora.classics import Classic, Mirror, read_catalog
from charplay.corpora.corpus import MINIMUM
from charplay.corpora.errors import Cancelled, CorpusError
from charplay.corpora.library import Library
from charplay.corpora.pieces import Pieces
from charplay.corpora.progress import Progress

VERSE = "Shall I compare thee to a summer's day?\nThou art more lovely and more temperate:\n" * 20
LOWER = VERSE.lower()


def copy(text: str, note: str = "") -> Mirror:
    return Mirror("http://localhost/verse", len(text.encode()), hashlib.sha256(text.encode()).hexdigest(), note)


CLASSIC = Classic("verse", "The Verse", "public domain", "one couplet", (copy(VERSE), copy(LOWER, "in lower case")))


@pytest.fixture
def library(tmp_path: Path) -> Library:
    (tmp_path / "corpora").mkdir()
    (tmp_path / "corpora" / "README.md").write_text("Drop texts here.")
    return Library(tmp_path / "corpora", tmp_path / "cache", catalog=[CLASSIC])


def drop(library: Library, name: str, text: str) -> None:
    (library.paths.corpora / name).write_text(text)


def dropped(library: Library) -> dict[str, str]:
    return {entry.name: entry.kind for entry in library.entries() if entry.source == "user-files"}


def test_what_is_dropped_appears_without_a_restart(library: Library) -> None:
    assert dropped(library) == {}
    drop(library, "poems.txt", VERSE + "more")
    (library.paths.corpora / "letters").mkdir()
    drop(library, "letters/one.txt", VERSE)
    assert dropped(library) == {"poems": "file", "letters": "folder"}
    (library.paths.corpora / "poems.txt").unlink()
    assert dropped(library) == {"letters": "folder"}


def test_readme_hidden_and_irregular_things_are_no_texts(library: Library) -> None:
    drop(library, ".hidden", VERSE)
    os.mkfifo(library.paths.corpora / "pipe")
    (library.paths.corpora / "broken").symlink_to("gone")
    assert dropped(library) == {}


@settings(max_examples=30)
@given(st.sets(st.from_regex(r"\A(a|b|verse)(\.(a|b|txt)){0,2}\Z"), max_size=8))
def test_names_are_unique_and_find_their_text(tmp_path_factory: pytest.TempPathFactory, names: set[str]) -> None:
    folder = tmp_path_factory.mktemp("corpora")
    library = Library(folder, folder / ".cache", catalog=[CLASSIC])
    for name in names:
        drop(library, name, f"{name}\n" * 100)
    entries = library.entries()
    assert len({entry.name for entry in entries}) == len(entries)
    assert {entry.path.name for entry in entries if entry.path} == names
    assert all(library.find(entry.name) == entry for entry in entries)


def test_a_missing_folder_holds_no_texts(tmp_path: Path) -> None:
    assert dropped(Library(tmp_path / "corpora", tmp_path / "cache")) == {}


def test_listing_is_ready_first_and_ones_own_before_the_rest(library: Library) -> None:
    drop(library, "zebra.txt", VERSE + "more")
    assert [entry.name for entry in library.entries()] == [
        "zebra", "python-manual", "python-source", "verse", "lesson-brackets", "lesson-names", "lesson-sums",
    ]  # fmt: skip


def test_a_file_with_a_classics_digest_is_that_classic(library: Library) -> None:
    assert not library.find("verse").ready
    drop(library, "copied by hand.txt", VERSE)
    entry = library.find("verse")
    assert (entry.ready, entry.path.name, entry.kind) == (True, "copied by hand.txt", "catalog")
    assert dropped(library) == {}
    assert library.open(entry).text() == VERSE


def test_a_classic_whose_file_changes_is_a_file_again(library: Library) -> None:
    drop(library, "copied.txt", VERSE)
    assert library.find("verse").ready
    drop(library, "copied.txt", VERSE.swapcase())
    os.utime(library.paths.corpora / "copied.txt", ns=(0, 1))
    assert not library.find("verse").ready
    assert dropped(library) == {"copied": "file"}


def test_an_alternate_copy_counts_and_says_how_it_differs(library: Library) -> None:
    drop(library, "lower.txt", LOWER)
    assert library.find("verse").note == "one couplet; in lower case"
    drop(library, "upper.txt", VERSE)
    assert library.find("verse").path.name == "upper.txt"


def test_files_of_another_size_are_not_hashed(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("charplay.corpora.sources.catalog.file_sha256", lambda *_: pytest.fail("hashed"))
    drop(library, "poems.txt", VERSE + "more")
    library.entries()


def test_an_unfetched_classic_says_how_to_fetch_it(library: Library) -> None:
    with pytest.raises(CorpusError, match=r"charplay corpora fetch verse"):
        library.open(library.find("verse"))


@pytest.mark.parametrize("name", ["verse", "VERSE", "The Verse", "the verse"])
def test_names_and_titles_are_found_in_any_case(library: Library, name: str) -> None:
    assert library.find(name).name == "verse"


def test_an_unknown_name_is_answered_with_the_nearest(library: Library) -> None:
    with pytest.raises(CorpusError, match="no text called 'vers'; did you mean 'verse'"):
        library.find("vers")


def test_a_name_like_no_other_is_answered_with_all_there_are(library: Library) -> None:
    with pytest.raises(CorpusError, match=r"no text called 'zzz'; there are (?s:.*)verse(?s:.*)A path"):
        library.find("zzz")


def test_any_path_is_found_and_a_path_inside_is_its_entry(library: Library, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text(VERSE)
    entry = library.find(str(tmp_path / "mine.txt"))
    assert (entry.kind, entry.title) == ("file", "mine")
    assert library.find(entry.name) == entry
    assert library.open(entry).name == "mine"
    drop(library, "inside.txt", VERSE + "more")
    assert library.find(str(library.paths.corpora / "inside.txt")).name == "inside"
    assert library.find(str(library.paths.corpora)).kind == "folder"


def test_relative_paths_are_made_absolute(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.txt").write_text(VERSE)
    monkeypatch.chdir(tmp_path)
    assert library.find("./mine.txt").path == tmp_path / "mine.txt"
    assert library.find("mine.txt").name == str(tmp_path / "mine.txt")


def test_a_path_that_is_no_text_says_why(library: Library, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="does not exist"):
        library.find(str(tmp_path / "gone.txt"))
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(CorpusError, match="is a pipe"):
        library.find(str(tmp_path / "pipe"))
    (library.paths.corpora / "broken").symlink_to("gone")
    with pytest.raises(CorpusError, match="link to a file that is gone"):
        library.find("broken")


@pytest.mark.parametrize(
    "name", ["x" * 5000, "x/" * 3000, "a\0b", "~nobody-here/text", "\ud800", "[red]", "/dev/null", "."]
)
def test_no_name_is_too_odd_for_a_sentence(library: Library, name: str) -> None:
    if name == ".":
        assert library.find(name).kind == "folder"
        return
    with pytest.raises(CorpusError, match=r"\.$"):
        library.find(name)


def test_without_any_text_the_default_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from charplay.corpora.sources import python_manual, python_source

    monkeypatch.setitem(sys.modules, "pydoc_data.topics", None)  # as in distributions that strip it
    monkeypatch.setattr(python_source, "_library", lambda: tmp_path)
    python_manual._manual.cache_clear()
    library = Library(tmp_path / "corpora", tmp_path / "cache", catalog=[CLASSIC])
    with pytest.raises(CorpusError, match="no text here; copy a text file into"):
        library.find("")
    python_manual._manual.cache_clear()


def test_a_file_of_a_classics_size_that_cannot_be_read_is_just_a_file(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, _: Progress) -> None:
        raise CorpusError(f"{path} may not be read.")

    monkeypatch.setattr("charplay.corpora.sources.catalog.file_sha256", refuse)
    drop(library, "copied.txt", VERSE)
    assert dropped(library) == {"copied": "file"}
    assert not library.find("verse").ready


def test_the_default_text(tmp_path: Path) -> None:
    shakespeare = Classic("tiny-shakespeare", "tiny Shakespeare", "", "", (copy(VERSE),))
    library = Library(tmp_path, tmp_path / ".cache", catalog=[shakespeare])
    assert library.find("").name == "python-manual"
    drop(library, "any.txt", VERSE)
    assert library.find("").name == "tiny-shakespeare"


def test_opening_reads_cleans_and_limits(library: Library) -> None:
    drop(library, "poems.txt", "\ufeff" + VERSE.replace("\n", "\r\n"))
    corpus = library.open(library.find("poems"), cleaning=["lowercase", "letters-27"], limit=30)
    assert corpus.text() == "shall i compare thee to a summ"
    assert corpus.vocabulary.characters == " aceehilmoprstu".replace("ee", "e")
    assert len(corpus) == 30
    assert corpus.sha256 == hashlib.sha256((library.paths.corpora / "poems.txt").read_bytes()).hexdigest()
    assert corpus.encoding == "utf-8"
    assert corpus.path == str(library.paths.corpora / "poems.txt")
    with pytest.raises(ValueError, match="read-only"):
        corpus.ids[0] = 0


def test_a_named_encoding_is_taken(library: Library) -> None:
    (library.paths.corpora / "old.txt").write_bytes("né à Gênes\n".encode("cp1252") * 30)
    assert library.open(library.find("old"), encoding="cp1252").text(0, 10) == "né à Gênes"
    with pytest.raises(CorpusError, match="is not utf-8"):
        library.open(library.find("old"), encoding="utf-8")


@pytest.mark.parametrize("large", [1 << 20, 100])
def test_ranges_belong_to_the_file_they_were_marked_in(library: Library, large: int) -> None:
    text = VERSE + "It ends."
    drop(library, "poems.txt", text)
    library.large = large
    rule = f"cut(0-6;10-{len(text) - 3}, of={hashlib.sha256(text.encode()).hexdigest()[:16]})"
    for _ in range(2):  # the second time from the cache, where it is large
        assert library.open(library.find("poems"), cleaning=[rule]).text() == text[6:10] + text[-3:]
    drop(library, "poems.txt", text.replace("more", "less"))
    with pytest.raises(CorpusError, match="poems is not the text in which the ranges of cut were marked"):
        library.open(library.find("poems"), cleaning=[rule])


def test_nothing_left_after_cleaning_is_refused(library: Library) -> None:
    drop(library, "end.txt", "THE END\n")
    with pytest.raises(CorpusError, match="Nothing is left of end after cleaning"):
        library.open(library.find("end"), cleaning=["text-end"])


def test_statistics(library: Library) -> None:
    drop(library, "aab.txt", "aab" * 200)
    corpus = library.open(library.find("aab"))
    assert corpus.counts().tolist() == [400, 200]
    assert corpus.unigram_entropy() == pytest.approx(np.log(3) - 2 / 3 * np.log(2))


def test_search_crosses_pieces_and_minds_capitals_only_when_given(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("charplay.corpora.corpus.CHUNK", 16)
    drop(library, "poems.txt", VERSE + "more")
    corpus = library.open(library.find("poems"))
    text, second = corpus.text(), VERSE.index("Thou", 100)
    assert corpus.find("Thou art more lovely") == text.index("Thou art")
    assert corpus.find("thou art more lovely") == text.index("Thou art")
    assert corpus.find("THOU") is None
    assert corpus.find("thou", 100) == second
    assert corpus.find("a.summer") is None
    assert corpus.find("more", len(text) - 4) == len(text) - 4
    assert corpus.find("", 0) is None


@settings(max_examples=50)
@given(st.text("ab\n", min_size=1, max_size=40), st.text("ab", min_size=1, max_size=3), st.integers(0, 40))
def test_search_is_find(tmp_path_factory: pytest.TempPathFactory, text: str, needle: str, start: int) -> None:
    folder = tmp_path_factory.mktemp("corpora")
    (folder / "a.txt").write_text(text)
    library = Library(folder, folder / ".cache", catalog=[])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("charplay.corpora.corpus.CHUNK", 5)
        found = library.open(library.find("a")).find(needle, start)
    assert (-1 if found is None else found) == text.find(needle, start)


@pytest.mark.parametrize(
    ("text", "refusal", "remark"),
    [
        ("short", "has 5 of the 200 characters that training needs", "5 of the 200 characters"),
        ("a" * 500, "one character over and over", "one character over and over"),
        ("ab" * (MINIMUM // 2), None, None),
        ("".join(map(chr, range(0x4E00, 0x4E00 + 20_000))), None, "20,000 different characters"),
    ],
    ids=["short", "one-symbol", "minimum", "20,000-symbols"],
)
@pytest.mark.fault("40", "43")
def test_odd_texts_open_and_say_what_is_odd(
    library: Library, text: str, refusal: str | None, remark: str | None
) -> None:
    drop(library, "odd.txt", text)
    corpus = library.open(library.find("odd"))
    assert corpus.text() == text
    assert (remark in " ".join(corpus.notes)) if remark else corpus.notes == ()
    if refusal:
        with pytest.raises(CorpusError, match=refusal):
            corpus.require_trainable()
    else:
        corpus.require_trainable()
        assert corpus.unigram_entropy() == pytest.approx(np.log(len(corpus.vocabulary)))


JOINED = VERSE + "\ufeff" + VERSE + "\0x\ufeff\0\0\n"


@pytest.mark.parametrize("large", [10, 10**9])
@pytest.mark.parametrize("chunk", [7, 1 << 18])
def test_marks_and_nuls_inside_are_counted_placed_and_taken_out_by_a_rule(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, large: int, chunk: int
) -> None:
    monkeypatch.setattr("charplay.corpora.remarks.CHUNK", chunk)
    library = Library(tmp_path, tmp_path / "cache", catalog=[], large=large)
    (tmp_path / "joined.txt").write_text("\ufeff" + JOINED)
    entry = library.find("joined")
    for _ in range(2):  # the second time from the cache, where there is one
        corpus = library.open(entry)
        assert corpus.text() == JOINED
        marks, nuls = corpus.notes
        assert f"2 byte-order marks in it (U+FEFF), the first at character {len(VERSE):,} in line 41" in marks
        assert f"3 NULs in it (U+0000), the first at character {2 * len(VERSE) + 1:,} in line 81" in nuls
        assert "the cleaning invisible takes such out" in marks
    assert library.open(entry, limit=len(VERSE) + 1).notes[0].startswith("It has 1 byte-order mark in it (U+FEFF)")
    cleaned = library.open(entry, cleaning=("invisible",))
    assert (cleaned.text(), cleaned.notes) == (VERSE + VERSE + "x\n", ())


def test_the_cache_tells_the_same_notes(tmp_path: Path) -> None:
    library = Library(tmp_path, tmp_path / "cache", catalog=[], large=10)
    (tmp_path / "japanese.txt").write_bytes("彼女は岸壁の灯を数えて、忘れた。\n".encode("iso2022-jp") * 40)
    first, second = library.open(library.find("japanese")), library.open(library.find("japanese"))
    assert first.encoding == second.encoding == "iso2022-jp"
    assert "signs of ISO-2022" in first.notes[0]
    assert second.notes == first.notes
    assert len(list((tmp_path / "cache" / "corpora").glob("*.npy"))) == 1


def test_the_python_manual_is_english_prose_and_quick(library: Library) -> None:
    start = time.process_time()
    corpus = library.open(library.find("python-manual"))
    assert time.process_time() - start < 0.3
    assert len(corpus) > 300_000
    assert corpus.find("the quick brown") is None
    assert corpus.find("expression") is not None
    assert library.open(library.find("Python manual")).sha256 == corpus.sha256


def test_python_source_is_read_like_a_folder_without_tests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from charplay.corpora.sources import python_source

    (tmp_path / "test").mkdir()
    (tmp_path / "test" / "test_os.py").write_text("tests = 1\n")
    (tmp_path / "os.py").write_text("path = 1\n")
    (tmp_path / "abc.py").write_text("meta = 1\n")
    monkeypatch.setattr(python_source, "_library", lambda: tmp_path)
    python_source._modules.cache_clear()
    library = Library(tmp_path / "corpora", tmp_path / "cache", catalog=[])
    assert library.open(library.find("python-source")).text() == "meta = 1\npath = 1\n"
    python_source._modules.cache_clear()


def test_the_shipped_catalog_is_sound() -> None:
    classics = {classic.name: classic for classic in read_catalog()}
    assert {"tiny-shakespeare", "alice", "nietzsche", "sonnets"} <= set(classics)
    copies = [each for classic in classics.values() for each in classic.mirrors]
    assert all(each.address.startswith("https://") and each.bytes > MINIMUM for each in copies)
    assert all(len(bytes.fromhex(each.sha256)) == 32 for each in copies)
    assert len({each.sha256 for each in copies}) == len(copies)
    assert all(classic.licence and classic.title and classic.note for classic in classics.values())


# Large texts


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("reading", "decoding", "pieces"):
        monkeypatch.setattr(f"charplay.corpora.{module}.PIECE", 100)


@pytest.fixture
def large(library: Library, small_steps: None) -> Library:
    drop(library, "poems.txt", VERSE + "more")
    return Library(library.paths.corpora, library.cache.parent, catalog=[], large=1000)


def test_a_large_text_is_mapped_and_the_second_opening_does_not_decode(
    large: Library, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = library.open(library.find("poems"), cleaning=["lowercase"])
    first = large.open(large.find("poems"), cleaning=["lowercase"])
    monkeypatch.setattr("charplay.corpora.reading.decode", lambda *_: pytest.fail("decoded again"))
    second = large.open(large.find("poems"), cleaning=["lowercase"])
    for corpus in (first, second):
        assert isinstance(corpus.ids, np.memmap)
        assert not corpus.ids.flags.writeable
        assert (corpus.vocabulary, corpus.text(), corpus.sha256) == (plain.vocabulary, plain.text(), plain.sha256)
        assert (corpus.notes, corpus.encoding) == (plain.notes, plain.encoding)


def test_a_large_text_is_hashed_once_while_it_stays_as_it_is(large: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[int] = []

    class Counted:
        def __init__(self, data: bytes = b"") -> None:
            self._digest = sha256(data)

        def update(self, data: bytes) -> None:
            hashed.append(len(data))
            self._digest.update(data)

        def hexdigest(self) -> str:
            return self._digest.hexdigest()

    sha256 = hashlib.sha256
    path, length = large.paths.corpora / "poems.txt", len(VERSE + "more")
    os.utime(path, (1e9, 1e9))
    monkeypatch.setattr("charplay.corpora.reading.hashlib.sha256", Counted)
    for _ in range(2):
        assert large.open(large.find("poems")).sha256 == sha256(path.read_bytes()).hexdigest()
    assert sum(hashed) == length
    drop(large, "poems.txt", VERSE + "less")
    assert large.open(large.find("poems")).sha256 == sha256(path.read_bytes()).hexdigest()
    assert large.open(large.find("poems")).text().endswith("less")


def test_a_large_text_is_never_one_string(large: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pieces, "text", lambda _: pytest.fail("it was joined"))
    wide = VERSE + "\U0001f600"
    drop(large, "poems.txt", wide)
    corpus = large.open(large.find("poems"), cleaning=["lowercase"], limit=len(wide))
    assert corpus.text() == wide.lower()


def test_other_choices_are_kept_apart(large: Library) -> None:
    entry = large.find("poems")
    texts = {
        large.open(entry, **choices).text()
        for choices in ({}, {"cleaning": ["lowercase"]}, {"limit": 1500}, {"limit": 1500, "cleaning": ["lowercase"]})
    }
    assert len(texts) == 4


def test_a_changed_large_text_is_read_anew(large: Library) -> None:
    large.open(large.find("poems"))
    drop(large, "poems.txt", VERSE + "less")
    assert large.open(large.find("poems")).text().endswith("less")


@pytest.mark.parametrize("damage", ["cut ids", "other ids", "no ids", "cut facts", "other facts"])
def test_a_damaged_cache_is_made_again(large: Library, damage: str) -> None:
    large.open(large.find("poems"))
    (ids,), (facts,) = large.cache.glob("*.npy"), large.cache.glob("*.json")
    match damage:
        case "cut ids":
            os.truncate(ids, 500)
        case "other ids":
            np.save(ids, np.zeros(5, np.uint8))
        case "no ids":
            ids.unlink()
        case "cut facts":
            os.truncate(facts, 20)
        case "other facts":
            facts.write_text('{"characters": 3, "vocabulary": "ba"}')
    assert large.open(large.find("poems")).text() == VERSE + "more"


def test_without_room_in_the_cache_the_text_opens_in_memory_and_says_so(
    large: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(encoded_cache, "_write", full)
    corpus = large.open(large.find("poems"))
    assert corpus.text() == VERSE + "more"
    assert corpus.notes == ("It is not kept in the cache (No space left on device).",)
    assert list(large.cache.iterdir()) == []


def test_a_folder_may_be_large(large: Library, tmp_path: Path) -> None:
    (tmp_path / "books").mkdir()
    for name in "ab":
        shutil.copy(large.paths.corpora / "poems.txt", tmp_path / "books" / name)
    corpus = large.open(large.find(str(tmp_path / "books")))
    assert isinstance(corpus.ids, np.memmap)
    assert corpus.text() == (VERSE + "more\n") * 2


def until_look(number: int) -> Callable[[float], bool]:
    """A watch that cancels at the look of this number."""
    looks = itertools.count()
    return lambda _: next(looks) < number


@pytest.mark.parametrize("size", [10, 1000], ids=["mapped", "in memory"])
def test_opening_reports_growing_shares_and_can_be_cancelled_at_any(
    library: Library, small_steps: None, size: int
) -> None:
    drop(library, "poems.txt", VERSE + "more")
    library.large = size * 100
    entry = library.find("poems")
    shares: list[float] = []
    library.open(entry, cleaning=["lowercase"], watch=lambda share: shares.append(share) or True)
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert shares[-1] == pytest.approx(1)
    assert len(shares) > 50
    shutil.rmtree(library.cache, ignore_errors=True)
    for stop in range(0, len(shares), 7):
        with pytest.raises(Cancelled):
            library.open(entry, cleaning=["lowercase"], watch=until_look(stop))
        assert not library.cache.exists() or list(library.cache.iterdir()) == []
