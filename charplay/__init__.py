"""charplay: a terminal playground for character-level recurrent language models."""

import os

# One thread for numpy's BLAS, set before numpy is first imported: with two, drawing characters
# takes most of the trainer's speed. torch has threads of its own and does not read this.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.2.0"
