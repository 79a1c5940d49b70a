"""A file of Keras that brings the HDF5 library down, or keeps it busy for ever, is refused like any other."""

import json
import os
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest
from keras_models import FORMS, stacked, write_whole

from charplay.runs.keras_file import read_keras_file
from charplay.runs.keras_process import read_keras_apart
from charplay.runs.plain_layers import WeightsError


@pytest.mark.parametrize("form", FORMS)
def test_it_reads_what_is_read_here(tmp_path: Path, form: str) -> None:
    FORMS[form](tmp_path / form, stacked("gru", 2))
    here, there = read_keras_file(tmp_path / form), read_keras_apart(tmp_path / form)
    assert here.keys() == there.keys()
    assert all(np.array_equal(here[name], there[name]) for name in here)


def test_it_refuses_what_is_refused_here(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xc3\xa9-\xff.h5")  # a name need not be text
    write_whole(path, stacked())
    with h5py.File(path, "r+") as file:
        file.attrs["model_config"] = json.dumps({"class_name": "Poet"})
    with pytest.raises(WeightsError, match="it is a Poet, a class of its own program's"):
        read_keras_apart(path)


def instead_of_reading(monkeypatch: pytest.MonkeyPatch, folder: Path, program: str) -> None:
    """Have the child run something else in place of the HDF5 library."""
    (folder / "h5py.py").write_text(program)
    monkeypatch.syspath_prepend(str(folder))


@pytest.mark.parametrize("program", ["import os; os.abort()", "import sys; sys.exit(1)", "raise ZeroDivisionError"])
def test_a_library_that_goes_down_takes_nobody_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    write_whole(tmp_path / "model.h5", stacked())
    instead_of_reading(monkeypatch, tmp_path, program)
    with pytest.raises(WeightsError, match=r"model\.h5 brings the HDF5 library down"):
        read_keras_apart(tmp_path / "model.h5")


def test_a_library_that_goes_round_in_circles_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_whole(tmp_path / "model.h5", stacked())
    instead_of_reading(monkeypatch, tmp_path, "while True: pass")
    with pytest.raises(WeightsError, match=r"model\.h5 was not read within 2 s"):
        read_keras_apart(tmp_path / "model.h5", patience=2.0)


def test_the_folder_that_a_person_is_in_stands_for_no_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_whole(tmp_path / "model.h5", stacked())
    (tmp_path / "h5py.py").write_text("raise SystemExit(9)")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", ["", *sys.path])
    assert read_keras_apart(Path("model.h5"))
