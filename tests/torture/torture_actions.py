"""Anything that can be pressed, pasted, clicked, resized and told, in any order: the screen lives and stays sound."""

import asyncio
import contextvars
import itertools
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from textual import events
from textual.geometry import Size
from textual.keys import _character_to_key
from torture_escapes import PAYLOADS, leaks
from torturing import Attempt, Outcome, Torture

sys.path.insert(0, str(Path(__file__).parents[1]))
from scripted_trainer import VERSE, ScriptedTrainer

from charplay.corpora.library import Library
from charplay.protocol.events import Event, Failed, Finished, Paused, Sampled, Saved, Warned
from charplay.runs.home import Home
from charplay.runs.store import RunStore
from charplay.tui.app import CharplayApp

KEYS = [*"tpsxzufbnmkvoagcwerdilyh12345?q.-+[] /", "up", "down", "left", "right", "home", "end", "pageup", "pagedown",
        "enter", "escape", "tab", "shift+tab", "backspace", "delete", "space", "ctrl+p", "ctrl+c", "ctrl+u", "f5",
        "shift+right"]  # fmt: skip
SIZES = [(1, 1), (5, 3), (20, 5), (59, 20), (60, 19), (80, 24), (99, 24), (100, 24), (120, 40), (300, 100)]
SETTLED = 2.0
"""Seconds within which the screen has done what was asked; others may use the machine, so of its own time."""


