"""Ends of support that come with a release: what the page writes, and what the known releases make of it."""

from datetime import date

import pytest

from chatbot.core.support.lint import lint
from chatbot.core.support.policy import Status, status
from chatbot.core.versions.version import Version, read_version
from chatbot.sources.support_policy.reader import read_policy
from chatbot.sources.support_policy.rows.release_ends import event_in

TODAY = date(2025, 6, 1)
HEAD = "# Security\n\nMail security@kestrel.org.\n\n## Supported versions\n\n"
TWO = HEAD + "| Version | Supported |\n|---|---|\n"
UNTIL = HEAD + "| Version | Supported | Until |\n|---|---|---|\n"
NOTES = HEAD + "| Version | Supported | Notes |\n|---|---|---|\n"
END = HEAD + "| Version | End of life |\n|---|---|\n"
BEFORE, AFTER = ("8.2.1", "8.3.0", "8.4.0-rc.1"), ("8.2.1", "8.3.0", "8.4.0")
NEXT_MAJOR = (*AFTER, "9.0.0")
PUBLISHED = {
    "8.2.1": date(2025, 1, 5),
    "8.3.0": date(2025, 2, 5),
    "8.4.0": date(2025, 3, 15),
    "9.0.0": date(2025, 5, 20),
}


def versions(*names: str) -> list[Version]:
    return [version for name in names if (version := read_version(name))]


def ask(page: str, releases: tuple[str, ...], *, today: date = TODAY, dated: bool = True) -> Status:
    (version,) = versions("8.2.1")
    history = versions(*releases)
    full = [each for each in history if not each.prerelease]
    published = {each: PUBLISHED[each.text] for each in full} if dated else {}
    newest = max(full, key=lambda each: each.key, default=None)
    return status(read_policy(page), version, today=today, releases=history, newest=newest, published=published)


BY_8_4 = (
    TWO + "| 8.2.x | ✔ until 8.4 is released |\n",
    TWO + "| 8.2.x | Supported till v8.4 GA |\n",
    TWO + "| 8.2.x (until 8.4 ships) | ✅ |\n",
    TWO + "| 8.2.x | ✅ as long as 8.4 isn't out |\n",
    TWO + "| 8.2.x | ✅ (drops when 8.4 arrives) |\n",
    NOTES + "| 8.2.x | ✔ | retired with 8.4 |\n",
    TWO + "| 8.2.x | yes, while 8.4 has not been released |\n",
    TWO + "| 8.2.x | supported up to the release of 8.4 |\n",
    TWO + "| 8.2.x | fixes through the release of 8.4.0 |\n",
    HEAD + "8.2.x is supported as long as 8.4 is not released.\n",
    UNTIL + "| 8.2.x | ✔ | until 8.4 is released |\n",
    UNTIL + "| 8.2.x | ✔ | 8.4 release |\n",
    UNTIL + "| 8.2.x | ✔ | release of 8.4.0 |\n",
    NOTES + "| 8.2.x | ✔ | EOL once 8.4 is out |\n",
    END + "| 8.2.x | when 8.4 ships |\n",
    HEAD + "- 8.2.x: supported until 8.4 is released\n- 8.1.x: EOL\n",
    HEAD + "- 8.2.x (until 8.4 is released)\n",
    HEAD + "8.2.x is supported until 8.4 is released.\n",
    HEAD + "Version 8.2.x is supported until version 8.4.\n",
    HEAD + "8.2.x will be EOL when 8.4 ships.\n",
    HEAD + "8.2.x reaches end of life with the release of 8.4.\n",
    HEAD + "Support for 8.2.x ends once 8.4 is out.\n",
    HEAD + "8.2.x will no longer be supported after 8.4 is released.\n",
)
BY_9 = (
    TWO + "| 8.2.x | until the next major is out |\n",
    NOTES + "| 8.2.x | ✔ | EOL when 9.0 ships |\n",
    HEAD + "We provide security fixes for 8.2.x until the next major release.\n",
)


@pytest.mark.parametrize("page", BY_8_4)
def test_it_ends_with_the_release_and_not_before(page: str) -> None:
    ahead, past = ask(page, BEFORE), ask(page, AFTER)
    assert (ahead.state, past.state) == ("supported", "ended"), (ahead, past)
    assert "that has not happened yet" in ahead.reason
    assert "8.4" in ahead.reason
    assert "8.4.0 has been released" in past.reason


