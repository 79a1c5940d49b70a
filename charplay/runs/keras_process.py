"""Reads files of Keras in a process of its own.

The HDF5 library is written in C. A damaged file can bring it down, or send it round in circles, which no signal ends:
one of some two thousand files with a few bytes changed did. A process can be given up.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from charplay.runs.keras_file import read_keras_file
from charplay.runs.plain_layers import WeightsError

PATIENCE = 60.0
"""Seconds for one file."""
REFUSED = 3
"""The child's exit status where it says why it has refused a file."""


def read_keras_apart(path: Path, patience: float = PATIENCE) -> dict[str, NDArray[Any]]:
    """Return what `read_keras_file` does. Raises WeightsError, too, where that does not end, or not well."""
    from safetensors.numpy import load

    found = os.pathsep.join(each for each in sys.path if each)  # without the folder that a person happens to be in
    try:
        child = subprocess.run(  # noqa: S603  (this interpreter, and the file that the user has named)
            [sys.executable, "-P", "-m", __name__, os.fspath(path)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": found},
            timeout=patience,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise WeightsError(
            f"{path} was not read within {patience:g} s, so it is likely damaged; save the model once more"
        ) from None
    if child.returncode == REFUSED:
        raise WeightsError(child.stdout.decode(errors="replace"))
    if child.returncode:
        raise WeightsError(f"{path} brings the HDF5 library down, so it is damaged; save the model once more")
    return dict(load(child.stdout))


def main() -> int:
    """Read one file, and write its arrays to the standard output, or why it is refused."""
    from safetensors.numpy import save

    try:
        tensors = read_keras_file(Path(sys.argv[1]))
    except WeightsError as error:
        sys.stdout.buffer.write(str(error).encode(errors="replace"))
        return REFUSED
    sys.stdout.buffer.write(save({name: tensor.copy(order="C") for name, tensor in tensors.items()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
