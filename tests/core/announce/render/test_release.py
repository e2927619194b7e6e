"""The words of announced releases and of changes of the policy."""

from dataclasses import replace

import pytest

from chatbot.core.announce.render.correction import in_short
from chatbot.core.announce.render.policy import policy_message
from chatbot.core.announce.render.release import MOST_FIXED, release_message
from chatbot.core.model.facts import Advisory, PolicyPage, Release
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.message import Link, Message, Text, Tone, plain
from chatbot.core.model.severity import Severity
from tests.core import make

DAY, START = make.DAY, make.START
OLD, FIX = make.release("v0.15.4", START), make.release("v0.15.5", START + 2 * DAY)
HIGH = make.advisory("GHSA-hhhh-hhhh-hhhh", url="https://example.org/a")


def facts(message: Message) -> dict[str, str]:
    return {item.label: plain(item.spans) for item in message.fields}


@pytest.mark.parametrize(
    ("tag", "name", "label", "more"),
    [
        ("v1.0.0", "1.0.0", "Major release", {}),
        ("v0.15.0", "0.15.0", "Minor release", {}),
        ("v0.15.5", "0.15.5", "Patch release", {}),
        ("v0.16.0-rc.1", "0.16.0-rc.1", "Prerelease", {}),
        ("v0.16.0", "0.16.0", "Prerelease", {"prerelease": True}),
        ("nightly", "nightly", "Release", {}),
        ("tools-v3.1.0", "tools 3.1.0", "Minor release", {}),
    ],
)
def test_titles(tag: str, name: str, label: str, more: dict[str, object]) -> None:
    message = release_message(make.snapshot([make.release(tag, **more)]), tag)  # type: ignore[arg-type]  # a table of mixed fields
    assert (message.title, message.label) == (f"Mail Server {name}", label)
    assert message.tone is Tone.ROUTINE


@pytest.mark.parametrize(
    ("advisories", "label", "tone", "fixes"),
    [
        ([HIGH], "Security release · High", Tone.SECURITY, "A crafted message reads files (high)"),
        ([replace(HIGH, severity=Severity.UNKNOWN)], "Security release · Severity not stated", Tone.SECURITY, "A crafted message reads files (severity not stated)"),
        ([replace(HIGH, severity=Severity.CRITICAL)], "Urgent security release · Critical", Tone.CRITICAL, "A crafted message reads files (critical)"),
        (
            [HIGH, make.advisory("GHSA-aaaa-aaaa-aaaa", Severity.LOW, url="", summary="")],
            "Security release · High",
            Tone.SECURITY,
            "A crafted message reads files (high); GHSA-aaaa-aaaa-aaaa (low)",
        ),
    ],
)  # fmt: skip
def test_what_it_fixes(advisories: list[Advisory], label: str, tone: Tone, fixes: str) -> None:
    message = release_message(make.snapshot([FIX], advisories), FIX.tag)
    assert (message.title, message.label) == ("Mail Server 0.15.5", label)
    assert message.tone is tone
    assert facts(message)["Fixes"] == fixes
    assert [plain(line) for line in message.small] == ["GHSA-hhhh-hhhh-hhhh"]
    assert Link("Advisory", "https://example.org/a") in message.links
    assert [action.name for action in message.actions] == ["affected", "subscribe"]


def test_of_very_many_fixes_the_first_are_named() -> None:
    many = [make.advisory(f"CVE-2030-{number:04}") for number in range(MOST_FIXED + 2)]
    message = release_message(make.snapshot([FIX], many), FIX.tag)
    assert facts(message)["Fixes"].startswith("A crafted message reads files (high); ")
    assert facts(message)["Fixes"].endswith("CVE-2030-0008 (high); CVE-2030-0009 (high); and 2 more")
    assert [plain(line) for line in message.small] == ["CVE-2030-0000 · CVE-2030-0001 · CVE-2030-0002"]
    assert len(message.links) == MOST_FIXED + 1


@pytest.mark.parametrize(
    ("others", "tag", "words"),
    [
        ([OLD], FIX, None),
        ([make.release("v0.16.0", START)], FIX, "Backport: for those who stay on 0.15.x; the newest release is 0.16.0"),
        ([make.release("v0.15.9", START)], FIX, "Not the newest: the newest release is 0.15.9"),
        (
            [make.release("v0.16.0", START)],
            make.release("v0.15.6-rc.1"),
            "Not the newest: the newest release is 0.16.0",
        ),
        ([make.release("v0.16.0", START + 9 * DAY)], FIX, None),  # it was the newest when it came
        ([make.release("tools-v9.0.0", START)], FIX, None),
        ([make.release("v0.16.0", START)], make.release("nightly"), None),
    ],
)
def test_a_backport_is_never_called_the_newest(others: list[Release], tag: Release, words: str | None) -> None:
    message = release_message(make.snapshot([*others, tag]), tag.tag)
    assert next((f"{label}: {phrase}" for label, phrase in facts(message).items()), None) == words
    assert message.label.endswith(" · Backport") is (words or "").startswith("Backport")


MANY = [make.release(f"v{name}", START) for name in ("2.0.9", "2.1.0", "2.1.1", "2.2.0")]
BOTH = ">= 2.0.0, < 2.0.10 || >= 2.1.0, < 2.1.2"


