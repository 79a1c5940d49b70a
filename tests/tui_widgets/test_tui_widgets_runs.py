"""A row of the runs pane."""

from pathlib import Path
from typing import Any

import pytest

from charplay.formatting.loss_units import NATS
from charplay.playground.unit_choice import UnitChoice
from charplay.runs.store import RunSummary
from charplay.tui.panes.runs import PLACES, _Runs


@pytest.mark.parametrize("longest", [5, 24, 40])
@pytest.mark.parametrize("place", PLACES)
def test_where_a_run_trains_stands_apart_from_its_loss_and_whole(place: Any, longest: int) -> None:
    pane: Any = _Runs.__new__(_Runs)  # drawing a row asks no app
    pane.runs = [RunSummary(name="alone", folder=Path("alone"), modified=0.0, place=place, step=520, train_loss=2.417)]
    pane.markers, pane.writes, pane._unit, pane.longest = {}, "", UnitChoice(NATS), longest
    row = "".join(text for text, _ in pane.draw(0, 48))
    assert (f" {PLACES[place]}" in row) == (longest == 5 or place != "here"), "what trains here is told by the header"
    assert "  2.417t" in row
    assert ("520" in row) == (longest == 5 or (longest == 24 and place == "here"))
    assert len(row) == 48
