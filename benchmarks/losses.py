"""What `quick` learns of tiny Shakespeare in a given time, against losses published for other recipes."""

import json
import subprocess
import sys

from figures import Figure, NotMeasured
from given import Given, new_home

from charplay.training.precision import has_amx

WITH_AMX = {7.0: 1.70, 60.0: 1.44, 148.0: 1.395}
"""Seconds of training, and the held-out loss to be reached, in nats a character, on a processor with AMX."""
WITHOUT_AMX = {7.0: 1.80, 60.0: 1.47, 148.0: 1.42}


def measure(given: Given) -> list[Figure]:
    """The loss after each budget, and when it first was what it has to be."""
    if given.shakespeare is None:
        raise NotMeasured("tinyshakespeare.txt is needed; name its folder by --corpora or CORPORA")
    figures = []
    for seconds, target in (WITH_AMX if has_amx() else WITHOUT_AMX).items():
        events = _train(str(given.shakespeare), seconds, given.device)
        name = f"quick for {seconds:g} s"
        figures.append(Figure(name=f"{name}: held-out loss", value=events[-1]["val_loss"], unit="nats", at_most=target))
        reached = [event["seconds"] for event in events if event["val_loss"] <= target]
        if reached:
            figures.append(Figure(name=f"{name}: {target} is reached after", value=reached[0], unit="s"))
    return figures


def _train(corpus: str, seconds: float, device: str) -> list[dict[str, float]]:
    """The evaluations of a run, the closing one last."""
    with new_home() as home:
        command = [sys.executable, "-m", "charplay", "--home", str(home.root), "train", "--json", "--preset", "quick"]
        command += ["--corpus", corpus, "--minutes", str(seconds / 60), "--device", device]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotMeasured(done.stderr.strip())
    events = [json.loads(line) for line in done.stdout.splitlines()]
    return [event for event in events if event["event"] in {"evaluated", "finished"}]
