"""`charplay sample`: a model writes, without a screen."""

import sys
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from charplay.cli import sample_many
from charplay.cli.errors import UsageError
from charplay.cli.output import print_note
from charplay.cli.prompts import asked_temperatures, check_bias, prompts_from_text, recording_path
from charplay.cli.recipe_options import JsonOption
from charplay.cli.sample_options import (
    Bias,
    Checkpoint,
    CorpusName,
    Count,
    Length,
    MinP,
    NoPrompt,
    Output,
    Penalty,
    PromptFrom,
    PromptText,
    RideFile,
    SaveRide,
    Seed,
    StopTexts,
    Temperature,
    Temperatures,
    Top,
    TopK,
    TopP,
    Window,
)
from charplay.cli.sample_output import JsonLinesWriter, TextWriter, name_unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from charplay.playground.checkpoints import LoadedModel
    from charplay.playground.playback import Playback
    from charplay.sampling.generator import TextGenerator
    from charplay.sampling.model import CharModel
    from charplay.sampling.params import SamplingParams


LENGTH = 500
"""Characters that are written where no length is named."""

CLASHES = (
    ("prompt", "prompt_from"), ("ride", "prompt"), ("ride", "prompt_from"), ("ride", "temperatures"),
    ("save_ride", "temperatures"),
)  # fmt: skip
FILTERS = {"bias", "top_k", "top_p", "min_p", "repetition_penalty", "repetition_window"}
RIDDEN = FILTERS | {"length", "temperature"}
"""What a ride has values of its own for."""


def sample(  # noqa: PLR0917  (the parser passes options by name)
    context: typer.Context,
    checkpoint: Checkpoint,
    prompt: PromptText = None,
    prompt_from: PromptFrom = None,
    corpus: CorpusName = None,
    length: Length = None,
    temperature: Temperature = None,
    temperatures: Temperatures = None,
    top_k: TopK = None,
    top_p: TopP = None,
    min_p: MinP = None,
    repetition_penalty: Penalty = None,
    repetition_window: Window = None,
    bias: Bias = None,
    seed: Seed = None,
    stop: StopTexts = None,
    no_prompt: NoPrompt = False,
    ride: RideFile = None,
    save_ride: SaveRide = None,
    count: Count = None,
    output: Output = None,
    json: JsonOption = False,
    top: Top = 5,
) -> None:
    """Write text, character by character as it is drawn."""
    given = _given(context.params)
    _refuse_clashes(given)
    params = _params(given)
    kept = None if save_ride is None else recording_path(save_ride)
    opened = _opened(context.obj, checkpoint, params[0])
    stops = _cleaned_stops(opened.model, stop or [])
    prompts = _prompts(context.obj, opened, prompt or "", prompt_from, corpus)
    length = min(LENGTH if length is None else length, sys.maxsize)  # no range is longer: "until it is stopped"
    if count is not None:
        many = sample_many.ManyTexts(opened.model, count, stops, prompted=not no_prompt, json=json)
        many.drawn(params[0], prompts, length, output) if ride is None else many.ridden(ride, seed, output)
        return
    writer = JsonLinesWriter(top) if json else TextWriter()
    task = _SampleTask(writer, stops, kept, prompted=not no_prompt)
    task.draw(opened, prompts(params[0].seed), params, length) if ride is None else task.again(opened, ride, seed)
    writer.close()


def _params(given: "Mapping[str, Any]") -> "list[SamplingParams]":
    """Return the sampling parameters that the options name, for each temperature."""
    from charplay.sampling.bias_syntax import parse_bias
    from charplay.sampling.params import SamplingParams

    named = {name: given[name] for name in FILTERS & given.keys()}
    if "bias" in named:
        named["bias"] = parse_bias(named["bias"])
    if "seed" in given:
        named["seed"] = given["seed"]
    heats = asked_temperatures(given.get("temperature"), given.get("temperatures"))
    return [SamplingParams(temperature=heat, **named) for heat in heats]


def _opened(home: str | None, checkpoint: str, params: "SamplingParams") -> "LoadedModel":
    """Return the model of a checkpoint, which knows every character of the bias."""
    from charplay.playground.checkpoints import open_checkpoint
    from charplay.playground.home import open_store

    opened = open_checkpoint(open_store(home), checkpoint)
    check_bias(params.bias, opened.model.vocabulary)
    return opened


