"""An event that threads hear who wait for something else too."""

import threading
from select import select

import pytest

from charplay.tui.textual_patches.selectable_event import SelectableEvent


def heard(bell: SelectableEvent, seconds: float = 0.0) -> bool:
    return bool(select([bell], [], [], seconds)[0])


def test_it_can_be_read_while_it_is_set() -> None:
    bell = SelectableEvent()
    assert not heard(bell)
    for _ in range(2):
        bell.set()
        bell.set()  # as of an event, once more means nothing
        assert bell.is_set()
        assert heard(bell)
        assert heard(bell), "and for as long as it is set"
        bell.clear()
        bell.clear()
        assert not bell.is_set()
        assert not heard(bell)


def test_who_stands_in_a_select_hears_it() -> None:
    bell, ears = SelectableEvent(), []
    listener = threading.Thread(target=lambda: ears.append(heard(bell, 30)))
    listener.start()
    bell.set()
    listener.join()
    assert ears == [True]


def test_it_leaves_no_descriptor_behind() -> None:
    bell = SelectableEvent()
    descriptor = bell.fileno()
    del bell
    with pytest.raises(OSError, match="Bad file descriptor"):
        select([descriptor], [], [], 0)
