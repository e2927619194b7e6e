"""Files of `chatbot init`: private from the first moment, and never in the place of another."""

import os
import resource
import signal
import stat
from pathlib import Path

import pytest

from chatbot.cli.failure import Failure, Status
from chatbot.cli.init.files import is_there, write_all, write_new


def test_a_new_file_is_private_whatever_the_mask_says(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_new(tmp_path / "new", "ä\n")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o600
    assert (tmp_path / "new").read_bytes() == "ä\n".encode()


@pytest.mark.parametrize("target", ["there", "nowhere"])
def test_what_is_there_stays_also_behind_a_link(tmp_path: Path, target: str) -> None:
    (tmp_path / "there").write_text("mine")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / target)
    for path in (tmp_path / "there", link):
        assert is_there(path)
        with pytest.raises(Failure, match="exists already and stays as it is"):
            write_new(path, "other")
    assert (tmp_path / "there").read_text() == "mine"
    assert not (tmp_path / "nowhere").exists()


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="there is no such folder; make it first"):
        write_new(tmp_path / "no" / "new", "x")
    (tmp_path / "file").touch()
    with pytest.raises(Failure, match="cannot be written"):
        write_new(tmp_path / "file" / "new", "x")


def test_half_a_file_is_taken_away(tmp_path: Path) -> None:
    path = tmp_path / "new"
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        with pytest.raises(Failure, match="could not be written") as caught:
            write_new(path, "x" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert caught.value.status == Status.OUTSIDE
    assert not is_there(path)


def test_no_secret_stays_where_the_configuration_could_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("mine")
    with pytest.raises(Failure, match="exists already"):
        write_all([(tmp_path / "token", "secret\n"), (tmp_path / "config.toml", "other")])
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]
    assert (tmp_path / "config.toml").read_text() == "mine"
