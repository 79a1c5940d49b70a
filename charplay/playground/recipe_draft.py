"""The next run as it stands in the form: a preset, what was changed of it, and what follows from both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

from charplay.playground.budget_syntax import budget_layer, budget_of
from charplay.playground.recipe_rows import BUDGET, COMMON, FURTHER, PRESET, WARM_START, in_labels
from charplay.playground.run_requests import DEFAULT_PRESET
from charplay.playground.value_steps import adjacent_value, next_number
from charplay.playground.warm_start import WarmStart
from charplay.recipes.applicability import applies
from charplay.recipes.device_dependent import SENTENCE, likely_device, nearly_known, open_fields
from charplay.recipes.errors import RecipeError
from charplay.recipes.from_parent import inherit_shape
from charplay.recipes.layers import ConfigLayer, compose
from charplay.recipes.presets import load_preset, preset_names, save_preset
from charplay.recipes.recipe import BUDGETS, Recipe
from charplay.recipes.reference_hardware import CorpusSize, expected_seconds
from charplay.recipes.resolve import resolve
from charplay.recipes.specs import FieldSpec, format_value, spec, specs

if TYPE_CHECKING:
    from charplay.corpora.corpus import Corpus


@dataclass
class RecipeDraft:
    """What the form holds. Values are kept as a person writes them; `faults` say what is wrong with them now."""

    presets: Path
    preset: str = DEFAULT_PRESET
    values: dict[str, str] = field(default_factory=dict)
    corpus: str = ""
    characters: int = 0
    vocabulary: str = ""
    """0 and empty until the text was read."""
    warm_start: WarmStart | None = None
    devices: tuple[str, ...] = ("cpu",)
    threads: int = 1
    """Threads of the processor, for a run that has it alone."""
    speed: Mapping[int, float] = field(default_factory=dict)
    """How many times as fast as two usual cores it was measured to be, by hidden size; empty for about as fast."""
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unknown: str = ""
    """Why the run's numbers are not known, where they are not."""
    everything: bool = False
    """Whether every field is shown, not only the common ones."""
    revision: int = 0
    """Another number after every change."""

    @classmethod
    def restored(cls, presets: Path, preset: str, values: Mapping[str, object]) -> Self:
        """Make the draft that was left at the end of a sitting; the default one where it cannot be used any more."""
        known = {name: str(value) for name, value in values.items() if name in Recipe.model_fields}
        draft = cls(presets, preset, known)
        return cls(presets) if draft.faults else draft

    def __post_init__(self) -> None:
        self.asked = Recipe()
        self.resolved: Recipe | None = None
        self.open: frozenset[str] = frozenset()
        """Fields that the start decides, and nobody knows before."""
        self.estimated: frozenset[str] = frozenset()
        """Fields that the start decides, and of which the resolved recipe says about what they will be."""
        self.settle()

    def settle(self) -> None:
        """Compose and resolve anew; what cannot be used leaves the last good recipe standing."""
        self.revision += 1
        try:
            self.asked, notes = compose(self._base(), ConfigLayer("", {**self.values, "corpus": self.corpus}))
            shaped = inherit_shape(self.asked, self.warm_start.recipe) if self.warm_start else self.asked
            self.faults = ()
            device = likely_device(self.asked.device, self.devices)
            decided = open_fields(shaped, device)
            self.open, self.estimated = (frozenset(), decided) if nearly_known(device) else (decided, frozenset())
            notes = (SENTENCE, *notes) if decided else notes
            self.resolved = None
            if self.characters:
                speed = self.speed if nearly_known(device) else None
                resolution = resolve(shaped, self.characters, self.vocabulary_size, speed)
                fresh = self.warm_start.fresh(self.vocabulary) if self.warm_start else ""
                self.resolved, notes = resolution.recipe, (fresh, *notes, *resolution.notes)
            self.notes = tuple(in_labels(note) for note in notes if note)
        except RecipeError as fault:
            self.faults = tuple(map(in_labels, fault.faults))

    def read_corpus(self, name: str, corpus: "Corpus | None", unknown: str = "") -> None:
        """Take the text of that name; the run's numbers are known once it was read. Until then `unknown` says why."""
        self.unknown = unknown
        self.corpus = name
        self.characters = len(corpus) if corpus else 0
        self.vocabulary = corpus.vocabulary.characters if corpus else ""
        self.settle()

    def use_devices(self, names: Sequence[str], threads: int = 1) -> None:
        """Take note of the devices that there are, and of the threads that the processor has."""
        self.devices, self.threads = tuple(names), threads
        self.settle()

    def use_speed(self, measured: Mapping[str, object]) -> None:
        """Say from now on what the next run's start will decide as a run found that measured the processor."""
        self.speed = {
            int(size): times
            for size, times in measured.items()
            if size.isdecimal() and int(size) and isinstance(times, int | float) and 0 < times < float("inf")
        }
        self.settle()

    def start_from(self, warm_start: WarmStart | None) -> None:
        """Take over a checkpoint's weights, or begin with fresh ones."""
        self.warm_start = warm_start
        self.settle()

    def toggle_everything(self) -> None:
        """Show every field, or the common ones again."""
        self.everything = not self.everything
        self.revision += 1

    @property
    def vocabulary_size(self) -> int:
        """Different characters of the text."""
        return len(self.vocabulary)

    @property
    def network(self) -> str:
        """In a few letters, "lstm 2x128": its cell, and its size as far as it is known before the start."""
        if "hidden_size" in self.open:
            return self.asked.cell
        recipe = self.resolved
        return f"{recipe.cell} {recipe.num_layers}x{recipe.hidden_size}" if recipe else ""

    def _base(self) -> ConfigLayer:
        if self.preset not in self.preset_names():
            self.preset = DEFAULT_PRESET
        return load_preset(self.preset, self.presets)

    def preset_names(self) -> tuple[str, ...]:
        """Every preset, the user's own ones too."""
        return tuple(preset_names(self.presets))

    def rows(self, *, everything: bool, room: int = 0) -> list[str]:
        """Names of the rows to show: the common ones, and below them the rest that applies, group by group.

        A group's heading is its name with a colon after it. Without `everything` the common ones have as many others
        beside them as `room` rows take.
        """
        shown = [name for name in COMMON if self.applies(name)]
        if not everything:
            shown += [WARM_START] if self.warm_start else []
            further = [name for name in FURTHER if self.applies(name)]
            return [*shown, *further[: max(0, room - len(shown))]]
        shown.append(WARM_START)
        group = ""
        for each in specs():
            if each.name in {*COMMON, *BUDGETS, "corpus"} or not self.applies(each.name):
                continue
            if each.group != group:
                group = each.group
                shown.append(f"{group}:")
            shown.append(each.name)
        return shown

    def applies(self, name: str) -> bool:
        """Whether a field means anything under the recipe as it stands."""
        return applies(name, self.asked)

    def shown(self, name: str) -> tuple[str, str]:
        """What a row shows: what was asked, and in quiet letters what `auto` resolved to, or the unit."""
        if name == PRESET:
            return self.preset, "changed" if self.values else ""
        if name == BUDGET:
            unit, amount = self.budget()
            return f"{format_value(amount)} {unit.removesuffix('s') if amount == 1 else unit}", ""
        if name == WARM_START:
            return (self.warm_start.name, "") if self.warm_start else ("fresh weights", "")
        asked = self.values.get(name, format_value(getattr(self.asked, name)))
        if asked == "auto" and self.resolved is not None:
            chosen = getattr(self.resolved, name)
            if chosen == "auto":
                return "auto", ""
            about = "about " if name in self.estimated else ""
            return "auto", "at the start" if name in self.open else about + format_value(chosen)
        counted = asked[:1].isdigit() and spec(name).unit != "characters"
        return asked, spec(name).unit if counted else "" if asked else "none"

    def budget(self) -> tuple[str, float]:
        """The one budget: its unit and its amount."""
        return budget_of(self.asked)

    def seconds(self) -> float | None:
        """Return about how long it trains here; None where that is not known before the start."""
        if self.resolved is None or not nearly_known(likely_device(self.asked.device, self.devices)):
            return None
        text = CorpusSize.of(self.resolved, self.characters, self.vocabulary_size)
        return expected_seconds(self.resolved, text, self.speed)

    def help(self, name: str) -> str:
        """The sentence of a row."""
        if name == PRESET:
            return "Ready-made settings to begin with"
        if name == BUDGET:
            return "how long to train: 3 minutes, 90 s, 1.5 h, 2 epochs or 5000 steps"
        if name == WARM_START:
            return "a checkpoint whose weights the run takes over; shapes left auto are then its own"
        return spec(name).help if not name.endswith(":") else ""

    def check(self, name: str, text: str) -> str:
        """Why a text cannot be this row's value; empty where it can."""
        if name == PRESET:
            known = self.preset_names()
            return "" if text in known else f"there is no preset {text!r}; choose one of {', '.join(known)}"
        try:
            compose(self._base(), ConfigLayer("", self._with(name, text)))
        except RecipeError as fault:
            return in_labels(fault.faults[0])
        except ValueError as fault:
            return str(fault)
        return ""

    def set(self, name: str, text: str) -> str:
        """Give a row a value; the sentence that `check` has against it, and nothing changed, where it has one."""
        fault = self.check(name, text)
        if fault:
            return fault
        if name == PRESET:
            self.preset, self.values = text, {}
        else:
            self.values = self._with(name, text)
        self.settle()
        return ""

    def _with(self, name: str, text: str) -> dict[str, str]:
        """The values once a row has this one: another budget takes the place of the one before."""
        replaced = BUDGETS if name == BUDGET else ()
        return {each: value for each, value in self.values.items() if each not in replaced} | self._layer(name, text)

    def _layer(self, name: str, text: str) -> dict[str, str]:
        """The value of a row as a layer: none where nothing is typed for a field that may have none."""
        if name == BUDGET:
            return budget_layer(text, self.budget()[0])
        return {name: text.strip() or ("none" if name in Recipe.model_fields and spec(name).optional else "")}

    def reset(self, name: str) -> None:
        """Give a row the preset's value again; the preset's row resets them all."""
        gone = list(self.values) if name == PRESET else BUDGETS if name == BUDGET else (name,)
        for each in gone:
            self.values.pop(each, None)
        if name in {WARM_START, PRESET}:
            self.warm_start = None
        self.settle()

    def choices(self, name: str) -> tuple[str, ...]:
        """The values to choose from; empty where any number or text may be typed."""
        if name == PRESET:
            return self.preset_names()
        if name == "device":
            return ("auto", *self.devices)
        if name in {BUDGET, WARM_START}:
            return ()
        return _choices(spec(name))

    def nudge(self, name: str, by: int) -> str:
        """Take the next choice, or the next larger (`by` 1) or smaller (-1) number; return why there is none."""
        typed = "Enter changes this; the arrows step through numbers and choices."
        if name.endswith(":") or name == WARM_START:
            return typed
        before = self.shown(name)
        choices = self.choices(name)
        if choices:
            now = self.shown(name)[0]
            place = choices.index(now) if now in choices else 0
            fault = self.set(name, choices[(place + by) % len(choices)])
        elif name == BUDGET:
            unit, amount = self.budget()
            fault = self.set(name, f"{format_value(next_number(amount, by, whole=unit == 'steps'))} {unit}")
        elif spec(name).kind in {"int", "float"}:
            now = getattr(self.resolved or self.asked, name)
            fault = self.set(name, format_value(adjacent_value(spec(name), now, by)))
        else:
            return typed
        end = "This is the largest value." if by > 0 else "This is the smallest value."
        return fault or (end if self.shown(name) == before else "")

    def fill(self, asked: Mapping[str, object]) -> None:
        """Take a run's asked recipe over: again, with changes."""
        self.values, self.warm_start = {}, None
        self.settle()
        base = self.asked.model_dump()
        self.values = {
            name: format_value(value)
            for name, value in asked.items()
            if name in base and name != "corpus" and value != base[name]
        }
        self.settle()

    def keep(self, name: str) -> None:
        """Save the recipe as a preset of one's own and go on from it."""
        save_preset(self.presets, name, self.asked)
        self.preset, self.values = name, {}
        self.settle()


def _choices(of: FieldSpec) -> tuple[str, ...]:
    if of.kind == "bool":
        return ("yes", "no")
    if of.kind != "choice":
        return ()
    return (*(("auto",) if of.auto else ()), *(("none",) if of.optional else ()), *of.choices)
