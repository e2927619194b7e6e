"""Sentences that deny support to everything else, held against what a table or a list of the same page ticks."""

from datetime import date

import pytest

from chatbot.core.support.lint import lint
from chatbot.core.support.policy import Status, status
from chatbot.core.versions.version import read_version
from chatbot.sources.support_policy.reader import read_policy

TODAY = date(2025, 6, 1)
RELEASES = [version for each in ("0.15.9", "0.20.1", "0.30.1", "0.30.2", "0.31.0") if (version := read_version(each))]
HEAD = "# Security\n\nMail security@kestrel.org.\n\n## Supported versions\n\n"
TABLE = "| Version | Supported |\n|---|---|\n"
OLD = TABLE + "| 0.15.x | ✅ |\n"
BOTH = TABLE + "| 0.31.x | ✅ |\n| 0.30.x | ✅ |\n"

EXCLUDING = (
    "Only the latest released minor receives security fixes; earlier minors are end-of-life.",
    "We only patch the current minor.",
    "The latest minor is supported. Older versions are not supported.",
    "Security fixes are provided exclusively for the latest minor release.",
    "Support is limited to the latest minor release only.",
    "No versions other than the latest minor are supported.",
    "We do not support anything other than the latest minor.",
    "Everything but the latest minor is end-of-life.",
    "The newest minor is the only supported version.",
    "Fixes go to the latest minor; all other versions are unsupported.",
    "We only fix security problems in the most recent minor release; everything older is out of support.",
    "Only the latest minor is patched; everything older is out of maintenance.",
    "Bug fixes and security patches land in the newest minor series. Nothing else is maintained.",
    "The latest minor is supported, everything before is EOL.",
    "Anything that isn't the latest minor is unsupported.",
    "We support only the most recent release.",
    "All versions older than the latest minor are unsupported.",
    "Previous minors are EOL.",
    "Please use the latest version; previous versions are not patched.",
)
NAMED_AS_NEWEST = EXCLUDING[:-3]  # these say of the newest that it is supported


def ask(page: str, version: str, *, with_releases: bool = True) -> Status:
    parsed = read_version(version)
    assert parsed is not None
    return status(
        read_policy(HEAD + page),
        parsed,
        today=TODAY,
        releases=RELEASES if with_releases else None,
        newest=RELEASES[-1] if with_releases else None,
    )


@pytest.mark.parametrize("sentence", EXCLUDING)
@pytest.mark.parametrize("rows", [OLD, "- 0.15.x: supported\n", TABLE + "| 0.15.x (latest released minor) | ✅ |\n"])
def test_a_ticked_old_one_is_a_contradiction_and_both_are_quoted(sentence: str, rows: str) -> None:
    status = ask(f"{sentence}\n\n{rows}", "0.15.9")
    assert status.state == "unknown", status
    assert status.reason.startswith("The page contradicts itself: it says “")
    assert "0.15.x" in status.reason
    assert (
        "latest" in status.reason
        or "newest" in status.reason
        or "minor" in status.reason
        or "most recent" in status.reason
    )


@pytest.mark.parametrize("sentence", EXCLUDING)
def test_the_rest_is_denied_wherever_the_newest_is_known(sentence: str) -> None:
    page = f"{sentence}\n\n{OLD}"
    assert ask(page, "0.20.1").state == "ended"
    assert ask(page, "0.3.0").state == "ended"
    assert ask(page, "0.31.0").state == ("supported" if sentence in NAMED_AS_NEWEST else "not_listed")


def test_as_an_item_of_a_list() -> None:
    page = "- Only the latest minor version is supported\n- 0.15.x: supported\n"
    assert [ask(page, version).state for version in ("0.15.9", "0.31.0", "0.20.1")] == ["unknown", "supported", "ended"]


@pytest.mark.parametrize("sentence", EXCLUDING)
def test_without_a_known_newest_the_row_stands(sentence: str) -> None:
    assert ask(f"{sentence}\n\n{OLD}", "0.15.9", with_releases=False).state == "supported"


def test_a_row_that_ends_what_a_sentence_promises() -> None:
    status = ask(f"{TABLE}| 0.15.x | ✅ |\n| All others | ❌ |\n\nOnly the latest minor is supported.\n", "0.31.0")
    assert status.state == "unknown"
    assert "“All others | ❌”" in status.reason
    assert "“Only the latest minor is supported.”" in status.reason


@pytest.mark.parametrize(
    ("page", "states"),
    [
        # older than those that the page lists, or the newest patch within a row: no contradiction
        (BOTH + "\nOlder minors are not supported.\n", ["supported", "supported", "supported", "ended"]),
        (BOTH + "\nOlder versions are not supported.\n", ["supported", "supported", "supported", "ended"]),
        (BOTH + "\nOnly the latest patch release of each minor receives fixes.\n", ["supported", "supported", "supported", "not_listed"]),
        (TABLE + "| 0.31.x | ✅ |\n\nOnly the latest release is supported.\n", ["supported", "ended", "ended", "ended"]),
        # "only" that limits the kind of support and not the versions
        (BOTH + "\n0.30.x receives only critical security fixes.\n", ["supported", "supported", "supported", "ended"]),
        (BOTH + "\nOnly 0.31.x gets new features.\n", ["supported", "supported", "supported", "not_listed"]),
        ("We support the last two minor versions. Older minors are EOL.\n", ["supported", "supported", "supported", "ended"]),
        ("Nothing older than 0.31 is supported.\n", ["not_listed", "ended", "ended", "ended"]),
        ("Only the versions listed below are supported.\n\n" + TABLE + "| 0.31.x | ✅ |\n", ["supported", "ended", "ended", "ended"]),
        ("Only 0.31.x is supported.\n\n" + BOTH, ["supported", "unknown", "unknown", "ended"]),
        ("Only the main branch receives security fixes.\n\n" + BOTH, ["unknown", "unknown", "unknown", "not_listed"]),
    ],
)  # fmt: skip
def test_what_excludes_and_what_does_not(page: str, states: list[str]) -> None:
    assert [ask(page, version).state for version in ("0.31.0", "0.30.2", "0.30.1", "0.15.9")] == states


def test_the_lint_names_it() -> None:
    policy = read_policy(f"{HEAD}Only the latest minor receives security fixes.\n\n{OLD}")
    (finding,) = [each for each in lint(policy, today=TODAY, releases=RELEASES) if "contradicts" in each.problem]
    assert finding.line == 11
    assert finding.problem == (
        "“0.15.x | ✅” contradicts “Only the latest minor receives security fixes.” in line 7: the newest release is 0.31.0."
    )


def test_a_version_newer_than_the_newest_is_answered_with_the_newest() -> None:
    reason = ask("Only the latest release is supported.\n", "2.1.0").reason
    assert (
        reason
        == "The page speaks of the latest release: that is 0.31.0 here, and 2.1.0 is newer; ask again once it is out."
    )
    unread = ask("Only the latest release is supported.\n", "2.1.0", with_releases=False).reason
    assert unread == "The page speaks of the latest release, and none is known here; a known release would tell."
