"""Laws of the cleaning rules, each taken from the folder, and the classic counts on texts of the same shape."""

import string
import sys
import unicodedata
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.corpora import pieces, rules
from charplay.corpora.cleaning.cut import parse_ranges, write_ranges
from charplay.corpora.clusters import clusters, joins
from charplay.corpora.errors import Cancelled, CorpusError
from charplay.corpora.progress import Progress
from charplay.fs.entry_calls import parameters_of
from charplay.fs.registry import entry_names, load_entry

RULES = entry_names("corpora/cleaning")
MODULES = {name: load_entry("corpora/cleaning", name) for name in RULES}
EXAMPLES = {name: getattr(rule, "EXAMPLE", name) for name, rule in MODULES.items()}
WHOLE = [name for name in RULES if name != "cut"]
"""Those that any text may be given to."""
PLAIN = [name for name, rule in MODULES.items() if not parameters_of(rule)]
MARKS = st.sampled_from(
    [
        "THE END\n", "  THE END", "\n", "The end", "*** START OF THIS PROJECT GUTENBERG EBOOK X ***\n",
        "*** END OF THE PROJECT GUTENBERG EBOOK X ***\n", "***START OF THE PROJECT GUTENBERG EBOOK\n",
        "*** START OF THE PROJECT GUTENBERG EBOOK X\nAND Y\n", "OF Z ***\n", "*END*THE SMALL PRINT! FOR ETEXTS*END*\n",
        "***START**THE SMALL PRINT!**START***\n", "\u200d", "\u200c", "\ufeff", "\u202e", "\u06cc", "\U0001f468",
        "End of Project Gutenberg's X\n", "\u03a3", "\u0130", "\u2014", "\u201cCaf\u00e9\u201d", "\ufb01",
    ]
)  # fmt: skip
TEXT = st.lists(st.one_of(MARKS, st.text(max_size=8)), max_size=8).map("".join)


@pytest.mark.parametrize("name", WHOLE)
@given(text=TEXT)
def test_a_rule_done_twice_does_no_more(name: str, text: str) -> None:
    once = rules.clean(text, [EXAMPLES[name]])
    assert rules.clean(once, [EXAMPLES[name]]) == once


@pytest.mark.parametrize("name", [name for name in RULES if load_entry("corpora/cleaning", name).ALPHABET])
@given(text=TEXT)
def test_a_rule_leaves_only_its_alphabet(name: str, text: str) -> None:
    rule = load_entry("corpora/cleaning", name)
    assert set(rule.clean(text)) <= set(rule.ALPHABET)
    assert rule.clean(rule.ALPHABET) == rule.ALPHABET


@pytest.mark.parametrize("name", ["gutenberg", "text-end"])
@given(text=TEXT)
def test_a_rule_that_searches_piece_by_piece_finds_what_lies_across_them(name: str, text: str) -> None:
    whole = MODULES[name].clean(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "PIECE", 3)
        assert list(pieces.whole_lines(text)) == list(pairwise([0, *_ends_of_lines(text)]))
        assert MODULES[name].clean(text) == whole


def _ends_of_lines(text: str) -> list[int]:
    """Where pieces of three characters or more end that have whole lines."""
    ends, at = list[int](), 0
    while at < len(text):
        at = next((end for end in range(at + 3, len(text)) if text[end - 1] == "\n"), len(text))
        ends.append(at)
    return ends


@given(TEXT)
def test_ascii_reduces_each_stretch_as_it_would_all_of_the_text(text: str) -> None:
    rule = MODULES["ascii"]
    whole = unicodedata.normalize("NFKD", text.translate(rule._PLAIN)).encode("ascii", "ignore").decode("ascii")
    assert rule.clean(text) == whole


