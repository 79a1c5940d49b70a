"""A pseudo-terminal with a screen: a real program is started on it, keyed, resized, hung up and read."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil
import pyte

KEYS = {
    "enter": "\r", "tab": "\t", "shift+tab": "\x1b[Z", "escape": "\x1b", "space": " ", "backspace": "\x7f",
    "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "home": "\x1b[H", "end": "\x1b[F",
    "delete": "\x1b[3~", "pageup": "\x1b[5~", "pagedown": "\x1b[6~", "shift+right": "\x1b[1;2C",
    "shift+left": "\x1b[1;2D", "f1": "\x1bOP",
}  # fmt: skip

# Sequences that pyte would print as text: it knows CSI with `?` only, and no device control strings.
UNKNOWN_TO_PYTE = re.compile(rb"\x1b\[[<>=][0-9;]*[@-~]|\x1b\[\?[0-9;]*\$p|\x1bP.*?\x1b\\", re.DOTALL)
UNFINISHED = re.compile(rb"\x1b(?:P[^\x1b]*\x1b?|\[[0-9;<>=?$]*)?\Z")

UNMEASURED = {"COVERAGE_PROCESS_CONFIG": "", "COVERAGE_PROCESS_START": ""}
"""The environment of a program that is interrupted anywhere: an interrupt inside of coverage leaves its lock taken."""

PATIENCE = 30.0
"""Seconds within which what is waited for comes, on a crowded machine too."""
SOON = 5.0
"""Seconds within which a program that was asked to has left."""

# The first terminal that a session's leader opens becomes the session's own.
ON_TERMINAL = 'exec "$@" <"$0" >"$0" 2>&1'


OTHER_SCREEN = 1049
"""The mode for a screen besides the shell's, empty whenever it is taken."""


class Screen(pyte.Screen):
    """pyte's, but what no terminal knows is ignored, as terminals do; pyte breaks down. And it has another screen."""

    def set_mode(self, *modes: int, **options: bool) -> None:
        super().set_mode(*modes, **options)
        if OTHER_SCREEN in modes and options.get("private"):
            super().erase_in_display(2)

    def erase_in_display(self, how: int = 0, *args: object, **options: object) -> None:
        if how <= 3:
            super().erase_in_display(how, *args, **options)


def _lenient(name: str) -> Callable[..., None]:
    """Return a method of pyte's that ignores a sequence with more in it than means something, as terminals do."""
    known: Callable[..., None] = getattr(pyte.Screen, name)

    def method(screen: Screen, *parameters: int, **options: bool) -> None:
        with suppress(TypeError):
            known(screen, *parameters, **options)

    return method


for _name in set(pyte.Stream.csi.values()) - vars(Screen).keys():
    setattr(Screen, _name, _lenient(_name))


