"""The folder of sockets is this user's alone, and holds only sockets that somebody listens at."""

import os
import socket
import stat
from pathlib import Path

import pytest

from charplay.server.errors import ServerError
from charplay.server.socket_folder import listen, peer, socket_folder, weights_path


def test_the_folder_is_made_for_this_user_alone_and_found_again(sockets: Path) -> None:
    folder = socket_folder(sockets)
    assert folder == sockets / f"charplay-{os.getuid()}"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert socket_folder(sockets) == folder


@pytest.mark.parametrize("how", ["link", "file", "mode", "owner"])
def test_a_folder_that_somebody_else_may_have_laid_there_is_refused(sockets: Path, how: str) -> None:
    place, uid = sockets / f"charplay-{os.getuid()}", os.getuid()
    match how:
        case "link":
            (sockets / "mine").mkdir(mode=0o700)
            place.symlink_to(sockets / "mine")
        case "file":
            place.write_text("")
        case "mode":
            place.mkdir()
            place.chmod(0o750)
        case "owner":
            uid += 1
            (sockets / f"charplay-{uid}").mkdir(mode=0o700)
    with pytest.raises(ServerError, match=r"is not a folder that belongs to you alone .* TMPDIR"):
        socket_folder(sockets, uid)


def test_a_folder_that_cannot_be_made_is_one_sentence(sockets: Path) -> None:
    with pytest.raises(ServerError, match=r"cannot be made \(No such file or directory\)"):
        socket_folder(sockets / "nowhere")


def test_a_path_that_is_too_long_for_a_socket_is_refused_before_it_is_cut(sockets: Path) -> None:
    folder = sockets / ("x" * 90)
    folder.mkdir()
    with pytest.raises(ServerError, match="is too long for a socket"):
        listen(folder)


def test_a_socket_that_was_left_goes_and_one_in_use_stays(sockets: Path) -> None:
    dead, left = listen(sockets)
    weights_path(left).write_bytes(b"weights")
    dead.close()
    alive, path = listen(sockets)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not left.exists()
    assert not weights_path(left).exists()
    other, second = listen(sockets)
    assert path.exists()
    assert second != path
    alive.close()
    other.close()


def test_the_kernel_says_who_is_at_the_other_end() -> None:
    one, other = socket.socketpair()
    assert peer(one) == (os.getpid(), os.getuid())
    one.close()
    other.close()
