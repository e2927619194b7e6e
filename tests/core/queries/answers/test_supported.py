"""The answers to `/supported` and `/upgrade`, by a page with given rows."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from chatbot.core.model.facts import Advisory, Release
from chatbot.core.model.knowledge import TrackedPolicy
from chatbot.core.model.message import Heading, Message, Tone, bullets, paragraph, plain, text
from chatbot.core.model.watches import Project
from chatbot.core.queries.answers.page_source import page_source
from chatbot.core.queries.answers.supported import supported
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
DOUBT = " I can't tell whether GHSA-uuuu-uuuu-uuuu affects it too: the range cannot be read."
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
    return dict(entry.split(": ", 1) for entry in make.lines_of(replace(message, body=(), links=(), small=()))[1:])


@pytest.mark.parametrize(
    ("version", "title", "tone", "fact"),
    [
        ("0.15.5", "Mail Server 0.15.5 is supported", Tone.GOOD, ("Nothing to do", "this is the newest release of 0.15.x.")),
        ("v0.15.5", "Mail Server 0.15.5 is supported", Tone.GOOD, ("Nothing to do", "this is the newest release of 0.15.x.")),
        ("0.14.9", "Mail Server 0.14.9 gets security fixes until 20 February 2030", Tone.GOOD, ("Newest release", "0.15.5")),
        ("0.13.2", "Mail Server 0.13.2 gets security fixes until 10 February 2030", Tone.GOOD, ("Nothing to do", "this is the newest release of 0.13.x.")),
        ("0.12.4", "Mail Server 0.12.4 is no longer supported: upgrade to 0.15.5", Tone.WARNING, ("Support ended", "31 January 2030")),
        ("0.12.4", "Mail Server 0.12.4 is no longer supported: upgrade to 0.15.5", Tone.WARNING, ("What to do", "Upgrade to 0.15.5.")),
        ("0.11.9", "Mail Server 0.11.9 is no longer supported: upgrade to 0.15.5", Tone.WARNING, ("What to do", "Upgrade to 0.15.5.")),
        ("0.14.8", "There is no release 0.14.8 of Mail Server; the newest is 0.15.5", Tone.UNSURE, ("Newest of 0.14.x", "0.14.9")),
        ("0.11.3", "Mail Server 0.11.3 is no longer supported: upgrade to 0.15.5", Tone.WARNING, ("What to do", "Upgrade to 0.15.5.")),
    ],
)  # fmt: skip
def test_is_it_supported(version: str, title: str, tone: Tone, fact: tuple[str, str]) -> None:
    answer = supported(ask(version))
    assert (answer.title, answer.tone) == (title, tone)
    assert fact in facts(answer).items()


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        (None, "No security policy was found; a SECURITY.md with a table of versions would tell."),
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
        ("0.15.5", (), "this is the newest release of 0.15.x."),
        ("0.15.4", (), "Upgrade to 0.15.5."),
        ("0.15.4", (HIGH,), "Upgrade to 0.15.5, which fixes it."),
        ("0.14.9", (HIGH,), "Upgrade to 0.15.5, which fixes it."),
        ("0.14.9", (), "this is the newest release of 0.14.x."),
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
    parts = [entry.partition(": ") for entry in answer_lines]
    lines = [words for label, _, words in parts if label in ("What to do", "Nothing to do")]
    assert lines == ([advice] if advice else [])


def test_advisories_that_affect_it_are_named_and_change_the_tone() -> None:
    answer = supported(ask("0.15.4", advisories=(HIGH, UNREADABLE)))
    assert answer.tone is Tone.WARNING
    assert facts(answer)["Affected by"] == "GHSA-aaaa-bbbb-cccc (high)"
    assert facts(answer)["Perhaps affected by"].startswith("GHSA-uuuu-uuuu-uuuu: the range cannot be read")


def test_without_releases_there_is_no_advice() -> None:
    answer = supported(ask("0.15.4", releases=()))
    assert answer.title == "Mail Server 0.15.4 is supported"
    assert facts(answer) == {}


def test_only_releases_of_the_same_package_are_named() -> None:
    tools = [make.release("tools-v0.15.9", START), make.release("tools-v3.0.0", START + DAY)]
    answer = supported(ask("0.15.4", releases=[*RELEASES, *tools]))
    assert "3.0.0" not in make.words(replace(answer, links=()))
    assert "What to do: Upgrade to 0.15.5." in make.lines_of(answer)
    theirs = supported(ask("tools-v0.15.9", releases=[*RELEASES, *tools]))
    assert facts(theirs)["Newest release"] == "tools 3.0.0"


def test_the_state_of_every_line() -> None:
    assert make.lines_of(supported(ask())) == [
        "Mail Server 0.15.x, 0.14.x and 0.13.x get security fixes",
        "• 0.15.x – supported, newest 0.15.5",
        "• 0.14.x – supported until 20 February 2030, newest 0.14.9",
        "• 0.13.x – supported until 10 February 2030, newest 0.13.2",
        "• 0.12.x – ended on 31 January 2030, newest 0.12.4",
        "• 0.11.x – ended, newest 0.11.9",
    ]
    other = [make.release("v0.10.0", START)]
    assert "• 0.10.x – not listed, newest 0.10.0" in make.lines_of(supported(ask(releases=other)))
    assert "• 0.10.x – unknown, newest 0.10.0" in make.lines_of(supported(ask(releases=other, policy=None)))


def test_without_releases_there_are_no_lines() -> None:
    answer = supported(ask(releases=()))
    assert answer.title == "I know of no release of Mail Server"


@pytest.mark.parametrize(
    ("policy", "title", "tone"),
    [
        (replace(PAGE, rows=PAGE.rows[:1]), "Mail Server 0.15.x gets security fixes", Tone.ANSWER),
        (
            replace(PAGE, rows=PAGE.rows[-2:]),
            "No line of Mail Server gets security fixes, by its security policy",
            Tone.WARNING,
        ),
        (None, "I can't tell which lines of Mail Server get security fixes", Tone.UNSURE),
    ],
)
def test_which_lines_get_fixes(policy: Policy | None, title: str, tone: Tone) -> None:
    answer = supported(ask(policy=policy))
    assert (answer.title, answer.tone) == (title, tone)


ROW = "0.15.x | yes | "


@pytest.mark.parametrize(
    ("page_in_force", "row", "hours", "words"),
    [
        (None, None, 0, []),
        (None, ROW, 0, ["The security policy says “0.15.x · yes”"]),
        (make.known_policy(), None, 0, ["Security policy, first read on 1 January 2030"]),
        (make.known_policy(), ROW, 0, ["Security policy, first read on 1 January 2030, says “0.15.x · yes”"]),
        (make.known_policy(committed_at=START - DAY), None, 0, ["Security policy of 31 December 2029"]),
        (make.known_policy(committed_at=START, path="SECURITY.md"), ROW, 0, ["SECURITY.md of 1 January 2030 says “0.15.x · yes”"]),
        (
            make.known_policy(committed_at=START, path="SECURITY.md"), None, 7,
            ["SECURITY.md of 1 January 2030; last read on 10 February 2030, 12:00 UTC"],
        ),
    ],
)  # fmt: skip
def test_where_an_answer_is_from(
    page_in_force: TrackedPolicy | None, row: str | None, hours: int, words: list[str]
) -> None:
    context = ask("0.15.5", page_in_force=page_in_force, now=NOW + timedelta(hours=hours))
    assert [plain(spans) for spans in page_source(context, row)] == words
    links = supported(ask("0.15.5", page_in_force=page_in_force)).links
    assert [link.text for link in links] == (["Security policy"] if page_in_force else [])


@pytest.mark.parametrize(
    ("exists", "words"),
    [
        (True, "The security policy as it stands now cannot be read; its earlier text does not count."),
        (False, "The security policy is not there any more; its earlier text does not count."),
    ],
)
def test_a_page_that_cannot_be_read_any_more(exists: bool, words: str) -> None:
    context = ask(page_in_force=make.known_policy())
    broken = replace(context.knowledge, newer_unreadable=make.known_policy("?", exists=exists))
    context = replace(context, snapshot=replace(context.snapshot, knowledge=broken))
    assert [plain(spans) for spans in page_source(context, ROW)] == [words]


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
        "",
        "Fixes 1 advisory",
        "• GHSA-aaaa-bbbb-cccc (high): A crafted message reads files",
        "",
        "Breaking changes",
        "• 0.16.0: The option `x` is gone",
        "• 0.16.0: Run the migration first.",
        "Release notes of 0.16.0: https://example.org/releases/v0.16.0",
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
    stale = make.lines_of(upgrade(ask("0.15.5", now=NOW + timedelta(hours=7))))
    assert "I last read the releases on 10 February 2030, 12:00 UTC, so newer ones may be missing." in stale
