"""`charplay corpora concordance`, `ngrams` and `keywords`."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from charplay.corpora.exploring import frequency_list
from charplay.fs.registry import entry_names

TEXT = "The cat sat on the mat.\nThe dog sat on 字👩 the log.\n" * 6


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "cat.txt"
    path.write_text(TEXT)
    return path


def test_a_concordance_prints_an_object_a_hit(cli, text: Path) -> None:  # type: ignore[no-untyped-def]
    found = cli("corpora", "concordance", text, "sat", "--context", "5", "--limit-hits", "2", "--json")
    assert found.code == 0
    assert found.lines == [
        {"position": 8, "left": " cat ", "match": "sat", "right": " on t"},
        {"position": 32, "left": " dog ", "match": "sat", "right": " on 字"},
    ]
    assert found.err == "12 hits, 2 of them shown\n"


def test_a_concordance_is_sorted_and_ignores_case(cli, text: Path) -> None:  # type: ignore[no-untyped-def]
    given = ("corpora", "concordance", text, r"the \w+", "--regex", "--ignore-case", "--json")
    found = cli(*given, "--sort", "left")
    assert len(found.lines) == 24
    lefts = [line["left"][::-1] for line in found.lines]
    assert lefts == sorted(lefts)
    assert found.lines[0]["match"] == "The cat"
    assert len(cli(*given[:5], "--json").lines) == 12


def test_a_concordance_for_people(cli, text: Path) -> None:  # type: ignore[no-untyped-def]
    found = cli("corpora", "concordance", text, "sat", "--context", "10", "--limit-hits", "2")
    assert found.out.splitlines()[0] == "          8    The cat   [sat]   on the ma"
    assert cli("corpora", "concordance", text, "zebra").err == "0 hits\n"


def test_ngrams(cli, text: Path) -> None:  # type: ignore[no-untyped-def]
    found = cli("corpora", "ngrams", text, "--words", "--order", "2", "--top", "1", "--ignore-case", "--json")
    assert len(found.lines) == 1
    line = found.lines[0]
    assert (line["rank"], line["text"], line["count"], line["share_counted"]) == (1, "sat on", 12, 1)
    assert sum(line["slices"]) == 12
    assert 0 <= line["deviation_of_proportions"] <= 1
    table = cli("corpora", "ngrams", text, "--top", "3").out.splitlines()
    assert table[0].split() == ["rank", "characters", "count", "share", "DP", "where"]
    assert table[1].split()[:3] == ["1", "␣", "66"]
    assert table[-1].startswith(f"{len(TEXT)} characters, ")


def test_what_was_not_counted_is_said(cli, text: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(frequency_list, "SAMPLED", 256)
    assert "Counted in 83.7% of the text" in cli("corpora", "ngrams", text, "--order", "4").err
    text.write_text("いづれの御時にか女御更衣あまたさぶらひ" * 12)
    found = cli("corpora", "ngrams", text, "--words", "--json")
    assert found.err == "cat is written without spaces, so 2-grams of characters are counted instead of words.\n"
    assert {len(line["text"]) for line in found.lines} == {2}


def test_keywords(cli, text: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    other = tmp_path / "bird.txt"
    other.write_text("The bird sat on the tree. " * 12)
    found = cli("corpora", "keywords", text, other, "--json")
    rows = {line["text"]: line for line in found.lines}
    assert rows["bird"]["never"]
    assert (rows["bird"]["count"], rows["bird"]["other_count"]) == (0, 12)
    assert rows["cat"]["log_ratio"] > 1
    assert not rows["cat"]["never"]
    assert "sat" not in rows
    table = cli("corpora", "keywords", text, other).out
    assert "too often" in table
    assert "never" in table


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("concordance", "(", "--regex"), "wrong at character 1: missing"),
        (("concordance", ""), "nothing to search for"),
        (("concordance", "a", "--sort", "up"), "--sort takes left, right or position, not 'up'"),
        (("concordance", "a", "--context", "9999"), "0 to 1,000 characters"),
        (("ngrams", "--order", "9"), "less than or equal to 8"),
        (("ngrams", "--words", "--order", "8"), "too short: it has no 8-grams of words"),
        (("keywords", "empty.txt"), "too short: it has no words"),
    ],
)
def test_mistakes_are_one_sentence(cli, text: Path, arguments: tuple[str, ...], said: str) -> None:  # type: ignore[no-untyped-def]
    text.write_text("cat " * 7)
    Path("empty.txt").write_text("." * 300)
    found = cli("corpora", arguments[0], text, *arguments[1:])
    assert found.code in {1, 2}
    assert said in found.err
    assert found.err.count("\n") == 1
    assert not found.out


def test_what_every_cleaning_rule_would_change(cli: Callable[..., SimpleNamespace], tmp_path: Path) -> None:
    (tmp_path / "cafe.txt").write_text("The Caf\u00e9, a cafe\u0301.\n" * 30 + "\u2026", "utf-8")
    found = cli("corpora", "cleaning", tmp_path / "cafe.txt", "--cleaning", "nfc, cut(0-4)", "--json")
    rows = {line["rule"].partition("(")[0]: line for line in found.lines}
    assert [line["rule"] for line in found.lines][:2] == ["cut(0-4)", "nfc"]
    assert set(rows) == set(entry_names("corpora/cleaning"))
    assert (rows["cut"]["applied"], rows["rare"]["applied"]) == (True, False)
    assert rows["nfc"]["characters"] - rows["nfc"]["left"] == 30
    assert rows["rare"]["gone"] == "\u2026"
    assert rows["ascii"]["example"][0].startswith("Caf\u00e9")
    said = cli("corpora", "cleaning", tmp_path / "cafe.txt")
    assert "rare(below=5, to=drop)" in said.out
    wrong = cli("corpora", "cleaning", tmp_path / "cafe.txt", "--cleaning", "rare(1)")
    assert (wrong.code, "below must be a whole number from 2" in wrong.err) == (2, True)
