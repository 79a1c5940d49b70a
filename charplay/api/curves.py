"""Curves of runs, as a notebook shows them."""

from dataclasses import dataclass, field

from charplay.api.listings import FilePath, home_option
from charplay.playground.home import open_store


@dataclass(frozen=True)
class Curves:
    """A chart of runs. A notebook draws it; `svg` is the picture as a text."""

    runs: tuple[str, ...]
    """Their names."""
    svg: str = field(repr=False)

    def _repr_svg_(self) -> str:
        return self.svg


def curves(*runs: FilePath, quantity: str = "loss", across: str = "step", home: FilePath | None = None) -> Curves:
    """Draw the curves of one run, trained and held-out, with those of any others over them.

    Args:
        runs: names or folders, the first one's curves being drawn whole.
        quantity: `loss` (nats per character), `bits`, `perplexity`, `accuracy`, `gradient norm`, `speed` or
            `learning rate`.
        across: `step`, `epoch`, `characters` or `seconds`.
        home: the folder of texts and runs; CHARPLAY_HOME, or the usual one, where none is named.

    Raises:
        CharplayError: there is no such run, quantity or axis.
    """
    from charplay.corpora.progress import Progress
    from charplay.playground.chart_quantities import MEASURES
    from charplay.playground.curve_export import ExportError, kept_chart
    from charplay.plotting.downsample import X_AXES

    for name, value, known in (("quantity", quantity, MEASURES), ("across", across, X_AXES)):
        if value not in known:
            raise ExportError(f"{name} is one of {', '.join(known)}, not {value!r}")
    if not runs:
        raise ExportError("name at least one run; charplay.list_runs() lists them")
    store = open_store(home_option(home))
    found = [store.find(home_option(run) or "") for run in runs]
    drawn = kept_chart(found, MEASURES[quantity], across, Progress(None))
    return Curves(tuple(run.name for run in found), drawn.svg())
