"""The playground: themes, settings, signals, and the way out."""

import asyncio
import os
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import events
from textual.command import Provider
from textual.message_pump import MessagePump
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.theme import Theme, ThemeProvider

from charplay.formatting.sanitize import sanitize
from charplay.fs.paths import file_stem
from charplay.playground.local_trainer import LocalTrainer
from charplay.playground.playground import Playground
from charplay.playground.preferences import read_preferences, write_preferences
from charplay.playground.run_signs import RunSigns
from charplay.protocol.exit_codes import HUNG_UP, REASONS
from charplay.tui.app_commands import APP_COMMANDS
from charplay.tui.command import Command, bindings
from charplay.tui.keymap import keymap_of, unknown_ids
from charplay.tui.screens.main import MainScreen
from charplay.tui.textual_patches.palette import Palette
from charplay.tui.textual_patches.patched_app import PatchedApp
from charplay.tui.textual_patches.signals import listen
from charplay.tui.themes import ANSI_DARK, ANSI_LIGHT, DARK, LIGHT, first_theme, other_brightness, readable_theme
from charplay.tui.widgets.escaped_input import EscapedInput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from charplay.corpora.library import Library
    from charplay.formatting.terminal_features import TerminalFeatures
    from charplay.playground.devices import DeviceInfo
    from charplay.playground.local_trainer import OpenTraining
    from charplay.playground.playground import TimeEpoch
    from charplay.playground.trainer_client import TrainerClient
    from charplay.runs.home import Home
    from charplay.runs.store import RunStore
    from charplay.tui.presentation.command_search import Offer

PATIENCE = 1.5
"""Seconds a trainer has to save when a person leaves."""
SIGNAL_PATIENCE = 4.0
"""Seconds it has when a signal came, or the screen broke down: then nobody waits for the screen."""
DETACH_PATIENCE = 60.0
"""Seconds that a run whose terminal is gone has to begin in a process of its own."""
SIGN_SECONDS = 1.0
"""Between two looks whether the terminal's title and progress still hold."""
CHECK_SECONDS = 1.0
"""After the start, until what was set wrongly is told: checking keys loads every dialog, and the panes come first."""
LOOK_SECONDS = 0.02
"""Between two looks whether the trainer has saved."""


def _command_search() -> type[Provider]:
    from charplay.tui.presentation.command_search import CommandSearch

    return CommandSearch


