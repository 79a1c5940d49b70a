"""A trained network from Python: it writes, and it reads. Nothing here needs torch."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypedDict, Unpack

from charplay.api.listings import FilePath, home_option
from charplay.playground.home import open_store

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from charplay.playground.checkpoints import LoadedModel
    from charplay.recipes.recipe import Recipe
    from charplay.sampling.generator import TextGenerator
    from charplay.sampling.params import SamplingParams
    from charplay.sampling.score import Score


class SamplingSettings(TypedDict, total=False):
    """How characters are drawn; a filter that is not named is off."""

    temperature: float
    """0.8 where none is named; 0 always takes the most probable."""
    seed: int
    """1 where none is named; the same seed writes the same text."""
    top_k: int
    """Keep the k most probable."""
    top_p: float
    """Keep the fewest most probable that together reach this probability."""
    min_p: float
    """Keep what has at least this share of the most probable one's probability."""
    repetition_penalty: float
    """Above 1, recent characters become rarer."""
    repetition_window: int
    """How many characters are recent; 64 where none is named."""
    bias: Mapping[str, float]
    """Character -> nats added to its logit; `-math.inf` forbids it."""


@dataclass(frozen=True, eq=False)
class Sample:
    """A text that a network wrote. `str()` is the prompt and what follows; a notebook shows it tinted by surprisal."""

    text: str
    """The prompt as it was read, and what follows."""
    prompt: str
    """The prompt as it was read: cleaned as the training text was, without what the network does not know."""
    surprisal: "NDArray[np.float64]" = field(repr=False)
    """(len(text),) bits by which each character surprised the network, whatever filters and temperature made of it."""
    remark: str = ""
    """What was cleaned or left out of the prompt, as sentences; empty where it was read as it was given."""

    def __str__(self) -> str:
        return self.text

    @property
    def continuation(self) -> str:
        """What follows the prompt."""
        return self.text[len(self.prompt) :]

    def _repr_html_(self) -> str:
        from charplay.api.display import tinted_html

        return tinted_html(self.text, self.surprisal.tolist(), prompt=len(self.prompt), remark=self.remark)


@dataclass(frozen=True, eq=False)
class Surprisal:
    """How much each character of a text surprised a network; a notebook shows the text tinted by it."""

    text: str
    """As it was given."""
    bits: "NDArray[np.float64]" = field(repr=False)
    """(len(text),) bits; NaN at the first character, and where the network does not know one."""

    def _repr_html_(self) -> str:
        from charplay.api.display import tinted_html

        return tinted_html(self.text, self.bits.tolist())


class States(NamedTuple):
    """What a network remembers while it reads a text of T characters."""

    text: str
    """The characters that were read."""
    values: "NDArray[np.float32]"
    """(T, layers, parts, hidden size) the state after each character; the first part is a layer's output, and an LSTM's
    second part is its cell."""


