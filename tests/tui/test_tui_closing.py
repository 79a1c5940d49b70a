"""The program may be left at any moment: also while a dialog is on its way up."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from charplay.corpora.corpus import from_text
from charplay.playground.checkpoints import open_model
from charplay.playground.comparison import Comparison
from charplay.playground.exploring.explorer import Explorer
from charplay.playground.live_edits import LiveEdits
from charplay.playground.local_trainer import LocalTrainer
from charplay.playground.run_controller import RunController
from charplay.playground.run_state import RunState
from charplay.recipes.recipe import Recipe
from charplay.runs.home import Home
from charplay.runs.run import Run
from charplay.sampling.branches import BranchTree
from charplay.sampling.generator import TextGenerator
from charplay.sampling.params import SamplingParams
from charplay.tui.app import CharplayApp
from charplay.tui.dialogs.branch_diff import BranchDiffDialog
from charplay.tui.dialogs.branches import BranchesDialog
from charplay.tui.dialogs.candidates import CandidatesDialog
from charplay.tui.dialogs.choice import Choice, ChoiceDialog
from charplay.tui.dialogs.comparison import ComparisonScreen
from charplay.tui.dialogs.explorer import ExplorerScreen
from charplay.tui.dialogs.file_picker import FilePicker
from charplay.tui.dialogs.live_hyperparameters import LiveHyperparametersDialog
from charplay.tui.dialogs.multi_choice import MultiChoiceDialog
from charplay.tui.dialogs.network_summary import NetworkDialog
from charplay.tui.dialogs.reader import ReaderDialog
from charplay.tui.dialogs.score import ScoreDialog
from charplay.tui.dialogs.text_input import TextInputDialog

CHOICES = [Choice("a", "one", key="1"), Choice("b", "two", key="2")]


@pytest.fixture
def dialogs(kept_run: Callable[..., Run], home: Home) -> dict[str, Any]:
    """Every screen that lies over the main one, each made anew by a call."""
    run = kept_run()
    assert run.latest
    opened = open_model(run.latest, run.name)
    generator = TextGenerator(opened.model, source=opened.source)
    generator.advance(10.0, 40)
    tree = BranchTree(generator)
    first = tree.current
    tree.fork(20, "x")
    corpus = from_text("fox", "the quick brown fox\n" * 30)
    runs = RunController(LocalTrainer(lambda *_: iter(())))
    runs.state = RunState(status="training", recipe=Recipe().model_dump())
    return {
        "question": lambda: ChoiceDialog("A title", "A sentence.", CHOICES, "b"),
        "picking": lambda: MultiChoiceDialog("A title", "A sentence.", CHOICES, least=1, most=2),
        "candidates": lambda: CandidatesDialog(generator.inspect(5, 8)),
        "opening": FilePicker,
        "asking": lambda: TextInputDialog("A title", "A sentence.", "a value", lambda _: "that will not do"),
        "lines": lambda: ReaderDialog("A title", [[("a line", "plain")]]),
        "inside": lambda: NetworkDialog(run.resolved, corpus, lambda *_: 61.0),
        "comparing": lambda: BranchDiffDialog(first, tree.current, tree.compare(first, tree.current)),
        "preview": lambda: ExplorerScreen(Explorer(corpus)),
        "score": lambda: ScoreDialog(generator, corpus, None, lambda _: corpus, list, lambda *_: None),
        "branches": lambda: BranchesDialog(tree, str),
        "columns": lambda: ComparisonScreen(
            lambda room: Comparison(opened, "", SamplingParams(), speed=30.0, room=room), list, time.monotonic,
            Path("texts"),
        ),
        "live values": lambda: LiveHyperparametersDialog(LiveEdits(runs)),
    }  # fmt: skip


async def left(app: CharplayApp, turns: int, then: Callable[..., Any]) -> None:
    """Run the app, do something, and leave it so many turns of the event loop later."""

    async def leave(_: Pilot[Any]) -> None:
        then()
        for _turn in range(turns):
            await asyncio.sleep(0)
        app.exit()

    await app.run_async(headless=True, size=(80, 24), auto_pilot=leave)
    if app._exception:
        raise app._exception


@pytest.mark.parametrize(
    "name",
    ["question", "picking", "candidates", "opening", "asking", "lines", "inside", "comparing", "preview", "score",
     "branches", "columns", "live values"],
)  # fmt: skip
async def test_a_dialog_that_is_on_its_way_up_does_not_spoil_the_exit(
    make_app: Callable[..., CharplayApp], dialogs: dict[str, Any], name: str
) -> None:
    for turns in range(2):
        app = make_app()
        await left(app, turns, lambda app=app: app.push_screen(dialogs[name]()))


async def test_the_program_is_left_while_its_panes_are_put_up(make_app: Callable[..., CharplayApp]) -> None:
    for turns in range(0, 48, 3):
        await left(make_app(), turns, lambda: None)
