"""The commands on the next run: edit its fields, see what the network sees, keep it as a preset, start from weights."""

from typing import TYPE_CHECKING

from charplay.formatting.sanitize import sanitize_line
from charplay.tui.command import Command
from charplay.tui.controllers.base import Controller

if TYPE_CHECKING:
    from charplay.playground.devices import DeviceInfo
    from charplay.playground.recipe_draft import RecipeDraft


class FormController(Controller):
    """What a person does with the form."""

    commands = (
        Command(
            "form.edit",
            "enter,e",
            "edit",
            "Type a value, choose one from a list, or open a group",
            place="form",
            footer=True,
        ),
        Command(
            "form.less", "left,h", "less", "The next smaller value, or the choice before", place="form", footer=True
        ),
        Command(
            "form.more", "right,l", "more", "The next larger value, or the choice after", place="form", footer=True
        ),
        Command("form.reset", "backspace", "reset", "Give the field the preset's value again", place="form"),
        Command(
            "form.all_fields", "m", "all fields", "Show every field, or only the common ones", place="form", footer=True
        ),
        Command(
            "form.network",
            "i",
            "what the network sees",
            "Layers, parameters, real examples and the character table",
            place="form",
            footer=True,
        ),
        Command("form.copy", "y", "copy", "Copy the next run's hyperparameters, as they are shown", place="form"),
        Command("form.keep", "w", "keep as preset", "Save these values as a preset of your own", place="form"),
    )

    def disabled(self, command: Command) -> str:
        """Return what is missing for a command."""
        draft = self.playground.draft
        if draft is None:
            return "The form is not filled yet."
        if command.method == "network" and (draft.resolved is None or self.playground.corpora.corpus is None):
            return "The text was not read yet; choose one that is here."
        return ""

    @property
    def _draft(self) -> "RecipeDraft":
        assert self.playground.draft is not None
        return self.playground.draft

    @property
    def _row(self) -> str:
        """Name of the row under the cursor."""
        return self.ui.selected("form")

    def edit(self) -> None:
        """Type a value into the row, or choose one from a list."""
        from charplay.playground.recipe_rows import PRESET, WARM_START
        from charplay.tui.dialogs.choice import Choice, ChoiceDialog

        draft, name = self._draft, self._row
        choices = draft.choices(name)
        if name == WARM_START:
            self._choose_weights()
        elif name == "cleaning":
            self._choose_cleaning()
        elif name == "held_out_corpus":
            self._choose_held_out_corpus()
        elif choices:
            notes = self._preset_notes() if name == PRESET else {}
            notes |= {each.name: _memory(each) for each in self.playground.next_run.devices} if name == "device" else {}
            answers = [Choice(value, value, notes.get(value, "")) for value in choices]
            dialog = ChoiceDialog(name.replace("_", " "), draft.help(name), answers, draft.shown(name)[0])
            self.ui.open_dialog(dialog, lambda value: self._set(name, value or ""))
        else:
            self.ui.go_to("form.editor")

    def _preset_notes(self) -> dict[str, str]:
        from charplay.playground.preset_notes import preset_notes

        sizes = {entry.name: entry.size or 0 for entry in self.playground.library.entries()}
        return preset_notes(self._draft, sizes)

    def _set(self, name: str, value: str) -> None:
        from charplay.playground.recipe_rows import PRESET

        fault = self._draft.set(name, value) if value else ""
        self._complain(fault)
        if value and not fault and name == PRESET:
            self._offer_text()

    def _offer_text(self) -> None:
        """Ask whether to take the text that the preset is meant for, where another one is chosen."""
        from charplay.playground.preset_notes import preset_text
        from charplay.tui.dialogs.choice import Choice, ChoiceDialog

        corpora, wanted = self.playground.corpora, preset_text(self._draft)
        now = corpora.chosen.name if corpora.chosen else ""
        if wanted in {"", now} or wanted not in {entry.name for entry in self.playground.library.entries()}:
            return
        answers = [Choice(wanted, f"take {wanted}", "", "t"), Choice("", f"keep {now}" if now else "not now", "", "n")]
        question = ChoiceDialog("The preset's text", f"{self._draft.preset} is meant for {wanted}.", answers)
        self.ui.open_dialog(question, lambda text: corpora.choose(text, "") if text else None)

    def less(self) -> None:
        """The value before."""
        self._nudge(-1)

    def more(self) -> None:
        """The next value."""
        self._nudge(1)

    def _nudge(self, by: int) -> None:
        self._complain(self._draft.nudge(self._row, by))

    def _complain(self, fault: str) -> None:
        if fault:
            self.ui.note(sanitize_line(fault), warning=True)

    def reset(self) -> None:
        """The preset's value again."""
        before = self._draft.shown(self._row)
        self._draft.reset(self._row)
        if self._draft.shown(self._row) == before:
            self.ui.note("This is the preset's value already.")

    def all_fields(self) -> None:
        """All fields, or the common ones."""
        self._draft.toggle_everything()

    def copy(self) -> None:
        """Copy the rows."""
        self._copy(self.ui.shown("form"))

    def network(self) -> None:
        """What the network sees."""
        from charplay.tui.dialogs.network_summary import NetworkDialog

        recipe, corpus = self._draft.resolved, self.playground.corpora.corpus
        if recipe is not None and corpus is not None:
            self.ui.open_dialog(NetworkDialog(recipe, corpus, self.playground.time_epoch))

    def _choose_cleaning(self) -> None:
        """Show the rules with what they would change of the chosen text."""
        from charplay.playground.originals import cleaning_choice
        from charplay.tui.dialogs.cleaning import CleaningDialog

        corpora = self.playground.corpora
        choice = cleaning_choice(self._draft, corpora, corpora.corpus)
        if choice is not None:
            self.ui.open_dialog(CleaningDialog(choice))

    def _choose_held_out_corpus(self) -> None:
        """Show the texts that may be kept for the test: those that are here, but for the one that is learned."""
        from charplay.formatting.units import format_bytes
        from charplay.tui.dialogs.choice import Choice, ChoiceDialog

        draft, name = self._draft, "held_out_corpus"
        others = [each for each in self.playground.library.entries() if each.ready and each.name != draft.corpus]
        sizes = [format_bytes(each.size) or "" for each in others]
        answers = [Choice(each.name, each.title, size) for each, size in zip(others, sizes, strict=True)]
        answers.insert(0, Choice("", "no other text", key="0"))
        dialog = ChoiceDialog("held out corpus", draft.help(name), answers, draft.shown(name)[0])
        self.ui.open_dialog(dialog, lambda text: self._complain("" if text is None else draft.set(name, text)))

    def _choose_weights(self) -> None:
        from charplay.tui.dialogs.choice import Choice, ChoiceDialog

        answers = [Choice("", "fresh weights", key="0")]
        for run in self.playground.run_list.playable():
            shape = f"{run.cell} {run.num_layers}x{run.hidden_size}, step {run.step:,}, {run.corpus}"
            answers.append(Choice(run.name, run.name, shape))
        dialog = ChoiceDialog("start from", "Whose weights does the next run take over?", answers)
        self.ui.open_dialog(dialog, self._start_from)

    def _start_from(self, name: str | None) -> None:
        self._complain(self.playground.start_from(name) if name is not None else "")

    def keep(self) -> None:
        """Save as a preset."""
        from charplay.recipes.presets import name_fault
        from charplay.tui.dialogs.text_input import TextInputDialog

        self.ui.open_dialog(
            TextInputDialog("Keep as preset", "A name for these values:", check=name_fault), self._ask_to_keep
        )

    def _ask_to_keep(self, name: str | None) -> None:
        """Keep the values under a name; ask first where another preset has it."""
        from charplay.tui.dialogs.choice import Choice, ChoiceDialog

        if name and name in self._draft.preset_names():
            answers = [Choice("", "leave it", key="n"), Choice(name, "replace it", "with the form's values", "r")]
            dialog = ChoiceDialog("Keep as preset", f"There is a preset {name} already.", answers)
            self.ui.open_dialog(dialog, self._keep)
        else:
            self._keep(name)

    def _keep(self, name: str | None) -> None:
        if not name:
            return
        try:
            self._draft.keep(name)
        except OSError as fault:
            self.ui.note(f"The preset could not be written: {fault.strerror}.", warning=True)
        else:
            self.ui.note(f"Kept as the preset {name}.")


def _memory(device: "DeviceInfo") -> str:
    return f"{sanitize_line(device.title)}, {device.free / 2**30:.1f} of {device.total / 2**30:.1f} GiB free"