@pytest.mark.parametrize("name", [name for name in RULES if load_entry("corpora/cleaning", name).PIECEWISE])
@given(texts=st.lists(TEXT, max_size=4))
def test_a_piecewise_rule_may_be_done_line_by_line(name: str, texts: list[str]) -> None:
    rule = load_entry("corpora/cleaning", name)
    parts = [text + "\n" for text in texts]
    assert rule.clean("".join(parts)) == "".join(map(rule.clean, parts))


@pytest.mark.parametrize("name", WHOLE)
@given(text=TEXT, size=st.integers(1, 9))
def test_cleaning_in_pieces_is_cleaning_at_once(name: str, text: str, size: int) -> None:
    at_once = rules.clean(text, [EXAMPLES[name]])
    if name in PLAIN:
        assert at_once == MODULES[name].clean(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "PIECE", size)
        assert rules.clean(text, [EXAMPLES[name]]) == at_once


@pytest.mark.parametrize("name", RULES)
def test_a_rule_describes_itself_in_one_line(name: str) -> None:
    assert 10 < len(load_entry("corpora/cleaning", name).DESCRIPTION) <= 37, "what the Clean tab shows at 80 columns"


def test_rules_go_in_their_order() -> None:
    assert rules.clean("Be\nTHE END\nfin", ["text-end", "lowercase"]) == "be"
    assert rules.clean("Be\nTHE END\nfin", ["lowercase", "text-end"]) == "be\nthe end\nfin"


def test_an_unknown_rule_is_answered_with_the_nearest() -> None:
    with pytest.raises(CorpusError, match="did you mean 'lowercase'"):
        rules.clean("text", ["lower-case"])


def test_the_classic_alphabets() -> None:
    everything = string.printable + "\u00e9\u2014"
    assert len(set(rules.clean(everything, ["basic-36"]))) == 36
    assert len(set(rules.clean(everything, ["letters-27"]))) == 27
    assert rules.clean("It's 3 o'clock; & more!", ["basic-36"]) == "it's   o'clock;   more!"


def test_text_end_stops_with_the_last_line_before_it() -> None:
    text = "She was happy, THE END of it.\n\nhappy summer days.\n\n              THE END\n"
    assert rules.clean(text, ["text-end"]) == "She was happy, THE END of it.\n\nhappy summer days.\n"


def test_gutenberg_keeps_the_work_of_each_edition() -> None:
    edition = (
        "Project Gutenberg's {0}, by X\n\nTitle: {0}\n\n*** START OF THIS PROJECT GUTENBERG EBOOK {0} ***\n\n\n\n"
        "{0}\n\nIt began.\n\n\n"
        "End of Project Gutenberg's {0}, by X\n\n*** END OF THIS PROJECT GUTENBERG EBOOK {0} ***\n\n"
        "THE FULL PROJECT GUTENBERG LICENSE\n"
    )
    assert rules.clean(edition.format("ALICE"), ["gutenberg"]) == "ALICE\n\nIt began.\n"
    assert rules.clean(edition.format("A") + edition.format("B"), ["gutenberg"]) == "A\n\nIt began.\nB\n\nIt began.\n"


