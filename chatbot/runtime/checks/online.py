"""Everything outside that the configuration names, tried once: for `chatbot check --online`. Nothing is written anywhere."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from zoneinfo import ZoneInfo

from chatbot.chats import profile_named
from chatbot.core.checks.result import CheckResult, attention, grouped
from chatbot.core.model.facts import PolicyPage
from chatbot.core.model.ids import ProjectId
from chatbot.core.text.words import count
from chatbot.core.watching.room_watch import RoomWatch, rooms_now
from chatbot.ports import Batch, Clock
from chatbot.runtime.app import config_of
from chatbot.runtime.chats import chats_of
from chatbot.runtime.checks.database import check_database
from chatbot.runtime.checks.rooms import check_chat, rooms_to_check
from chatbot.runtime.checks.sources import check_sources
from chatbot.runtime.images.trying import check_images
from chatbot.runtime.ops.lines import typed_lines
from chatbot.runtime.services import open_services
from chatbot.runtime.settings.settings import Settings
from chatbot.store import room_watches
from chatbot.store.database.db import StoreUnavailable, open_store

IN_MEMORY = "sqlite://"  # a look leaves nothing behind
SOURCES, IMAGES, DATABASE = "Sources", "Images", "Database"


def _silent(_what: str) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnlineCheck:
    """What trying everything showed.

    groups: the results by the title under which people look for them: a chat, `Sources`, `Images`
    names: of rooms by address, where the chat says them
    pages: the policy pages, by project
    """

    groups: Mapping[str, Sequence[CheckResult]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    pages: Mapping[str, PolicyPage] = field(default_factory=dict)


async def check_online(settings: Settings, clock: Clock, begin: Callable[[str], None] = _silent) -> OnlineCheck:
    """Try the tokens, the accounts, the rooms, the sources, the images and the database; the chats are closed again. `begin` is
    told what is tried next."""
    groups: dict[str, Sequence[CheckResult]] = {}
    names: dict[str, str] = {}
    by_command = await watched_by_command(settings.database.get_secret_value())
    async with open_services(replace(config_of(settings), database=IN_MEMORY), clock) as services:
        operator = services.config
        rooms_of_all = rooms_now(operator.projects, operator.rooms, by_command, ZoneInfo)
        config = replace(operator, rooms=rooms_of_all)
        for chat in chats_of(settings, services, typed_lines(None), clock):
            rooms, title = rooms_to_check(config, chat.name), profile_named(chat.name).title
            begin(f"{title}: {count(len(rooms), 'room')}")
            try:
                groups[title[:1].upper() + title[1:]] = grouped(await check_chat(config, chat))
                names |= {room.address: chat.room_name(room.address) for room in rooms}
            finally:
                await chat.close()
        batches = dict[ProjectId, list[Batch]]()
        begin(f"what {count(len(services.config.projects), 'project')} published")
        groups[SOURCES] = await check_sources(services, batches)
        if any(project.images for project in services.config.projects):
            begin("the images of the newest releases")
            groups[IMAGES] = await check_images(services.config.projects, batches, services.images.registries, clock)
    begin("the database")
    groups[DATABASE] = attention([await check_database(settings)])  # one that works has its line below the rooms
    return OnlineCheck(
        groups={title: results for title, results in groups.items() if results},
        names=names,
        pages={page.project: page for each in batches.values() for page in _pages(each)},
    )


async def watched_by_command(database: str) -> Sequence[RoomWatch]:
    """What rooms watch by command, by the bot's own database; nothing where there is none yet, or where it cannot be read."""
    path = database.removeprefix("sqlite:///")
    if path != database and not await asyncio.to_thread(Path(path).is_file):
        return ()
    try:
        async with open_store(database, migrate=False) as store, store.reading() as tx:
            return await room_watches.every(tx)
    except StoreUnavailable:
        return ()


def _pages(batches: Sequence[Batch]) -> list[PolicyPage]:
    return [fact for batch in batches for fact in batch.observed if isinstance(fact, PolicyPage)]
