"""The instrument: who writes, on which branch, from which prompt, with which sampling parameters."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from weakref import WeakKeyDictionary

from charplay.formatting.sanitize import sanitize_char
from charplay.playground.happenings import Said, TextChanged
from charplay.playground.next_prompt import MAX_READ, NextPrompt, cut_remark
from charplay.playground.pace import Pace
from charplay.playground.playback import Playback
from charplay.playground.saved_texts import ModelOrigin, generation, keep_recent, temperatures
from charplay.playground.text_changes import Appended, Began, Reweighted, Rewritten
from charplay.playground.text_cursor import TextCursor
from charplay.sampling.branches import BranchTree, KeptBranch
from charplay.sampling.errors import TranscriptError
from charplay.sampling.generator import Candidate, Inspection, TextGenerator
from charplay.sampling.input_text import InputText, read_input
from charplay.sampling.model import CharModel
from charplay.sampling.params import SamplingParams, next_seed
from charplay.sampling.prompts import Prompt
from charplay.sampling.recording import Recording
from charplay.sampling.stop_sequences import format_stop_texts
from charplay.sampling.transcript import Transcript

TICKS = 30
"""A second, at which a screen lets it write."""
BUDGET = 0.008
"""Seconds that drawing characters may take of a tick."""


class Instrument:
    """Writes with a model, and keeps every branch of what was written.

    `params` may change between any two characters. What happened is returned by `drain`.
    """

    def __init__(self, texts: Path, params: SamplingParams, *, prompt: str = "", speed: float = 30.0) -> None:
        """`texts`: the folder of generated texts; `speed`: characters a second, beyond MAX_SPEED as many as can be."""
        self.texts = texts
        self.speed = speed
        self.playing = True
        """Whether it is to write, given a model."""
        self.covered = False
        """Whether it is out of sight: a character would repaint the whole screen through what lies over it."""
        self.typing = False
        """Whether a person types into the text; nothing is written meanwhile."""
        self.cursor = TextCursor()
        """What is looked at; nothing is written meanwhile."""
        self.typed_bias = ""
        """The bias of `params` as it was typed; what cannot be used of it is kept for mending."""
        self.opening = NextPrompt(prompt)
        """What the next text begins with."""
        self.branches: BranchTree | None = None
        self._params = params
        self._stops: tuple[str, ...] = ()
        self._playback: Playback | None = None
        self._live: TextGenerator | None = None
        self._origins: WeakKeyDictionary[TextGenerator, ModelOrigin] = WeakKeyDictionary()
        self._pace = Pace()
        self._then: float | None = None
        """When it last was its turn."""
        self._was_at_work = False
        self._happened: list[TextChanged | Said] = []

    # Who writes, and how.

    @property
    def generator(self) -> TextGenerator | None:
        """Who writes; None before there is a model."""
        return self.branches.generator if self.branches else None

    @property
    def transcript(self) -> Transcript | None:
        """What is written, on the present branch."""
        return self.branches.generator.transcript if self.branches else None

    @property
    def params(self) -> SamplingParams:
        """The parameters of the next character."""
        return self.generator.params if self.generator else self._params

    @params.setter
    def params(self, params: SamplingParams) -> None:
        self._params = params
        if self.generator is not None:
            if self.replaying and params != self.generator.params:
                self.leave_replay()
            self.generator.params = params

    def set_params(self, **values: object) -> None:
        """Change some of the parameters; SettingError where one cannot be. A replay is left."""
        self.params = self.params.replaced(**values)

    @property
    def prompt(self) -> str:
        """What the next text begins with, as it was typed; the network reads it cleaned as its training text was."""
        return self.opening.typed

    @property
    def following(self) -> bool:
        """Whether the weights of who writes will go on changing."""
        return self.generator is not None and self.generator is self._live

    @property
    def at_work(self) -> bool:
        """Whether it writes just now."""
        return self.playing and not self.covered and not self.typing and not self.cursor.is_out

    @property
    def origin(self) -> ModelOrigin:
        """Where the weights come from that write."""
        return self._origins.get(self.generator, ModelOrigin()) if self.generator else ModelOrigin()

    @property
    def temperatures(self) -> list[tuple[int, float]]:
        """(position, temperature): each from that character on; empty while there is only a prompt."""
        return temperatures(self.transcript) if self.transcript is not None else []

    def play(self, model: CharModel, source: str, *, live: bool = False, origin: ModelOrigin | None = None) -> None:
        """Let a model begin a text below the present one; `live`: its weights will go on changing."""
        self._keep_recent()
        generator = self._new_generator(model, source, origin or ModelOrigin())
        if live:
            self._live = generator
        self._take(generator)
        self._begin(below=True)
        self._say(self.opening.remark(model))
        if self._playback is not None:
            self._say(self._playback.stop_remark)

    def update_weights(self, model: CharModel, source: str) -> None:
        """Go on with new weights of the network that writes, in the same state."""
        if self.generator is None:
            self.play(model, source, live=True)
            return
        self.generator.swap_model(model, source)
        self._happened.append(Reweighted(self.generator.transcript, source))

    def take_over(self, generator: TextGenerator, origin: ModelOrigin) -> None:
        """Go on with a text that was written elsewhere, below the present one."""
        self._keep_recent()
        if self.following and self.generator is not None and generator.model is self.generator.model:
            self._live = generator
        self._origins[generator] = origin
        self.playing = True
        self._take(generator)
        self.opening.keep(generator)
        self._begin(below=True)

    def restart(self, *, prompt: str | None = None, seed: int | None = None) -> None:
        """Begin the text anew: with the same prompt and seed where none is given."""
        if prompt is not None:
            self.opening.typed = prompt
            self._say(cut_remark(prompt))
        if self.generator is None:
            return
        self._keep_recent()
        self._take(self.generator)
        self.generator.restart(self.opening.read(self.generator.model).text, seed)
        self._begin(below=False)
        if prompt is not None:
            self._say(self.opening.remark(self.generator.model))

    def restart_with_next_seed(self) -> None:
        """Begin another text: the next seed."""
        self.restart(seed=next_seed(self.params.seed))

    def begin_passage(self, passage: Prompt, title: str) -> None:
        """Begin anew with a passage of the text called `title`; `passage.truth` is how that goes on."""
        self.opening.passage, self.opening.passage_title = passage, title
        self.restart(prompt=passage.prompt)

    @property
    def from_passage(self) -> bool:
        """Whether the text began with the passage."""
        return self.generator is not None and self.opening.is_passage(self.generator)

    # Writing.

    def advance(self, now: float) -> None:
        """Write what is due by now, in seconds on any clock, within the budget."""
        # A paint takes milliseconds that training may want, and fast text could not be read anyway.
        ticks = 3 if self.speed > 2 * TICKS else 2 if self.following else 1
        passed = now - self._then if self._then is not None else 0.0
        if self._then is not None and passed < (ticks - 0.5) / TICKS:
            return
        if not self._was_at_work:  # a screen seldom looks while it is held, and nothing was due then
            passed = min(passed, ticks / TICKS)
        self._then, self._was_at_work = now, self.at_work
        if self.at_work:
            due = self._pace.due(passed, self.speed)
            if due != 0:
                self.write(due, ticks * BUDGET)

    def write(self, most: int | None = 1, budget: float | None = None) -> None:
        """Write up to so many characters now, beginning none once `budget` seconds are spent."""
        if self._playback is None:
            return
        if self._playback.draw(most, budget) and self.transcript is not None:
            self._happened.append(Appended(len(self.transcript)))
        if self._playback.end == "stop":
            self._hold("Held at a stop text: <writing.write> writes on, <prompts.stop_texts> changes them.")
        elif self._playback.end == "replayed":
            self._hold("The ride is over: <writing.write> writes on.")

    def toggle(self) -> None:
        """Write, or hold; with the cursor out, put it away and write."""
        self.playing = self.cursor.is_out or self.typing or not self.playing
        self.put_cursor_away()

    def write_one(self) -> None:
        """Write one character, and hold."""
        self.put_cursor_away()
        self.playing = False
        self.write()

    def go_on(self) -> None:
        """Write on at the end of the text."""
        self.put_cursor_away()
        self.playing = True

    def _hold(self, sentence: str) -> None:
        self.playing = False
        self._say(sentence)

    @property
    def stops(self) -> str:
        """The texts at which the writing holds, as `parse_stop_texts` reads them."""
        return format_stop_texts(self._stops)

    def stop_at(self, texts: Iterable[str]) -> None:
        """Hold where the text ends with one of these."""
        self._stops = tuple(texts)
        if self._playback is not None:
            self._playback.stop_at(self._stops)
            self._say(self._playback.stop_remark)

    # Replaying.

    @property
    def replaying(self) -> bool:
        """Whether a recording is replayed."""
        return self._playback is not None and self._playback.replaying

    @property
    def left_to_replay(self) -> int:
        """Characters of the recording that are still to come."""
        return self._playback.left if self._playback is not None else 0

    @property
    def recording(self) -> Recording | None:
        """What was done while the present text was written; None while nothing is."""
        return Recording.of(self.transcript) if self.transcript is not None and self.temperatures else None

    def replay(
        self, recording: Recording, *, seed: int | None = None, model: CharModel | None = None, source: str = "",
        origin: ModelOrigin | None = None,
    ) -> None:  # fmt: skip
        """Begin anew and write as it was recorded; with another seed, or with another model."""
        generator = self.generator
        self._keep_recent()
        if model is not None:
            generator = self._new_generator(model, source, origin or ModelOrigin())
        if generator is None:
            return
        self._take(generator)
        playback = Playback(generator, self._stops)
        playback.replay(recording, seed)
        self.opening.keep(generator)
        self.playing = True
        self._begin(below=False)
        self._playback = playback

    def replay_with_next_seed(self, recording: Recording) -> None:
        """Begin anew and write as it was recorded, with the next seed."""
        self.replay(recording, seed=next_seed(self.params.seed))

    def leave_replay(self) -> None:
        """Write on by hand; the last settings stay."""
        if self._playback is not None:
            self._playback.leave()

    # Looking at a character, and going another way.

    def move_cursor(self, position: int, *, unknown: bool = False) -> None:
        """Look at the character at a position; `unknown`: at one of the prompt that the model does not know."""
        if self.generator is not None:
            self.cursor.move(self.generator, position, unknown=unknown)

    def put_cursor_away(self) -> None:
        """Look at no character, and type none: it goes on writing if it did."""
        self.cursor.put_away()
        self.typing = False

    def candidates(self, n: int) -> Sequence[Candidate]:
        """Return the n most probable characters: where the cursor is, else the next ones."""
        if self.cursor.is_out:
            return self.cursor.candidates(n)
        return self.generator.candidates(n) if self.generator else ()

    def all_candidates(self, position: int) -> Inspection | None:
        """Return every character that might stand at a position; None, and say why, where that is not known."""
        if self.generator is None:
            return None
        try:
            return self.generator.inspect(position, len(self.generator.model.characters))
        except TranscriptError as error:
            self._say(f"It cannot go on from there: {error}.")
            return None

    def pick(self, looked_at: Transcript, position: int, character: str) -> None:
        """Write another character at a position of the text that was looked at, and go on from it."""
        transcript = self.transcript
        if transcript is None:
            return
        if transcript is not looked_at and transcript.shared(looked_at) < position:
            self._say("Another text stands here by now; nothing was picked.")
        elif position < len(transcript) and transcript[position].character == character:
            self._say(f"{sanitize_char(character)} stands there already; pick another, or type into the text.")
        else:
            self._write_at(position, character, "picked")

    def insert(self, position: int, typed: str) -> None:
        """Write a typed text at a position: on another branch, where something stands there already."""
        if self.generator is not None:
            read = read_input(self.generator.model, typed[-MAX_READ:])
            self._write_at(position, read.text, "typed", read.note)
            self._say(cut_remark(typed))

    def _write_at(self, position: int, text: str, kind: str, note: str = "") -> None:
        """Write a text; `note` says what was done to it before."""
        branches, generator = self.branches, self.generator
        if branches is None or generator is None:
            return
        known, unknown = generator.model.vocabulary.split(text)
        self._say(InputText(text, note, unknown).remark)
        if known and position == len(generator.transcript):
            self.put_cursor_away()
            generator.write(known, kind)
            self._happened.append(Appended(len(generator.transcript)))
        elif known:
            try:
                branches.fork(position, known, kind)
            except TranscriptError as error:
                self._say(f"It cannot go on from there: {error}.")
            else:
                self._rewrite(position)

    def switch_to(self, branch: str) -> bool:
        """Go over to another branch, exactly where it was left; False where it is written already, or cannot be."""
        branches = self.branches
        if branches is None or branch == branches.current or branch not in branches.names:
            return False
        before = branches.generator.transcript
        try:
            branches.switch_to(branch)
        except TranscriptError as error:
            self._say(f"{branch} can only be read any more: {error}.")
            return False
        self.opening.keep(branches.generator)
        self._params = branches.generator.params
        common = branches.generator.transcript.shared(before)
        if common:
            self._rewrite(common)
        else:
            self._begin(below=False)
        return True

    def take_up(self, kept: Sequence[KeptBranch], present: str, origins: Mapping[TextGenerator, ModelOrigin]) -> bool:
        """Add branches that were kept to these, go over to one of them and hold; False where that cannot be."""
        if self.branches is None:
            return False
        self._keep_recent()
        self._origins.update(origins)
        self.playing = False
        return self.switch_to(self.branches.adopt(kept)[present])

    def origin_of(self, model: CharModel) -> ModelOrigin:
        """Return where the weights of a model come from that wrote here."""
        return next((origin for one, origin in self._origins.items() if one.model is model), ModelOrigin())

    # What becomes of it.

    def drain(self) -> list[TextChanged | Said]:
        """Return what happened since the last call, oldest first."""
        happened, self._happened = self._happened, []
        return happened

    def close(self) -> None:
        """Keep the text that was written last."""
        self._keep_recent()

    def _begin(self, *, below: bool) -> None:
        self._happened.append(Began(self._reset(), below, self.following))

    def _rewrite(self, since: int) -> None:
        self._happened.append(Rewritten(self._reset(), since, self.following))

    def _reset(self) -> Transcript:
        """Leave the cursor, the replay and what was watched for stop texts to the text before."""
        self.put_cursor_away()
        assert self.generator is not None
        self._playback = Playback(self.generator, self._stops)
        return self.generator.transcript

    def _take(self, generator: TextGenerator) -> None:
        """What this generator has begun, or is about to begin anew, is written from now on."""
        if self.branches is None:
            self.branches = BranchTree(generator)
        else:
            self.branches.start_text(generator)

    def _new_generator(self, model: CharModel, source: str, origin: ModelOrigin) -> TextGenerator:
        memory = self.transcript.memory if self.transcript is not None else None
        prompt = self.opening.read(model).text
        generator = TextGenerator(model, prompt=prompt, params=self.params, source=source, memory=memory)
        self._origins[generator] = origin
        return generator

    def _say(self, sentence: str) -> None:
        if sentence:
            self._happened.append(Said(sentence, passing=True))

    def _keep_recent(self) -> None:
        if self.generator is not None and (ride := self.temperatures):
            with suppress(OSError):  # a full disk is no reason to stop playing
                keep_recent(self.texts, generation(self.generator, ride, self.origin), datetime.now().astimezone())
