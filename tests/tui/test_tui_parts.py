"""What stands behind the screen, without one: numbers, the draft, a run's state, the session, lines to read."""

import re
import unicodedata
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from played import Play

from charplay.formatting.units import age, count, duration, rate
from charplay.playground.budget_syntax import budget_layer
from charplay.playground.recipe_draft import RecipeDraft
from charplay.playground.recipe_rows import BUDGET, COMMON, in_labels, label
from charplay.playground.value_steps import next_number
from charplay.recipes.contradictions import CLASHES
from charplay.recipes.network import memory_bytes, parameter_count
from charplay.recipes.presets import preset_names
from charplay.recipes.recipe import Recipe
from charplay.recipes.specs import FieldSpec, spec, specs
from charplay.tui.dialogs.keys import KeysDialog
from charplay.tui.panes.form_summary import _numbers
from charplay.tui.panes.status import GAP, LEAST_NAME, StatusLine
from charplay.tui.widgets.reader_lines import ReaderLines, folded
from charplay.tui.widgets.row_list import fit

LETTERS = "\n abcdefghijklmnopqrstuvwxyz"


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0"), (1204, "1,204"), (41_000, "41 k"), (99_999, "100 k"), (1_115_394, "1.1 M")]
)
def test_counts_are_short(number: int, text: str) -> None:
    assert count(number) == text


@given(st.integers(0, 10**12))
def test_no_count_is_wider_than_its_column(number: int) -> None:
    assert len(count(number)) <= 7


def test_times_and_rates() -> None:
    assert [duration(seconds) for seconds in (0, 72, 3700)] == ["0:00", "1:12", "1:01:40"]
    assert [rate(value) for value in (5e-3, 3.1e-3, 1.0)] == ["5e-3", "3.1e-3", "1e0"]
    assert [age(seconds) for seconds in (3, 300, 7300, 90_000, 900_000)] == ["now", "5 min", "2 h", "1 day", "10 days"]


@given(st.text(), st.integers(0, 60), st.booleans())
def test_fitted_text_has_its_width_and_no_control(text: str, width: int, right: bool) -> None:
    from rich.cells import cell_len

    fitted = fit(text, width, right=right)
    assert cell_len(fitted) == width
    assert not any(unicodedata.category(character).startswith("C") for character in fitted)


@given(st.sampled_from([s for s in specs() if s.kind in {"int", "float"}]), st.data())
def test_nudging_a_number_moves_it_the_right_way_and_stays_within_the_bounds(
    of: FieldSpec, data: st.DataObject
) -> None:
    low = max(of.low if of.low is not None else 1, 1e-6)
    high = min(of.high if of.high is not None else 1e6, 1e6)
    top = high if high > 1 else min(high, 0.95)
    start = data.draw(st.integers(max(1, int(low)), int(high)) if of.whole else st.floats(low, top))
    for by in (1, -1):
        there = next_number(start, by, whole=of.whole, low=of.low, high=of.high)
        assert of.low is None or there >= of.low
        assert of.high is None or there <= of.high
        assert (there - start) * by >= 0
        if of.whole:
            assert there == round(there)


def test_a_draft_shows_what_applies(tmp_path: Path) -> None:
    draft = RecipeDraft(tmp_path, characters=5000, vocabulary=LETTERS)
    assert draft.rows(everything=False) == [name for name in COMMON if name != "dropout"]
    assert "stride" not in draft.rows(everything=True)
    assert draft.set("batching", "windows") == ""
    assert {"stride", "target"} <= set(draft.rows(everything=True))
    assert draft.set("num_layers", "2") == ""
    assert "dropout" in draft.rows(everything=True)


def test_a_draft_shows_more_than_the_common_fields_where_there_is_room(tmp_path: Path) -> None:
    draft = RecipeDraft(tmp_path, characters=5000, vocabulary=LETTERS)
    common = draft.rows(everything=False)
    assert draft.rows(everything=False, room=len(common) - 3) == common, "the list scrolls"
    assert draft.rows(everything=False, room=len(common) + 2) == [*common, "batch_size", "dropout"]
    assert draft.set("input", "scalar") == ""
    assert "embedding_size" not in draft.rows(everything=False, room=1000)
    every = draft.rows(everything=False, room=1000)
    assert len(every) == len(set(every))
    assert set(every) <= set(draft.rows(everything=True))


