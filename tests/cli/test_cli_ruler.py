"""`corpora ruler`, and where what it measured is shown again."""

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from tiny_model import TEXT, tiny_checkpoint

from charplay.corpora.corpus import from_text
from charplay.corpora.ruler.reference_losses import measure_references
from charplay.runs.checkpoint import CorpusOrigin, write_checkpoint
from charplay.runs.home import Home
from charplay.runs.run import Run

Cli = Callable[..., SimpleNamespace]
COUNTS = ("characters_train", "characters_held_out", "share_counted")


def test_it_prints_one_object(cli: Cli, text_file: Path) -> None:
    (line,) = cli("corpora", "ruler", text_file, "--json").lines
    trained = int(len(TEXT) * 0.9)
    measured = measure_references(from_text("pangram", TEXT), trained)
    assert list(line) == [
        "text", "characters_train", "characters_held_out", "share_counted", "uniform", "frequencies", "ngram",
        "zlib", "bz2", "xz", "bytes_per_character", "rough",
    ]  # fmt: skip
    assert (line["text"], line["rough"]) == ("pangram", True)
    assert [line[name] for name in COUNTS] == [trained, len(TEXT) - trained, 1.0]
    assert line["ngram"] == pytest.approx(measured.ngram)
    assert (line["uniform"], line["xz"]) == (pytest.approx(np.log(len(set(TEXT)))), pytest.approx(measured.xz))


def test_it_measures_what_a_run_with_these_settings_would_read(cli: Cli, text_file: Path) -> None:
    text_file.write_text(TEXT.upper())
    options = ("--cleaning", "lowercase", "--limit", 900, "--validation-fraction", 0.5)
    (line,) = cli("corpora", "ruler", text_file, *options, "--json").lines
    assert [line[name] for name in COUNTS] == [450, 450, 1.0]
    assert line["frequencies"] == pytest.approx(measure_references(from_text("", TEXT[:900]), 450).frequencies)


def test_where_nothing_is_held_out_every_figure_is_null(cli: Cli, text_file: Path) -> None:
    (line,) = cli("corpora", "ruler", text_file, "--validation-fraction", 0, "--json").lines
    assert [line[name] for name in COUNTS] == [len(TEXT), 0, 0]
    assert {*line["ngram"].values(), *(line[name] for name in ("uniform", "frequencies", "zlib", "bz2", "xz"))} == {
        None
    }
    assert "nothing is held out" in cli("corpora", "ruler", text_file, "--validation-fraction", 0).out


def test_a_person_gets_a_table_and_a_sentence(cli: Cli, text_file: Path) -> None:
    out = cli("corpora", "ruler", text_file).out
    assert all(part in out for part in ("nats", "bits", "perplexity", "blind guessing", "8-gram", "xz, window 64 MB"))
    assert "On the 180 held-out characters of a run's closing loss, after 1,620 for training." in out
    assert "rough" in out


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--validation-fraction", "2"), "validation_fraction"),
        (("--limit", "many"), "limit"),
        (("--cleaning", "nonsense"), "cleaning"),
    ],
)
def test_a_wrong_option_is_one_sentence(cli: Cli, text_file: Path, options: tuple[str, str], sentence: str) -> None:
    result = cli("corpora", "ruler", text_file, *options)
    assert (result.code, sentence in result.err, result.err.count("\n")) == (2, True, 1)


def test_show_and_describe_show_it_once_it_was_measured(cli: Cli, text_file: Path) -> None:
    show, describe = ("corpora", "show", text_file), ("describe", "--corpus", text_file, "--steps", "3")
    for verb in (show, describe):
        (before,) = cli(*verb, "--json").lines
        assert before["ruler"] is None
        assert "4-gram" not in cli(*verb).out
    measured = cli("corpora", "ruler", text_file, "--json").lines
    for verb in (show, describe):
        assert [line["ruler"] for line in cli(*verb, "--json").lines] == measured
        assert "4-gram" in cli(*verb).out
    (other,) = cli(*describe, "--set", "validation_fraction=0.2", "--json").lines
    assert other["ruler"] is None


