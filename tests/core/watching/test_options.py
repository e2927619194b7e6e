"""What may be written behind `/watch`, and what it means."""

from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest

from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Mention
from chatbot.core.model.severity import Severity
from chatbot.core.model.watches import DigestSchedule, WatchFilter
from chatbot.core.watching.options import OPTIONS, filter_of, may_ping, read_options
from chatbot.core.watching.room_watch import RoomWatch, rooms_now
from chatbot.core.watching.words import departures, fields, options_of
from tests.core import make

ZONES = frozenset({"UTC", "Europe/Berlin"})


def is_mention(text: str) -> bool:
    return text == "room" or text.startswith(("role:7", "user:@ann:example.org"))


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ({}, {}),
        ({"events": "security"}, {"events": "security"}),
        ({"events": "policy, SECURITY"}, {"events": "security,policy"}),
        ({"events": "policy,security,releases"}, {}),
        ({"min_severity": "High"}, {"min_severity": "high"}),
        ({"min_severity": "low", "notes": "short", "digest": "off"}, {}),
        ({"mention": "@room"}, {"mention": "room"}),
        ({"mention": "everyone"}, {"mention": "room"}),
        ({"mention": "@ann:example.org"}, {"mention": "user:@ann:example.org"}),
        ({"mention": "role:7"}, {"mention": "role:7"}),
        ({"mention": "none"}, {}),
        ({"prereleases": "true", "line_roles": "on"}, {"prereleases": "yes", "line_roles": "yes"}),
        (
            {"digest": "weekly", "digest_at": "18:30", "timezone": "europe/berlin"},
            {"digest": "weekly", "digest_at": "18:30", "timezone": "Europe/Berlin"},
        ),
        ({"project": "ferry", "unheard": "of"}, {}),
    ],
)
def test_options_have_one_spelling_and_defaults_are_left_out(
    arguments: dict[str, str], options: dict[str, str]
) -> None:
    assert read_options(arguments, is_mention, ZONES) == options


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("events", "security,gossip"),
        ("events", ","),
        ("min_severity", "unknown"),
        ("mention", "role:8"),
        ("mention", "<@&7>"),
        ("prereleases", "perhaps"),
        ("notes", "half"),
        ("digest", "hourly"),
        ("digest_at", "24:00"),
        ("timezone", "CEST"),
        ("line_roles", "7"),
    ],
)
def test_what_cannot_be_read_is_named_with_what_can(name: str, value: str) -> None:
    answer = read_options({name: value}, is_mention, ZONES)
    assert isinstance(answer, str)
    assert answer.startswith(f"{name} can't be “{value}”. ")
    assert answer.endswith(".")
    assert len(answer) > len(f"{name} can't be “{value}”. ")


def test_every_choice_that_a_chat_offers_can_be_read() -> None:
    for option in OPTIONS:
        for choice in option.choices:
            assert isinstance(read_options({option.name: choice}, is_mention, ZONES), dict), (option.name, choice)


def test_the_filter_is_that_of_a_configured_room() -> None:
    assert filter_of({}, ZoneInfo) == WatchFilter()
    options = {"events": "security", "prereleases": "yes", "min_severity": "high", "mention": "role:7", "notes": "full"}
    assert filter_of(
        options | {"mention_min_severity": "critical", "digest": "daily", "digest_at": "18:30"}, ZoneInfo
    ) == WatchFilter(
        events=frozenset({"security"}),
        prereleases=True,
        min_severity=Severity.HIGH,
        mention=Mention("role", "7"),
        mention_min_severity=Severity.CRITICAL,
        notes="full",
        digest=DigestSchedule(every="daily", at=time(18, 30), zone=ZoneInfo("UTC")),
    )


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"events": "policy"},
        {"mention": "room"},
        {"mention": "user:1", "min_severity": "medium"},
        {"digest": "weekly", "digest_at": "06:05", "timezone": "Europe/Berlin"},
        {"line_roles": "yes"},
    ],
)
def test_a_filter_can_be_described_like_the_options_that_made_it(options: dict[str, str]) -> None:
    watch = RoomWatch(room=RoomAddress("discord:1"), project=make.project.id, options=options, began_at=make.START)
    (room,) = rooms_now([make.project], [], [watch], ZoneInfo)
    assert options_of(room) == options


@pytest.mark.parametrize(
    ("mention", "proved", "may"),
    [
        ("", frozenset(), True),
        ("room", frozenset(), False),
        ("room", frozenset({"room"}), True),
        ("room", frozenset({"role:7"}), False),
        ("role:7", frozenset({"role:7"}), True),
        ("role:7", frozenset({"role:8", "room"}), False),
        ("role:7", frozenset({"*"}), True),
        ("user:1", frozenset(), False),
    ],
)
def test_only_what_the_asker_may_ping_is_pinged(mention: str, proved: frozenset[str], *, may: bool) -> None:
    assert may_ping(mention, proved) is may


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, []),
        ({"events": "security"}, ["security advisories and the releases that fix them"]),
        (
            {"min_severity": "high", "prereleases": "yes"},
            ["releases and prereleases, security advisories from high on and changes of the security policy"],
        ),
        ({"mention": "room", "mention_min_severity": "critical"}, ["pings everyone in this channel, from critical on"]),
        (
            {"notes": "none", "digest": "daily", "line_roles": "yes"},
            [
                "release notes: not shown",
                "digest: routine news daily at 09:00 (UTC); security never waits",
                "line roles: one opt-in role for each supported line",
            ],
        ),
    ],
)
def test_what_differs_from_the_defaults_is_described_in_words(options: dict[str, str], words: list[str]) -> None:
    assert departures(options, "channel") == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(30, "1 minute"), (150, "3 minutes"), (7100, "119 minutes"), (7201, "3 hours")],
)
def test_how_late_news_is_is_stated_in_whole_minutes_and_hours(seconds: int, words: str) -> None:
    late = fields({}, "room", timedelta(seconds=seconds))[-1]
    assert late.spans[0].text == f"usually within {words} of its publication"
