"""The form, the texts, the runs, and what is laid over them."""

import hashlib
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from played import Play
from textual import events

from charplay.corpora.classics import Classic, Mirror
from charplay.corpora.corpus import Corpus
from charplay.corpora.library import Library
from charplay.formatting.sanitize import sanitize
from charplay.playground.recipe_rows import label
from charplay.playground.warm_start import WarmStart
from charplay.recipes.presets import name_fault
from charplay.recipes.recipe import Recipe
from charplay.runs.home import Home
from charplay.runs.run import Run
from charplay.tui.dialogs.choice import Choice, ChoiceDialog
from charplay.tui.dialogs.explorer import ExplorerScreen
from charplay.tui.dialogs.network_summary import NetworkDialog
from charplay.tui.dialogs.reader import ReaderDialog
from charplay.tui.widgets.text_page import TextPage


async def test_the_form_shows_eight_fields_and_what_auto_resolved_to(play: Play) -> None:
    async with play() as it:
        fields = it.main.form._fields
        assert len(fields.names) == 8
        await it.until(lambda: "parameters" in it.seen())
        assert "auto about 64" in it.seen()
        await it.press("2", "m")
        assert len(fields.names) > 30
        assert "stride" not in fields.names
        await it.press("m")
        assert len(fields.names) == 8


async def test_a_value_is_checked_as_it_is_typed_and_taken_when_it_is_sound(play: Play) -> None:
    async with play() as it:
        await it.press("2", *["down"] * 3, "enter", *["backspace"] * 6, *"9999999")
        await it.until(lambda: "hidden size must be" in it.seen())
        await it.press("enter")
        assert it.main.form.draft.asked.hidden_size == "auto"
        await it.press(*["backspace"] * 7, *"96", "enter")
        await it.until(lambda: it.main.form.draft.asked.hidden_size == 96)
        assert it.main.form.draft.resolved.hidden_size == 96
        await it.press("backspace")
        assert it.main.form.draft.asked.hidden_size == "auto"


async def test_keys_write_into_a_text_field_and_command_nothing(play: Play) -> None:
    async with play() as it:
        await it.press("2", *["down"] * 3, "enter", *"tpxq15[]B?")
        await it.pilot.pause()
        assert not it.trainer.requests
        assert it.main.form._editor.value.endswith("tpxq15[]B?")
        assert it.screen is it.main
        await it.press("escape")
        assert not it.main.form._editor.display
        assert it.main.form._fields.has_focus


@pytest.mark.fault("31")
async def test_a_hostile_value_is_edited_as_plain_glyphs_and_stays_what_it_is(play: Play) -> None:
    hostile = "a\x1b]0;owned\x07\u202eb\n\\n"
    async with play() as it:
        form = it.main.form
        form.draft.fill(Recipe(steps=100, sample_every=50, sample_prompt=hostile).model_dump())
        await it.press("2", "m")
        while form._fields.names[form._fields.cursor] != "sample_prompt":
            await it.press("down")
        await it.press("enter")
        await it.until(lambda: form._editor.display)
        assert sanitize(form._editor.value) == form._editor.value
        assert sanitize(it.seen(), "\n") == it.seen()
        await it.press("enter")
        await it.until(lambda: not form._editor.display)
        assert form.draft.asked.sample_prompt == hostile


async def test_arrows_step_through_choices_and_numbers(play: Play) -> None:
    async with play() as it:
        draft = it.main.form.draft
        await it.press("2", "down", "right")
        assert draft.asked.cell != "lstm" or len(draft.choices("cell")) == 1
        await it.press("down", "right")
        assert draft.asked.num_layers == 2
        await it.press("left")
        assert draft.asked.num_layers == 1
        await it.press("end", "up", "right")
        assert draft.budget() == ("minutes", 4)


async def test_a_choice_is_taken_from_a_list(play: Play) -> None:
    async with play() as it:
        await it.press("2", "home", "enter")
        assert isinstance(it.screen, ChoiceDialog)
        await it.press("end", "enter")
        assert it.main.form.draft.preset == it.main.form.draft.preset_names()[-1]


