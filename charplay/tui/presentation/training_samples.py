"""The text samples that a run wrote while it trained, the newest round of them."""

from collections.abc import Sequence

from charplay.protocol.events import Sampled
from charplay.tui.widgets.row_list import Cell

INDENT = "  "


def sample_lines(samples: Sequence[Sampled]) -> list[list[Cell]]:
    """A round to read: when, then each sample with its temperature, its prompt, its text and how the corpus goes on."""
    lines: list[list[Cell]] = [[(f"step {samples[0].step:,}, epoch {samples[0].epoch:.2f}", "strong")]]
    for each in samples:
        lines += [[], [(f"temperature {each.temperature:g}", "accent")]]
        for name, text, tone in (
            ("prompt", each.prompt, "quiet"),
            ("text", each.text, "plain"),
            ("truth", each.truth, "quiet"),
        ):
            if text:
                lines += [
                    [(f"{INDENT}{name}", "quiet")],
                    *([(f"{INDENT * 2}{line}", tone)] for line in text.split("\n")),
                ]
    return lines
