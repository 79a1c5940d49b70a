# ruff: noqa: E501 - a table: one command, one line
"""Every command once: its key, its name, and what it does.

The bindings of the screen and its panes, the key line at the bottom, the palette and the help screen are all
drawn from this table (and from the text pane's own, which is made with the same `command`).
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

LIST: Bindings = [
    command("up", "move(-1)", "up", "One up"),
    command("down", "move(1)", "down", "One down"),
    command("pageup", "move(-10)", "page up", "Ten up"),
    command("pagedown", "move(10)", "page down", "Ten down"),
    command("home", "move(-100000)", "first", "To the first"),
    command("end", "move(100000)", "last", "To the last"),
]

SLIDER: Bindings = [
    command("left", "move(-1)", "lower", "A fine step lower"),
    command("right", "move(1)", "higher", "A fine step higher"),
    command("shift+left", "move(-10)", "much lower", "Ten steps lower"),
    command("shift+right", "move(10)", "much higher", "Ten steps higher"),
    command("equals_sign", "type", "type a value", "Type the slider's value; enter takes it, escape leaves it"),
]

SCROLL: Bindings = [
    command("up,k", "scroll_lines(-1)", "up", "A line up"),
    command("down,j", "scroll_lines(1)", "down", "A line down; at the end the text is followed again"),
    command("pageup", "scroll_pages(-1)", "page up", "A page up"),
    command("pagedown", "scroll_pages(1)", "page down", "A page down"),
    command("home", "scroll_to_line(0)", "beginning", "To the beginning"),
    command("end", "follow", "end", "To the end, and follow it"),
]

CURSOR: Bindings = [
    command("left", "point(-1)", "left", "A character back; the other moving keys move the cursor, too"),
    command("right", "point(1)", "right", "A character on"),
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

CLOSE: Bindings = [command("escape", "close", "back", "Back to the playground", footer=True)]

QUESTION: Bindings = [command("enter", "answer", "choose", "Take the answer under the cursor", footer=True)]

CANDIDATES: Bindings = [command("enter", "answer", "choose", "Take the character under the cursor", footer=True)]

BRANCHES: Bindings = [
    command("enter", "go", "go on there", "Go on with the branch under the cursor, exactly as it would have", footer=True),
    command("r", "rename", "rename", "Give the branch another name", footer=True),
    command("d", "forget", "forget", "Forget the branch", footer=True),
    command("space", "mark", "mark", "Mark the branch that others are compared with", footer=True),
    command("c", "compare", "compare", "Lay the branch beside the marked one, or beside the one that is being written", footer=True),
    command("e", "export", "export", "Write all branches to a JSON file in texts/", footer=True),
]

OPENING: Bindings = [command("enter", "answer", "open", "Take the file, or go into the folder", footer=True)]

PREVIEW: Bindings = [
    command("slash", "search", "search", "Search the text", footer=True),
    command("n", "next", "next", "The next place where it occurs", footer=True),
    command("c", "characters", "characters", "How often each character occurs", footer=True),
]

SHEET: Bindings = [
    command("up", "up(1)", "up", "A line up"),
    command("down", "down(1)", "down", "A line down"),
    command("pageup", "page(-1)", "page up", "A page up"),
    command("pagedown,space", "page(1)", "page down", "A page down"),
    command("home", "ends(-1)", "beginning", "To the beginning"),
    command("end", "ends(1)", "end", "To the end"),
]
# fmt: on
