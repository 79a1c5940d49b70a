"""The modes that a full-screen program sets on a terminal, and how it gives them back.

They are those of Textual's `LinuxDriver`, which keeps them in private methods, with one exception: the mouse is
reported while a button is held (mode 1002), not wherever it passes by (1003). docs/TEXTUAL.md (driver) says what that
buys.
"""

import os
import signal
import termios
import tty
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from textual import constants

MOUSE_ON = "\x1b[?1000h\x1b[?1003l\x1b[?1002h\x1b[?1015h\x1b[?1006h"
"""Clicks and drags, no mere movements, in decimal reports."""
MOUSE_OFF = "\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1015l\x1b[?1006l"
MOUSE_PIXELS = "\x1b[?1016h"
OTHER_SCREEN, OWN_SCREEN = "\x1b[?1049h", "\x1b[?1049l"
CURSOR_OFF, CURSOR_ON = "\x1b[?25l", "\x1b[?25h"
FOCUS_ON, FOCUS_OFF = "\x1b[?1004h", "\x1b[?1004l"
KITTY_KEYS_ON, KITTY_KEYS_OFF = f"\x1b[>{0b00001 | 0b01000 | 0b10000}u", "\x1b[<u"
"""Escape codes without ambiguity, for all keys, with their text: sw.kovidgoyal.net/kitty/keyboard-protocol."""
ASK_SYNC, ASK_RESIZE = "\x1b[?2026$p", "\x1b[?2048$p"
"""Whether frames may be marked, and whether new sizes come among the keys; answers are heard as messages."""
RESIZE_ON, RESIZE_OFF = "\x1b[?2048h", "\x1b[?2048l"
PASTE_ON, PASTE_OFF = "\x1b[?2004h", "\x1b[?2004l"
WRAP_ON, WRAP_OFF = "\x1b[?7h", "\x1b[?7l"


class TerminalModes:
    """Takes the terminal behind `descriptor` for a full-screen program; what it says goes through `write`."""

    def __init__(self, descriptor: int, write: Callable[[str], None], *, mouse: bool) -> None:
        self._descriptor, self._write = descriptor, write
        self._mouse_on, self._mouse_off = (MOUSE_ON, MOUSE_OFF) if mouse else ("", "")
        self._pixels = MOUSE_PIXELS if mouse else ""
        self._before: list[Any] | None = None
        self._ours: list[Any] | None = None
        self.taken = False
        """Whether the terminal is in this program's modes, as far as the program knows."""
        self.reports_sizes = False
        """Whether the terminal tells its new sizes among the keys."""

    def may_be_taken(self) -> bool:
        """Whether the program is in the foreground; else it is stopped again here, and continued later.

        Setting the modes that are set already tells, without a trace.
        """
        if not os.isatty(self._descriptor):
            return True
        numbers = signal.SIGTTOU, signal.SIGTTIN
        for number in numbers:
            signal.signal(number, lambda *_: os.kill(os.getpid(), signal.SIGSTOP))
        try:
            self._set(termios.tcgetattr(self._descriptor))
        except termios.error:
            return False
        finally:
            for number in numbers:
                signal.signal(number, signal.SIG_DFL)
        return True

    def take(self) -> None:
        """Show the other screen, empty, and have every key as it is pressed."""
        self.taken = True
        self._write(OTHER_SCREEN + self._mouse_on)
        with suppress(termios.error):
            self._before, self._ours = termios.tcgetattr(self._descriptor), termios.tcgetattr(self._descriptor)
            # As TEXTUAL_ALLOW_SIGNALS asks, Ctrl-C may be a signal instead of a key.
            signals = 0 if os.environ.get("TEXTUAL_ALLOW_SIGNALS") else termios.ISIG
            self._ours[tty.LFLAG] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN | signals)
            self._ours[tty.IFLAG] &= ~(termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR)
            self._ours[tty.CC][termios.VMIN] = 1
            self._set(self._ours)
        keys = "" if constants.DISABLE_KITTY_KEY else KITTY_KEYS_ON
        # Apple's terminal would show the question as a letter.
        sync = "" if os.environ.get("TERM_PROGRAM") == "Apple_Terminal" else ASK_SYNC
        # The mouse once more: iTerm 3.5 may have missed it.
        self._write(CURSOR_OFF + FOCUS_ON + keys + sync + ASK_RESIZE + PASTE_ON + WRAP_OFF + self._mouse_on)

    def take_again(self) -> None:
        """Set the modes anew where somebody else may have set others meanwhile."""
        if self._ours is not None:
            with suppress(termios.error):
                self._set(self._ours)

    def report_sizes(self) -> None:
        """Have new sizes told among the keys, and the mouse in pixels: the terminal can."""
        self.reports_sizes = True
        self._write(RESIZE_ON + self._pixels)

    def stop_input(self) -> None:
        """Have the mouse no longer reported, and forget what was typed."""
        self._write(self._mouse_off)
        with suppress(termios.error):
            termios.tcflush(self._descriptor, termios.TCIFLUSH)

    def give_back(self) -> None:
        """Show the terminal's own screen again, in the modes that were found."""
        self._write(PASTE_OFF + WRAP_ON + (RESIZE_OFF if self.reports_sizes else ""))
        if self._before is not None:
            with suppress(termios.error):
                self._set(self._before)
        self.taken = False
        # The keys' protocol belongs to a screen: it is left before the screen is.
        self._write(KITTY_KEYS_OFF + OWN_SCREEN + CURSOR_ON + FOCUS_OFF)

    def _set(self, modes: list[Any]) -> None:
        termios.tcsetattr(self._descriptor, termios.TCSANOW, modes)
