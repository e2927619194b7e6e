"""Short answers: the newest release, the state of the bot, and the help."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chatbot.core.model.facts import Release
from chatbot.core.model.knowledge import Knowledge
from chatbot.core.model.message import Link, Tone, text
from chatbot.core.queries.answers.latest import latest
from chatbot.core.queries.answers.status import Health, Refusing, status
from chatbot.core.queries.query_context import QueryContext, unsure
from chatbot.core.snapshot import build_snapshot
from tests.core import make

DAY, START = make.DAY, make.START
NOW = START + 40 * DAY
OLD, FIX, BACKPORT = (
    make.release("v0.15.4", START),
    make.release("v0.15.5", START + DAY),
    make.release("v0.14.9", START + 2 * DAY),
)
CANDIDATE = make.release("v0.16.0-rc.1", START + 3 * DAY)
READ_NOW: Mapping[str, Any] = {
    "read_at": {
        "github-releases:mail": NOW - timedelta(minutes=5),
        "github-advisories:mail": NOW - timedelta(minutes=5),
        "github-policy:mail": NOW - timedelta(hours=3),
    }
}


def context(*releases: Release, knowledge: Knowledge | None = None, **arguments: str) -> QueryContext:
    facts = knowledge or make.knowledge(releases, **READ_NOW)
    return QueryContext(
        forge=make.FORGE, snapshot=build_snapshot(make.project, facts), policy=None, now=NOW, arguments=arguments
    )


@pytest.mark.parametrize(
    ("releases", "line", "lines"),
    [
        (
            (OLD, FIX, BACKPORT, CANDIDATE),
            "",
            [
                "The newest Mail Server is 0.15.5",
                "Published: 2 January 2030, 12:00 UTC (patch release)",
                "• 0.15.x – 0.15.5, 2 January 2030",
                "• 0.14.x – 0.14.9, 3 January 2030",
                "Release notes of 0.15.5: https://example.org/releases/v0.15.5",
            ],
        ),
        (
            (OLD, FIX, BACKPORT),
            "V0.14.x",
            [
                "The newest Mail Server 0.14.x is 0.14.9",
                "Published: 3 January 2030, 12:00 UTC (patch release)",
                "Release notes of 0.14.9: https://example.org/releases/v0.14.9",
            ],
        ),
        ((OLD, BACKPORT), "0.13", ["Mail Server has no 0.13.x", "There are: 0.15.x, 0.14.x."]),
        ((), "", ["I know of no release of Mail Server", "None has been published."]),
        (
            (CANDIDATE,),
            "",
            [
                "The newest Mail Server is 0.16.0-rc.1",
                "Published: 4 January 2030, 12:00 UTC (prerelease)",
                "• 0.16.x – 0.16.0-rc.1, 4 January 2030",
                "Release notes of 0.16.0-rc.1: https://example.org/releases/v0.16.0-rc.1",
            ],
        ),
    ],
)  # fmt: skip
def test_the_newest(releases: tuple[Release, ...], line: str, lines: list[str]) -> None:
    arguments: dict[str, Any] = {"line": line} if line else {}
    assert make.lines_of(latest(context(*releases, **arguments))) == lines


def test_in_a_repository_of_several_each_has_its_newest() -> None:
    answer = latest(context(FIX, replace(make.release("tools-v3.0.0", START + DAY), url="")))
    newest = {"0.15.5: patch release, 2 January 2030", "tools 3.0.0: major release, 2 January 2030"}
    assert newest <= set(make.lines_of(answer))
    assert answer.links == (Link("Release notes of 0.15.5", FIX.url),)


def test_a_removed_release_is_not_the_newest() -> None:
    knowledge = make.knowledge([OLD, make.known_release(FIX, removal_confirmed=True)])
    assert latest(context(knowledge=knowledge)).title == "The newest Mail Server is 0.15.4"


WATCHED = "• Mail Server: 1 release, 1 advisory, no security policy; last read 10 February 2030, 11:55 UTC"


@pytest.mark.parametrize(
    ("knowledge", "health", "lines", "tone"),
    [
        (make.knowledge([FIX], [make.advisory()], **READ_NOW), Health(), ["All is well", WATCHED], Tone.GOOD),
        (
            make.knowledge([OLD, FIX], [], policy=make.known_policy()),
            Health(waiting=2, oldest_waiting=NOW - timedelta(minutes=2)),
            [
                "2 messages are on the way", "Waiting: 2 messages, the oldest since 10 February 2030, 11:58 UTC",
                "• Mail Server: 2 releases, 0 advisories, a security policy; not read yet",
            ],
            Tone.ANSWER,
        ),
        (
            replace(make.knowledge(policy=make.known_policy(), **READ_NOW), baseline_at=None),
            Health(),
            [
                "1 problem needs attention", "• Mail Server was not read completely yet; nothing is announced until then",
                "• Mail Server: 0 releases, 0 advisories, a security policy; last read 10 February 2030, 11:55 UTC",
            ],
            Tone.WARNING,
        ),
        (
            make.knowledge(policy=make.known_policy(), newer_unreadable=make.known_policy(), trouble={"github-releases:mail": "refused", "osv:mail": ""}),
            Health(parked=1, oldest_waiting=NOW),
            [
                "3 problems need attention",
                "• 1 message needs the operator: see chatbot deliveries.",
                "• Mail Server: releases on GitHub could not be read: refused",
                "• Mail Server: the security policy as it stands now cannot be read; its earlier text does not count",
                "• Mail Server: 0 releases, 0 advisories, a security policy; not read yet",
            ],
            Tone.WARNING,
        ),
    ],
)  # fmt: skip
def test_status(knowledge: Knowledge, health: Health, lines: list[str], tone: Tone) -> None:
    answer = status([context(knowledge=knowledge)], health, NOW)
    assert make.lines_of(answer) == lines
    assert answer.tone is tone


@pytest.mark.parametrize(
    ("readings", "health", "words"),
    [
        ({}, Health(refusing=(Refusing(waiting=5), Refusing(waiting=1))), "• 2 rooms take no messages; 6 messages waiting for them. The operator can see why with chatbot deliveries."),
        ({}, Health(refusing=(Refusing(waiting=1),)), "• 1 room takes no messages; 1 message waiting for it. The operator can see why with chatbot deliveries."),
        ({}, Health(refusing=(Refusing(room="here", reason="it may not write", waiting=5),)), "• here takes no messages: it may not write (5 waiting)"),
        ({}, Health(stopped={"Discord": "its token is refused", "Matrix": ""}), "• Discord is stopped: its token is refused"),
        ({}, Health(waiting=1, oldest_waiting=NOW - timedelta(hours=2)), "• Messages have been waiting since 10 February 2030, 10:00 UTC"),
        ({}, Health(waiting=2, failing={"Discord answered 502": 2}), "• 2 messages could not be sent yet and are tried again: Discord answered 502"),
        ({}, Health(waiting=1, failing={"Discord answered 502": 1}), "• 1 message could not be sent yet and is tried again: Discord answered 502"),
        ({}, Health(parked=1), "• 1 message needs the operator: see chatbot deliveries."),
        ({"trouble": {"github-advisories:mail": "401"}}, Health(), "• Mail Server: advisories on GitHub could not be read: 401"),
        ({"read_at": {"github-advisories:mail": NOW - timedelta(hours=7)}}, Health(), "• Mail Server: advisories on GitHub: last read 10 February 2030, 05:00 UTC"),
        ({}, Health(unparsed={"mail": [("SECURITY.md", "too slow")]}), "• Mail Server: SECURITY.md cannot be parsed (too slow); tried again daily, and when it changes"),
        ({}, Health(unparsed={"mail": [(str(number), "too slow") for number in range(7)]}), "• Mail Server: 2 more cannot be parsed"),
    ],
)  # fmt: skip
def test_all_is_well_only_where_all_of_it_is(readings: dict[str, Any], health: Health, words: str) -> None:
    answer = status(
        [context(knowledge=make.knowledge([FIX], [make.advisory()], **{**READ_NOW, **readings}))], health, NOW
    )
    assert answer.title.endswith("attention")
    assert answer.tone is Tone.WARNING
    assert words in make.lines_of(answer)


def test_of_many_rooms_the_first_are_named() -> None:
    many = [Refusing(room=f"room {number}", waiting=1) for number in range(12)]
    lines = make.lines_of(status([], Health(refusing=many), NOW))
    assert "• room 9 takes no messages: no reason was given (1 waiting)" in lines
    assert any(line.startswith("• 2 more rooms take no messages; 2 messages waiting") for line in lines)


def test_only_a_tag_that_was_seen_lately_and_is_no_release_yet_is_pending() -> None:
    pending = {"v0.15.5": NOW, "v0.15.6": NOW, "v0.15.7": NOW - timedelta(minutes=16)}
    knowledge = make.knowledge([FIX], [make.advisory()], pending=pending, **READ_NOW)
    lines = make.lines_of(status([context(knowledge=knowledge)], Health(), NOW))
    assert [line for line in lines if "confirm" in line] == [
        "• Mail Server: v0.15.6 was seen; GitHub has yet to confirm it"
    ]


def test_what_is_missing_from_a_listing_is_reported() -> None:
    knowledge = make.knowledge([FIX], [], gaps={"github-releases:mail": "GitHub lists 1000 of them"})
    lines = make.lines_of(status([context(knowledge=knowledge)], Health(), NOW))
    assert "• Mail Server: releases on GitHub: GitHub lists 1000 of them" in lines


def test_status_without_projects() -> None:
    assert make.lines_of(status([], Health(), NOW)) == ["All is well", "No project is watched here."]


def test_an_unsure_answer() -> None:
    answer = unsure("T", "because", "so", small=(text("small"),))
    assert make.lines_of(answer) == ["T", "because", "so", "small"]
    assert answer.tone is Tone.UNSURE
