"""`charplay doctor`: one page for a bug report. An error while collecting facts is printed as one of them."""

import os
import platform
import re
import shutil
import sys
from collections import Counter
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

import typer

from charplay.cli.output import print_json, print_safe
from charplay.cli.recipe_options import JsonOption
from charplay.formatting.units import format_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from charplay.runs.home import Home

PACKAGES = ("charplay", "torch", "numpy", "textual", "pydantic", "safetensors", "typer", "psutil", "nvidia-ml-py")
VARIABLES = ("CHARPLAY_HOME", "CUDA_VISIBLE_DEVICES", "OMP_NUM_THREADS")
TERMINAL = ("TERM", "COLORTERM", "TERM_PROGRAM", "TMUX", "SSH_TTY", "LANG", "LC_ALL", "LC_CTYPE")

UNMEASURED = "never measured by charplay's makers; in a checkout, `make gpu-check` checks it in five minutes"
"""Said of CUDA."""
LOG_TAIL = 65_536
"""Bytes at the log's end that are searched for an error."""
FAULT = re.compile(r"^(\w[\w.]*(Error|Exception|Warning|Interrupt|Exit)\b.*|.*\b(ERROR|CRITICAL)\b.*)$", re.MULTILINE)


def doctor(context: typer.Context, json: JsonOption = False) -> None:
    """Say what is installed, what there is to train on, and where things are kept: one page for a bug report."""
    facts = {
        "versions": _versions(),
        "machine": _machine(),
        "environment": {name: os.environ[name] for name in VARIABLES if name in os.environ},
        "terminal": _terminal(),
        "home": _home(context.obj),
    }
    if json:
        print_json(facts)
        return
    for title, values in facts.items():
        print_safe(title)
        width = max(map(len, values), default=0)
        for name, value in values.items():
            print_safe(f"  {name:{width}}  {_format(name, value)}")


def _versions() -> dict[str, str | None]:
    found: dict[str, str | None] = {"python": f"{platform.python_implementation()} {platform.python_version()}"}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    return found


def _machine() -> dict[str, Any]:
    from charplay.training import control_group
    from charplay.training.device import list_devices
    from charplay.training.threads import thread_count

    found: dict[str, Any] = {"system": platform.platform(), "processors": os.cpu_count(), "threads": thread_count()}
    quota, memory = control_group.cpu_quota(), control_group.memory_limit()
    limits = [f"{quota:g} processors"] if quota is not None else []
    limits += [f"{format_bytes(memory.free)} free of {format_bytes(memory.limit)}"] if memory is not None else []
    found["control_group"] = ", ".join(limits) or "no limits"
    devices = list_devices()
    if any(device.name.startswith("cuda") for device in devices):
        found["cuda"] = UNMEASURED
    for device in devices:
        found[device.name] = f"{device.title}, {format_bytes(device.free)} free of {format_bytes(device.total)}"
    return found


def _terminal() -> dict[str, Any]:
    columns, lines = shutil.get_terminal_size(fallback=(0, 0))
    found: dict[str, Any] = {name: os.environ[name] for name in TERMINAL if name in os.environ}
    found["size"] = f"{columns}x{lines}" if columns and lines else None
    found["encoding"] = sys.stdout.encoding
    found["stdin"], found["stdout"] = (
        "a terminal" if stream and stream.isatty() else "no terminal" for stream in (sys.stdin, sys.stdout)
    )
    return found


def _home(option: str | None) -> dict[str, Any]:
    """Describe the home: its folder, whether it is writable, and what it contains."""
    from charplay.runs.home import Home, HomeError

    found: dict[str, Any] = {}
    try:
        home = Home.locate(option)
        found["folder"] = str(home.root)
        home.prepare()
        found |= {"writable": True, "free_bytes": shutil.disk_usage(home.root).free}
        found |= _contents(home)
    except (HomeError, OSError) as error:
        found |= {"writable": False, "fault": str(error)}
    return found


def _contents(home: "Home") -> dict[str, Any]:
    from charplay.corpora.library import Library
    from charplay.runs.store import RunStore

    entries = Library(home.corpora, home.cache).entries()
    runs = [line for line in RunStore(home).list() if not line.read_only]
    states = Counter("broken" if run.broken else "finished" if run.finished else "unfinished" for run in runs)
    log = home.log / "charplay.log"
    return {
        "texts": f"{sum(entry.ready for entry in entries)} ready, {sum(not entry.ready for entry in entries)} to fetch",
        "runs": ", ".join(f"{count} {state}" for state, count in sorted(states.items())) or "none",
        "log": str(log),
        "log_bytes": log.stat().st_size if log.exists() else 0,
        "last_fault": _last_fault(log),
    }


def _last_fault(log: "Path") -> str | None:
    """Return the last line of the log that names an error."""
    if not log.exists():
        return None
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - LOG_TAIL))
        found = [match.group() for match in FAULT.finditer(file.read().decode(errors="replace"))]
    return found[-1].strip() if found else None


def _format(name: str, value: object) -> str:
    if name.endswith("bytes") and isinstance(value, int):
        return str(format_bytes(value))
    return "-" if value is None else "yes" if value is True else "no" if value is False else str(value)