def test_a_run_says_what_its_loss_is_worth(cli: Cli, saved_run: Run, text_file: Path, home: Home) -> None:
    assert sha256(text_file.read_bytes()).hexdigest() == saved_run.corpus.sha256
    assert "choices a character" not in cli("runs", "show", saved_run.name).out
    cli("corpora", "ruler", text_file)
    assert "2.50 nats: about 12 choices a character; better than " in cli("runs", "show", saved_run.name).out
    (line,) = cli("runs", "show", saved_run.name, "--json").lines
    assert line["ruler"]["characters_held_out"] == 180
    assert saved_run.latest
    assert "2.50 nats: about 12 choices" in cli("runs", "show", saved_run.latest).out


def finish(run: Run, loss: float, count: int) -> None:
    run.finish({"val_loss": loss, "held_out_characters": count, "held_out_share": count / 180})


def test_a_loss_is_compared_on_the_characters_that_it_counts(cli: Cli, saved_run: Run, text_file: Path) -> None:
    finish(saved_run, 2.5, 90)
    cli("corpora", "ruler", text_file)
    out = cli("runs", "show", saved_run.name).out
    assert "choices a character" not in out, "the whole held-out text was measured, and the loss is of its half"
    way = "charplay corpora ruler pangram --held-out 90"
    assert f"what that is worth on its 90 held-out characters is not measured; `{way}` does it" in out
    assert cli("runs", "show", saved_run.name, "--json").lines[0]["ruler"] is None

    measured = cli("corpora", "ruler", text_file, "--held-out", 90)
    assert "On the first 90 held-out characters, after 1,620 for training." in measured.out
    out = cli("runs", "show", saved_run.name).out
    assert "2.50 nats: about 12 choices a character; better than " in out
    assert "is not measured" not in out
    (line,) = cli("runs", "show", saved_run.name, "--json").lines
    assert line["ruler"]["characters_held_out"] == 90
    assert line["ruler"]["ngram"] == pytest.approx(measure_references(from_text("", TEXT[:1710]), 1620).ngram)


def test_a_run_of_before_kept_the_share_alone(cli: Cli, saved_run: Run, text_file: Path) -> None:
    saved_run.finish({"val_loss": 2.5, "held_out_share": 0.5})
    assert "--held-out 90" in cli("runs", "show", saved_run.name).out
    saved_run.finish({"val_loss": 2.5})
    cli("corpora", "ruler", text_file)
    assert "choices a character" in cli("runs", "show", saved_run.name).out


