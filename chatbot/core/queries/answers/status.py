"""The answer to `/status`: what is watched, how fresh the facts are, which messages wait, and why."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chatbot.core.model.message import BulletList, Field, ListItem, Message, Strong, Text, Tone, field_of, paragraph
from chatbot.core.queries.advice import LONGEST_UNREAD
from chatbot.core.queries.query_context import QueryContext
from chatbot.core.text.words import age, count

MOST_UNPARSED = 5  # documents that cannot be parsed, named for one project
MOST_ROOMS = 10  # rooms that take no messages, named in one answer
OVERDUE = timedelta(minutes=15)  # a message that has waited longer is late


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusing:
    """A room that takes no messages.

    room: its address, "" where the asker may not know it
    reason: why, as its chat says; "" where the asker may not know it
    waiting: how many messages wait for it
    """

    room: str = ""
    reason: str = ""
    waiting: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What `/status` says about the bot itself.

    waiting, parked: how many messages are to be sent, and how many wait for a person
    oldest_waiting: since when the oldest waits
    refusing: rooms that take no messages
    stopped: by chat that is stopped, the reason
    unparsed: by project, what could not be parsed, each with the reason
    """

    waiting: int = 0
    parked: int = 0
    oldest_waiting: datetime | None = None
    refusing: Sequence[Refusing] = ()
    stopped: Mapping[str, str] = field(default_factory=dict)
    unparsed: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)


def status(contexts: Sequence[QueryContext], health: Health, now: datetime) -> Message:
    """What is watched, how fresh the facts are, which messages wait, and why."""
    items = [ListItem((Text(line),)) for line in _chats(health)]
    for context in contexts:
        items.append(ListItem((Strong(context.project.name), Text(f": {_watched(context)}"))))
        items += [ListItem((Text(line),), 1) for line in (*_pending(context), *_troubles(context))]
        items += [ListItem((Text(line),), 1) for line in _gaps(context)]
        items += [ListItem((Text(line),), 1) for line in _unparsed(health.unparsed.get(context.project.id, ()))]
    wrong = _wrong(contexts, health, now)
    return Message(
        title="Some of it needs attention" if wrong else "All is well",
        tone=Tone.WARNING if wrong else Tone.GOOD,
        fields=tuple(_facts(health, now)),
        body=(BulletList(tuple(items)),) if items else (paragraph("No project is watched here."),),
    )


def _wrong(contexts: Sequence[QueryContext], health: Health, now: datetime) -> bool:
    late = health.waiting and health.oldest_waiting is not None and now - health.oldest_waiting > OVERDUE
    unread = any(context.knowledge.baseline_at is None or any(_troubles(context)) for context in contexts)
    return bool(
        late
        or unread
        or health.parked
        or health.refusing
        or any(health.stopped.values())
        or any(health.unparsed.values())
    )


def _facts(health: Health, now: datetime) -> Iterator[Field]:
    yield field_of("Waiting to be sent", str(health.waiting))
    if health.oldest_waiting is not None and health.waiting:
        yield field_of("Oldest of them", age(now - health.oldest_waiting))
    if health.refusing:
        messages = count(sum(each.waiting for each in health.refusing), "message")
        yield field_of("Rooms that take no messages", f"{len(health.refusing)}; waiting for them: {messages}")
    if health.parked:
        yield field_of(
            "Parked", f"{count(health.parked, 'message')}; the operator can see why with `chatbot deliveries`"
        )


def _chats(health: Health) -> Iterator[str]:
    """The chats that are stopped, and the rooms that take no messages, as far as the asker may know them."""
    for name, reason in sorted(health.stopped.items()):
        if reason:
            yield f"{name} is stopped: {reason}"
    rooms = [each for each in health.refusing if each.room]
    for each in rooms[:MOST_ROOMS]:
        yield f"{each.room} takes no messages: {each.reason or 'no reason was given'} ({each.waiting} waiting)"
    if len(rooms) > MOST_ROOMS:
        yield f"and {len(rooms) - MOST_ROOMS} more rooms that take no messages"
    if len(rooms) < len(health.refusing):
        yield "The operator can see why a room takes no messages with `chatbot deliveries`."


def _pending(context: QueryContext) -> Iterator[str]:
    """Tags that only a signal has named, and no listing has confirmed yet."""
    waiting = sorted(tag for tag in context.knowledge.pending if tag not in context.knowledge.releases)
    yield from (f"{tag}: seen, waits for {context.forge.name} to confirm it" for tag in waiting[:5])


def _troubles(context: QueryContext) -> Iterator[str]:
    """Sources that fail, and those whose last reading is old."""
    for name, source in sorted(context.knowledge.sources.items()):
        old = source.read_at is not None and context.now - source.read_at > LONGEST_UNREAD
        if source.trouble:
            yield f"{name}: {source.trouble}"
        elif old and source.read_at is not None:
            yield f"{name}: last read {age(context.now - source.read_at)}"


def _gaps(context: QueryContext) -> Iterator[str]:
    yield from (f"{name}: {source.gap}" for name, source in sorted(context.knowledge.sources.items()) if source.gap)


def _unparsed(items: Sequence[tuple[str, str]]) -> Iterator[str]:
    for name, reason in items[:MOST_UNPARSED]:
        yield f"{name} cannot be parsed ({reason}); tried again daily, and when it changes"
    if len(items) > MOST_UNPARSED:
        yield f"and {len(items) - MOST_UNPARSED} more that cannot be parsed"


def _watched(context: QueryContext) -> str:
    knowledge = context.knowledge
    if knowledge.baseline_at is None:
        return "not read completely yet; nothing is announced before"
    words = [count(len(knowledge.releases), "release"), count(len(knowledge.advisories), "advisory")]
    policy = "a security policy" if knowledge.policy is not None else "no security policy"
    if knowledge.newer_unreadable is not None:
        policy += " (as it stands now it cannot be read; its earlier text does not count)"
    times = knowledge.read_times()
    return f"{', '.join(words)}, {policy}; read {age(context.now - max(times)) if times else 'never'}"
