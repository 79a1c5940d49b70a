"""`charplay sample` into a pipe against the step loop that anyone would write with torch's nn.LSTM."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
from figures import Figure, NotMeasured
from given import Given, new_home
from interleaving import interleaved
from networks import VOCABULARY, checkpoint
from torch import nn

from charplay.runs.checkpoint import write_checkpoint

SIZES = {256: 6.0, 512: 3.5}
"""Hidden sizes, and how many times as fast `charplay sample` is to be."""
ROUNDS = 3
TEMPERATURE = 0.8


def measure(given: Given) -> list[Figure]:
    """Characters a second, the best of three rounds of each; torch on as many threads as it takes, and on one."""
    ratios, speeds = [], []
    part = given.seconds / ROUNDS
    loops = {"a torch step loop": torch.get_num_threads(), "a torch step loop on one thread": 1}
    with new_home() as home:
        for hidden, target in SIZES.items():
            path, step = home.root / f"{hidden}.safetensors", _torch_step(hidden)
            write_checkpoint(path, checkpoint(hidden))
            ours, size = "charplay sample", f"hidden {hidden}"
            contenders = {name: partial(_loop, step, threads, part) for name, threads in loops.items()}
            found = interleaved({ours: partial(_through_pipe, path, part)} | contenders, ROUNDS)
            for name in loops:
                best = max(found[ours]) / max(found[name])
                ratios.append(Figure(name=f"{ours}, {size}: speed against {name}", value=best, at_least=target))
            speeds += [Figure.of(f"{name}, {size}", found[name], "characters/s") for name in found]
    return ratios + speeds


def _through_pipe(path: Path, seconds: float) -> float:
    """Characters a second from the first ones that come through the pipe on, for so long."""
    command = [sys.executable, "-m", "charplay", "sample", str(path), "--length", "1000000000", "--no-prompt"]
    command += ["--temperature", str(TEMPERATURE)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        pipe = program.stdout.fileno()
        os.read(pipe, 1 << 16)
        start, characters, took = time.perf_counter(), 0, 0.0
        while took < seconds:
            data = os.read(pipe, 1 << 16)
            characters, took = characters + len(data), time.perf_counter() - start
            if not data:
                raise NotMeasured("charplay sample ended by itself")
        program.kill()
    return characters / took


def _torch_step(hidden: int) -> Callable[[], None]:
    """A function that draws one character after another."""
    symbols = len(VOCABULARY)
    embedding, rnn, output = nn.Embedding(symbols, 64), nn.LSTM(64, hidden), nn.Linear(hidden, symbols)
    one, state = torch.zeros(1, 1, dtype=torch.long), None

    def step() -> None:
        nonlocal one, state
        values, state = rnn(embedding(one), state)
        probabilities = torch.softmax(output(values[-1]) / TEMPERATURE, -1)
        one = torch.multinomial(probabilities, 1)
        VOCABULARY.characters[int(one)]

    return step


@torch.inference_mode()
def _loop(step: Callable[[], None], threads: int, seconds: float) -> float:
    """Characters a second, for so long."""
    torch.set_num_threads(threads)
    start, characters = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        step()
        characters += 1
    return characters / (time.perf_counter() - start)
