"""The characters alone: what a generator would write, without a transcript of it."""

from collections.abc import Iterator

from charplay.sampling.distribution import draw_tempered
from charplay.sampling.generator import TextGenerator
from charplay.sampling.random_stream import uniform


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
