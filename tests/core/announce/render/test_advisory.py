"""The words of announced advisories: shown honestly, cut safely, and with what to do."""

from dataclasses import replace

import pytest

from chatbot.core.announce.render.advisory import (
    MOST_CREDITS,
    advisory_message,
    credit_words,
    same_message,
)
from chatbot.core.announce.render.affected import affected_words
from chatbot.core.announce.render.headline import severity_words
from chatbot.core.model.facts import Advisory, Affected, Credit, Release, Span
from chatbot.core.model.message import Link, Message, Paragraph, Text, Tone, plain
from chatbot.core.model.severity import Severity
from tests.core import make

DAY, START = make.DAY, make.START
HIGH = make.advisory(url="https://example.org/a")
NO_RELEASE = "No fixed release has been published yet."


def message_of(releases: list[Release], advisory: Advisory) -> Message:
    return advisory_message(make.snapshot(releases, [advisory]), advisory.id)


def facts(message: Message) -> dict[str, str]:
    return {item.label: plain(item.spans) for item in message.fields}


def first_words(message: Message) -> str:
    lines = facts(message)
    return lines.get("Upgrade") or lines.get("Fix") or lines["What to do"]


def tags(*names: str) -> list[Release]:
    return [make.release(f"v{name}", START + number * DAY) for number, name in enumerate(names)]


@pytest.mark.parametrize(
    ("severity", "scores", "words"),
    [
        (Severity.HIGH, (), "high"),
        (Severity.UNKNOWN, (), "not stated"),
        (Severity.HIGH, (("CVSS:3.1/x", 8.1),), "high (CVSS 8.1)"),
        (Severity.HIGH, (("CVSS:3.1/x", 8.0), ("CVSS:4.0/x", 8.0)), "high (CVSS 8.0)"),
        (Severity.MEDIUM, (("CVSS:4.0/x", 6.0), ("CVSS:3.1/x", 5.3)), "medium (CVSS 5.3 or 6.0, as its vectors disagree)"),
        (Severity.UNKNOWN, (("CVSS:3.1/x", 5.3),), "not stated (CVSS 5.3)"),
    ],
)  # fmt: skip
def test_severity(severity: Severity, scores: tuple[tuple[str, float], ...], words: str) -> None:
    assert severity_words(replace(HIGH, severity=severity, scores=scores)) == words


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ((), "the advisory does not say"),
        ((Affected(range="< 0.15.5"),), "before 0.15.5"),
        ((Affected(range="< 0.15.5"), Affected(range="< 0.15.5")), "before 0.15.5"),
        ((Affected(),), "(versions not stated)"),
        ((Affected(range="all versions before the fix"),), "“all versions before the fix” (please compare your version by hand)"),
        ((Affected(package="mail-parser", range="< 1"), Affected(range="< 2")), "mail-parser before 1; before 2"),
        (tuple(Affected(package=f"p{number}", range="< 1") for number in range(200)), "p0 before 1; p1 before 1; p2 before 1; p3 before 1; p4 before 1; p5 before 1; and 194 more"),
    ],
)  # fmt: skip
def test_ranges(entries: tuple[Affected, ...], words: str) -> None:
    assert affected_words(make.snapshot(), replace(HIGH, affected=entries)) == words