async def test_the_device_list_says_how_much_memory_is_free(play: Play) -> None:
    async with play() as it:
        await it.press("2", "end", "enter")
        await it.until(lambda: "CPU, 2 threads, 4.0 of 8.0 GiB free" in it.seen())


async def test_what_the_network_sees(play: Play) -> None:
    async with play() as it:
        await it.press("2", "i")
        await it.until(lambda: isinstance(it.screen, NetworkDialog) and "lstm 1" in it.seen())
        seen = it.seen()
        assert "(64 + 1) x 28 = 1,820" in seen
        assert "predicts" in seen
        await it.press("escape")
        assert it.screen is it.main


async def test_an_epoch_is_timed_when_asked(play: Play) -> None:
    watches = []

    def measure(recipe: Recipe, corpus: Corpus, watch: Callable[..., Any]) -> float:
        watches.append(watch)
        if len(watches) == 1:
            raise ValueError("no steps\nwere taken")
        return 61.0

    async with play(measure=measure) as it:
        await it.press("2", "i")
        await it.until(lambda: "steps; not timed yet" in it.seen())
        await it.press("enter")
        await it.until(lambda: "they could not be timed: no steps" in it.seen())
        await it.press("enter")
        await it.until(lambda: "steps; about 1:01 on this machine" in it.seen())
        assert watches[-1](0.0)
        await it.press("escape")
        await it.until(lambda: not watches[-1](0.0))
        await it.training()
        await it.press("2", "i", "enter")
        await it.until(lambda: "a run is under way" in it.seen())
        assert len(watches) == 2


async def test_kept_presets_can_be_chosen_and_the_line_says_that_they_are_kept(play: Play, home: Home) -> None:
    async with play() as it:
        await it.press("2", "down", "down", "right", "w")
        await it.press(*"mine", "enter")
        await it.until(lambda: it.main.form.draft.preset == "mine")
        assert (home.presets / "mine.toml").is_file()
        assert it.main.form.draft.asked.num_layers == 2
        await it.until(lambda: "Kept as the preset mine." in it.seen())
        before = (home.presets / "mine.toml").read_text()
        for answer in ("n", "r"):
            await it.press("right", "w", *"mine", "enter")
            await it.until(lambda: "There is a preset mine already." in it.seen())
            assert (home.presets / "mine.toml").read_text() == before
            await it.press(answer)
            await it.until(lambda: "There is a preset mine already." not in it.seen())
        await it.until(lambda: (home.presets / "mine.toml").read_text() != before)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 20)])
@pytest.mark.parametrize("name", ["My preset", "quick", "A" * 70])
async def test_a_preset_s_name_is_judged_as_it_is_typed_and_stays_to_be_mended(
    play: Play, home: Home, name: str, size: tuple[int, int]
) -> None:
    async with play(size=size) as it:
        await it.press("2", "w")
        field, fault = it.screen.query_one("Input"), it.screen.query_one(".fault")

        def told() -> str:
            rows = it.seen().split("\n")[fault.region.y : fault.region.bottom]
            return "".join(row[fault.region.x : fault.region.right].replace(" ", "") for row in rows)

        field.value = name
        await it.until(lambda: told() == name_fault(name).replace(" ", ""))
        await it.press("enter")
        assert field.value == name
        assert not list(home.presets.glob("*"))
        field.value = "mine"
        await it.press("enter")
        await it.until((home.presets / "mine.toml").is_file)
        await it.until(lambda: "Kept as the preset mine." in it.seen() and "choose another" not in it.seen())


async def test_a_preset_that_cannot_be_written_is_one_sentence(play: Play, home: Home) -> None:
    async with play() as it:
        home.presets.rmdir()
        home.presets.write_text("in the way")
        await it.press("2", "w", *"mine", "enter")
        await it.until(lambda: "The preset could not be written: " in it.seen())
        assert it.main.form.draft.preset == "quick"


