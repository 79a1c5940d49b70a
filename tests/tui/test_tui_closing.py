"""The program may be left at any moment: also while a dialog is on its way up."""

import asyncio

import pytest

from charplay.corpora.corpus import from_text
from charplay.recipes.fields import Recipe
from charplay.runs.shelf import Shelf
from charplay.sampling.branches import BranchTree
from charplay.sampling.generator import TextGenerator
from charplay.sampling.params import SamplingParams
from charplay.tui.checkpoints import open_model
from charplay.tui.live import Live
from charplay.tui.screens.asking import Asking
from charplay.tui.screens.branches import Branches
from charplay.tui.screens.candidates import Candidates
from charplay.tui.screens.columns import ColumnsScreen
from charplay.tui.screens.comparing import Comparing
from charplay.tui.screens.inside import Inside
from charplay.tui.screens.lines import Lines
from charplay.tui.screens.live_values import LiveValues
from charplay.tui.screens.opening import Opening
from charplay.tui.screens.picking import Picking
from charplay.tui.screens.preview import Preview
from charplay.tui.screens.question import Choice, Question
from charplay.tui.screens.score import ScoreScreen

CHOICES = [Choice("a", "one", key="1"), Choice("b", "two", key="2")]


@pytest.fixture
def dialogs(kept_run, home):
    """Every screen that lies over the main one, each made anew by a call."""
    run = kept_run()
    opened = open_model(run.latest, run.name)
    generator = TextGenerator(opened.model, source=opened.source)
    generator.advance(10.0, 40)
    tree = BranchTree(generator)
    first = tree.current
    tree.fork(20, "x")
    corpus = from_text("fox", "the quick brown fox\n" * 30)
    live = Live(state="training", recipe=Recipe().model_dump())
    return {
        "question": lambda: Question("A title", "A sentence.", CHOICES, "b"),
        "picking": lambda: Picking("A title", "A sentence.", CHOICES, least=1, most=2),
        "candidates": lambda: Candidates(generator.inspect(5, 8)),
        "opening": Opening,
        "asking": lambda: Asking("A title", "A sentence.", "a value", lambda _: "that will not do"),
        "lines": lambda: Lines("A title", [[("a line", "plain")]]),
        "inside": lambda: Inside(run.resolved, corpus, lambda *_: 61.0),
        "comparing": lambda: Comparing(first, tree.current, tree.compare(first, tree.current)),
        "preview": lambda: Preview(corpus, generator, (30, 40)),
        "score": lambda: ScoreScreen(generator, corpus, None, lambda _: corpus, list),
        "branches": lambda: Branches(tree, str),
        "columns": lambda: ColumnsScreen(opened, "", SamplingParams(), 30.0, Shelf(home)),
        "live values": lambda: LiveValues(lambda: live, lambda *_: None, lambda: None),
    }  # fmt: skip


async def left(app, turns, then):
    """Run the app, do something, and leave it so many turns of the event loop later."""

    async def leave(_):
        then()
        for _ in range(turns):
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
async def test_a_dialog_that_is_on_its_way_up_does_not_spoil_the_exit(make_app, dialogs, name):
    for turns in range(2):
        app = make_app()
        await left(app, turns, lambda app=app: app.push_screen(dialogs[name]()))


async def test_the_program_is_left_while_its_panes_are_put_up(make_app):
    for turns in range(0, 48, 3):
        await left(make_app(), turns, lambda: None)
