"""The tab with the map of a text: read while one looks, zoomed into down to the text, by n-grams or a network."""

import csv
from pathlib import Path

import numpy as np
import pytest
from explored import until
from sampling_models import make_model
from sitting import FOX, Sitting, fox_home

from charplay.corpora.corpus import from_text
from charplay.corpora.exploring.text_map import WINDOW
from charplay.formatting.loss_units import NATS, UNITS
from charplay.playground.exploring.explorer import Explorer
from charplay.playground.exploring.xray_tab import NGRAMS, XrayTab
from charplay.playground.unit_choice import UnitChoice

PROSE = "the cat sat on a mat and then it ran to see what was in the old red house by the sea\n" * 3000
TABLE = "| 17.3 % | 0x4F | QZ-99 |\n" * 400
TEXT = PROSE[:100_000] + TABLE + PROSE
ROOM = (20, 8)


@pytest.fixture
def explorer(tmp_path: Path) -> Explorer:
    explorer = Explorer(from_text("cats & tables", TEXT), 0.1, folder=tmp_path / "texts")
    explorer.show_tab("xray")
    return explorer


def read(explorer: Explorer) -> XrayTab:
    """Look at the map until all of it is read."""
    tab = explorer.tabs.xray

    def done() -> bool:
        tab.look(*ROOM)
        return tab.ready and not tab.at_work

    until(explorer, done)
    return tab


def worst_cell(tab: XrayTab) -> int:
    return int(np.nanargmax(tab.map.nats))


def test_a_table_stands_out_and_is_zoomed_into_down_to_the_text(explorer: Explorer) -> None:
    tab = read(explorer)
    depth = 0
    while explorer.tabs.open == "xray":
        tab.stand_on(worst_cell(tab))
        assert tab.position is not None
        assert 100_000 - WINDOW < tab.position < 100_000 + len(TABLE)
        place = tab.position
        assert explorer.open_places() == ""
        depth += 1
        read(explorer)
    assert depth == 2
    assert explorer.marked == (place, place + WINDOW)
    assert explorer.back()
    assert explorer.tabs.open == "xray"
    assert tab.position == place
    whole = tab.rows
    assert explorer.back()  # out of the cell
    assert tab.rows != whole
    assert tab.rows[0][0] == "0.0%"
    assert not explorer.back()


def test_nothing_is_read_while_nobody_looks(explorer: Explorer) -> None:
    tab = explorer.tabs.xray
    tab.look(*ROOM)
    until(explorer, lambda: not tab.advance() and tab.facts() != f"counting {NGRAMS}")
    tab.look(*ROOM)
    until(explorer, lambda: tab.map.share_read > 0)
    share = tab.map.share_read
    explorer.show_tab("read")
    for _ in range(50):
        explorer.advance()
    assert tab.map.share_read == share
    explorer.close()
    explorer.show_tab("xray")
    assert read(explorer).map.share_read == 1


def test_a_position_of_another_tab_is_gone_to_and_the_border_is_named(explorer: Explorer) -> None:
    tab = read(explorer)
    border = explorer.held_out_start
    explorer.go(border + 500)
    explorer.show_tab("xray")
    first, last = tab.map.grid.span(tab.cell)
    assert first <= border + 500 < last
    assert "held out" in tab.line_facts()
    assert [label for label, cells in tab.rows if not cells] == [f"held out, from character {border:,} on (90.0%)"]
    assert explorer.here == tab.position
    tab.stand_on(0)
    assert tab.enter()
    explorer.go(border + 900)
    explorer.show_tab("xray")  # outside the part that was shown: the whole text again
    first, last = tab.map.grid.span(tab.cell)
    assert first <= border + 900 < last


def test_another_room_keeps_the_place(explorer: Explorer) -> None:
    tab = read(explorer)
    tab.stand_on(worst_cell(tab))
    assert tab.enter()
    place = int(tab.map.grid.starts[tab.cell])
    tab.look(40, 10)
    first, last = tab.map.grid.span(tab.cell)
    assert first <= place < last
    assert tab.map.grid.columns == 40
    assert tab.back()
    assert tab.map.grid.columns == 40