async def test_a_dropped_file_appears_without_a_restart(play: Play, home: Home) -> None:
    async with play() as it:
        (home.corpora / "dropped \x1b]0;evil\x07.txt").write_text("abc " * 100)
        it.main.playground.corpora.look()
        await it.until(lambda: "dropped" in it.seen())
        assert "\x1b" not in it.seen()


async def test_a_path_opens_that_text(play: Play, home: Home) -> None:
    other = home.root / "own.txt"
    other.write_text("to be or not to be " * 40)
    async with play(path=str(other)) as it:
        assert it.main.playground.corpora.chosen.path == other
        assert it.main.playground.corpora.corpus is not None
        assert len(it.main.playground.corpora.corpus) == 760


async def test_a_path_that_is_no_text_is_answered_and_the_default_taken(play: Play, home: Home) -> None:
    library = Library(home.corpora, home.cache, catalog=[])
    async with play(path=str(home.root / "nowhere.txt"), library=library) as it:
        await it.until(lambda: "nowhere.txt" in it.seen())
        assert it.main.playground.corpora.chosen.name == library.find("").name


async def test_a_text_that_cannot_be_read_is_not_trained_on(play: Play, home: Home) -> None:
    (home.corpora / "noise.txt").write_bytes(bytes(range(256)) * 20)
    async with play() as it:
        it.main.playground.corpora.choose("noise")
        await it.until(lambda: "the text could not be read" in it.seen())
        await it.press("t")
        await it.until(lambda: "binary data" in it.seen() and "1 chooses another text" in it.seen())
        assert not it.trainer.requests
        it.main.playground.corpora.choose("fox")
        await it.until(lambda: it.main.playground.corpora.corpus is not None)
        await it.press("t")
        await it.until(lambda: it.trainer.requests)


async def test_what_was_wrong_with_one_text_is_not_said_of_the_next(play: Play, home: Home) -> None:
    (home.corpora / "noise.txt").write_bytes(bytes(range(256)) * 20)
    (home.corpora / "ends.txt").write_bytes(b"the end\r\n" * 100)
    async with play() as it:
        await it.pilot.pause()  # the text pane has said that it is held
        for name, then in (("ends", "Line ends (CRLF) are read as LF"), ("fox", "")):
            it.main.playground.corpora.choose("noise")
            await it.until(lambda: "binary data" in it.seen())
            it.main.playground.corpora.choose(name)
            await it.until(lambda: it.main.playground.corpora.corpus is not None and then in it.seen())  # noqa: B023
            assert "binary data" not in it.seen()
        it.main.playground.corpora.choose("nowhere")
        await it.until(lambda: "nowhere" in it.seen())
        it.main.playground.corpora.choose("ends")
        await it.until(lambda: "Line ends (CRLF)" in it.seen())
        assert "nowhere" not in it.seen()


@pytest.mark.parametrize("row", ["beta1", "clip_value", "threads"])
async def test_the_field_stays_on_its_row_when_what_is_wrong_takes_room(play: Play, row: str) -> None:
    async with play() as it:
        await it.press("2", "m")
        fields, editor = it.main.form._fields, it.main.form._editor
        fields.cursor = fields.names.index(row)
        await it.press("enter", *["backspace"] * 6, *"-7x", "enter")
        await it.until(lambda: f"{label(row)} must be" in " ".join(it.seen().split()))
        await it.until(lambda: editor.region.y == fields.region.y + fields.line_of_cursor())
        assert editor.region.y < fields.region.bottom <= it.main.form._summary.region.y
        assert (editor.region.x, editor.region.right) == (fields.region.x + 21, fields.region.right)
        assert row.replace("_", " ") in it.seen().splitlines()[editor.region.y]