@pytest.mark.parametrize(
    ("releases", "affected", "words"),
    [
        (["2.0.9", "2.1.1"], ">= 2.1.0, < 2.1.2 || >= 2.0.0, < 2.0.10", "2.1.0 – 2.1.1 and 2.0.0 – 2.0.9"),
        (["2.0.9", "2.1.1", "2.1.2"], ">= 2.1.0, < 2.1.2", "2.1.0 – 2.1.1"),
        (["2.1.1"], "< 2.1.2", "2.1.1 and earlier"),
        (["2.1.1"], ">= 2.1.1, < 2.1.2", "2.1.1"),
        (["2.1.0"], ">= 2.1.0, < 2.1.2", "2.1.0 and later, before 2.1.2"),  # 2.1.1 may be elsewhere
        (["2.1.1", "2.1.2-rc.1"], ">= 2.1.0, < 2.1.2", "2.1.0 and later, before 2.1.2"),  # so may the candidate be
        (["2.1.1"], ">= 2.0.0, < 2.2.0", "2.0.0 and later, before 2.2.0"),  # nothing says which was the last 2.1
        (["core-v2.1.1", "cli-v2.1.1"], "< 2.1.2", "before 2.1.2"),
        ([], "< 2.1.2", "before 2.1.2"),
        (["2.1.1"], ">= 2.1.0, <= 2.1.4", "2.1.0 – 2.1.4"),
        (["2.1.1"], ">= 2.1.0", "2.1.0 and later"),
    ],
)
def test_the_affected_releases_themselves_are_named_where_they_are_certain(
    releases: list[str], affected: str, words: str
) -> None:
    names = [name if name[0] == "c" else f"v{name}" for name in releases]
    advisory = make.advisory(affected=affected, patched="")
    snapshot = make.snapshot([make.release(name) for name in names], [advisory])
    assert affected_words(snapshot, advisory) == words


@pytest.mark.parametrize(
    ("logins", "words"),
    [
        (["a"], "a"),
        (["a", "b", "a"], "a and b"),
        ([str(number) for number in range(MOST_CREDITS)], "0, 1, 2, 3, 4, 5, 6, 7, 8 and 9"),
        ([str(number) for number in range(MOST_CREDITS + 2)], "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more"),
    ],
)
def test_credits(logins: list[str], words: str) -> None:
    assert credit_words(replace(HIGH, credits=tuple(Credit(login=login) for login in logins))) == words


@pytest.mark.parametrize(
    ("releases", "patched", "fixed", "to_do"),
    [
        ([], "0.15.5", None, "0.15.5, not released yet"),
        ([], "", None, NO_RELEASE),
        (tags("0.15.5"), "0.15.5", None, "0.15.x → 0.15.5"),
        (tags("0.15.5"), "v0.15.5", None, "0.15.x → 0.15.5"),
        (tags("0.15.5", "0.15.6"), "0.15.5, 0.15.6", "0.15.6, 0.15.5", "0.15.x → 0.15.5"),
        (tags("0.15.5"), "0.15.5, 0.14.9", "0.15.5, 0.14.9 (not released yet)", "0.15.x → 0.15.5"),  # no release of 0.14 is known
        (tags("0.14.9", "0.15.5"), "0.14.9, 0.15.5", None, "0.15.x → 0.15.5, 0.14.x → 0.14.9"),
        ([make.release("core-v1.2.1"), make.release("cli-v1.2.1")], "1.2.1", None, "cli 1.2.x → cli 1.2.1, core 1.2.x → core 1.2.1"),
    ],
)  # fmt: skip
def test_fixes_and_what_to_do(releases: list[Release], patched: str, fixed: str | None, to_do: str) -> None:
    """The fixed versions have a line of their own only where they are others than those to upgrade to."""
    message = message_of(releases, make.advisory(affected="= 0.1.0", patched=patched))
    assert (facts(message).get("Fixed in"), first_words(message)) == (fixed, to_do)