class Actions(RuleBasedStateMachine):
    """One app, its scripted trainer, and every action on them."""

    tried: ClassVar[int] = 0
    broken: ClassVar[bool] = False
    """The sabotage: a trainer's failure is no panel but an exception in the screen."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        home = Home(Path(self._folder.name) / "home")
        home.prepare()
        (home.corpora / "fox.txt").write_text(VERSE * 70)
        self._trainer = ScriptedTrainer(home)
        self._app = CharplayApp(home, lambda: Library(home.corpora, home.cache), lambda: RunStore(home), self._trainer,
                                list, lambda *_: 61.0, "fox")  # fmt: skip
        self._runner, self._context = asyncio.Runner(), contextvars.copy_context()
        self._step, self._left = 100, False
        self._opened = self._app.run_test(size=(120, 40))
        self._pilot = self._do(self._opened.__aenter__())
        self._do(self._ready())

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self._runner.run(work, context=self._context)

    async def _ready(self) -> None:
        main = self._app._main
        for _ in range(2000):
            if main.furnished and main.form.draft and main.playground.corpora.corpus:
                break
            await asyncio.sleep(0.01)
        main.playground.instrument.playing = False

    def _act(self, work: Coroutine[Any, Any, Any]) -> None:
        if self._app._exit:
            work.close()
            self._left = True
            return
        type(self).tried += 1
        began = time.process_time()
        self._do(self._settle(work))
        assert time.process_time() - began < SETTLED, "the screen did not settle"

    async def _settle(self, work: Coroutine[Any, Any, Any]) -> None:
        await asyncio.wait_for(work, 30)
        await asyncio.sleep(0.01)

    @rule(keys=st.lists(st.sampled_from(KEYS), min_size=1, max_size=20))
    def press(self, keys: list[str]) -> None:
        """Keys, faster than they are taken."""
        self._act(self._keys(keys))

    async def _keys(self, keys: list[str]) -> None:
        for key in keys:
            character = " " if key == "space" else key if len(key) == 1 else None
            self._app.post_message(events.Key(_character_to_key(key) if len(key) == 1 else key, character))
            await asyncio.sleep(0)

    @rule(payload=st.sampled_from(PAYLOADS) | st.text(max_size=30))
    def paste(self, payload: str) -> None:
        """Anything from the clipboard."""
        self._act(self._post(events.Paste(payload)))

    async def _post(self, event: events.Event) -> None:
        self._app.post_message(event)

    @rule(size=st.sampled_from(SIZES))
    def resize(self, size: tuple[int, int]) -> None:
        """Any size of the window."""
        self._act(self._pilot.resize_terminal(*size))

    @rule(x=st.integers(0, 119), y=st.integers(0, 39), times=st.integers(1, 3))
    def click(self, x: int, y: int, times: int) -> None:
        """The mouse, anywhere."""
        width, height = self._app.size
        if x < width and y < height:
            self._act(self._pilot.click(offset=(x, y), times=times))

    @rule()
    def storm(self) -> None:
        """Start, stop, start within a frame."""
        self._act(self._keys(["escape", "escape", "t", "x", "t", "s", "x", "t"]))

    @rule(kind=st.sampled_from(["started", "progress", "evaluated", "bad", "failed", "raised", "finished", "sampled"]))
    def tell(self, kind: str) -> None:
        """The trainer tells something, also what fits nothing."""
        if self._trainer.requests:
            self._step += 50
            self._act(self._told(kind))

    async def _told(self, kind: str) -> None:
        trainer, step = self._trainer, self._step
        if kind == "started":
            trainer.put(trainer.started(), trainer.progress(step))
        elif trainer.run is None:
            return
        elif kind == "raised":
            trainer.put(ZeroDivisionError("by \x1b]0;nought\x07 [red]"))
        else:
            run = trainer.run.name
            told: dict[str, Callable[[], list[Event]]] = {
                "progress": lambda: [trainer.progress(step)],
                "evaluated": lambda: [trainer.evaluated(step, 1.5)],
                "bad": lambda: [Warned(step=step, message="not finite \x9b2J"), Paused(step=step, reason="bad")],
                "failed": lambda: [Saved(step=step, path="x", best=True), Failed(message="\x1bc", saved_step=step)],
                "sampled": lambda: [Sampled(step=step, epoch=1.0, temperature=1.0, prompt="\x1b", text="\u202e[/")],
                "finished": lambda: [Finished(step=step, run=run, checkpoint="x", train_loss=1.2,
                                              val_loss=None, val_loss_cold=None, steps=step)],
            }  # fmt: skip
            trainer.put(*told[kind]())
        await asyncio.sleep(0.02)

    @invariant()
    def one_run(self) -> None:
        """Two never train at once."""
        assert self._trainer.most_at_work <= 1

    @invariant()
    def alive(self) -> None:
        """No exception has ended the screen, unless it was left."""
        assert self._app._exception is None, repr(self._app._exception)
        assert self._app.return_code in {None, 0}
        if type(self).broken:
            assert len(self._trainer.requests) < 1, "the sabotage: no run may ever start"

    @invariant()
    def plain(self) -> None:
        """What is on the screen is glyphs."""
        if self._app._exit or not self._app.is_running:
            return
        width, height = self._app.size
        strips = self._context.run(self._app.screen._compositor.render_strips, Size(width, height))
        text = "\n".join("".join(segment.text for segment in strip) for strip in strips)
        assert not leaks(text.encode("utf-8", "surrogateescape")), leaks(text.encode())[:1]

    def teardown(self) -> None:
        """Leave; what is left over of a run ends, too."""

        async def leave() -> None:
            await self._app._leave(0, "asked", 2.0)
            await self._opened.__aexit__(None, None, None)

        try:
            self._do(leave())
        finally:
            self._runner.close()
            self._folder.cleanup()


def machine(chance: random.Random, examples: int) -> None:
    """Some sequences of actions; AssertionError, shrunk, where one breaks something."""
    limits = settings(max_examples=examples, stateful_step_count=40, deadline=None, database=None,
                      phases=[Phase.generate],  # the clock has a say in what comes, so nothing can be shrunk
                      suppress_health_check=list(HealthCheck))  # fmt: skip
    run_state_machine_as_test(seeded(chance.randrange(2**32))(Actions), settings=limits)


class Sequences:
    """Every try is an app that goes through 40 steps."""

    def __init__(self, *, sabotaged: bool) -> None:
        Actions.broken = sabotaged
        self._numbers = itertools.count()

    def attempt(self, chance: random.Random) -> Outcome:
        """A few sequences; descriptors and threads are given back."""
        Actions.tried, outcome = 0, Outcome()
        before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208  (no file of ours)
        try:
            machine(chance, 1)
        except Exception as error:  # noqa: BLE001  (this is what is looked for)
            notes = " | ".join(line for note in getattr(error, "__notes__", ()) for line in note.splitlines())
            inner = getattr(error, "exceptions", [error])
            outcome.faults.append(
                f"{'; '.join(f'{type(one).__name__}: {str(one)[:300]}' for one in inner)} {notes[-600:]}"
            )
        outcome.tried = Actions.tried
        left = len(os.listdir("/proc/self/fd")) - before  # noqa: PTH208
        if left > 8 and next(self._numbers):
            outcome.faults.append(f"{left} descriptors were left open")
        return outcome


@contextmanager
def begin(_folder: Path, sabotaged: bool) -> Iterator[Attempt]:
    """Nothing is prepared: every sequence has a home of its own."""
    yield Sequences(sabotaged=sabotaged).attempt
    Actions.broken = False


ACTIONS = Torture(
    "random actions on the screen", begin, "actions", "a law that forbids what the actions do: starting a run",
    share=3.0, control_tries=5,
)  # fmt: skip
