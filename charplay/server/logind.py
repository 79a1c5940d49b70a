"""Whether the system ends what a user leaves behind at logout."""

import os
import re
from collections.abc import Iterator
from configparser import ConfigParser, Error
from pathlib import Path

REMEDY = (
    "this machine ends every process of a session at logout (KillUserProcesses of logind), this run too; "
    "`loginctl enable-linger` and then `systemd-run --user --scope charplay ...` keep it"
)
FOLDERS = ("usr/lib", "run", "etc")
"""Where systemd's settings are; later ones win."""


def kills_at_logout(root: Path = Path("/")) -> bool:
    """Return whether logind ends this process when its session ends: it is in a session's scope, and it is so set."""
    try:
        in_session = re.search(r"/session-[^/]+\.scope", (root / "proc/self/cgroup").read_text())
    except OSError:
        return False
    if in_session is None:
        return False
    settings = ConfigParser(strict=False, interpolation=None)
    for path in _files(root):
        try:
            settings.read(path, "utf-8")
        except (Error, UnicodeDecodeError):
            continue
    login = settings["Login"] if settings.has_section("Login") else {}
    excluded = login.get("KillExcludeUsers", "root").split()
    return login.get("KillUserProcesses", "no").lower() in {"yes", "true", "on", "1"} and not (
        os.getuid() == 0 and "root" in excluded
    )


def _files(root: Path) -> Iterator[Path]:
    for folder in FOLDERS:
        yield root / folder / "systemd/logind.conf"
    for folder in FOLDERS:
        yield from sorted((root / folder / "systemd/logind.conf.d").glob("*.conf"))
