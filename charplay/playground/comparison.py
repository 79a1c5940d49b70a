"""Texts side by side: one prompt and one seed at several temperatures, or from several checkpoints."""

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from charplay.playground.checkpoints import CheckpointEntry, LoadedModel, open_model
from charplay.playground.instrument import BUDGET, TICKS
from charplay.playground.pace import Pace
from charplay.playground.saved_texts import (
    Generation,
    ModelOrigin,
    generation,
    side_by_side,
    temperatures,
    write_columns,
)
from charplay.playground.temperatures import FEWEST, MOST, parse_temperatures, temperatures_fault, write_temperatures
from charplay.sampling.batched import BatchedGenerators
from charplay.sampling.generator import TextGenerator
from charplay.sampling.input_text import read_input
from charplay.sampling.params import SamplingParams, next_seed

if TYPE_CHECKING:
    from charplay.sampling.segment import GeneratedChar

DEFAULT = (0.2, 0.5, 1.0, 1.2)


class Column(NamedTuple):
    """A text of a comparison, to be taken over by the instrument."""

    generator: TextGenerator
    origin: ModelOrigin


class Comparison:
    """Generators that advance together, a column each."""

    def __init__(
        self, loaded: LoadedModel, prompt: str, params: SamplingParams, *, speed: float, room: int = MOST,
        temperatures: str = "",
    ) -> None:  # fmt: skip
        """Begin with one model at several temperatures; `speed` in characters a second, `room` for so many columns."""
        self.prompt = prompt
        """As it was typed; each network reads it cleaned as its training text was."""
        self.prompt_note = ""
        """What the cleaning of the networks did to it; empty where it did nothing."""
        self.speed = speed
        self.playing = True
        """Whether they write."""
        self.temperatures = (
            temperatures if temperatures_fault(temperatures, MOST) == "" else write_temperatures(DEFAULT)
        )
        """What one network writes at, as it is typed."""
        self.room = max(FEWEST, min(MOST, room))
        self.generators: list[TextGenerator] = []
        self._params = params
        self._origins: dict[int, ModelOrigin] = {}
        """By the identity of the models that write."""
        self._together = BatchedGenerators([])
        self._pace = Pace()
        self._then: float | None = None
        self.compare([loaded], parse_temperatures(self.temperatures)[: self.room])

    @property
    def seed(self) -> int:
        """The seed that all columns share."""
        return self._params.seed

    def compare(self, models: Sequence[LoadedModel], temperatures: Sequence[float]) -> None:
        """Begin with every model at every temperature."""
        self._origins = {id(each.model): each.origin for each in models}
        prompts = [read_input(each.model, self.prompt) for each in models]
        self.prompt_note = ", ".join(dict.fromkeys(prompt.note for prompt in prompts if prompt.note))
        self.generators = [
            TextGenerator(
                each.model, prompt=prompt.text, params=replace(self._params, temperature=one), source=each.source
            )
            for each, prompt in zip(models, prompts, strict=True)
            for one in temperatures
        ]
        self._together = BatchedGenerators(self.generators)

    def first_temperatures(self, room: int) -> str:
        """Write the first of the temperatures, as many as have room."""
        return write_temperatures(parse_temperatures(self.temperatures)[:room])

    def set_temperatures(self, column: int, typed: str) -> None:
        """Begin anew with a column's network at other temperatures, as a person types them."""
        generator = self.generators[column]
        self.temperatures = typed
        loaded = LoadedModel(generator.model, generator.source, self._origins[id(generator.model)])
        self.compare([loaded], parse_temperatures(typed))

    def open_checkpoints(self, entries: Sequence[CheckpointEntry]) -> None:
        """Begin anew with these checkpoints. CheckpointError, ModelError where one cannot be played."""
        self.compare([open_model(Path(each.path), each.run) for each in entries], [self._params.temperature])

    def set_temperature(self, column: int, temperature: float) -> None:
        """Go on at another temperature in one column, from the next character on."""
        generator = self.generators[column]
        generator.params = replace(generator.params, temperature=temperature)
        if len(self._origins) == 1:
            self.temperatures = write_temperatures([each.params.temperature for each in self.generators])

    def restart_with_next_seed(self) -> None:
        """Begin all texts anew, with the next seed."""
        self._params = replace(self._params, seed=next_seed(self._params.seed))
        for generator in self.generators:
            generator.restart(seed=self._params.seed)

    def column(self, number: int) -> Column:
        """Return a column as the instrument takes it over."""
        generator = self.generators[number]
        return Column(generator, self._origins[id(generator.model)])

    def _written(self) -> list[Generation]:
        """Return the columns from which something was drawn."""
        columns = map(self.column, range(len(self.generators)))
        rides = [(column, temperatures(column.generator.transcript)) for column in columns]
        return [generation(column.generator, ride, column.origin) for column, ride in rides if ride]

    def text(self) -> str:
        """Return the texts one below the other; empty while nothing is written."""
        return side_by_side(written) if (written := self._written()) else ""

    def keep(self, folder: Path, now: datetime) -> Path | None:
        """Write the texts to a file in a folder, and return its path; None while nothing is written. OSError."""
        return write_columns(folder, written, now) if (written := self._written()) else None

    def advance(self, now: float) -> "list[list[GeneratedChar]]":
        """Write what is due by now, in seconds on any clock; the new characters of each column."""
        ticks = 3 if self.speed > 2 * TICKS else 1  # fast text could not be read anyway
        passed = now - self._then if self._then is not None else 0.0
        if self._then is not None and passed < (ticks - 0.5) / TICKS:
            return []
        self._then = now
        due = self._pace.due(passed, self.speed) if self.playing else 0
        return [] if due == 0 else self.write(due, ticks * BUDGET)

    def write(self, most: int | None = 1, budget: float = BUDGET) -> "list[list[GeneratedChar]]":
        """Write up to so many characters in each column, beginning none once `budget` seconds are spent."""
        if not self.generators:
            return []
        end = time.perf_counter() + budget
        rows: list[list[GeneratedChar]] = []
        while most is None or len(rows) < most:
            rows.append(self._together.next())
            if time.perf_counter() >= end:
                break
        return [list(column) for column in zip(*rows, strict=True)]