class Terminal:
    """A program on a pseudo-terminal of its own, the leader of its session as under a login.

    A thread reads all the time, as a terminal does, so the program never waits for a test; what was read is drawn
    when somebody looks.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        columns: int = 120,
        rows: int = 40,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        self._master, self._slave = pty.openpty()
        self._lock = threading.Lock()
        self._screen = Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._pending = b""
        self._log: list[tuple[float, bytes]] = []
        self._drawn = 0
        self._open = True
        self._stalled = False
        self._rate = float("inf")
        self._set_size(columns, rows)
        self.started = time.monotonic()
        self.beginning = 0.0
        """Seconds until the first thing that was waited for: a crowded machine is known by them."""
        self.process = subprocess.Popen(
            ["/bin/sh", "-c", ON_TERMINAL, os.ttyname(self._slave), *map(str, command)],
            cwd=cwd,
            env=_environment(env or {}),
            start_new_session=True,
            preexec_fn=_heed_signals,  # noqa: PLW1509  (it takes no lock)
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    # What is seen

    @property
    def lines(self) -> list[str]:
        """The rows of the screen, each as wide as the screen."""
        with self._lock:
            return list(self._draw().display)

    @property
    def text(self) -> str:
        """The screen as text, without trailing blanks."""
        return "\n".join(line.rstrip() for line in self.lines)

    @property
    def raw(self) -> bytes:
        """Every byte the program has written."""
        return self.raw_since(0.0)

    def raw_since(self, moment: float) -> bytes:
        """The bytes written since `moment`, on the clock of `time.monotonic`."""
        return b"".join(data for when, data in self._log.copy() if when >= moment)

    def find(self, text: str) -> tuple[int, int] | None:
        """Row and column of the first place where `text` stands."""
        for row, line in enumerate(self.lines):
            if (column := line.find(text)) >= 0:
                return row, column
        return None

    def cell(self, row: int, column: int) -> pyte.screens.Char:
        """One cell: `data`, `fg`, `bg`, `bold`, `reverse`, ..."""
        with self._lock:
            return self._draw().buffer[row][column]

    @property
    def cursor_hidden(self) -> bool:
        with self._lock:
            return self._draw().cursor.hidden

    # Waiting

    def wait_for(self, wanted: str | Callable[["Terminal"], object], timeout: float = PATIENCE) -> object:
        """Stand until a text is on the screen, or a predicate of this terminal holds; give what it gave."""
        probe = (lambda t: wanted in t.text) if isinstance(wanted, str) else wanted
        deadline = time.monotonic() + timeout
        while not (found := probe(self)):
            ended = self.process.poll() is not None and not self._reader.is_alive()
            if time.monotonic() > deadline or (ended and not probe(self)):
                why = f"the program left with {self.process.poll()}" if ended else f"not within {timeout} s"
                raise AssertionError(f"{wanted!r}: {why}; the screen was\n{self.text}")
            time.sleep(0.02)
        self.beginning = self.beginning or time.monotonic() - self.started
        return found

    def wait_gone(self, text: str, timeout: float = PATIENCE) -> None:
        """Stand until a text is no longer on the screen."""
        self.wait_for(lambda terminal: text not in terminal.text, timeout)

    def wait(self, timeout: float = PATIENCE) -> int:
        """Stand until the program has left and all it wrote is read; its exit code, negative for a signal."""
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {timeout} s; the screen was\n{self.text}") from None
        self._reader.join(2)
        return code

    def wait_soon(self) -> int:
        """As `wait`, but the program must be gone soon, or within as long as it took to come up."""
        return self.wait(max(SOON, self.beginning))

    # What is done to it

    def press(self, *keys: str) -> None:
        """Press keys by name: "enter", "up", "ctrl+c", or any single character."""
        for key in keys:
            if key.startswith("ctrl+"):
                self.type(chr(ord(key[-1].upper()) - 64))
            else:
                self.type(KEYS.get(key, key))

    def type(self, text: str) -> None:
        """Send text as it stands."""
        if self._open:
            os.write(self._master, text.encode())

    def resize(self, columns: int, rows: int) -> None:
        """Give the window another size; the program gets SIGWINCH."""
        with self._lock:
            self._draw().resize(rows, columns)
        self._set_size(columns, rows)

    def signal(self, number: signal.Signals) -> None:
        """Send the program itself a signal."""
        self.process.send_signal(number)

    def stall(self) -> None:
        """Read no more, as where a link stands still: what the program writes soon has nowhere to go."""
        self._stalled = True

    def read_on(self) -> None:
        """Take up reading again."""
        self._stalled = False

    def throttle(self, rate: float) -> None:
        """Take no more than so many bytes a second, as over a slow link."""
        self._rate = rate

    def hang_up(self) -> None:
        """Take the terminal away, as a dropped link does: SIGHUP, and every later write or read fails."""
        self._open = False
        self._reader.join(2)

    def close(self) -> None:
        """End the program if it still runs, the jobs of a shell with it, and take the terminal away."""
        jobs = self._jobs()
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(5)
        for job in jobs:  # by itself one would hear of the lost terminal, and save into a folder that goes
            with suppress(psutil.NoSuchProcess):
                job.kill()
        psutil.wait_procs(jobs, 5)
        self.hang_up()

    # Within

    def _jobs(self) -> list[psutil.Process]:
        """All other programs of the terminal's session."""
        found = []
        for one in psutil.process_iter():
            with suppress(ProcessLookupError, psutil.NoSuchProcess):
                if one.pid != self.process.pid and os.getsid(one.pid) == self.process.pid:
                    found.append(one)
        return found

    def _set_size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def _read(self) -> None:
        # Only this thread closes the terminal: one that is being read would stay open.
        while self._open:
            if self._stalled:
                time.sleep(0.02)
            elif select.select([self._master], [], [], 0.05)[0]:
                data = os.read(self._master, int(min(65536, max(1, self._rate / 20))))
                self._log.append((time.monotonic(), data))
                time.sleep(len(data) / self._rate)
            elif self.process.poll() is not None:
                self._open = False
        os.close(self._master)
        os.close(self._slave)

    def _draw(self) -> pyte.Screen:
        """The screen, with everything on it that was read."""
        read = len(self._log)
        for _, data in self._log[self._drawn : read]:
            self._feed(data)
        self._drawn = read
        return self._screen

    def _feed(self, data: bytes) -> None:
        data = UNKNOWN_TO_PYTE.sub(b"", self._pending + data)
        tail = UNFINISHED.search(data)
        cut = tail.start() if tail else len(data)
        self._pending = data[cut:]
        self._stream.feed(data[:cut])


def _heed_signals() -> None:
    """As under a login: what runs the tests may itself have been started with some of these ignored, as by nohup."""
    batch = (signal.SIGUSR1, signal.SIGUSR2, signal.SIGXCPU)
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGTSTP, *batch):
        signal.signal(number, signal.SIG_DFL)


def _environment(changes: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES", "NO_COLOR", "TMUX"}}
    terminal = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
    return kept | terminal | dict(changes)
