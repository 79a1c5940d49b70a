"""`charplay settings`: where people's settings are, what holds, and a file on request."""

from collections.abc import Callable
from types import SimpleNamespace

from charplay.runs.home import Home

Cli = Callable[..., SimpleNamespace]


def test_what_holds_is_shown_with_the_file(cli: Cli, home: Home) -> None:
    shown = cli("settings")
    assert (shown.code, shown.err) == (0, "")
    assert str(home.user_settings) in shown.out
    assert "--write" in shown.out
    home.user_settings.write_text('unit = "bits"\n')
    shown = cli("settings")
    assert 'unit       "bits"' in shown.out
    assert "--write" not in shown.out


def test_the_file_is_written_on_request_and_only_once(cli: Cli, home: Home) -> None:
    assert cli("settings", "--write").code == 0
    written = home.user_settings.read_text()
    assert '# unit = "nats"' in written
    again = cli("settings", "--write")
    assert (again.code, "yours to edit" in again.err) == (2, True)
    assert home.user_settings.read_text() == written


def test_a_wrong_line_is_named_and_stops_nothing(cli: Cli, home: Home) -> None:
    home.user_settings.write_text('unit = "bit"\nbell = true\n')
    shown = cli("settings", "--json")
    assert shown.code == 0
    (found,) = shown.lines
    assert found["settings"] | {"unit": "nats", "bell": True} == found["settings"]
    assert 'the nearest is "bits"' in found["faults"][0]
    assert 'the nearest is "bits"' in cli("settings").err