WORK = "KETTLES\n\nIt began.\n\nIt went on ***\nand on.\n"
HEADS = [
    "*** START OF THE PROJECT GUTENBERG EBOOK KETTLES ***\n\n",
    "*** START OF THE PROJECT GUTENBERG EBOOK KETTLES,\nGATES AND LAMPS, BEING A\nRELATION OF THE SAME ***\n\n",
    "*** START OF THIS PROJECT\nGUTENBERG EBOOK KETTLES\n***\n\n",
    "*** START OF THE COPYRIGHTED PROJECT GUTENBERG EBOOK KETTLES ***\n\n",
    "***START OF THE PROJECT GUTENBERG EBOOK KETTLES***\n\n",
    "***START OF THIS PROJECT GUTENBERG ETEXT KETTLES\n\n",
    (
        "***START**THE SMALL PRINT!**FOR PUBLIC DOMAIN ETEXTS**START***\nZZZ\n"
        "*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.04.29.93*END*\n\n"
    ),
    (
        "**Welcome To The World of Free Plain Vanilla Electronic Texts**\n\n"
        "*END THE SMALL PRINT! FOR PUBLIC DOMAIN EBOOKS*Ver.02/11/02*END*\n\n"
    ),
    "***END THE SMALL PRINT! FOR PUBLIC DOMAIN EBOOKS***\n",
]
TAILS = [
    "\n*** END OF THE PROJECT GUTENBERG EBOOK KETTLES ***\n\nZZZ\n\n*** START: FULL LICENSE ***\n\nZZZ\n",
    "\n*** END OF THE PROJECT GUTENBERG EBOOK KETTLES,\nGATES AND LAMPS ***\nZZZ\n",
    "\nEnd of The Project Gutenberg Etext of Kettles\n",
    "\nEnd of the Project Gutenberg EBook of Kettles, by X\n\n***END OF THE PROJECT GUTENBERG EBOOK KETTLES***\nZZZ",
    "\nEnd of Project Gutenberg's Kettles\n\n***START**THE SMALL PRINT!**START***\nZZZ\n*END THE SMALL PRINT!*END*\n",
    "",
]


@pytest.mark.parametrize("tail", TAILS)
@pytest.mark.parametrize("head", HEADS)
def test_gutenberg_knows_the_marks_of_every_time(head: str, tail: str) -> None:
    edition = "The Project Gutenberg Etext of Kettles ZZZ\n\n" + head + WORK + tail
    assert rules.clean(edition, ["gutenberg"]) == WORK
    if tail:
        assert rules.clean(WORK + tail, ["gutenberg"]) == WORK
    if tail and "SMALL PRINT" not in tail:
        assert rules.clean(edition + edition, ["gutenberg"]) == WORK + WORK


def test_a_start_that_no_stars_end_takes_its_own_line_only() -> None:
    head = "***START OF THE PROJECT GUTENBERG EBOOK KETTLES\n"
    assert rules.clean(head + "It began.\n\nSo ***\n", ["gutenberg"]) == "It began.\n\nSo ***\n"
    assert rules.clean(head + "It began.\n*** END OF THE PROJECT GUTENBERG EBOOK ***\n", ["gutenberg"]) == "It began.\n"


def test_invisible_takes_out_what_is_not_seen() -> None:
    seen = "one\ttwo\nthree \u00e9\u0301 caf\u00e9"
    hidden = "\0\x01\x08\x0b\x0c\x1b\x7f\x85\u00ad\u200b\u2060\ufeff\u200e\u200f\u061c\u202a\u202e\u2066\u2069\u180e"
    assert rules.clean(hidden.join(seen) + hidden, ["invisible"]) == seen
    assert rules.clean("a\u200cb\u200d c", ["invisible"]) == "ab c"


@pytest.mark.parametrize(
    "joined",
    [
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",  # a family
        "\u2764\ufe0f\u200d\U0001f525",  # a heart on fire
        "\u0645\u06cc\u200c\u0634\u0645\u0631\u062f",  # Persian: a prefix that does not join its verb
        "\u0915\u094d\u200d\u0937",  # Hindi: a half form
    ],
)
def test_invisible_leaves_joiners_that_shape_what_they_stand_between(joined: str) -> None:
    assert rules.clean(f"x {joined} y", ["invisible"]) == f"x {joined} y"
    assert rules.clean(f"{joined}\u200d y \u200c{joined}", ["invisible"]) == f"{joined} y {joined}"


def test_ascii_keeps_the_sense_of_typography() -> None:
    assert rules.clean("\u201cNo\u201d\u2014it\u2019s na\u00efve\u2026 \u4e2d", ["ascii"]) == '"No"--it\'s naive... '


def test_cleaning_can_be_cancelled() -> None:
    with pytest.raises(Cancelled):
        rules.clean("a text", ["lowercase"], Progress(lambda _: False))


# What a network is given goes through the rules that apply to input.


