"""The whole bot from its settings: parts are joined by hand and closed in reverse."""

import asyncio
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from importlib.metadata import version
from pathlib import Path

import structlog

from chatbot.core.model.facts import Advisory, PolicyPage, Release
from chatbot.core.model.ids import ProjectId
from chatbot.ports import Batch, ChatRefused, ChatStopped, ChatUnavailable, Clock, OutOfReach
from chatbot.runtime.chats import admit, chats_of
from chatbot.runtime.images.trying import check_images
from chatbot.runtime.loops import start_task
from chatbot.runtime.ops.lines import typed_lines
from chatbot.runtime.ops.pulse_keeper import PulseKeeper
from chatbot.runtime.ops.reload_report import changes, waiting
from chatbot.runtime.ops.self_watch import DISTRIBUTION, SelfWatch, origin_of, project_urls
from chatbot.runtime.ops.source_check import check_sources
from chatbot.runtime.ops.startup import role_problems, rooms_to_check
from chatbot.runtime.ops.systemd import Notifier
from chatbot.runtime.replicas.replica import leading
from chatbot.runtime.services import ServicesConfig, open_services
from chatbot.runtime.settings.settings import Settings
from chatbot.runtime.supervisor import LAST_MOMENT, Supervisor
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
        endoflife_url=settings.advisories.endoflife_url,
        deadman_url=settings.health.deadman_url,
        introduce_newest=settings.first_run == "newest",
        any_repository=settings.watching.repositories == "any",
        per_server=settings.watching.per_server,
    )


async def serve(
    settings: Settings,
    *,
    clock: Clock,
    stop: asyncio.Event,
    reload: Callable[[], Settings | None],
    hangup: asyncio.Event,
    notifier: Notifier = SILENT,
    health_file: Path | None = None,
) -> None:
    """Run the bot until `stop` is set. `reload` gives the settings again when `hangup` is set, None where they are wrong.
    `notifier` tells systemd that the bot lives, `health_file` tells it `chatbot health`."""
    async with (
        open_services(config_of(settings), clock) as services,
        leading(services.store, clock) as leadership,
    ):
        chats = chats_of(settings, services, typed_lines(sys.stdin), clock)
        running = Supervisor(services, chats, leadership, partial(admit, settings, services))
        beside = [
            start_task(_reload(running, settings, reload, hangup, notifier), "reload"),
            start_task(notifier.live(), "systemd"),
        ]
        if settings.health.watch_self and (origin := origin_of(project_urls(), services.config)) is not None:
            beside.append(start_task(SelfWatch(services, origin, version(DISTRIBUTION)).run(), "self-watch"))
        if health_file is not None:
            pulse = PulseKeeper(health_file, running.health().unready, settings.secrets())
            beside.append(start_task(pulse.keep(), "health file"))
        try:
            await running.until(stop)
        finally:
            for task in beside:
                task.cancel()
            await asyncio.wait(beside, timeout=LAST_MOMENT)  # the health file goes with the bot


async def _reload(
    running: Supervisor,
    started: Settings,
    reload: Callable[[], Settings | None],
    hangup: asyncio.Event,
    notifier: Notifier,
) -> None:
    before = started
    while True:
        await hangup.wait()
        hangup.clear()
        with notifier.reloading():
            settings = reload()
            if settings is not None:
                try:
                    await running.change(config_of(settings))
                except StoreUnavailable as full:
                    log.error("rooms that refused could not be retried; reload once more", reason=str(full))  # noqa: TRY400 - its sentence says all
        if settings is not None:
            projects, rooms = len(settings.projects), len(running.services.config.rooms)
            log.info("configuration reloaded", projects=projects, rooms=rooms, **changes(before, settings))
            if names := waiting(started, settings):
                log.warning("changed settings need a restart", settings=names)
            before = settings


@dataclass(frozen=True, slots=True, kw_only=True)
class OnlineCheck:
    """What trying everything showed.

    problems: a sentence each
    names: of rooms by address, where the chat says them
    read: how many facts of each kind the sources of a project showed
    pages: the policy pages, by project
    """

    problems: Sequence[str] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    read: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    pages: Mapping[str, PolicyPage] = field(default_factory=dict)


async def check_online(settings: Settings, clock: Clock) -> OnlineCheck:
    """Try the tokens, the accounts, the rooms and the sources; the chats are closed again."""
    problems, names = list[str](), dict[str, str]()
    async with open_services(
        replace(config_of(settings), database="sqlite://"), clock
    ) as services:  # a look leaves nothing behind
        for chat in chats_of(settings, services, typed_lines(None), clock):
            try:
                rooms = rooms_to_check(services.config, chat.name)
                problems += [*await chat.check(rooms), *await role_problems(services.config, chat)]
                names |= {room: chat.room_name(room) for room in rooms}
            except ChatUnavailable as away:
                problems.append(OutOfReach(f"{chat.name}: {away}"))
            except (ChatRefused, ChatStopped) as error:
                problems.append(f"{chat.name}: {error}")
            finally:
                await chat.close()
        batches = dict[ProjectId, list[Batch]]()
        problems += await check_sources(services, batches)
        problems += await check_images(services.config.projects, batches, services.images.registries, clock)
    return OnlineCheck(
        problems=problems,
        names=names,
        read={project: _numbers(each) for project, each in batches.items()},
        pages={page.project: page for each in batches.values() for page in _pages(each)},
    )


def _pages(batches: Sequence[Batch]) -> list[PolicyPage]:
    return [fact for batch in batches for fact in batch.observed if isinstance(fact, PolicyPage)]


def _numbers(batches: Sequence[Batch]) -> dict[str, int]:
    """How many releases and advisories were read; of an advisory that several sources list, one."""
    facts = [fact for batch in batches for fact in batch.observed]
    return {
        "release": len({fact.tag for fact in facts if isinstance(fact, Release)}),
        "advisory": len({fact.id for fact in facts if isinstance(fact, Advisory)}),
    }