class _SampleTask:
    """Writes generated texts; each may end at a stop text, and may be kept as a ride."""

    def __init__(self, writer: TextWriter, stops: list[str], ride: Path | None, *, prompted: bool) -> None:
        self._writer = writer
        self._stops = stops
        self._ride = ride
        self._prompted = prompted
        self._named = ""

    def draw(self, opened: "LoadedModel", prompt: str, params: "Sequence[SamplingParams]", length: int) -> None:
        """Write so many characters under each of the parameters; of several, the temperature is a title."""
        from charplay.playground.playback import Playback
        from charplay.sampling.generator import TextGenerator

        for one in params:
            if len(params) > 1:
                self._writer.begin(f"temperature {one.temperature:g}")
            generator = TextGenerator(opened.model, prompt=prompt, params=one, source=opened.origin.path)
            if self._writer.only_characters and self._ride is None and not generator.params.active:
                self._stream(generator, length)
            else:
                self._write(Playback(generator, self._stops), length)

    def again(self, opened: "LoadedModel", file: Path, seed: int | None) -> None:
        """Write what the ride in a file wrote, or would have written under another seed."""
        from charplay.playground.playback import Playback
        from charplay.playground.recordings import read_ride
        from charplay.sampling.generator import TextGenerator

        playback = Playback(TextGenerator(opened.model, source=opened.origin.path), self._stops)
        playback.replay(read_ride(file), seed)
        self._write(playback)

    def _write(self, playback: "Playback", length: int | None = None) -> None:
        """Write the prompt and what follows. What was written until Ctrl-C is a ride too."""
        generator = playback.generator
        self._begin(generator)
        try:
            for position, written in enumerate(islice(playback, length), len(generator.transcript)):
                self._writer.write(written, generator, position)
        finally:
            self._keep(generator)

    def _stream(self, generator: "TextGenerator", length: int) -> None:
        """Write the prompt and the characters that follow, of which nothing more is asked."""
        from charplay.sampling.character_stream import characters_until

        self._begin(generator)
        for character in characters_until(generator, length, self._stops):
            self._writer.put(character)

    def _begin(self, generator: "TextGenerator") -> None:
        if generator.unknown != self._named:
            name_unknown(generator.unknown)
            self._named = generator.unknown
        if self._prompted:
            for position in range(len(generator.transcript)):
                self._writer.write(generator.transcript[position], generator, position)

    def _keep(self, generator: "TextGenerator") -> None:
        if self._ride is not None:
            from charplay.playground.recordings import write_ride_to

            try:
                write_ride_to(self._ride, generator)
            except OSError as error:  # which names no file, or one beside it
                raise OSError(error.errno, error.strerror, str(self._ride)) from None


def _prompts(
    home: str | None, opened: "LoadedModel", prompt: str, prompt_from: str | None, corpus: str | None
) -> "Callable[[int], str]":
    """Return what gives each seed its prompt, cleaned as the training text was: the one that is typed, or a passage."""
    if prompt_from is None:
        given = _cleaned(opened.model, prompt)
        return lambda _seed: given
    take = prompts_from_text(home, opened.origin.path, corpus, prompt_from)

    def taken(seed: int) -> str:
        chosen, where = take(seed)
        print_note(where)
        return _cleaned(opened.model, chosen.prompt)

    return taken


def _cleaned(model: "CharModel", prompt: str) -> str:
    """Return the prompt cleaned as the training text was, and say so."""
    from charplay.sampling.input_text import read_input

    read = read_input(model, prompt)
    if read.note:
        print_note(f"the prompt was {read.note}")
    return read.text


def _cleaned_stops(model: "CharModel", stops: list[str]) -> list[str]:
    """Return the stop texts cleaned as the training text was, and say at which the model stops."""
    from charplay.sampling.stop_sequences import clean_stop_texts

    cleaned, note = clean_stop_texts(stops, model.recipe.cleaning)
    if note:
        print_note(f"stops at {note}")
    return list(cleaned)


def _given(options: "Mapping[str, Any]") -> dict[str, Any]:
    """Return the options that were given: flags that are set, and whatever has a value."""
    return {
        name: value for name, value in options.items() if not (value is None or value is False or value in ((), []))
    }


def _refuse_clashes(named: "Mapping[str, Any]") -> None:
    """UsageError where two options say the same thing, or one has nothing to act on."""
    for one, other in CLASHES + sample_many.CLASHES:
        if one in named and other in named:
            raise UsageError(f"{_flag(one)} and {_flag(other)} do not go together; leave one out")
    if "corpus" in named and "prompt_from" not in named:
        raise UsageError("--corpus is for --prompt-from; name a place in the text, as in --prompt-from random")
    if "output" in named and "count" not in named:
        raise UsageError("--output is for --count; say how many texts, as in --count 32")
    if "" in named.get("stop", ()):
        raise UsageError("--stop needs a text to stop at; leave it out to write the whole length")
    if "ride" in named and RIDDEN & named.keys():
        raise UsageError("a ride brings its own settings and length; only --seed may be another")


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")
