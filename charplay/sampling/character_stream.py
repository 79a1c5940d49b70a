"""The characters alone: what a generator would write, without a transcript of it."""

from collections.abc import Iterable, Iterator
from itertools import islice

from charplay.sampling.distribution import draw_tempered
from charplay.sampling.generator import TextGenerator
from charplay.sampling.random_stream import uniform
from charplay.sampling.stop_sequences import StopSequences


def character_stream(generator: TextGenerator) -> Iterator[str]:
    """The characters that a generator without filters writes from here on, without end. The generator stays here.

    Where nothing but characters is asked for, no state is kept and no probability worked out, which takes a third of
    the time of `next`.
    """
    model, params = generator.model, generator.params
    step, characters, temperature, seed = model.step, model.characters, params.temperature, params.seed
    state, logits, position = generator.state, generator.logits, len(generator.transcript)
    while True:
        one = draw_tempered(logits, temperature, uniform(seed, position))
        yield characters[one]
        state, logits = step(state, one)
        position += 1


def characters_until(generator: TextGenerator, length: int, stops: Iterable[str] = ()) -> Iterator[str]:
    """The characters that a generator writes from here on: so many, or fewer where they come to a stop text."""
    drawn = (written.character for written in generator) if generator.params.active else character_stream(generator)
    ends = StopSequences(stops)
    for character in islice(drawn, length):
        yield character
        if ends.ended(character):
            break
