"""`charplay runs export --csv, --svg, --text, --tensorboard`: curves and charts as files."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from tiny_model import tiny_checkpoint

from charplay.runs.home import Home
from charplay.runs.run import Run


@pytest.fixture
def other_run(home: Home) -> Run:
    made = tiny_checkpoint()
    run = Run.create(
        home.checkpoints, asked=made.recipe, resolved=made.recipe, corpus=made.corpus, vocabulary=made.vocabulary,
        facts={}, name="other",
    )  # fmt: skip
    run.append("metrics", [{"step": step, "epoch": 0.5, "seconds": 3.0, "train_loss": 2.0} for step in (5, 9)])
    return run


def test_curves_go_to_a_pipe_as_csv(cli: Callable[..., SimpleNamespace], saved_run: Run, other_run: Run) -> None:
    lines = cli("runs", "export", saved_run.name, "--csv", "--overlay", "other").out.splitlines()
    assert [line.split(",")[:2] for line in lines] == [
        ["step", "run"], ["4", saved_run.name], ["7", saved_run.name], ["5", "other"], ["9", "other"],
    ]  # fmt: skip


@pytest.mark.parametrize(("form", "ending", "begin"), [("--csv", "csv", "step,run"), ("--svg", "svg", "<svg"),
                                                       ("--text", "txt", "Loss, nats a character")])  # fmt: skip
def test_a_file_is_replaced_only_where_that_is_asked(
    cli: Callable[..., SimpleNamespace], saved_run: Run, tmp_path: Path, form: str, ending: str, begin: str
) -> None:
    (line,) = cli("runs", "export", saved_run.folder, tmp_path, form, "--json").lines
    path = tmp_path / f"{saved_run.name}.{ending}"
    assert line == {"file": str(path)}
    assert path.read_text().startswith(begin)
    again = cli("runs", "export", saved_run.name, path, form)
    assert (again.code, "--overwrite" in again.err) == (1, True)
    assert cli("runs", "export", saved_run.name, path, form, "--overwrite").code == 0


def test_a_chart_shows_what_is_asked(cli: Callable[..., SimpleNamespace], saved_run: Run, other_run: Run) -> None:
    out = cli("runs", "export", "other", "--text", "--upward", "perplexity", "--across", "seconds",
              "--overlay", saved_run.name).out  # fmt: skip
    assert out.startswith("Perplexity\n")
    assert f"○ {saved_run.name}" in out
    assert "seconds" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "name where to"),
        (("--csv", "--svg"), "choose one of"),
        (("--overlay", "other", "x.safetensors"), "--overlay goes with"),
        (("--csv", "--json"), "name where to"),
        (("--tensorboard",), "name where to"),
        (("--svg", "--upward", "los"), "--upward takes loss,"),
        (("--text", "--across", "days"), "--across takes step,"),
    ],
)
def test_options_that_make_no_sense_are_one_sentence(
    cli: Callable[..., SimpleNamespace], saved_run: Run, arguments: tuple[str, ...], said: str
) -> None:
    result = cli("runs", "export", saved_run.name, *arguments)
    assert (result.code, result.out, said in result.err) == (2, "", True)
    assert len(result.err.splitlines()) == 1


def test_tensorboard_without_its_package_is_one_sentence(
    cli: Callable[..., SimpleNamespace], saved_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    result = cli("runs", "export", saved_run.name, tmp_path, "--tensorboard")
    assert result.code == 1
    assert result.err == (
        "charplay: TensorBoard files need the package tensorboardx; `pip install 'charplay[tensorboard]'` installs it\n"
    )


def test_the_demo_has_no_curves(cli: Callable[..., SimpleNamespace], home: Home) -> None:
    result = cli("runs", "export", "demo", "--csv")
    assert (result.code, "not a run" in result.err) == (1, True)
