"""charplay: a terminal playground for character-level recurrent language models, and a Python API to the same runs."""

import os
from typing import TYPE_CHECKING

# One thread for numpy's BLAS, set before numpy is first imported: with two, drawing characters
# takes most of the trainer's speed. torch has threads of its own and does not read this.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.2.0"

__all__ = [
    "CharplayError",
    "Curves",
    "Model",
    "Sample",
    "Surprisal",
    "Training",
    "TrainingError",
    "curves",
    "describe_recipe",
    "list_corpora",
    "list_runs",
    "load",
    "resume",
    "train",
]

if TYPE_CHECKING:
    from charplay.api.curves import Curves, curves
    from charplay.api.listings import describe_recipe, list_corpora, list_runs
    from charplay.api.model import Model, Sample, Surprisal, load
    from charplay.api.training import Training, TrainingError, resume, train
    from charplay.errors import CharplayError
else:
    _MODULES = {
        "charplay.errors": ("CharplayError",),
        "charplay.api.curves": ("Curves", "curves"),
        "charplay.api.listings": ("describe_recipe", "list_corpora", "list_runs"),
        "charplay.api.model": ("Model", "Sample", "Surprisal", "load"),
        "charplay.api.training": ("Training", "TrainingError", "resume", "train"),
    }

    def __getattr__(name):
        """Import what a public name stands for when it is first asked for: `import charplay` alone loads nothing."""
        from importlib import import_module

        module = next((module for module, names in _MODULES.items() if name in names), None)
        if module is None:
            raise AttributeError(f"module 'charplay' has no attribute {name!r}")
        return getattr(import_module(module), name)

    def __dir__():
        return [*globals(), *__all__]
