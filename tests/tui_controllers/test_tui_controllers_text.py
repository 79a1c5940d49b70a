"""The commands of the text pane, carried out on a real playground without an app."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from scripted_models import reciter, scholar
from sitting import FOX, Sitting, fox_home, keep_run
from textual.binding import Binding

from charplay.playground.comparison import Column
from charplay.playground.jobs import BackgroundJob
from charplay.playground.kept_texts import KeptTexts
from charplay.playground.recordings import ENDING, kept_rides, read_ride
from charplay.runs.home import Home
from charplay.tui.app_commands import APP_COMMANDS, SCREEN_COMMANDS
from charplay.tui.command import Bindings, bindings
from charplay.tui.controllers.analysis import AnalysisController
from charplay.tui.controllers.base import CommandTable, Controller, Ui
from charplay.tui.controllers.branches import BranchController
from charplay.tui.controllers.playback import PlaybackController
from charplay.tui.controllers.prompts import PromptController
from charplay.tui.controllers.writing import MAX_COPIED, WritingController
from charplay.tui.dialogs.branches import BranchesDialog
from charplay.tui.dialogs.candidates import CandidatesDialog
from charplay.tui.dialogs.choice import ChoiceDialog
from charplay.tui.dialogs.comparison import ComparisonScreen
from charplay.tui.dialogs.explorer import ExplorerScreen
from charplay.tui.dialogs.score import ScoreDialog
from charplay.tui.dialogs.text_input import TextInputDialog
from charplay.tui.presentation.tinting import explained, tints
from charplay.tui.widgets.cursor_text import CursorText
from charplay.tui.widgets.slider import Slider

if TYPE_CHECKING:
    from tui_controllers.conftest import RecordingUi

CONTROLLERS: tuple[type[Controller], ...] = (
    WritingController, BranchController, PlaybackController, PromptController, AnalysisController,
)  # fmt: skip
COMMANDS = [command.id for each in CONTROLLERS for command in each.commands]


@pytest.fixture(autouse=True)
def _jobs_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A job has ended when it has begun."""

    def start(job: BackgroundJob[object]) -> BackgroundJob[object]:
        job.run()
        return job

    monkeypatch.setattr(BackgroundJob, "start", start)


class Desk:
    """A sitting, the commands, and what they asked of the screen."""

    def __init__(self, sitting: Sitting, ui: "RecordingUi") -> None:
        self.sitting, self.ui = sitting, ui
        self.playground, self.instrument = sitting.playground, sitting.playground.instrument
        self.commands = CommandTable([each(self.playground, ui) for each in CONTROLLERS], ui)

    def run(self, name: str) -> None:
        """Carry a command out, as its key does."""
        self.commands.run(name)

    @property
    def text(self) -> str:
        return self.sitting.text

    def notes(self) -> list[str]:
        """What was noted since the last call, by controllers and by the playground."""
        noted, self.ui.noted = [sentence for sentence, _ in self.ui.noted], []
        return noted + self.sitting.listen()

    def tree(self) -> Any:
        assert self.instrument.branches is not None
        return self.instrument.branches


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return fox_home(tmp_path / "home")


@pytest.fixture
def empty(home: Home, ui: "RecordingUi") -> Desk:
    """Nothing writes yet."""
    return Desk(Sitting(home).begin_writing(), ui)


@pytest.fixture
def desk(home: Home, ui: "RecordingUi") -> Desk:
    """A small checkpoint of the fox writes; the fox is chosen."""
    sitting = Sitting(home).begin_writing()
    sitting.play(keep_run(home))
    sitting.open()
    return Desk(sitting, ui)


# All of them.

NOTHING = "Nothing writes yet."
LOOKED = "Nothing was looked for: o looks for copies first."


