"""Clients of a hosted run that command, die, write nonsense and stand still: the run and the others do not notice."""

import json
import os
import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, NamedTuple

from hosted import Client, nonsense
from hosted_runs import HostProcess, Place, hosted_place, wait_for
from torturing import Attempt, Outcome, Torture
from training_processes import processes

from charplay.server import host as host_module

HOURS = {"steps": 10**8, "log_every": 1000, "evaluate_every": 10**7, "save_every": 10**7}
"""A run that does not end by itself."""
LOOKS = 10
"""At a record, each after whatever was under way, before it counts as another one than was told."""
WORDS = ("set", "set", "set", "undo", "pause", "resume", "step-once", "save")


class Speech(NamedTuple):
    """What one client says, from its process."""

    path: Path
    notes: Path
    """Gets a line for each command that is sent and each answer that came."""
    seed: int
    first: int
    """Of its commands; no two clients of a run have the same numbers."""
    commands: int
    words: tuple[str, ...] = WORDS
    dies: float | None = None
    """Seconds after its last command was sent when it is killed."""
    kills: int = 0
    """A process that it kills as soon as its last command is answered."""


def speak(speech: Speech) -> None:
    """In a process of its own: say commands, and note what was answered. It may be killed at any moment."""
    chance = random.Random(speech.seed)
    notes = os.open(speech.notes, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    waiting = set[int]()

    def hear(client: Client, *, all_: bool) -> bool:
        while waiting and (all_ or chance.random() < 0.7):
            if (message := client.next()) is None:
                return False
            if message.get("id") in waiting and ("ok" in message or "error" in message):
                if speech.kills and message["id"] == speech.first + speech.commands - 1:
                    os.kill(speech.kills, signal.SIGKILL)
                waiting.discard(message["id"])
                os.write(notes, json.dumps({"answered": message["id"], "ok": "ok" in message}).encode() + b"\n")
        return True

    with suppress(OSError):
        client = Client(speech.path)
        for number in range(speech.first, speech.first + speech.commands):
            word = chance.choice(speech.words)
            asked: dict[str, Any] = {"command": word}
            if word == "set":
                asked = {"command": "set-hyperparameter", "field": "learning_rate", "value": value_of(number)}
            os.write(notes, json.dumps({"sent": number, "word": word}).encode() + b"\n")
            waiting.add(number)
            client.say({"id": number, **asked})
            if speech.dies is not None and number == speech.first + speech.commands - 1:
                time.sleep(speech.dies)
                os.kill(os.getpid(), signal.SIGKILL)
            if not hear(client, all_=False):
                return
        hear(client, all_=True)


def value_of(number: int) -> float:
    """The learning rate that a client's command of a number sets, and no other."""
    return round(0.001 + number * 1e-9, 12)


def speaking(speech: Speech) -> BaseProcess:
    """A client's process."""
    process = processes.Process(target=speak, args=(speech,))
    process.start()
    return process


class Said:
    """What a client has sent, and what of it was carried out, as it noted."""

    def __init__(self, notes: Path) -> None:
        lines = notes.read_bytes().splitlines(keepends=True) if notes.exists() else []
        rows = [json.loads(line) for line in lines if line.endswith(b"\n")]
        self.sent: dict[int, str] = {row["sent"]: row["word"] for row in rows if "sent" in row}
        self.done = [row["answered"] for row in rows if row.get("ok")]


def recorded(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of changes that a run must have which told these events: an undo takes later rows along."""
    rows: list[dict[str, Any]] = []
    for event in events:
        if event.get("event") == "changed":
            if event["field"] == "undo":
                rows = [row for row in rows if row["step"] <= event["new"]]
            rows.append({name: event[name] for name in ("step", "field", "old", "new")})
    return rows


class Commands:
    """One run for all tries; a try is two clients, each of which may be killed at any moment."""

    def __init__(self, place: Place, host: HostProcess) -> None:
        self._place, self._host, self._numbers = place, host, 0
        self._notes = place.log.parent / "notes"
        self._watcher = host.connect()
        self._watcher.until(lambda message: message.get("event") == "started")

    def attempt(self, chance: random.Random) -> Outcome:
        """Two clients say a few commands each."""
        speeches = [self._speech(chance, which) for which in range(2)]
        clients = [speaking(speech) for speech in speeches]
        for client in clients:
            client.join()
        outcome = Outcome(counts=Counter({"clients killed": sum(speech.dies is not None for speech in speeches)}))
        try:
            self._settle()
        except AssertionError as fault:
            outcome.faults.append(f"the host did not answer: {fault}; {self._place.last_words()}")
            return outcome
        for speech, client in zip(speeches, clients, strict=True):
            said = Said(speech.notes)
            outcome.counts["commands acknowledged"] += len(said.done)
            outcome.faults += self._judge(said, client.pid or 0)
        outcome.faults += self._judge_record()
        return outcome

    def _settle(self) -> None:
        """Stand until everything that was sent has been read and carried out: changes are made in their order."""
        newest = self._host.connect()
        newest.next()  # whoever came before it has been let in
        newest.close()
        wait_for(lambda: self._asked({"command": "status"})["ok"]["clients"] == 0, "end of the clients")
        self._numbers += 1
        value = value_of(self._numbers - 1)
        self._asked({"command": "set-hyperparameter", "field": "learning_rate", "value": value})

    def _asked(self, message: dict[str, Any]) -> dict[str, Any]:
        name = f"q{len(self._watcher.heard)}"
        self._watcher.say({"id": name, **message})
        return self._watcher.answer(name)

    def _speech(self, chance: random.Random, which: int) -> Speech:
        notes = self._notes.with_suffix(f".{which}")
        notes.unlink(missing_ok=True)
        dies = chance.choice((None, 0.0, chance.uniform(0, 0.02)))
        first, count = self._numbers, chance.randint(1, 8)
        self._numbers += count
        return Speech(self._host.path, notes, chance.randrange(10**6), first, count, dies=dies)

    def _judge(self, said: Said, pid: int) -> list[str]:
        """What was acknowledged was told to all, and made, once; what was sent and not acknowledged, once at most."""
        told = Counter(str(each["command"]).partition(" ")[0] for each in self._watcher.heard
                       if each.get("event") == "commanded" and each["by"] == f"pid {pid}")  # fmt: skip
        words = {"steponce": "step-once"}
        told = Counter({words.get(word, word): count for word, count in told.items()})
        sent, done = Counter(said.sent.values()), Counter(said.sent[number] for number in said.done)
        faults = [f"{word}: {done[word]} acknowledged, {told[word]} told, {sent[word]} sent" for word in set(WORDS)
                  if not done[word] <= told[word] <= sent[word]]  # fmt: skip
        made = Counter(row["new"] for row in self._made())
        for number in (number for number, word in said.sent.items() if word == "set"):
            times, least = made[value_of(number)], int(number in said.done)
            if not least <= times <= 1:
                faults.append(f"change {number}, acknowledged {least} times, was made {times} times")
        return faults

    def _made(self) -> Iterator[dict[str, Any]]:
        """The changes that were asked for, as the run told of them; not the values that an undo brought back."""
        taken_back = False
        for event in self._watcher.heard:
            if event.get("event") == "changed":
                if not taken_back and event["field"] != "undo":
                    yield event
                taken_back = event["field"] == "undo"

    def _judge_record(self) -> list[str]:
        """What was told stands in the file; what a killed client had sent last may be taken up a moment later."""
        for _ in range(LOOKS):
            expected = recorded(self._watcher.heard)
            rows = [{name: row[name] for name in ("step", "field", "old", "new")} for row in self._place.run.changes()]
            if rows == expected:
                return []
            self._settle()
        return [f"changes.jsonl has {len(rows)} rows, and {len(expected)} changes were told: {_unlike(rows, expected)}"]


def _unlike(rows: list[dict[str, Any]], others: list[dict[str, Any]]) -> object:
    return next((pair for pair in zip(rows, others, strict=False) if pair[0] != pair[1]), "one ends before the other")


def say_again() -> None:
    """The sabotage: a host that gives a change again whose client did not stay for the answer."""
    from charplay.server.connection import Connection
    from charplay.server.host import Host

    drop = Host._drop

    def drop_and_say_again(self: Host, client: Connection) -> None:
        for asker, _, command in self._desk._changes[:1]:
            if asker is client:
                self._inbox.put(command)
        drop(self, client)

    Host._drop = drop_and_say_again  # type: ignore[method-assign]


@contextmanager
def begin_commands(folder: Path, sabotaged: bool) -> Iterator[Attempt]:
    """A hosted run that goes on for hours."""
    with hosted_place(folder) as place, place.host(*([say_again] if sabotaged else []), **HOURS) as host:
        yield Commands(place, host).attempt


COMMANDS = Torture(
    "two clients of a run, with random commands, killed at any moment", begin_commands, "pairs of clients",
    "a host that gives a change again whose client died", few=5, share=2.0,
)  # fmt: skip


# Nonsense

STEPS = 800
"""Of a run that nobody may disturb."""
MANY = 50
"""Lines that are sent before the host is asked whether it still answers."""


class Nonsense:
    """Every try is a run from its start to its end, to which clients write nonsense all the while."""

    def __init__(self, place: Place, *, sabotaged: bool) -> None:
        self._place, self._alterations = place, [take_what_is_nearly_a_command] if sabotaged else []
        self._undisturbed = place.headless(steps=STEPS)

    def attempt(self, chance: random.Random) -> Outcome:
        """Write until the run is over, then compare it with the one that nobody disturbed."""
        shutil.rmtree(self._place.folder, ignore_errors=True)
        outcome = Outcome(tried=0)
        with self._place.host(*self._alterations, steps=STEPS) as host:
            client = host.connect()
            while (answered := self._written(client, chance)) is not None:
                outcome.tried += MANY
                outcome.worst["s to an answer"] = max(answered, outcome.worst.get("s to an answer", 0.0))
                if chance.random() < 0.1:
                    client.close()
                    try:
                        client = host.connect()
                    except OSError:
                        break
            if host.wait() != 0:
                outcome.faults.append(f"the host left with {host.wait(0)}: {self._place.last_words()}")
        if fault := self._place.unlike(self._undisturbed):
            outcome.faults.append(f"after {outcome.tried:,} lines of nonsense {fault}")
        return outcome

    @staticmethod
    def _written(client: Client, chance: random.Random) -> float | None:
        """Write many lines; return how long an answer took after them, None once the host is gone."""
        began = time.monotonic()
        try:
            client.end.sendall(b"".join(nonsense(chance) for _ in range(MANY)))
            client.say({"id": "end", "command": "status"})
            client.answer("end")
        except (OSError, AssertionError):
            return None
        return time.monotonic() - began


def take_what_is_nearly_a_command() -> None:
    """The sabotage: a host that leaves out what it does not know of a command."""
    from charplay.protocol.codec import Json, decode_command
    from charplay.protocol.commands import Command

    def decode_leniently(message: Json) -> Command:
        return decode_command({"command": message.get("command")})

    vars(host_module)["decode_command"] = decode_leniently


@contextmanager
def begin_nonsense(folder: Path, sabotaged: bool) -> Iterator[Attempt]:
    """The run that nobody disturbed."""
    with hosted_place(folder) as place:
        yield Nonsense(place, sabotaged=sabotaged).attempt


NONSENSE = Torture(
    "nonsense at the socket of a run", begin_nonsense, "lines",
    "a host that leaves out what it does not know of a command", share=1.0,
)  # fmt: skip


# Clients that stand still

PATIENCE = 2.0
"""Seconds within which a client is answered, whatever the others do."""


class Stalls:
    """Every try is a run to its end, with clients that never read and one that asks again and again."""

    def __init__(self, place: Place, *, sabotaged: bool) -> None:
        self._place = place
        self._alterations = [drop_sooner, *([wait_for_clients] if sabotaged else [])]
        self._undisturbed = place.headless(steps=STEPS)

    def attempt(self, chance: random.Random) -> Outcome:
        """Ask how the run stands until it is over, then compare it with the one that had no clients."""
        shutil.rmtree(self._place.folder, ignore_errors=True)
        outcome, still = Outcome(), list[Client]()
        with self._place.host(*self._alterations, steps=STEPS) as host:
            client, fewest, asked = host.connect(), 10**6, 0
            client.end.settimeout(3 * PATIENCE)
            client.say({"command": "pause"})
            try:
                while (state := self._answered(client, outcome)) is not None:
                    asked += 1
                    if asked == ASKED_PAUSED:
                        client.say({"command": "resume"})
                    fewest = min(fewest, state["clients"]) if len(still) >= STILL else fewest
                    if len(still) < STILL and chance.random() < 0.3:
                        still.append(host.connect())
                    for each in still:
                        _flood(each)
            except TimeoutError:
                outcome.faults.append(f"a client was not answered within {3 * PATIENCE:g} s")
            if not outcome.faults and host.wait() != 0:
                outcome.faults.append(f"the host left with {host.wait(0)}: {self._place.last_words()}")
        for each in still:
            each.close()
        outcome.counts["clients that stood still"] += len(still)
        outcome.counts["of them dropped"] += max(0, len(still) - fewest)
        if not outcome.faults and (fault := self._place.unlike(self._undisturbed)):
            outcome.faults.append(fault)
        return outcome

    @staticmethod
    def _answered(client: Client, outcome: Outcome) -> dict[str, Any] | None:
        began = time.monotonic()
        try:
            client.say({"id": "how", "command": "status"})
            state: dict[str, Any] = client.answer("how")["ok"]
        except TimeoutError:
            raise
        except (OSError, AssertionError):
            return None
        seconds = time.monotonic() - began
        outcome.worst["s to an answer"] = max(seconds, outcome.worst.get("s to an answer", 0.0))
        if seconds > PATIENCE:
            outcome.faults.append(f"a client waited {seconds:.1f} s for an answer")
        return state


STILL = 5
"""Clients that stand still."""
ASKED_PAUSED = 200
"""Answers while the run is paused: a short run would be over before the clients have left enough standing."""


def _flood(client: Client) -> None:
    """Ask as much as there is room for, and read nothing."""
    client.end.setblocking(False)
    with suppress(OSError):
        client.end.send(b'{"command": "status"}\n' * 20)


def drop_sooner() -> None:
    """A client is dropped that leaves 50 kB standing, so that it happens within a try."""
    from charplay.server import connection

    connection.MAX_BACKLOG_BYTES = 50_000


def wait_for_clients() -> None:
    """The sabotage: a host that waits until a client has taken what it is told."""
    from charplay.server.connection import Connection

    def send_all(self: Connection) -> None:
        self.end.setblocking(True)
        self.end.sendall(self._waiting)
        self._waiting.clear()

    Connection.flush = send_all  # type: ignore[method-assign]


@contextmanager
def begin_stalls(folder: Path, sabotaged: bool) -> Iterator[Attempt]:
    """The run that had no clients."""
    with hosted_place(folder) as place:
        yield Stalls(place, sabotaged=sabotaged).attempt


STILL_CLIENTS = Torture(
    "clients of a run that stand still", begin_stalls, "runs", "a host that waits until a client has read", share=1.0
)
