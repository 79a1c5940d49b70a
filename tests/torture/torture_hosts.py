"""Hosts that are killed, and hosts whose disk is full: what was acknowledged is there, and nothing else differs."""

import random
import resource
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from hosted_runs import HostProcess, Place, heard_to_the_end, hosted_place, wait_for
from torture_clients import Said, Speech, speaking, value_of
from torturing import Attempt, Outcome, Torture

CHANGING = ("set", "set", "set", "pause", "resume")
STEPS = 1200


class Speakers:
    """Clients of one run, whose commands have numbers of their own."""

    def __init__(self, notes: Path) -> None:
        self._notes, self._numbers, self.said = notes, 0, list[Path]()

    def speak(self, host: HostProcess, chance: random.Random, kills: int = 0) -> Said:
        """Have a client say a few commands, and stand until it left; with `kills` it kills that process at last."""
        notes, count = self._notes.with_suffix(f".{len(self.said)}"), chance.randint(1, 6)
        notes.unlink(missing_ok=True)
        self.said.append(notes)
        words = CHANGING if not kills else ("set",)
        speech = Speech(host.path, notes, chance.randrange(10**6), self._numbers, count, words, kills=kills)
        self._numbers += count
        speaking(speech).join()
        return Said(notes)


def changed(events: list[dict[str, Any]]) -> dict[float, int]:
    """The values that a run told to have been set, each with its step."""
    return {event["new"]: event["step"] for event in events if event.get("event") == "changed"}


def misrecorded(place: Place, acknowledged: set[float]) -> list[str]:
    """What is wrong with the record of changes."""
    times = Counter(row["new"] for row in place.run.changes())
    faults = [f"the change to {value} was acknowledged, and is recorded {times[value]} times" for value in acknowledged
              if times[value] != 1]  # fmt: skip
    return faults + [f"the change to {value} is recorded {count} times" for value, count in times.items() if count > 1]


def acknowledged_by(said: Said) -> set[float]:
    """The values of the changes that were answered."""
    return {value_of(number) for number in said.done if said.sent[number] == "set"}


class Kills:
    """Every try is a run from its start to its end, whose hosts are killed on the way."""

    def __init__(self, place: Place, *, sabotaged: bool) -> None:
        self._place, self._alterations = place, [answer_at_once] if sabotaged else []
        self._kept = set[float]()
        """Changes that were told, and that a save knew of: no death may take them."""

    def attempt(self, chance: random.Random) -> Outcome:
        """Host, command, kill, look, take up again; at last go on to the end and compare."""
        self._place.clear()
        self._kept.clear()
        speakers, outcome = Speakers(self._place.log.parent / "notes"), Outcome(tried=0)
        for _ in range(chance.randint(1, 3)):
            outcome.add(self._killed(speakers, chance))
            if outcome.faults:
                return outcome
        with self._place.host(*self._alterations, steps=STEPS) as host:
            wait_for(lambda: not host.alive, "end of the run", 120)
            if host.wait(0) != 0:
                outcome.faults.append(f"the last host left with {host.wait(0)}: {self._place.last_words()}")
                return outcome
        if fault := self._place.unlike(self._place.headless(self._place.run)):
            outcome.faults.append(f"the run differs from a headless one: {fault}")
        return outcome

    def _killed(self, speakers: Speakers, chance: random.Random) -> Outcome:
        """A host, until it is killed: by a client at once when it is answered, or at any moment."""
        outcome = Outcome(counts=Counter({"hosts killed": 1}))
        with self._place.host(*self._alterations, steps=STEPS) as host:
            watcher = host.connect()
            watcher.until(lambda message: message.get("event") in {"started", "failed", "finished"})
            outcome.faults += misrecorded(self._place, self._kept)
            time.sleep(chance.uniform(0, 0.2))
            said = speakers.speak(host, chance, kills=host.pid if chance.random() < 0.7 else 0)
            time.sleep(chance.uniform(0, 0.05))
            host.kill()
            events = heard_to_the_end(watcher)
            watcher.close()
        if any(event.get("event") == "failed" for event in events):
            outcome.faults.append(f"the run did not go on: {events[-1]}")
            return outcome
        acknowledged = acknowledged_by(said)
        outcome.counts["changes acknowledged"] += len(acknowledged)
        outcome.faults += misrecorded(self._place, acknowledged | set(changed(events)))
        saved = max((event["step"] for event in events if event.get("event") == "saved"), default=-1)
        self._kept |= {value for value, step in changed(events).items() if step < saved}
        return outcome