@pytest.mark.parametrize("page", BY_9)
def test_a_major_ends_it_and_a_minor_does_not(page: str) -> None:
    assert [ask(page, releases).state for releases in (BEFORE, AFTER, NEXT_MAJOR)] == [
        "supported",
        "supported",
        "ended",
    ]


def test_the_next_minor() -> None:
    page = TWO + "| 8.2.x | until the next minor release |\n"
    assert [ask(page, releases).state for releases in (("8.2.1",), AFTER)] == ["supported", "ended"]


@pytest.mark.parametrize(
    "page",
    [
        UNTIL + "| 8.2.x | ✔ | 3 months after 8.4 |\n",
        HEAD + "8.2.x is supported until 3 months after 8.4 is released.\n",
        TWO + "| 8.2.x | supported for three months after the release of 8.4.0 |\n",
    ],
)
def test_a_while_after_the_release(page: str) -> None:
    ahead, running, past = ask(page, BEFORE), ask(page, AFTER), ask(page, AFTER, today=date(2025, 6, 16))
    assert (ahead.state, ahead.until) == ("supported", None)
    assert (running.state, running.until) == ("supported", date(2025, 6, 15))
    assert (past.state, past.until) == ("ended", date(2025, 6, 15))
    assert ask(page, AFTER, dated=False).state == "unknown"  # the day it was released is not known


@pytest.mark.parametrize(
    "page",
    [
        NOTES + "| 8.2.x | ✔ | until the next LTS |\n",
        TWO + "| 8.2.x | ✅ until Debian 14 is released |\n",
        TWO + "| 8.2.x | ✅ until the rewrite lands |\n",
        TWO + "| 8.2.x | ✅ until 2026-01-01 or the release of 8.4 |\n",
        UNTIL + "| 8.2.x | ✔ | 6 months after its release |\n",
        HEAD + "8.2.x is maintained until 8.4.0 comes out and 8.3.x until 9.0.0 comes out.\n",
    ],
)
def test_what_releases_cannot_decide_is_unknown(page: str) -> None:
    for releases in (BEFORE, AFTER, NEXT_MAJOR):
        assert ask(page, releases).state == "unknown"


@pytest.mark.parametrize(
    "page",
    [
        TWO + "| 8.2.x | ❌ until 8.4 is released |\n",
        HEAD + "8.2.x is not supported until 8.4 is released.\n",
        TWO + "| 8.2.x | support ended when 8.3 was released |\n",
    ],
)
def test_what_has_ended_is_no_promise(page: str) -> None:
    for releases in (BEFORE, AFTER):
        assert ask(page, releases).state in ("ended", "unknown", "not_listed")


@pytest.mark.parametrize(
    "text",
    ["until 2026-12-31", "until December 2026", "until Jun '24", "until further notice", "EOL on 1 January 2026", "until", "retired in 3.0"],
)  # fmt: skip
def test_days_and_phrases_are_no_events(text: str) -> None:
    assert event_in(text) is None


def test_the_lint_names_ends_that_have_come_and_those_nobody_can_decide() -> None:
    page = (
        TWO
        + "| 8.2.x | ✅ until 8.4 is released |\n| 8.3.x | ✅ until the next LTS |\n| 8.4.x | ✅ until 9.0 is released |\n"
    )
    problems = [(each.line, each.problem) for each in lint(read_policy(page), today=TODAY, releases=versions(*AFTER))]
    assert problems == [
        (9, "“8.2.x | ✅ until 8.4 is released” ends with “until 8.4 is released”, and 8.4.0 has been released."),
        (
            10,
            "“8.3.x | ✅ until the next LTS” ends with “until the next LTS”, which the project's releases cannot tell.",
        ),
    ]


@pytest.mark.parametrize(
    "cell",
    [
        "until 8.4.0-stable",
        "until 8.4rc is tagged",
        "until 8.4 or 2027-01-01",
        "until 2027-01-01 or 8.4",
        "until 8.4.0 or June 2027",
    ],
)
def test_a_day_or_a_release_whichever_is_meant_is_no_promise_of_the_day(cell: str) -> None:
    status = ask(TWO + f"| 8.2.x | ✅ {cell} |\n", AFTER)
    assert (status.state, status.until) == ("unknown", None), status


@pytest.mark.parametrize(
    "cell", ["✅ as long as 9.0 is in beta", "✅ up to 8.2.9", "✅ as long as possible", "✅ (before 8.2.9)"]
)
def test_what_is_no_end_by_a_release_is_none(cell: str) -> None:
    assert event_in(cell) is None
