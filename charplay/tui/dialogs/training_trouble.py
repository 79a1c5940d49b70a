"""Asks what to do when training cannot just go on."""

from typing import TYPE_CHECKING

from charplay.tui.dialogs.choice import Choice, ChoiceDialog

if TYPE_CHECKING:
    from charplay.playground.recovery import Recovery


def recovery_dialog(recovery: "Recovery") -> ChoiceDialog:
    """Show a recovery's choices; dismissed with the id of one, or None."""
    answers = [Choice(each.id, each.label, each.note, each.key) for each in recovery.choices]
    return ChoiceDialog(recovery.title, recovery.sentence, answers, recovery.suggested)
