"""Folders of the package in which one file is one entry."""

import subprocess
import sys
from pathlib import Path

import pytest

from charplay.fs.registry import entry_names, load_entry

PACKAGE = Path(__file__).parents[2] / "charplay"
FOLDERS = ["corpora/cleaning", "corpora/sources", "sampling/cells", "sampling/filters", "training/schedules"]


@pytest.mark.parametrize("folder", [*FOLDERS, "recipes/presets"])
def test_every_file_of_a_folder_is_an_entry(folder: str) -> None:
    files = [path for path in (PACKAGE / folder).iterdir() if path.suffix in {".py", ".toml"}]
    stems = {path.stem for path in files if not path.name.startswith("_")}
    assert stems
    assert {name.replace("-", "_") for name in entry_names(folder)} == {stem.replace("-", "_") for stem in stems}
    assert list(entry_names(folder)) == sorted(entry_names(folder))


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_name_has_its_module(folder: str) -> None:
    for name in entry_names(folder):
        module = load_entry(folder, name)
        assert module.__name__ == f"charplay.{folder}.{name}".replace("/", ".").replace("-", "_")


def test_a_hyphen_stands_for_an_underscore() -> None:
    assert "basic-36" in entry_names("corpora/cleaning")
    assert load_entry("corpora/cleaning", "basic-36").ALPHABET


def test_listing_imports_no_entry() -> None:
    code = (
        "import sys; from charplay.fs.registry import entry_names; print(entry_names('corpora/cleaning')); "
        "assert not [name for name in sys.modules if name.startswith('charplay.corpora')]"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert "lowercase" in done.stdout
