"""What is shipped: the wheel holds the package's tracked files, all of them and nothing else."""

import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.xdist_group("wheel")  # built once


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names in a freshly built wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if not name.endswith("/")}


def tracked() -> Any:
    """The package's files under version control, new ones that are not ignored included."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "charplay"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    if done.returncode:
        pytest.skip("not a checkout")
    return {name for name in done.stdout.splitlines() if (ROOT / name).exists()}


def test_the_wheel_is_the_package_as_tracked(shipped: set[str]) -> None:
    assert {name for name in shipped if ".dist-info/" not in name and ".data/" not in name} == tracked()


@pytest.mark.parametrize(
    "name",
    [
        "charplay/py.typed",
        "charplay/corpora/library.py",
        "charplay/corpora/catalog.toml",
        "charplay/recipes/presets/quick.toml",
        "charplay/runs/demo/demo.safetensors",
    ],
)
def test_what_a_bare_home_needs_is_in_the_wheel(shipped: set[str], name: str) -> None:
    assert name in shipped


def test_nothing_compiled_or_personal_is_in_the_wheel(shipped: set[str]) -> None:
    assert not [name for name in shipped if name.endswith((".pyc", ".so")) or "__pycache__" in name]
    assert not [name for name in shipped if name.startswith(("corpora/", "checkpoints/", "tests/"))]


def test_the_wheel_brings_the_manual_page_where_installers_look_and_nothing_else_of_that_kind(
    shipped: set[str],
) -> None:
    assert [name.partition(".data/")[2] for name in shipped if ".data/" in name] == ["data/share/man/man1/charplay.1"]


def test_the_wheel_has_the_command_and_the_licence(shipped: set[str]) -> None:
    assert any(name.endswith(".dist-info/entry_points.txt") for name in shipped)
    assert any(name.endswith("LICENSE") for name in shipped)
