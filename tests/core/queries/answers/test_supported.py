"""The answers to `/supported` and `/upgrade`, by a page with given rows."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from chatbot.core.model.facts import Advisory, Release
from chatbot.core.model.knowledge import TrackedPolicy
from chatbot.core.model.message import Heading, Message, Tone, bullets, paragraph, text
from chatbot.core.model.watches import Project
from chatbot.core.queries.answers.supported import policy_age, supported
from chatbot.core.queries.answers.upgrade import upgrade
from chatbot.core.queries.query_context import QueryContext
from chatbot.core.snapshot import build_snapshot
from chatbot.core.support.policy import Policy
from chatbot.core.support.rows import Range, Row
from chatbot.core.versions.version import read_version
from tests.core import make

DAY, START = make.DAY, make.START
NOW = START + 40 * DAY  # 2030-02-10


def line(low: str, high: str, mark: str, until: date | None = None) -> Row:
    first, last = read_version(low), read_version(high)
    assert first is not None
    assert last is not None
    label = low.removesuffix(".0") + ".x"
    return Row(text=f"{label} | {mark}", label=label, mark=mark, until=until, ranges=(Range(first.key, last.key),))  # type: ignore[arg-type]  # "yes" and "no"


PAGE = Policy(
    rows=(
        line("0.15.0", "0.16.0", "yes"),
        line("0.14.0", "0.15.0", "yes", date(2030, 2, 20)),
        line("0.13.0", "0.14.0", "yes", date(2030, 2, 10)),
        line("0.12.0", "0.13.0", "yes", date(2030, 1, 31)),
        line("0.11.0", "0.12.0", "no"),
    )
)
RELEASES = [
    make.release(f"v{name}", START + number * DAY)
    for number, name in enumerate(["0.11.9", "0.12.4", "0.13.2", "0.14.9", "0.15.4", "0.15.5"])
]
HIGH = make.advisory(affected="< 0.15.5", patched="0.15.5")
LATER = make.advisory("GHSA-cccc-cccc-cccc", affected="= 0.15.5", patched="0.15.6")
DOUBT = " Whether GHSA-uuuu-uuuu-uuuu affects it too cannot be told: the range cannot be read."
UNREADABLE = make.advisory("GHSA-uuuu-uuuu-uuuu", affected="whatever came before", patched="")


def ask(
    version: str = "",
    *,
    policy: Policy | None = PAGE,
    releases: Iterable[Release] = RELEASES,
    advisories: Iterable[Advisory] = (),
    project: Project = make.project,
    page_in_force: TrackedPolicy | None = None,
    now: datetime = NOW,
) -> QueryContext:
    facts = make.knowledge(
        releases,
        advisories,
        policy=page_in_force,
        read_at={"github-releases:mail": NOW, "github-advisories:mail": NOW, "github-policy:mail": NOW},
    )
    return QueryContext(
        forge=make.FORGE,
        snapshot=build_snapshot(project, facts),
        policy=policy,
        now=now,
        arguments={"version": version} if version else {},
    )


def facts(message: Message) -> dict[str, str]:
    return dict(entry.split(": ", 1) for entry in make.lines_of(replace(message, body=(), links=(), footer=""))[1:])


@pytest.mark.parametrize(
    ("version", "title", "tone", "fact"),
    [
        ("0.15.5", "Mail Server 0.15.5 is supported", Tone.GOOD, ("Policy says", "“0.15.x · yes”")),
        ("v0.15.5", "Mail Server 0.15.5 is supported", Tone.GOOD, ("Policy says", "“0.15.x · yes”")),
        ("0.14.9", "Mail Server 0.14.9 gets security fixes until 20 February 2030", Tone.GOOD, ("Policy says", "“0.14.x · yes”")),
        ("0.13.2", "Mail Server 0.13.2 gets security fixes until 10 February 2030", Tone.GOOD, ("Policy says", "“0.13.x · yes”")),
        ("0.12.4", "Mail Server 0.12.4 is no longer supported: upgrade to 0.15.5", Tone.WARNING, ("Support ended", "31 January 2030")),
        ("0.12.4", "Mail Server 0.12.4 is no longer supported: upgrade to 0.15.5", Tone.WARNING, ("What to do", "Upgrade to 0.15.5.")),
        ("0.11.9", "Mail Server 0.11.9 is no longer supported: upgrade to 0.15.5", Tone.WARNING, ("Policy says", "“0.11.x · no”")),
        ("0.10.1", "There is no release 0.10.1 of Mail Server", Tone.UNSURE, ("Newest release", "0.15.5")),
        ("0.14.8", "There is no release 0.14.8 of Mail Server", Tone.UNSURE, ("Newest of 0.14.x", "0.14.9")),
        ("0.11.3", "Mail Server 0.11.3 is no longer supported: upgrade to 0.15.5", Tone.WARNING, ("Policy says", "“0.11.x · no”")),
        ("99.0", "There is no release 99.0 of Mail Server", Tone.UNSURE, ("Newest release", "0.15.5")),
    ],
)  # fmt: skip
def test_is_it_supported(version: str, title: str, tone: Tone, fact: tuple[str, str]) -> None:
    answer = supported(ask(version))
    assert (answer.title, answer.tone) == (title, tone)
    assert fact in facts(answer).items()


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        (None, "No security policy was found."),
        (Policy(readable=False, problem="It is a template."), "It is a template."),
    ],
)
def test_without_a_page_support_is_unknown(policy: Policy | None, reason: str) -> None:
    answer = supported(ask("0.15.5", policy=policy))
    assert answer.title == "I can't tell whether Mail Server 0.15.5 is supported"
    assert answer.tone is Tone.UNSURE
    assert reason in make.lines_of(answer)


@pytest.mark.parametrize("version", ["latest", "1.x.2", "@everyone", "x" * 90])
def test_text_that_is_no_version(version: str) -> None:
    for answer in (supported(ask(version)), upgrade(ask(version))):
        assert answer.title == f"“{version[:40]}” doesn't look like a version"
        assert answer.tone is Tone.UNSURE


@pytest.mark.parametrize(
    ("version", "advisories", "advice"),
    [
        ("0.15.5", (), None),
        ("0.15.4", (), "Upgrade to 0.15.5."),
        ("0.15.4", (HIGH,), "Upgrade to 0.15.5, which fixes it."),
        ("0.14.9", (HIGH,), "Upgrade to 0.15.5, which fixes it."),
        ("0.14.9", (), None),
        ("0.14.9", (HIGH, UNREADABLE), f"Upgrade to 0.15.5, which fixes it.{DOUBT}"),
        ("0.15.4", (HIGH, LATER), "No fixed release has been published yet."),
        ("0.15.5", (LATER,), "No fixed release has been published yet."),
        ("0.12.4", (LATER,), "Upgrade to 0.15.4."),  # the newest release is not the recommended one
        ("0.12.4", (), "Upgrade to 0.15.5."),
        ("0.12.4", (HIGH,), "Upgrade to 0.15.5, which fixes it."),
        ("9.9.9", (), None),
    ],
)
def test_what_to_upgrade_to(version: str, advisories: tuple[Advisory, ...], advice: str | None) -> None:
    answer_lines = make.lines_of(supported(ask(version, advisories=advisories)))
    lines = [entry.removeprefix("What to do: ") for entry in answer_lines if entry.startswith("What to do: ")]
    assert lines == ([advice] if advice else [])


def test_advisories_that_affect_it_are_named_and_change_the_tone() -> None:
    answer = supported(ask("0.15.4", advisories=(HIGH, UNREADABLE)))
    assert answer.tone is Tone.WARNING
    assert facts(answer)["Advisories that affect it"] == "GHSA-aaaa-bbbb-cccc (high)"
    assert facts(answer)["Perhaps affected"].startswith("GHSA-uuuu-uuuu-uuuu: the range cannot be read")


def test_without_releases_there_is_no_advice() -> None:
    answer = supported(ask("0.15.4", releases=()))
    assert answer.title == "Mail Server 0.15.4 is supported"
    assert list(facts(answer)) == ["Policy says"]


def test_only_releases_of_the_same_package_are_named() -> None:
    tools = [make.release("tools-v0.15.9", START), make.release("tools-v3.0.0", START + DAY)]
    answer = supported(ask("0.15.4", releases=[*RELEASES, *tools]))
    assert facts(answer)["Newest release"] == "0.15.5"
    assert "What to do: Upgrade to 0.15.5." in make.lines_of(answer)
    theirs = supported(ask("tools-v0.15.9", releases=[*RELEASES, *tools]))
    assert facts(theirs)["Newest release"] == "tools 3.0.0"


def test_the_state_of_every_line() -> None:
    assert make.lines_of(supported(ask()))[:-1] == [
        "Support of Mail Server by line",
        "• 0.15.x: supported, newest 0.15.5",
        "• 0.14.x: supported until 20 February 2030, newest 0.14.9",
        "• 0.13.x: supported until 10 February 2030, newest 0.13.2",
        "• 0.12.x: ended on 31 January 2030, newest 0.12.4",
        "• 0.11.x: ended, newest 0.11.9",
    ]
    other = [make.release("v0.10.0", START)]
    assert "• 0.10.x: not listed, newest 0.10.0" in make.lines_of(supported(ask(releases=other)))
    assert "• 0.10.x: unknown, newest 0.10.0" in make.lines_of(supported(ask(releases=other, policy=None)))


def test_without_releases_there_are_no_lines() -> None:
    answer = supported(ask(releases=()))
    assert answer.title == "I know of no release of Mail Server"


@pytest.mark.parametrize(
    ("page_in_force", "words"),
    [
        (None, "As read from GitHub just now."),
        (make.known_policy(), "By the page first read on 1 January 2030, last read just now."),
        (make.known_policy(committed_at=START - DAY), "By the page of 31 December 2029, last read just now."),
    ],
)
def test_how_old_the_page_is(page_in_force: TrackedPolicy | None, words: str) -> None:
    assert policy_age(ask(page_in_force=page_in_force)) == words
    links = supported(ask("0.15.5", page_in_force=page_in_force)).links
    assert [link.text for link in links] == (["Security policy"] if page_in_force else [])


def test_a_page_that_cannot_be_read_any_more() -> None:
    context = ask(page_in_force=make.known_policy())
    broken = replace(context.knowledge, newer_unreadable=make.known_policy("?"))
    age = policy_age(replace(context, snapshot=replace(context.snapshot, knowledge=broken)))
    assert age.endswith("The page as it stands now cannot be read; its earlier text does not count.")


def test_upgrade_to_the_newest() -> None:
    breaking = make.release("v0.16.0", START + 9 * DAY)
    notes = (
        Heading(2, text("Breaking changes")),
        bullets(["The option `x` is gone"]),
        Heading(3, text("Upgrading from 0.15")),
        paragraph("Run the migration first."),
        Heading(2, text("Fixed")),
        paragraph("A crash."),
    )
    candidate = make.release("v0.17.0-rc.1", START + 10 * DAY)
    answer = upgrade(
        ask("0.14.9", releases=[*RELEASES, replace(breaking, notes=notes), candidate], advisories=(HIGH, UNREADABLE))
    )
    assert make.lines_of(answer) == [
        "Upgrade Mail Server 0.14.9 to 0.15.5, then to 0.16.0",
        "What to do: Upgrade to 0.15.5, which fixes it." + DOUBT,
        "1. 0.15.5 – newest of 0.15.x, 6 January 2030",
        "2. 0.16.0 – newest of 0.16.x, 10 January 2030",
        DOUBT.strip(),
        "",
        "Fixes 1 advisory",
        "• GHSA-aaaa-bbbb-cccc (high): A crafted message reads files",
        "",
        "Breaking changes",
        "• 0.16.0: The option `x` is gone",
        "• 0.16.0: Run the migration first.",
        "Release notes: https://example.org/releases/v0.16.0",
        "As read from GitHub just now.",
    ]


def test_upgrade_without_addresses_or_breaking_changes() -> None:
    plain = [
        replace(make.release("v0.15.5"), url=""),
        replace(make.release("v0.16.0"), url="", notes=(Heading(1, text("Breaking")),)),
    ]
    answer = upgrade(
        ask(
            "0.15.5",
            releases=plain,
            advisories=(replace(HIGH, affected=make.advisory(affected="< 0.16", patched="0.16.0").affected, url=""),),
        )
    )
    assert answer.links == ()
    assert "• GHSA-aaaa-bbbb-cccc (high): A crafted message reads files" in make.lines_of(answer)
    assert "• 0.16.0: Breaking" in make.lines_of(answer)
    assert "Breaking changes" not in make.lines_of(upgrade(ask("0.15.4")))


def test_nothing_newer() -> None:
    answer = upgrade(ask("0.15.5"))
    assert answer.title == "There is nothing newer than 0.15.5"
    assert answer.tone is Tone.GOOD
    assert upgrade(ask("0.15.5", now=NOW + timedelta(hours=2))).footer == "As read from GitHub 2 hours ago."
