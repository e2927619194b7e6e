"""One question or one preview from the shell: from the bot's store where it has read everything, else read once and forgotten."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from chatbot.chats import ask_line
from chatbot.core.announce.audience import Watch, with_mention
from chatbot.core.announce.decide import TOO_EARLY, Announce, Hold, Outcome, Skip, Stay, Wait, for_digest, pings
from chatbot.core.announce.messages import Decision
from chatbot.core.announce.subject import Subject, find
from chatbot.core.model.ids import RoomAddress, SubjectId
from chatbot.core.model.message import Message
from chatbot.core.model.watches import Room
from chatbot.core.queries.commands import CommandError, Right, read_line
from chatbot.core.queries.guidance import Guide, helped
from chatbot.core.snapshot import ProjectSnapshot, build_snapshot
from chatbot.ports import Clock, SourceUnavailable
from chatbot.runtime.app import config_of
from chatbot.runtime.services import Services, ServicesConfig, open_services
from chatbot.runtime.settings.settings import Settings
from chatbot.store import knowledge, ledger, watches
from chatbot.store.database.db import StoreUnavailable, Tx, open_store

IN_MEMORY = "sqlite://"
AT_ONCE = timedelta()  # a preview waits for no second reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What one room would be told, or was.

    `verdict` and `reason` say whether and why, `calls` whether somebody would be pinged. `message` is there always;
    `wanted` says that the room's settings want it, also where the room did not get it because it came too early.
    """

    room: RoomAddress
    verdict: str
    reason: str
    calls: bool
    message: Message
    wanted: bool = True


async def ask(settings: Settings, line: str, clock: Clock) -> Message:
    """Answer any command as in chat; nothing is recorded. What asks about no project needs no store and no network."""
    command = read_line(line)
    guide = Guide(rights=frozenset(Right), several=len(settings.projects) > 1)
    if isinstance(command, CommandError):
        return helped(guide, command.help_arguments)
    if command[0].name == "help":
        return helped(guide, command[1])
    async with knowing(config_of(settings), clock) as services:
        return await ask_line(line, services.answers, clock)


async def preview(settings: Settings, name: str, clock: Clock) -> Sequence[Preview]:
    """What would be said of a tag or an advisory in each room that hears its project; empty where nobody knows it."""
    async with knowing(config_of(settings), clock) as services:
        previews: list[Preview] = []
        for project in services.config.projects:
            async with services.store.reading() as tx:
                facts = await knowledge.load(tx, project.id)
                await services.ingestor.reader.prepare_all(facts.pages())
                subject = _subject(build_snapshot(project, facts, lines=services.ingestor.reader.lines(facts)), name)
                if subject is not None:
                    past = (
                        {}
                        if services.config.database == IN_MEMORY
                        else await _passed_over(tx, subject, services.config.rooms)
                    )
                    previews += [
                        _of(subject, room, past) for room in services.config.rooms if project.id in room.projects
                    ]
        return previews


def _subject(snapshot: ProjectSnapshot, name: str) -> Subject | None:
    """The advisory or the release of that name; of a version the first release that has it."""
    advisory = next((item for item in snapshot.advisories.values() if name.casefold() in _lower(item.ids)), None)
    if advisory is not None:
        return find(snapshot, str(SubjectId("advisory", snapshot.project.id, advisory.id)))
    tag = next((tag for tag, item in snapshot.releases.items() if name in _names(tag, item.version)), None)
    return None if tag is None else find(snapshot, str(SubjectId("release", snapshot.project.id, tag)))


async def _passed_over(tx: Tx, subject: Subject, rooms: Sequence[Room]) -> dict[str, str]:
    """The rooms in which the running bot did not post it and will not do so, each with the reason."""
    project = subject.snapshot.project.id
    posted = {item.room for item in await ledger.posted(tx, project, subject.names)}
    last: dict[str, Decision] = {}
    for name in reversed(subject.names):
        last |= {decision.room: decision for _, decision in await ledger.history(tx, name)}
    reasons = {room: decision.reason for room, decision in last.items() if decision.verdict == "skip"}
    since = await watches.since(tx, project)
    for room in rooms:
        if room.address in since and room.address not in last and not subject.news_to(Watch(room, since[room.address])):
            reasons[room.address] = TOO_EARLY
    return {room: reason for room, reason in reasons.items() if room not in posted}


def _of(subject: Subject, room: Room, past: Mapping[str, str]) -> Preview:
    outcome = subject.outcome(room.watch_filter, AT_ONCE)
    is_wanted = isinstance(outcome, Announce)
    outcome = for_digest(outcome, room.watch_filter, subject.ready_at(AT_ONCE), None)
    ping = isinstance(outcome, Announce) and pings(outcome, room.watch_filter)
    verdict, reason = _words(Skip(past[room.address]) if is_wanted and room.address in past else outcome)
    words = with_mention(subject.message_for(room.watch_filter.notes), room.watch_filter, ping=ping)
    return Preview(
        room=room.address,
        verdict=verdict,
        reason=reason,
        calls=ping and verdict == "announce",
        message=words,
        wanted=is_wanted,
    )


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
        case Hold(reason=reason) | Wait(reason=reason) | Stay(reason=reason):
            return "hold", reason


@asynccontextmanager
async def knowing(config: ServicesConfig, clock: Clock) -> AsyncIterator[Services]:
    """A pipeline that knows its projects. Where the store has not read them all, they are read into memory and forgotten."""
    if await _has_read_all(config):
        async with open_services(config, clock) as services:
            yield services
        return
    async with open_services(replace(config, database=IN_MEMORY), clock) as services:
        await services.look_once()
        await _must_know(services)
        yield services


async def _must_know(services: Services) -> None:
    """Raise SourceUnavailable where a project could not be read: "nothing is published" would be a wrong answer."""
    for project in services.config.projects:
        async with services.store.reading() as tx:
            facts = await knowledge.load(tx, project.id)
        if facts.baseline_at is None:
            why = next(
                (source.trouble for source in facts.sources.values() if source.trouble),
                "not every page of its releases could be read",
            )
            raise SourceUnavailable(f"{project.repository} could not be read: {why}; try again, or see [github]")


async def _has_read_all(config: ServicesConfig) -> bool:
    """Whether the store holds a complete reading of every project; a store that is not there is not made."""
    if _no_file(config.database):
        return False
    try:
        async with open_store(config.database, migrate=False) as store, store.reading() as tx:
            for project in config.projects:
                if (await knowledge.load(tx, project.id)).baseline_at is None:
                    return False
    except StoreUnavailable:
        return False
    return True


def _no_file(database: str) -> bool:
    path = database.removeprefix("sqlite:///")
    return path != database and not Path(path).is_file()
