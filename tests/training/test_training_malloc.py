"""What a step frees is there for the next: pages are not handed out and cleared anew."""

import subprocess
import sys

STEPS = """
import resource, sys
from charplay.training import malloc

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

def step():
    for megabytes in (1, 5, 20, 40):
        b"x" * (megabytes << 20)

if sys.argv[1] == "kept":
    malloc.disable_trim()
step()
before = faults()
for _ in range(10):
    step()
print(faults() - before)
malloc.trim()
between = faults()
step()
print(faults() - between)
"""
PAGES = (1 + 5 + 20 + 40) << 8
"""Of 4 kB, that one step touches."""


def faults(how: str) -> list[int]:
    printed = subprocess.run([sys.executable, "-c", STEPS, how], capture_output=True, text=True, check=True).stdout
    return [int(line) for line in printed.split()]


def test_steps_reuse_what_the_steps_before_them_freed() -> None:
    ten_steps, after_giving_back = faults("kept")
    assert ten_steps < PAGES / 10
    assert after_giving_back > PAGES / 4, "the largest block at least, which the system had back"
    assert faults("given back")[0] > PAGES, "the check can fail"
