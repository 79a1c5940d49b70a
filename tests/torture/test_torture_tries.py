"""A few tries of every torture, and its sabotage, which must be found; `make torture` makes many more."""

from pathlib import Path

import pytest
from tortures import TORTURES
from torturing import attempts

fault = pytest.mark.fault
LAWS = [
    pytest.param("kills", marks=fault("47", "57")),
    pytest.param("saves", marks=fault("47", "49")),
    pytest.param("resume", marks=fault("57")),
    pytest.param("checkpoints", marks=fault("52", "53")),
    pytest.param("texts", marks=fault("37", "41")),
    pytest.param("escapes", marks=fault("30", "31", "32", "33", "34", "36")),
    pytest.param("endings", marks=fault("12", "14")),
    pytest.param("suspends", marks=fault("16")),
    pytest.param("stalls", marks=fault("2", "17")),
    pytest.param("actions", marks=fault("5", "20", "30")),
    pytest.param("clients", marks=fault("64")),
    pytest.param("nonsense", marks=fault("64")),
    pytest.param("still-clients", marks=fault("64")),
    pytest.param("hosts", marks=fault("47", "64")),
    pytest.param("full-disks", marks=fault("49", "64")),
]

pytestmark = [pytest.mark.xdist_group("clock"), pytest.mark.timeout(300)]


def test_every_torture_is_tried_but_the_one_that_takes_minutes() -> None:
    assert [law.values[0] for law in LAWS] == [name for name in TORTURES if name != "soak"]


@pytest.mark.parametrize("name", LAWS)
def test_a_few_tries_break_no_law(name: str, tmp_path: Path) -> None:
    torture = TORTURES[name]
    outcome = attempts(torture, tmp_path, range(torture.few))
    assert outcome.tried >= torture.few
    assert not outcome.faults, "\n".join(outcome.faults)


@pytest.mark.parametrize("name", [law.values[0] for law in LAWS])
def test_a_sabotage_is_found(name: str, tmp_path: Path) -> None:
    torture = TORTURES[name]
    assert attempts(torture, tmp_path, range(torture.control_tries), sabotaged=True).faults