def test_a_recording_ui_is_all_that_a_controller_may_ask_of_a_screen(ui: "RecordingUi") -> None:
    whole: Ui = ui
    assert {each for each in vars(Ui) if not each.startswith("_")} <= set(dir(whole))


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_that_cannot_be_used_says_why_and_does_nothing(empty: Desk, name: str) -> None:
    reasons = {
        each.id: NOTHING for kind in (BranchController, PlaybackController) for each in kind.commands
    } | {"prompts.passage": NOTHING, "analysis.score": NOTHING, "analysis.source": LOOKED} | {
        f"writing.{name}": NOTHING for name in ("write", "write_one", "go_on", "anew", "copy")
    }  # fmt: skip
    reason = reasons.get(name, "")
    assert empty.commands.disabled(name) == reason
    empty.run(name)
    if reason:
        assert empty.ui.noted == [(reason, True)]
        assert not empty.ui.dialogs
        assert not empty.ui.places
    assert empty.instrument.generator is None


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_can_be_carried_out_while_something_writes(desk: Desk, name: str) -> None:
    desk.instrument.write(30)
    if name in {"branches.pick", "branches.put_away"}:
        desk.instrument.move_cursor(10)
    elif name == "playback.leave_ride":
        assert desk.instrument.recording is not None
        desk.instrument.replay(desk.instrument.recording)
    elif name == "analysis.source":
        desk.playground.memorization.toggle()
        desk.sitting.listen()
    assert desk.commands.disabled(name) == ""
    desk.run(name)
    assert not [sentence for sentence, warning in desk.ui.noted if warning]
    assert {*desk.ui.places} <= {f"text.{row}" for row in ("cursor", "end", "filters", "prompt", "typing")}


def test_each_reason_goes_with_what_it_names(desk: Desk) -> None:
    disabled = desk.commands.disabled
    assert disabled("branches.pick") == disabled("branches.put_away") == "The cursor is not out; b brings it."
    desk.instrument.move_cursor(0)
    assert disabled("branches.pick") == disabled("branches.put_away") == ""
    assert disabled("playback.leave_ride") == "No ride is replayed; A opens one."
    desk.instrument.write(3)
    assert desk.instrument.recording is not None
    desk.instrument.replay(desk.instrument.recording)
    assert disabled("playback.leave_ride") == ""
    assert disabled("prompts.passage") == ""
    desk.playground.corpora.corpus = None
    assert disabled("prompts.passage") == "The text was not read yet; choose one that is here."
    assert disabled("analysis.source") == LOOKED
    (desk.sitting.home.corpora / "fox.txt").unlink()
    desk.run("analysis.copied")
    desk.sitting.listen()
    assert disabled("analysis.source") == "Nothing was looked for: The training text is not here."


def test_keys_that_fall_through_are_those_of_escape_and_of_the_cursor() -> None:
    passing = {command.id for each in CONTROLLERS for command in each.commands if command.passes}
    assert passing == {"branches.pick", "branches.put_away", "playback.leave_ride"}


@pytest.mark.parametrize(("place", "own"), [("text", Slider.BINDINGS), ("writing", CursorText.BINDINGS)])
def test_no_key_has_two_meanings_in_one_place(place: str, own: Bindings) -> None:
    here = [command for each in CONTROLLERS for command in each.commands if command.place in {place, ""}]
    keys = [
        binding
        for binding in (*bindings((*here, *SCREEN_COMMANDS, *APP_COMMANDS)), *own)
        if isinstance(binding, Binding)
    ]
    pressed = [key for binding in keys for key in binding.key.split(",")]
    assert len(pressed) > len(here)
    assert sorted(pressed) == sorted(set(pressed))


# Writing.


def test_write_holds_and_goes_on(desk: Desk) -> None:
    desk.run("writing.write")
    assert not desk.instrument.playing
    desk.run("writing.write_one")
    desk.run("writing.write_one")
    assert (len(desk.text), desk.instrument.playing) == (2, False)
    desk.run("writing.write")
    assert desk.instrument.playing
    desk.instrument.move_cursor(1)
    desk.instrument.playing = False
    desk.run("writing.go_on")
    assert desk.instrument.at_work
    assert desk.ui.places == ["text.end"]


def test_anew_is_another_seed(desk: Desk) -> None:
    desk.instrument.write(5)
    desk.run("writing.anew")
    assert (desk.text, desk.instrument.params.seed) == ("", 2)


