"""A run that trains on its own is found when charplay starts."""

from pathlib import Path

from sitting import Sitting, fox_home, keep_run

from charplay.runs.lock import Lock


def test_it_is_named_at_the_start(tmp_path: Path) -> None:
    home = fox_home(tmp_path / "home")
    run = keep_run(home, "own")
    with Lock(run.folder, "/tmp/charplay-0/1.sock"):
        sitting = Sitting(home).begin_writing().begin()
        sitting.until(lambda: sitting.playground.announcements.offer)
        assert sitting.playground.announcements.offer == "own trains on its own: `charplay attach own` shows it"
        (summary,) = [one for one in sitting.playground.run_list.summaries if one.name == "own"]
        assert summary.place == "detached"
