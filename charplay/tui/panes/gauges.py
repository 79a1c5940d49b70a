"""The gauges' line: what processor, memory and graphics cards do."""

from textual.widgets import Static

from charplay.formatting.sanitize import sanitize_line


class GaugeLine(Static):
    """Shows one line, or is not there; what it shows already is not painted again."""

    DEFAULT_CSS = """
    GaugeLine {
        height: 1;
        padding: 0 1;
        color: $foreground-muted;
        text-wrap: nowrap;
        text-overflow: ellipsis;
    }
    """

    def __init__(self) -> None:
        super().__init__("", id="gauges", markup=False)
        self.display = False
        self._line = ""

    def show(self, line: str) -> None:
        """Show a line; an empty one takes the room away."""
        if line != self._line:
            self._line = line
            self.display = bool(line)
            self.update(sanitize_line(line), layout=False)
