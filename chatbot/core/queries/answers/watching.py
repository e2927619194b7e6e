"""The answers to `/watch`, `/watching` and `/unwatch`: what a room gets, how that looks there, and what is not to be had."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chatbot.core.model.message import (
    BulletList,
    Code,
    ListItem,
    Message,
    Moment,
    Span,
    Spans,
    Strong,
    Text,
    Tone,
    field_of,
    paragraph,
)
from chatbot.core.queries.query_context import unsure
from chatbot.core.text.words import count
from chatbot.core.watching import words
from chatbot.core.watching.example import Example
from chatbot.core.watching.options import Options


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where it is asked: what people call a room and what it belongs to there, and what stands before a command."""

    room_word: str = "room"
    server_word: str = "server"
    prefix: str = "/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One project that a room watches.

    name: of the project
    options: what was chosen, by the operator or by command
    by_file: the operator configured it
    since: by the source's clock; None where nobody knows
    late: how long after its publication news usually arrives
    """

    name: str
    options: Options
    by_file: bool
    since: datetime | None = None
    late: timedelta


def watch_answer(
    name: str,
    options: Options,
    late: timedelta,
    example: Example | None,
    place: Place,
    *,
    is_new: bool,
    is_read: bool = True,
) -> Message:
    """The room watches the project: what it gets from now on, and how the last security announcement would have looked."""
    title = f"This {place.room_word} watches {name} from now on"
    if not is_new:
        title = f"This {place.room_word} watches {name}, with these filters from now on"
    lists: list[Span] = [Code(f"{place.prefix}watching"), Text(f" lists what this {place.room_word} watches, ")]
    ends: list[Span] = [Code(f"{place.prefix}unwatch"), Text(" ends it.")]
    before = "What was published before isn't announced here. " if is_new else ""
    if not is_read:
        lead = "I'm still reading what it has published; that takes a moment."
    elif example is None:
        lead = "Nothing that has been published so far would have been announced here."
    elif example.security:
        lead = "The last security announcement would have looked like this here:"
    else:
        lead = "No security news would have come here yet. The last release would have looked like this:"
    return Message(
        title=title,
        tone=Tone.GOOD,
        fields=words.fields(options, place.room_word, late),
        body=(paragraph(before, *lists, *ends), paragraph(lead)),
        example=example.message if example is not None else None,
    )


def watching_answer(watches: Sequence[Watched], place: Place, arrival: str = "") -> Message:
    """What the room watches, where that comes from, since when, and how late news is. `arrival`: how soon critical news that
    was read is there (`arrival.words`); "" where nobody knows."""
    if not watches:
        how = paragraph("People who manage it start with ", Code(f"{place.prefix}watch"), ".")
        return unsure(f"This {place.room_word} watches nothing yet", how)
    names = [each.name for each in watches]
    title = f"This {place.room_word} watches {names[0] if len(names) == 1 else f'{len(names)} projects'}"
    items = [item for watch in watches for item in _rows(watch, place)]
    small: list[Spans] = []
    if any(each.by_file for each in watches):
        small.append((Text("What the bot's operator set is changed only in the configuration file."),))
    if not all(each.by_file for each in watches):
        change: Spans = (Text("To change what was set by command, send "), Code(f"{place.prefix}watch"))
        end: Spans = (Text(" with other options; "), Code(f"{place.prefix}unwatch"), Text(" ends it."))
        small.append((*change, *end))
    fields = (field_of("Critical news", arrival),) if arrival else ()
    return Message(title=title, tone=Tone.ANSWER, fields=fields, body=(BulletList(tuple(items)),), small=tuple(small))


def _rows(watch: Watched, place: Place) -> list[ListItem]:
    source = "set by the bot's operator" if watch.by_file else "set by command"
    since: Spans = (Text(", since "), Moment(watch.since)) if watch.since else ()
    details = [*words.departures(watch.options, place.room_word), f"news arrives {words.lateness(watch.late)}"]
    head = ListItem((Strong(watch.name), Text(f": {source}"), *since))
    return [head, *(ListItem((Text(each),), depth=1) for each in details)]


def unwatch_answer(name: str, place: Place) -> Message:
    """It is over."""
    again = paragraph("What was posted stays. To begin again: ", Code(f"{place.prefix}watch"), ".")
    return Message(title=f"This {place.room_word} no longer watches {name}", tone=Tone.GOOD, body=(again,))


def set_by_operator(name: str, place: Place) -> Message:
    """What the configuration file says is changed only there."""
    return unsure(
        f"The bot's operator set that this {place.room_word} watches {name}",
        "That is changed only in the configuration file.",
        paragraph(Code(f"{place.prefix}watching"), f" shows what this {place.room_word} gets."),
    )


def not_watched(name: str, place: Place) -> Message:
    """Nothing to end."""
    return unsure(f"This {place.room_word} isn't watching {name}")


def may_not_ping(mention: str, place: Place) -> Message:
    """Nobody has the bot ping whom they may not ping themselves."""
    whom = f"everyone in this {place.room_word}" if mention == "room" else "that role or person"
    return unsure(
        f"You may not ping {whom} here, so I won't do it for you",
        "Ask somebody who may, or leave the option mention out. Nothing was changed.",
    )


def too_many(most: int, place: Place) -> Message:
    """So many repositories that nobody configured, and no more in one server."""
    return unsure(
        f"This {place.server_word} already watches {count(most, 'repository')} of its own choice",
        "That is the most that the bot's operator allows. End one of them, or ask the operator.",
    )


def too_many_lookups(minutes: int) -> Message:
    """Whoever guesses at names is slowed down, whether there are such repositories or not."""
    return unsure(
        "I have looked up several repositories just now",
        f"Please try again in {count(minutes, 'minute')}. Nothing was changed.",
    )


def cannot_look() -> Message:
    """Whether there is such a repository cannot be found out now."""
    return unsure(
        "I can't look that repository up right now", "Please try again in a few minutes. Nothing was changed."
    )


def no_longer_public(repository: str) -> Message:
    """To the rooms that watched it."""
    return Message(
        title=f"I no longer watch {repository}: nobody can see it any more",
        tone=Tone.WARNING,
        body=(paragraph("It was removed, renamed or made private. What I knew of it is deleted."),),
    )


def in_a_room_only(place: Place) -> Message:
    """It says which room it means by being asked there."""
    return unsure(
        f"Send this in the {place.room_word} that it is about",
        f"In a DM I can't tell which {place.room_word} you mean, nor what you may do there.",
    )
