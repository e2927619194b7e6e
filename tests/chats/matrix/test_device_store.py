"""The directory of a Matrix account: closed to others, held by one process, and said in a sentence where it cannot be used."""

import os
import stat
from contextlib import suppress
from pathlib import Path

import pytest

from chatbot.chats.matrix.device.store import Device, DeviceStore
from chatbot.ports import ChatStopped

DEVICE = Device(
    user_id="@bot:hs", device_id="D", access_token="canary", pickle_key="k", since="2026-01-01T00:00:00+00:00"
)


def test_it_is_made_and_closed_to_everybody_else(tmp_path: Path) -> None:
    with DeviceStore(tmp_path / "deep" / "matrix").locked():
        assert stat.S_IMODE((tmp_path / "deep" / "matrix").stat().st_mode) == 0o700


def test_two_processes_never_share_it(tmp_path: Path) -> None:
    device_store = DeviceStore(tmp_path)
    with device_store.locked(), pytest.raises(ChatStopped, match="another chatbot uses"), device_store.locked():
        pass
    with device_store.locked():  # it is free again
        assert device_store.load() is None


def test_one_that_cannot_be_made_stops_the_chat_and_names_the_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(ChatStopped, match=r"cannot be used .*matrix\.store_path"),
        DeviceStore(tmp_path / "file" / "m").locked(),
    ):
        pass


def test_a_device_that_cannot_be_read_is_not_taken_for_none(tmp_path: Path) -> None:
    (tmp_path / "device.json").mkdir()
    with pytest.raises(ChatStopped, match=r"device\.json cannot be read \(Is a directory\): give it to the bot's user"):
        DeviceStore(tmp_path).load()


@pytest.mark.parametrize("name", ["lock", "device.json.new"])
def test_no_link_that_was_left_there_is_followed(name: str, tmp_path: Path) -> None:
    """Who could write into the folder before it was closed must not have the bot empty a file, or learn its token."""
    victim, device_store = tmp_path / "victim", DeviceStore(tmp_path / "m")
    victim.write_text("important")
    device_store.folder.mkdir()
    (device_store.folder / name).symlink_to(victim)
    with suppress(ChatStopped), device_store.locked():
        device_store.save(DEVICE)
        assert device_store.load() == DEVICE
    assert victim.read_text() == "important"
    assert stat.S_IMODE(victim.stat().st_mode) != 0o600


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "lock")
    with pytest.raises(ChatStopped, match="cannot be used"), DeviceStore(tmp_path).locked():
        pass


def test_a_save_that_was_killed_is_written_again(tmp_path: Path) -> None:
    (tmp_path / "device.json.new").write_text("{half of it")
    DeviceStore(tmp_path).save(DEVICE)
    assert DeviceStore(tmp_path).load() == DEVICE
    assert stat.S_IMODE((tmp_path / "device.json").stat().st_mode) == 0o600
