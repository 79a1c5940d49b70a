"""`charplay sample --count N`: many texts in one pass, as text, as JSON or as files."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING

from charplay.cli.errors import UsageError
from charplay.cli.output import print_json
from charplay.cli.sample_output import TextWriter, name_unknown

if TYPE_CHECKING:
    from charplay.sampling.model import CharModel
    from charplay.sampling.params import SamplingParams
    from charplay.sampling.side_by_side import Start, Turn, WrittenText

CLASHES = (("count", "temperatures"), ("count", "save_ride"), ("output", "json"))


class ManyTexts:
    """Texts of one model under the seeds S, S+1, ..., and where they go."""

    def __init__(self, model: "CharModel", count: int, stops: list[str], *, prompted: bool, json: bool) -> None:
        self._model = model
        self._count = count
        self._stops = stops
        self._prompted = prompted
        self._json = json

    def drawn(self, params: "SamplingParams", prompt: Callable[[int], str], length: int, output: Path | None) -> None:
        """Write so many characters after each seed's prompt."""
        from charplay.sampling.side_by_side import Turn

        prompts = {seed: prompt(seed) for seed in self._seeds(params.seed)}
        self._write(prompts, partial(repeat, Turn(params), length), output)

    def ridden(self, file: Path, seed: int | None, output: Path | None) -> None:
        """Write what a ride would have written under each seed; the first is the ride's own where none is named."""
        from charplay.playground.recordings import read_ride
        from charplay.sampling.side_by_side import recorded_turns

        ride = read_ride(file)
        own = ride.changes[0][1].seed if ride.changes else 1
        prompts = dict.fromkeys(self._seeds(own if seed is None else seed), ride.prompt)
        self._write(prompts, partial(recorded_turns, ride, self._model.vocabulary), output)

    def _seeds(self, first: int) -> list[int]:
        from charplay.sampling.params import next_seed

        seeds = [first]
        while len(seeds) < self._count:
            seeds.append(next_seed(seeds[-1]))
        return seeds

    def _write(self, prompts: dict[int, str], turns: "Callable[[], Iterator[Turn]]", output: Path | None) -> None:
        from charplay.sampling.generator import TextGenerator
        from charplay.sampling.side_by_side import Start, write_side_by_side

        files = None if output is None else _new_files(output, prompts)
        generators = {prompt: TextGenerator(self._model, prompt=prompt) for prompt in dict.fromkeys(prompts.values())}
        name_unknown("".join(generator.unknown for generator in generators.values()))
        starts = [Start(seed, generators[prompt]) for seed, prompt in prompts.items()]
        texts = write_side_by_side(starts, turns, self._stops)
        if self._json:
            for text in texts:
                print_json(self._plain(text))
        elif files is not None:
            _write_files(zip(files, map(self._whole, texts), strict=False))
        else:
            writer = TextWriter()
            for text in texts:
                writer.begin(f"seed {text.start.seed}")
                writer.put(self._whole(text))
            writer.close()

    def _prompt(self, start: "Start") -> str:
        return start.generator.text if self._prompted else ""

    def _whole(self, written: "WrittenText") -> str:
        return self._prompt(written.start) + written.text

    def _plain(self, written: "WrittenText") -> dict[str, object]:
        prompt, text = self._prompt(written.start), written.text
        return {"seed": written.start.seed, "prompt": prompt, "text": text, "characters": len(text), "end": written.end}


def _new_files(path: Path, seeds: Iterable[int]) -> list[Path]:
    """The files for the texts of some seeds, their folder made. UsageError where something stands in the way."""
    from charplay.fs.paths import user_path

    folder = user_path(path)
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"--output needs a folder, and {folder} is a file; name another")
    files = [folder / f"seed-{seed}.txt" for seed in seeds]
    taken = next((file for file in files if file.exists()), None)
    if taken is not None:
        raise UsageError(f"{taken} is there already; name another folder, or another --seed")
    folder.mkdir(parents=True, exist_ok=True)
    return files


def _write_files(texts: Iterable[tuple[Path, str]]) -> None:
    from charplay.fs.atomic import replace_bytes

    for file, text in texts:
        replace_bytes(file, text.encode("utf-8", "surrogatepass"))
