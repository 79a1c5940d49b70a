"""How well networks foretell a text: bits a character, where it surprises most, and which of them does best."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from textual import events, on
from textual.app import ComposeResult
from textual.widgets import Input, Static

from charplay.corpora.corpus import from_text
from charplay.formatting.escapes import unescape
from charplay.formatting.loss_units import NATS, LossUnit, format_loss
from charplay.formatting.sanitize import sanitize_line
from charplay.playground.checkpoints import CheckpointEntry, open_model
from charplay.playground.scoring import Named, NotScored, Scored, ScoringJob, TextPart, held_out
from charplay.tui.command import Command, bindings
from charplay.tui.dialogs.choice import Choice
from charplay.tui.dialogs.dialog import Dialog
from charplay.tui.dialogs.multi_choice import MultiChoiceDialog
from charplay.tui.dialogs.score_results import ScoreResults
from charplay.tui.own_keys import name_own_keys
from charplay.tui.widgets.escaped_input import EscapedInput
from charplay.tui.widgets.row_list import RowList
from charplay.tui.widgets.surprisal_bars import SurprisalBars

if TYPE_CHECKING:
    from charplay.corpora.library import Corpus
    from charplay.sampling.generator import TextGenerator
    from charplay.sampling.model import CharModel
    from charplay.sampling.score import Score

LOOK_SECONDS = 0.05
"""Between two looks at what was read."""


class ScoreDialog(Dialog[None]):
    """Scores what was generated, the chosen corpus or any file, by the network that plays and by others."""

    commands = (
        Command("score.generated", "g", "generated", "Score the generated text", footer=True, action="generated"),
        Command(
            "score.corpus",
            "H",
            "corpus",
            "Score the held-out end of the corpus; again, all of it",
            footer=True,
            action="corpus",
        ),
        Command("score.file", "o", "a file", "Score any file", footer=True, action="file"),
        Command("score.typed", "e", "a text", "Score a text that is pasted or typed", footer=True, action="typed"),
        Command(
            "score.others",
            "c",
            "other networks",
            "Score it by other checkpoints, too: choose which",
            footer=True,
            action="others",
        ),
        Command("score.stop", "x", "stop", "Let what was read be enough", action="stop"),
        Command("score.passage", "enter", "open", "Open the passage in its text", action="passage"),
    )
    BINDINGS = bindings(commands)
    DEFAULT_CSS = """
    ScoreDialog {
        & #about { height: auto; min-height: 2; max-height: 4; }
        & SurprisalBars { margin-bottom: 1; }
        & ScoreResults { height: 1fr; }
    }
    """

    def __init__(
        self, generator: "TextGenerator", written: "Corpus | None", corpus: "Corpus | None",
        open_text: Callable[[str], "Corpus"], others: Callable[[], Sequence[CheckpointEntry]],
        view: Callable[["Corpus", tuple[int, int]], object], unit: LossUnit = NATS,
    ) -> None:  # fmt: skip
        """Prepare to score.

        `written`: the generated text; `open_text` opens a path (CorpusError); `others`: all checkpoints; `view` shows a
        passage, from where to where, in its text; `unit` is that of the loss.
        """
        super().__init__()
        self._generator = generator
        self._written = written
        self._corpus = corpus
        self._open_text = open_text
        self._others = others
        self._view = view
        self._unit = unit
        self._fault = ""
        """What could not be read."""
        self._scoring: ScoringJob | None = None
        self._percent = -1
        """How far it was when that was said last."""
        self._part: TextPart | None = None
        self._scores: dict[str, Score] = {}
        self._said = Static("", id="about", markup=False)
        self._along = SurprisalBars()
        self._findings = ScoreResults()
        self._field = Input(placeholder="path of a text file", compact=True)
        self._field.cursor_blink = False
        self._field.display = False
        self._text_field = EscapedInput(placeholder="a text, typed or pasted", compact=True)
        self._text_field.cursor_blink = False
        self._text_field.display = False

    def compose(self) -> ComposeResult:
        """What was found in a sentence, along the text, and passage by passage."""
        with self.box(f"Score   {self._generator.source}", self.own_keys(), wide=True):
            yield self._said
            yield self._along
            yield self._findings
            yield self._field
            yield self._text_field

    @on(ScoreResults.Chosen)
    def _chosen(self) -> None:
        self.action_passage()

    def on_mount(self) -> None:
        """Begin with what was generated, else with the corpus."""
        self._findings.focus()
        self.set_interval(LOOK_SECONDS, self._look)
        if self._written is not None:
            self.action_generated()
        else:
            self.action_corpus()

    @on(events.Unmount)
    def _leave(self) -> None:
        if self._scoring is not None:
            self._scoring.cancel()

    # Which text.

    def action_generated(self) -> None:
        """What the network wrote."""
        written = self._written
        if written is None:
            self._say("Nothing was generated yet.")
        else:
            self._begin(lambda: TextPart(written, 0, len(written)))

    def action_corpus(self) -> None:
        """The end that training holds out; where that is shown, all of it."""
        corpus, part = self._corpus, self._part
        if corpus is None:
            self._say("No corpus was read; 1 chooses one.")
        elif part is not None and part.corpus is corpus and part.note:
            self._begin(lambda: TextPart(corpus, 0, len(corpus)))
        else:
            recipe = self._generator.model.recipe
            self._begin(lambda: held_out(corpus, recipe.validation_fraction, recipe.test_fraction))

    def action_file(self) -> None:
        """Ask for its path."""
        self._ask(self._field)

    def action_typed(self) -> None:
        """Ask for the text itself."""
        self._ask(self._text_field)

    def _ask(self, field: Input) -> None:
        for each in (self._field, self._text_field):
            each.display = each is field
        self.set_focus(field)

    @on(Input.Submitted)
    def _open_file(self, event: Input.Submitted) -> None:
        event.stop()
        self._close_field()
        path, text = event.value.strip(), unescape(event.value)
        if event.input is self._text_field and text:
            self._begin(lambda: _whole(from_text("pasted text", text)))
        elif event.input is self._text_field:
            self._say("No text was typed; what stands here stays.")
        elif path:
            self._begin(lambda: _whole(self._open_text(path)))
        else:
            self._say("No path was typed; what stands here stays.")

    def _close_field(self) -> None:
        self._field.display = self._text_field.display = False
        self.set_focus(self._findings)

    def action_close(self) -> None:
        """Leave the field, else the screen."""
        if self._field.display or self._text_field.display:
            self._close_field()
        else:
            super().action_close()

    # Reading.

    def _begin(self, open_part: Callable[[], TextPart]) -> None:
        self._part, self._scores = None, {}
        self._show()
        self._say("The text is opened.")
        self._read(open_part, [Named(self._generator.source, lambda: self._generator.model)])

    def _read(self, open_part: Callable[[], TextPart], models: Sequence[Named]) -> None:
        if self._scoring is not None:
            self._scoring.cancel()
        self._scoring, self._fault, self._percent = ScoringJob(open_part, models).start(), "", -1

    def action_stop(self) -> None:
        """What was read is enough."""
        if self._scoring is None:
            self._say("Nothing is being read.")
        else:
            self._scoring.stop()

    def action_others(self) -> None:
        """Ask which checkpoints."""
        part = self._part
        if part is None or self._scoring is not None:
            self._say("The text is still being read; <score.stop> stops that.")
            return
        found = [each for each in self._others() if each.title not in self._scores]
        if not found:
            self._say("There are no other networks on the shelf.")
            return

        def read(picked: Sequence[str] | None) -> None:
            models = [Named(found[int(at)].title, partial(_open, found[int(at)])) for at in picked or ()]
            if models:
                self._read(lambda: part, models)

        choices = [Choice(str(number), each.title, each.note) for number, each in enumerate(found)]
        self.app.push_screen(
            MultiChoiceDialog("Score", "By which checkpoints?", choices, least=1, most=len(choices)), read
        )

    def _look(self) -> None:
        """Take in what the job has found, and how far it is."""
        scoring = self._scoring
        if scoring is None:
            return
        ended = scoring.done  # what it found comes before its end
        for found in scoring.take():
            match found:
                case Scored():
                    self._part, self._scores[found.name] = found.part, found.score
                    self._show()
                case NotScored():
                    self._fault = found.sentence
                    self._say(self._fault)
        if ended:
            self._scoring = None
            self._say(self._fault or str(scoring.fault or ""))
        elif scoring.percent != self._percent:
            self._percent = scoring.percent
            self._say(f"{scoring.reading} reads: {scoring.percent} %   <score.stop> stops")

    # What is shown.

    def _say(self, sentence: str) -> None:
        """Under what was found, in place of its details."""
        found, details = self._summary()
        told = name_own_keys(sentence, self, self.commands) or details
        self._said.update("\n".join(sanitize_line(line) for line in (found, told) if line))

    def _summary(self) -> tuple[str, str]:
        part, found = self._part, self._scores.get(self._generator.source)
        if part is None or found is None:
            return "", ""
        what = ", ".join(filter(None, (part.corpus.title, part.note)))
        if not len(found.surprises):
            return what, "Nothing was foretold; that takes at least 2 characters that the network knows."
        unit = self._unit.on(found.bytes_per_character)
        third = next(other for other in reversed(unit.others) if other != unit.beside)
        measured = f"{what}   {format_loss(found.nats, unit)} a character"
        skipped = f"   {found.skipped:,} unknown ones skipped" if found.skipped else ""
        cleaned = f"   {found.note}" if found.note else ""
        return measured, f"{third.write(found.nats)}   {found.characters:,} characters{skipped}{cleaned}"

    def _show(self) -> None:
        part, found = self._part, self._scores.get(self._generator.source)
        if part is not None and found is not None:
            self._along.show(found.along(part.stop - part.start))
            self._findings.show(part, found, self._scores, self._generator.source)
        else:
            self._along.show(np.empty(0))
            self._findings.clear()
        self._say("")

    @on(RowList.Moved)
    def _point(self) -> None:
        passage = self._findings.passage
        if passage is not None:
            self._along.mark(passage.start, passage.stop)

    def action_passage(self) -> None:
        """The passage under the cursor, in its text."""
        part, passage = self._part, self._findings.passage
        if part is not None and passage is not None:
            self._view(part.corpus, (part.start + passage.start, part.start + passage.stop))
        else:
            self._say("There is no passage to open yet.")


def _open(shelved: CheckpointEntry) -> "CharModel":
    return open_model(Path(shelved.path), shelved.run).model


def _whole(corpus: "Corpus") -> TextPart:
    return TextPart(corpus, 0, len(corpus))
