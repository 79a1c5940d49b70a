"""What a terminal shows of a run outside its screen: sent when it changes, taken back at the end."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.formatting.terminal_features import TerminalFeatures
from charplay.playground.run_signs import RunSigns
from charplay.playground.run_state import RunState, Status

ALL = TerminalFeatures(title=True, progress=True, notice="777")


def signs_of(features: TerminalFeatures) -> RunSigns:
    return RunSigns(lambda: features)


def state(status: Status, done: float = 0.0, **known: str) -> RunState:
    return RunState(status=status, done=done, run="alice", **known)  # type: ignore[arg-type]


def osc(text: str) -> list[str]:
    return re.findall(r"\x1b\](.*?)\x1b\\", text)


def test_nothing_is_sent_when_nothing_changes() -> None:
    signs = signs_of(ALL)
    assert signs.update(state("training", 0.42), watched=False)
    assert signs.update(state("training", 0.4299), watched=False) == ""


def test_a_terminal_that_takes_nothing_is_sent_nothing() -> None:
    signs = signs_of(TerminalFeatures())
    for status in ("idle", "preparing", "training", "paused", "stopping", "failed", "finished"):
        assert signs.update(state(status, 0.5, reason="bad", message="bad"), watched=False) == ""
    assert signs.clear() == ""


@pytest.mark.parametrize(
    ("status", "title", "progress"),
    [
        ("preparing", "preparing alice - charplay", "9;4;3;0"),
        ("training", "42 % alice - charplay", "9;4;1;42"),
        ("stopping", "42 % alice - charplay", "9;4;1;42"),
        ("paused", "paused 42 % alice - charplay", "9;4;4;42"),
        ("failed", "failed alice - charplay", "9;4;2;42"),
    ],
)
def test_each_state_has_its_title_and_its_progress(status: Status, title: str, progress: str) -> None:
    assert osc(signs_of(ALL).update(state(status, 0.42), watched=True)) == [f"2;{title}", progress]


def test_the_progress_goes_when_the_run_is_over() -> None:
    signs = signs_of(ALL)
    signs.update(state("training", 0.9), watched=True)
    assert osc(signs.update(state("finished", 1.0), watched=True)) == ["2;finished alice - charplay", "9;4;0;0"]


def test_an_end_is_told_once_to_whoever_looks_elsewhere() -> None:
    signs = signs_of(ALL)
    signs.update(state("training"), watched=False)
    told = osc(signs.update(state("failed", message="no; memory\x1b[2J"), watched=False))[-1]
    assert told == "777;notify;charplay;alice has failed: no, memory" + told.partition("memory")[2]
    assert "\x1b" not in told
    assert "notify" not in signs.update(state("failed", message="no; memory\x1b[2J"), watched=False)


def test_an_end_that_was_watched_is_not_told_later() -> None:
    signs = signs_of(ALL)
    signs.update(state("training"), watched=True)
    assert "notify" not in signs.update(state("finished"), watched=True)
    assert "notify" not in signs.update(state("finished"), watched=False)


def test_a_pause_is_told_where_nobody_asked_for_it() -> None:
    signs = signs_of(TerminalFeatures(notice="9"))
    assert osc(signs.update(state("paused"), watched=False)) == []
    signs.update(state("training"), watched=False)
    told = osc(signs.update(state("paused", reason="the loss is no number"), watched=False))
    assert told == ["9;charplay: alice is paused: the loss is no number"]


def test_the_title_that_was_there_is_kept_first_and_restored_last() -> None:
    signs = signs_of(TerminalFeatures(title=True))
    first, second = (signs.update(state("training", done), watched=True) for done in (0.1, 0.2))
    assert first.startswith("\x1b[22;2t")
    assert "\x1b[22" not in second
    assert signs.clear() == "\x1b]2;\x1b\\\x1b[23;2t"
    assert signs.clear() == ""


def test_what_was_cleared_is_shown_anew() -> None:
    signs = signs_of(ALL)
    sent = signs.update(state("training", 0.3), watched=True)
    assert osc(signs.clear()) == ["2;", "9;4;0;0"]
    assert signs.update(state("training", 0.3), watched=True) == sent


def test_tmux_passes_on_what_is_not_its_own() -> None:
    through = TerminalFeatures(title=True, progress=True, notice="777", through_tmux=True)
    sent = signs_of(through).update(state("training", 0.5), watched=True)
    assert sent.endswith("\x1bPtmux;\x1b\x1b]9;4;1;50\x1b\x1b\\\x1b\\")
    assert sent.startswith("\x1b[22;2t\x1b]2;50 % alice")


def test_the_terminal_is_asked_once_and_not_before_it_is_needed() -> None:
    asked: list[int] = []
    signs = RunSigns(lambda: asked.append(1) or ALL)
    assert (signs.clear(), asked) == ("", [])
    for done in (0.1, 0.2):
        signs.update(state("training", done), watched=True)
    assert asked == [1]


@given(st.text(max_size=40), st.floats(allow_nan=False, min_value=-1, max_value=2))
def test_no_name_breaks_out_of_its_sequence(name: str, done: float) -> None:
    sent = signs_of(TerminalFeatures(title=True, progress=True, notice="9")).update(
        RunState(status="paused", run=name, reason=name, done=done), watched=False
    )
    assert re.fullmatch(r"\x1b\[22;2t(\x1b\][^\x00-\x1f\x7f-\x9f]*\x1b\\)+", sent)
