"""The whole bot from its settings: parts are joined by hand and closed in reverse."""

import asyncio
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

import structlog

from chatbot.ports import ChatRefused, ChatStopped, ChatUnavailable, Clock, OutOfReach
from chatbot.runtime.chats import admit, chats_of
from chatbot.runtime.loops import start_task
from chatbot.runtime.ops.lines import typed_lines
from chatbot.runtime.ops.reload_report import changes, waiting
from chatbot.runtime.ops.startup import rooms_to_check
from chatbot.runtime.ops.systemd import Notifier
from chatbot.runtime.replicas.replica import leading
from chatbot.runtime.services import ServicesConfig, open_services
from chatbot.runtime.settings.settings import Settings
from chatbot.runtime.supervisor import Supervisor
from chatbot.store.database.db import StoreUnavailable

SILENT = Notifier()

log = structlog.get_logger(__name__)


def config_of(settings: Settings) -> ServicesConfig:
    """What the pipeline needs of the settings."""
    return ServicesConfig(
        database=settings.database.get_secret_value(),
        projects=settings.project_rules(),
        rooms=settings.room_rules(),
        api_url=settings.github.api_url,
        web_url=settings.github.web_url,
        token=settings.github.token.get_secret_value,
        poll_seconds=settings.github.poll_seconds,
        settle=timedelta(seconds=settings.github.settle_seconds),
        osv_url=settings.advisories.osv_url,
        kev_url=settings.advisories.kev_url,
        deadman_url=settings.health.deadman_url,
        introduce_newest=settings.first_run == "newest",
    )


async def serve(
    settings: Settings,
    *,
    clock: Clock,
    stop: asyncio.Event,
    reload: Callable[[], Settings | None],
    hangup: asyncio.Event,
    notifier: Notifier = SILENT,
) -> None:
    """Run the bot until `stop` is set. `reload` gives the settings again when `hangup` is set, None where they are wrong.
    `notifier` tells systemd that the bot lives."""
    async with (
        open_services(config_of(settings), clock) as services,
        leading(services.store, clock) as leadership,
    ):
        chats = chats_of(settings, services, typed_lines(sys.stdin), clock)
        running = Supervisor(services, chats, leadership, partial(admit, settings, services))
        beside = [
            start_task(_reload(running, settings, reload, hangup), "reload"),
            start_task(notifier.live(), "systemd"),
        ]
        try:
            await running.until(stop)
        finally:
            for task in beside:
                task.cancel()


async def _reload(
    running: Supervisor,
    started: Settings,
    reload: Callable[[], Settings | None],
    hangup: asyncio.Event,
) -> None:
    before = started
    while True:
        await hangup.wait()
        hangup.clear()
        settings = reload()
        if settings is not None:
            try:
                await running.change(config_of(settings))
            except StoreUnavailable as full:
                log.error("rooms that refused could not be retried; reload once more", reason=str(full))  # noqa: TRY400 - its sentence says all
            projects, rooms = len(settings.projects), len(running.services.config.rooms)
            log.info("configuration reloaded", projects=projects, rooms=rooms, **changes(before, settings))
            if names := waiting(started, settings):
                log.warning("changed settings need a restart", settings=names)
            before = settings


async def check_online(settings: Settings, clock: Clock) -> Sequence[str]:
    """What is wrong with the tokens, the accounts and the rooms, a sentence each; the chats are closed again."""
    problems: list[str] = []
    async with open_services(
        replace(config_of(settings), database="sqlite://"), clock
    ) as services:  # a look leaves nothing behind
        for chat in chats_of(settings, services, typed_lines(None), clock):
            try:
                problems += await chat.check(rooms_to_check(services.config, chat.name))
            except ChatUnavailable as away:
                problems.append(OutOfReach(f"{chat.name}: {away}"))
            except (ChatRefused, ChatStopped) as error:
                problems.append(f"{chat.name}: {error}")
            finally:
                await chat.close()
        problems += await services.check()
    return problems
