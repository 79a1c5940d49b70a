"""A few tries of every torture, and its sabotage, which must be found; `make torture` makes many more."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "terminal"))

from tortures import TORTURES
from torturing import attempts

pytestmark = [pytest.mark.xdist_group("clock"), pytest.mark.timeout(300)]


@pytest.mark.parametrize("name", TORTURES)
def test_a_few_tries_break_no_law(name, tmp_path):
    torture = TORTURES[name]
    outcome = attempts(torture, tmp_path, range(torture.few))
    assert outcome.tried >= torture.few
    assert not outcome.faults


@pytest.mark.parametrize("name", TORTURES)
def test_a_sabotage_is_found(name, tmp_path):
    torture = TORTURES[name]
    assert attempts(torture, tmp_path, range(torture.control_tries), sabotaged=True).faults