@pytest.mark.parametrize("width", [60, 80, 120])
async def test_a_long_answer_leaves_its_room_to_the_note_beside_it(play: Play, width: int) -> None:
    note = "lstm 1x256, step 500, fox"
    names = [f"{'a-name-' * 8}{end}" for end in ("01", "02")]
    async with play((width, 30)) as it:
        it.app.push_screen(
            ChoiceDialog("A title", "", [Choice("", "no", key="0"), *(Choice(n, n, note) for n in names)])
        )
        for end in ("01", "02"):
            await it.until(lambda: re.search(rf"a-name\S*{end}   {note} ", it.seen()))  # noqa: B023
        it.app.push_screen(ChoiceDialog("A title", "", [Choice("an answer", "an answer", "a-note-" * 20)]))
        await it.until(lambda: re.search(r" an answer   a-note\S*… *│", it.seen()))


@pytest.mark.parametrize("heights", [(50, 20), (20, 50)])
async def test_a_list_in_a_dialog_keeps_to_the_screen_whatever_becomes_of_that(
    play: Play, heights: tuple[int, int]
) -> None:
    first, then = heights
    async with play((100, first)) as it:
        question = ChoiceDialog("A title", "A sentence.", [Choice(str(at), f"answer {at}") for at in range(30)], "3")
        it.app.push_screen(question)
        await it.until(lambda: "answer 3" in it.seen())
        assert question._answers.cursor == 3
        await it.pilot.resize_terminal(100, then)
        await it.press("end")
        await it.until(lambda: "answer 29" in it.seen())
        assert ("answer 0 " in it.seen()) is (then == 50)


async def test_another_window_takes_nothing_away_that_was_typed(play: Play) -> None:
    async with play() as it:
        await it.press("2", "down", "down", "down", "enter", *["backspace"] * 4, *"77")
        it.app.post_message(events.AppBlur())
        await it.until(lambda: it.main.focused is None)
        it.app.post_message(events.AppFocus())
        await it.until(lambda: it.main.focused is it.main.form._editor)
        await it.press("8", "enter")
        assert it.main.form.draft.asked.hidden_size == 778


@pytest.mark.parametrize("key", ["escape", "tab", "shift+tab"])
async def test_a_prompt_is_put_away_by_whatever_leaves_it(play: Play, key: str) -> None:
    async with play() as it:
        await it.press("5", "P", *"so", key)
        await it.until(lambda: "enter begins anew" not in it.seen())
        assert not it.main.text.has_class("-prompting")
        assert it.instrument.prompt == ""
        await it.press("t")
        await it.until(lambda: it.trainer.requests)


async def test_preview_searches_and_counts(play: Play) -> None:
    async with play() as it:
        await it.press("1", "v")
        await it.until(lambda: isinstance(it.screen, ExplorerScreen) and "the quick brown" in it.seen())
        await it.press("slash", *"lazy", "enter")
        sheet = it.screen.query_one(TextPage)
        await it.until(lambda: sheet.marked == (35, 39))
        await it.press("n")
        assert sheet.marked[0] > 39
        await it.press("pagedown", "up", "end", "home", "2")
        await it.until(lambda: "28 of 28 cover 100.00 %" in it.seen())


async def test_a_name_that_looks_like_markup_is_a_name(play: Play, home: Home) -> None:
    (home.corpora / "[b='x.txt").write_text("abc " * 100)
    async with play(path="[b='x") as it:
        await it.press("1", "v")
        await it.until(lambda: isinstance(it.screen, ExplorerScreen) and "[b='x" in it.seen())
        await it.press("2")
        await it.until(lambda: "4 of 4 cover" in it.seen())


TINY = "now it is here " * 50


@pytest.fixture
def served() -> Iterator[str]:
    """Serves one text over HTTP on loopback; gives its address."""

    class Served(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            there = self.path == "/tiny.txt"
            self.send_response(200 if there else 404)
            self.end_headers()
            self.wfile.write(TINY.encode() if there else b"")

        def log_message(self, *_: str) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Served) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("there", [True, False])
