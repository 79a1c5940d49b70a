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

CORPUS: Bindings = [
    command("enter", "choose", "choose", "Take this text for the next run, fetching it first where it must be", footer=True),
    command("v", "preview", "view", "Read the text, search it, count its characters", footer=True),
    command("o", "open", "open a file", "Choose any file or folder as the text", footer=True),
    command("e", "encode", "encoding", "Name the encoding of the chosen text, where the one it is read in is wrong"),
    command("escape", "cancel", "cancel", "Cancel the download"),
]

FORM: Bindings = [
    command("enter", "edit", "edit", "Type a value, choose one from a list, or open a group", footer=True),
    command("left", "nudge(-1)", "less", "The next smaller value, or the choice before", footer=True),
    command("right", "nudge(1)", "more", "The next larger value, or the choice after", footer=True),
    command("backspace", "reset", "reset", "Give the field the preset's value again"),
    command("m", "more", "all fields", "Show every field, or only the common ones", footer=True),
    command("n", "network", "what the network sees", "Layers, parameters, real examples and the character table", footer=True),
    command("k", "keep", "keep as preset", "Save these values as a preset of your own"),
]

RUNS: Bindings = [
    command("enter", "play", "play", "Let the run's best checkpoint write", footer=True),
    command("a", "again", "again", "Fill the next run's form from this run: again, with changes", footer=True),
    command("r", "resume", "resume", "Take the run up again, or extend it where it is finished", footer=True),
    command("o", "overlay", "overlay", "Draw the run's losses in the chart, up to four runs", footer=True),
    command("e", "export", "export", "Copy the run's best checkpoint to a file"),
    command("d", "delete", "delete", "Delete the run"),
]

LIVE: Bindings = [
    command("enter", "edit", "edit", "Type a value for the run under way", footer=True),
    command("left", "nudge(-1)", "less", "The next smaller value", footer=True),
    command("right", "nudge(1)", "more", "The next larger value", footer=True),
    command("z", "undo", "undo", "Take the last live change back: weights, optimizer and step, too", footer=True),
]

# fmt: on
