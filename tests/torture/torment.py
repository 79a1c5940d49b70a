"""`make torture MINUTES=30`: every torture for its share of the minutes, one line each, and a table for the page."""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[1])]

from tortures import TORTURES  # noqa: E402
from torturing import Torture, attempts  # noqa: E402  (found by the line above)

PAGE = Path(__file__).parents[2] / "docs" / "RELIABILITY.md"
BEGIN, END = "<!-- figures: `make torture` -->", "<!-- end of figures -->"


def main() -> int:
    """All tortures, each in a process of its own; 1 where any law was broken, or a sabotage was not found."""
    options = _options()
    if options.only:
        print(json.dumps(_alone(TORTURES[options.only], options.seconds, options.seed)))
        return 0
    chosen = {key: one for key, one in TORTURES.items() if not options.names or key in options.names}
    each = options.minutes * 60 / sum(one.share for one in chosen.values())
    found = []
    print(f"{options.minutes:g} minutes, seed {options.seed}; {_machine()}", flush=True)
    for key, one in chosen.items():
        result = _in_a_process(key, each * one.share, options.seed)
        found.append(_row(one, result))
        print(_line(one, result), flush=True)
        for fault in result["faults"][:5]:
            print(f"    {fault}", flush=True)
    if options.record:
        _record(found)
    return 0 if all(row["sound"] for row in found) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="which of: " + ", ".join(TORTURES))
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=int(time.time()) % 1_000_000, help="of the first try")
    parser.add_argument("--record", action="store_true", help=f"write the rows into {PAGE.name}")
    parser.add_argument("--only", help=argparse.SUPPRESS)
    parser.add_argument("--seconds", type=float, help=argparse.SUPPRESS)
    return parser.parse_args()


def _alone(torture: Torture, seconds: float, seed: int) -> dict[str, object]:
    """One torture, and its control, within this process."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        seeds = range(seed, seed + torture.control_tries)
        control = attempts(torture, Path(folder), seeds, sabotaged=True)
    spent = time.monotonic() - began
    with tempfile.TemporaryDirectory() as folder:
        until = began + max(seconds, spent + 1)
        whole = attempts(torture, Path(folder), range(seed, seed + 10**9), until=until, now=time.monotonic)
    said = {"control": control.faults, "control_tried": control.tried, "said": str(whole)}
    return {"tried": whole.tried, "faults": whole.faults, "seconds": time.monotonic() - began} | said


def _in_a_process(key: str, seconds: float, seed: int) -> dict[str, Any]:
    """A torture that breaks down, or stands still, is a fault of its own."""
    command = [sys.executable, __file__, "--only", key, "--seconds", str(seconds), "--seed", str(seed)]
    env = os.environ | {"OMP_NUM_THREADS": "1"}
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=2 * seconds + 300, env=env, check=False)
        result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    except subprocess.TimeoutExpired:
        return {"tried": 0, "faults": ["it stood still"], "control": [], "control_tried": 0, "said": "", "seconds": 0.0}
    except (IndexError, ValueError):
        return {"tried": 0, "faults": [f"it broke down: {done.stderr[-2000:]}"], "control": [], "control_tried": 0,
                "said": "", "seconds": 0.0}  # fmt: skip
    return result


def _row(torture: Torture, result: dict[str, Any]) -> dict[str, object]:
    sound = bool(result["tried"] and not result["faults"] and result["control"])
    return {"torture": torture, "result": result, "sound": sound}


def _control(torture: Torture, result: dict[str, Any]) -> str:
    if not result["control"]:
        return f"NOT FOUND in {result['control_tried']}: {torture.control}"
    return f"found at try {result['control_tried']}: {torture.control}"


def _line(torture: Torture, result: dict[str, Any]) -> str:
    failed = len(result["faults"])
    verdict = f"{result['tried']:,} {torture.unit} tried, {failed} failed"
    extra = f" ({result['said']})" if result["said"] else ""
    return f"{torture.name}: {verdict}{extra}; control {_control(torture, result)}; {result['seconds']:.0f} s"


def _machine() -> str:
    import textual
    import torch

    names = [line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
             if line.startswith("model name")]  # fmt: skip
    return (f"{os.cpu_count()} x {names[0] if names else platform.machine()}, Python {platform.python_version()}, "
            f"torch {torch.__version__.partition('+')[0]}, Textual {textual.__version__}")  # fmt: skip


def _record(found: list[dict[str, Any]]) -> None:
    """Write the rows into the table between the page's two marks; other tortures keep theirs, and their machine."""
    page = PAGE.read_text()
    head, rest = page.split(BEGIN, 1)
    table, tail = rest.split(END, 1)
    rows = {line.split(" | ")[0]: line for line in table.splitlines() if line.startswith("| ")}
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    machines = [line for line in table.splitlines() if line.startswith("On ") and today not in line]
    machines.append(f"On {today}: {_machine()}.")
    when = f"{today}, load {os.getloadavg()[2]:.0f}"
    for row in found:
        torture, result = row["torture"], row["result"]
        name = f"| {torture.name}"
        rows[name] = (f"{name} | {result['tried']:,} {torture.unit} | {len(result['faults'])} | {result['said']} | "
                      f"{_control(torture, result)} | {when} |")  # fmt: skip
    known = [rows[name] for one in TORTURES.values() if (name := f"| {one.name}") in rows]
    machines = [line for line in machines if any(line[3:13] in row for row in known)]
    lines = [*machines, "", "| torture | tried | failed | measured | negative control | on |",
             "|---|---|---|---|---|---|"]  # fmt: skip
    PAGE.write_text("\n".join([head + BEGIN, *lines, *known, END]) + tail)


if __name__ == "__main__":
    sys.exit(main())