async def test_train_fetches_the_default_text_and_starts_by_itself(
    play: Play, home: Home, served: str, there: bool
) -> None:
    address = f"{served}/{'tiny' if there else 'gone'}.txt"
    digest = hashlib.sha256(TINY.encode()).hexdigest()
    classic = Classic("tiny-shakespeare", "tiny Shakespeare", "free", "a play", (Mirror(address, len(TINY), digest),))
    library = Library(home.corpora, home.cache, catalog=[classic])
    async with play(library=library) as it:
        it.main.playground.corpora.choose("tiny-shakespeare")
        await it.until(lambda: "t fetches the text and trains" in it.seen())
        await it.press("t")
        await it.until(lambda: it.trainer.requests)
        assert it.trainer.requests[0].recipe["corpus"] == ("tiny-shakespeare" if there else "python-manual")
        if there:
            assert (home.corpora / "tiny-shakespeare.txt").read_text() == TINY
            return
        assert "tiny Shakespeare could not be fetched (1 and v say why); Python manual is read instead" in it.seen()
        await it.press("1")
        names = [entry.name for entry in it.main.playground.corpora.entries]
        it.main.corpus.rows.cursor = names.index("tiny-shakespeare")
        await it.press("v")
        await it.until(lambda: isinstance(it.screen, ReaderDialog))
        for told in (address, digest, "refuses (404"):
            assert told in it.seen()


async def test_a_text_that_was_not_chosen_can_be_looked_at(play: Play, home: Home) -> None:
    (home.corpora / "hare.txt").write_text("the hare and the hedgehog\n" * 40)
    async with play() as it:
        it.main.playground.corpora.refill()
        await it.press("1", "down", "v")
        await it.until(lambda: isinstance(it.screen, ExplorerScreen) and "the hedgehog" in it.seen())
        assert it.main.playground.corpora.chosen.name == "fox"


async def test_a_run_plays_fills_the_form_and_lies_over_the_chart(play: Play, kept_run: Callable[..., Run]) -> None:
    kept_run(finished=True)
    async with play() as it:
        await it.until(lambda: it.main.runs.rows.number() > 0)
        await it.press("3", "enter")
        await it.until(lambda: "kept-1, step 500" in it.seen())
        await it.press("c")
        await it.until(lambda: set(it.main.playground.chart.markers) == {"kept-1"})
        await it.press("4", "X", "Y", "L", "m", "d", "3")
        assert not it.main.playground.chart.markers
        await it.press("a")
        assert it.main.form.draft.asked.hidden_size == 12
        assert it.main.form.draft.budget() == ("steps", 1000)


@pytest.mark.parametrize("width", [80, 120, 200])
async def test_runs_that_differ_in_their_last_letters_only_are_told_apart(
    play: Play, kept_run: Callable[..., Run], width: int
) -> None:
    stem = "a-text-with-a-name-as-long-as-they-come-lstm-1x256-compared-with-another-recipe"
    for end in ("1", "2"):
        kept_run(name=stem + end, finished=True)
    async with play((width, 40)) as it:
        await it.press("3")
        await it.until(lambda: it.main.runs.rows.number() == 3)
        rows = [line for line in it.seen().splitlines() if "a-text" in line]
        assert [any(re.search(rf"recipe{end} +2\.100", row) for row in rows) for end in "12"] == [True, True]


async def test_again_takes_the_run_s_text_too(play: Play, kept_run: Callable[..., Run], home: Home) -> None:
    kept_run(finished=True)
    (home.corpora / "hare.txt").write_text("the hare and the hedgehog\n" * 40)
    async with play(path="hare") as it:
        await it.until(lambda: it.main.runs.rows.number() > 0)
        assert it.main.playground.corpora.chosen.name == "hare"
        await it.press("3", "a")
        await it.until(lambda: it.main.playground.corpora.corpus and it.main.playground.corpora.corpus.name == "fox")
        assert it.main.form.draft.corpus == "fox"
        assert it.main.form.draft.asked.hidden_size == 12


