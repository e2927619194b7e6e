"""The whole bot from its settings: parts are joined by hand and closed in reverse."""

import asyncio
import sys
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from importlib.metadata import version
from pathlib import Path

import structlog

from chatbot.core.model.ids import RoomAddress
from chatbot.ports import Clock
from chatbot.runtime.chats import admit, chats_of
from chatbot.runtime.loops import start_task
from chatbot.runtime.ops.lines import typed_lines
from chatbot.runtime.ops.pulse_keeper import PulseKeeper
from chatbot.runtime.ops.reload_report import changes, waiting
from chatbot.runtime.ops.self_watch import DISTRIBUTION, SelfWatch, origin_of, project_urls
from chatbot.runtime.ops.systemd import Notifier
from chatbot.runtime.rehearsal.cast import apart, rehearsing_chats
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
    rehearse: RoomAddress | None = None,
) -> None:
    """Run the bot until `stop` is set. `reload` gives the settings again when `hangup` is set, None where they are wrong.
    `notifier` tells systemd that the bot lives, `health_file` tells it `chatbot health`. `rehearse`: the one room that gets
    everything, in a rehearsal."""
    config = config_of(settings) if rehearse is None else apart(config_of(settings))
    async with (
        open_services(config, clock) as services,
        leading(services.store, clock) as leadership,
    ):
        lines = typed_lines(sys.stdin)
        if rehearse is None:
            chats = chats_of(settings, services, lines, clock)
        else:
            chats = rehearsing_chats(rehearse, settings, services, lines, clock)
        running = Supervisor(services, chats, leadership, partial(admit, settings, services))
        beside = [
            start_task(_reload(running, settings, reload, hangup, notifier), "reload"),
            start_task(notifier.live(), "systemd"),
        ]
        if settings.health.watch_self and (origin := origin_of(project_urls(), services.config)) is not None:
            beside.append(start_task(SelfWatch(services, origin, version(DISTRIBUTION)).run(), "self-watch"))
        if health_file is not None:
            pulse = PulseKeeper(health_file, running.health().unready, settings.secrets(), notifier.status)
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