def test_rows_are_gone_to(desk: Desk) -> None:
    desk.run("writing.prompt")
    desk.run("writing.filters")
    assert desk.ui.places == ["text.prompt", "text.filters"]


def test_warmer_and_cooler_faster_and_slower_stay_within_their_scales(desk: Desk) -> None:
    desk.run("writing.warmer")
    assert desk.instrument.params.temperature == pytest.approx(0.85)
    desk.run("writing.cooler")
    desk.run("writing.cooler")
    assert desk.instrument.params.temperature == pytest.approx(0.75)
    desk.run("writing.faster")
    assert 40 < desk.instrument.speed < 60
    desk.run("writing.slower")
    assert desk.instrument.speed == pytest.approx(30, abs=1)
    for _ in range(120):
        desk.run("writing.warmer")
        desk.run("writing.faster")
    assert (desk.instrument.params.temperature, desk.instrument.speed) == (5.0, 250.0)
    for _ in range(120):
        desk.run("writing.cooler")
        desk.run("writing.slower")
    assert (desk.instrument.params.temperature, desk.instrument.speed) == (0.0, 1.0)


def test_another_temperature_leaves_a_ride_and_another_speed_does_not(desk: Desk) -> None:
    desk.instrument.write(9)
    for name, replaying in (("writing.faster", True), ("writing.warmer", False)):
        assert desk.instrument.recording is not None
        desk.instrument.replay(desk.instrument.recording)
        desk.instrument.write(3)
        desk.run(name)
        assert desk.instrument.replaying == replaying
        desk.instrument.write(20)


def test_copy_and_keep(desk: Desk) -> None:
    texts = desk.sitting.home.texts
    desk.run("writing.keep")
    assert desk.notes() == ["Nothing is written yet."]
    desk.instrument.set_params(temperature=0.5)
    desk.instrument.restart(prompt="not")
    desk.instrument.write(3)
    desk.instrument.set_params(temperature=0.6)
    desk.instrument.write(3)
    for name in ("writing.copy", "writing.keep", "writing.keep"):
        desk.run(name)
    assert desk.ui.copied == [desk.text]
    paths = sorted(texts.glob("*.txt"))
    assert len(paths) == 2
    assert paths[0].read_text() == desk.text
    about = json.loads(paths[0].with_suffix(".json").read_text())
    assert (about["prompt"], about["run"]) == ("not", "kept-1")
    assert about["temperatures"] == [[3, 0.5], [6, pytest.approx(0.6)]]
    notes = desk.notes()
    assert notes[0] == "Copied 9 characters."
    assert {f"Written to texts/{path.name}" for path in paths} == set(notes[1:])
    desk.instrument.play(reciter(), "other")
    desk.instrument.write(MAX_COPIED + 7, None)
    desk.run("writing.copy")
    assert desk.ui.copied[1] == desk.text[-MAX_COPIED:]
    assert desk.notes() == ["Copied 100,000 characters."]


@pytest.mark.parametrize(("command", "sentence"), [
    ("writing.keep", "The text could not be written: "), ("ride", "The ride could not be written: "),
    ("branches", "The branches could not be written: "),
])  # fmt: skip
def test_a_folder_that_cannot_be_written_is_one_sentence(desk: Desk, command: str, sentence: str) -> None:
    texts = desk.sitting.home.texts
    texts.rmdir()
    texts.write_text("in the way")
    desk.instrument.write(3)
    if command == "branches":
        desk.run("branches.show_all")
        notes = [desk.ui.answer(None)._export()]
    elif command == "ride":
        desk.run("playback.rides")
        desk.ui.answer("keep")
        notes = desk.notes()
    else:
        desk.run(command)
        notes = desk.notes()
    desk.run("writing.anew")
    assert len(notes) == 1
    assert notes[0].startswith(sentence)
    assert notes[0].endswith(".")
    assert desk.notes() == []


# Branches.


