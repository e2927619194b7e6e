"""Answers to commands about Windlass, made by the functions that make them in a chat."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from chatbot.chats.discord.profile import PROFILE as DISCORD
from chatbot.core.announce.messages import Decision, Verdict
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.message import Message
from chatbot.core.model.watches import Project
from chatbot.core.queries.answers.arrival import Arrival
from chatbot.core.queries.answers.arrival import words as arrival_words
from chatbot.core.queries.answers.redirect import to_author, to_moderator
from chatbot.core.queries.answers.status import Broken, ForMaintainers, Health, Refusing, status
from chatbot.core.queries.answers.watching import (
    Place,
    Watched,
    cannot_look,
    in_a_room_only,
    may_not_ping,
    no_longer_public,
    set_by_operator,
    too_many,
    too_many_lookups,
    unwatch_answer,
    watch_answer,
    watching_answer,
)
from chatbot.core.queries.answers.why import why
from chatbot.core.queries.commands import CommandError, CommandRequest, Right, read_line
from chatbot.core.queries.guidance import Guide, helped, which_project
from chatbot.core.queries.query_context import QueryContext
from chatbot.core.queries.questions import QUESTIONS
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.watching.example import last_announcement
from chatbot.core.watching.options import filter_of
from chatbot.sources.support_policy.reader import read_policy
from tests.core import make
from tests.looks import windlass as w

EVERYTHING = w.snapshot([w.FIX, w.BACKPORT], [w.CRITICAL, w.HIGH, w.LOW], policy=w.page(w.FIRST_PAGE))

LINES = {
    "supported": "/supported",
    "supported-line": "/supported 4.2",
    "supported-line-with-an-end": "/supported 4.1",
    "supported-clean": "/supported 4.2.3",
    "supported-vulnerable": "/supported 4.1.8",
    "supported-ended": "/supported 3.9.6",
    "supported-no-such-version": "/supported 7.1",
    "supported-not-a-version": "/supported banana",
    "latest": "/latest",
    "latest-of-a-line": "/latest 4.1",
    "latest-of-an-ended-line": "/latest 3.9",
    "latest-no-such-line": "/latest 9",
    "affected-vulnerable": "/affected 4.1.8",
    "affected-clean": "/affected 4.2.3",
    "affected-ended": "/affected 3.9.6",
    "affected-no-such-version": "/affected 99.0",
    "upgrade": "/upgrade 4.1.7",
    "upgrade-nothing-newer": "/upgrade 4.2.3",
    "advisory": "/advisory CVE-2031-40417",
    "advisory-not-known": "/advisory CVE-1999-0001",
    "advisories": "/advisories",
    "advisories-critical": "/advisories critical",
    "credits": "/credits",
    "policy": "/policy",
    "policy-section": "/policy scope",
    "report": "/report",
    "template": "/template",
}


def context(arguments: Mapping[str, str], snapshot: ProjectSnapshot = EVERYTHING) -> QueryContext:
    return QueryContext(
        snapshot=snapshot, policy=read_policy(w.FIRST_PAGE), now=w.NOW, forge=make.FORGE, arguments=arguments
    )


def _answer_to(line: str) -> Message:
    request = read_line(line)
    assert not isinstance(request, CommandError), line
    command, arguments = request
    message = QUESTIONS[command.name](context(arguments))
    return replace(message, answer=True, private=command.private or message.private)


MINUTE = timedelta(minutes=1)
CHANNEL = Place(room_word="channel", server_word="server")


def _watching() -> Iterator[tuple[str, str, Message]]:
    """A channel that is watched by command."""
    late = timedelta(seconds=130)
    loud = {"events": "security", "min_severity": "high", "mention": "role:7", "mention_min_severity": "critical"}
    example = last_announcement(EVERYTHING, filter_of(loud, ZoneInfo))
    line = "/watch windlass events:security min_severity:high mention:role:7 mention_min_severity:critical"
    yield "watch", line, watch_answer("Windlass", loud, late, example, CHANNEL, is_new=True)
    digest = {"digest": "weekly", "timezone": "Europe/Berlin", "notes": "full", "prereleases": "yes"}
    quiet = last_announcement(w.snapshot([w.FIX], []), filter_of(digest, ZoneInfo))
    again = "/watch windlass digest:weekly timezone:Europe/Berlin notes:full prereleases:yes"
    yield "watch-again", again, watch_answer("Windlass", digest, late, quiet, CHANNEL, is_new=False)
    watches = [
        Watched(name="Windlass", options={"line_roles": "yes"}, by_file=True, since=w.NOW - 90 * w.DAY, late=late),
        Watched(name="Capstan", options=loud | digest, by_file=False, since=w.NOW - w.DAY, late=60 * late),
    ]
    reach = Arrival(delay=timedelta(seconds=2), subscribers={"discord": 214}, paces={"discord": 0.8})
    soon = arrival_words(reach, "this channel")
    yield "watching", "/watching", watching_answer(watches, CHANNEL, soon)
    yield "watching-nothing", "/watching", watching_answer([], CHANNEL)
    yield "unwatch", "/unwatch windlass", unwatch_answer("Windlass", CHANNEL)
    yield "watch-by-file", "/watch windlass", set_by_operator("Windlass", CHANNEL)
    yield "watch-no-ping", "/watch windlass mention:room", may_not_ping("room", CHANNEL)
    yield "watch-too-many", "/watch windlass-example/capstan", too_many(10, CHANNEL)
    yield "watch-too-many-lookups", "/watch windlass-example/capstan", too_many_lookups(1)
    yield "watch-no-look", "/watch windlass-example/capstan", cannot_look()
    yield "watch-ended", "", no_longer_public("windlass-example/capstan")
    yield "watch-in-dm", "/watch windlass", in_a_room_only(CHANNEL)


def _decision_on(advisory: str, verdict: Verdict, reason: str) -> Decision:
    subject = f"advisory/windlass/{advisory}"
    return Decision(project=ProjectId("windlass"), subject=subject, room=w.ROOM, verdict=verdict, reason=reason)


def _others() -> Iterator[tuple[str, str, Message]]:
    """Answers that need more than one project's facts."""
    ferry = Project(id=ProjectId("capstan"), name="Capstan", repository="windlass-example/capstan")
    guide = Guide(context=context({}))
    yield "help", "/help", helped(guide, {})
    several = replace(
        guide, several=True, project=ProjectId("windlass"), rights=frozenset(Right), in_menus=DISCORD.in_menus
    )
    yield "help-several", "/help", helped(several, {})
    yield "help-command", "/help affected", helped(guide, {"command": "affected"})
    yield "help-near", "/suported 4.2", helped(guide, {"near": "supported"})
    yield "help-incomplete", "/affected", helped(guide, {"near": "affected", "reason": "Which version?"})
    asked_twice = CommandRequest(
        command="supported", arguments={"version": "4.2"}, asker=RoomAddress("discord:user:1"), asked_at=w.NOW
    )
    yield "which-project", "/supported 4.2", which_project(asked_twice, [w.WINDLASS, ferry], "/")
    yield "status-well", "/status", status([context({})], Health(), w.NOW)
    waiting = Health(
        waiting=3,
        oldest_waiting=w.NOW - w.DAY,
        refusing=[Refusing(room="#releases", reason="Missing Permissions", waiting=3)],
        stopped={"Matrix": "the access token was refused"},
    )
    yield "status-waiting", "/status", status([context({})], waiting, w.NOW)
    broken = [
        Broken(
            room="#security", words="missing permissions: Embed Links; grant them to the bot's role in this channel"
        ),
        Broken(
            room="Releases @everyone",
            words="the bot cannot write; raise the power level of @bot:example.org to 50",
        ),
    ]
    parked = [("#releases", "Windlass 4.2.3")]
    more = ForMaintainers(checked=7, checked_at=w.NOW, broken=broken, chats=["Discord", "Matrix"], parked=parked)
    yield "status-for-maintainers", "/status", status([context({})], Health(parked=1, more=more), w.NOW)
    itself = (
        "GHSA-3w8j-2q5m-7h9p (high) affects version 1.4.2 of the bot itself: upgrade to 1.4.3",
        "version 1.4.2 of the bot itself gets security fixes until 31 March 2031 only: upgrade to 1.5.0",
    )
    yield (
        "status-of-itself",
        "/status",
        status([context({})], Health(more=replace(more, itself=itself, broken=(), parked=())), w.NOW),
    )
    low, critical = "GHSA-5h7m-8v9w-3x4c", w.CRITICAL.id
    skipped = _decision_on(low, "skip", "its severity (low) is below this room's threshold (high)")
    yield "why-not", f"/why {low}", why(context({"id": low}), [(w.NOW, skipped)], all_rooms=False)
    course = [
        (w.NOW - 3 * MINUTE, _decision_on(critical, "hold", "it is read once more before it is announced")),
        (w.NOW - 2 * MINUTE, _decision_on(critical, "announce", "a new advisory")),
        (w.NOW - MINUTE, _decision_on(critical, "amend", "its words changed")),
        (w.NOW, _decision_on(critical, "escalate", "It is now known to be exploited.")),
    ]
    yield "why", "/why CVE-2031-40417", why(context({"id": "CVE-2031-40417"}), course, all_rooms=False)
    names = {w.ROOM: "#releases", "discord:1002": "#security", "discord:1003": "#random"}
    others = [
        (w.NOW, replace(_decision_on(low, "announce", "a new advisory"), room=RoomAddress("discord:1002"))),
        (w.NOW, replace(skipped, room=RoomAddress("discord:1003"))),
    ]
    everywhere = why(
        context({"id": low}), [(w.NOW, skipped), *others], all_rooms=True, name_of=lambda room: names[room]
    )
    yield "why-everywhere", f"/why {low}", everywhere
    without_fix = w.snapshot([], [w.MEDIUM], policy=w.page(w.FIRST_PAGE))
    yield "affected-no-fix", "/affected 4.2.2", QUESTIONS["affected"](context({"version": "4.2.2"}, without_fix))
    yield (
        "affected-beyond-an-open-range",
        "/affected 99.0",
        QUESTIONS["affected"](context({"version": "99.0"}, without_fix)),
    )
    yield from _watching()
    yield "redirect-author", "", to_author(context({}))
    yield "redirect-moderator", "/redirect", to_moderator(context({}), "1002")


ANSWERS: Mapping[str, tuple[str, Message]] = {
    **{f"answer-{name}": (line, _answer_to(line)) for name, line in LINES.items()},
    **{f"answer-{name}": (line, replace(message, answer=True)) for name, line, message in _others()},
}