@pytest.mark.parametrize(
    ("releases", "affected", "more"),
    [
        (tags("0.14.8", "0.15.5"), "< 0.15.5", ". There is no fix for 0.14.x: upgrade to 0.15.5."),
        (tags("0.13.2", "0.14.8", "0.15.5"), "< 0.15.5", ". There is no fix for 0.14.x and 0.13.x: upgrade to 0.15.5."),
        (tags("0.10.0", "0.11.0", "0.12.0", "0.13.2", "0.14.8", "0.15.5"), "< 0.15.5", ". There is no fix for 0.14.x, 0.13.x, 0.12.x, 0.11.x and older lines: upgrade to 0.15.5."),
        (tags("0.15.4", "0.15.5", "0.16.0"), "<= 0.16.0, != 0.15.5", ""),  # nobody can read that
        (tags("0.15.5", "0.16.0"), "< 0.15.5 || = 0.16.0", ". There is no fix for 0.16.x."),
        (tags("0.14.8", "0.15.5"), ">= 0.15, < 0.15.5", ""),
        (tags("0.14.8-rc.1", "0.15.5"), "< 0.15.5", ""),  # a line of which nothing was released yet
    ],
)  # fmt: skip
def test_a_line_without_a_fix_is_named(releases: list[Release], affected: str, more: str) -> None:
    message = message_of(releases, make.advisory(affected=affected, patched="0.15.5"))
    assert first_words(message) == f"0.15.x → 0.15.5{more}"


@pytest.mark.parametrize(
    ("releases", "other", "to_do"),
    [
        (tags("0.15.5", "0.15.6"), ("= 0.15.5", "0.15.6"), "0.15.x → 0.15.6"),
        (tags("0.15.5"), ("= 0.15.5", "0.15.6"), NO_RELEASE),
        (tags("0.15.5", "0.15.6-rc.1"), ("= 0.15.5", "0.15.6"), NO_RELEASE),
        (tags("0.14.9", "0.15.5"), ("= 0.14.9", ""), "0.15.x → 0.15.5. There is no fix for 0.14.x: upgrade to 0.15.5."),
        (tags("0.14.9", "0.15.5"), ("= 0.15.5", ""), "0.14.x → 0.14.9. There is no fix for 0.15.x."),
        (tags("0.14.9", "0.15.5"), (">= 0.14", ""), NO_RELEASE),
    ],
)  # fmt: skip
def test_what_is_affected_by_another_advisory_is_not_recommended(
    releases: list[Release], other: tuple[str, str], to_do: str
) -> None:
    fixed = make.advisory(affected="< 0.14.9 || >= 0.15.0, < 0.15.5", patched="0.14.9, 0.15.5")
    second = make.advisory("GHSA-zzzz-zzzz-zzzz", affected=other[0], patched=other[1])
    assert first_words(advisory_message(make.snapshot(releases, [fixed, second]), fixed.id)) == to_do


@pytest.mark.parametrize(
    ("releases", "to_do"),
    [
        (tags("0.14.8", "0.15.5"), "0.15.x → 0.15.5, 0.14.x → 0.14.9 (not released yet). If you can't wait, upgrade to 0.15.5."),
        (
            tags("0.13.2", "0.14.8", "0.15.5"),
            "0.15.x → 0.15.5, 0.14.x → 0.14.9 (not released yet). There is no fix for 0.13.x: upgrade to 0.15.5.",
        ),
        (tags("0.14.8", "0.14.9", "0.15.4"), "0.14.x → 0.14.9, 0.15.x → 0.15.5 (not released yet)"),
        (tags("0.14.8", "0.14.9", "0.15.4", "0.15.5"), "0.15.x → 0.15.5, 0.14.x → 0.14.9"),
    ],
)  # fmt: skip
def test_a_fix_that_is_still_to_come_is_shown_as_such(releases: list[Release], to_do: str) -> None:
    message = message_of(releases, make.advisory(affected="< 0.15.5", patched="0.15.5, 0.14.9"))
    assert first_words(message) == to_do
    assert "Fixed in" not in facts(message)


def test_of_another_package_nobody_here_knows_what_is_released() -> None:
    entry = Affected(package="mail-parser", ecosystem="crates.io", scheme="crates.io", spans=(Span(fixed="9.9.9"),))
    theirs = make.known_advisory(replace(HIGH, affected=(entry,)), origins=("OSV",), authoritative=False)
    message = advisory_message(make.snapshot(tags("0.15.5"), [theirs], packages=("crates.io/mail-parser",)), HIGH.id)
    assert facts(message)["Fixed in"] == "9.9.9"
    assert message.body == ()
    own = message_of(tags("0.15.5"), replace(HIGH, affected=(entry,)))
    assert facts(own)["Fixed in"] == "9.9.9"
    assert first_words(own) == NO_RELEASE


