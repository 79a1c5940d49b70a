"""Makes the page of hyperparameters from the recipe's declaration, beside what each of them does to a run."""

from itertools import groupby

from charplay.recipes.specs import FieldSpec, domain, format_value, specs

EFFECTS = {
    "corpus": "More text is learned more slowly and held out more fairly; a text of one kind is learned fastest.",
    "cleaning": "Fewer different characters make the task easier; losses of different cleanings cannot be compared.",
    "limit": "A small part is learned by heart within minutes: the shortest way to see overfitting.",
    "validation_fraction": "With 0 no held-out loss is measured, and overfitting stays unseen.",
    "test_fraction": "Less is learned from; a choice among many runs by their held-out losses can then be checked.",
    "held_out_corpus": "Nothing is taken from training, and the test says what was learned beyond one text.",
    "cell": "An LSTM keeps more; a GRU has a quarter fewer weights and learns about as well on short texts.",
    "input": "An embedding learns which characters are alike; a scalar makes the network guess that from a number.",
    "scalar_scale": "Raw ids saturate the gates at the start.",
    "embedding_size": "Beyond the number of different characters a larger one changes little.",
    "hidden_size": "Twice the size has four times the weights and work; too large, it learns the text by heart.",
    "num_layers": "A second layer pays in long runs; more layers are slower to begin and to compute.",
    "input_dropout": "Holds overfitting off in runs that read the text many times; slows short runs.",
    "dropout": "The same, between layers; with one layer it does nothing.",
    "output_dropout": "The same, before the output; the training loss then lies above what the network knows.",
    "weight_drop": "Holds the recurrent weights from learning by heart; dearer than dropout.",
    "initialization": "A forget bias of 1 remembers from the first step on; torch's weights need longer to begin.",
    "batching": "Streams learn more from the same time; windows are how the classic recipes read.",
    "sequence_length": "Longer ones learn what lies farther apart and take longer; the memory for the gradient grows.",
    "stride": "1 shows every place as often as a window is long, so an epoch is long; larger ones shorten it.",
    "window_limit": "Fewer windows make shorter epochs on less text.",
    "target": "With `last` a window teaches one character instead of all: as many times less from the same work.",
    "batch_size": "Larger ones compute faster a character and learn less from each; smaller ones are noisier.",
    "shuffle": "Without it, windows that resemble one another come one after another.",
    "optimizer": "Muon learns most from each step on recurrent matrices; Adam and RMSprop are what the classics use.",
    "learning_rate": "Too large: the loss leaps or becomes no number. Too small: it falls slowly and evenly.",
    "schedule": "Going down to 0 wins the last hundredths of the loss; a constant rate can be trained on for ever.",
    "warmup": "A share near 0 may leap at the start; a large one wastes the budget.",
    "weight_decay": "Keeps weights small in runs that read the text many times; too much stops the learning.",
    "beta1": "Nearer to 1 is smoother and slower to turn.",
    "beta2": "Nearer to 1 trusts older gradients for the size of its steps.",
    "decay": "Nearer to 1 is smoother and slower to turn.",
    "epsilon": "A large one makes adaptive steps like plain ones.",
    "clip_norm": "Without it one passage can throw the network off; a small one slows every step.",
    "clip_value": "Changes the gradient's direction, as the norm does not; the older habit.",
    "average": "0.99 and more make what plays steadier and better by a little, late in a run.",
    "steps": "The same on every machine: what to name where results are to be repeated.",
    "epochs": "How often the text is read; the same on every machine.",
    "minutes": "What a person has; a faster machine comes farther, and `auto` fits the network to it.",
    "log_every": "Finer curves and a larger file.",
    "evaluate_every": "More points on the held-out curve, each of which costs time.",
    "save_every": "What may be lost at most; a minute all the same.",
    "sample_every": "Text that shows how far it is, written by the trainer itself, which waits for it.",
    "patience": "Ends a run that has begun to overfit; a small one may end it too early.",
    "monitor": "With `train_loss` the last checkpoint is mostly the best, however much it overfits.",
    "keep": "More checkpoints to compare and to play, and more disk.",
    "sample_temperatures": "Low ones repeat what is likely, 1 is what was learned, higher ones make mistakes.",
    "sample_length": "Longer samples make the trainer wait longer.",
    "sample_prompt": "A passage shows how it goes on from true text; a prompt of one's own makes rounds comparable.",
    "seed": "Another seed gives another run of the same kind: the spread of several says what a difference is worth.",
    "device": "The same recipe learns alike on each, to rounding; a card pays for large networks and large batches.",
    "precision": "bfloat16 is faster where the machine computes in it, and rounds more.",
    "threads": "More help large networks, and small ones little; another number does not repeat a run to the bit.",
}
"""What a person sees of a field in a run. One sentence or two for each."""

HEAD = """\
# Hyperparameters

Every field of a recipe, made from its declaration: `make reference` writes this page. `--set FIELD=VALUE` sets one on
the command line, the form on the screen. `auto` is chosen for the text, the budget and the device; `charplay describe`
shows what it becomes. Fields marked *live* may be changed while a run trains. A preset, of charplay or your own, gives
other defaults than these.
"""


def page() -> str:
    """Make the whole page."""
    parts = [HEAD]
    for group, found in groupby(specs(), key=lambda spec: spec.group):
        parts.append(f"## {group.capitalize()}\n")
        parts += [_entry(each) for each in found]
    return "\n".join(parts)


def _entry(spec: FieldSpec) -> str:
    live = ", *live*" if spec.live else ""
    default = f"`{format_value(spec.default)}`" if format_value(spec.default) else "nothing"
    help_, effect = spec.help[0].upper() + spec.help[1:], EFFECTS[spec.name]
    return f"### `{spec.name}`\n\n{help_}. {effect}\n\nTakes {domain(spec)}; {default} by default{live}.\n"
