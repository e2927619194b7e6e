"""What a room gets of a project, in plain words: for the answers to `/watch` and `/watching`."""

from collections.abc import Iterator
from datetime import timedelta

from chatbot.core.model.message import Field, field_of
from chatbot.core.model.watches import Room
from chatbot.core.text.words import count, listed
from chatbot.core.watching.options import OPTIONS, YES, Options, mention_of, value_of

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)


def gets(options: Options) -> str:
    """`releases, security advisories from high on, and changes of the security policy`."""
    threshold = value_of(options, "min_severity")
    news = {
        "releases": "releases and prereleases" if value_of(options, "prereleases") == YES else "releases",
        "security": "security advisories" if threshold == "low" else f"security advisories from {threshold} on",
        "policy": "changes of the security policy",
    }
    events = value_of(options, "events").split(",")
    if "security" in events and "releases" not in events:
        news["security"] += " and the releases that fix them"
    return listed([news[each] for each in events])


def pings(options: Options, room_word: str) -> str:
    """`nobody`, `a role, from high on`."""
    mention = mention_of(options)
    if mention is None:
        return "nobody"
    whom = {"role": "a role", "user": "one person"}.get(mention.kind, f"everyone in this {room_word}")
    return f"{whom}, from {value_of(options, 'mention_min_severity')} on"


def details(options: Options) -> Iterator[tuple[str, str]]:
    """Further options that are not as they are by default, each with a label."""
    if (notes := value_of(options, "notes")) != "short":
        yield "Release notes", {"full": "in full", "none": "not shown"}[notes]
    if (digest := value_of(options, "digest")) != "off":
        when = f"{value_of(options, 'digest_at')} ({value_of(options, 'timezone')})"
        yield "Digest", f"routine news {digest} at {when}; security never waits"
    if value_of(options, "line_roles") == YES:
        yield "Line roles", "one opt-in role for each supported line"


def fields(options: Options, room_word: str, late: timedelta) -> tuple[Field, ...]:
    """The labelled lines of an answer to `/watch`."""
    lines = [("Announced here", gets(options)), ("Pings", pings(options, room_word)), *details(options)]
    return tuple(field_of(label, words) for label, words in [*lines, ("How late", lateness(late))])


def departures(options: Options, room_word: str) -> list[str]:
    """What is not as it is by default, each in a few words; nothing where all is."""
    words = []
    if any(each in options for each in ("events", "min_severity", "prereleases")):
        words.append(gets(options))
    if "mention" in options:
        words.append(f"pings {pings(options, room_word)}")
    return words + [f"{label.lower()}: {text}" for label, text in details(options)]


def lateness(late: timedelta) -> str:
    """`usually within 3 minutes of its publication`."""
    minutes, hours = max(-(-late // _MINUTE), 1), -(-late // _HOUR)
    span = count(minutes, "minute") if late < 2 * _HOUR else count(hours, "hour")
    return f"usually within {span} of its publication"


def options_of(room: Room) -> Options:
    """What a room watches by, configured or by command, as options, to be described in the same words."""
    watch_filter = room.watch_filter
    mention = watch_filter.mention
    values = {
        "events": ",".join(each for each in ("releases", "security", "policy") if each in watch_filter.events),
        "prereleases": YES if watch_filter.prereleases else "no",
        "min_severity": watch_filter.min_severity.value,
        "mention": "" if mention is None else f"{mention.kind}:{mention.id}" if mention.id else mention.kind,
        "mention_min_severity": watch_filter.mention_min_severity.value,
        "notes": watch_filter.notes,
        "line_roles": YES if room.line_roles else "no",
    }
    if (digest := watch_filter.digest) is not None:
        values |= {"digest": digest.every, "digest_at": f"{digest.at:%H:%M}", "timezone": str(digest.zone)}
    return {each.name: values[each.name] for each in OPTIONS if values.get(each.name, each.default) != each.default}
