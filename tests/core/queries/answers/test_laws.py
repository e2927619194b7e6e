"""What holds for every answer to every command, whatever is known: nothing that is wrong tomorrow, nothing twice, within limits."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatbot.chats.discord import format as discord_format
from chatbot.chats.matrix import format as matrix_format
from chatbot.core.announce.messages import Decision, Verdict
from chatbot.core.announce.plan_builder import BRIDGED
from chatbot.core.model.facts import Advisory, Release
from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.knowledge import TrackedPolicy
from chatbot.core.model.message import Message, plain
from chatbot.core.model.severity import Severity
from chatbot.core.queries.answers.redirect import to_author, to_moderator
from chatbot.core.queries.answers.status import Health, Refusing, status
from chatbot.core.queries.answers.why import subjects_of, why
from chatbot.core.queries.query_context import QueryContext
from chatbot.core.queries.questions import QUESTIONS
from chatbot.core.snapshot import build_snapshot
from chatbot.core.support.current import current_policy
from chatbot.sources.support_policy.reader import read_policy
from tests.core import make
from tests.examples import scaled
from tests.standins.discord import Recorded
from tests.standins.discord.rules import complaints

NOW = make.START + 40 * make.DAY
LARGEST_ON_MATRIX = 16_000  # bytes
PASSING = re.compile(r"\b(just now|today|yesterday|tomorrow|[0-9]+ (?:second|minute|hour|day|week)s? (?:ago|left))\b")
ADDRESS = re.compile(r"\b(?:discord:[0-9]|matrix:[!#@]|console:)")
TAGS = (
    "v1.9.9",
    "v2.0.0",
    "v2.1.0",
    "v2.1.1",
    "v2.1.4",
    "v2.2.0",
    "v2.2.1-rc.1",
    "tools-v1.0.0",
    "nightly",
    "v" + "9" * 60,
)
RANGES = (">= 2.1.0, < 2.1.1", ">= 2.0", "< 2.2.0", "what came before", "= 2.2.0", "")
PAGES = (
    "# Security\n\n| Version | Supported |\n|---|---|\n| 2.2.x | ✅ |\n| 2.1.x | until 2030-03-31 |\n| < 2.1 | ❌ |\n",
    "# Security\n\nWrite to security@example.org. Include the version. Our PGP key is at https://example.org/pgp.asc\n",
    "Only the latest release gets fixes.",
    "",
)
TEXTS = (
    "",
    "2.1.0",
    "2.1",
    "2.2.0 2.1.0",
    "99.0",
    "1.9",
    "2.2.x",
    "banana",
    "tools-v1.0.0",
    "@everyone",
    "x" * 90,
    "2.1.77",
)
IDS = ("GHSA-aaaa-aaaa-aaaa", "v2.1.0", "2.2.0", "policy", "nothing", "")


@st.composite
def facts(draw: st.DrawFn) -> QueryContext:
    """A project of which more or less is known, read lately or long ago, whole or in part."""
    tags = draw(st.lists(st.sampled_from(TAGS), unique=True))
    releases = [make.release(tag, make.START + number * make.DAY) for number, tag in enumerate(tags)]
    advisories = [
        make.advisory(f"GHSA-{letter * 4}-{letter * 4}-{letter * 4}", severity, affected=affected, patched=patched)
        for letter, severity, affected, patched in draw(
            st.lists(
                st.tuples(
                    st.sampled_from("abcd"),
                    st.sampled_from(Severity),
                    st.sampled_from(RANGES),
                    st.sampled_from(("", "2.1.1", "2.2.0", "7.0")),
                ),
                max_size=4,
                unique_by=lambda row: row[0],
            )
        )
    ]
    names = ("github-releases:mail", "github-advisories:mail", "github-policy:mail", "osv:mail")
    hours = draw(st.tuples(*(st.sampled_from((None, 0, 1, 7, 300)) for _ in names)))
    read_at = {name: NOW - timedelta(hours=ago) for name, ago in zip(names, hours, strict=True) if ago is not None}
    troubles = st.dictionaries(st.sampled_from(names), st.sampled_from(("", "api.example.org answered 401")))
    text = draw(st.sampled_from(PAGES))
    page: TrackedPolicy | None = draw(
        st.sampled_from(
            (None, make.known_policy(text, path="SECURITY.md", committed_at=make.START), make.known_policy(text))
        )
    )
    knowledge = make.knowledge(
        tags_of(releases),
        flagged(draw, advisories),
        read_at=read_at,
        trouble=draw(troubles),
        gaps=draw(troubles),
        policy=page,
        newer_unreadable=draw(st.sampled_from((None, None, make.known_policy("?", unreadable="is not UTF-8")))),
        private_form=draw(st.sampled_from(("on", "off", "unknown"))),
        pending=draw(st.dictionaries(st.sampled_from(("v3", "v2.1.0")), st.just(NOW))),
    )
    project = replace(make.project, bugs_url=draw(st.sampled_from(("", "https://example.org/bugs"))))
    return QueryContext(
        forge=make.FORGE,
        snapshot=build_snapshot(project, knowledge),
        policy=current_policy(knowledge, read_policy),
        now=NOW,
        prefix=draw(st.sampled_from("/!")),
        room_word=draw(st.sampled_from(("channel", "room"))),
    )


def tags_of(releases: list[Release]) -> list[Release]:
    return [replace(item, prerelease="-rc" in item.tag) for item in releases]


def flagged(draw: st.DrawFn, advisories: list[Advisory]) -> list[Advisory]:
    return [replace(item, known_exploited=draw(st.booleans())) for item in advisories]


def faults_of(message: Message) -> list[str]:
    """What an answer must not be."""
    lines = make.lines_of(message)
    words = "\n".join(lines)
    answer = replace(message, answer=True)
    recorded = Recorded(
        method="POST",
        path="/channels/1/messages",
        body=discord_format.to_payload(answer, ""),
        content_type="application/json",
    )
    content = matrix_format.to_content(answer, {})
    values = [plain(item.spans) for item in message.fields]
    size = len((str(content["body"]) + str(content["formatted_body"])).encode())
    checks: Mapping[str, bool] = {
        "no title": not message.title.strip(),
        f"wrong tomorrow: {PASSING.search(words)}": PASSING.search(words) is not None,
        f"a raw address: {ADDRESS.search(words)}": ADDRESS.search(words) is not None,
        "a field repeats the title": message.title in values,
        "a field stands twice": len(values) != len(set(values)),
        "a link stands twice": len({link.url for link in message.links}) != len(message.links),
        f"these lines stand twice: {_repeated(message)}": bool(_repeated(message)),
        f"too large for Matrix: {size}": size > LARGEST_ON_MATRIX,
    }
    return [fault for fault, there in checks.items() if there] + [str(each) for each in complaints(recorded)]


def _repeated(message: Message) -> list[str]:
    lines = Counter(line.strip() for line in make.lines_of(message) if line.strip())
    return [line for line, times in lines.items() if times > 1]


SLOW = settings(deadline=None, max_examples=scaled(80), suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("command", sorted(QUESTIONS))
@SLOW
@given(
    context=facts(),
    text=st.sampled_from(TEXTS),
    name=st.sampled_from(IDS),
    section=st.sampled_from(("", "reporting", "none")),
)
def test_every_answer(command: str, context: QueryContext, text: str, name: str, section: str) -> None:
    arguments = {"version": text, "line": text, "id": name, "section": section, "severity": "", "since": ""}
    given_arguments = {key: value for key, value in arguments.items() if value}
    assert faults_of(QUESTIONS[command](replace(context, arguments=given_arguments))) == []


VERDICTS: tuple[tuple[Verdict, str], ...] = (
    ("announce", "a new release"),
    ("amend", "its words changed"),
    ("escalate", "Its severity is now critical; it was high."),
    ("skip", "this room does not watch releases"),
    ("skip", f"{BRIDGED}discord:1, which shows it"),
    ("hold", "it is read once more before it is announced"),
)


@SLOW
@given(
    context=facts(),
    name=st.sampled_from(IDS),
    verdicts=st.lists(st.tuples(st.sampled_from(VERDICTS), st.sampled_from(("discord:1", "matrix:!a:b", "console")))),
    all_rooms=st.booleans(),
    watching=st.booleans(),
)
def test_every_answer_to_why(
    context: QueryContext, name: str, verdicts: list[tuple[tuple[Verdict, str], str]], all_rooms: bool, watching: bool
) -> None:
    context = replace(context, arguments={"id": name})
    subject = next(iter(subjects_of(context)), "release/mail/v2.1.0")
    decisions = [
        (
            make.START + number * make.DAY,
            Decision(
                project=ProjectId("mail"),
                subject=subject,
                room=RoomAddress(room if all_rooms else "discord:1"),
                verdict=verdict,
                reason=reason,
            ),
        )
        for number, ((verdict, reason), room) in enumerate(verdicts)
    ]
    answer = why(context, decisions, all_rooms=all_rooms, watching=watching, name_of=lambda room: f"#{room[-1:]}")
    assert faults_of(answer) == []


@SLOW
@given(
    contexts=st.lists(facts(), max_size=2),
    refusing=st.lists(st.builds(Refusing, room=st.sampled_from(("", "#a")), waiting=st.integers(0, 3)), max_size=1),
    waiting=st.integers(0, 3),
    parked=st.integers(0, 2),
    failing=st.dictionaries(st.just("it answered 502"), st.integers(1, 2)),
    stopped=st.dictionaries(st.just("Matrix"), st.sampled_from(("", "its token is refused"))),
)
def test_every_answer_to_status(
    contexts: list[QueryContext],
    refusing: list[Refusing],
    waiting: int,
    parked: int,
    failing: dict[str, int],
    stopped: dict[str, str],
) -> None:
    since = NOW - make.HOUR if waiting else None
    health = Health(
        waiting=waiting, parked=parked, oldest_waiting=since, failing=failing, refusing=refusing, stopped=stopped
    )
    projects = [
        replace(each, snapshot=replace(each.snapshot, project=replace(each.project, name=f"Mail {number}")))
        for number, each in enumerate(contexts)
    ]
    answer = status(projects, health, NOW)
    assert faults_of(answer) == []
    wrong = refusing or parked or failing or any(stopped.values()) or waiting
    assert not (wrong and answer.title == "All is well")


@SLOW
@given(context=facts())
def test_the_answers_to_redirect(context: QueryContext) -> None:
    for answer in (to_author(context), to_moderator(context, ""), to_moderator(context, "1/2")):
        assert faults_of(answer) == []
