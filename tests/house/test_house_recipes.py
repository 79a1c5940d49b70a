"""The page of recipes: every preset stands on it, and its figures are what the presets build."""

import re
from pathlib import Path

import pytest

from charplay.recipes.layers import compose
from charplay.recipes.network import examples_per_epoch, parameter_count
from charplay.recipes.presets import load_preset, preset_names

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "RECIPES.md").read_text()
MEASUREMENTS = (ROOT / "docs" / "BENCHMARKS.md").read_text()


def rows(page: str) -> list[list[str]]:
    return [re.split(r" *\| *", line.strip("| ")) for line in page.splitlines() if line.startswith("| `")]


ROWS = rows(PAGE)
MEASURED = rows(PAGE.partition("## What they reach")[2])
CLASSICS = {row[0].strip("`"): row for row in ROWS if len(row) == 7}


def number(text: str) -> int:
    return int(re.sub(r"\D", "", text.partition(" of ")[0]))


def test_every_preset_stands_on_the_page() -> None:
    assert {row[0].strip("`") for row in ROWS} == set(preset_names())
    assert len(CLASSICS) == 7


@pytest.mark.parametrize("name", [*CLASSICS, "tiny"])
def test_a_preset_is_measured_on_two_texts_and_lands_where_it_was_reported(name: str) -> None:
    measured = [row for row in MEASURED if row[0] == f"`{name}`"]
    assert len({row[1] for row in measured}) >= 2
    for row in measured:
        if row[5:] and row[5] != "-":
            assert float(row[3]) == pytest.approx(float(row[5]), abs=0.06)


@pytest.mark.parametrize("name", CLASSICS)
def test_the_figures_are_what_the_preset_builds(name: str) -> None:
    _, _, characters, symbols, windows, network, parameters = CLASSICS[name]
    recipe, _ = compose(load_preset(name))
    assert parameter_count(recipe, int(symbols)) == number(parameters)
    assert f"{recipe.cell.upper()} {recipe.hidden_size}" in network
    assert f"of {recipe.sequence_length}" in windows
    if characters != "any":
        assert examples_per_epoch(recipe, number(characters)) == number(windows)


def of_charplay(page: str) -> set[str]:
    """The losses that a page says charplay reached: 1.434, with three digits, as the table of measurements has them."""
    told = [line for line in page.splitlines() if line.startswith("| charplay, preset")]
    told += re.findall(r"^In 148 seconds.*?nanoGPT", page, re.MULTILINE | re.DOTALL)
    return set(re.findall(r"\b1\.\d{3}\b", " ".join(told)))


@pytest.mark.parametrize(("name", "least"), [("README.md", 2), ("docs/COMPARED.md", 6)])
def test_what_charplay_is_said_to_reach_was_measured(name: str, least: int) -> None:
    told = of_charplay((ROOT / name).read_text())
    assert len(told) >= least
    assert told <= set(re.findall(r"\| (1\.\d{3}) ", MEASUREMENTS))
