"""Hosts a run: it tells every client of the run's events, and takes their commands. No client can hold it up."""

import os
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from charplay import __version__
from charplay.playground.run_state import RunState
from charplay.protocol.codec import ProtocolError, decode_command
from charplay.protocol.commands import Command, ProcessSuspended, PublishWeights, SetHyperparameter
from charplay.protocol.events import Commanded, Event, Published
from charplay.protocol.queues import CommandQueue, EventQueue
from charplay.recipes.errors import RecipeError
from charplay.recipes.layers import altered
from charplay.recipes.recipe import Recipe
from charplay.recipes.specs import format_value
from charplay.runs.checkpoint import CheckpointError
from charplay.runs.errors import RunError
from charplay.server.command_desk import Answer, CommandDesk
from charplay.server.connection import Connection
from charplay.server.framing import PROTOCOL, decode_line, encode_line, event_lines
from charplay.server.live_weights import LiveWeights
from charplay.server.run_snapshot import RunSnapshot
from charplay.server.socket_folder import BACKLOG, Peer, peer, weights_path
from charplay.server.status import run_status

MAX_CLIENTS = 16
REST = 3.0
"""Times as long as a turn took of the processor, and `REST_SECONDS` at least, nothing is done after it.

Whatever the clients send, the training has the processor meanwhile.
"""
REST_SECONDS = 0.01
TICK_SECONDS = 0.05
"""A turn waits so long for clients before it looks for events."""
LAST_WORDS_SECONDS = 2.0
"""That clients have at the end to take what was told."""
MAX_ID_CHARACTERS = 64


