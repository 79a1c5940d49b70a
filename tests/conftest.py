"""How the suite is shared out between workers, and what holds for every law in it."""

from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("shared machine", deadline=None)  # a slow moment breaks no law
settings.load_profile("shared machine")

ON_TERMINALS = Path(__file__).parent / "terminal"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Programs on pseudo-terminals run one after another, and never beside a test that watches the clock."""
    for item in items:
        if item.path.is_relative_to(ON_TERMINALS):
            item.add_marker(pytest.mark.xdist_group("clock"))
