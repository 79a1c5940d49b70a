"""Options of `sample` that need more than parsing: prompts from a text, temperatures, biases, recordings."""

from pathlib import Path
from typing import TYPE_CHECKING

from charplay.cli.errors import UsageError, print_error

if TYPE_CHECKING:
    from collections.abc import Callable

    from charplay.corpora.library import Corpus
    from charplay.corpora.vocabulary import Vocabulary
    from charplay.recipes.recipe import Recipe
    from charplay.runs.checkpoint import CorpusOrigin
    from charplay.sampling.bias_syntax import Bias
    from charplay.sampling.prompts import Prompt


def prompts_from_text(
    home_option: str | None, checkpoint: str, text: str | None, wanted: str
) -> "Callable[[int], tuple[Prompt, str]]":
    """Open the text that a checkpoint learned, or another; return what takes a seed's prompt from it.

    That gives a note on where the prompt is from, too. A passage is as long as the network's training sequences, but at
    most 100 characters.
    """
    from charplay.runs.checkpoint import read_header
    from charplay.sampling.prompts import PLACE, choose, passage_length

    if wanted not in {"random", "letter"} and not PLACE.fullmatch(wanted):
        raise UsageError(f"--prompt-from takes random, letter, N or N:LENGTH, not {wanted[:40]!r}")
    header = read_header(Path(checkpoint))
    corpus = _corpus(home_option, header.corpus, header.recipe, text)
    whole, length = corpus.text(), passage_length(header.recipe)

    def take(seed: int) -> "tuple[Prompt, str]":
        chosen = choose(whole, "passage" if wanted == "random" else wanted, seed=seed, length=length)
        after = f"goes on: {chosen.truth!r}" if chosen.truth else f"ends after these {len(chosen.prompt):,} characters"
        return chosen, f"the prompt stands at {chosen.start:,} of {corpus.title}, which {after}"

    return take


def _corpus(home_option: str | None, origin: "CorpusOrigin", recipe: "Recipe", text: str | None) -> "Corpus":
    """Open the text, cleaned as it was for the checkpoint. Raises CorpusError that says how to name another."""
    from charplay.corpora.errors import CorpusError
    from charplay.corpora.learned import NotFound, open_learned
    from charplay.playground.home import open_library

    library = open_library(home_option)
    if text is not None:
        return library.open(library.find(text), cleaning=recipe.cleaning, limit=recipe.limit)
    try:
        return open_learned(library, origin, cleaning=recipe.cleaning, limit=recipe.limit)
    except NotFound as fault:
        learned = origin.path if origin.path and Path(origin.path).exists() else origin.name
        if fault.changed is not None:
            raise CorpusError(
                f"{fault.title} is not the text any more that was learned (its sha256 differs); "
                f"put the old file back, or take it as it is with --corpus {learned}"
            ) from None
        raise fault.unreadable or CorpusError(
            f"the text that was learned ({learned}) is not here; name it, or another, with --corpus"
        ) from None


def asked_temperatures(one: float | None, several: str | None) -> list[float]:
    """The temperatures to write at; 0.8 where none is named."""
    if several is None:
        return [0.8 if one is None else one]
    if one is not None:
        raise UsageError("--temperature and --temperatures say the same thing; leave one out")
    from charplay.playground.temperatures import parse_temperatures
    from charplay.sampling.errors import SettingError

    try:
        found = parse_temperatures(several)
    except SettingError:
        raise
    except ValueError:
        found = []
    if not found:
        raise UsageError(f"--temperatures takes numbers with commas, as in 0.2,0.5,1.0, not {several!r}")
    return found


def check_bias(bias: "Bias", vocabulary: "Vocabulary") -> None:
    """Print which characters of the bias the model does not know. Raises SettingError where it forbids all others."""
    from charplay.sampling.bias_syntax import require_choice

    _, unknown = vocabulary.split("".join(character for character, _ in bias))
    if unknown:
        print_error(f"left out of the bias, as the model does not know them: {unknown!r}")
    require_choice(bias, vocabulary)


def recording_path(path: Path) -> Path:
    """Return the path of the file to save a recording in. Raises UsageError where no file can be written there."""
    from charplay.fs.paths import user_path
    from charplay.runs.store import RunError, destination

    try:
        kept = destination(user_path(path))
    except RunError as fault:
        raise UsageError(str(fault)) from None
    if not kept.parent.is_dir():
        raise UsageError(f"there is no folder {kept.parent} to keep a ride in; make it first")
    return kept
