"""`D` on the screen."""

from played import Play

from charplay.protocol.commands import Stop
from charplay.protocol.request import TrainRequest


class Host:
    """Takes every run."""

    warning = ""

    def __init__(self) -> None:
        self.requests: list[TrainRequest] = []

    def start(self, request: TrainRequest, *, paused: bool) -> int:
        assert not paused
        self.requests.append(request)
        return 4121


async def test_the_key_leaves_the_run_to_another_process_and_charplay(play: Play) -> None:
    async with play() as it:
        host = it.app.playground.detachment.host = Host()
        await it.training()
        await it.press("D")
        await it.until(lambda: it.app.playground.detachment.left)
        assert [type(command) for command in it.trainer.commands].count(Stop) == 1
        assert len(host.requests) == 1
        await it.until(lambda: not it.app.is_running or not it.app.screen_stack)
    assert it.app.return_code == 0
