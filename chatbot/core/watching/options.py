"""The options of `/watch`: the keys of a room in the configuration, read from what somebody typed or chose."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, time, tzinfo
from typing import get_args

from chatbot.core.model.message import Mention
from chatbot.core.model.severity import Severity
from chatbot.core.model.watches import DigestEvery, DigestSchedule, EventKind, NotesLength, WatchFilter
from chatbot.core.text import patterns
from chatbot.core.text.words import listed

Options = Mapping[str, str]
"""By the key of a room in the configuration, in one spelling each; only those that differ from their default."""

YES, NO = "yes", "no"
NOBODY = "none"  # mentioned
ANYBODY = "*"  # may be pinged by the asker

_EVENTS: tuple[EventKind, ...] = get_args(EventKind)
_THRESHOLDS = ("low", "medium", "high", "critical")
_NOTES: tuple[NotesLength, ...] = get_args(NotesLength)
_WHOLE_ROOM = frozenset({"room", "@room", "everyone", "@everyone"})
_TIME = patterns.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
_DIGESTS = ("off", "daily", "weekly")
_WORDS = {"true": YES, "on": YES, YES: YES, "false": NO, "off": NO, NO: NO}


@dataclass(frozen=True, slots=True)
class Option:
    """One option as a chat offers it; `choices` are empty where it takes free text."""

    name: str
    description: str
    default: str
    choices: tuple[str, ...] = ()


def _sets(events: tuple[EventKind, ...]) -> tuple[str, ...]:
    """Every choice of events, all of them first."""
    picks = [
        [each for place, each in enumerate(events) if number >> place & 1] for number in range(1, 1 << len(events))
    ]
    return tuple(",".join(pick) for pick in sorted(picks, key=len, reverse=True))


OPTIONS: tuple[Option, ...] = (
    Option("events", "what is announced; all of it without this", ",".join(_EVENTS), _sets(_EVENTS)),
    Option("min_severity", "advisories from this severity on", "low", _THRESHOLDS),
    Option("mention", "who is pinged: a role, a person or the whole room", ""),
    Option("mention_min_severity", "pings from this severity on", "high", _THRESHOLDS),
    Option("prereleases", "announce prereleases too", NO, (YES, NO)),
    Option("notes", "how much of the release notes is shown", "short", _NOTES),
    Option("digest", "collect routine news in one message; security never waits", "off", _DIGESTS),
    Option("digest_at", "when the digest comes, in hours and minutes", "09:00"),
    Option("timezone", "the time zone of digest_at, such as Europe/Berlin", "UTC"),
    Option(
        "line_roles", "one opt-in role for each supported line, pinged by security news in its range", NO, (YES, NO)
    ),
)
_BY_NAME = {option.name: option for option in OPTIONS}


def read_options(
    arguments: Mapping[str, str], is_mention: Callable[[str], bool], zones: Collection[str]
) -> Options | str:
    """The options among the arguments, or a sentence that says which of them cannot be understood, and what can be.

    is_mention: whether the chat can ping this: `role:7`, `user:1`, `room`
    zones: the names of time zones
    """
    options: dict[str, str] = {}
    for option in OPTIONS:
        text = arguments.get(option.name, "").strip()
        value = _value(option, text, is_mention, zones) if text else option.default
        if value is None:
            return f"{option.name} can't be “{text[:40]}”. {_possible(option)}"
        if value != option.default:
            options[option.name] = value
    return options


def _value(option: Option, text: str, is_mention: Callable[[str], bool], zones: Collection[str]) -> str | None:
    """The value in its one spelling; None where the text means none."""
    match option.name:
        case "events":
            words = {word for word in text.lower().replace(",", " ").split() if word}
            return ",".join(each for each in _EVENTS if each in words) if words and words <= set(_EVENTS) else None
        case "mention":
            return _read_mention(text, is_mention)
        case "timezone":
            return next((zone for zone in sorted(zones) if zone.casefold() == text.casefold()), None)
        case "digest_at":
            return text if _TIME.fullmatch(text) else None
        case "prereleases" | "line_roles":
            return _WORDS.get(text.lower())
        case _:
            return text.lower() if text.lower() in option.choices else None


def _read_mention(text: str, is_mention: Callable[[str], bool]) -> str | None:
    if text.lower() == NOBODY:
        return ""
    mention = "room" if text.lower() in _WHOLE_ROOM else f"user:{text}" if text.startswith("@") else text
    return mention if is_mention(mention) else None


def _possible(option: Option) -> str:
    if option.name == "events":
        return f"It is one or more of {listed(_EVENTS)}, with commas between."
    if option.choices:
        return f"It is one of {listed(option.choices)}."
    return {
        "mention": "It is somebody who can be pinged here, or none.",
        "digest_at": "Write a time such as 09:00.",
        "timezone": "Write a name such as Europe/Berlin.",
    }[option.name]


def value_of(options: Options, name: str) -> str:
    """What an option is, named or not."""
    return options.get(name, _BY_NAME[name].default)


def filter_of(options: Options, zone_of: Callable[[str], tzinfo]) -> WatchFilter:
    """The filter that the options make; `zone_of` gives the time zone of a name."""
    return WatchFilter(
        events=frozenset(each for each in _EVENTS if each in value_of(options, "events").split(",")),
        prereleases=value_of(options, "prereleases") == YES,
        min_severity=Severity(value_of(options, "min_severity")),
        mention=mention_of(options),
        mention_min_severity=Severity(value_of(options, "mention_min_severity")),
        notes=next(each for each in _NOTES if each == value_of(options, "notes")),
        digest=_schedule(options, zone_of),
    )


def _schedule(options: Options, zone_of: Callable[[str], tzinfo]) -> DigestSchedule | None:
    every: DigestEvery | None = next((each for each in get_args(DigestEvery) if each == options.get("digest")), None)
    if every is None:
        return None
    at = time.fromisoformat(value_of(options, "digest_at"))
    return DigestSchedule(every=every, at=at, zone=zone_of(value_of(options, "timezone")))


def zone_in(options: Options, zone_of: Callable[[str], tzinfo]) -> tzinfo:
    """By whose clocks the room lives: there is one UTC, however it is called."""
    name = value_of(options, "timezone")
    return UTC if name == "UTC" else zone_of(name)


def mention_of(options: Options) -> Mention | None:
    """Whom the options have pinged."""
    kind, _, name = value_of(options, "mention").partition(":")
    return Mention(kind, name) if kind else None


def may_ping(mention: str, proved: Collection[str]) -> bool:
    """Whether somebody may ping this, by what the chat has just checked."""
    return not mention or ANYBODY in proved or mention in proved
