"""The text pane alone in an app, synced with what its instrument does as the main screen does it."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from scripted_models import SONG, scholar
from textual.app import App, ComposeResult
from textual.widget import Widget

from charplay.corpora.corpus import from_text
from charplay.playground.happenings import Said
from charplay.playground.instrument import TICKS, Instrument
from charplay.playground.jobs import BackgroundJob
from charplay.playground.memorization import Memorization
from charplay.playground.saved_texts import ModelOrigin
from charplay.playground.training_text import TrainingText
from charplay.sampling.params import SamplingParams
from charplay.sampling.substring_index import SubstringIndex
from charplay.sampling.transcript import Transcript
from charplay.tui.panes.text import TextPane
from charplay.tui.presentation.tinting import LEFT_OUT, PROMPT, tint_number
from charplay.tui.themes import DARK
from charplay.tui.widgets.wrapping import shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from charplay.corpora.progress import Watch
    from charplay.playground.happenings import TextChanged

LEARNED = TrainingText(from_text("the song", SONG), SubstringIndex(SONG), SONG)


class Stage(App[None]):
    """A text pane and what plays in it. There are no commands: a test plays the instrument itself."""

    def __init__(self, texts: Path) -> None:
        super().__init__()
        self.register_theme(DARK)
        self.theme = DARK.name
        self.now = 0.0
        self.instrument = Instrument(texts, SamplingParams())
        self.learn: Callable[[Watch], TrainingText] = lambda _: LEARNED
        """Reads the training text."""
        self.readings: list[BackgroundJob[TrainingText]] = []
        """Jobs that were asked to read it; the newest runs when a test says so."""
        self.memorization = Memorization(self.instrument, self._read)  # type: ignore[arg-type]
        self.pane = TextPane(self.instrument, self.memorization, {"analysis.source": "O"}.__getitem__)
        self.said: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.pane

    async def on_mount(self) -> None:
        await self.pane.unfold()
        self.sync()

    # What the main screen does.

    def sync(self) -> None:
        """Show what happened, as a tick does."""
        changes: list[TextChanged] = []
        said = [*self.said]
        for each in [*self.instrument.drain(), *self.memorization.advance()]:
            if isinstance(each, Said):
                self.said.append(each.sentence)
            else:
                changes.append(each)
        self.pane.sync(changes)
        if said != self.said:
            self.pane.refresh_state()

    def show(self) -> None:
        """Show everything, as after a command."""
        self.sync()
        self.pane.refresh_state()

    def on_text_pane_touched(self) -> None:
        self.show()

    # What a test does.

    def play(self, model: object, source: str = "demo, step 5", *, live: bool = False, run: str = "demo") -> None:
        self.instrument.play(model, source, live=live, origin=ModelOrigin(run, f"/{run}"))  # type: ignore[arg-type]
        self.show()

    def begin(self, prompt: str = "", **params: object) -> None:
        """Begin anew, with this prompt and these parameters."""
        self.instrument.set_params(**params)
        self.instrument.restart(prompt=prompt)
        self.show()

    def write(self, number: int) -> None:
        self.instrument.write(number)
        self.sync()

    def pass_time(self, seconds: float) -> None:
        for _ in range(round(seconds * TICKS)):
            self.now += 1 / TICKS
            self.instrument.advance(self.now)
            self.sync()

    def search(self) -> None:
        """Look for copies in the song, until all that is written was looked through."""
        self.memorization.toggle()
        self.readings[-1].run()
        self.look()

    def _read(self, *_: object) -> BackgroundJob[TrainingText]:
        self.readings.append(BackgroundJob(self.learn))
        return self.readings[-1]

    def look(self) -> None:
        for _ in range(len(self.text) // 16 + 2):
            self.show()

    # What is seen.

    @property
    def transcript(self) -> Transcript:
        assert self.instrument.transcript is not None
        return self.instrument.transcript

    @property
    def text(self) -> str:
        return self.transcript.text()

    def read(self, widget: Widget) -> str:
        return str(widget.render())

    def rows(self) -> str:
        """The sheet's rows in sight."""
        sheet = self.pane.sheet
        rows = [sheet.render_line(y).text for y in range(sheet.size.height)]
        return "\n".join(row.rstrip() for row in rows).rstrip()

    def top(self) -> str:
        """The pane's upper border."""
        return self.pane.render_lines(self.pane.outer_size.region)[0].text

    def cells(self) -> list[tuple[str, int]]:
        """All characters of the present text on the sheet with the numbers of their tints, as they are drawn."""
        sheet, first = self.pane.sheet, self.pane.view._first
        for number in range(sheet.text.lines):
            sheet._strip(number)
        return list(zip(sheet.text.wrapped.glyphs, sheet.text.numbers, strict=True))[first - sheet.gone :]

    def expected(self) -> list[tuple[str, int]]:
        """What the sheet is to show of the present text, tinted by temperature."""
        prompt, unknown = self.transcript.prompt_info
        written = [self.transcript[at] for at in range(len(self.transcript))]
        found = [
            (shown(each.character), tint_number("temperature", each.temperature) if each.kind == "drawn" else PROMPT)
            for each in written
        ]
        for at, character in enumerate(prompt):
            if character in unknown:
                found.insert(at, (shown(character), LEFT_OUT))
        return found


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """A scholar plays, as fast as it is asked to."""
    made = Stage(tmp_path / "texts")
    made.instrument.play(scholar(), "demo, step 5", origin=ModelOrigin("demo", "/demo"))
    return made


@pytest.fixture
def empty_stage(tmp_path: Path) -> Stage:
    """Nothing plays yet."""
    return Stage(tmp_path / "texts")
