"""What was chosen last: read at the start, written once, when the playground is left, by a key or by a signal."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from charplay.fs.atomic import replace_bytes

MOST_PLACES = 100
"""Texts whose places are remembered."""


@dataclass
class Preferences:
    """What the next start finds again."""

    corpus: str = ""
    """Name or path of the chosen text; empty takes the default."""
    encoding: str = ""
    """That was named for it; empty where it is found out."""
    preset: str = "quick"
    form: dict[str, object] = field(default_factory=dict)
    """Fields of the next run that differ from the preset."""
    prompt: str = ""
    temperature: float = 0.8
    speed: float = 30.0
    """Characters a second."""
    repetition_penalty: float = 1.0
    """1 is off."""
    repetition_window: float = 64.0
    """Characters."""
    bias: str = ""
    """As it is typed: settings CHARACTERS=NATS with spaces between them."""
    top_k: float = 1000.0
    """Characters; 1000 and more are as good as all, so it is off."""
    top_p: float = 1.0
    """1 is off."""
    min_p: float = 0.0
    """0 is off."""
    stops: str = ""
    """Texts at which the writing holds, as they are typed: with | between them."""
    columns: str = ""
    """Temperatures side by side, as they are typed; empty takes the first ones."""
    places: dict[str, object] = field(default_factory=dict)
    """Where texts were read last, by their names, the newest last: positions of characters."""
    processor_speed: dict[str, object] = field(default_factory=dict)
    """What the last run found that measured the processor, by hidden size, in multiples of two usual cores."""
    light: bool = False
    gauges: bool = False
    """Whether they are shown."""
    panes: dict[str, object] = field(default_factory=dict)
    """How they share the screen, as an `Arrangement` is saved."""
    theme: str = ""
    """The theme's name; empty where it is charplay's own, dark or `light`."""
    toured: bool = False
    """Whether the tour of the first start was seen."""

    def place(self, text: str) -> int:
        """Return where a text was read last; its beginning where it was not."""
        place = self.places.get(text)
        return place if isinstance(place, int) and place > 0 else 0

    def keep_place(self, text: str, place: int) -> None:
        """Remember where a text was read last, and forget the oldest place beyond `MOST_PLACES`."""
        self.places.pop(text, None)
        self.places[text] = place
        for oldest in list(self.places)[:-MOST_PLACES]:
            del self.places[oldest]


def read_preferences(path: Path) -> tuple[Preferences, str]:
    """The settings in `path`, and a notice: empty, or why what the file holds was not taken."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return Preferences(), ""
    except (OSError, ValueError):
        return Preferences(), f"{path.name} could not be read; everything starts with its first values."
    if not isinstance(found, dict):
        return Preferences(), f"{path.name} does not hold settings; everything starts with its first values."
    settings, ignored = Preferences(), []
    for each in fields(Preferences):
        if each.name not in found:
            continue
        usable = _usable(found[each.name], getattr(settings, each.name))
        if usable is None:
            ignored.append(each.name)
        else:
            setattr(settings, each.name, usable)
    notice = f"{path.name}: {', '.join(ignored)} could not be used and has its first value." if ignored else ""
    return settings, notice


def write_preferences(path: Path, settings: Preferences) -> None:
    """Replace the file; a folder that cannot be written to is no reason to stop."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_bytes(path, json.dumps(asdict(settings), indent=2).encode())


def _usable(value: object, example: object) -> object:
    """`value` as the type of `example`, or None."""
    if isinstance(example, bool) or isinstance(value, bool):
        return value if isinstance(value, bool) and isinstance(example, bool) else None
    if isinstance(example, float):
        return float(value) if isinstance(value, int | float) and 0 <= value <= 1e6 else None
    if isinstance(example, str):
        return value if isinstance(value, str) else None
    return dict(value) if isinstance(value, Mapping) else None
