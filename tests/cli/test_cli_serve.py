"""`charplay serve` before anybody comes: what it prints and where, and what it refuses."""

import os
import re
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from hosted import until

from charplay.runs.home import Home
from charplay.runs.run import Run

Cli = Callable[..., SimpleNamespace]


def test_without_the_extra_it_is_named(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("charplay.web")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "aiohttp", None)
    done = cli("serve", "--port", "0")
    assert done.code == 2
    assert "charplay[web]" in done.err


def test_a_run_that_nobody_trains_cannot_be_watched(cli: Cli, saved_run: Run) -> None:
    done = cli("serve", "--port", "0", "--watch", saved_run.name)
    assert done.code == 1
    assert "nobody trains run" in done.err


def test_a_port_that_is_taken_is_said(cli: Cli) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = cli("serve", "--port", taken.getsockname()[1])
    assert done.code == 1
    assert "--port 0" in done.err


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_a_port_that_is_none_is_refused(cli: Cli, port: str) -> None:
    assert cli("serve", "--port", port).code == 2


def test_into_a_log_goes_no_token_but_the_place_of_a_file_that_only_its_user_reads(home: Home) -> None:
    server = subprocess.Popen(
        [sys.executable, "-m", "charplay", "serve", "--port", "0", "--address", "lab.example"],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        until(lambda: [*home.cache.glob("serve-*.address")], 60)
        (path,) = home.cache.glob("serve-*.address")
        until(lambda: "token" in path.read_text())
        address = path.read_text()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        command_line = Path(f"/proc/{server.pid}/cmdline").read_text()
        environment = Path(f"/proc/{server.pid}/environ").read_text()
    finally:
        server.send_signal(signal.SIGTERM)
        said, _ = server.communicate(timeout=60)
    assert server.returncode == 0, said
    found = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/\?token=([\w-]{40,})\n", address)
    assert found is not None
    port, token = found.groups()
    assert token not in said + command_line + environment
    assert str(path) in said
    assert f"ssh -N -L {port}:127.0.0.1:{port} " in said
    assert not path.exists()
    assert all(token not in log.read_text() for log in home.log.iterdir())