@pytest.mark.parametrize(
    ("more", "advisories", "label", "phrase"),
    [
        ([], [(BOTH, "2.0.10, 2.1.2")], "Backport", "for those who stay on 2.0.x. There is no fixed release on 2.1.x yet."),
        (["2.1.2"], [(BOTH, "2.0.10, 2.1.2")], "Backport", "for those who stay on 2.0.x; on 2.1.x, upgrade to 2.1.2."),
        (["2.1.2", "2.1.3"], [(BOTH, "2.0.10, 2.1.2")], "Backport", "for those who stay on 2.0.x; on 2.1.x, upgrade to 2.1.2."),
        (["2.1.2", "2.1.3"], [(BOTH, "2.0.10, 2.1.2"), ("= 2.1.2", "2.1.3")], "Backport", "for those who stay on 2.0.x; on 2.1.x, upgrade to 2.1.3."),
        (["2.1.2"], [(BOTH, "2.0.10, 2.1.2"), ("= 2.1.2", "2.1.3")], "Backport", "for those who stay on 2.0.x. There is no fixed release on 2.1.x yet."),
        (["2.1.2-rc.1"], [(BOTH, "2.0.10, 2.1.2")], "Backport", "for those who stay on 2.0.x. There is no fixed release on 2.1.x yet."),
        ([], [("< 2.0.10 || = 2.2.0", "2.0.10")], "Backport", "for those who stay on 2.0.x. There is no fixed release on 2.2.x yet."),
        ([], [("< 2.0.10", "2.0.10")], "Backport", "for those who stay on 2.0.x; the newest release is 2.2.0"),
        ([], [("= 2.2.0", "2.2.1")], "Backport", "for those who stay on 2.0.x"),
        ([], [], "Backport", "for those who stay on 2.0.x; the newest release is 2.2.0"),
    ],
)  # fmt: skip
def test_a_backport_names_no_version_that_is_affected(
    more: list[str], advisories: list[tuple[str, str]], label: str, phrase: str
) -> None:
    came = START + DAY  # all of them in the same second
    releases = [*MANY, make.release("v2.0.10", came), *(make.release(f"v{name}", came) for name in more)]
    advisory_facts = [
        make.advisory(f"CVE-2030-{number:04}", affected=affected, patched=patched)
        for number, (affected, patched) in enumerate(advisories)
    ]
    lines = facts(release_message(make.snapshot(releases, advisory_facts), "v2.0.10"))
    assert {name: words for name, words in lines.items() if name in ("Backport", "Not the newest")} == {label: phrase}


def test_what_came_in_the_same_second_came_together() -> None:
    snapshot = make.snapshot([*MANY[:3], make.release("v2.0.10", START + DAY), make.release("v2.1.2", START + DAY)])
    assert facts(release_message(snapshot, "v2.0.10"))["Backport"].endswith("the newest release is 2.1.2")


def test_a_maintainer_s_word_is_named_as_the_evidence() -> None:
    message = release_message(make.snapshot([FIX], [], make.declared({"v0.15.5": "security"})), FIX.tag)
    assert facts(message)["Security release because"] == "a maintainer called it a security release"
    assert message.tone is Tone.SECURITY
    assert message.actions == ()
    urgent = release_message(make.snapshot([FIX], [], make.declared({"v0.15.5": "outofband"})), FIX.tag)
    assert urgent.tone is Tone.CRITICAL


def test_notes_and_address_are_the_project_s() -> None:
    message = release_message(make.snapshot([FIX]), FIX.tag)
    assert (message.url, message.body, message.at) == (FIX.url, FIX.notes, FIX.published_at)
    assert message.links == (Link("Release notes", FIX.url),)
    assert release_message(make.snapshot([replace(FIX, url="")]), FIX.tag).links == ()


def test_a_removed_release_is_crossed_out_with_the_reason() -> None:
    message = release_message(make.snapshot([make.known_release(FIX, removal_confirmed=True)], [HIGH]), FIX.tag)
    assert message.struck
    assert message.tone is Tone.WITHDRAWN
    assert message.actions == ()
    assert "The project removed this release" in make.words(message)
    assert "Fixes." not in make.words(message)


@pytest.mark.parametrize(
    ("page", "sentence", "links"),
    [
        (PolicyPage(project=ProjectId("mail"), text="", url="https://example.org/p", committed_at=START), "p of 1 January 2030", 1),
        (PolicyPage(project=ProjectId("mail"), text=""), "The policy page, read on 3 January 2030", 0),
    ],
)  # fmt: skip
def test_a_change_of_the_policy_is_a_list_of_sentences(page: PolicyPage, sentence: str, links: int) -> None:
    message = policy_message(make.project, page, ["0.11 ended."], START + 2 * DAY)
    assert message.tone is Tone.POLICY
    assert "0.11 ended." in make.words(message)
    assert sentence in make.words(message)
    assert len(message.links) == links


def test_the_same_facts_give_the_same_words() -> None:
    one, two = (release_message(make.snapshot([OLD, FIX], [HIGH]), FIX.tag) for _ in range(2))
    assert one == two
    assert Text(" (high)") in one.fields[0].spans


def test_in_short_a_message_keeps_what_matters_and_pings_nobody() -> None:
    message = release_message(make.snapshot([FIX], [HIGH]), FIX.tag)
    short = in_short(message)
    assert short.title == f"Update: {message.title}"
    assert (short.fields, short.links) == (message.fields, message.links)
    assert (short.body, short.actions, short.mentions) == ((), (), ())
    assert in_short(replace(message, struck=True)).body == message.body[:1]
