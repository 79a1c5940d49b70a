import json
import random

import numpy as np
import pytest
from textual.app import App

from charplay.playground.saved_texts import ModelOrigin
from charplay.sampling.branches import Branch
from charplay.sampling.generator import TextGenerator
from charplay.sampling.params import SamplingParams
from charplay.tui.dialogs.branch_diff import BranchDiffDialog
from charplay.tui.dialogs.branches import BranchesDialog, limbs
from charplay.tui.dialogs.candidates import CandidatesDialog
from charplay.tui.panes.text import TextPane
from charplay.tui.presentation.character_details import percent
from charplay.tui.presentation.tinting import LEFT_OUT, PROMPT, tint_number
from charplay.tui.themes import DARK
from charplay.tui.widgets.wrapping import shown

SONG = "to be or not to be\nthat is the question\n"


class Scholar:
    """Its state is all that it read, and what comes next depends on each of it: a wrong state shows at once."""

    def __init__(self, reciter, salt=0):
        model = reciter(SONG)
        self.vocabulary, self.characters, self.family = model.vocabulary, model.characters, model.family
        self.salt = salt

    def zero_state(self):
        return np.array(7 + self.salt)

    def logits(self, state):
        return np.random.default_rng(int(state)).normal(size=len(self.characters)) * 2

    def step(self, state, one):
        state = (state * 1_000_003 + one + self.salt) % 2**40
        return state, self.logits(state)

    def feed(self, state, ids):
        for one in ids:
            state = self.step(state, one)[0]
        return state, self.logits(state)


class Stage(App):
    def __init__(self, folder, model):
        super().__init__()
        self.register_theme(DARK)
        self.theme = DARK.name
        self.pane = TextPane(folder, clock=lambda: 0.0)
        self.model = model
        self.notices = []

    def compose(self):
        yield self.pane

    async def on_mount(self):
        await self.pane.unfold()
        self.pane.begin("", 0.8, 30.0)
        if self.model is not None:
            self.pane.show_model(self.model, "demo, step 5")

    def on_text_pane_notice(self, message):
        self.notices.append(message.text)

    def write(self, number):
        for _ in range(number):
            self.pane._advance(self.pane.generator, 1)
        self.pane._paint()

    @property
    def text(self):
        return self.pane.generator.text

    def said(self, widget):
        return str(widget.render())

    def sheet(self):
        """All characters of the sheet with the numbers of their tints, as they are drawn."""
        writing = self.pane.writing
        for number in range(len(writing.text.wrapped.starts)):
            writing._strip(number)
        return list(zip(writing.text.wrapped.glyphs, writing.text.numbers, strict=True))

    def expected(self):
        """What the sheet shows of the generator's text."""
        transcript = self.pane.generator.transcript
        numbers = {"drawn": lambda one: tint_number("temperature", one.temperature)}
        return [
            (shown(transcript[i].character), numbers.get(transcript[i].kind, lambda _: PROMPT)(transcript[i]))
            for i in range(len(transcript))
        ]


@pytest.fixture
def stage(tmp_path, reciter):
    return Stage(tmp_path / "texts", Scholar(reciter))


def alone(model, number):
    """What a generator without a screen writes."""
    generator = TextGenerator(model)
    generator.advance(most=number)
    return generator.text


KEYS = ("left", "right", "up", "down", "home", "end", "pageup", "pagedown", "escape", "g", "i", "enter", "c")


@pytest.mark.parametrize("luck", [1, 2, 3])
async def test_looking_never_changes_what_comes_next(stage, luck):
    dice = random.Random(luck)
    async with stage.run_test(size=(70, 14)) as pilot:
        for _ in range(3):
            stage.write(dice.randrange(60))
            for key in dice.choices(KEYS, k=8):
                if not stage.pane.looking:
                    await pilot.press("c")
                await pilot.press(key)
                if key in ("g", "i", "enter"):
                    await pilot.press("escape")
            stage.pane._go_on()
        stage.write(20)
        assert stage.text == alone(stage.model, len(stage.pane.generator.transcript))
        assert stage.sheet() == stage.expected()
        assert len(stage.pane._tree.branches) == 1