class Host:
    """Serves one run. The training thread calls `tell`; everything else happens in the thread of `serve`.

    Args:
        listener: a socket that listens at `path`.
        inbox: of the trainer.
        peer_of: tells who is at the other end; connections of another user than `uid` are refused.
        log: takes a sentence on who did what.
    """

    def __init__(
        self,
        listener: socket.socket,
        path: Path,
        inbox: CommandQueue,
        *,
        uid: int | None = None,
        peer_of: Callable[[socket.socket], Peer] = peer,
        log: Callable[[str], object] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._listener, self._inbox, self._peer_of, self._log, self._clock = listener, inbox, peer_of, log, clock
        self._uid = os.getuid() if uid is None else uid
        self._events = EventQueue()
        self._snapshot = RunSnapshot()
        self._desk: CommandDesk[Connection] = CommandDesk(inbox.put, self._snapshot.state)
        self._weights = LiveWeights(weights_path(path))
        self._clients: list[Connection] = []
        self._selector = selectors.DefaultSelector()
        self._selector.register(listener, selectors.EVENT_READ)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="serving", daemon=True)

    @property
    def state(self) -> RunState:
        """What is known of the run."""
        return self._snapshot.state

    def tell(self, event: Event) -> None:
        """Take an event of the run; any thread may call this, and it never waits."""
        self._events.put(event)

    def start(self) -> None:
        """Begin to serve, in a thread."""
        self._thread.start()

    def close(self) -> None:
        """Let the clients take what was told, for a moment, and end."""
        self._ending.set()
        self._thread.join(LAST_WORDS_SECONDS + 1.0)

    def _serve(self) -> None:
        last: float | None = None
        while last is None or (self._clock() < last and any(each.behind for each in self._clients)):
            if last is None and self._ending.is_set():
                last = self._clock() + LAST_WORDS_SECONDS
            began = time.thread_time()
            self.turn(TICK_SECONDS)
            time.sleep(max(REST_SECONDS, REST * (time.thread_time() - began)))
        for client in list(self._clients):
            self._drop(client)
        self._selector.close()
        self._listener.close()

    def turn(self, wait: float) -> None:
        """Accept, read, tell and send once; wait up to so many seconds for a client."""
        ready = dict(self._selector.select(0.0 if any(each.has_line for each in self._clients) else wait))
        for key, mask in ready.items():
            client = key.data
            if client is None:
                self._guarded(self._accept)
            elif mask & selectors.EVENT_WRITE:
                client.flush()
        read = {id(key.data) for key, mask in ready.items() if key.data is not None and mask & selectors.EVENT_READ}
        for client in list(self._clients):
            if client.has_line or id(client) in read:
                client.open = self._guarded(self._hear, client) and client.open
        if self._weights.due(self._clock()):
            self._inbox.put(PublishWeights())
        for event in self._events.drain():
            self._guarded(self._pass_on, event)
        for client in list(self._clients):
            if client.open:
                writes = selectors.EVENT_WRITE if client.behind else 0
                self._selector.modify(client.end, selectors.EVENT_READ | writes, client)
            else:
                self._drop(client)

    def _guarded(self, act: Callable[..., object], *arguments: object) -> bool:
        """Do something; whatever goes wrong with it is logged, and everything else goes on. Return whether it went."""
        try:
            act(*arguments)
        except Exception as fault:  # noqa: BLE001 - a fault here may end neither the training nor the serving
            self._log(f"serving: {type(fault).__name__}: {fault}")
            return False
        return True

    def _accept(self) -> None:
        """Take in whoever waits at the socket."""
        with suppress(BlockingIOError):
            for _ in range(BACKLOG):
                self._welcome(self._listener.accept()[0])

    def _welcome(self, end: socket.socket) -> None:
        try:
            who = self._peer_of(end)
        except OSError:
            end.close()
            return
        client = Connection(end, f"pid {who.pid}")
        if who.uid != self._uid:
            self._refuse(client, "this run belongs to another user")
        elif len(self._clients) >= MAX_CLIENTS:
            self._refuse(client, f"{MAX_CLIENTS} clients are attached already; leave one of them")
        else:
            self._clients.append(client)
            self._selector.register(end, selectors.EVENT_READ, client)
            client.send(self._greeting(client))

    @staticmethod
    def _refuse(client: Connection, error: str) -> None:
        client.send([encode_line({"error": error})])
        client.close()

    def _drop(self, client: Connection) -> None:
        self._clients.remove(client)
        self._selector.unregister(client.end)
        client.close()

    def _greeting(self, client: Connection) -> list[bytes]:
        """Return the lines that bring a newcomer up to date."""
        state, known = self.state, self._snapshot.events()
        hello = {
            "hello": "charplay", "protocol": PROTOCOL, "version": __version__, "run": state.run,
            "folder": state.folder, "state": state.status, "you": client.name,
        }  # fmt: skip
        try:
            size = (Path(state.folder) / "metrics.jsonl").stat().st_size if state.folder else 0
        except OSError:
            size = 0
        snapshot = {"snapshot": {"events": len(known), "metrics_bytes": size}}
        lines = [line for event in known for line in event_lines(event)]
        return [encode_line(hello), encode_line(snapshot), *lines]

    def _hear(self, client: Connection) -> None:
        """Read a client's commands. One who sends what is none is told so; one whose line has no end is dropped."""
        try:
            for line in client.receive():
                self._take(client, line)
        except ProtocolError as fault:
            client.send([encode_line({"error": str(fault)})])
            client.open = False

    def _take(self, client: Connection, line: bytes) -> None:
        number: object = None
        try:
            message = decode_line(line)
            number = message.pop("id", None)
            _check_id(number)
            if message == {"command": "status"}:
                status = run_status(self.state, len(self._clients) - 1)
                client.send([encode_line({"id": number, "ok": status})])
                return
            command = decode_command(message)
            self._check(command)
        except (ProtocolError, ValueError, RecursionError) as fault:
            client.send([encode_line({"id": _shown_id(number), "error": str(fault)})])
            return
        self._carry_out(client, number, command)

    def _check(self, command: Command) -> None:
        """Raise ProtocolError for what the trainer must not be given."""
        if isinstance(command, ProcessSuspended):
            raise ProtocolError("a process that is suspended is no concern of another one")
        if isinstance(command, SetHyperparameter):
            if not self.state.recipe:
                raise ProtocolError("the run has not begun yet")
            try:
                altered(Recipe.model_validate(dict(self.state.recipe)), command.field, command.value)
            except RecipeError as fault:
                raise ProtocolError(str(fault)) from None
            except Exception as fault:  # noqa: BLE001 - a value from outside: whatever it brings about, it is refused
                raise ProtocolError(f"{type(fault).__name__}: this is no value of {command.field[:80]}") from None

    def _carry_out(self, client: Connection, number: object, command: Command) -> None:
        if isinstance(command, PublishWeights):
            self._weights.want()
            self._answer([Answer(client, number)])
            return
        answers = self._desk.take(client, number, command)
        if not any(answer.error for answer in answers):
            told = Commanded(step=self.state.step, seconds=self.state.seconds, command=typed(command), by=client.name)
            self._log(f"{told.by}: {told.command}")
            self._broadcast(event_lines(told))
        self._answer(answers)

    def _pass_on(self, event: Event) -> None:
        if isinstance(event, Published):
            self._write_weights(event)
            return
        self._snapshot.apply(event)
        self._broadcast(event_lines(event))
        self._answer(self._desk.hear(event))

    def _write_weights(self, published: Published) -> None:
        try:
            self._weights.write(published, self.state)
        except (CheckpointError, RunError, OSError) as fault:
            self._broadcast([encode_line({"weights": None, "error": str(fault)[:1000]})])
        else:
            self._broadcast([encode_line({"weights": published.step})])

    def _answer(self, answers: Iterable[Answer[Connection]]) -> None:
        for answer in answers:
            result: Mapping[str, object] = {"error": answer.error} if answer.error else {"ok": True}
            answer.asker.send([encode_line({"id": answer.number, **result})])

    def _broadcast(self, lines: list[bytes]) -> None:
        for client in self._clients:
            client.send(lines)


def _check_id(number: object) -> None:
    """Raise ProtocolError where a command's id is nothing that an answer can repeat."""
    if number is not None and _shown_id(number) is None:
        raise ProtocolError(f"an id is a whole number or a word of at most {MAX_ID_CHARACTERS} characters")


def _shown_id(number: object) -> object:
    return number if isinstance(number, str | int) and len(str(number)) <= MAX_ID_CHARACTERS else None


def typed(command: Command) -> str:
    """Return a command as `charplay control` takes it."""
    if isinstance(command, SetHyperparameter):
        return f"set {command.field}={format_value(command.value)}"[:200]
    return type(command).__name__.lower()
