"""How the suite is shared out between workers."""

from pathlib import Path

import pytest

ON_TERMINALS = Path(__file__).parent / "terminal"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Programs on pseudo-terminals run one after another, and never beside a test that watches the clock."""
    for item in items:
        if item.path.is_relative_to(ON_TERMINALS):
            item.add_marker(pytest.mark.xdist_group("clock"))
