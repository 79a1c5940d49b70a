"""Generated texts on disk."""

import json
from datetime import UTC, datetime
from pathlib import Path

from charplay.playground.saved_texts import MOST_RECENT, RECENT, Generation, keep_recent


def test_the_recent_texts_are_bounded(tmp_path: Path) -> None:
    for number in range(MOST_RECENT + 5):
        keep_recent(tmp_path, Generation("demo", "", number, (), "x" * 50_000), datetime(2026, 1, 1, tzinfo=UTC))
    lines = [json.loads(line) for line in (tmp_path / RECENT).read_text().splitlines()]
    assert [line["seed"] for line in lines] == list(range(5, MOST_RECENT + 5))
    assert max(len(line["text"]) for line in lines) == 20_000
