"""The container is built of what the package needs, and its context holds that and nothing else."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COPIED = {
    source for line in re.findall(r"^COPY (.*) \S+$", DOCKERFILE, re.MULTILINE) for source in line.split()
}  # fmt: skip
LET_IN = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}


def test_what_is_copied_exists_and_is_let_into_the_context() -> None:
    assert not [name for name in COPIED if not (ROOT / name).exists()]
    assert COPIED == LET_IN


def test_what_the_wheel_is_built_of_is_copied() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {project["project"]["readme"], *project["project"]["license-files"], *wheel["packages"]}
    assert needed | {*wheel["shared-data"], "pyproject.toml", "constraints.txt"} == COPIED


def test_a_user_without_a_home_has_a_folder_that_everybody_may_write() -> None:
    assert "CHARPLAY_HOME=/data" in DOCKERFILE
    assert re.search(r"mkdir -m 1777 /data\b", DOCKERFILE)