INPUT_RULES = [name for name in RULES if load_entry("corpora/cleaning", name).APPLIES_TO_INPUT]
HARD = st.sampled_from(["e", "\u0301", "\u00df", "\u1100", "\u1161", "\ud83d", "\x00", "\u212a"])
PIECES = st.lists(st.one_of(MARKS, HARD, st.text(max_size=3)), max_size=6).map("".join)


def is_done_piecewise(clean: Callable[[str], str], first: str, second: str) -> bool:
    """Whether two pieces cleaned apart are the whole cleaned, but for which small sigma a capital one becomes.

    Where the second piece begins inside a cluster of the first, there is nothing to be said.
    """
    if second and first and joins(second[0]):
        return True
    whole, apart = clean(first + second), clean(first) + clean(second)
    return whole.replace("\u03c2", "\u03c3") == apart.replace("\u03c2", "\u03c3")


@pytest.mark.parametrize("name", RULES)
def test_a_rule_says_whether_it_applies_to_input_and_then_what_it_did(name: str) -> None:
    rule = load_entry("corpora/cleaning", name)
    assert rule.APPLIES_TO_INPUT in {True, False}
    assert not rule.APPLIES_TO_INPUT or 5 < len(rule.PARTICIPLE) < 40


def test_what_maps_characters_applies_to_input_and_what_cuts_does_not() -> None:
    assert set(INPUT_RULES) >= {"lowercase", "basic-36", "letters-27", "ascii"}
    assert not {"gutenberg", "text-end"} & set(INPUT_RULES)


@pytest.mark.parametrize("name", INPUT_RULES)
@given(first=PIECES, second=PIECES)
def test_a_rule_for_input_maps_each_cluster_by_itself(name: str, first: str, second: str) -> None:
    assert is_done_piecewise(load_entry("corpora/cleaning", name).clean, first, second)


@pytest.mark.parametrize(
    ("clean", "first", "second"),
    [
        (load_entry("corpora/cleaning", "text-end").clean, "a\nTHE", " END\nb"),
        (load_entry("corpora/cleaning", "gutenberg").clean, "***START OF THE PROJECT", " GUTENBERG EBOOK\na"),
        (lambda text: text.replace("ab", ""), "a", "b"),
    ],
)
def test_a_rule_that_looks_around_is_found(clean: Callable[[str], str], first: str, second: str) -> None:
    assert not is_done_piecewise(clean, first, second)


@given(text=PIECES, cleaning=st.lists(st.sampled_from(list(EXAMPLES.values())), max_size=3))
def test_input_is_cleaned_as_the_corpus_was(text: str, cleaning: list[str]) -> None:
    cleaned, note = rules.clean_input(text, cleaning)
    assert cleaned == rules.clean(text, rules.input_rules(cleaning))
    assert bool(note) or cleaned == text


def test_what_was_done_is_said_and_nothing_where_nothing_was() -> None:
    assert rules.clean_input("The Queen", ["lowercase"]) == ("the queen", "lowercased as in training")
    assert rules.clean_input("the queen", ["lowercase"]) == ("the queen", "")
    both = "reduced to ASCII and lowercased as in training"
    assert rules.clean_input("\u00c9tude", ["gutenberg", "ascii", "lowercase"]) == ("etude", both)
    assert rules.clean_input("a\nTHE END\nb", ["text-end"]) == ("a\nTHE END\nb", "")


def test_a_final_sigma_is_that_of_the_training_text() -> None:
    assert rules.clean_input("\u039f\u0394\u039f\u03a3 ", ["lowercase"]).text == "\u03bf\u03b4\u03bf\u03c2 "


