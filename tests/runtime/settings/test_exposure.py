"""What others can read although they should not is named with the command that closes it."""

from pathlib import Path

import pytest

from chatbot.runtime.settings.exposure import exposed
from chatbot.runtime.settings.settings import load

PROJECT = '[[projects]]\nid = "p"\nrepository = "o/n"\n'
CANARY = "canary-of-the-exposure-test"


def warnings(folder: Path, text: str, mode: int = 0o644) -> list[str]:
    config = folder / "config.toml"
    config.write_text(
        f'database = "sqlite:///{folder}/bot.db"\n{text}{PROJECT}' if "database" not in text else text + PROJECT
    )
    config.chmod(mode)
    return exposed(load(config, {}), config)


@pytest.mark.parametrize(
    "table",
    [
        f'[github]\ntoken = "{CANARY}"\n',
        f'[discord]\ntoken = "{CANARY}"\n',
        f'[health]\ndeadman_url = "https://example.org/{CANARY}"\n',
        f'database = "postgresql://u:{CANARY}@h/n"\n',
    ],
)
def test_a_readable_configuration_with_a_secret_is_named(table: str, tmp_path: Path) -> None:
    (warning,) = warnings(tmp_path, table)
    assert (
        warning
        == f"{tmp_path}/config.toml holds secrets and can be read by others: run chmod 600 {tmp_path}/config.toml"
    )
    assert warnings(tmp_path, table, 0o600) == []
    assert warnings(tmp_path, table, 0o640) == []


def test_a_readable_configuration_without_one_is_fine(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(CANARY)
    (tmp_path / "token").chmod(0o600)
    assert warnings(tmp_path, f'[github]\ntoken_file = "{tmp_path}/token"\n') == []


def test_readable_databases_and_their_copies_are_named(tmp_path: Path) -> None:
    for name, mode in {
        "bot.db": 0o644,
        "bot.db-wal": 0o640,
        "bot.db.before-restore-2": 0o604,
        "bot.dbx": 0o644,
    }.items():
        (tmp_path / name).touch()
        (tmp_path / name).chmod(mode)
    (tmp_path / "bot.db.lock").touch(0o600)
    names = [sentence.partition(" ")[0].rpartition("/")[2] for sentence in warnings(tmp_path, "")]
    assert names == ["bot.db", "bot.db-wal", "bot.db.before-restore-2"]


def test_a_short_secret_is_warned_of_and_not_repeated(tmp_path: Path) -> None:
    (warning,) = warnings(tmp_path, '[github]\ntoken = "h7k2p"\n', 0o600)
    assert "shorter than 6 characters" in warning
    assert "h7k2p" not in warning
