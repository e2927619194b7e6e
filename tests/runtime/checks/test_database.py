"""Whether the bot could start with its database is known before it starts, and looking changes nothing."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from chatbot.runtime.checks.database import check_database
from chatbot.runtime.settings.settings import Settings
from chatbot.store.database.db import open_store


def settings(url: str) -> Settings:
    return Settings.model_validate({"database": url})


@pytest.fixture
async def file(tmp_path: Path) -> Path:
    file = tmp_path / "bot.db"
    async with open_store(f"sqlite:///{file}"):
        return file


async def test_one_that_works_is_fine(file: Path) -> None:
    assert (await check_database(settings(f"sqlite:///{file}"))).verdict == "fine"


async def test_one_that_is_not_there_yet_is_not_made(tmp_path: Path) -> None:
    result = await check_database(settings(f"sqlite:///{tmp_path / 'bot.db'}"))
    assert (result.verdict, result.words) == ("note", "it is made at the first start")
    assert not (await check_database(settings(f"sqlite:///{tmp_path / 'bot.db'}"))).right, (
        "not at the second look either"
    )


def _newer(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


def _foreign(file: Path) -> None:
    file.write_bytes(b"no database at all" * 1000)


def _away(file: Path) -> None:
    for path in file.parent.iterdir():
        path.unlink()
    file.parent.rmdir()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_newer, "it was written by a newer chatbot (schema 9999)"),
        (_foreign, "is not a database"),
        (_away, "its folder does not exist"),
    ],
)
async def test_one_with_which_the_bot_could_not_start_is_wrong(file: Path, spoil: object, words: str) -> None:
    assert callable(spoil)
    spoil(file)
    result = await check_database(settings(f"sqlite:///{file}"))
    assert result.verdict == "wrong"
    assert words in result.words


async def test_a_server_that_does_not_answer_is_away_and_its_password_is_not_shown() -> None:
    result = await check_database(settings("postgresql://keeper:sesame-777@127.0.0.1:9/news"))
    assert result.verdict == "away"
    assert "does not answer" in result.words
    assert "sesame" not in result.line