async def test_a_finished_run_is_extended(play: Play, kept_run: Callable[..., Run]) -> None:
    kept_run(finished=True)
    async with play() as it:
        await it.until(lambda: it.main.runs.rows.number() > 0)
        await it.press("3", "r", *"3 parsecs")
        await it.until(lambda: "write a number" in it.seen())
        await it.press(*["backspace"] * 7, *"steps", "enter")
        await it.until(lambda: it.trainer.requests)
        (request,) = it.trainer.requests
        assert request.added
        assert request.recipe["steps"] == 3


async def test_a_run_is_listed_from_its_start_and_the_cursor_stays_where_it_was(
    play: Play, kept_run: Callable[..., Run]
) -> None:
    kept_run(finished=True)
    async with play() as it:
        await it.until(lambda: it.main.runs.rows.number() == 2)
        await it.training()
        await it.until(lambda: it.main.runs.rows.number() == 3)
        assert it.main.runs.selected == "kept-1"


async def test_what_has_become_of_the_runs_is_seen_when_one_goes_there(
    play: Play, kept_run: Callable[..., Run]
) -> None:
    lock = kept_run().lock()
    async with play() as it:
        await it.until(lambda: it.main.runs.rows.number() == 2 and " runs " in it.seen())
        lock.release()
        await it.press("3")
        await it.until(lambda: " runs " not in it.seen() and it.main.playground.run_list.unfinished)


async def test_a_run_is_deleted_only_when_that_was_confirmed(play: Play, kept_run: Callable[..., Run]) -> None:
    run = kept_run()
    async with play() as it:
        await it.until(lambda: it.main.runs.rows.number() > 0)
        await it.press("3", "d", "n")
        assert run.folder.exists()
        await it.press("d", "d")
        await it.until(lambda: not run.folder.exists())


async def test_a_run_is_exported(play: Play, kept_run: Callable[..., Run], tmp_path: Path) -> None:
    kept_run()
    target = tmp_path / "x.safetensors"
    async with play() as it:
        await it.until(lambda: it.main.runs.rows.number() > 0)
        await it.press("3", "w")
        it.screen.query_one("Input").value = str(target)
        await it.press("enter")
        await it.until(target.exists)


async def test_a_run_starts_from_the_weights_of_another(play: Play, kept_run: Callable[..., Run]) -> None:
    run = kept_run(finished=True)
    async with play() as it:
        await it.until(lambda: it.main.runs.rows.number() > 0)
        await it.press("2", "m")
        fields = it.main.form._fields
        await it.press(*["down"] * fields.names.index("start from"), "enter")
        await it.until(lambda: isinstance(it.screen, ChoiceDialog) and "kept-1" in it.seen())
        await it.press("down", "enter")
        draft = it.main.form.draft
        await it.until(lambda: draft.warm_start)
        assert draft.resolved.hidden_size == 12
        await it.press("m")
        await it.until(lambda: fields.draft.shown("start from")[0] == "kept-1")
        await it.press("t")
        await it.until(lambda: it.trainer.requests)
        assert it.trainer.requests[0].source == str(run.playable)


async def test_weights_that_do_not_fit_are_said_before_training(play: Play, kept_run: Callable[..., Run]) -> None:
    kept_run(finished=True)
    async with play() as it:
        await it.until(lambda: it.main.runs.rows.number() > 0)
        it.main.form.draft.set("hidden_size", "32")
        assert it.main.playground.start_from("kept-1") == ""
        await it.until(lambda: "do not fit" in " ".join(it.seen().split()))
        await it.press("t")
        assert not it.trainer.requests


def test_characters_that_weights_do_not_know_are_listed() -> None:
    known = WarmStart("kept-1", "", Recipe(), "abc")
    assert known.fresh("abc") == ""
    assert known.fresh("ab cd\n") == "3 characters that kept-1 does not know start fresh: ␣ d ↵"


