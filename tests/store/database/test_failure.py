"""What the drivers raise becomes one sentence that names the fix; what is a defect of ours stays one."""

import asyncpg
import pytest
import sqlalchemy as sa

from chatbot.store.database.failure import StoreUnavailable, translate_errors


@pytest.mark.parametrize(
    "origin",
    [
        asyncpg.InternalClientError("cannot switch to state 11; another operation (2) is in progress"),
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.AdminShutdownError("terminating connection due to administrator command"),
        asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
        ConnectionResetError("reset by peer"),
    ],
    ids=lambda origin: type(origin).__name__,
)
def test_a_server_that_went_away_is_one_that_does_not_answer(origin: Exception) -> None:
    with (
        pytest.raises(StoreUnavailable, match="the database bot on db does not answer: start it"),
        translate_errors("the database bot on db"),
    ):
        raise sa.exc.DBAPIError("SELECT 1", {}, origin)
    with pytest.raises(StoreUnavailable, match="does not answer"), translate_errors("the database bot on db", OSError):
        raise origin


def test_a_defect_of_ours_keeps_its_name() -> None:
    with pytest.raises(sa.exc.DBAPIError), translate_errors("the database bot on db"):
        raise sa.exc.DBAPIError("SELEC 1", {}, asyncpg.PostgresSyntaxError("syntax error"))
