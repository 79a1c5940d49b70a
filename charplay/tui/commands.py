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
    command("t", "train", "train", "Train a network with the next run's recipe", footer=True),
    command("p", "hold", "pause", "Hold training still, or let it go on", footer=True),
    command("s", "step", "step", "Train one step while training is paused", footer=True),
    command("x", "stop", "stop", "Save and stop training", footer=True),
    command("ctrl+s", "save", "save now", "Save the run under way now, and go on; it saves by itself every minute"),
    command("z", "undo", "undo", "Take the last live change back: weights, optimizer and step, too"),
    command("u", "take_up", "take up", "Take up the run that was not finished"),
    command("f", "follow", "follow", "Let the live run write again, after another one was played"),
    command("space", "write", "write", "Let the network write, or hold it", footer=True),
    command("left_square_bracket", "temperature(-1)", "cooler", "Lower the temperature"),
    command("right_square_bracket", "temperature(1)", "warmer", "Raise the temperature"),
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
    command("q", "leave", "quit", "Save and leave charplay", footer=True),
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
    command("enter", "choose", "pick another", "Pick another character there, and go on from it", footer=True),
    command("escape", "leave", "put away", "Put the cursor away, and go on writing", footer=True),
    command("left", "point(-1)", "left", "A character back; the other moving keys move the cursor, too"),
    command("right", "point(1)", "right", "A character on"),
]

TRAINING: Bindings = [
    command("l", "values", "live values", "Change the running network's values: dropout, clipping, lengths and more", footer=True),
    command("a", "across", "across", "What runs across: steps, epochs, characters or seconds", footer=True),
    command("v", "upward", "upward", "What is drawn: loss, bits, perplexity, accuracy, gradient norm, learning rate, speed", footer=True),
    command("g", "logarithmic", "log", "A logarithmic or a linear scale", footer=True),
    command("w", "recent", "recent", "The whole run, or its recent part", footer=True),
    command("c", "clear", "clear", "Take the earlier runs off the chart"),
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
