"""`chatbot db`: a backup while nobody looks, its restoration, and the move to another store."""

from pathlib import Path

import pytest

from chatbot.runtime.replicas.replica import alone
from chatbot.store.database.db import open_store
from tests.cli.process import harbour
from tests.cli.shell import shell


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(
        f'database = "sqlite:///{tmp_path}/bot.db"\n[[projects]]\nid = "ferry"\nrepository = "harbour/ferry"\n'
    )
    return file


def test_a_backup_comes_back(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = shell(capsys)
    assert run("db", "upgrade", "--config", config).status == 0
    backup = tmp_path / "kept.db"
    assert run("db", "backup", backup, "--config", config).status == 0
    again = run("db", "backup", backup, "--config", config)
    assert (again.status, "exists: name another file" in again.err) == (3, True)
    (tmp_path / "bot.db").write_bytes(b"damaged")
    assert run("db", "upgrade", "--config", config).status == 3
    back = run("db", "restore", backup, "--config", config)
    assert (back.status, back.err) == (0, "")
    assert "looked for in the rooms" in back.out
    assert run("db", "upgrade", "--config", config).status == 0


async def test_a_store_in_use_is_neither_replaced_nor_exported(tmp_path: Path) -> None:
    async with harbour(tmp_path) as there:
        assert (await there.type("db", "upgrade")).status == 0
        backup = str(tmp_path / "kept.db")
        async with open_store(f"sqlite:///{tmp_path}/bot.db") as store:
            with alone(store):
                assert (await there.type("db", "backup", backup)).status == 0, "a backup needs no pause"
                for words in (("restore", backup), ("export", str(tmp_path / "all.db"))):
                    refused = await there.type("db", *words)
                    assert refused.status == 3
                    assert "stop that one first" in refused.err


def test_what_is_not_there_is_named(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = shell(capsys)
    for words in (("restore", tmp_path / "no.db"), ("import", tmp_path / "no.db")):
        missing = run("db", *words, "--config", config)
        assert missing.status in (2, 3)
        assert "no.db does not exist" in missing.err
    assert "does not exist yet" in run("db", "backup", tmp_path / "new.db", "--config", config).err
