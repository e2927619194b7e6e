"""The directory of a Matrix account: closed to others, held by one process, and said in a sentence where it cannot be used."""

import stat
from pathlib import Path

import pytest

from chatbot.chats.matrix.vault import Vault
from chatbot.ports import ChatStopped


def test_it_is_made_and_closed_to_everybody_else(tmp_path: Path) -> None:
    with Vault(tmp_path / "deep" / "matrix").locked():
        assert stat.S_IMODE((tmp_path / "deep" / "matrix").stat().st_mode) == 0o700


def test_two_processes_never_share_it(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    with vault.locked(), pytest.raises(ChatStopped, match="another chatbot uses"), vault.locked():
        pass
    with vault.locked():  # it is free again
        assert vault.load() is None


def test_one_that_cannot_be_made_stops_the_chat_and_names_the_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(ChatStopped, match=r"cannot be used .*matrix\.store_path"),
        Vault(tmp_path / "file" / "m").locked(),
    ):
        pass


def test_a_device_that_cannot_be_read_is_not_taken_for_none(tmp_path: Path) -> None:
    (tmp_path / "device.json").mkdir()
    with pytest.raises(ChatStopped, match=r"device\.json cannot be read \(Is a directory\): give it to the bot's user"):
        Vault(tmp_path).load()