def test_all_that_was_published_is_shown() -> None:
    full = replace(
        HIGH,
        aliases=frozenset({"CVE-2030-1"}),
        cwes=("CWE-22",),
        credits=(Credit(login="alice"),),
        known_exploited=True,
        description=(Paragraph((Text("Details."),)),),
    )
    message = message_of(tags("0.15.5"), full)
    assert message.title == "Mail Server – A crafted message reads files"
    assert message.tone is Tone.CRITICAL
    assert list(facts(message).items()) == [
        ("Upgrade", "0.15.x → 0.15.5"),
        ("Affected", "before 0.15.5"),
    ]
    assert message.label == "Security advisory · High · Known exploited"
    assert message.headline == "High-severity vulnerability (known to be exploited) in Mail Server: upgrade to 0.15.5"
    assert [plain(line) for line in message.small] == [
        "GHSA-aaaa-bbbb-cccc · CVE-2030-1 · in CISA's list of known exploited vulnerabilities · CWE-22 · reported by alice"
    ]
    assert message.body == full.description
    assert message.links[0] == Link("Advisory", "https://example.org/a")
    assert message.links[1].text == "0.15.5"


def test_what_was_not_published_is_not_invented() -> None:
    bare = make.advisory(severity=Severity.UNKNOWN, affected="", patched="", summary="", url="")
    message = message_of([replace(make.release("v0.15.5", notes="Fixes GHSA-aaaa-bbbb-cccc"), url="")], bare)
    assert message.title == "Mail Server – GHSA-aaaa-bbbb-cccc"
    assert message.tone is Tone.SECURITY
    assert message.links == ()
    assert message.label == "Security advisory · Severity not stated"
    assert facts(message) == {
        "Upgrade": "0.15.x → 0.15.5",
        "Affected": "the advisory does not say",
    }


def test_critical_is_a_tone_of_its_own() -> None:
    assert message_of([], replace(HIGH, severity=Severity.CRITICAL)).tone is Tone.CRITICAL


@pytest.mark.parametrize(
    ("tracked", "why"),
    [
        (make.known_advisory(replace(HIGH, withdrawn_at=START)), "The project withdrew this advisory."),
        (make.known_advisory(HIGH, removal_confirmed=True), "The project no longer publishes this advisory."),
    ],
)
def test_what_was_taken_back_is_crossed_out(tracked: make.KnownAdvisory, why: str) -> None:
    message = advisory_message(make.snapshot(tags("0.15.5"), [tracked]), HIGH.id)
    assert message.struck
    assert message.actions == ()
    assert why in make.words(message)
    assert facts(message) == {}, "what to do about it is no longer true"
    assert [plain(line) for line in message.small] == [HIGH.id]


def test_a_second_announcement_of_one_advisory_points_to_the_first() -> None:
    message = same_message(make.snapshot([], [HIGH]), HIGH.id, "CVE-2030-1")
    assert message.struck
    assert message.title == "Mail Server – CVE-2030-1"
    assert "CVE-2030-1 is the same advisory as GHSA-aaaa-bbbb-cccc" in make.words(message)
    assert same_message(make.snapshot([], [replace(HIGH, url="")]), HIGH.id, "CVE-2030-1").links == ()


def test_a_fix_that_is_itself_affected_is_marked_where_it_is_named() -> None:
    hole = make.advisory("GHSA-dddd-dddd-dddd", affected="= 0.15.5", patched="0.15.6")
    first = make.advisory(affected="< 0.15.5", patched="0.15.5")
    message = advisory_message(make.snapshot(tags("0.15.5"), [first, hole]), first.id)
    assert facts(message)["Fixed in"] == "0.15.5 (affected by an advisory itself)"
    assert first_words(message) == NO_RELEASE
