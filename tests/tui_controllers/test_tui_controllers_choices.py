"""Every command on texts, on the next run and on runs: what it does, and why it cannot be used now."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hosted import until
from sitting import Sitting, fox_home, keep_run

from charplay.playground.happenings import CorpusOpened, CurvesRead, RunDeleted
from charplay.playground.trainer_client import TrainerClient
from charplay.protocol.events import Failed
from charplay.protocol.request import TrainRequest
from charplay.runs.run import Run
from charplay.server.errors import ServerError
from charplay.tui.controllers.base import CommandTable
from charplay.tui.controllers.corpora import CorpusController
from charplay.tui.controllers.form import FormController
from charplay.tui.controllers.runs import RunsController
from charplay.tui.dialogs.choice import ChoiceDialog
from charplay.tui.dialogs.explorer import ExplorerScreen
from charplay.tui.dialogs.file_picker import FilePicker
from charplay.tui.dialogs.network_summary import NetworkDialog
from charplay.tui.dialogs.reader import ReaderDialog
from charplay.tui.dialogs.text_input import TextInputDialog

if TYPE_CHECKING:
    from tui_controllers.conftest import RecordingUi


@pytest.fixture
def sitting(tmp_path: Path) -> Sitting:
    home = fox_home(tmp_path / "home")
    keep_run(home, "open-1", saved=False)
    keep_run(home, "done-1", saved=False, finished=True)
    broken = home.checkpoints / "broken-1"
    broken.mkdir()
    (broken / "run.json").write_text("{")
    return Sitting(home).begin_writing().begin()


@pytest.fixture
def table(sitting: Sitting, ui: "RecordingUi") -> CommandTable:
    playground = sitting.playground
    return CommandTable((kind(playground, ui) for kind in (CorpusController, FormController, RunsController)), ui)


def happened(sitting: Sitting, kind: type) -> list[Any]:
    sitting.quiet()
    return [each for each in sitting.happened if isinstance(each, kind)]


def test_choosing_takes_a_text_and_fetches_it_where_it_must_be(
    sitting: Sitting, ui: "RecordingUi", table: CommandTable
) -> None:
    assert table.disabled("corpora.choose") == "There is no text here; o opens a file."
    ui.cursors["corpus"] = "hare"
    table.run("corpora.choose")
    assert sitting.corpora.chosen is not None
    assert sitting.corpora.chosen.name == "hare"
    assert sitting.corpora.download is not None
    ui.cursors["corpus"] = "hedgehog"
    table.run("corpora.choose")
    assert ui.noted == [("the hare is fetched first; esc cancels that", False)]
    assert table.disabled("corpora.cancel") == ""
    assert table["corpora.cancel"].passes, "escape means something else where nothing is fetched"
    table.run("corpora.cancel")
    assert sitting.corpora.download is None
    assert table.disabled("corpora.cancel") == "Nothing is fetched just now."


def test_viewing_shows_the_chosen_text_at_once_any_other_when_it_is_open_and_a_page_about_one_to_fetch(
    sitting: Sitting, ui: "RecordingUi", table: CommandTable
) -> None:
    ui.cursors["corpus"] = "fox"
    table.run("corpora.view")
    assert isinstance(ui.dialogs.pop()[0], ExplorerScreen)
    ui.cursors["corpus"] = "hare"
    table.run("corpora.view")
    assert isinstance(ui.dialogs.pop()[0], ReaderDialog)
    ui.cursors["corpus"] = "python-manual"
    table.run("corpora.view")
    (opened,) = happened(sitting, CorpusOpened)
    ui.under_a_dialog = True
    table.hear(opened)
    assert not ui.dialogs
    ui.under_a_dialog = False
    table.hear(opened)
    assert isinstance(ui.dialogs.pop()[0], ExplorerScreen)


def test_a_file_is_opened(sitting: Sitting, ui: "RecordingUi", table: CommandTable, tmp_path: Path) -> None:
    (tmp_path / "own.txt").write_text("to be or not to be " * 40)
    for path in (None, tmp_path / "own.txt"):
        table.run("corpora.open")
        ui.answer(path, FilePicker)
    assert sitting.corpora.chosen is not None
    assert sitting.corpora.chosen.title == "own"


def test_an_encoding_is_named_and_found_out_again(sitting: Sitting, ui: "RecordingUi", table: CommandTable) -> None:
    for answer, encoding in (("cp1252", "cp1252"), (None, "cp1252"), ("auto", ""), ("cp1252", "cp1252"), ("", "")):
        table.run("corpora.encode")
        dialog = ui.answer(answer, TextInputDialog)
        assert sitting.corpora.encoding == encoding
    assert dialog._check("auto") == dialog._check("") == dialog._check("koi8-r") == ""
    assert dialog._check("nonsense")
    sitting.corpora.choose("hare")
    table.run("corpora.encode")
    assert ui.noted == [("The text is not here yet; t fetches it.", True)]


def test_another_text_is_kept_for_the_test_by_choice(sitting: Sitting, ui: "RecordingUi", table: CommandTable) -> None:
    draft = sitting.playground.draft
    assert draft is not None
    (sitting.playground.home.corpora / "letters.txt").write_text("to whom it may concern")
    ui.cursors["form"] = "held_out_corpus"
    assert "held_out_corpus" in draft.rows(everything=True)
    for answer, now in (("letters", "letters"), (None, "letters"), ("", "")):
        table.run("form.edit")
        dialog = ui.answer(answer, ChoiceDialog)
        assert draft.asked.held_out_corpus == now
    offered = [each.value for each in dialog._choices]
    assert "" in offered
    assert "letters" in offered
    assert draft.corpus not in offered, "the text that is learned is no test"
    draft.set("held_out_corpus", "letters")
    (sitting.playground.home.corpora / "letters.txt").unlink()
    refused = sitting.playground.launcher.next_request()
    assert isinstance(refused, str)
    assert refused.startswith("held_out_corpus: There is no text called 'letters'")


def test_values_are_edited_stepped_through_and_reset(sitting: Sitting, ui: "RecordingUi", table: CommandTable) -> None:
    draft = sitting.playground.draft
    assert draft is not None
    ui.cursors["form"] = "num_layers"
    table.run("form.edit")
    assert ui.places == ["form.editor"]
    table.run("form.more")
    table.run("form.more")
    assert draft.asked.num_layers == 3
    table.run("form.less")
    assert draft.asked.num_layers == 2  # type: ignore[comparison-overlap]
    table.run("form.reset")
    assert draft.values == {}
    ui.cursors["form"] = "cell"
    for answer in (None, "gru"):
        table.run("form.edit")
        dialog = ui.answer(answer, ChoiceDialog)
    assert [each.value for each in dialog._choices] == list(draft.choices("cell"))
    assert draft.asked.cell == "gru"
    ui.cursors["form"] = "preset"
    table.run("form.edit")
    ui.answer("nothing", ChoiceDialog)
    assert ui.noted[-1][1]
    before = draft.revision
    table.run("form.all_fields")
    assert (draft.everything, draft.revision > before) == (True, True)


def test_what_the_network_sees_waits_for_the_text(sitting: Sitting, ui: "RecordingUi", table: CommandTable) -> None:
    table.run("form.network")
    assert isinstance(ui.dialogs.pop()[0], NetworkDialog)
    sitting.corpora.choose("hare")
    sitting.advance()
    table.run("form.network")
    assert ui.noted == [("The text was not read yet; choose one that is here.", True)]


def test_arrows_and_a_reset_that_change_nothing_say_why(
    sitting: Sitting, ui: "RecordingUi", table: CommandTable
) -> None:
    draft = sitting.playground.draft
    assert draft is not None
    told = []
    for row, value, key in (("num_layers", "8", "more"), ("num_layers", "1", "less"), ("cleaning", "", "more"),
                            ("start from", "", "less"), ("learning_rate", "100", "more")):  # fmt: skip
        if value:
            draft.set(row, value)
        ui.cursors["form"] = row
        table.run(f"form.{key}")
        told.append(ui.noted.pop()[0])
    enter = "Enter changes this; the arrows step through numbers and choices."
    assert told == [
        "This is the largest value.",
        "This is the smallest value.",
        enter,
        enter,
        "This is the largest value.",
    ]
    ui.cursors["form"] = "hidden_size"
    table.run("form.reset")
    assert ui.noted == [("This is the preset's value already.", False)]


def test_a_preset_is_kept_and_replaced_only_where_that_was_confirmed(
    sitting: Sitting, ui: "RecordingUi", table: CommandTable
) -> None:
    draft = sitting.playground.draft
    assert draft is not None
    kept_file = sitting.playground.home.presets / "mine.toml"
    table.run("form.keep")
    ui.answer(None, TextInputDialog)
    for layers, answer in (("2", "mine"), ("3", ""), ("4", "mine")):
        draft.set("num_layers", layers)
        table.run("form.keep")
        ui.answer("mine", TextInputDialog)
        if ui.dialogs:
            ui.answer(answer, ChoiceDialog)
        assert (f"num_layers = {layers}" in kept_file.read_text()) == bool(answer)
    assert ui.noted == [("Kept as the preset mine.", False)] * 2
    assert draft.preset == "mine"


def test_weights_to_start_from_are_chosen_among_the_runs_that_have_some(
    sitting: Sitting, ui: "RecordingUi", table: CommandTable
) -> None:
    draft = sitting.playground.draft
    assert draft is not None
    ui.cursors["form"] = "start from"
    for answer, name in (("demo", "demo"), (None, "demo"), ("", "")):
        table.run("form.edit")
        dialog = ui.answer(answer, ChoiceDialog)
        assert [each.value for each in dialog._choices] == ["", "demo"]
        assert (draft.warm_start.name if draft.warm_start else "") == name
    table.run("form.edit")
    ui.answer("open-1", ChoiceDialog)
    assert "has saved nothing yet" in ui.noted[-1][0]


def test_a_form_that_is_not_filled_yet_says_so(sitting: Sitting, ui: "RecordingUi", table: CommandTable) -> None:
    sitting.playground.next_run.draft = None
    assert {table.disabled(each.id) for each in FormController.commands} == {"The form is not filled yet."}


def test_a_run_plays_and_lies_over_the_chart(sitting: Sitting, ui: "RecordingUi", table: CommandTable) -> None:
    ui.cursors["runs"] = "open-1"
    table.run("runs.play")
    assert "has saved nothing yet" in ui.noted[-1][0]
    table.run("runs.overlay")
    assert [each.run for each in happened(sitting, CurvesRead)] == ["open-1"]
    table.run("runs.overlay")
    assert not sitting.playground.chart.markers, "off at once"
    assert not sitting.playground.run_list.reading
    ui.cursors["runs"] = "demo"
    table.run("runs.play")
    assert sitting.playground.instrument.origin.run == "demo"


def test_a_family_is_drawn_and_taken_off(sitting: Sitting, ui: "RecordingUi", table: CommandTable) -> None:
    chart = sitting.playground.chart
    for name in ("open-1", "done-1"):
        run = sitting.playground.store.find(name)
        run.update(asked=run.asked, resolved=run.resolved, facts={"family": "pair"})
    ui.cursors["runs"] = "open-1"
    table.run("runs.family")
    sitting.quiet()
    assert set(chart.markers) == {"open-1", "done-1"}
    ui.cursors["runs"] = "done-1"
    table.run("runs.family")
    assert not chart.markers


def test_a_run_goes_on_and_a_finished_one_is_asked_how_much_longer(
    sitting: Sitting, ui: "RecordingUi", table: CommandTable
) -> None:
    ui.cursors["runs"] = "open-1"
    table.run("runs.resume")
    ui.cursors["runs"] = "done-1"
    sitting.trainer.alive = False
    sitting.trainer.tell(Failed(message="It broke."))
    sitting.advance()
    for more in (None, "3 minutes"):
        table.run("runs.resume")
        dialog = ui.answer(more, TextInputDialog)
    assert dialog._check("3 minutes") == ""
    assert "write a number" in dialog._check("3 parsecs")
    opened, done = sitting.trainer.requests
    assert (Path(opened.resume or "").name, Path(done.resume or "").name) == ("open-1", "done-1")
    assert (opened.added, done.added, done.recipe["minutes"]) == (False, True, 3.0)


def test_again_fills_the_form_and_goes_there(sitting: Sitting, ui: "RecordingUi", table: CommandTable) -> None:
    ui.cursors["runs"] = "done-1"
    table.run("runs.again")
    assert ui.places == ["form"]
    assert sitting.playground.draft is not None
    assert sitting.playground.draft.asked.hidden_size == 12
    (sitting.playground.home.checkpoints / "done-1" / "run.json").unlink()
    table.run("runs.again")
    assert ui.places == ["form"]
    assert ui.noted[-1][1]


def test_a_run_is_exported_and_deleted_once_that_was_answered(
    sitting: Sitting, ui: "RecordingUi", table: CommandTable, tmp_path: Path
) -> None:
    ui.cursors["runs"] = "demo"
    for target in (None, str(tmp_path / "copy.safetensors")):
        table.run("runs.export")
        ui.answer(target, TextInputDialog)
    assert (tmp_path / "copy.safetensors").exists()
    ui.cursors["runs"] = "done-1"
    for answer in ("", "delete"):
        assert (sitting.playground.home.checkpoints / "done-1").exists()
        table.run("runs.delete")
        ui.answer(answer, ChoiceDialog)
    assert happened(sitting, RunDeleted) == [RunDeleted("done-1")]


def test_what_cannot_be_done_with_a_run_is_said(sitting: Sitting, ui: "RecordingUi", table: CommandTable) -> None:
    commands = [each.id for each in RunsController.commands]
    assert {table.disabled(each) for each in commands} == {"There is no run here yet; t trains one."}
    ui.cursors["runs"] = "demo"
    disabled = {each.rpartition(".")[2]: reason for each in commands if (reason := table.disabled(each))}
    assert disabled == {
        "resume": "demo is a checkpoint to play and to start from, not a run to go on with",
        "delete": "demo comes with charplay and cannot be deleted",
        "stop": "demo does not train on its own",
    }
    ui.cursors["runs"] = "broken-1"
    assert [each for each in commands if not table.disabled(each)] == ["runs.export", "runs.delete"]
    ui.cursors["runs"] = "open-1"
    assert [each for each in commands if table.disabled(each)] == ["runs.stop"]
    sitting.playground.runs.start(TrainRequest(home="/"))
    assert table.disabled("runs.resume") == "A run is under way; stop it first: x"
    lock = Run.open(sitting.playground.home.checkpoints / "open-1").lock()
    sitting.playground.run_list.refresh()
    sitting.quiet()
    assert "open-1 is in use by" in table.disabled("runs.resume")
    lock.release()


def test_a_run_that_trains_on_its_own_is_shown_and_stopped(
    sitting: Sitting, ui: "RecordingUi", table: CommandTable
) -> None:
    detached, asked = sitting.playground.detached_runs, list[str]()
    ui.cursors["runs"] = "open-1"
    with Run.open(sitting.playground.home.checkpoints / "open-1").lock("/tmp/1.sock"):
        sitting.playground.run_list.refresh()
        sitting.quiet()
        assert table.disabled("runs.resume").startswith("A run that trains on its own cannot be reached from here")
        detached.reach = Reach(asked)
        for command in ("runs.resume", "runs.stop"):
            assert not table.disabled(command)
            table.run(command)
        until(lambda: sitting.advance() is not None and "open-1 is stopped" in sitting.said)
        until(lambda: sitting.advance() is not None and "it is too far away" in sitting.said)
    assert sorted(asked) == ["attach open-1", "stop open-1"]
    assert ui.noted == [("open-1 is being saved and stopped", False)]


class Reach:
    """Stops every run, and attaches to none."""

    def __init__(self, asked: list[str]) -> None:
        self._asked = asked

    def attach(self, run: Run, local: TrainerClient) -> TrainerClient:
        self._asked.append(f"attach {run.name}")
        raise ServerError("it is too far away")

    def stop(self, run: Run) -> str:
        self._asked.append(f"stop {run.name}")
        return run.name


def test_a_preset_offers_its_text(sitting: Sitting, ui: "RecordingUi", table: CommandTable) -> None:
    (sitting.home.corpora / "own.txt").write_text("the hare and the tortoise\n" * 90)
    (sitting.home.presets / "mine.toml").write_text('corpus = "own"\nsteps = 10\n')
    ui.cursors["form"] = "preset"
    table.run("form.edit")
    ui.answer("mine", ChoiceDialog)
    assert sitting.draft.preset == "mine"
    question = ui.answer("own", ChoiceDialog)
    assert [each.value for each in question._choices] == ["own", ""]
    assert sitting.corpora.chosen is not None
    assert sitting.corpora.chosen.name == "own"
    table.run("form.edit")
    ui.answer("mine", ChoiceDialog)
    assert not ui.dialogs
