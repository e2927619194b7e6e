"""How a command that touches the store, GitHub or a chat runs: to its end, with every failure as one line."""

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from chatbot.cli.failure import Failure, Status
from chatbot.ports import (
    ChatRefused,
    ChatStopped,
    ChatUnavailable,
    MessageRejected,
    SourceRefused,
    SourceUnavailable,
)
from chatbot.runtime.ops.logs import configure, flush
from chatbot.runtime.settings.settings import Settings
from chatbot.store.database.db import Store, StoreUnavailable, open_store

Answer = TypeVar("Answer")


def finish(work: Coroutine[Any, Any, Answer], settings: Settings) -> Answer:
    """Run `work` and return its answer. Of the log only errors are shown, without secrets."""
    configure(settings.secrets())
    logging.getLogger().setLevel(logging.ERROR)
    try:
        return asyncio.run(work)
    except StoreUnavailable as reason:
        raise Failure(str(reason), Status.OUTSIDE) from None
    except (SourceUnavailable, SourceRefused, ChatUnavailable, ChatRefused, ChatStopped, MessageRejected) as reason:
        raise Failure(str(reason), Status.OUTSIDE) from None
    finally:
        flush()  # what was logged stands before what is said now


@asynccontextmanager
async def existing_store(settings: Settings) -> AsyncIterator[Store]:
    """The bot's store as it is; one that is not there is not made."""
    url = settings.database.get_secret_value()
    if _is_missing(url):
        raise Failure(f"{settings.database_shown} does not exist yet; start the bot once with chatbot run")
    async with open_store(url, migrate=False) as store:
        yield store


def _is_missing(url: str) -> bool:
    path = url.removeprefix("sqlite:///")
    return path != url and not Path(path).is_file()