async def test_a_cursor_holds_the_writing_and_escape_lets_it_go_on(stage):
    async with stage.run_test(size=(80, 14)) as pilot:
        stage.write(30)
        assert stage.pane.playing
        await pilot.press("c")
        assert not stage.pane.playing
        assert stage.focused is stage.pane.writing
        await pilot.press("escape")
        assert stage.pane.playing
        assert stage.focused is stage.pane.sliders.temperature
        stage.pane.playing = False
        await pilot.press("c", "left", "escape")
        assert not stage.pane.playing
        await pilot.press("c")
        stage.pane.action_write()
        assert stage.pane.playing
        assert not stage.pane.looking


async def test_the_cursor_tells_what_stands_under_it_and_the_bars_its_rivals(stage):
    async with stage.run_test(size=(100, 14)) as pilot:
        stage.write(50)
        await pilot.press("c", "left", "left", "left")
        assert stage.pane.writing.point == 46
        transcript = stage.pane.generator.transcript
        line = stage.said(stage.pane.look)
        assert f"rank {transcript[46].rank}" in line
        assert f"surprise {transcript[46].surprise:.2f} bits" in line
        assert percent(transcript[46].probability) in line
        assert "temperature 0.80" in line
        assert "demo, step 5" in line
        shown = [candidate[0] for candidate in stage.pane.bars._candidates]
        there = [candidate.character for candidate in stage.pane.generator.inspect(46, len(shown)).candidates]
        assert shown == there
        await pilot.press("end")
        assert "the end" in stage.said(stage.pane.look)
        await pilot.press("home")
        assert stage.pane.writing.point == 0


async def test_without_bars_the_line_names_the_rivals(stage):
    async with stage.run_test(size=(60, 12)) as pilot:
        stage.write(50)
        await pilot.press("c")
        assert not stage.pane.bars.display
        favourite = stage.pane.generator.inspect(49, 1).candidates[0]
        assert "likely" in stage.said(stage.pane.look)
        assert percent(favourite.filtered) in stage.said(stage.pane.look)


@pytest.mark.parametrize("size", [(60, 10), (78, 12), (120, 40)])
async def test_the_cursor_is_always_in_sight(stage, size):
    async with stage.run_test(size=size) as pilot:
        stage.write(1500)
        for key in ("c", "up", "up", "pageup", "pageup", "home", "down", "right", "pagedown", "end", "left"):
            await pilot.press(key)
            await pilot.pause()
            writing = stage.pane.writing
            line = writing.text.line_of(writing.point)
            assert writing.top <= line < writing.top + writing.size.height
            drawn = [segment.style for segment in writing.render_line(line - writing.top)]
            assert writing._parts.of(writing, "pointing--point") in drawn


async def test_up_and_down_keep_the_column_and_every_glyph_can_be_pointed_at(stage, reciter):
    async with stage.run_test(size=(80, 14)) as pilot:
        stage.pane.playing = False
        await pilot.press("i", *("to be\\nor\\nthat is"), "enter")
        stage.pane.playing = False
        await pilot.press("c", "up", "up")
        writing = stage.pane.writing
        assert stage.text[writing.point] == "\n"
        assert "↵" in writing.render_line(0).text
        await pilot.press("left", "left", "down", "down")
        assert (writing.point, stage.text[writing.point]) == (12, "t")


async def test_another_character_makes_a_branch_that_goes_on_from_it(stage):
    async with stage.run_test(size=(80, 30)) as pilot:
        stage.write(40)
        before = stage.text
        await pilot.press("c", *["left"] * 9, "enter")
        assert isinstance(stage.screen, CandidatesDialog)
        other = next(c for c in "abehinoqrstu" if c != before[30])
        await pilot.press(other)
        assert stage.text == before[:30] + other
        assert stage.pane.generator.transcript[30].kind == "picked"
        assert [branch.name for branch in stage.pane._tree.branches] == ["1", "2"]
        assert stage.pane.playing
        assert not stage.pane.looking
        assert stage.sheet() == stage.expected()
        stage.write(10)
        generator = TextGenerator(stage.model)
        generator.advance(most=30)
        generator.write(other, "picked")
        generator.advance(most=10)
        assert stage.text == generator.text


async def test_the_character_that_stands_there_is_no_new_branch(stage):
    async with stage.run_test(size=(80, 30)) as pilot:
        stage.write(20)
        await pilot.press("c", "enter", stage.text[19])
        assert len(stage.pane._tree.branches) == 1
        assert stage.pane.looking


async def test_at_the_end_a_picked_character_is_simply_written(stage):
    async with stage.run_test(size=(80, 30)) as pilot:
        stage.write(20)
        before = stage.text
        await pilot.press("c", "end", "enter", "q")
        assert stage.text == before + "q"
        assert len(stage.pane._tree.branches) == 1