def test_the_cursor_is_brought_out_and_put_away(desk: Desk) -> None:
    desk.run("branches.cursor")
    assert desk.ui.places == ["text.cursor"]
    for name in ("branches.cursor", "branches.put_away"):
        desk.instrument.move_cursor(0)
        desk.run(name)
        assert not desk.instrument.cursor.is_out
    assert desk.ui.places == ["text.cursor"]


def test_typing_holds_the_writing(desk: Desk) -> None:
    desk.run("branches.type")
    assert desk.ui.places == ["text.typing"]
    assert (desk.instrument.typing, desk.instrument.playing, desk.instrument.at_work) == (True, True, False)


def test_another_character_is_picked_in_the_text_that_was_looked_at(desk: Desk) -> None:
    desk.instrument.write(40)
    before = desk.text
    other = next(each for each in "abehinoqrstu" if each != before[30])
    desk.instrument.move_cursor(30)
    desk.run("branches.pick")
    assert isinstance(desk.ui.dialogs[0][0], CandidatesDialog)
    desk.ui.answer(None)
    desk.run("branches.pick")
    desk.ui.answer(before[30])
    assert desk.text == before
    assert len(desk.notes()) == 1
    assert desk.instrument.cursor.is_out
    desk.run("branches.pick")
    dialog = desk.ui.answer(other)
    assert dialog._rows.number() == len(set("\n abcdefghijklmnopqrstuvwxyz"))
    assert desk.text == before[:30] + other
    assert desk.tree().names == ("1", "2")
    assert desk.instrument.at_work
    desk.instrument.move_cursor(30)
    desk.run("branches.pick")
    desk.run("writing.anew")
    desk.ui.answer("q" if other != "q" else "z")
    assert desk.notes() == ["Another text stands here by now; nothing was picked."]
    assert desk.text == ""


def test_what_cannot_be_rated_cannot_be_picked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.instrument.restart(prompt="tZo")
    desk.instrument.move_cursor(1, unknown=True)
    desk.run("branches.pick")
    assert not desk.ui.dialogs
    monkeypatch.setattr("charplay.sampling.segment.RECENT", 5)
    desk.instrument.play(scholar(1), "live, step 0", live=True)
    desk.instrument.write(30)
    desk.instrument.update_weights(scholar(2), "live, step 9")
    desk.instrument.write(30)
    desk.notes()
    desk.instrument.move_cursor(5)
    desk.run("branches.pick")
    assert not desk.ui.dialogs
    (sentence,) = desk.notes()
    assert sentence.startswith("It cannot go on from there: the weights that wrote position 5 are gone")
    assert desk.instrument.cursor.is_out


def test_every_branch_is_shown_gone_to_and_exported(desk: Desk) -> None:
    desk.instrument.write(20)
    first = desk.text
    desk.instrument.insert(10, "to")
    desk.playground.follower.following = True
    desk.run("branches.show_all")
    dialog = desk.ui.dialogs[0][0]
    assert isinstance(dialog, BranchesDialog)
    said = dialog._export()
    (path,) = desk.sitting.home.texts.glob("*-branches.json")
    assert said == f"Written to texts/{path.name}"
    desk.ui.answer(None)
    assert desk.tree().current == "2"
    desk.run("branches.show_all")
    desk.ui.answer("1")
    assert desk.text == first
    assert not desk.playground.follower.following


# Rides.


def ridden(desk: Desk) -> tuple[str, list[tuple[int, float]]]:
    """Write at three temperatures; the text and its temperatures."""
    desk.instrument.restart(prompt="to ")
    for temperature in (0.8, 0.4, 1.8):
        desk.instrument.set_params(temperature=temperature)
        desk.instrument.write(20)
    assert len(desk.instrument.temperatures) == 3
    return desk.text, desk.instrument.temperatures


def values(dialog: ChoiceDialog) -> list[str]:
    return [each.value for each in dialog._answers.choices]


