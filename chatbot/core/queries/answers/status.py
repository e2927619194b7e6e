"""The answer to `/status`: whether all is well, what waits and why, what is watched, and how fresh the facts are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chatbot.core.images.readiness import tags_to_ask
from chatbot.core.images.words import image_sentence
from chatbot.core.model.knowledge import SourceReading
from chatbot.core.model.message import (
    BulletList,
    Code,
    Field,
    ListItem,
    Message,
    Moment,
    Spans,
    Strong,
    Text,
    Tone,
    field_of,
    paragraph,
)
from chatbot.core.queries.advice import LONGEST_UNREAD
from chatbot.core.queries.query_context import QueryContext
from chatbot.core.text.words import count, listed

MOST_UNPARSED = 5  # documents that cannot be parsed, named for one project
MOST_PARKED = 5  # messages that wait for a person, named in one answer
MOST_ROOMS = 10  # rooms that take no messages, named in one answer
OVERDUE = timedelta(
    minutes=15
)  # a message that has waited longer is late; a tag that no listing confirms in that time is no news
_READS = {
    "release": "releases",
    "advisory": "advisories",
    "policy": "the security policy",
    "signal": "the release feed",
    "lifecycle": "the ends of support on endoflife.date",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusing:
    """A room that takes no messages.

    room: its name, "" where the asker may not know it
    reason: why, as its chat says; "" where the asker may not know it
    waiting: how many messages wait for it
    """

    room: str = ""
    reason: str = ""
    waiting: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A room, or an account, in which the last check saw something wrong.

    room: its name
    words: what is wrong and how to fix it
    """

    room: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ForMaintainers:
    """What `/status` says besides to those who keep the rooms.

    checked: how many rooms the last checks looked at, and when the oldest of these checks was; None where there was none yet
    broken: rooms and accounts in which they saw something wrong, also while no message waits for them
    chats: the chats whose accounts work
    unchecked: the chats that were not looked at yet
    parked: the room and the title of each message that waits for a person
    itself: what is wrong with the version of the bot that runs, a sentence each
    """

    checked: int = 0
    checked_at: datetime | None = None
    broken: Sequence[Broken] = ()
    chats: Sequence[str] = ()
    unchecked: Sequence[str] = ()
    parked: Sequence[tuple[str, str]] = ()
    itself: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What `/status` says about the bot itself.

    waiting, parked: how many messages are to be sent, and how many wait for a person
    oldest_waiting: since when the oldest waits
    failing: why the last attempt at messages that wait failed, with their number
    refusing: rooms that take no messages
    stopped: by chat that is stopped, the reason
    unparsed: by project, what could not be parsed, each with the reason
    arrival: how soon critical news arrives (`arrival.words`); "" where nobody knows
    more: for those who keep the rooms; None for all others
    """

    waiting: int = 0
    parked: int = 0
    oldest_waiting: datetime | None = None
    failing: Mapping[str, int] = field(default_factory=dict)
    refusing: Sequence[Refusing] = ()
    stopped: Mapping[str, str] = field(default_factory=dict)
    unparsed: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    arrival: str = ""
    more: ForMaintainers | None = None


def status(contexts: Sequence[QueryContext], health: Health, now: datetime) -> Message:
    """Whether all is well, what waits and why, what is watched, and how fresh the facts are."""
    problems = [*_of_itself(health.more), *_of_chats(health), *_broken(health.more), *_late(health, now)]
    for context in contexts:
        problems += _of_project(context)
        problems += _unparsed(context, health.unparsed.get(context.project.id, ()))
    projects = [item for context in contexts for item in _watched(context, each_source=health.more is not None)]
    body = [BulletList(tuple(ListItem(each) for each in items)) for items in (problems, projects) if items]
    return Message(
        title=_title(problems, health),
        tone=Tone.WARNING if problems else Tone.ANSWER if health.waiting else Tone.GOOD,
        fields=tuple(_waiting(health, contexts[0].room_word if contexts else "room")),
        body=tuple(body) if contexts else (*body, paragraph("No project is watched here.")),
    )


def _title(problems: Sequence[Spans], health: Health) -> str:
    if problems:
        return f"{count(len(problems), 'problem')} {'needs' if len(problems) == 1 else 'need'} attention"
    if health.waiting:
        return f"{count(health.waiting, 'message')} {'is' if health.waiting == 1 else 'are'} on the way"
    return "All is well"


def _waiting(health: Health, word: str) -> Iterator[Field]:
    if health.waiting:
        since: Spans = (Text(", the oldest since "), Moment(health.oldest_waiting)) if health.oldest_waiting else ()
        yield field_of("Waiting", count(health.waiting, "message"), *since)
    if health.arrival:
        yield field_of("Critical news", health.arrival)
    if health.more is not None:
        yield from _checked(health.more, word)


def _checked(more: ForMaintainers, word: str) -> Iterator[Field]:
    works = f"{listed(more.chats)} {'works' if len(more.chats) == 1 else 'work'}" if more.chats else ""
    unchecked = f"{listed(more.unchecked)} not checked yet" if more.unchecked else ""
    if works or unchecked:
        yield field_of("Chats", ", ".join(filter(None, (works, unchecked))))
    if more.checked_at is not None:
        yield field_of("Checked", f"{count(more.checked, word)}, ", Moment(more.checked_at))


# ---- problems: a line each ---------------------------------------------------------------------------------------------------


def _of_itself(more: ForMaintainers | None) -> Iterator[Spans]:
    """The operator has the same in the log each day; whoever reads `/status` and no log can tell him."""
    for sentence in more.itself if more is not None else ():
        yield (Text(f"{sentence[:1].upper()}{sentence[1:]}"),)


def _of_chats(health: Health) -> Iterator[Spans]:
    """Chats that are stopped, rooms that take no messages (as far as the asker may know them), and what needs a person."""
    for name, reason in sorted(health.stopped.items()):
        if reason:
            yield (Strong(name), Text(f" is stopped: {reason}"))
    rooms = [each for each in health.refusing if each.room]
    for each in rooms[:MOST_ROOMS]:
        waiting = f" ({each.waiting} waiting)" if each.waiting else ""
        yield (Strong(each.room), Text(f" takes no messages: {each.reason or 'no reason was given'}{waiting}"))
    others = [*rooms[MOST_ROOMS:], *(each for each in health.refusing if not each.room)]
    if others:
        more, waiting = ("more " if rooms else ""), count(sum(each.waiting for each in others), "message")
        verb, pronoun = ("takes", "it") if len(others) == 1 else ("take", "them")
        rooms_words = f"{len(others)} {more}{'room' if len(others) == 1 else 'rooms'}"
        words = f"{rooms_words} {verb} no messages; {waiting} waiting for {pronoun}. "
        yield (Text(f"{words}The operator can see why with "), Code("chatbot deliveries"), Text("."))
    if health.parked:
        verb = "needs" if health.parked == 1 else "need"
        parked = health.more.parked if health.more is not None else ()
        which = "; ".join(f"{room}: {title}" for room, title in parked[:MOST_PARKED])
        yield (
            Text(f"{count(health.parked, 'message')} {verb} the operator: see "),
            Code("chatbot deliveries"),
            Text(f" ({which})." if which else "."),
        )


def _broken(more: ForMaintainers | None) -> Iterator[Spans]:
    """Rooms that will take no message, or not as it should be, before there is one."""
    broken = more.broken if more is not None else ()
    for each in broken[:MOST_ROOMS]:
        yield (Strong(each.room), Text(f": {each.words}"))
    if len(broken) > MOST_ROOMS:
        others = count(len(broken) - MOST_ROOMS, "more room")
        yield (Text(f"{others} with something wrong: see "), Code("chatbot check --online"), Text("."))


def _late(health: Health, now: datetime) -> Iterator[Spans]:
    """Messages that wait though nothing above explains it, or whose last attempt failed."""
    for reason, number in sorted(health.failing.items()):
        verb = "could not be sent yet and is" if number == 1 else "could not be sent yet and are"
        yield (Text(f"{count(number, 'message')} {verb} tried again: {reason}"),)
    explained = health.refusing or health.failing or any(health.stopped.values())
    late = health.waiting and health.oldest_waiting is not None and now - health.oldest_waiting > OVERDUE
    if late and not explained and health.oldest_waiting is not None:
        yield (Text("Messages have been waiting since "), Moment(health.oldest_waiting))


def _of_project(context: QueryContext) -> Iterator[Spans]:
    """A project that was not read completely, sources that fail, and those whose last reading is old."""
    if context.knowledge.baseline_at is None:
        words = " was not read completely yet; nothing is announced until then"
        yield (Strong(context.project.name), Text(words))
    for source in _sources(context):
        old = source.read_at is not None and context.now - source.read_at > LONGEST_UNREAD
        if source.trouble:
            yield (*_source(context, source), Text(f" could not be read: {source.trouble}"))
        elif old and source.read_at is not None:
            yield (*_source(context, source), Text(": last read "), Moment(source.read_at))
    for tag in tags_to_ask(context.snapshot, context.now):
        states = context.knowledge.images.get(tag, ())
        for state in states:
            if state.trouble or state.presence == "not public":
                yield (Strong(context.project.name), Text(f": {image_sentence(state, states)}"))
    if context.knowledge.newer_unreadable is not None and context.knowledge.newer_unreadable.page.exists:
        words = ": the security policy as it stands now cannot be read; its earlier text does not count"
        yield (Strong(context.project.name), Text(words))


def _sources(context: QueryContext) -> list[SourceReading]:
    return [source for _, source in sorted(context.knowledge.sources.items())]


def _source(context: QueryContext, source: SourceReading) -> Spans:
    """`Windlass: releases on GitHub`."""
    words = f": {_READS[source.profile.kind]} on {source.profile.origin}"
    return (Strong(context.project.name), Text(words))


def _unparsed(context: QueryContext, items: Sequence[tuple[str, str]]) -> Iterator[Spans]:
    for name, reason in items[:MOST_UNPARSED]:
        words = f": {name} cannot be parsed ({reason}); tried again daily, and when it changes"
        yield (Strong(context.project.name), Text(words))
    if len(items) > MOST_UNPARSED:
        yield (Strong(context.project.name), Text(f": {len(items) - MOST_UNPARSED} more cannot be parsed"))


# ---- what is watched ---------------------------------------------------------------------------------------------------------


def _watched(context: QueryContext, *, each_source: bool) -> Iterator[Spans]:
    """What is known of a project, and when it was last read (`each_source`: when each of its sources was); then what is not
    complete, and what is on its way."""
    knowledge = context.knowledge
    policy = "a security policy" if knowledge.policy is not None else "no security policy"
    words = f"{count(len(knowledge.releases), 'release')}, {count(len(knowledge.advisories), 'advisory')}, {policy}"
    times = knowledge.read_times()
    freshness: Spans = (Text("; last read "), Moment(max(times))) if times else (Text("; not read yet"),)
    yield (Strong(context.project.name), Text(f": {words}"), *freshness)
    for source in _sources(context):
        if each_source and source.read_at is not None and not source.trouble:
            yield (*_source(context, source), Text(": last read "), Moment(source.read_at))
        if source.gap:
            yield (*_source(context, source), Text(f": {source.gap}"))
    for tag in _pending(context)[:5]:
        yield (Strong(context.project.name), Text(f": {tag} was seen; {context.forge.name} has yet to confirm it"))


def _pending(context: QueryContext) -> list[str]:
    """Tags that only a signal has named lately. What no listing confirms for long is a tag without a release: no news."""
    facts = context.knowledge
    return sorted(
        tag for tag, seen_at in facts.pending.items() if tag not in facts.releases and context.now - seen_at <= OVERDUE
    )
