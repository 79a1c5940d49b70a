"""The settings file: what it may hold, and what is said of the rest; it stops nothing."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.playground.settings import Settings, read_settings, setting_specs, template, write_template, written


def settings_of(path: Path, text: str) -> tuple[Settings, tuple[str, ...]]:
    path.write_text(text)
    return read_settings(path, {})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def test_no_file_is_the_defaults_and_no_fault(path: Path) -> None:
    assert read_settings(path, {}) == (Settings(), ())


def test_every_choice_of_every_setting_is_taken(path: Path) -> None:
    for spec in setting_specs():
        assert spec.default in spec.choices
        for choice in spec.choices:
            found, faults = settings_of(path, f"{spec.name} = {written(choice)}")
            assert (getattr(found, spec.name), faults) == (choice, ())


def test_what_is_written_on_request_explains_all_and_sets_nothing(path: Path) -> None:
    write_template(path)
    assert read_settings(path, {}) == (Settings(), ())
    assert tomllib.loads(path.read_text()) == {}
    assert all(spec.help in path.read_text() for spec in setting_specs())


def test_every_setting_of_the_written_file_holds_once_its_sign_is_taken_away(path: Path) -> None:
    for spec in setting_specs():
        taken = template().replace(f"# {spec.name} =", f"{spec.name} =")
        assert tomllib.loads(taken) == {spec.name: spec.default}


def test_a_file_that_is_there_is_never_replaced(path: Path) -> None:
    path.write_text("bell = true")
    with pytest.raises(FileExistsError):
        write_template(path)
    assert path.read_text() == "bell = true"


def test_a_link_that_leads_nowhere_is_a_persons_too(path: Path) -> None:
    path.symlink_to("dotfiles/settings.toml")
    with pytest.raises(FileExistsError):
        write_template(path)
    assert path.is_symlink()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('unti = "bits"', "settings.toml: there is no setting 'unti'; the nearest is unit."),
        (
            'unit = "bit"',
            '"nats", "bits", "bits-per-byte", "perplexity", not "bit"; the nearest is "bits", and "nats" holds now.',
        ),
        ("bell = 1", "settings.toml: bell is one of true, false, not 1;"),
        ("unit = ['bits']", "not ['bits']; the nearest is \"bits\""),
        ("theme = true", "theme is one of"),
        ("unit = ", "settings.toml is not TOML: "),
        ("[nothing]\nof = 'this'", "there is no setting 'nothing'"),
    ],
)
def test_a_wrong_line_is_one_sentence_and_the_others_hold(path: Path, line: str, said: str) -> None:
    found, faults = settings_of(path, line)
    assert found == Settings()
    assert len(faults) == 1
    assert said in faults[0]
    if "not TOML" not in said and "[" not in line[:1]:
        good, faults = settings_of(path, f'{line}\non_hangup = "detach"')
        assert (good, len(faults)) == (Settings(on_hangup="detach"), 1)


def test_what_is_no_file_is_a_sentence(path: Path) -> None:
    path.mkdir()
    found, (fault,) = read_settings(path, {})
    assert (found, "a folder, not a file" in fault) == (Settings(), True)


def test_a_file_that_is_too_long_or_too_deep_is_a_sentence(path: Path) -> None:
    for text in ("#" * 1_000_001, f"a = {'[' * 50_000}"):
        found, faults = settings_of(path, text)
        assert (found, len(faults)) == (Settings(), 1)


@given(st.binary(max_size=60))
def test_nothing_that_a_file_holds_is_fatal(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(data)
    found, faults = read_settings(path)
    assert isinstance(found, Settings)
    assert all("\n" not in fault for fault in faults)


def test_a_variable_of_the_environment_wins_for_one_start(path: Path) -> None:
    path.write_text('theme = "light"\nbell = true')
    found, faults = read_settings(path, {"CHARPLAY_THEME": "dark", "CHARPLAY_ASCII": "true", "CHARPLAY_BELL": ""})
    assert (found.theme, found.ascii, found.bell, faults) == ("dark", True, True, ())


@pytest.mark.parametrize(("value", "holds"), [("1", True), ("true", True), ("0", False), ("false", False)])
def test_a_variable_says_yes_and_no_in_figures_too(path: Path, value: str, holds: bool) -> None:
    found, faults = read_settings(path, {"CHARPLAY_TOUR": value, "CHARPLAY_BELL": value})
    assert (found.tour, found.bell, faults) == (holds, holds, ())


def test_a_figure_is_no_choice_where_there_are_words(path: Path) -> None:
    _, (fault,) = read_settings(path, {"CHARPLAY_UNIT": "1"})
    assert '"perplexity", not "1"' in fault


def test_a_variable_that_is_no_choice_is_named_and_leaves_what_the_file_says(path: Path) -> None:
    path.write_text('theme = "light"')
    found, (fault,) = read_settings(path, {"CHARPLAY_THEME": "drak"})
    assert found.theme == "light"
    assert fault.startswith("in the environment, theme is one of")
