"""The first and the last line of the screen: what is going on, and which keys there are."""

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text
from textual import events, on
from textual.app import RenderResult
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget

from charplay.tui.amounts import count
from charplay.tui.live import Live
from charplay.tui.visible import plain

if TYPE_CHECKING:
    from charplay.tui.draft import Draft

GAP = "   "


class StatusLine(Widget):
    """What is chosen on the left, what is happening on the right. What does not fit is left out, never clipped."""

    COMPONENT_CLASSES = {"status--name", "status--quiet", "status--busy", "status--bad"}  # noqa: RUF012 - Textual's form
    DEFAULT_CSS = """
    StatusLine {
        height: 1;
        padding: 0 1;
        & > .status--name { color: $accent; text-style: bold; }
        & > .status--quiet { color: $foreground 55%; }
        & > .status--busy { color: $accent; }
        & > .status--bad { color: $error; }
    }
    """

    facts: reactive[tuple[str, ...]] = reactive(())
    """Corpus, network, parameters, device, as far as known."""
    happening: reactive[tuple[str, str]] = reactive(("", "quiet"))
    """The right-hand side, and its tone: "quiet", "busy" or "bad"."""

    def show(self, live: Live, next_run: "Draft | None", title: str) -> None:
        """The run under way with its facts, else what the next one will be."""
        recipe = live.recipe if live.busy else next_run.resolved.model_dump() if next_run and next_run.resolved else {}
        network = f"{recipe['cell']} {recipe['num_layers']}x{recipe['hidden_size']}" if recipe else ""
        parameters = f"{count(live.parameters)} parameters" if live.busy and live.parameters else ""
        device = live.device if live.busy else ""
        corpus = live.corpus if live.busy and live.corpus else title
        self.facts = tuple(filter(None, (corpus, network, parameters, device)))
        self.happening = (live.says(), "bad" if live.state == "failed" else "busy" if live.busy else "quiet")

    def render(self) -> RenderResult:
        """Both sides, with the facts that fit between them."""
        says, tone = self.happening
        says = plain(says)
        width = self.size.width
        right = f"● {says}" if says else ""
        if cell_len(right) > width - 10:
            right = right[: max(0, width - 11)] + "…"
        line = Text("charplay", style=self._tone("name"), no_wrap=True, end="")
        room = width - 8 - cell_len(right) - 1
        for fact in map(plain, self.facts):
            if cell_len(GAP + fact) > room:
                break
            line.append(GAP + fact, self._tone("quiet"))
            room -= cell_len(GAP + fact)
        if right:
            line.append(" " * (width - cell_len(line.plain) - cell_len(right)))
            line.append(right, self._tone(tone))
        return line

    def _tone(self, name: str) -> str:
        return str(self.get_component_rich_style(f"status--{name}", partial=True))


class KeyLine(Widget):
    """The keys that can be pressed here, drawn from the bindings: the focused pane's first, then everywhere's."""

    COMPONENT_CLASSES = {"keys--key", "keys--label"}  # noqa: RUF012 - Textual's form
    DEFAULT_CSS = """
    KeyLine {
        height: 1;
        padding: 0 1;
        & > .keys--key { color: $accent; }
        & > .keys--label { color: $foreground 55%; }
    }
    """

    @on(events.Mount)
    def _listen(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def _changed(self, _screen: Screen[object]) -> None:
        self.refresh()

    def render(self) -> RenderResult:
        """As many keys as fit, whole."""
        key_style, label_style = (
            str(self.get_component_rich_style(f"keys--{part}", partial=True)) for part in ("key", "label")
        )
        line = Text(no_wrap=True, end="")
        for key, label in self._shown():
            part = f"{'  ' if line else ''}{key} {label}"
            if cell_len(line.plain) + cell_len(part) > self.size.width:
                break
            line.append("  " if line else "")
            line.append(key, key_style)
            line.append(f" {label}", label_style)
        return line

    def _shown(self) -> list[tuple[str, str]]:
        """Keys and labels; a key that a text field would take for itself is none."""
        focused = self.screen.focused
        shown = []
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if not binding.show or not active.enabled:
                continue
            if focused and focused.check_consume_key(binding.key, binding.key if len(binding.key) == 1 else None):
                continue
            shown.append((self.app.get_key_display(binding), binding.description))
        return shown