async def test_presets_are_chosen_by_what_they_say_of_themselves_and_a_broken_one_by_why(
    play: Play, home: Home
) -> None:
    home.presets.mkdir(parents=True, exist_ok=True)
    (home.presets / "mine.toml").write_text("title = 'what I like'\nhidden_size = 99\n")
    (home.presets / "torn.toml").write_text("hidden_size = = 3\n")
    async with play() as it:
        await it.press("2", "enter")
        await it.until(lambda: isinstance(it.screen, ChoiceDialog) and "what I like" in it.seen())
        assert "the preset torn cannot be" in it.seen()
        await it.press("escape")
        it.main.form._set("preset", "torn")
        await it.pilot.pause()
        assert it.main.form.draft.preset != "torn" or it.main.form.draft.faults
        it.main.form._set("preset", "mine")
        assert it.main.form.draft.asked.hidden_size == 99


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
async def test_every_note_that_fits_is_shown_whole(play: Play, size: tuple[int, int]) -> None:
    async with play(size=size) as it:
        await it.press("2")
        form = it.main.form
        form.draft.notes = ("the first note is short", "and so is the second", "x" * 500)
        form._summarize()
        await it.until(lambda: "the first note is short" in it.seen())
        rows = form.content_size.height
        assert form._fields.size.height + form._summary.size.height == rows
        assert form._fields.size.height >= len(form._fields.names)
        assert ("and so is the second" in it.seen()) == (form._summary.size.height >= 4)
        shown = it.seen().count("xxxx")
        assert shown == 0 or 110 <= shown <= 125  # whole, or not at all


@pytest.mark.parametrize(("width", "stage"), [(80, True), (120, False)])
async def test_a_start_shows_the_chart_and_the_text_where_another_pane_hides_them(
    play: Play, width: int, stage: bool
) -> None:
    async with play((width, 24)) as it:
        await it.press("2")
        assert it.main.form.is_on_screen
        assert it.main.text.is_on_screen != stage
        await it.training()
        await it.until(lambda: it.main.training.is_on_screen and it.main.text.is_on_screen)
        assert it.main._is_within("text" if stage else "form")
        await it.press("2")  # and who goes back stays there
        it.trainer.put(it.trainer.progress(200))
        await it.until(lambda: "200" in it.seen())
        assert it.main._is_within("form")


@pytest.mark.parametrize(
    ("width", "name", "columns"),
    [
        (120, "short", "step    nats     age"),
        (120, "tiny-shakespeare-lstm-01", "step    nats"),
        (120, "tiny-shakespeare-lstm-1x128-01", "nats"),
        (160, "tiny-shakespeare-lstm-1x128-01", "step    nats"),
        (120, "tiny-shakespeare-lstm-1x128-and-more-01", "nats"),
    ],
)
async def test_names_of_runs_are_cut_last(
    play: Play, kept_run: Callable[..., Run], width: int, name: str, columns: str
) -> None:
    kept_run(name=name)
    async with play((width, 40)) as it:
        await it.until(lambda: it.main.runs.rows.number() == 2)
        top = it.main.runs.region.y
        upper, row, *_ = (line[: it.main.runs.outer_size.width] for line in it.seen().splitlines()[top:])
        assert f"── {columns} ─╮" in upper
        assert (name in row) == (len(name) < 36)
        over = columns.split()
        shown = row.strip("│").split()[1:]
        assert shown[: len(over)] == ["500", "2.100", "now"][("step" not in over) :][: len(over)]
        edge = upper.index("nats") + len("nats")
        assert row[:edge].endswith("2.100"), "the loss stands below its heading"


async def test_a_tall_screen_shows_more_of_the_form(play: Play) -> None:
    async with play((120, 50)) as it:
        assert "batch size" in it.seen()
        assert "validation fraction" in it.seen()
        await it.pilot.resize_terminal(120, 40)
        await it.until(lambda: "batch size" not in it.seen())
        assert "device" in it.seen()
