"""The cleaning of the next run, seen on a text before it is chosen."""

from pathlib import Path

import pytest
from explored import until
from hypothesis import given
from hypothesis import strategies as st
from sitting import Sitting, fox_home

from charplay.corpora.corpus import from_text
from charplay.corpora.exploring.cleaning_effect import first_difference, measure_effect, pieces_of, vocabulary_of
from charplay.corpora.progress import Progress
from charplay.corpora.rules import clean
from charplay.fs.registry import entry_names
from charplay.playground.cleaning_choice import CleaningChoice
from charplay.playground.exploring.explorer import Explorer
from charplay.playground.exploring.table_tab import TableTab
from charplay.playground.recipe_draft import RecipeDraft

TEXT = "The Caf\u00e9, a na\u00efve THE.\nA \u4e2d and a cafe\u0301.\n" * 20 + "\u2026\n"


@pytest.fixture
def draft(tmp_path: Path) -> RecipeDraft:
    return RecipeDraft(tmp_path)


@pytest.fixture
def explorer(draft: RecipeDraft) -> Explorer:
    corpus = from_text("cafe", TEXT)
    return Explorer(corpus, cleaning=CleaningChoice(draft, lambda _: corpus))


def measured(explorer: Explorer) -> TableTab:
    """Open the tab and wait until all is measured under the rules that are on now."""
    explorer.show_tab("clean")
    tab = explorer.tabs.table
    assert tab is not None
    until(explorer, lambda: tab.counted)
    tab.look(0, 100)
    assert tab.counted is not None
    assert tab.counted.in_sight is not None
    beside = tab.counted.in_sight
    until(explorer, lambda: not beside.at_work)
    return tab


def cells(tab: TableTab) -> dict[str, list[str]]:
    """What the rows show, by the rules' names."""
    assert tab.table is not None
    lines = (tab.table.texts(line) for line in range(len(tab.table)))
    return {texts[1].partition("(")[0]: texts for texts in lines}


@given(one=st.lists(st.text("ab", max_size=3)), other=st.lists(st.text("ab", max_size=3)))
def test_the_first_difference_is_where_two_texts_part(one: list[str], other: list[str]) -> None:
    here, there = "".join(one), "".join(other)
    expected = next((at for at, (a, b) in enumerate(zip(here, there, strict=False)) if a != b), None)
    if expected is None and here != there:
        expected = min(len(here), len(there))
    assert first_difference(one, other) == expected


@given(
    text=st.text("aA\u00e9\u4e2d\n ", min_size=1), rule=st.sampled_from(["ascii", "lowercase", "letters-27", "rare(3)"])
)
def test_an_effect_is_what_the_rule_does(text: str, rule: str) -> None:
    pieces = pieces_of(from_text("", text))
    effect, left = measure_effect(pieces, vocabulary_of(pieces, Progress()), rule, Progress())
    after = clean(text, [rule])
    assert left.text() == after
    assert (effect.characters, effect.left) == (len(text), len(after))
    assert (effect.vocabulary, effect.vocabulary_left) == ("".join(sorted(set(text))), "".join(sorted(set(after))))
    assert set(effect.gone) == set(text) - set(after)
    assert (effect.first is None) == (text == after)


def test_every_rule_is_listed_with_what_it_would_change(explorer: Explorer) -> None:
    tab = measured(explorer)
    rows = cells(tab)
    assert set(rows) == set(entry_names("corpora/cleaning"))
    size = len(set(TEXT))
    assert rows["nfc"][2:4] == ["-20", f"{size} \u2192 {size - 1}"]
    assert rows["text-end"][2:4] == ["as many", str(size)]
    assert rows["rare"][:4] == ["", "rare(below=5, to=drop)", "-1", f"{size} \u2192 {size - 1}"]
    assert rows["cut"][:4] == ["", "cut", "", ""], "no ranges are marked"
    assert tab.facts() == f"next run: nothing is cleaned; {len(TEXT):,} characters, {size} different ones"


