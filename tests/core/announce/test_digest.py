"""Digests of shown facts: golden values, a change with every fact that a reader sees, and none with the wording."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from chatbot.core.announce import summary
from chatbot.core.announce.digest import TEMPLATE, digest, policy_facts, same_facts
from chatbot.core.announce.messages import PostedMessage, announcement_id
from chatbot.core.announce.redigest import redigest
from chatbot.core.announce.subject import find
from chatbot.core.model.facts import Affected, Credit, Span
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import (
    BulletList,
    Code,
    CodeBlock,
    Heading,
    Link,
    ListItem,
    Paragraph,
    Quote,
    Strong,
    Struck,
    Text,
)
from chatbot.core.model.severity import Severity
from chatbot.core.snapshot import ProjectSnapshot
from tests.core import make

DAY, START = make.DAY, make.START
NOTES = (
    Heading(2, (Text("Fixed"),)),
    Paragraph((Text("see "), Link("#1", "https://example.org/1"), Strong("now"), Code("x"), Struck("old"))),
    BulletList((ListItem((Text("one"),)), ListItem((Text("two"),), depth=1)), ordered=True),
    CodeBlock("make"),
    Quote((Paragraph((Text("said"),)),)),
)
FIX = replace(make.release("v0.15.5", START + DAY), notes=NOTES)
NEXT = make.release("v0.16.0", START + timedelta(hours=12))
BAD = replace(
    make.advisory(at=START + 2 * DAY),
    affected=(
        Affected(range="< 0.15.5", patched="0.15.5"),
        Affected(package="p", ecosystem="npm", scheme="npm", spans=(Span(fixed="2"),), versions=("1.0.0",)),
    ),
    cwes=("CWE-79",),
    credits=(Credit(login="mallory"),),
    scores=(("CVSS:3.1/AV:N", 8.1),),
)
RELEASE, ADVISORY = "release/mail/v0.15.5", f"advisory/mail/{BAD.id}"


def snapshot() -> ProjectSnapshot:
    return make.snapshot([FIX, NEXT], [BAD])


def of(snapshot: ProjectSnapshot, subject_id: str, *, template: int = TEMPLATE) -> str:
    subject = find(snapshot, subject_id)
    assert subject is not None
    return subject.digest_as_of(template)


# Golden digests: databases hold them. Change one only together with a migration of the stored digests.
GOLDEN: dict[str, Callable[[], str]] = {
    "8ba90c5dbeb44a30ea36fd6e": lambda: of(snapshot(), RELEASE, template=2),
    "a7acd73cc37a3ca19f420840": lambda: of(snapshot(), RELEASE),
    "1f16605c08376f2aa3be98e1": lambda: of(snapshot(), ADVISORY),
    "904355b82b4b2648372d19a8": lambda: summary.summary_digest(snapshot(), [RELEASE, "release/mail/v0.16.0"]),
    "4f090dfe4d6f37aa0d167343": lambda: digest(same_facts(BAD, "CVE-2026-1")),
    "2c59d5f4f2e5c70c5bd05088": lambda: digest(
        policy_facts("https://example.org/SECURITY.md", ["0.15.x ends."], START)
    ),
}


@pytest.mark.parametrize("line", GOLDEN, ids=str)
def test_digests_stay_what_they_are(line: str) -> None:
    assert GOLDEN[line]() == line


def test_no_name_of_our_classes_is_in_what_is_digested() -> None:
    words = json.dumps(same_facts(BAD, "CVE-2026-1")) + json.dumps(policy_facts("u", ["s"], START))
    assert "Advisory(" not in words


RELEASES = {
    "url": replace(FIX, url="https://example.org/o/mail/other"),
    "notes": replace(FIX, notes=NOTES[:-1]),
    "a link's target": replace(FIX, notes=(Paragraph((Link("#1", "https://example.org/2"),)),)),
    "notes were cut": replace(FIX, notes_cut=True),
    "date": replace(FIX, published_at=START + 2 * DAY),
    "prerelease": replace(FIX, prerelease=True),
}


@pytest.mark.parametrize("change", RELEASES)
def test_what_changes_in_a_release_changes_its_digest(change: str) -> None:
    assert of(make.snapshot([RELEASES[change], NEXT], [BAD]), RELEASE) != of(snapshot(), RELEASE)


ADVISORIES = {
    "summary": replace(BAD, summary="other"),
    "severity": replace(BAD, severity=Severity.CRITICAL),
    "range": replace(BAD, affected=(Affected(range="< 0.15.6", patched="0.15.5"),)),
    "fix": replace(BAD, affected=(Affected(range="< 0.15.5", patched="0.15.9"),)),
    "alias": replace(BAD, aliases=frozenset({"CVE-2026-9"})),
    "score": replace(BAD, scores=(("CVSS:3.1/AV:N", 9.1),)),
    "exploited": replace(BAD, known_exploited=True),
    "weakness": replace(BAD, cwes=()),
    "credit": replace(BAD, credits=()),
    "address": replace(BAD, url="https://example.org/elsewhere"),
    "withdrawn": replace(BAD, withdrawn_at=START + 3 * DAY),
    "description": replace(BAD, description=NOTES),
}


@pytest.mark.parametrize("change", ADVISORIES)
def test_what_changes_in_an_advisory_changes_its_digest(change: str) -> None:
    assert of(make.snapshot([FIX, NEXT], [ADVISORIES[change]]), ADVISORY) != of(snapshot(), ADVISORY)


def test_what_a_release_is_bound_to_is_shown_and_counts() -> None:
    assert of(make.snapshot([FIX, NEXT], []), RELEASE) != of(snapshot(), RELEASE)
    assert of(make.snapshot([FIX], [BAD]), RELEASE) != of(snapshot(), RELEASE), "the newest then is named"


def test_a_new_name_of_the_project_in_the_configuration_edits_nothing() -> None:
    assert of(make.snapshot([FIX, NEXT], [BAD], name="Renamed"), RELEASE) == of(snapshot(), RELEASE)


def posted(subject: str, *, notified_for: frozenset[str] = frozenset(), template: int = 0) -> PostedMessage:
    name = announcement_id(RoomAddress("discord:1"), subject)
    return PostedMessage(
        announcement=name,
        room=RoomAddress("discord:1"),
        subject=subject,
        revision=1,
        digest="old",
        template=template,
        notified_for=notified_for,
    )


def test_posts_of_an_older_program_get_the_digest_of_what_they_show() -> None:
    listed = posted("summary/mail/x", notified_for=frozenset({f"lists:{RELEASE}"}))
    digests = redigest(snapshot(), [posted(RELEASE), posted(ADVISORY), listed, posted("release/mail/v9")], ())
    assert digests[posted(RELEASE).announcement] == of(snapshot(), RELEASE, template=1)
    assert digests[posted(ADVISORY).announcement] == of(snapshot(), ADVISORY)
    assert digests[listed.announcement] == summary.summary_digest(snapshot(), [RELEASE])
    assert digests[posted("release/mail/v9").announcement] == "old"


def test_a_second_post_of_one_advisory_is_a_pointer_to_the_first() -> None:
    twin = replace(BAD, aliases=frozenset({"CVE-2026-1"}))
    digests = redigest(make.snapshot([FIX], [twin]), [posted(ADVISORY), posted("advisory/mail/CVE-2026-1")], ())
    assert digests[posted("advisory/mail/CVE-2026-1").announcement] == digest(same_facts(twin, "CVE-2026-1"))


def test_an_edit_that_is_pending_is_still_made() -> None:
    assert redigest(snapshot(), [posted(RELEASE)], {RELEASE}) == {posted(RELEASE).announcement: ""}


def test_what_has_a_digest_of_facts_is_left_alone() -> None:
    assert redigest(snapshot(), [posted(RELEASE, template=1)], ()) == {}


def test_that_it_is_a_fix_for_an_older_line_is_shown_and_so_in_the_digest() -> None:
    """Where the newest may not be recommended nothing names it, but the words still depend on it."""
    old = make.release("v0.14.9", START + 2 * DAY)
    newer = make.known_release(make.release("v0.15.4", START + DAY), missing_since=START + 3 * DAY)
    snapshots = [make.snapshot([old]), make.snapshot([old, newer])]
    posted = [subject for subject in (find(each, "release/mail/v0.14.9") for each in snapshots) if subject is not None]
    assert len({make.words(subject.message) for subject in posted}) == len({subject.digest for subject in posted}) == 2