class Model:
    """A trained network. It never changes, so several threads may use one.

    Texts are cleaned as the training text was, as far as that applies to input, and characters that the network does
    not know are left out.
    """

    def __init__(self, loaded: "LoadedModel", home: str | None = None) -> None:
        """`home`: where the texts are that its run keeps from training."""
        self._model = loaded.model
        self._home = home
        self.name = loaded.source
        """The run and the step."""
        self.path = loaded.origin.path
        """The checkpoint."""

    @property
    def recipe(self) -> "Recipe":
        """The resolved recipe that it was trained under."""
        return self._model.recipe

    @property
    def vocabulary(self) -> str:
        """The characters that it knows, in the order of their ids."""
        return self._model.vocabulary.characters

    def __repr__(self) -> str:
        recipe = self.recipe
        network = f"{recipe.cell} {recipe.num_layers}x{recipe.hidden_size}"
        return f"<charplay.Model {self.name}: {network}, {len(self.vocabulary)} characters>"

    def sample(
        self, prompt: str = "", length: int = 500, *, stop: Iterable[str] = (), **settings: Unpack[SamplingSettings]
    ) -> Sample:
        """Write so many characters after a prompt, fewer where they come to a stop text.

        Without a prompt the text starts as a line does. Any of the `stop` texts ends it.

        Raises:
            CharplayError: a setting lies outside its bounds.
        """
        from charplay.playground.playback import Playback

        generator, remark = self._generator(prompt, settings)
        prompt_length = len(generator.transcript)
        for _ in islice(Playback(generator, stop), _checked(length)):
            pass
        surprisal = generator.transcript.column("surprise").astype(float)
        return Sample(generator.text, generator.text[:prompt_length], surprisal, remark)

    def stream(
        self, prompt: str = "", length: int = 500, *, stop: Iterable[str] = (), **settings: Unpack[SamplingSettings]
    ) -> Iterator[str]:
        """Write as `sample` does, and yield each character after the prompt as it is drawn.

        Raises:
            CharplayError: a setting lies outside its bounds; at the call, not at the first character.
        """
        from charplay.sampling.character_stream import characters_until
        from charplay.sampling.stop_sequences import clean_stop_texts

        generator, _ = self._generator(prompt, settings)
        return characters_until(generator, _checked(length), clean_stop_texts(stop, self.recipe.cleaning)[0])

    def score(
        self, text: str | None = None, *, part: Literal["test", "held-out"] | None = None, raw: bool = False
    ) -> "Score":
        """Measure how well the network foretells a text: `nats` and `bits` per character.

        In place of a text, `part` names what its run keeps from training: `"held-out"`, which chose the best
        checkpoint, or `"test"`, which nothing has read before (`test_fraction` or `held_out_corpus` in the recipe).

        `characters` counts those that were read, `skipped` those that it does not know. `raw` leaves the cleaning out;
        a part is always cleaned as its recipe says. Both means are NaN where nothing was foretold, which takes at least
        two known characters.

        Raises:
            CharplayError: the run keeps no such part, or the text that it is in is not here, or has changed.
        """
        from charplay.playground.home import open_library
        from charplay.playground.kept_parts import open_kept_part
        from charplay.sampling.errors import SettingError
        from charplay.sampling.score import score

        if text is not None and part is None:
            return score(self._model, text, raw=raw)
        if text is None and part in {"test", "held-out"}:
            return score(self._model, open_kept_part(open_library(self._home), Path(self.path), part).text(), raw=True)
        raise SettingError('a score is of a text, or of a part that the run keeps: part="test" or part="held-out"')

    def surprisal(self, text: str, *, raw: bool = False) -> Surprisal:
        """Measure by how many bits each character of a text surprises the network, given all those before it."""
        return Surprisal(text, self.score(text, raw=raw).along(len(text)))

    def states(self, text: str) -> States:
        """Read a text from the zero state, and return what the network remembers after each character."""
        import numpy as np

        from charplay.sampling.input_text import read_input

        model = self._model
        known, _ = model.vocabulary.split(read_input(model, text).text)
        zero = model.zero_state()
        values = np.empty((len(known), *zero.shape), np.float32)
        state = zero
        for position, one in enumerate(model.vocabulary.encode(known).tolist()):
            state, _ = model.step(state, one)
            values[position] = state
        return States(known, values)

    def _generator(self, prompt: str, settings: SamplingSettings) -> "tuple[TextGenerator, str]":
        """Return what writes after a prompt, and what was cleaned or left out of that."""
        from charplay.sampling.generator import TextGenerator
        from charplay.sampling.input_text import read_input

        read = read_input(self._model, prompt)
        params = self._params(settings)
        return TextGenerator(self._model, prompt=read.text, params=params, source=self.name), read.remark

    def _params(self, settings: SamplingSettings) -> "SamplingParams":
        from charplay.sampling.bias_syntax import require_choice
        from charplay.sampling.params import SamplingParams

        values: dict[str, Any] = dict(settings)
        values["bias"] = tuple(settings.get("bias", {}).items())
        params = SamplingParams(**values)
        require_choice(params.bias, self._model.vocabulary)
        return params


def load(run: FilePath, *, home: FilePath | None = None) -> Model:
    """Load the network of a run, of a checkpoint file, or of `"demo"`.

    A run means its best checkpoint, else its latest.

    Args:
        run: a run's name or folder, or the path of a checkpoint.
        home: the folder of texts and runs; CHARPLAY_HOME, or the usual one, where none is named.

    Raises:
        CharplayError: there is no such run or file, or it is damaged; the message names the nearest.
    """
    from charplay.playground.checkpoints import open_checkpoint

    return Model(open_checkpoint(open_store(home_option(home)), home_option(run) or ""), home_option(home))


def _checked(length: int) -> int:
    """Return a number of characters to write; SettingError where it is none."""
    from charplay.sampling.errors import SettingError

    if length < 0:
        raise SettingError(f"a length is a number of characters from 0 on, not {length}")
    return length