def test_a_rule_is_switched_on_for_the_next_run_and_those_after_it_are_measured_anew(
    explorer: Explorer, draft: RecipeDraft
) -> None:
    tab = measured(explorer)
    tab.line = list(cells(tab)).index("nfc")
    assert explorer.toggle_rule() == ""
    tab.line = list(cells(tab)).index("lowercase")
    assert explorer.toggle_rule() == ""
    assert draft.asked.cleaning == ("nfc", "lowercase")
    rows = cells(measured(explorer))
    assert [rows[name][0] for name in ("nfc", "lowercase", "rare")] == ["1", "2", ""]
    left = clean(TEXT, ["nfc", "lowercase"])
    assert rows["rare"][3] == f"{len(set(left))} \u2192 {len(set(left)) - 1}"
    assert tab.facts() == (
        f"next run: nfc, lowercase; {len(TEXT):,} \u2192 {len(left):,} characters, "
        f"{len(set(TEXT))} \u2192 {len(set(left))} different ones"
    )
    assert explorer.toggle_rule() == ""
    assert list(draft.asked.cleaning) == ["nfc"]


def test_what_goes_is_shown_side_by_side(explorer: Explorer) -> None:
    tab = measured(explorer)
    tab.line = list(cells(tab)).index("ascii")
    said = tab.line_facts()
    assert '"The Caf\u00e9, a na\u00efve THE.\\nA ' in said
    assert '\u2192 "The Cafe, a naive THE.\\nA ' in said
    assert "gone: \u00e9 \u00ef \u0301 \u2026 \u4e2d" in said
    tab.line = list(cells(tab)).index("text-end")
    assert tab.line_facts().endswith("It changes nothing of this text.")


def test_arguments_are_typed_and_wrong_ones_are_said(explorer: Explorer, draft: RecipeDraft) -> None:
    choice = explorer.cleaning
    assert choice is not None
    assert choice.write("rare", "rare(30)") == ""
    assert choice.write("rare", "rare(below=21, to=?)") == ""
    assert draft.asked.cleaning == ("rare(below=21, to=?)",)
    assert choice.write("rare", "rare(below=1)").startswith("The cleaning rule rare: below must be a whole number")
    assert choice.write("rare", "ascii") == "This is for rare; write it as rare(below=5, to=drop)."
    assert choice.toggle("cut") == "Cleaning: cut needs ranges, as in cut(120-480;9000-9100)."
    assert draft.asked.cleaning == ("rare(below=21, to=?)",)


def test_a_rule_that_does_not_fit_the_text_says_so(explorer: Explorer) -> None:
    choice = explorer.cleaning
    assert choice is not None
    choice.write("cut", "cut(5-99999)")
    tab = measured(explorer)
    tab.line = list(cells(tab)).index("cut")
    assert "cut goes up to character 99,999" in tab.line_facts()


def test_without_a_next_run_there_is_nothing_to_clean() -> None:
    explorer = Explorer(from_text("cafe", TEXT))
    explorer.show_tab("clean")
    assert explorer.tabs.table is not None
    assert explorer.tabs.table.facts() == "There is no next run yet whose text could be cleaned."
    assert explorer.toggle_rule() == "That is for the cleaning rules; 7 opens them."


def test_effects_are_those_on_the_original_of_a_text_that_was_cleaned(tmp_path: Path) -> None:
    sitting = Sitting(fox_home(tmp_path / "home")).begin()
    playground = sitting.playground
    assert playground.draft is not None
    playground.draft.set("cleaning", "letters-27")
    sitting.quiet()
    corpus = playground.corpora.corpus
    assert corpus is not None
    assert corpus.cleaning == ("letters-27",)
    rows = cells(measured(playground.explore(corpus)))
    assert rows["letters-27"][0] == "1"
    assert rows["letters-27"][3].endswith(" \u2192 27")
    assert not rows["letters-27"][3].startswith("27")