def test_an_unfinished_runs_loss_is_an_evaluations(
    cli: Cli, saved_run: Run, text_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("charplay.recipes.resolve.EVALUATED_CHARACTERS", 60)
    cli("corpora", "ruler", text_file)
    assert saved_run.latest
    for shown in (saved_run.name, saved_run.latest):
        assert "--held-out 60" in cli("runs", "show", shown).out
    cli("corpora", "ruler", text_file, "--held-out", 60)
    for shown in (saved_run.name, saved_run.latest):
        assert "choices a character" in cli("runs", "show", shown).out


def test_only_runs_on_the_same_characters_are_compared(cli: Cli, saved_run: Run, text_file: Path) -> None:
    finish(saved_run, 2.5, 90)
    assert "your best run" not in cli("corpora", "ruler", text_file).out
    assert f"your best run {saved_run.name}" in cli("corpora", "ruler", text_file, "--held-out", 90).out


def test_ones_best_run_is_a_line_but_not_for_itself(cli: Cli, saved_run: Run, text_file: Path, home: Home) -> None:
    made = tiny_checkpoint()
    for name, loss in (("middling", 2.75), ("best", 2.625)):
        run = Run.create(
            home.checkpoints,
            asked=made.recipe,
            resolved=made.recipe,
            corpus=made.corpus,
            vocabulary=made.vocabulary,
            facts={},
            name=name,
        )
        run.finish({"val_loss": loss})
    assert any(
        row.startswith("your best run best") and "2.625" in row
        for row in cli("corpora", "ruler", text_file).out.splitlines()
    )
    assert "better than your best run best (2.62)" in cli("runs", "show", saved_run.name).out
    assert "next your best run best (2.62)" in cli("runs", "show", "middling").out
    assert "your best run" not in cli("corpora", "ruler", text_file, "--limit", 1000).out
    assert "best run best" not in cli("runs", "show", "best").out


def test_score_reads_the_parts_of_a_text_that_a_run_kept(cli: Cli, home: Home, tmp_path: Path) -> None:
    made = tiny_checkpoint()
    (home.corpora / "pangram.txt").write_text(TEXT)
    recipe = made.recipe.model_copy(update={"test_fraction": 0.2})
    paths = {"kept": tmp_path / "kept.safetensors", "none": tmp_path / "none.safetensors"}
    write_checkpoint(paths["kept"], replace(made, recipe=recipe))
    write_checkpoint(paths["none"], made)
    border = (int(len(TEXT) * 0.7), int(len(TEXT) * 0.8))
    for part, text in (("test", TEXT[border[1] :]), ("held-out", TEXT[slice(*border)])):
        (tmp_path / "part.txt").write_text(text)
        (by_part,) = cli("score", paths["kept"], "--part", part, "--json").lines
        (by_file,) = cli("score", paths["kept"], tmp_path / "part.txt", "--json").lines
        assert (by_part["characters"], by_part["nats"]) == (len(text), by_file["nats"])
    for arguments in ((paths["none"], "--part", "test"), (paths["kept"],)):
        refused = cli("score", *arguments)
        assert refused.code
        assert "test_fraction" in refused.err or "--part test" in refused.err


def test_describe_and_ruler_know_the_border_of_the_test_part(cli: Cli, home: Home) -> None:
    (home.corpora / "pangram.txt").write_text(TEXT)
    (facts,) = cli("describe", "--set", "corpus=pangram", "--set", "test_fraction=0.2", "--json").lines
    (figures,) = cli("corpora", "ruler", "pangram", "--test-fraction", "0.2", "--json").lines
    size = len(TEXT)
    assert (facts["characters_train"], facts["characters_test"]) == (int(size * 0.7), size - int(size * 0.8))
    assert figures["characters_train"] == facts["characters_train"]
    assert figures["characters_held_out"] <= facts["characters_held_out"]


def test_score_reads_the_other_text_that_is_kept_for_a_test(cli: Cli, home: Home, tmp_path: Path) -> None:
    """All of it, cleaned as the training text was; what the network does not know is left out, counted and said."""
    made = tiny_checkpoint()
    recipe = made.recipe.model_copy(update={"held_out_corpus": "other", "cleaning": ("lowercase", "rare(below=50)")})
    other = home.corpora / "other.txt"
    other.write_text("A QUICK dog \u00e9\u00e8 jumps.")
    plain = tmp_path / "plain.txt"
    plain.write_text("a quick dog  jumps.")
    origin = CorpusOrigin("other", str(other), sha256(other.read_bytes()).hexdigest(), 21)
    path = tmp_path / "kept.safetensors"
    write_checkpoint(path, replace(made, recipe=recipe, held_out_corpus=origin))
    (scored,) = cli("score", path, "--part", "test", "--json").lines
    (by_file,) = cli("score", path, plain, "--json", "--raw").lines
    assert (scored["characters"], scored["skipped"], scored["nats"]) == (19, 2, by_file["nats"])
    assert "skipped, as the model does not know them: 2 characters" in cli("score", path, "--part", "test").out
    other.write_text("another one by now")
    assert "has changed since" in cli("score", path, "--part", "test").err
    other.unlink()
    assert "is not here any more" in cli("score", path, "--part", "test").err


def test_describe_counts_the_other_text_that_is_kept_for_a_test(cli: Cli, home: Home) -> None:
    (home.corpora / "pangram.txt").write_text(TEXT)
    (home.corpora / "other.txt").write_text("a quick dog \u00e9")
    settings = ("--set", "corpus=pangram", "--set", "held_out_corpus=other")
    (facts,) = cli("describe", *settings, "--json").lines
    assert (facts["characters_test"], facts["characters_test_unknown"]) == (13, 1)
    assert facts["characters_train"] + facts["characters_held_out"] == len(TEXT)
    assert "13 for a test" in cli("describe", *settings).out
    assert "1 (7.69%, 1 different) are outside the vocabulary" in cli("describe", *settings).out
    assert "leave only one of" in cli("describe", *settings, "--set", "test_fraction=0.1").err