async def test_a_character_the_network_does_not_know_cannot_be_picked(stage):
    async with stage.run_test(size=(80, 30)) as pilot:
        stage.write(20)
        await pilot.press("c", "enter", "Z")
        assert isinstance(stage.screen, CandidatesDialog)
        assert "does not know Z" in stage.said(stage.screen.query_one(".fault"))


async def test_text_of_ones_own_at_the_cursor_and_at_the_end(stage):
    async with stage.run_test(size=(80, 30)) as pilot:
        stage.write(20)
        before = stage.text
        await pilot.press("i")
        assert not stage.pane.playing
        await pilot.press(*"to Z", "backslash", *"be", "enter")
        assert stage.text == before + "to be"
        assert stage.notices == ["Left out, unknown to the network: Z \\"]
        assert stage.pane.playing
        assert len(stage.pane._tree.branches) == 1
        await pilot.press("c", "home", "right", "right", "i")
        await pilot.press(*"or", "enter")
        assert stage.text == before[:2] + "or"
        assert {stage.pane.generator.transcript[at].kind for at in (2, 3)} == {"typed"}
        assert len(stage.pane._tree.branches) == 2
        assert stage.sheet() == stage.expected()
        await pilot.press("c", "i", "escape")
        assert stage.pane.looking
        await pilot.press("i", "enter")
        assert stage.text == before[:2] + "or"


async def test_going_back_to_a_branch_continues_it_exactly(stage):
    async with stage.run_test(size=(80, 30)) as pilot:
        stage.pane.playing = False
        stage.write(40)
        await pilot.press("c", *["left"] * 20, "i", *"question", "enter")
        stage.pane.set_temperature(6)
        stage.pane.filters.set({"top_k": 3.0})
        stage.pane._slid(type("Event", (), {"stop": lambda self: None})())
        stage.write(25)
        second = stage.text
        await pilot.press("g", "up", "enter")
        assert stage.pane._tree.current == "1"
        assert stage.pane.temperature == pytest.approx(0.8)
        assert stage.pane.filters.values["top_k"] == 1000
        assert stage.sheet() == stage.expected()
        stage.write(30)
        assert stage.text == alone(stage.model, 70)
        await pilot.press("g", "down", "enter")
        assert stage.text == second
        assert stage.pane.temperature == pytest.approx(1.1)
        assert stage.pane.generator.params.top_k == 3
        assert stage.sheet() == stage.expected()
        await pilot.pause()
        assert "branch 2" in stage.pane.render_lines(stage.pane.outer_size.region)[0].text


async def test_the_screen_of_branches_renames_forgets_compares_and_exports(stage, tmp_path):
    async with stage.run_test(size=(100, 30)) as pilot:
        stage.pane.playing = False
        stage.write(20)
        await pilot.press("c", "home", *["right"] * 5, "i", *"not", "enter")
        stage.write(5)
        await pilot.press("g")
        screen = stage.screen
        assert isinstance(screen, BranchesDialog)
        await pilot.pause()
        rows = [screen._rows.render_line(y).text for y in range(3)]
        assert "└─ 2" in rows[2]
        assert "at 5" in rows[2]
        assert rows[2].startswith("●")
        await pilot.press("d")
        assert "stays" in stage.said(screen._said)
        await pilot.press("r", *["backspace"], "1")
        assert "already" in stage.said(stage.screen.query_one(".fault"))
        await pilot.press("backspace", *"\u202ehope", "enter")
        assert "\u202e" not in "".join(screen._rows.render_line(2).text)
        await pilot.press("up", "c")
        assert isinstance(stage.screen, BranchDiffDialog)
        await pilot.press("escape", "e")
        (path,) = (tmp_path / "texts").glob("*-branches.json")
        plain = json.loads(path.read_text())
        assert [branch["text"] for branch in plain["branches"]] == [stage.pane._tree.text("1"), stage.text]
        await pilot.press("d", "d")
        assert len(stage.pane._tree.branches) == 1
        await pilot.press("escape")
        assert stage.screen is stage.pane.screen


