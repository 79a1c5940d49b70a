"""The commands that no controller carries out: they are Textual's own, or the app's and the main screen's.

What belongs to a widget or a dialog stands beside it.
"""

from charplay.tui.command import Command

# fmt: off
SCREEN_COMMANDS = (
    Command("app.focus_next", "tab", "next pane", "To the next pane, list or slider", action="app.focus_next"),
    Command("app.focus_previous", "shift+tab", "pane before", "To the one before", action="app.focus_previous"),
    Command("app.jump", "ctrl+o", "jump", "Go to any row, slider or pane in sight by a letter that is put there",
            action="app.jump"),
    Command("app.brightness", "B", "light or dark", "Change between the dark and the light theme",
            action="app.brightness"),
    Command("app.keys", "question_mark", "keys", "Show every key", footer=True, action="app.keys"),
    Command("app.palette", "ctrl+p", "palette", "Find a command by name", footer=True, action="app.command_palette"),
    Command("app.suspend", "ctrl+z", "suspend", "Go back to the shell for a while; `fg` returns",
            action="app.suspend_process"),
)
"""On the main screen alone."""

APP_COMMANDS = (
    Command("app.words", "f1", "words", "What the words mean that stand here: held-out, nats, epoch, top-p, ...",
            first=True, action="app.words"),
    Command("app.leave", "ctrl+c,ctrl+q", "quit", "Save and leave charplay, from anywhere; twice without asking",
            first=True, action="leave"),
)
"""Everywhere, over dialogs too."""