def test_a_network_that_learned_such_a_text_is_asked_and_v_changes_to_ngrams(tmp_path: Path) -> None:
    sitting = Sitting(fox_home(tmp_path / "home")).begin()
    sitting.begin_writing()
    sitting.instrument.play(make_model(FOX, hidden_size=12), "fox-1, step 9")
    explorer = sitting.playground.explore(sitting.playground.open_text("fox"))
    explorer.show_tab("xray")
    tab = read(explorer)
    assert tab.facts() == "fox-1, step 9"
    by_network = tab.map.nats.copy()
    assert tab.change_tint() == ""
    read(explorer)
    assert tab.facts() == NGRAMS
    assert not np.isclose(tab.map.nats, by_network).any()
    assert tab.change_tint() == ""
    np.testing.assert_allclose(read(explorer).map.nats, by_network)


def test_without_a_network_there_are_ngrams_alone(explorer: Explorer) -> None:
    assert read(explorer).facts() == NGRAMS
    assert explorer.tabs.xray.change_tint() == "No network writes yet; this is by n-grams."
    assert explorer.tabs.xray.sort() == explorer.tabs.xray.reverse() != ""


def test_a_fault_is_said_once_and_stops_the_reading(explorer: Explorer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("charplay.playground.exploring.xray_tab.CrossFittedNgrams", lambda *_: 1 // 0)
    tab = explorer.tabs.xray
    tab.look(*ROOM)
    said: list[str] = []
    until(explorer, lambda: said.append(explorer.take_said()) or said[-1])
    assert said[-1].startswith("The map cannot be read any further: ")
    tab.look(*ROOM)
    assert not tab.at_work


def test_the_cells_are_written_as_csv_and_the_worst_window_is_copied(explorer: Explorer) -> None:
    tab = read(explorer)
    said: list[str] = []
    assert explorer.write_table() == ""
    until(explorer, lambda: said.append(explorer.take_said()) or said[-1])
    path = Path(said[-1].removeprefix("Written: "))
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert [int(row["position"]) for row in rows] == tab.map.grid.starts.tolist()
    assert sum(int(row["characters"]) for row in rows) == len(TEXT)
    assert [float(row["nats"]) for row in rows] == pytest.approx(tab.map.nats.tolist(), abs=1e-4)
    tab.stand_on(worst_cell(tab))
    assert tab.position is not None
    assert tab.copied() == TEXT[tab.position :][:WINDOW]
    assert tab.work_facts() == tab.copied()[:120]
    assert f"{tab.map.nats.max():.3f} nats" in tab.line_facts()


@pytest.mark.parametrize("name", list(UNITS))
def test_figures_are_in_the_chosen_unit_everywhere(name: str, tmp_path: Path) -> None:
    text = TEXT.replace("cat", "cät")
    chosen = UnitChoice(NATS)
    explorer = Explorer(from_text("cats", text), 0.1, folder=tmp_path, unit=chosen)
    explorer.show_tab("xray")
    tab = read(explorer)
    tab.stand_on(worst_cell(tab))
    chosen.current = UNITS[name]
    unit = UNITS[name].on(len(text.encode()) / len(text))
    assert unit.write(float(np.nanmax(tab.map.nats))) in tab.line_facts()
    assert tab.legend()[1:] == [unit.number(each, 2) for each in tab.map.borders()[:-1]] + [
        unit.write(float(tab.map.borders()[-1]), 2)
    ]
    assert explorer.write_table() == ""
    until(explorer, lambda: list(tmp_path.glob("*.csv")))
    row = next(csv.DictReader(next(tmp_path.glob("*.csv")).read_text().splitlines()))
    assert row[unit.heading] == unit.number(float(tab.map.nats[0]), 4)