def test_whatever_composes_or_changes_places_joins_what_stands_before_it() -> None:
    compositions = []
    for code in range(sys.maxunicode + 1):
        parts = unicodedata.decomposition(chr(code)).split()
        if len(parts) == 2 and parts[0][0] != "<" and unicodedata.normalize("NFC", chr(code)) == chr(code):
            compositions.append(chr(int(parts[1], 16)))
        assert not unicodedata.combining(chr(code)) or joins(chr(code))
    assert len(compositions) > 800
    assert all(map(joins, compositions))
    assert all(map(joins, "\u1161\u1175\u11a8\u11c2"))
    assert not any(map(joins, "ae \n\u00e9\u4e2d\u1100\uac00"))


@given(text=PIECES)
def test_clusters_are_the_whole_text(text: str) -> None:
    assert "".join(clusters(text)) == text


def test_a_letter_and_its_accent_become_one_character() -> None:
    assert rules.clean("e\u0301te\u0301 \u1112\u1161\u11ab", ["nfc"]) == "\u00e9t\u00e9 \ud55c"
    assert rules.clean_input("cafe\u0301", ["nfc"]) == ("caf\u00e9", "composed (NFC) as in training")


# Rules with arguments.


@given(
    text=st.text("ab\u00e9\U0001f468\n-]^", max_size=60),
    below=st.integers(2, 9),
    to=st.sampled_from(["drop", "?", ","]),
)
def test_rare_leaves_what_comes_often_enough(text: str, below: int, to: str) -> None:
    sign, written = {"drop": ("", to), ",": (to, r"\u{2c}")}.get(to, (to, to))
    often = {character for character in set(text) if text.count(character) >= below}
    expected = "".join(character if character in often else sign for character in text)
    assert rules.clean(text, [f"rare(below={below}, to={written})"]) == expected


def test_rare_counts_what_the_rules_before_it_left() -> None:
    assert rules.clean("aAb", ["lowercase", "rare(below=2)"]) == "aa"
    assert rules.clean("aAb", ["rare(below=2)", "lowercase"]) == ""


RANGES = st.lists(st.tuples(st.integers(0, 50), st.integers(1, 20)), min_size=1, max_size=6)


@given(text=st.text(min_size=70, max_size=90), ranges=RANGES, size=st.integers(1, 30))
def test_cut_leaves_exactly_the_characters_in_no_range(text: str, ranges: list[tuple[int, int]], size: int) -> None:
    spans = [(start, start + length) for start, length in ranges]
    kept = "".join(each for at, each in enumerate(text) if not any(start <= at < stop for start, stop in spans))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "PIECE", size)
        assert rules.clean(text, [f"cut({write_ranges(spans)})"]) == kept


@given(ranges=RANGES)
def test_ranges_are_written_sorted_and_merged(ranges: list[tuple[int, int]]) -> None:
    spans = [(start, start + length) for start, length in ranges]
    merged = parse_ranges(write_ranges(spans))
    assert all(one[1] < other[0] for one, other in pairwise(merged))
    assert {at for span in merged for at in range(*span)} == {at for span in spans for at in range(*span)}
    assert parse_ranges(write_ranges(merged)) == merged


def test_cut_goes_before_every_other_rule() -> None:
    assert rules.clean("\u00dfabc", ["ascii", "cut(1-3)"]) == "ssc"


def test_ranges_beyond_the_text_are_refused() -> None:
    with pytest.raises(CorpusError, match="goes up to character 480, and the text has 3"):
        rules.clean("abc", ["cut(1-2;120-480)"])


def test_ranges_are_bound_to_the_file_they_were_marked_in() -> None:
    rules.require_original(["cut(1-2)", "lowercase"], "0123456789abcdef", "Title")
    rules.require_original(["cut(1-2, of=0123456789)"], "0123456789abcdef", "Title")
    with pytest.raises(CorpusError, match="Title is not the text in which the ranges of cut were marked"):
        rules.require_original(["cut(1-2, of=0123456788)"], "0123456789abcdef", "Title")


def test_wrong_arguments_are_answered_with_a_sentence() -> None:
    with pytest.raises(CorpusError, match="The cleaning rule cut needs ranges, as in cut"):
        rules.clean("abc", ["cut"])
