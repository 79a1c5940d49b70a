"""A user without a name and a home, as a container's may be: every verb works in a home that is named, or says so."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOBODY = """
import os, pwd

def unknown(user):
    raise KeyError(f"getpwuid(): uid not found: {user}")

pwd.getpwuid = unknown
os.getuid = lambda: 12345
"""
NAMES = {"HOME", "USER", "LOGNAME", "LNAME", "USERNAME", "CHARPLAY_HOME"}
TINY = ("--steps", "1", "--device", "cpu", "--set", "hidden_size=4", "--set", "threads=1", "--set", "limit=2000")
VERBS = [
    ("train", *TINY), ("sample", "demo", "--length", "5"), ("describe",), ("corpora",), ("runs",),
    ("score", "demo", __file__), ("doctor",),
]  # fmt: skip


@pytest.fixture
def nobody(tmp_path: Path) -> dict[str, str]:
    """The environment of a process whose user has no entry and no home."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(NOBODY)
    kept = {name: value for name, value in os.environ.items() if name not in NAMES and not name.startswith("XDG_")}
    return kept | {"PYTHONPATH": f"{tmp_path / 'site'}:{ROOT}", "OMP_NUM_THREADS": "1"}


def charplay(env: Mapping[str, str], folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "charplay", *arguments]
    return subprocess.run(
        command, check=False, env=env, cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )


@pytest.mark.fault("59")
@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb[0])
def test_a_user_without_a_home_is_told_how_to_name_one(
    nobody: dict[str, str], tmp_path: Path, verb: tuple[str]
) -> None:
    said = charplay(nobody, tmp_path / "site", *verb)
    facts = verb == ("doctor",)  # there a fault is a fact like others
    told = said.stdout if facts else said.stderr
    assert "user 12345 has no home folder here; name a folder to keep things in with --home or CHARPLAY_HOME" in told
    assert len(said.stderr.splitlines()) == (0 if facts else 1)
    assert said.returncode == (0 if facts else 1)
    assert not (tmp_path / "site" / "~").exists()


@pytest.mark.fault("59")
@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb[0])
def test_in_a_home_that_is_named_everything_works(nobody: dict[str, str], tmp_path: Path, verb: tuple[str]) -> None:
    said = charplay(nobody, tmp_path / "site", *verb, "--home", str(tmp_path / "home"))
    assert said.returncode == 0, said.stderr
    assert "Traceback" not in said.stderr


@pytest.mark.fault("59")
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_shown_to_who_cannot_install_it(nobody: dict[str, str], tmp_path: Path, shell: str) -> None:
    environment = {name: value for name, value in nobody.items() if name != "ZDOTDIR"}
    said = charplay(environment, tmp_path / "site", "--install-completion", shell)
    assert (said.returncode, len(said.stderr.splitlines())) == (2, 1)
    assert "user 12345 has no home folder here to install into; `charplay --show-completion`" in said.stderr
    assert charplay(environment, tmp_path / "site", "--show-completion", shell).returncode == 0


@pytest.mark.fault("59")
def test_the_variable_names_it_as_well(nobody: dict[str, str], tmp_path: Path) -> None:
    said = charplay(nobody | {"CHARPLAY_HOME": str(tmp_path / "home")}, tmp_path / "site", "runs")
    assert said.returncode == 0