def answer_at_once() -> None:
    """The sabotage: a host that answers a change before the trainer has made it."""
    from charplay.protocol.commands import Command, SetHyperparameter
    from charplay.server.command_desk import Answer, CommandDesk

    take = CommandDesk.take

    def take_and_answer(self: CommandDesk[Any], asker: object, number: object, command: Command) -> list[Answer[Any]]:
        if not isinstance(command, SetHyperparameter):
            return take(self, asker, number, command)
        self.send(command)
        return [Answer(asker, number)]

    CommandDesk.take = take_and_answer  # type: ignore[method-assign]


@contextmanager
def begin_kills(folder: Path, sabotaged: bool) -> Iterator[Attempt]:
    """A home with a text."""
    with hosted_place(folder) as place:
        yield Kills(place, sabotaged=sabotaged).attempt


HOSTS = Torture(
    "kill -9 of a host", begin_kills, "kills", "a host that answers before a change is made", few=2, share=2.0
)  # fmt: skip


# A full disk

FULL = 20_000
"""Bytes of a file at most, where the disk takes the beginnings of files."""


class FullDisks:
    """Every try is a run to which the disk refuses what it writes, now and then."""

    def __init__(self, place: Place, *, sabotaged: bool) -> None:
        self._place, self._alterations = place, [forget_what_is_refused] if sabotaged else []

    def attempt(self, chance: random.Random) -> Outcome:
        """Command it while the disk is full, make room, stop it, and compare."""
        self._place.clear()
        speakers, outcome, acknowledged = Speakers(self._place.log.parent / "notes"), Outcome(), set[float]()
        with self._place.host(*self._alterations, steps=10**6, evaluate_every=10**6, save_every=40) as host:
            watcher = host.connect()
            watcher.until(lambda message: message.get("event") == "started")
            for _ in range(chance.randint(1, 3)):
                time.sleep(chance.uniform(0, 0.2))
                with full_disk(host.pid, chance.choice((0, chance.randint(0, FULL)))):
                    said = speakers.speak(host, chance)
                    time.sleep(chance.uniform(0, 0.2))
                acknowledged |= acknowledged_by(said)
            watcher.say({"id": "end", "command": "stop"})
            stopped = watcher.answer("end")
            if "ok" not in stopped or host.wait() != 0:
                outcome.faults.append(f"{stopped}; the host left with {host.wait(0)}: {self._place.last_words()}")
                return outcome
        outcome.counts["changes acknowledged"] += len(acknowledged)
        outcome.counts["refusals told"] += sum(each.get("event") == "warned" for each in watcher.heard)
        outcome.faults += misrecorded(self._place, acknowledged)
        if fault := self._place.unlike(self._place.headless(self._place.run)):
            outcome.faults.append(f"the run differs from a headless one: {fault}")
        return outcome


@contextmanager
def full_disk(process: int, most: int) -> Iterator[None]:
    """No file of a process may grow beyond so many bytes: a write fails there, after the part that has room."""
    _, hard = resource.prlimit(process, resource.RLIMIT_FSIZE)
    resource.prlimit(process, resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.prlimit(process, resource.RLIMIT_FSIZE, (hard, hard))


def forget_what_is_refused() -> None:
    """The sabotage: a writer that lets go of rows that the disk refuses."""
    from collections.abc import Iterable, Mapping

    from charplay.runs.run import Run

    append = Run.append

    def append_or_forget(self: Run, name: str, added: Iterable[Mapping[str, object]]) -> None:
        with suppress(OSError):
            append(self, name, added)

    Run.append = append_or_forget  # type: ignore[method-assign]


@contextmanager
def begin_full_disks(folder: Path, sabotaged: bool) -> Iterator[Attempt]:
    """A home with a text."""
    with hosted_place(folder) as place:
        yield FullDisks(place, sabotaged=sabotaged).attempt


FULL_DISKS = Torture(
    "a disk that is full for a while, under a host", begin_full_disks, "runs", "a writer that forgets what is refused",
    few=2, share=1.0,
)  # fmt: skip
