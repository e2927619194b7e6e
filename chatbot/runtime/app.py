"""The whole bot from its settings: the only file that knows every chat. Parts are joined by hand and closed in reverse."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import structlog
from rich.console import Console

from chatbot.chats.console.client import ConsoleChat
from chatbot.chats.discord.client import DiscordChat
from chatbot.chats.discord.gateway import ConnectionOptions
from chatbot.chats.matrix.client import MatrixChat
from chatbot.chats.matrix.device.login import Account
from chatbot.core.model.watches import chat_of
from chatbot.ports import Chat, ChatRefused, ChatStopped, ChatUnavailable, Clock, OutOfReach
from chatbot.runtime.delivery.refusal_retry import NoticingMemory, RefusalRetry
from chatbot.runtime.loops import begun
from chatbot.runtime.ops.lines import typed_lines
from chatbot.runtime.ops.reload_report import changes, waiting
from chatbot.runtime.ops.startup import rooms_to_check
from chatbot.runtime.ops.systemd import Notifier
from chatbot.runtime.replicas.replica import leading, same_directory
from chatbot.runtime.services import Services, ServicesConfig, open_services
from chatbot.runtime.settings.settings import Settings
from chatbot.runtime.supervisor import Supervisor
from chatbot.store.database.db import StoreUnavailable
from chatbot.store.inbox import MatrixMemory

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


def chats_of(settings: Settings, services: Services, lines: AsyncIterator[str], clock: Clock) -> list[Chat]:
    """The configured chats; the console where a room of it is heard."""
    chats: list[Chat] = []
    if settings.has_discord:
        chats.append(
            DiscordChat(
                token=settings.discord.token.get_secret_value,
                answerer=services.answers,
                clock=clock,
                api_url=settings.discord.api_url,
                gateway_url=settings.discord.gateway_url,
                options=ConnectionOptions(
                    allow_guilds=frozenset(settings.discord.allow_guilds), sharded=settings.discord.sharded
                ),
                changed=partial(_refusal_retry(services).tried, "discord"),
            )
        )
    if settings.has_matrix:
        memory = NoticingMemory(
            MatrixMemory(services.store, "matrix"), partial(_refusal_retry(services).tried, "matrix")
        )
        chats.append(MatrixChat(matrix_account(settings), memory, clock, rooms=partial(_rooms_of, services, "matrix")))
    if any(chat_of(room.address) == "console" for room in services.config.rooms):
        chats.append(ConsoleChat(Console(), lines, services.answers, clock))
    return chats


def _rooms_of(services: Services, chat: str) -> list[str]:
    """The addresses of a chat's rooms, as the configuration has them now."""
    return [room.address for room in services.config.rooms if chat_of(room.address) == chat]


def _refusal_retry(services: Services) -> RefusalRetry:
    return RefusalRetry(services.store, services.clock, lambda: [room.address for room in services.config.rooms])


def matrix_account(settings: Settings) -> Account:
    """The one Matrix account."""
    matrix = settings.matrix
    return Account(
        homeserver=matrix.homeserver,
        user_id=matrix.user_id,
        store_path=Path(matrix.store_path),
        password=matrix.password.get_secret_value(),
        access_token=matrix.access_token.get_secret_value(),
        device_id=matrix.device_id,
        pickle_key=matrix.pickle_key.get_secret_value(),
        allow_invites_from=matrix.allow_invites_from,
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
        running = Supervisor(services, chats, leadership, partial(_admit, settings, services))
        beside = [
            begun(_reload(running, settings, reload, hangup), "reload"),
            begun(notifier.live(), "systemd"),
        ]
        try:
            await running.until(stop)
        finally:
            for task in beside:
                task.cancel()


async def _admit(settings: Settings, services: Services, chat: str) -> None:
    """A Matrix account's keys are in its directory: another replica may hold the account only with them."""
    if chat == "matrix":
        await same_directory(services.store, chat, Path(settings.matrix.store_path))


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
                log.error("what refused could not be tried again: reload once more", reason=str(full))  # noqa: TRY400 - its sentence says all
            projects, rooms = len(settings.projects), len(running.services.config.rooms)
            log.info("reloaded", projects=projects, rooms=rooms, **changes(before, settings))
            if names := waiting(started, settings):
                log.warning("these settings changed and wait for a restart", settings=names)
            before = settings


async def check_online(settings: Settings, clock: Clock) -> Sequence[str]:
    """What is wrong with the tokens, the accounts and the rooms, a sentence each; the chats are closed again."""
    found: list[str] = []
    async with open_services(
        replace(config_of(settings), database="sqlite://"), clock
    ) as services:  # a look leaves nothing behind
        for chat in chats_of(settings, services, typed_lines(None), clock):
            try:
                found += await chat.check(rooms_to_check(services.config, chat.name))
            except ChatUnavailable as away:
                found.append(OutOfReach(f"{chat.name}: {away}"))
            except (ChatRefused, ChatStopped) as failed:
                found.append(f"{chat.name}: {failed}")
            finally:
                await chat.close()
        found += await services.check()
    return found