def test_only_numbers_have_a_unit(tmp_path: Path) -> None:
    draft = RecipeDraft(tmp_path, values={"evaluate_every": "epoch", "log_every": "20"})
    shown = [draft.shown(name) for name in ("patience", "sample_every", "evaluate_every", "log_every")]
    assert shown == [("none", ""), ("none", ""), ("epoch", ""), ("20", "steps")]


def test_a_value_of_nothing_says_so(tmp_path: Path) -> None:
    assert RecipeDraft(tmp_path).shown("cleaning") == ("", "none")


def test_a_draft_says_what_only_the_start_decides(tmp_path: Path) -> None:
    draft = RecipeDraft(tmp_path, characters=5000, vocabulary=LETTERS, devices=("cpu", "cuda:0"))
    assert draft.shown("hidden_size") == ("auto", "at the start")
    assert "measured at the start" in draft.notes[0]
    assert _numbers(draft) == "about 3:00"
    assert draft.set("hidden_size", "64") == ""
    assert re.fullmatch(r"[0-9,]+ parameters, about 3:00", _numbers(draft))
    assert draft.shown("hidden_size")[0] == "64"
    assert draft.shown("batch_size") == ("auto", "at the start")
    assert draft.set(BUDGET, "2 epochs") == ""
    assert draft.shown("batch_size")[1].isdecimal()


def test_the_memory_that_a_draft_says_counts_the_gradients_of_every_share(tmp_path: Path) -> None:
    draft = RecipeDraft(tmp_path, characters=10**6, vocabulary=LETTERS, devices=("cpu", "cuda:0"))
    draft.values |= {"hidden_size": "1024", "batch_size": "64", "device": "cpu"}
    draft.use_devices(["cpu", "cuda:0"], threads=4)

    def memory() -> str:
        return next(part for part in _numbers(draft).split(", ") if re.search(r" [kMG]?B$", part))

    divided = memory()
    draft.set("threads", "1")
    assert draft.resolved is not None
    one = memory_bytes(draft.resolved, len(LETTERS), 10**6)
    weights = 4 * parameter_count(draft.resolved, len(LETTERS))
    assert (divided, memory()) == (f"{count(one + 3 * weights)}B", f"{count(one)}B")
    draft.values |= {"device": "cuda:0", "minutes": "", "steps": "9"}
    draft.set("threads", "auto")
    assert memory() == f"{count(memory_bytes(draft.resolved, len(LETTERS), 10**6))}B"


def test_a_draft_says_about_what_the_start_decides_on_a_processor(tmp_path: Path) -> None:
    draft = RecipeDraft(tmp_path, characters=5000, vocabulary=LETTERS)
    assert draft.shown("hidden_size") == ("auto", "about 64")
    assert "measured at the start" in draft.notes[0]
    assert re.fullmatch(r"about [0-9,]+ parameters, [0-9.]+ [kM]?B, 3:00", _numbers(draft))
    assert draft.set("hidden_size", "64") == ""
    assert draft.network == "lstm 1x64"
    assert draft.set(BUDGET, "2 epochs") == ""
    draft.reset("hidden_size")
    assert draft.network == "lstm 1x64"
    assert re.fullmatch(r"[0-9,]+ parameters, [0-9.]+ [kM]?B, about [0-9]+ s", _numbers(draft))


@pytest.mark.parametrize(
    ("devices", "characters", "network"),
    [
        (("cpu", "cuda:0"), 0, "lstm"),
        (("cpu", "cuda:0"), 5000, "lstm"),
        (("cpu",), 0, ""),
        (("cpu",), 5000, "lstm 1x64"),
    ],
)
def test_a_draft_names_its_network_as_far_as_it_is_known(
    tmp_path: Path, devices: Any, characters: int, network: str
) -> None:
    assert RecipeDraft(tmp_path, characters=characters, vocabulary=" abc", devices=devices).network == network


def test_a_draft_refuses_with_the_recipe_s_own_sentence_and_stays_as_it_was(tmp_path: Path) -> None:
    draft = RecipeDraft(tmp_path)
    before = draft.asked
    assert "hidden size must be" in draft.set("hidden_size", "many")
    assert "nearest" in draft.check("cell", "lstn")
    assert draft.set("preset", "quik")
    assert draft.asked == before


NAMES = tuple(Recipe.model_fields)


def names_a_field_otherwise_than_its_row(sentence: str) -> bool:
    return any(re.search(rf"\b{name}\b", sentence) for name in NAMES if label(name) != name)


