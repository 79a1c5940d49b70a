"""The recipe: every hyperparameter once, with its type, bounds, unit and help.

The form, `--set`, the TOML files, the checkpoint and the docs are all drawn from this declaration.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from charplay.fs.entry_calls import parse_entry, split_list
from charplay.fs.registry import entry_names

Auto = Literal["auto"]


def _declared(
    group: str, text: str, *, unit: str = "", live: bool = False, start: float | None = None, **bounds: Any
) -> Any:
    """A field's declaration: `group` and `unit` for the form, `live` where it may change during training.

    `start`: the first number that the arrows give where the value is a word, as `none` or `auto`.
    """
    return Field(
        description=text, json_schema_extra={"group": group, "unit": unit, "live": live, "start": start}, **bounds
    )


@dataclass(frozen=True)
class EntryName:
    """Says that a value is a name found in `folder` of the package, and checks it.

    `takes_arguments`: it may have some in brackets; all of them are written then, so that no default changes it later.
    """

    folder: str
    takes_arguments: bool = False

    def __call__(self, value: str) -> str:
        """The value as it is written; ValueError where it is not one of the names, or has wrong arguments."""
        if self.takes_arguments:
            return str(parse_entry(self.folder, value))
        if value not in entry_names(self.folder):
            raise ValueError(f"not one of {', '.join(entry_names(self.folder))}")
        return value


def _parse_list(value: object) -> object:
    """A list written as text: "a, b(c, d)" is (a, b(c, d)), an empty text is no item."""
    return tuple(split_list(value)) if isinstance(value, str) else value


def _current_name(value: object) -> object:
    """Accept `hold`, the name of the schedule `wsd` in older runs and presets."""
    return "wsd" if value == "hold" else value


def _parse_none(value: object) -> object:
    """`none` written as text."""
    return None if isinstance(value, str) and value.strip().lower() in {"none", ""} else value


CLEANING, CELLS, OPTIMIZERS, SCHEDULES = (
    "corpora/cleaning",
    "training/cells",
    "training/optimizers",
    "training/schedules",
)

MAX_COUNT = 10**12
"""No count that anyone means is larger."""

Count = Annotated[int, Field(ge=1, le=MAX_COUNT)]
Share = Annotated[float, Field(ge=0, lt=1)]
Every = Count | Literal["epoch"]
Optional = BeforeValidator(_parse_none)


class Recipe(BaseModel):
    """What to build and how to train it. `auto` is filled in by `resolve`; None means that it does not apply."""

    # The validator is built with the first recipe, not on import: the screen paints before it needs one.
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)

    # fmt: off
    corpus: str = _declared("text", "name of a text, or the path of a file or folder; empty takes the default text", default="")
    cleaning: Annotated[tuple[Annotated[str, AfterValidator(EntryName(CLEANING, takes_arguments=True))], ...], BeforeValidator(_parse_list)] = _declared("text", "cleans the text before training, in this order", default=())
    limit: Annotated[Count | None, Optional] = _declared("text", "use only the first so many characters", unit="characters", start=100_000, default=None)
    validation_fraction: Annotated[float, Field(ge=0, le=0.5)] = _declared("text", "share of the text, its end, that is held out; 0 holds out nothing", default=0.1)
    test_fraction: Annotated[float, Field(ge=0, le=0.4)] = _declared("text", "share of the text, behind the held-out part, that nothing reads until `score --part test` does", default=0.0)
    held_out_corpus: str = _declared("text", "another text that nothing reads until `score --part test` does, in place of a test_fraction; empty names none", default="")

    cell: Annotated[str, AfterValidator(EntryName(CELLS))] = _declared("model", "the recurrent cell", default="lstm")
    input: Literal["embedding", "one-hot", "scalar"] = _declared("model", "how a character enters the network", default="embedding")
    scalar_scale: Literal["none", "vocabulary"] = _declared("model", "scalar input: the raw id, or the id divided by the vocabulary's size", default="vocabulary")
    embedding_size: Annotated[Annotated[int, Field(ge=1, le=4096)] | Auto | None, Optional] = _declared("model", "width of a character's embedding; none where the input is no embedding", start=64, default="auto")
    hidden_size: Annotated[int, Field(ge=1, le=8192)] | Auto = _declared("model", "units in each recurrent layer", start=128, default="auto")
    num_layers: Annotated[int, Field(ge=1, le=8)] | Auto = _declared("model", "recurrent layers, one on another", start=1, default="auto")
    input_dropout: Share | Auto = _declared("model", "dropout on what enters the first layer", live=True, start=0.1, default=0.0)
    dropout: Share | Auto = _declared("model", "dropout between recurrent layers", live=True, start=0.1, default=0.0)
    output_dropout: Share | Auto = _declared("model", "dropout before the output layer", live=True, start=0.1, default="auto")
    weight_drop: Share = _declared("model", "DropConnect on the hidden-to-hidden weights", live=True, default=0.0)
    initialization: Literal["torch", "glorot-orthogonal"] = _declared("model", "torch's uniform weights, or Glorot kernels, orthogonal recurrent kernels and a forget bias of 1", default="glorot-orthogonal")

    batching: Literal["stream", "windows"] = _declared("batching", "streams carry their state on; windows start from zero", default="stream")
    sequence_length: Annotated[int, Field(ge=1, le=65536)] | Auto = _declared("batching", "characters the gradient flows back through", unit="characters", live=True, start=64, default="auto")
    stride: Annotated[Count | None, Optional] = _declared("batching", "windows: distance from one to the next (1)", unit="characters", start=3, default=None)
    window_limit: Annotated[Count | None, Optional] = _declared("batching", "windows: use only the first so many", start=10_000, default=None)
    target: Literal["every", "last"] = _declared("batching", "loss at every character, or at a window's last only", default="every")
    batch_size: Annotated[int, Field(ge=1, le=65536)] | Auto = _declared("batching", "streams or windows read at once", live=True, start=32, default="auto")
    shuffle: bool = _declared("batching", "windows: in a new random order every epoch", default=True)

    optimizer: Annotated[str, AfterValidator(EntryName(OPTIMIZERS))] = _declared("optimization", "how weights follow the gradient", default="adamw")
    learning_rate: Annotated[float, Field(gt=0, le=100)] | Auto = _declared("optimization", "size of the steps at the schedule's peak", live=True, start=0.01, default="auto")
    schedule: Annotated[str, BeforeValidator(_current_name), AfterValidator(EntryName(SCHEDULES))] = _declared("optimization", "how the learning rate goes down", default="cosine")
    warmup: Annotated[float, Field(ge=0, le=1)] = _declared("optimization", "share of the budget over which the learning rate rises", default=0.1)
    weight_decay: Annotated[float, Field(ge=0, le=10)] = _declared("optimization", "decoupled decay of the weight matrices", live=True, default=0.0)
    beta1: Share = _declared("optimization", "Adam's memory of the gradient", default=0.9)
    beta2: Share = _declared("optimization", "Adam's memory of its square", default=0.99)
    decay: Share = _declared("optimization", "RMSprop's memory; momentum of SGD and Muon", default=0.9)
    epsilon: Annotated[float, Field(gt=0, le=1)] = _declared("optimization", "keeps adaptive steps finite", default=1e-8)
    clip_norm: Annotated[Annotated[float, Field(gt=0)] | None, Optional] = _declared("optimization", "longest gradient, as a norm", live=True, start=1.0, default=1.0)
    clip_value: Annotated[Annotated[float, Field(gt=0)] | None, Optional] = _declared("optimization", "largest gradient, value by value", live=True, start=0.5, default=None)
    average: Share = _declared("optimization", "what plays is an exponential average of the weights with this memory; 0 is none", default=0.0)

    steps: Annotated[Annotated[int, Field(ge=0, le=MAX_COUNT)] | None, Optional] = _declared("budget", "optimizer steps", unit="steps", default=None)
    epochs: Annotated[Annotated[float, Field(gt=0, le=MAX_COUNT)] | None, Optional] = _declared("budget", "passes over the text", unit="epochs", default=None)
    minutes: Annotated[Annotated[float, Field(gt=0, le=MAX_COUNT)] | None, Optional] = _declared("budget", "minutes of training", unit="minutes", default=None)
    log_every: Count | Auto = _declared("budget", "a row of metrics covers so many steps", unit="steps", start=10, default="auto")
    evaluate_every: Every | Auto = _declared("budget", "read the held-out text every so many steps", unit="steps", start=500, default="auto")
    save_every: Every | Auto = _declared("budget", "save every so many steps, and at least once a minute", unit="steps", start=500, default="auto")
    sample_every: Annotated[Every | None, Optional] = _declared("budget", "write samples every so many steps", unit="steps", start=500, default=None)
    patience: Annotated[Count | None, Optional] = _declared("budget", "stop after so many evaluations without a better one", unit="evaluations", start=5, default=None)
    monitor: Literal["val_loss", "train_loss"] = _declared("budget", "the loss that decides what is best", default="val_loss")
    keep: Literal["best", "every-improvement", "timeline"] = _declared("budget", "keep the best checkpoint, or one at every improvement too, or up to 12 from early on to the end", default="best")

    sample_temperatures: Annotated[tuple[Annotated[float, Field(ge=0, le=5)], ...], BeforeValidator(_parse_list)] = _declared("text samples", "a sample at each of these temperatures", default=(0.8,))
    sample_length: Annotated[int, Field(ge=1, le=100_000)] = _declared("text samples", "characters in a sample", unit="characters", default=200)
    sample_prompt: str = _declared("text samples", "`passage` or `character` takes one from the text; anything else is the prompt itself", default="passage")

    seed: Annotated[int, Field(ge=0, lt=2**63)] = _declared("run", "fixes every random choice", default=1)
    device: Annotated[str, Field(pattern=r"^(auto|cpu|cuda(:\d+)?)$")] = _declared("run", "auto, cpu, cuda or cuda:N", default="auto")
    precision: Literal["auto", "float32", "bfloat16"] = _declared("run", "arithmetic of the passes; auto takes bfloat16 on a card or with AMX", default="auto")
    threads: Annotated[int, Field(ge=1, le=1024)] | Auto = _declared("run", "threads on a CPU; auto takes those that others leave free", start=1, default="auto")
    # fmt: on


BUDGETS = ("steps", "epochs", "minutes")
LIVE = tuple(name for name, field in Recipe.model_fields.items() if dict(field.json_schema_extra or {})["live"])  # type: ignore[arg-type]