def test_before_anything_is_written_a_ride_can_only_be_opened(desk: Desk) -> None:
    desk.run("playback.rides")
    assert values(desk.ui.answer(None)) == ["open"]
    desk.instrument.write(1)
    desk.run("playback.rides")
    dialog = desk.ui.answer("")
    assert values(dialog) == ["again", "seed", "another", "keep", "open"]
    assert [each.key for each in dialog._answers.choices] == ["r", "s", "c", "w", "o"]
    assert dialog._answers.choices[0].note == "the same text again"
    desk.instrument.update_weights(scholar(), "live, step 9")
    desk.run("playback.rides")
    assert desk.ui.answer(None)._answers.choices[0].note == "on the present weights"


def test_a_ride_is_replayed_again_and_left(desk: Desk) -> None:
    before, heats = ridden(desk)
    desk.run("playback.rides")
    desk.ui.answer("again")
    assert desk.instrument.left_to_replay == 60
    desk.instrument.write(1000)
    assert (desk.text, desk.instrument.temperatures) == (before, heats)
    desk.run("playback.rides")
    desk.ui.answer("again")
    desk.instrument.write(30)
    desk.run("playback.leave_ride")
    assert not desk.instrument.replaying
    assert desk.instrument.params.temperature == 0.4


def list_runs(desk: Desk) -> None:
    desk.playground.run_list.begin(desk.playground.store, desk.sitting.now)
    desk.sitting.quiet()


def test_a_ride_is_replayed_with_another_seed_and_on_another_checkpoint(desk: Desk) -> None:
    before, heats = ridden(desk)
    desk.run("playback.rides")
    desk.ui.answer("seed")
    desk.instrument.write(1000)
    assert desk.instrument.temperatures == heats
    assert desk.text != before
    assert desk.instrument.params.seed == 2
    run = keep_run(desk.sitting.home, "kept-2", step=700)
    list_runs(desk)
    for answer, source in ((None, "kept-1, step 500"), ("kept-2", "kept-2, step 700")):
        desk.run("playback.rides")
        desk.ui.answer("another")
        choices = desk.ui.dialogs[0][0]._answers.choices
        assert {each.label for each in choices} >= {"kept-1, step 500", "kept-2, step 700"}
        assert [each.note for each in choices if each.label.startswith("kept")] == ["held-out 2.100"] * 2
        desk.ui.answer(next((each.value for each in choices if answer and each.label.startswith(answer)), None))
        assert desk.instrument.generator is not None
        assert desk.instrument.generator.source == source
        if answer is None:  # one step back
            assert "again" in values(desk.ui.answer(None))
    desk.instrument.write(1000)
    assert desk.instrument.temperatures == heats
    here = desk.text
    desk.run("playback.rides")
    desk.ui.answer("another")
    number = next(each.value for each in desk.ui.dialogs[0][0]._answers.choices if each.label.startswith("kept-2"))
    assert run.best is not None
    run.best.write_bytes(b"no")
    desk.ui.answer(number)
    ((_, warning),) = desk.ui.noted
    assert warning
    assert desk.text == here


def test_a_ride_is_kept_and_opened_from_the_list_or_from_elsewhere(desk: Desk, tmp_path: Path) -> None:
    before, heats = ridden(desk)
    desk.run("playback.rides")
    desk.ui.answer("keep")
    (kept,) = kept_rides(desk.sitting.home.texts)
    assert desk.notes() == [f"Written to texts/{kept.name}"]
    again = tmp_path / "again.json"
    again.write_bytes(kept.read_bytes())
    desk.run("writing.anew")
    for path in (kept, again):
        desk.run("playback.rides")
        desk.ui.answer("open")
        assert values(desk.ui.dialogs[0][0]) == [str(kept), ""]
        if path is kept:
            desk.ui.answer(str(kept))
        else:
            desk.ui.answer("")
            dialog = desk.ui.dialogs[0][0]
            assert isinstance(dialog, TextInputDialog)
            assert dialog._check(str(again)) == ""
            assert "ride" in dialog._check(str(desk.sitting.home.corpora / "fox.txt"))
            assert dialog._check("/none")
            desk.ui.answer(str(again))
        desk.instrument.write(1000)
        assert (desk.text, desk.instrument.temperatures) == (before, heats)
        desk.run("writing.anew")
    desk.run("playback.rides")
    desk.ui.answer("open")
    desk.ui.answer(None)
    assert desk.text == "to "
    assert read_ride(kept).length == 60


