"""`charplay runs compare`: what differs between runs, and how good each became."""

from collections.abc import Callable
from types import SimpleNamespace

from tiny_model import tiny_checkpoint

from charplay.runs.checkpoint import CorpusOrigin
from charplay.runs.home import Home
from charplay.runs.run import Run


def keep(home: Home, name: str, *, text: CorpusOrigin | None = None, **changed: object) -> Run:
    """A run under another recipe, whose held-out loss was best at step 6."""
    made = tiny_checkpoint()
    recipe = made.recipe.model_copy(update=changed)
    run = Run.create(
        home.checkpoints, asked=recipe, resolved=recipe, corpus=text or made.corpus, vocabulary=made.vocabulary,
        facts={}, name=name,
    )  # fmt: skip
    for step, loss in ((3, 2.6), (6, 2.25), (9, 2.4)):
        run.append("metrics", [{"step": step, "epoch": step / 10, "seconds": 3.0, "train_loss": 2.0}])
        run.append("metrics", [{"step": step, "epoch": step / 10, "seconds": 3.0, "val_loss": loss}])
    return run


def test_fields_that_differ_are_compared_and_no_others(cli: Callable[..., SimpleNamespace], home: Home) -> None:
    keep(home, "one", learning_rate=0.25, corpus="/a/fox.txt")
    keep(home, "two", learning_rate=0.5, corpus="fox")
    rows = dict(line.split(maxsplit=1) for line in cli("runs", "compare", "one", "two").out.splitlines()[1:])
    assert rows["learning_rate"].split() == ["0.25", "0.5"]
    assert not {"hidden_size", "corpus", "text"} & rows.keys()
    assert rows["train"].split() == ["2.000", "2.000"]


def test_final_and_best_losses_warm_and_cold(cli: Callable[..., SimpleNamespace], home: Home) -> None:
    numbers = {"step": 9, "steps": 9, "epoch": 0.9, "seconds": 4.0, "train_loss": 1.9, "val_loss": 2.2,
               "val_loss_cold": 2.3}  # fmt: skip
    keep(home, "one").finish(numbers)
    keep(home, "two", seed=8)
    one, two = cli("runs", "compare", "one", "two", "--json").lines
    assert (one["val_loss"], one["val_loss_cold"], one["train_loss"], one["finished"]) == (2.2, 2.3, 1.9, True)
    assert [one[name] for name in ("best_val_loss", "best_step", "last_val_loss")] == [2.25, 6, 2.4]
    assert (two["val_loss_cold"], two["finished"], two["differs"]) == (None, False, {"seed": 8})
    assert one["run"] == "one"


def test_texts_are_told_apart_by_their_bytes(cli: Callable[..., SimpleNamespace], home: Home) -> None:
    keep(home, "one")
    keep(home, "two", text=CorpusOrigin("pangram", "", "5" * 64, 10))
    keep(home, "three", text=CorpusOrigin("verse", "", "6" * 64, 10))
    lines = cli("runs", "compare", "one", "two", "three", "--json").lines
    texts = [line["differs"]["text"] for line in lines]
    assert texts[1:] == ["pangram 55555555", "verse 66666666"]
    assert len(set(texts)) == 3
    assert [line["corpus"] for line in lines] == ["pangram", "pangram", "verse"]


def test_the_demo_is_compared_too(cli: Callable[..., SimpleNamespace], home: Home) -> None:
    run = keep(home, "one")
    demo, one = cli("runs", "compare", "demo", run.folder, "--json").lines
    assert (demo["run"], one["run"]) == ("demo", "one")
    assert demo["val_loss"] > 0
    assert demo["differs"]["hidden_size"] != one["differs"]["hidden_size"]


def test_what_cannot_be_compared_is_one_sentence(cli: Callable[..., SimpleNamespace], home: Home) -> None:
    keep(home, "one")
    assert (cli("runs", "compare", "one").code, cli("runs", "compare", "one", "nosuch").code) == (2, 1)
    assert "charplay runs" in cli("runs", "compare", "one").err
    assert cli("runs", "compare", "one", "one").err.splitlines() == ["Their texts and recipes do not differ."]


# What a person notes of a run


def test_a_run_is_renamed_with_all_that_it_has(cli: Callable[..., SimpleNamespace], home: Home) -> None:
    run = keep(home, "one")
    cli("runs", "note", "one", "the good one", "--favourite")
    assert cli("runs", "rename", "one", "two").code == 0
    assert not run.folder.exists()
    (two,) = cli("runs", "show", "two", "--json").lines
    assert (two["run"], two["note"], two["favourite"]) == ("two", "the good one", True)
    assert cli("runs", "export", "two", "--csv").out.count("\n") == 4


def test_a_name_that_is_taken_or_unfit_changes_nothing(cli: Callable[..., SimpleNamespace], home: Home) -> None:
    keep(home, "one")
    keep(home, "two")
    for name, said in (("two", "there is a run two already"), ("a/b", "cannot be a run's name"), ("demo", "is taken")):
        result = cli("runs", "rename", "one", name)
        assert (result.code, said in result.err) == (1, True)
    assert "comes with charplay" in cli("runs", "rename", "demo", "three").err
    assert {line["name"] for line in cli("runs", "--json").lines} == {"one", "two", "demo"}


def test_a_run_in_use_is_not_renamed(cli: Callable[..., SimpleNamespace], home: Home) -> None:
    with keep(home, "one").lock():
        result = cli("runs", "rename", "one", "two")
        assert cli("runs", "note", "one", "while it trains").code == 0
    assert (result.code, "in use by" in result.err) == (1, True)


def test_notes_are_listed_and_leave_what_they_do_not_name(cli: Callable[..., SimpleNamespace], home: Home) -> None:
    keep(home, "one")
    cli("runs", "note", "one", "wider is better")
    cli("runs", "note", "one", "--favourite")
    assert "★ wider is better" in cli("runs").out
    cli("runs", "note", "one", "")
    line = next(line for line in cli("runs", "--json").lines if line["name"] == "one")
    assert (line["favourite"], line["note"]) == (True, "")
    assert cli("runs", "note", "one").code == 2
    assert "shorten it" in cli("runs", "note", "one", "x" * 2001).err
