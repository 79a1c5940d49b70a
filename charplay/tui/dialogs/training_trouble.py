"""Asks what to do when training cannot just go on."""

from typing import TYPE_CHECKING

from charplay.playground.key_references import name_keys
from charplay.tui.dialogs.choice import Choice, ChoiceDialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from charplay.playground.recovery import Recovery


def recovery_dialog(recovery: "Recovery", key: "Callable[[str], str]") -> ChoiceDialog:
    """Show a recovery's choices; dismissed with the id of one, or None. `key` returns a command's key."""
    answers = [Choice(each.id, each.label, name_keys(each.note, key), each.key) for each in recovery.choices]
    return ChoiceDialog(recovery.title, recovery.sentence, answers, recovery.suggested)