def test_what_is_no_ride_is_one_sentence(desk: Desk) -> None:
    path = desk.sitting.home.texts / f"broken{ENDING}"
    path.write_text("{}")
    desk.instrument.write(5)
    before = desk.text
    for wrong in (str(path), "/none/at/all"):
        desk.run("playback.rides")
        desk.ui.answer("open")
        desk.ui.answer(wrong)
        (sentence,) = desk.notes()
        assert sentence.endswith(".")
        assert desk.text == before


@pytest.mark.parametrize("taken", [True, False])
def test_a_column_is_taken_or_none_and_the_temperatures_are_remembered(desk: Desk, *, taken: bool) -> None:
    desk.instrument.write(5)
    before = desk.text
    desk.run("playback.side_by_side")
    screen = desk.ui.dialogs[0][0]
    assert isinstance(screen, ComparisonScreen)
    screen.comparison = screen._new_comparison(4)
    screen.comparison.write(10, 60.0)
    screen.comparison.set_temperature(0, 0.3)
    column = screen.comparison.column(0)
    assert isinstance(column, Column)
    desk.ui.answer(column if taken else None)
    assert desk.playground.preferences.columns == "0.3, 0.5, 1, 1.2"
    assert desk.text == (column.generator.text if taken else before)


# Prompts.


def test_a_passage_is_the_prompt(desk: Desk) -> None:
    for _ in range(2):
        before = desk.text
        desk.run("prompts.passage")
        desk.sitting.listen()
        passage = desk.instrument.opening.passage
        assert passage is not None
        assert desk.text == passage.prompt != before
        assert FOX[passage.start :].startswith(passage.prompt + passage.truth)


def test_stop_texts_are_asked_for_as_they_are_typed(desk: Desk) -> None:
    typed = r"zzz|a |\n"
    for answer, stops in ((typed, typed), (None, typed), ("", ""), (typed, typed), ("|", "")):
        desk.run("prompts.stop_texts")
        shown = desk.instrument.stops
        dialog = desk.ui.answer(answer)
        said = [f"The writing holds at: {typed}"] if stops else ["It holds at no text now."]
        assert desk.notes() == ([] if answer is None else said)
        assert dialog._check("") == ""
        assert isinstance(dialog, TextInputDialog)
        assert dialog._value == shown
        assert desk.instrument.stops == stops
    desk.instrument.stop_at(["a", "e"])
    desk.instrument.write(2000)
    assert desk.text[-1] in "ae"
    assert desk.notes() == ["Held at a stop text: <writing.write> writes on, <prompts.stop_texts> changes them."]


def test_a_key_that_can_move_nothing_says_why(desk: Desk) -> None:
    for temperature, key, why in ((5.0, "warmer", "The temperature goes up to 5.00."),
                                  (0.0, "cooler", "The temperature goes down to 0.00.")):  # fmt: skip
        desk.instrument.set_params(temperature=temperature)
        desk.run(f"writing.{key}")
        assert desk.notes() == [why]
        assert desk.instrument.params.temperature == temperature
    for speed, key, why in ((250.0, "faster", "It writes as fast as it can."),
                            (1.0, "slower", "It writes as slowly as it can.")):  # fmt: skip
        desk.instrument.speed = speed
        desk.run(f"writing.{key}")
        assert desk.notes() == [why]
    desk.run("writing.copy")
    assert desk.notes() == ["Nothing is written yet."]


def test_what_cannot_be_picked_says_why(desk: Desk) -> None:
    desk.instrument.write(5)
    desk.instrument.move_cursor(0, unknown=True)
    desk.run("branches.pick")
    assert desk.notes() == ["Nothing can be picked here: left out of the prompt: the network does not know it."]
    assert not desk.ui.dialogs


# Analysis.