async def test_a_live_run_can_be_gone_back_in_and_what_cannot_is_one_sentence(stage, reciter, monkeypatch):
    monkeypatch.setattr("charplay.sampling.segment.RECENT", 40)
    async with stage.run_test(size=(80, 30)) as pilot:
        stage.pane.show_model(Scholar(reciter, 1), "live, step 0", follow=True)
        first = stage.pane._first
        stage.write(60)
        stage.pane.update_weights(Scholar(reciter, 2), "live, step 100")
        stage.write(30)
        before = stage.text
        await pilot.press("c", *["left"] * 34)
        assert "its candidates by live, step 100" in stage.said(stage.pane.look)
        await pilot.press("i", *"to be", "enter")
        assert stage.text == before[:55] + "to be"
        assert stage.sheet()[first:] == stage.expected()
        assert "100" in stage.pane.writing.text.marks
        await pilot.press("g", "up", "enter")
        assert stage.text == before
        assert stage.sheet()[first:] == stage.expected()
        stage.write(10)
        await pilot.press("c", "home", "right")
        assert "gone" in stage.said(stage.pane.look)
        await pilot.press("enter", "i", "t", "enter")
        assert len(stage.notices) == 2
        assert all("the weights that wrote position 1 are gone" in sentence for sentence in stage.notices)
        assert stage.pane.looking


async def test_another_model_or_another_text_puts_the_cursor_away(stage, reciter):
    async with stage.run_test(size=(80, 30)) as pilot:
        stage.write(20)
        await pilot.press("c", "left", "i", "t", "o", "enter", "c")
        stage.pane.show_model(Scholar(reciter, 3), "demo, step 9")
        assert not stage.pane.looking
        assert stage.pane.playing
        stage.write(5)
        assert stage.sheet()[stage.pane._first :] == stage.expected()
        await pilot.press("c", "n")
        assert not stage.pane.looking


async def test_branches_outlive_another_seed_another_prompt_and_another_network(stage, reciter):
    async with stage.run_test(size=(100, 30)) as pilot:
        pane = stage.pane
        pane.playing = False
        stage.write(20)
        await pilot.press("c", "left", "i", "t", "o", "enter")
        pane.playing = False
        texts = {name: pane._tree.text(name) for name in ("1", "2")}
        await pilot.press("n")
        stage.write(5)
        await pilot.press("e", *"or", "enter")
        stage.write(5)
        pane.show_model(Scholar(reciter, 3), "live, step 9", follow=True, origin=ModelOrigin("run", "/runs/run"))
        stage.write(5)
        assert pane.following
        texts |= {name: pane._tree.text(name) for name in ("3", "4", "5")}
        await pilot.press("g")
        rows = [stage.screen._rows.render_line(y).text for y in range(6)]
        assert [row[2:].split()[0] for row in rows[1:]] == ["1", "└─", "3", "4", "5"]
        assert stage.said(stage.screen._said) == "live, step 9, seed 2, temperature 0.80"
        await pilot.press("home", "c")  # beside the one that is being written
        assert stage.screen._first == "5"
        await pilot.press("escape", "down", "space", "end", "up", "c")
        assert isinstance(stage.screen, BranchDiffDialog)
        assert (stage.screen._first, stage.screen._second) == ("2", "4")
        assert stage.screen._compared == pane._tree.compare("2", "4")
        await pilot.press("escape", "home", "down", "enter")
        assert (pane._tree.current, pane.following, pane._origin.run, pane.prompt) == ("2", False, "", "")
        assert stage.sheet() == stage.expected()
        stage.write(10)
        generator = TextGenerator(stage.model)
        generator.advance(most=18)
        generator.write("to")
        generator.advance(most=10)
        assert stage.text == generator.text
        await pilot.press("g", "end", "enter")
        assert (pane.following, pane._origin.run, stage.text, pane.prompt) == (True, "run", texts["5"], "or")
        assert all(pane._tree.text(name).startswith(text) for name, text in texts.items())


async def test_a_struck_out_character_is_passed_over_harmlessly(stage):
    async with stage.run_test(size=(80, 30)) as pilot:
        stage.pane.begin("tZoY", 0.8, 30.0)
        stage.pane.playing = False
        stage.write(6)
        assert [number for _, number in stage.sheet()[:4]] == [PROMPT, LEFT_OUT, PROMPT, LEFT_OUT]
        await pilot.press("c", "home", "right")
        assert "left out of the prompt" in stage.said(stage.pane.look)
        await pilot.press("enter")
        assert stage.screen is stage.pane.screen
        await pilot.press("right", "enter", "e")
        assert stage.text == "te"
        assert [glyph for glyph, _ in stage.sheet()] == ["t", "Z", "e"]