class CharplayApp(PatchedApp):
    """The playground. `run` returns when it was left; `return_code` is then the process's exit code.

    `open_library` and `open_store` are called once the screen is up: what they import must not delay it.
    """

    BINDINGS = bindings(APP_COMMANDS)
    COMMANDS = {_command_search}  # noqa: RUF012 - Textual's form
    TITLE = "charplay"
    NOTIFICATION_TIMEOUT = 6
    SHOWS_ESCAPES = (EscapedInput,)
    # The palette's quiet text, and the ground of its cursor, are those of our lists, which can be read in every theme.
    DEFAULT_CSS = """
    Palette > .command-palette--help-text { color: $foreground-muted; text-style: not bold; }
    Palette CommandList > .option-list--option-highlighted { color: $foreground; background: $cursor; }
    """

    def __init__(
        self,
        home: "Home",
        open_library: "Callable[[], Library]",
        open_store: "Callable[[], RunStore]",
        open_training: "OpenTraining",
        list_devices: "Callable[[], Sequence[DeviceInfo]]",
        measure: "TimeEpoch",
        path: str | None = None,
        attach: "Callable[[TrainerClient], TrainerClient]" = lambda local: local,
    ) -> None:
        """`attach` takes the trainer of this process, and returns one that has a run of another under way."""
        self._themes: dict[str, Theme] = {}  # Textual asks for one at once
        super().__init__()
        self._home = home
        self._preferences, notice = read_preferences(home.settings)
        self.playground = Playground(
            home,
            attach(LocalTrainer(open_training)),
            open_library=open_library,
            open_store=open_store,
            preferences=self._preferences,
            list_devices=list_devices,
            measure=measure,
        )
        self._rebound, faults = keymap_of(self.playground.settings)
        self._main = MainScreen(self.playground, path, self._rebound)
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self._notices = [each for each in (notice, *self.playground.setting_faults) if each]
        self.theme = first_theme(self.playground.settings.theme, self._preferences.theme, light=self._preferences.light)
        self._signs = RunSigns(self._terminal_features)
        self._notices += [f"settings.toml, keys: {fault}" for fault in faults]
        self.set_keymap(self._rebound)
        self._leaving = False
        self._code = 0
        """Of the exit, once it is known."""

    @property
    def stuck(self) -> bool:
        """After `run`: whether the terminal takes nothing, so that whoever writes to it waits for ever."""
        return self.terminal is not None and self.terminal.stuck

    def get_default_screen(self) -> Screen[None]:
        """The main screen."""
        return self._main

    @property
    def key_target(self) -> MessagePump | None:
        """As ever; a key that was typed before the panes are up waits for them."""
        return super().key_target if self._main.furnished else None

    async def on_event(self, event: events.Event) -> None:
        """Take what comes as ever; whoever presses a key, pastes or clicks needs no tour."""
        if isinstance(event, events.Key | events.Paste | events.MouseDown):
            self.playground.tour.end()
        await super().on_event(event)

    def on_mount(self) -> None:
        """Listen to signals; say later what is wrong with the preferences and the settings."""
        terminal = self.terminal
        if terminal is not None:
            self._use_its_colours()
            terminal.away = self.playground.runs.suspended
            terminal.farewell = self._signs.clear
            self.backpressure.add(self.set_interval(SIGN_SECONDS, self._show_signs))
        listen(self._signalled, self.playground.runs.save, terminal.fileno if terminal else None)
        self.theme_changed_signal.subscribe(self, self._remember_theme)
        if self._notices or self.playground.settings.keys:
            self.set_timer(CHECK_SECONDS, self._tell_faults)

    def get_theme(self, theme_name: str) -> Theme | None:
        """Give a theme so that all its text can be read."""
        theme = super().get_theme(theme_name)
        if theme is not None and theme_name not in self._themes:
            self._themes[theme_name] = readable_theme(theme)
        return self._themes.get(theme_name)

    def _use_its_colours(self) -> None:
        """Take a theme of the terminal's own 16 colours where it has no others, or must be sent none."""
        few = self.console.color_system == "standard" and self.playground.settings.theme == "last"
        if (few or self.no_color) and not self.current_theme.ansi:
            self.theme = ANSI_DARK if self.current_theme.dark else ANSI_LIGHT

    def _remember_theme(self, theme: Theme) -> None:
        self._preferences.theme, self._preferences.light = theme.name, not theme.dark

    def _terminal_features(self) -> "TerminalFeatures":
        from charplay.formatting.terminal_features import TerminalFeatures, detect_features

        return detect_features(os.environ) if self.playground.settings.signs else TerminalFeatures()

    def _show_signs(self) -> None:
        """Show the run in the terminal's title and as its progress; tell of its end where nobody looks."""
        terminal = self.terminal
        if terminal is not None and not terminal.behind and not self._leaving:
            terminal.write(self._signs.update(self.playground.runs.state, watched=self.app_focus))

    def _tell_faults(self) -> None:
        """Say what is wrong with the preferences and the settings, once the panes have said what they have to say."""
        if not self._main.furnished:
            self.set_timer(CHECK_SECONDS, self._tell_faults)
            return
        unknown = unknown_ids(self.playground.settings.keys)
        told = [*self._notices, *(f"settings.toml, keys: {fault}" for fault in unknown)]
        if told:
            self.notify(sanitize(" ".join(told), " "), severity="warning", markup=False)

    def _rebind(self, command: Command) -> Command:
        """Return a command with the key that it has here."""
        return replace(command, key=self._rebound.get(command.id, command.key))

    def notify(
        self, message: str, *, title: str = "", severity: SeverityLevel = "information", timeout: float | None = None,
        markup: bool = True,
    ) -> None:  # fmt: skip
        """A notice is a line above the keys, where it hides nothing; over a dialog, which hides that line, a toast."""
        if self.screen is self._main:
            self._main.hint.note(message, warning=severity != "information")
        else:
            super().notify(message, title=title, severity=severity, timeout=timeout, markup=markup)

    def offers(self, screen: Screen[Any]) -> "Iterator[Offer]":
        """Return what the palette lists: over the panes every command of all of them, and what else a key does here."""
        from charplay.tui.presentation.command_search import Offer

        if screen is self._main:
            yield from self._main.offers(self._rebind)
        seen = {"command_palette"}
        active = sorted(screen.active_bindings.values(), key=lambda each: each.node is not screen)
        for node, binding, enabled, _ in active:
            known = screen is self._main and self._main.commands.find(binding.id or "") is not None
            if binding.tooltip and enabled and not known and binding.action not in seen:
                seen.add(binding.action)
                run = partial(self.run_action, binding.action, node)
                yield Offer(binding.id or "", binding.description, binding.tooltip, self.get_key_display(binding), run)
        yield Offer("app.themes", "Theme", "Choose the colours of the screen by name", "", self.action_themes)

    def action_command_palette(self) -> None:
        """Find a command by name."""
        if not isinstance(self.screen, Palette):
            self.push_screen(Palette())

    def action_jump(self) -> None:
        """Go where a letter says that is put there."""
        from charplay.tui.dialogs.jump import JumpScreen, lettered, targets_of

        if self.screen is self._main:
            self.push_screen(JumpScreen(lettered(targets_of(self.screen))), lambda to: to and to.go())

    def action_words(self) -> None:
        """Explain the words of what has the focus."""
        from charplay.tui.dialogs.reader import ReaderDialog
        from charplay.tui.presentation.words import explain

        if not isinstance(self.screen, Palette) and not self.screen.has_class("words"):
            dialog = ReaderDialog("Words that stand here", explain(self.screen))
            dialog.add_class("words")
            self.push_screen(dialog)

    def action_keys(self) -> None:
        """Every key of the screen in front."""
        from charplay.tui.dialogs.keys import KeysDialog, sections_of
        from charplay.tui.old_keys import told

        if not isinstance(self.screen, KeysDialog):
            found = self._main.sections() if self.screen is self._main else sections_of(self.screen)
            sections = [(title, [*map(self._rebind, commands)]) for title, commands in found]
            moved = told(command for _, commands in sections for command in commands)
            sections += [("Other keys than in charplay 0.1", moved)] if moved else []
            self.push_screen(KeysDialog(sections, self.get_key_display))

    def action_copy_shown(self) -> None:
        """Copy what the dialog in front shows."""
        from charplay.tui.presentation.shown_text import shown_text

        text = shown_text(self.screen)
        self.copy_to_clipboard(text)
        self.notify(f"Copied {len(text):,} characters.", markup=False)

    def action_write_shown(self) -> None:
        """Write what the dialog in front shows to a file of its title."""
        from charplay.playground.curve_export import ExportError, write_new
        from charplay.tui.presentation.shown_text import shown_text

        text = shown_text(self.screen)
        try:
            path = write_new(self.playground.home.texts, file_stem(text.partition("\n")[0], "shown"), ".txt", text)
        except ExportError as fault:
            self.notify(sanitize(str(fault), " "), severity="warning", markup=False)
        else:
            self.notify(sanitize(f"Written to {path.parent.name}/{path.name}", " "), markup=False)

    def action_brightness(self) -> None:
        """Dark or light."""
        self.theme = other_brightness(self.current_theme)

    def action_themes(self) -> None:
        """Choose a theme by name."""
        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(providers=[ThemeProvider], placeholder="Name of a theme"))

    def action_leave(self) -> None:
        """Leave from wherever this is pressed."""
        self._main.action_run_command("training.leave")

    async def action_quit(self) -> None:
        """Save and leave, without asking."""
        await self._leave(self._code, "asked", PATIENCE)

    async def _signalled(self, code: int) -> None:
        if code == HUNG_UP and not self._leaving and self.playground.settings.on_hangup == "detach":
            self._code = code
            await self._leave_run_alone()
        await self._leave(code, REASONS[code], SIGNAL_PATIENCE)

    async def _leave_run_alone(self) -> None:
        """Leave the run under way to a process of its own, where that can be: else it is saved as ever."""
        playground, until = self.playground, time.monotonic() + DETACH_PATIENCE
        playground.detachment.begin()
        while playground.detachment.under_way and time.monotonic() < until:
            await asyncio.sleep(LOOK_SECONDS)
            playground.advance(playground.clock())

    async def _leave(self, code: int, reason: str, patience: float) -> None:
        if self._leaving:
            return
        self._leaving = True
        write_preferences(self._home.settings, self.playground.remember())
        self.playground.runs.close(reason, patience)
        while self.playground.runs.closing:
            await asyncio.sleep(LOOK_SECONDS)
        self.playground.keep_text()  # by now the weights that wrote it are saved
        if code == HUNG_UP:
            os._exit(HUNG_UP)  # and whatever would be written to restore it is not
        for worker in self.workers:
            if worker.node is not self:  # the palette's search would miss the palette
                worker.cancel()
        self.exit(return_code=code)

    def end_training(self) -> None:
        """After `run`: where the screen broke down, have the run under way saved all the same, and wait for it."""
        if not self._leaving:
            self.playground.runs.close("the screen broke down", SIGNAL_PATIENCE)
            while self.playground.runs.closing:
                time.sleep(LOOK_SECONDS)
            self.playground.keep_text()
