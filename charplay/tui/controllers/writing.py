"""Writing: let the network write or hold, begin anew, warmer and cooler, faster and slower, keep the text."""

from datetime import datetime
from typing import ClassVar

from charplay.tui.command import Command
from charplay.tui.controllers.base import Controller

MAX_COPIED = 100_000
"""Characters that go to the clipboard: the last ones."""


class WritingController(Controller):
    """The text under way."""

    commands: ClassVar = (
        Command("writing.write_one", "full_stop", "one", "Write one character, and hold", "text", footer=True),
        Command("writing.go_on", "enter", "go on", "Go on writing, and follow the end of the text", "text"),
        Command("writing.anew", "a", "anew", "Begin a new text, with another seed", "text", footer=True),
        Command("writing.prompt", "P", "prompt", "Change the prompt, and begin anew with it", "text", footer=True),
        Command(
            "writing.filters", "m", "filters", "Show or hide the filters: repetition, bias, top-k, top-p, min-p",
            "text",
            footer=True,
        ),
        Command("writing.slower", "minus", "slower", "Write slower", "text"),
        Command("writing.faster", "plus", "faster", "Write faster", "text"),
        Command("writing.copy", "y", "copy", "Copy the text to the clipboard", "text", footer=True),
        Command("writing.keep", "w", "keep", "Write the text to a file in texts/", "text", footer=True),
        Command("writing.write", "space", "write", "Let the network write, or hold it", footer=True),
        Command("writing.cooler", "left_square_bracket", "cooler", "Lower the temperature"),
        Command("writing.warmer", "right_square_bracket", "warmer", "Raise the temperature"),
    )  # fmt: skip

    def disabled(self, command: Command) -> str:
        """Return why a command cannot be used now."""
        instrument = self.playground.instrument
        if command.method in {"write", "write_one", "go_on", "anew", "copy"} and instrument.generator is None:
            return "Nothing writes yet."
        if command.method in {"warmer", "cooler"}:
            return self._at_the_end(command.method == "warmer")
        return ""

    def _at_the_end(self, warmer: bool) -> str:  # noqa: FBT001 - which way
        from charplay.playground.scales import TEMPERATURES

        now = self.playground.instrument.params.temperature
        if warmer:
            return f"The temperature goes up to {TEMPERATURES.high:.2f}." if now >= TEMPERATURES.high else ""
        return f"The temperature goes down to {TEMPERATURES.low:.2f}." if now <= TEMPERATURES.low else ""

    def write(self) -> None:
        """Write, or hold; with the cursor out, put it away and write."""
        self.playground.instrument.toggle()

    def write_one(self) -> None:
        """Write one character, and hold."""
        self.playground.instrument.write_one()

    def go_on(self) -> None:
        """Write on, at the end of the text."""
        self.playground.instrument.go_on()
        self.ui.go_to("text.end")

    def anew(self) -> None:
        """Begin another text: the next seed."""
        self.playground.instrument.restart_with_next_seed()

    def prompt(self) -> None:
        """Open the prompt for editing."""
        self.ui.go_to("text.prompt")

    def filters(self) -> None:
        """Show the filters and go to the first, or hide them; hidden ones stay as they are."""
        self.ui.go_to("text.filters")

    def warmer(self) -> None:
        """Raise the temperature by a fine step."""
        self._move_temperature(1)

    def cooler(self) -> None:
        """Lower the temperature by a fine step."""
        self._move_temperature(-1)

    def _move_temperature(self, steps: int) -> None:
        from charplay.playground.scales import TEMPERATURES

        instrument = self.playground.instrument
        instrument.set_params(temperature=TEMPERATURES.moved(instrument.params.temperature, steps))

    def faster(self) -> None:
        """Write faster."""
        self._move_speed(4)

    def slower(self) -> None:
        """Write slower."""
        self._move_speed(-4)

    def _move_speed(self, steps: int) -> None:
        from charplay.playground.scales import SPEEDS

        instrument = self.playground.instrument
        moved = SPEEDS.moved(instrument.speed, steps)
        if moved == instrument.speed:
            self.ui.note("It writes as fast as it can." if steps > 0 else "It writes as slowly as it can.")
        instrument.speed = moved

    def copy(self) -> None:
        """Copy the text to the clipboard, through the terminal."""
        generator = self.playground.instrument.generator
        if generator is not None:
            text = generator.text[-MAX_COPIED:]
            self.ui.copy(text)
            self.ui.note(f"Copied {len(text):,} characters." if text else "Nothing is written yet.")

    def keep(self) -> None:
        """Write the text to a file."""
        from charplay.playground.text_files import keep_text

        try:
            path = keep_text(self.playground.instrument, datetime.now().astimezone())
        except OSError as error:
            self.ui.note(f"The text could not be written: {error.strerror}.")
        else:
            self.ui.note(f"Written to {path.parent.name}/{path.name}" if path else "Nothing is written yet.")
