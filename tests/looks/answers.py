"""Answers to commands about Windlass, made by the functions that make them in a chat."""

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace

from chatbot.core.announce.messages import Decision
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.message import Message
from chatbot.core.model.watches import Project
from chatbot.core.queries.answers.redirect import to_author, to_moderator
from chatbot.core.queries.answers.status import Health, Refusing, status
from chatbot.core.queries.answers.why import why
from chatbot.core.queries.commands import CommandError, Right, read_line
from chatbot.core.queries.query_context import QueryContext, helped, which_project
from chatbot.core.queries.questions import QUESTIONS
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.sources.support_policy.reader import read_policy
from tests.core import make
from tests.looks import windlass as w

EVERYTHING = w.snapshot([w.FIX, w.BACKPORT], [w.CRITICAL, w.HIGH, w.LOW], policy=w.page(w.FIRST_PAGE))
EVERYBODY = frozenset({Right.EVERYONE})

ASKED = {
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


def _answered(line: str) -> Message:
    request = read_line(line)
    assert not isinstance(request, CommandError), line
    command, arguments = request
    message = QUESTIONS[command.name](context(arguments))
    return replace(message, answer=True, private=command.private or message.private)


def _others() -> Iterator[tuple[str, str, Message]]:
    """Answers that need more than one project's facts."""
    ferry = Project(id=ProjectId("capstan"), name="Capstan", repository="windlass-example/capstan")
    yield "help", "/help", helped(EVERYBODY, "/")
    yield "help-near", "/suported 4.2", helped(EVERYBODY, "/", "supported")
    yield "which-project", "/supported 4.2", which_project("Name one of these: windlass, capstan.", [w.WINDLASS, ferry])
    yield "status-well", "/status", status([context({})], Health(), w.NOW)
    waiting = Health(
        waiting=3,
        oldest_waiting=w.NOW - w.DAY,
        refusing=[Refusing(room=w.ROOM, reason="Missing Permissions", waiting=3)],
        stopped={"matrix": "the access token was refused"},
    )
    yield "status-waiting", "/status", status([context({})], waiting, w.NOW)
    decision = Decision(
        project="windlass",
        subject="advisory/windlass/GHSA-5h7m-8v9w-3x4c",
        room=w.ROOM,
        verdict="skip",
        reason="its severity is low, and this room hears from high on",
    )
    why_low = why(context({"id": "GHSA-5h7m-8v9w-3x4c"}), [(w.NOW, decision)], all_rooms=False)
    yield "why", f"/why {shlex.quote('GHSA-5h7m-8v9w-3x4c')}", why_low
    without_fix = w.snapshot([], [w.MEDIUM], policy=w.page(w.FIRST_PAGE))
    yield "affected-no-fix", "/affected 4.2.2", QUESTIONS["affected"](context({"version": "4.2.2"}, without_fix))
    yield "redirect-author", "", to_author(context({}))
    yield "redirect-moderator", "/redirect", to_moderator(context({}), "1002")


ANSWERS: Mapping[str, tuple[str, Message]] = {
    **{f"answer-{name}": (line, _answered(line)) for name, line in ASKED.items()},
    **{f"answer-{name}": (line, replace(message, answer=True)) for name, line, message in _others()},
}
