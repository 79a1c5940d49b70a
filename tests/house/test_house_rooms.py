"""The rooms keep apart: what each one loads, and what every one of them leaves out."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "charplay"
ROOMS = sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in PACKAGE.rglob("*.py")
    if path.name != "__main__.py"  # importing it runs the program
)
HEAVY = {"torch", "textual"}
KNOWN_TO = {"training": {"torch"}, "tui": {"textual"}}


def loaded_by(code: str, *arguments: str) -> set[str]:
    """The top-level modules loaded after `code` ran in a fresh process."""
    tail = "\nimport sys\nsys.stderr.write('\\nLOADED ' + ' '.join({name.partition('.')[0] for name in sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", code + tail, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
        check=False,
    )
    assert "LOADED" in done.stderr, done.stderr
    return set(done.stderr.rpartition("LOADED ")[2].split())


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_loads_only_the_heavy_packages_it_may_know(room: str) -> None:
    modules = [name for name in MODULES if name.startswith(f"charplay.{room}")]
    assert modules
    loaded = loaded_by("import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)", *modules)
    assert f"charplay.{room}".partition(".")[0] in loaded
    assert loaded & HEAVY <= KNOWN_TO.get(room, set())


def test_the_check_above_can_fail() -> None:
    assert "textual" in loaded_by("import textual")


def test_help_and_version_load_neither_torch_nor_textual() -> None:
    for arguments in ("['--help']", "['train', '--help']", "['--version']"):
        loaded = loaded_by(f"from charplay.cli.main import run\nrun({arguments})")
        assert "charplay" in loaded
        assert not loaded & HEAVY


def test_the_first_paint_waits_for_nothing_that_reads_texts_or_recipes() -> None:
    rooms = [
        "charplay.cli.main",
        "charplay.cli.play",
        "charplay.playground.home",
        "charplay.cli.output_capture",
        "charplay.tui.app",
    ]
    loaded = loaded_by("import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)", *rooms)
    assert "textual" in loaded
    assert not loaded & LATER


PAINT = """
import os, re, sys
from textual.drivers.headless_driver import HeadlessDriver

class Paper(HeadlessDriver):
    is_headless = False  # else nothing would be painted
    painted = ""

    def write(self, data):
        Paper.painted += re.sub(r"\\x1b\\[[0-9;?]*[a-zA-Z]", "", data)
        if all(title in Paper.painted for title in ("Corpus", "Next run", "Runs", "q quit")):
            loaded = {name.partition(".")[0] for name in sys.modules}
            print("LOADED", *loaded, file=sys.__stderr__, flush=True)
            os._exit(0)

from charplay.playground.home import open_home
from charplay.cli.play import _run_app
from charplay.tui.app import CharplayApp

def run(app):
    app.driver_class = Paper
    super(CharplayApp, app).run(size=(120, 40))

CharplayApp.run = run
_run_app(open_home(sys.argv[1]), sys.argv[1], None)
"""
"""Runs the playground until its first panes are painted, and tells what is loaded by then."""

LATER = {"torch", "numpy", "pydantic", "typer", "safetensors", "pooch", "psutil"}
"""What no one waits for at the start."""


def test_the_first_paint_of_the_real_app_waits_for_none_of_it(tmp_path: Path) -> None:
    loaded = loaded_by(PAINT, str(tmp_path / "home"))
    assert {"charplay", "textual"} <= loaded
    assert not loaded & LATER


def test_what_is_loaded_before_the_first_paint_is_seen(tmp_path: Path) -> None:
    assert {"numpy"} == LATER & loaded_by(f"import numpy\n{PAINT}", str(tmp_path / "home"))


def test_the_trainers_door_opens_without_torch() -> None:
    assert "torch" not in loaded_by("import charplay.training.run_training")


def executed(module: ast.Module) -> Iterator[ast.AST]:
    """All that may run: what stands under TYPE_CHECKING tells type checkers alone."""
    for statement in module.body:
        if isinstance(statement, ast.If) and ast.unparse(statement.test) == "TYPE_CHECKING":
            yield from (node for other in statement.orelse for node in ast.walk(other))
        else:
            yield from ast.walk(statement)


def test_an_import_beside_type_checking_is_found() -> None:
    module = ast.parse("if TYPE_CHECKING:\n    import a\nelse:\n    import b\nimport c")
    assert [node.names[0].name for node in executed(module) if isinstance(node, ast.Import)] == ["b", "c"]


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("__init__.py")), ids=lambda path: path.parent.name)
def test_no_init_imports_anything_of_ours(path: Path) -> None:
    for node in executed(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            assert not any(alias.name.startswith("charplay") for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            assert not (node.module or "").startswith("charplay")


def test_the_import_contracts_hold() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        capture_output=True, text=True, timeout=100, cwd=ROOT, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


AGAINST = {
    "api.model": "tui.command",
    "playground.home": "api.model",
    "recipes.recipe": "tui.themes",
    "recipes.resolve": "runs.store",
    "playground.jobs": "cli.errors",
    "cli.train": "tui.app",
    "cli.play": "tui.themes",
    "cli.doctor": "tui.screens.main",
    "tui.widgets.slider": "tui.panes.text",
    "tui.dialogs.comparison": "tui.panes.sampling_controls",
    "tui.dialogs.score": "tui.dialogs.explorer",
    "tui.dialogs.choice": "tui.dialogs.reader",
    "tui.dialogs.explorer": "tui.dialogs.score_results",
    "tui.dialogs.network_summary": "tui.dialogs.side_by_side",
    "tui.dialogs.candidates": "tui.dialogs.branch_diff",
    "tui.controllers.chart": "tui.controllers.runs",
    "tui.controllers.base": "tui.controllers.writing",
    "tui.panes.corpus": "tui.panes.runs",
}
"""Modules, and what each may not import."""


def test_imports_against_a_contract_are_caught(tmp_path: Path) -> None:
    copied = tmp_path / "charplay"
    for path in PACKAGE.rglob("*.py"):
        target = copied / path.relative_to(PACKAGE)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(path.read_text())
    for importer, imported in AGAINST.items():
        with (copied / importer.replace(".", "/")).with_suffix(".py").open("a") as file:
            file.write(f"\nimport charplay.{imported}\n")
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        capture_output=True, text=True, timeout=100, cwd=tmp_path, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    said = " ".join(done.stdout.split())
    for importer, imported in AGAINST.items():
        assert f"charplay.{importer} -> charplay.{imported} (" in said, (importer, imported)


def test_no_contract_has_exceptions() -> None:
    assert "ignore_imports" not in (ROOT / "pyproject.toml").read_text()


def test_no_module_is_a_catch_all() -> None:
    assert not [name for name in MODULES if name.rpartition(".")[2] in {"utils", "util", "helpers", "misc", "common"}]


def listed(folder: str) -> set[str]:
    return {path.stem for path in (PACKAGE / folder).glob("*.py") if not path.name.startswith("_")}


def unpaired(torch_layers: set[str], numpy_steps: set[str]) -> set[str]:
    return torch_layers ^ numpy_steps


def test_each_cell_has_its_layer_and_its_step() -> None:
    cells = listed("training/cells")
    assert {"lstm", "gru"} <= cells
    assert not unpaired(cells, listed("sampling/cells"))


def test_a_cell_with_one_file_missing_is_caught() -> None:
    cells = listed("training/cells")
    assert unpaired(cells | {"half"}, listed("sampling/cells")) == {"half"}
    assert unpaired(cells, cells | {"half"}) == {"half"}
