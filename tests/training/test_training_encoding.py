"""A run goes on with the characters that it began with, also where its file's encoding is guessed better by now."""

from pathlib import Path
from typing import Any

import pytest
from trainings import Only, Train, stop_at

from charplay.corpora import detection
from charplay.protocol.events import Failed, Finished, Started
from charplay.protocol.queues import CommandQueue
from charplay.protocol.request import TrainRequest
from charplay.runs.run import Run
from charplay.training import corpus_loader
from charplay.training.run_training import open_training

JAPANESE = ("彼女は岸壁の灯を数えて、途中で忘れてしまった。\n" * 40).encode("iso2022-jp")
EMOJI = "so cold \U0001f600 and the kettle was on before the rain began\n" * 40


def again(home: Path, folder: str, **over: Any) -> list[Any]:
    recipe = Run.open(Path(folder)).asked.model_dump()
    return list(open_training(TrainRequest(home=str(home), recipe=recipe, resume=folder, **over), CommandQueue()))


@pytest.fixture(params=["seven bits", "halves"])
def begun_before(
    request: pytest.FixtureRequest, train: Train, only: Only, home: Path, monkeypatch: pytest.MonkeyPatch
) -> str:
    """The folder of a run that began when such files were read as UTF-8, or as gb18030."""
    (home / "corpora" / "words.txt").write_bytes(JAPANESE if request.param == "seven bits" else EMOJI.encode("cesu-8"))
    with monkeypatch.context() as before:
        before.setattr(detection, "seven_bit", lambda _: None)
        before.setattr("charplay.corpora.cesu8.is_cesu8", lambda _: False)
        before.setattr(detection, "_by_statistics", lambda *_: "gb18030")
        return only(train(stop_at(8), log_every=1), Started)[0].folder


@pytest.mark.fault("45")
def test_a_run_goes_on_with_the_characters_that_it_began_with(begun_before: str, home: Path, only: Only) -> None:
    run = Run.open(Path(begun_before))
    events = again(home, begun_before)
    (finished,) = only(events, Finished)
    assert finished.steps == 20
    assert not any("the text has changed" in note for note in only(events, Started)[0].notes)
    later = Run.open(Path(begun_before))
    assert (later.vocabulary, later.corpus) == (run.vocabulary, run.corpus)


def test_a_reading_that_is_none_of_the_former_ones_is_refused_by_its_cause(
    begun_before: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corpus_loader, "_FORMER_GUESSES", ())
    failed = again(home, begun_before)[-1]
    assert isinstance(failed, Failed)
    assert "is read as other characters than when" in failed.message
    assert "--encoding" in failed.message