def test_a_key_tints_by_temperature_surprise_probability_and_not_at_all(desk: Desk) -> None:
    assert desk.playground.tint == tints()[0]
    for name in (*tints()[1:], tints()[0]):
        desk.run("analysis.tint")
        assert desk.playground.tint == name
        assert desk.notes() == [f"The text is {explained(name)}."]


def test_copies_are_looked_for_and_no_more(desk: Desk) -> None:
    desk.instrument.restart(prompt="the quick brown fox jumps")
    desk.run("analysis.copied")
    desk.sitting.listen()
    assert desk.playground.memorization.looking
    assert desk.playground.memorization.is_copied(3)
    desk.run("analysis.copied")
    assert not desk.playground.memorization.on
    assert not desk.playground.memorization.is_copied(3)


def test_the_source_of_the_newest_copy_or_of_that_under_the_cursor_is_opened(desk: Desk) -> None:
    desk.instrument.restart(prompt="qqq")
    desk.run("analysis.copied")
    desk.sitting.listen()
    desk.run("analysis.source")
    assert desk.notes() == ["Nothing is copied so far."]
    copied = "the quick brown fox jumps"
    desk.instrument.insert(3, copied)
    desk.sitting.listen()
    for position in (None, 5):
        if position is not None:
            desk.instrument.move_cursor(position)
        desk.run("analysis.source")
        viewer = desk.ui.answer(None)
        assert isinstance(viewer, ExplorerScreen)
        assert viewer.explorer.corpus.text(*viewer.explorer.marked) == copied
        assert not viewer.explorer.tint_by("surprise")
        assert viewer.explorer.tint.source == desk.instrument.generator.source
    desk.instrument.move_cursor(1)
    desk.run("analysis.source")
    assert desk.notes() == ["Nothing is copied here."]
    assert not desk.ui.dialogs


@pytest.mark.parametrize(("prompt", "title"), [("the ", "the prompt and what follows"), ("", "generated text")])
def test_a_score_is_asked_of_what_was_written_the_corpus_and_a_file(desk: Desk, prompt: str, title: str) -> None:
    desk.instrument.restart(prompt=prompt)
    if not prompt:
        desk.run("analysis.score")
        assert desk.ui.answer(None)._written is None
    desk.instrument.write(20)
    desk.run("analysis.score")
    dialog = desk.ui.answer(None)
    assert isinstance(dialog, ScoreDialog)
    assert (dialog._written.title, dialog._written.text()) == (title, desk.text)
    assert dialog._corpus
    assert dialog._corpus is desk.playground.corpora.corpus
    assert dialog._open_text("fox").text() == FOX
    list_runs(desk)
    assert "kept-1, step 500" in [each.title for each in dialog._others()]
    dialog._view(dialog._corpus, (4, 9))
    viewer = desk.ui.answer(None)
    assert isinstance(viewer, ExplorerScreen)
    assert viewer.explorer.corpus.text(*viewer.explorer.marked) == FOX[4:9]
    assert not viewer.explorer.tint_by("surprise")


def test_controllers_need_nothing_but_a_playground_and_a_ui(desk: Desk) -> None:
    for kind in CONTROLLERS:
        controller = kind(desk.playground, desk.ui)
        assert set(vars(controller)) == {"playground", "ui"}
        for command in kind.commands:
            assert callable(getattr(controller, command.method))
            assert controller.label(command) == command.label
        controller.hear(SimpleNamespace())


def test_the_text_of_the_last_sitting_is_taken_up_or_it_is_said_why_not(desk: Desk) -> None:
    desk.run("branches.take_up")
    assert desk.ui.noted[-1][0] == "No text of an earlier sitting is kept."
    instrument = desk.playground.instrument
    instrument.write(12)
    instrument.insert(5, "the fox")
    desk.playground.keep_text()
    desk.playground.kept_texts = KeptTexts(desk.playground.home.texts)  # the next one's
    desk.run("branches.take_up")
    assert "Your text is here again" in desk.ui.noted[-1][0]
    assert not instrument.playing