@given(st.sampled_from(NAMES), st.text("a_ '\n3", max_size=20) | st.sampled_from(NAMES))
@example("validation_fraction", "300 steps")
@example("dropout", "0.3")
def test_what_is_wrong_is_told_by_the_row_s_name_and_with_what_was_typed(
    tmp_path_factory: pytest.TempPathFactory, name: str, text: str
) -> None:
    fault = RecipeDraft(tmp_path_factory.getbasetemp()).check(name, text)
    typed = repr(text.strip())
    if " must be " in fault:
        assert fault.startswith(f"{label(name)} must be ")
        assert fault.partition("; ")[0].endswith(f", not {typed}")
    assert not names_a_field_otherwise_than_its_row(fault.replace(typed, ""))


@pytest.mark.parametrize("sentence", [clash.fault for clash in CLASHES])
def test_fields_that_cannot_all_be_meant_are_told_by_their_rows_names(sentence: str) -> None:
    assert not names_a_field_otherwise_than_its_row(in_labels(sentence))


def test_a_preset_s_misspelt_field_is_told_as_its_file_must_have_it(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("hidden = 3\nsequence_length = 0\n")
    draft = RecipeDraft(tmp_path, "mine")
    assert draft.faults == (
        "there is no field 'hidden' (preset mine); the nearest is 'hidden_size'",
        "length must be auto or a whole number from 1 to 65,536, not 0 (preset mine)",
    )


@pytest.mark.parametrize(
    ("text", "unit", "amount"),
    [("3", "minutes", 3), ("2 ep", "epochs", 2), ("5,000 steps", "steps", 5000), ("0.5m", "minutes", 0.5)],
)
def test_a_budget_is_read_as_a_person_writes_it(tmp_path: Path, text: str, unit: str, amount: float) -> None:
    draft = RecipeDraft(tmp_path)
    assert draft.set(BUDGET, text) == ""
    assert draft.budget() == (unit, amount)


@given(st.lists(st.sampled_from(["4 minutes", "2 epochs", "700 steps"])))
def test_a_budget_takes_the_place_of_whatever_stood_there(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    draft = RecipeDraft(tmp_path_factory.getbasetemp())
    for text in texts:
        assert draft.set(BUDGET, text) == ""
        assert draft.shown(BUDGET)[0] == text


TIMES = {
    "90s": "1.5", "90 sec": "1.5", "90 Seconds": "1.5", "3 m": "3", "3min": "3", "3 mins": "3", "2 hours": "120",
    "1.5 h": "90", ".5 hr": "30", "2hrs": "120", "1h30m": "90", "1 h 30 min 30 s": "90.5", "1e3 s": "16.666667",
}  # fmt: skip


@pytest.mark.parametrize("text", TIMES)
def test_a_time_is_told_from_steps(tmp_path: Path, text: str) -> None:
    assert budget_layer(text) == budget_layer(f" {text.upper()} ", "steps") == {"minutes": TIMES[text]}
    draft = RecipeDraft(tmp_path)
    assert draft.set(BUDGET, text) == ""
    assert draft.asked.minutes == float(TIMES[text])


@pytest.mark.parametrize("unit", ["steps", "epochs", "minutes"])
def test_a_number_alone_keeps_the_unit_that_is_shown(tmp_path: Path, unit: str) -> None:
    draft = RecipeDraft(tmp_path)
    for text in (f"3 {unit}", "7", "1,200" if unit == "steps" else "12"):
        assert draft.set(BUDGET, text) == ""
        assert draft.shown(BUDGET)[0] == f"{float(text.split()[0].replace(',', '')):g} {unit}"


def test_steps_and_epochs_are_named_by_two_letters_at_least() -> None:
    for word in ("st", "step", "steps"):
        assert budget_layer(f"5,000 {word}") == budget_layer(f"5_000{word}") == {"steps": "5000"}
    for word in ("ep", "epoch", "EPOCHS"):
        assert budget_layer(f"1.5 {word}") == {"epochs": "1.5"}
    assert budget_layer("5e3 steps") == {"steps": "5e3"}


FAULTS = [
    "", "soon", "3 parsecs", "minutes", "-3 minutes", "2 e", "1,5 h", "1 000 steps", "2 steps 3 s", "1h30", "3 m x",
    "..", "_ s",
]  # fmt: skip


@pytest.mark.parametrize("text", FAULTS)
def test_what_is_no_budget_is_answered(text: str) -> None:
    with pytest.raises(ValueError, match="write a number"):
        budget_layer(text)


def test_every_field_can_be_shown_nudged_and_reset(tmp_path: Path) -> None:
    draft = RecipeDraft(tmp_path, characters=5000, vocabulary=LETTERS)
    preset = draft.asked
    for name in draft.rows(everything=True):
        if name.endswith(":"):
            continue
        value, _ = draft.shown(name)
        assert draft.help(name)
        draft.nudge(name, 1)
        draft.nudge(name, -1)
        draft.reset(name)
        assert draft.shown(name)[0] == value
    draft.reset("preset")
    assert draft.asked == preset


WORDY = [of.name for of in specs() if of.kind in {"int", "float"} and of.start is not None]


@pytest.mark.parametrize("name", WORDY)
def test_a_nudged_word_becomes_a_number_that_a_run_can_start_with(tmp_path: Path, name: str) -> None:
    draft = RecipeDraft(
        tmp_path, values={"batching": "windows", "num_layers": "2"}, characters=2_000_000, vocabulary=LETTERS
    )
    for word, by in product(("none", "auto", "epoch"), (1, -1)):
        draft.set(name, word)
        before = getattr(draft.resolved, name)
        draft.nudge(name, by)
        assert not draft.faults
        assert isinstance(before, int | float) or getattr(draft.resolved, name) == spec(name).start


def test_a_run_s_recipe_fills_the_draft_exactly(tmp_path: Path) -> None:
    first = RecipeDraft(tmp_path)
    for name, text in {
        "hidden_size": "96",
        "cleaning": "lowercase",
        BUDGET: "700 steps",
        "dropout": "0.3",
        "num_layers": "2",
    }.items():
        first.values |= {name: text} if name != BUDGET else {"steps": "700"}
    first.settle()
    assert not first.faults
    second = RecipeDraft(tmp_path)
    second.fill(first.asked.model_dump())
    assert second.asked == first.asked


@pytest.mark.parametrize("name", preset_names())
def test_a_run_that_was_begun_with_the_preset_as_it_stands_is_no_change_of_it(tmp_path: Path, name: str) -> None:
    draft = RecipeDraft(tmp_path, name)
    asked = draft.asked
    draft.fill(asked.model_dump() | {"corpus": "fox"})
    assert draft.values == {}
    assert draft.asked == asked


def test_bounds_of_nudging_come_from_the_declaration() -> None:
    of = spec("num_layers")
    assert of.low is not None
    assert of.high is not None
    assert next_number(of.high, 1, whole=True, low=of.low, high=of.high) == of.high
    assert next_number(of.low, -1, whole=True, low=of.low, high=of.high) == of.low


@given(st.text("ab cde", max_size=200), st.integers(24, 60))
def test_a_line_is_wrapped_without_losing_a_word_or_leaving_its_column(text: str, width: int) -> None:
    rows = folded([("  key   ", "accent"), (text, "plain")], width)
    assert all(sum(len(cell) for cell, _ in row) <= width for row in rows) or len(rows) == 1
    assert "".join(cell for row in rows for cell, _ in row[1:]).replace(" ", "") == text.replace(" ", "")
    assert all(not row[0][0].strip() for row in rows[1:])


@pytest.mark.parametrize("width", [80, 120, 200])
async def test_no_sentence_of_the_keys_is_cut(play: Play, width: int) -> None:
    async with play((width, 50)) as it:
        await it.press("question_mark")
        await it.until(lambda: isinstance(it.screen, KeysDialog))
        reader = it.screen.query_one(ReaderLines)
        await it.until(lambda: len(reader.lines) > 20)
        said = " ".join(text for row in reader.lines for text, _ in row)
        assert "…" not in said
        assert "Go on writing, and follow the end of the text" in said


FACT = st.text(st.sampled_from("ab字"), min_size=1, max_size=30)


@given(st.text(st.sampled_from("ab字"), max_size=120), st.lists(FACT, max_size=3), st.integers(0, 200))
def test_a_long_name_of_a_text_leaves_its_room_to_the_facts_beside_it(name: str, others: list[str], room: int) -> None:
    from rich.cells import cell_len

    line = StatusLine()
    line.set_reactive(StatusLine.facts, (name, *others))
    shown = line._left(room)
    assert cell_len(shown) <= room
    whole = [cell_len("".join(GAP + other for other in others[:number])) for number in range(len(others) + 1)]
    least = len(GAP) + min(LEAST_NAME, cell_len(name))
    kept = max((number for number, cells in enumerate(whole) if least + cells <= room), default=None)
    assert (shown == "") == (kept is None)
    assert shown.endswith("".join(GAP + other for other in others[: kept or 0]))
    if kept is not None and len(GAP) + cell_len(name) + whole[kept] <= room:
        assert shown == "".join(GAP + each for each in (name, *others[:kept]))
