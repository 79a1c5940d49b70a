"""A text read by a network: its score, its tints in the preview, and the training text it was copied from."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from played import Play
from sampling_models import make_model
from textual.events import Paste
from textual.widgets import Input

from charplay.corpora.corpus import from_text
from charplay.corpora.errors import CorpusError
from charplay.corpora.library import Library
from charplay.playground.checkpoints import list_checkpoints, open_model
from charplay.playground.exploring.surprisal_blocks import SurprisalBlocks
from charplay.playground.preferences import Preferences, read_preferences, write_preferences
from charplay.playground.scoring import MOST, Named, NotScored, Scored, ScoringJob, TextPart, held_out
from charplay.playground.training_text import TrainingTextJob, open_training_text, read_origin
from charplay.runs.checkpoint import CorpusOrigin, read_checkpoint, write_checkpoint
from charplay.runs.home import Home
from charplay.runs.run import Run
from charplay.sampling.score import score
from charplay.sampling.surprisal import BLOCK, SurprisalReader
from charplay.tui.dialogs.comparison import ComparisonScreen
from charplay.tui.dialogs.explorer import ExplorerScreen
from charplay.tui.dialogs.multi_choice import MultiChoiceDialog
from charplay.tui.dialogs.score import ScoreDialog
from charplay.tui.presentation.tinting import PLAIN, bit_tints, tint_number
from charplay.tui.widgets.escaped_input import EscapedInput

VERSE = "the quick brown fox jumps over the lazy dog\nand goes on to say so once again\n"


@pytest.fixture
def learned(home: Home, kept_run: Callable[..., Run]) -> Callable[..., Path]:
    """Writes a checkpoint that learned the first 1,000 characters of the fox, or as `over` says."""
    best = kept_run().best
    assert best
    made = read_checkpoint(best)

    def make(**over: Any) -> Path:
        sha256 = hashlib.sha256((home.corpora / "fox.txt").read_bytes()).hexdigest()
        origin = replace(CorpusOrigin("fox", "", sha256, 1000), **over)
        path = home.root / "fox.safetensors"
        recipe = made.recipe.model_copy(update={"limit": 1000})
        write_checkpoint(path, replace(made, corpus=origin, recipe=recipe))
        return path

    return make


async def test_a_line_break_in_a_name_breaks_no_heading(play: Play, home: Home) -> None:
    path = home.corpora / "new\nline.txt"
    path.write_text(VERSE * 70)
    async with play(path=str(path)) as it:
        await it.press("5", "i", "H")
        await it.until(lambda: "new line, its end   " in it.seen() or "new line, held-out end   " in it.seen())
        await it.press("escape", "1", "v")
        await it.until(lambda: "5,390 characters" in it.seen() and "new line" in it.seen().splitlines()[0])


def test_the_text_that_was_learned_is_opened_as_it_was_learned(home: Home, learned: Callable[..., Path]) -> None:
    library = Library(home.corpora, home.cache)
    corpus = open_training_text(library, *read_origin(learned()), lambda share: True)
    assert corpus.text() == (VERSE * 70)[:1000]
    elsewhere = home.root / "moved.txt"
    elsewhere.write_text(VERSE * 70)
    moved = read_origin(learned(name="gone", path=str(elsewhere)))
    assert len(open_training_text(library, *moved, lambda share: True)) == 1000
    nameless = read_origin(learned(name="gone"))
    assert len(open_training_text(library, *nameless, lambda share: True, str(elsewhere))) == 1000
    elsewhere.write_text(VERSE * 71)
    with pytest.raises(CorpusError, match="gone, which this network learned, is not here"):
        open_training_text(library, *nameless, lambda share: True, str(elsewhere))


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({"sha256": "0" * 64}, "differs"),
        ({"name": "gone"}, "not here"),
        ({"name": "tiny-shakespeare"}, "tiny Shakespeare, which this network learned, is not here"),
    ],
)
def test_a_text_that_is_gone_or_changed_is_one_sentence(
    home: Home, learned: Callable[..., Path], over: dict[str, str], sentence: str
) -> None:
    with pytest.raises(CorpusError, match=sentence):
        open_training_text(Library(home.corpora, home.cache), *read_origin(learned(**over)), lambda share: True)


def done(job: TrainingTextJob | ScoringJob) -> TrainingTextJob | ScoringJob:
    """The job, once it has ended by itself in this thread."""
    job.run()
    assert job.done
    return job


def test_the_index_comes_with_its_progress_or_with_the_reason_why_not(
    home: Home, learned: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    library = Library(home.corpora, home.cache)
    path = learned()
    job = TrainingTextJob(library, path)
    percents: list[float] = []
    watch = job._watch
    monkeypatch.setattr(job, "_watch", lambda share: percents.append(share) or watch(share))
    found = done(job).result
    assert percents == sorted(percents)
    assert job.percent == 100
    assert found
    index, corpus = found.index, found.corpus
    place = index.find(index.encode("brown fox"))
    assert place is not None
    assert corpus.text(place, place + 9) == "brown fox"
    assert done(TrainingTextJob(library, path, found)).result is found
    other = done(TrainingTextJob(library, path, replace(found, key=None))).result
    assert other is not found
    assert str(done(TrainingTextJob(library, home.root / "none.safetensors")).fault)


def test_the_held_out_end_is_that_of_training() -> None:
    corpus = from_text("text", "ab" * 500)
    assert held_out(corpus, 0.25)[1:3] == (750, 1000)
    assert held_out(corpus, 0.0)[1:3] == (900, 1000)
    start, stop = held_out(from_text("text", "ab" * MOST), 0.9)[1:3]
    assert stop - start == MOST


async def test_a_text_is_scored_by_one_network_after_another_and_a_broken_one_is_named(
    play: Play, kept_run: Callable[..., Run]
) -> None:
    kept_run()
    async with play() as it:
        model, corpus = it.instrument.generator.model, from_text("text", VERSE * 8)
        (kept,) = [each for each in list_checkpoints(it.main.playground.store.list()) if each.run == "kept-1"]
        other = Named(kept.title, lambda: open_model(Path(kept.path), kept.run).model)

        def broken() -> TextPart:
            raise CorpusError("It is gone.")

        models = [Named("demo", lambda: model), other]
        found = done(ScoringJob(lambda: TextPart(corpus, 3, 600), models)).take()
        scores = {each.name: each.score for each in found if isinstance(each, Scored)}
        assert list(scores) == ["demo", other.name]
        np.testing.assert_array_equal(scores["demo"].surprises, score(model, corpus.text(3, 600)).surprises)
        assert done(ScoringJob(broken, models)).take() == [NotScored("It is gone.")]


async def test_h_scores_what_was_written_the_corpus_and_a_file_and_compares(
    play: Play, kept_run: Callable[..., Run], tmp_path: Path
) -> None:
    run = kept_run()
    assert run.best
    run.keep_snapshot(replace(read_checkpoint(run.best), step=600), 2.0)
    kept_run(name="kept-2", step=700)
    async with play((80, 24)) as it:
        for _ in range(200):
            it.instrument.generator.next()
        await it.press("5", "i")
        await it.until(lambda: isinstance(it.screen, ScoreDialog) and it.screen._scoring is None)
        screen = it.screen
        found = score(it.instrument.generator.model, it.instrument.generator.text)
        assert f"{found.bits:.3f} bits a character" in it.seen()
        assert f"perplexity {2**found.bits:.2f}" in it.seen()
        await it.press("c")
        assert isinstance(it.screen, MultiChoiceDialog)
        names = [each.label for each in it.screen._rows.choices]
        assert names == ["kept-2, step 700", "kept-1, step 500", "kept-1, step 600"]
        await it.press("space", "down", "down", "space", "enter")
        await it.until(lambda: len(screen._scores) == 3 and screen._scoring is None)
        assert set(screen._scores) == {it.instrument.generator.source, names[0], names[2]}
        await it.press("end")
        await it.until(lambda: "of the networks" in it.seen())
        await it.press("H")
        await it.until(lambda: screen._part and screen._part.note == "held-out end" and screen._scoring is None)
        assert it.main.playground.corpora.corpus
        size = len(it.main.playground.corpora.corpus)
        assert (screen._part.start, screen._part.stop) == (int(size * 0.9), size)
        await it.press("H")
        await it.until(lambda: screen._part and not screen._part.note and screen._scoring is None)
        (tmp_path / "a file.txt").write_text("it is a \x1b[31mfile\n" * 20)
        await it.press("o")
        screen.query_one(Input).value = str(tmp_path / "a file.txt")
        await it.press("enter")
        await it.until(lambda: screen._part and screen._part.corpus.title == "a file" and screen._scoring is None)
        await it.press("enter")
        await it.until(lambda: isinstance(it.screen, ExplorerScreen))
        place = screen._findings.passage
        await it.until(lambda: it.screen.page.marked == (place.start, place.stop))
        await it.press("escape")
        await it.press("o")
        screen.query_one(Input).value = "/none"
        await it.press("enter")
        await it.until(lambda: "/none does not exist" in it.seen())
        await it.press("escape")
        assert it.app.screen is it.main


async def test_reading_can_be_stopped_and_what_was_read_counts(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    async with play() as it:
        model, corpus = it.instrument.generator.model, from_text("text", VERSE * 200)
        models = [Named("one", lambda: model)] * 2
        scoring = ScoringJob(lambda: TextPart(corpus, 0, len(corpus)), models)
        watch = scoring._watch

        def stop(share: float) -> bool:
            if share > 0.05:
                scoring.stop()
            return watch(share)

        monkeypatch.setattr(scoring, "_watch", stop)
        (found,) = done(scoring).take()
        assert 0 < found.score.characters < len(corpus) / 2
        cancelled = ScoringJob(lambda: TextPart(corpus, 0, 300), models)
        cancelled.cancel()
        cancelled.run()
        assert not cancelled.done
        assert cancelled.take() == []


async def test_the_preview_is_tinted_by_the_network_that_plays(play: Play) -> None:
    async with play((80, 24)) as it:
        await it.press("1", "v")
        await it.until(lambda: isinstance(it.screen, ExplorerScreen))
        corpus = it.main.playground.corpora.corpus
        assert corpus
        model = it.instrument.generator.model
        await it.press("v")
        expected = SurprisalReader(model, corpus.text).block(0)
        await it.until(lambda: any(bit_tints("surprise", it.screen.explorer.tint.blocks.bits(0, 100))))
        tinted = bit_tints("surprise", it.screen.explorer.tint.blocks.bits(0, 100))
        assert tinted == [tint_number("surprise", each) for each in expected[:100]]
        assert "surprise under demo" in it.seen()
        await it.press("v")
        tinted = bit_tints("probability", it.screen.explorer.tint.blocks.bits(0, 100))
        assert tinted == [tint_number("probability", 2.0**-each) for each in expected[:100]]
        await it.press("end")
        await it.until(lambda: len(corpus) // BLOCK in it.screen.explorer.tint.blocks._bits)
        assert len(it.screen.explorer.tint.blocks._bits) < len(corpus) // BLOCK
        await it.press("v", "escape")


async def test_only_what_is_in_sight_is_read_and_a_place_has_one_tint(play: Play) -> None:
    async with play() as it:
        model = it.instrument.generator.model
        text = VERSE * 200
        asked = []

        def read(start: int, stop: int) -> str:
            asked.append(start)
            return text[start:stop]

        tinting = SurprisalBlocks(SurprisalReader(model, read))
        assert bit_tints("surprise", tinting.bits(3 * BLOCK - 5, 3 * BLOCK + 5)) == [PLAIN] * 10
        tinting.look(3 * BLOCK - 5, 3 * BLOCK + 5)
        await it.until(lambda: not tinting._at_work)
        assert tinting.take_news()
        assert not tinting.take_news()
        found = bit_tints("surprise", tinting.bits(3 * BLOCK - 5, 3 * BLOCK + 5))
        assert PLAIN not in found
        assert len(asked) == 2
        tinting.look(3 * BLOCK - 5, 3 * BLOCK + 5)
        assert bit_tints("surprise", tinting.bits(3 * BLOCK, 3 * BLOCK + 5)) == found[5:]
        assert len(asked) == 2


async def test_o_says_in_one_sentence_that_the_demos_text_is_not_here(play: Play) -> None:
    async with play() as it:
        await it.press("5", "o")
        await it.until(lambda: "tiny Shakespeare, which this network learned, is not here" in it.seen())


async def test_filters_and_the_bias_are_there_at_the_next_start(play: Play, home: Home) -> None:
    wanted = {"repetition_penalty": 1.5, "repetition_window": 20.0, "bias": "qz=-inf space=1", "top_k": 40.0}
    async with play() as it:
        it.main.text.filters.set(wanted)
        it.main.text._set_params()
        await it.press("q")
        await it.until(lambda: it.app._exit)
    async with play(path=None) as it:
        assert wanted.items() <= it.main.text.filters.values.items()
        drawn = it.instrument.params
        assert (drawn.repetition_penalty, drawn.repetition_window, drawn.top_k) == (1.5, 20, 40)
        assert drawn.bias == (("q", -np.inf), ("z", -np.inf), (" ", 1.0))
        assert it.main.text.has_class("-filters")
    kept, notice = read_preferences(home.settings)
    write_preferences(home.settings, replace(kept, bias="what?"))
    assert not notice
    assert isinstance(kept, Preferences)
    async with play(path=None) as it:
        assert it.instrument.params.bias == ()


async def test_a_network_of_small_letters_says_wherever_it_reads_capitals_how_it_reads_them(
    play: Play, tmp_path: Path
) -> None:
    (tmp_path / "a file.txt").write_text("IT IS A FILE\n" * 20)
    async with play((120, 30)) as it:
        it.instrument.play(make_model(VERSE.lower(), cleaning=("lowercase",)), "small")
        it.begin("It Is")
        assert it.instrument.generator.text == "it is"
        await it.press("5", "c")
        await it.until(lambda: isinstance(it.screen, ComparisonScreen) and it.screen.beside.columns)
        assert 'small, from "It Is", lowercased as in training, seed 1' in it.seen()
        await it.press("escape", "i", "o")
        await it.until(lambda: isinstance(it.screen, ScoreDialog))
        screen = it.screen
        screen.query_one(Input).value = str(tmp_path / "a file.txt")
        await it.press("enter")
        await it.until(lambda: screen._part and screen._part.corpus.title == "a file" and screen._scoring is None)
        assert "260 characters   lowercased as in training" in it.seen()
        await it.press("enter")
        await it.until(lambda: isinstance(it.screen, ExplorerScreen))
        assert "lowercased" not in it.seen()
        await it.press("v")
        await it.until(lambda: "surprise under small, lowercased as in training" in it.seen())


async def test_a_text_that_is_pasted_is_scored(play: Play) -> None:
    async with play((80, 24)) as it:
        for _ in range(50):
            it.instrument.generator.next()
        await it.press("5", "i")
        await it.until(lambda: isinstance(it.screen, ScoreDialog) and it.screen._scoring is None)
        screen = it.screen
        await it.press("e")
        it.app.post_message(Paste("the hen\r\nthe fox\rthe\tend"))
        await it.until(lambda: "end" in screen.query_one(EscapedInput).value)
        await it.press("enter")
        await it.until(lambda: screen._part and screen._part.corpus.title == "pasted text" and screen._scoring is None)
        assert screen._part.text() == "the hen\nthe fox\nthe\tend"
        assert "pasted text" in it.seen()
        screen.query_one(EscapedInput).value = ""
        await it.press("e", "enter")
        assert "No text was typed" in it.seen()
        assert screen._part.corpus.title == "pasted text"
        await it.press("e", "escape")
        assert it.screen is screen
