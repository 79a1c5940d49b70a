"""The form: the next run's hyperparameters, drawn from the recipe's declaration."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Input

from charplay.formatting.sanitize import sanitize_line
from charplay.tui.commands import FORM
from charplay.tui.dialogs.choice import Choice, ChoiceDialog
from charplay.tui.dialogs.text_input import TextInputDialog
from charplay.tui.jobs import run_in_background
from charplay.tui.panes.fields import LABEL, Device, Fields
from charplay.tui.panes.form_summary import FormSummary
from charplay.tui.widgets.pane import Pane
from charplay.tui.widgets.row_editor import RowEditor
from charplay.tui.widgets.row_list import RowList

if TYPE_CHECKING:
    from charplay.corpora.library import Corpus
    from charplay.playground.recipe_draft import RecipeDraft
    from charplay.playground.warm_start import WarmStart

TITLE = "Next run"


class FormPane(Pane):
    """The next run. Messages: `Changed` after every change, `Network` to look inside, `Said` for a notice."""

    BINDINGS = FORM
    DEFAULT_CSS = """
    FormPane {
        layers: below above;
        & > #fields, & > #fields:focus { height: 1fr; border: none; }
    }
    """

    class Changed(Message):
        """The next run is another one."""

        def __init__(self, draft: "RecipeDraft") -> None:
            super().__init__()
            self.draft = draft

    class Network(Message):
        """What the network sees is to be shown."""

    class Begin(Message):
        """A checkpoint is to be chosen whose weights the run starts from."""

    class Known(Message):
        """The devices were found."""

        def __init__(self, devices: Sequence[Device]) -> None:
            super().__init__()
            self.devices = devices

    def __init__(self, presets: Path, list_devices: Callable[[], Sequence[Device]]) -> None:
        super().__init__(id="form")
        self._presets = presets
        self._list_devices = list_devices
        self._devices: Sequence[Device] = ()
        self._fields = Fields()
        self._summary = FormSummary()
        self._editor = RowEditor(self._fields, LABEL + 1)
        self._fault = ""
        self._unknown = ""
        """Why the next run's numbers are not known."""

    @property
    def draft(self) -> "RecipeDraft | None":
        """The next run; None until the form was begun."""
        return self._fields.draft

    def compose(self) -> ComposeResult:
        """Rows, a summary, and a field that appears over the row that is edited."""
        yield self._fields
        yield self._summary
        yield self._editor

    def on_mount(self) -> None:
        """Say what this is."""
        self.set_title(TITLE)

    def begin(self, preset: str, values: Mapping[str, object]) -> None:
        """Fill the form with what was chosen last, and look for devices."""
        from charplay.playground.recipe_draft import RecipeDraft
        from charplay.recipes.recipe import Recipe

        known = {name: str(value) for name, value in values.items() if name in Recipe.model_fields}
        draft = RecipeDraft(self._presets, preset, known)
        if draft.faults:
            draft = RecipeDraft(self._presets)
        self._fields.draft = draft
        self._settled()
        run_in_background(lambda: self.post_message(self.Known(self._list_devices())))

    def read_corpus(self, name: str, corpus: "Corpus | None", unknown: str = "reading the text") -> None:
        """The next run reads this text; its numbers are known once it was read. Until then it says `unknown`."""
        if self.draft is None:
            return
        self._unknown = unknown
        self.draft.corpus = name
        self.draft.characters = len(corpus) if corpus else 0
        self.draft.vocabulary = corpus.vocabulary.characters if corpus else ""
        self.draft.settle()
        self._settled()

    def fill(self, asked: Mapping[str, object]) -> None:
        """Take a run's recipe over."""
        if self.draft is not None:
            self.draft.fill(asked)
            self._settled()

    def begin_from(self, beginning: "WarmStart | None") -> None:
        """Start from a checkpoint's weights, or from fresh ones."""
        if self.draft is not None:
            self.draft.warm_start = beginning
            self.draft.settle()
            self._settled()

    def focus_first(self) -> None:
        """Put the focus on the rows."""
        self.screen.set_focus(self._fields)

    def _settled(self) -> None:
        assert self.draft is not None
        self._fields.refill()
        self._summarize()
        self.post_message(self.Changed(self.draft))

    @on(Known)
    def _take_devices(self, message: Known) -> None:
        message.stop()
        self._devices = message.devices
        if self.draft is not None:
            self.draft.devices = tuple(device.name for device in message.devices)
            self.draft.settle()
            self._settled()

    @on(RowList.Moved)
    def _summarize(self) -> None:
        fields = self._fields
        if self.draft is not None and fields.names:
            room = self.content_size.height - len(fields.names)
            self._summary.show(self.draft, fields.names[fields.cursor], self._fault, self._unknown, room)

    @on(events.Resize)
    def _resized(self) -> None:
        self.call_after_refresh(self._summarize)

    @on(Fields.Edit)
    def action_edit(self) -> None:
        """Type a value into the row, or choose one from a list."""
        from charplay.playground.recipe_rows import PRESET, WARM_START

        draft = self.draft
        if draft is None:
            return
        name = self._fields.names[self._fields.cursor]
        choices = draft.choices(name)
        if name == WARM_START:
            self.post_message(self.Begin())
        elif choices:
            notes = draft.titles() if name == PRESET else {}
            notes |= {device.name: _memory(device) for device in self._devices} if name == "device" else {}
            answers = [Choice(value, value, notes.get(value, "")) for value in choices]
            question = ChoiceDialog(name.replace("_", " "), draft.help(name), answers, draft.shown(name)[0])
            self.app.push_screen(question, lambda value: self._set(name, value or ""))
        else:
            self._open_editor(draft.shown(name)[0])

    def _open_editor(self, value: str) -> None:
        self._editor.open(value)
        self.set_title(TITLE, "enter takes it, esc leaves it")

    @on(Input.Changed, "#editor")
    def _judge(self, event: Input.Changed) -> None:
        event.stop()
        if self.draft is not None and self._editor.display:
            self._fault = self.draft.check(self._fields.names[self._fields.cursor], self._editor.text)
            self._summarize()

    @on(Input.Submitted, "#editor")
    def _take(self, event: Input.Submitted) -> None:
        event.stop()
        if not self._fault:
            self._editor.close()
            self._put_away()
            self._set(self._fields.names[self._fields.cursor], self._editor.text)

    @on(RowEditor.Left)
    def _put_away(self) -> None:
        self.set_title(TITLE)
        self._fault = ""
        self._summarize()

    def _set(self, name: str, value: str) -> None:
        if self.draft is None or not value:
            return
        fault = self.draft.set(name, value)
        if fault:
            self.notify(sanitize_line(fault), severity="warning", markup=False)
        self._settled()

    def action_nudge(self, by: int) -> None:
        """The next value, or the one before."""
        if self.draft is not None:
            self.draft.nudge(self._fields.names[self._fields.cursor], by)
            self._settled()

    def action_reset(self) -> None:
        """The preset's value again."""
        if self.draft is not None:
            self.draft.reset(self._fields.names[self._fields.cursor])
            self._settled()

    def action_more(self) -> None:
        """All fields, or the common ones."""
        self._fields.everything = not self._fields.everything
        self.set_class(self._fields.everything, "-everything")
        if self.draft is not None:
            self._fields.refill()

    def action_network(self) -> None:
        """What the network sees."""
        self.post_message(self.Network())

    def action_keep(self) -> None:
        """Save as a preset."""
        from charplay.recipes.presets import name_fault

        self.app.push_screen(
            TextInputDialog("Keep as preset", "A name for these values:", check=name_fault), self._ask_to_keep
        )

    def _ask_to_keep(self, name: str | None) -> None:
        """Keep the values under a name; ask first where another preset has it."""
        if name and self.draft is not None and name in self.draft.preset_names():
            answers = [Choice("", "leave it", key="l"), Choice(name, "replace it", "with the form's values", "r")]
            question = ChoiceDialog("Keep as preset", f"There is a preset {name} already.", answers)
            self.app.push_screen(question, self._keep)
        else:
            self._keep(name)

    def _keep(self, name: str | None) -> None:
        if not name or self.draft is None:
            return
        try:
            self.draft.keep(name)
        except OSError as fault:
            self.notify(f"The preset could not be written: {fault.strerror}.", severity="error", markup=False)
        else:
            self._settled()
            self.notify(f"Kept as the preset {name}.", markup=False)


def _memory(device: Device) -> str:
    return f"{sanitize_line(device.title)}, {device.free / 2**30:.1f} of {device.total / 2**30:.1f} GiB free"
