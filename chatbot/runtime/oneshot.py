"""One question or one preview from the shell: from the bot's store where it has read everything, else read once and forgotten."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from chatbot.chats.console.client import ask_line
from chatbot.core.audience import calling
from chatbot.core.decide import Announce, Hold, Outcome, Skip, advisory_for, calls, release_for
from chatbot.core.message import Message
from chatbot.core.picture import Picture, draw
from chatbot.core.render import release_message
from chatbot.core.render_advisory import advisory_message
from chatbot.core.rules import Project
from chatbot.ports import Clock, SourceUnavailable
from chatbot.runtime.app import plot_of
from chatbot.runtime.road import Plot, Road, open_road
from chatbot.runtime.settings import Settings
from chatbot.store import knowledge
from chatbot.store.db import StoreUnavailable, open_store

IN_MEMORY = "sqlite://"
AT_ONCE = timedelta()  # a preview waits for no second reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What one room would be told. `message` is there whenever it would be said; `reason` is there always."""

    room: str
    verdict: str
    reason: str
    calls: bool
    message: Message


async def ask(settings: Settings, line: str, clock: Clock) -> Message:
    """Answer any command as in chat; nothing is recorded."""
    async with knowing(plot_of(settings), clock) as road:
        return await ask_line(line, road.answers, clock)


async def preview(settings: Settings, name: str, clock: Clock) -> Sequence[Preview]:
    """What would be said of a tag or an advisory in each room that hears its project; empty where nobody knows it."""
    async with knowing(plot_of(settings), clock) as road:
        found: list[Preview] = []
        for project in road.plot.projects:
            async with road.store.reading() as tx:
                known = await knowledge.load(tx, project.id)
            found += _of(road, project, draw(project, known, lines=road.intake.reader.lines(known)), name)
        return found


def _of(road: Road, project: Project, picture: Picture, name: str) -> list[Preview]:
    advisory = next((item for item in picture.advisories.values() if name.casefold() in _lower(item.ids)), None)
    tag = next((tag for tag, item in picture.releases.items() if name in _names(tag, item.version)), None)
    if advisory is None and tag is None:
        return []
    previews = []
    for room in road.plot.rooms:
        if project.id not in room.projects:
            continue
        if advisory is not None:
            outcome = advisory_for(picture, advisory.id, room.hearing, AT_ONCE)
            message = advisory_message(picture, advisory.id)
        else:
            outcome = release_for(picture, tag or "", room.hearing, AT_ONCE)
            message = release_message(picture, tag or "")
        call = isinstance(outcome, Announce) and calls(outcome, room.hearing)
        verdict, reason = _words(outcome)
        words = calling(message, room.hearing, call=call)
        previews.append(Preview(room=room.at, verdict=verdict, reason=reason, calls=call, message=words))
    return previews


def _lower(names: frozenset[str]) -> set[str]:
    return {name.casefold() for name in names}


def _names(tag: str, version: object) -> set[str]:
    return {tag, str(version)} if version is not None else {tag}


def _words(outcome: Outcome) -> tuple[str, str]:
    match outcome:
        case Announce(reason=reason):
            return "announce", reason
        case Skip(reason=reason):
            return "skip", reason
        case Hold(reason=reason):
            return "hold", reason


@asynccontextmanager
async def knowing(plot: Plot, clock: Clock) -> AsyncIterator[Road]:
    """A road that knows its projects. Where the store has not read them all, they are read into memory and forgotten."""
    if await _known(plot):
        async with open_road(plot, clock) as road:
            yield road
        return
    async with open_road(replace(plot, database=IN_MEMORY), clock) as road:
        await road.look_once()
        await _must_know(road)
        yield road


async def _must_know(road: Road) -> None:
    """Raise SourceUnavailable where a project could not be read: "nothing is published" would be a wrong answer."""
    for project in road.plot.projects:
        async with road.store.reading() as tx:
            known = await knowledge.load(tx, project.id)
        if known.baseline_at is None:
            why = next(iter(known.trouble.values()), "not every page of its releases could be read")
            raise SourceUnavailable(f"{project.repository} could not be read: {why}; try again, or see [github]")


async def _known(plot: Plot) -> bool:
    """Whether the store holds a complete reading of every project; a store that is not there is not made."""
    if _no_file(plot.database):
        return False
    try:
        async with open_store(plot.database, migrate=False) as store, store.reading() as tx:
            for project in plot.projects:
                if (await knowledge.load(tx, project.id)).baseline_at is None:
                    return False
    except StoreUnavailable:
        return False
    return True


def _no_file(database: str) -> bool:
    path = database.removeprefix("sqlite:///")
    return path != database and not Path(path).is_file()