async def test_of_a_prompt_with_struck_out_characters_every_branch_shows_its_own(stage):
    async with stage.run_test(size=(80, 30)) as pilot:
        stage.pane.begin("tZoYb", 0.8, 30.0)
        stage.pane.playing = False
        stage.write(6)
        whole = stage.sheet()
        await pilot.press("c", "home", "right", "right", "enter", "e")
        stage.write(5)
        assert "".join(glyph for glyph, _ in stage.sheet()) == "tZ" + stage.text[1:].replace("\n", "")
        assert [stage.pane._position(at) for at in range(6)] == [0, 1, 1, 2, 3, 4]
        await pilot.press("g", "home", "enter")
        assert stage.sheet() == whole
        assert [stage.pane._position(at) for at in range(6)] == [0, 1, 1, 2, 2, 3]


async def test_of_a_text_whose_beginning_was_let_go_another_branch_is_shown_whole(stage, monkeypatch):
    monkeypatch.setattr("charplay.tui.widgets.growing_text.MOST_CHARACTERS", 2000)
    async with stage.run_test(size=(80, 30)) as pilot:
        stage.pane.playing = False
        stage.write(300)
        stage.pane._branch(100, "e", "typed")
        stage.write(2600)
        assert stage.pane.writing.gone
        stage.pane._go_to("1")
        await pilot.pause()
        sheet, text = stage.pane.writing, stage.pane.generator.transcript
        assert sheet.end - stage.pane._first == len(text) == 300
        assert list(stage.pane._numbers(stage.pane._first, sheet.end)) != []
        stage.pane._repaint_text()
        await pilot.pause()


async def test_without_a_model_the_keys_are_harmless(tmp_path):
    app = Stage(tmp_path, None)
    async with app.run_test(size=(80, 14)) as pilot:
        await pilot.press("c", "i", "g", "enter", "escape")
        assert app.pane.generator is None


async def test_where_branches_cannot_be_written_is_one_sentence(stage, tmp_path):
    (tmp_path / "texts").write_text("in the way")
    async with stage.run_test(size=(80, 30)) as pilot:
        stage.pane.playing = False
        await pilot.press("g", "e")
        assert stage.said(stage.screen._said).startswith("The branches could not be written: ")


async def test_filters_stand_as_in_the_settings(stage):
    bias = ((" ", 1.5), ("\n", float("-inf")), ("=", -2.0))
    wanted = SamplingParams(top_k=5, top_p=0.5, min_p=0.1, repetition_penalty=1.5, repetition_window=20, bias=bias)
    async with stage.run_test(size=(80, 14)):
        for each in (wanted, SamplingParams()):
            stage.pane.filters.show(each)
            assert stage.pane.filters.applied(SamplingParams()) == each


@pytest.mark.parametrize(
    ("probability", "shown"), [(1.0, "100 %"), (0.123, "12 %"), (0.0123, "1.2 %"), (1e-6, "<0.1 %"), (0.0, "0 %")]
)
def test_small_probabilities_are_not_nothing(probability, shown):
    assert percent(probability) == shown


async def test_an_untouched_pane_shows_nothing_of_this(stage):
    async with stage.run_test(size=(80, 14)) as pilot:
        stage.write(10)
        pane = stage.pane
        assert (pane.look.display, pane.own.display) == (False, False)
        await pilot.press("c")
        assert (pane.look.display, pane.own.display) == (True, False)
        await pilot.press("i")
        assert (pane.look.display, pane.own.display) == (True, True)
        await pilot.press("escape", "escape")
        assert (pane.look.display, pane.own.display) == (False, False)


def test_a_branch_follows_the_one_that_it_left_however_deep():
    deep = [Branch(str(at), str(at - 1) if at > 1 else "", at, at + 1, "", 1, 1.0) for at in range(1, 3000)]
    twin = Branch("twin", "2", 2, 9, "", 1, 1.0)
    found = list(limbs((*deep, twin, Branch("another", "", 0, 9, "", 1, 1.0))))
    assert [limb.branch.name for limb in found] == [*(branch.name for branch in deep), "twin", "another"]
    assert [limb.lines for limb in found[:4]] == ["", "└─ ", "   ├─ ", "   │  └─ "]
    assert (found[-2].lines, found[-1].lines) == ("   └─ ", "")
    assert max(len(limb.lines) for limb in found) < 20
    assert found[50].lines.startswith("…")
    assert found[50].lines.endswith("└─ ")
