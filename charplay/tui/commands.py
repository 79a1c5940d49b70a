# ruff: noqa: E501 - a table: one command, one line
"""The commands of the screen and its panes: a key, a name, and what it does.

Their bindings, the key line at the bottom, the palette and the help screen are all drawn from these tables (and from the
text pane's own, which is made with the same `command`). What belongs to a widget or a dialog stands beside it.
"""

from textual.binding import Binding

Bindings = list[Binding | tuple[str, str] | tuple[str, str, str]]
"""What Textual takes as a class's BINDINGS."""


def command(key: str, action: str, label: str, text: str, *, footer: bool = False, first: bool = False) -> Binding:
    """One command. `text` is its sentence in the help, `footer` shows it in the key line, `first` beats text fields."""
    return Binding(key, action, label, show=footer, tooltip=text, priority=first)


# fmt: off
EVERYWHERE: Bindings = [
    command("1", "show('corpus')", "corpus", "Go to the texts"),
    command("2", "show('form')", "next run", "Go to the next run's hyperparameters"),
    command("3", "show('runs')", "runs", "Go to the runs"),
    command("4", "show('training')", "loss", "Go to the chart"),
    command("5", "show('text')", "text", "Go to the text that is written"),
    command("tab", "app.focus_next", "next pane", "To the next pane, list or slider"),
    command("shift+tab", "app.focus_previous", "pane before", "To the one before"),
    command("b", "app.brightness", "light or dark", "Change between the dark and the light theme"),
    command("question_mark", "keys", "keys", "Show every key", footer=True),
    command("ctrl+p", "app.command_palette", "palette", "Find a command by name", footer=True),
    command("ctrl+z", "app.suspend_process", "suspend", "Go back to the shell for a while; `fg` returns"),
]

ALWAYS: Bindings = [
    command("ctrl+c,ctrl+q", "leave", "quit", "Save and leave charplay, from anywhere; twice without asking", first=True),
]

# fmt: on
