import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from charplay.formatting.ellipsis import shorten, shorten_distinctly
from charplay.formatting.sanitize import sanitize_line
from charplay.sampling.score import ModelRanking
from charplay.tui.dialogs.choice import Choice
from charplay.tui.dialogs.multi_choice import MultiChoiceDialog
from charplay.tui.dialogs.score_results import ScoreResults
from charplay.tui.widgets.row_list import fit_name

ANY = st.characters(exclude_categories=(), exclude_characters="…")
NAMES = st.text(st.sampled_from("ab-01 漢字é\u0301🙂\n\x1b") | ANY, max_size=60)
WIDTHS = st.integers(-3, 60)


@given(NAMES, WIDTHS)
def test_a_shortened_name_has_room_and_no_control(name: str, width: int) -> None:
    short = shorten(name, width)
    assert cell_len(short) <= max(0, width)
    assert cell_len(fit_name(name, width)) == max(0, width)
    assert not any(unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp"} for character in short)


@given(NAMES, WIDTHS)
def test_a_name_is_whole_where_it_fits_and_else_keeps_its_beginning_and_its_end(name: str, width: int) -> None:
    shown, short = sanitize_line(name), shorten(name, width)
    if cell_len(shown) <= width:
        assert short == shown
    elif width > 0:
        head, _, tail = short.partition("…")
        assert shown.startswith(head)
        assert shown.endswith(tail)


@pytest.mark.parametrize(
    ("width", "short"),
    [(19, "alice-lstm-1x256-01"), (18, "alice…stm-1x256-01"), (5, "a…-01"), (2, "…1"), (1, "…"), (0, "")],
)
def test_the_middle_gives_way(width: int, short: str) -> None:
    assert shorten("alice-lstm-1x256-01", width) == short


def test_runs_of_one_text_are_told_apart_by_their_networks_in_a_narrow_list() -> None:
    assert shorten("sonnets-lstm-1x256-01", 16) != shorten("sonnets-gru-1x256-01", 16)


FEW = st.integers(1, 9)


@given(NAMES, FEW, WIDTHS, st.booleans())
def test_names_that_differ_at_one_end_stay_different_whatever_the_room(
    shared: str, number: int, room: int, last: bool
) -> None:
    names = [f"{shared}{at}" if last else f"{at}{shared}" for at in range(number)]
    assert len(set(shorten_distinctly(names, room))) == number


@given(st.lists(NAMES, max_size=9), st.integers(-9, 300))
def test_names_told_apart_keep_to_their_room_and_are_cut_no_more_than_they_must(names: list[str], room: int) -> None:
    short = shorten_distinctly(names, room)
    assert sum(map(cell_len, short)) <= max(room, 2 * len(names))
    if sum(cell_len(sanitize_line(name)) for name in names) <= room:
        assert short == [sanitize_line(name) for name in names]


def test_names_that_differ_within_are_cut_beside_what_differs() -> None:
    assert shorten_distinctly(["alice-lstm-1x256-01", "alice-gru-1x256-01"], 26) == ["al…m-1x256-01", "al…u-1x256-01"]


def test_checkpoints_of_a_run_with_a_long_name_are_told_apart_by_their_steps() -> None:
    titles = [f"{'a-name-' * 11}, step {step}" for step in (100, 200)]
    picking = MultiChoiceDialog("", "", [Choice(title, title, "loss 1.234") for title in titles], least=1, most=2)
    findings = ScoreResults()
    findings._standings = [ModelRanking(title, 1.2, 0.5) for title in titles]
    for rows, first in ((picking._rows, 0), (findings, 1)):
        drawn = ["".join(text for text, _ in rows.draw(first + at, 60)) for at in range(2)]
        assert ["step 100" in row for row in drawn] == [True, False]
        assert ["step 200" in row for row in drawn] == [False, True]
