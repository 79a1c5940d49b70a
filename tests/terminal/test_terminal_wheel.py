"""The wheel alone: unpacked into an empty folder, started in another, it writes."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from pseudo_terminal import Terminal

ROOT = Path(__file__).parents[2]


def test_the_wheel_s_first_launch_writes(terminal: Callable[..., Terminal], tmp_path: Path) -> None:
    def run(*command: str | Path) -> None:
        subprocess.run([sys.executable, "-m", *command], check=True, capture_output=True, timeout=100)

    run("build", "--wheel", "--no-isolation", "--outdir", tmp_path, ROOT)
    (wheel,) = tmp_path.glob("*.whl")
    place, empty, data = tmp_path / "place", tmp_path / "empty", tmp_path / "data"
    run("pip", "install", "-q", "--no-deps", "--target", place, wheel)
    empty.mkdir()
    env = {"PYTHONPATH": str(place), "XDG_DATA_HOME": str(data)}
    where = [sys.executable, "-c", "import charplay; print(charplay.__file__)"]
    done = subprocess.run(where, cwd=empty, env=env, capture_output=True, text=True, check=True)
    assert Path(done.stdout.strip()).is_relative_to(place)

    term = terminal([sys.executable, "-m", "charplay"], columns=80, rows=24, cwd=empty, env=env)
    term.wait_for("demo, step", 60)
    seen = term.text
    term.wait_for(lambda t: t.text != seen, 60)
    term.press("q")
    assert term.wait(30) == 0
    assert not list(empty.iterdir())
    assert (data / "charplay" / "corpora").is_dir()
    assert (data / "charplay").stat().st_mode & 0o777 == 0o700
