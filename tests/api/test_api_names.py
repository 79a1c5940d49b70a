"""What `import charplay` offers, and what it costs."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import charplay

PACKAGE = Path(charplay.__file__).parent
ROOMS = sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))
HEAVY = {"torch", "textual", "numpy", "pydantic", "safetensors", "typer", "rich"}


def loaded_by(code: str) -> set[str]:
    """The top-level modules loaded after `code` ran in a fresh process."""
    tail = "\nimport sys\nprint('LOADED', *{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", code + tail], capture_output=True, text=True, timeout=60, check=False, cwd=PACKAGE.parent
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.rpartition("LOADED ")[2].split())


def test_importing_charplay_loads_nothing_heavy() -> None:
    loaded = loaded_by("import charplay; charplay.train; charplay.load; charplay.list_runs")
    assert "charplay" in loaded
    assert not loaded & HEAVY


def test_a_network_is_loaded_and_writes_without_torch() -> None:
    loaded = loaded_by("import charplay; print(charplay.load('demo').sample('The ', 20))")
    assert "numpy" in loaded
    assert not loaded & {"torch", "textual", "typer"}


def test_no_public_name_is_changed_by_importing_every_room() -> None:
    for path in PACKAGE.rglob("*.py"):
        if path.name != "__main__.py":
            import_module(".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"))
    for name in charplay.__all__:
        assert name not in ROOMS
        found = getattr(charplay, name)
        assert found.__name__ == name
        assert found.__module__.startswith(("charplay.api.", "charplay.errors"))
    for room in ROOMS:
        assert getattr(charplay, room).__name__ == f"charplay.{room}"


def test_every_name_is_listed_and_described() -> None:
    assert set(charplay.__all__) <= set(dir(charplay))
    for name in charplay.__all__:
        assert getattr(charplay, name).__doc__, name


def test_a_misspelt_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'lode'"):
        charplay.lode  # type: ignore[attr-defined]  # noqa: B018
