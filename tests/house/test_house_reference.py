"""Pages that are made from declarations say what is declared, and the manual page reads as one."""

import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from charplay.cli.main import VERBS
from charplay.recipes.recipe import Recipe

DOCS = Path(__file__).parents[2] / "docs"
sys.path.append(str(DOCS))

import hyperparameters  # noqa: E402
import key_tables  # noqa: E402
import man_page  # noqa: E402
from reference import PAGES  # noqa: E402


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_what_its_declarations_make(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name](), f"{name} is out of date: `make reference`"


def test_every_hyperparameter_has_an_effect_and_nothing_else_has() -> None:
    assert hyperparameters.EFFECTS.keys() == Recipe.model_fields.keys()


def test_the_manual_page_has_every_verb_and_its_options() -> None:
    page = man_page.page().replace("\\-", "-")
    assert not [verb for verb in VERBS if f".SS charplay {verb}\n" not in page]
    assert ".SS charplay runs export\n" in page
    assert ".B --temperature" in page


@pytest.mark.skipif(not shutil.which("groff"), reason="no groff")
def test_groff_has_nothing_to_complain_of() -> None:
    command = ["groff", "-man", "-Tutf8", "-ww", "-z", str(DOCS / "charplay.1")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_changelog_has_the_table_of_the_keys_that_moved() -> None:
    told = (DOCS.parent / "CHANGELOG.md").read_text(encoding="utf-8")
    assert textwrap.indent(key_tables.moved_table(), "  ") in told
