"""What `lint-policy` finds, each with its line and its fix."""

from datetime import date

import pytest

from chatbot.core.model.knowledge import PrivateForm
from chatbot.core.support.lint import Finding, lint
from chatbot.core.support.policy import Policy
from chatbot.core.versions.version import read_version
from chatbot.sources.support_policy.reader import read_policy
from chatbot.sources.support_policy.text import UnreadablePage, read_text

TODAY = date(2025, 6, 1)
HEAD = "# Security\n\nMail security@kestrel.org.\n\n## Supported versions\n\n| Version | Supported | End of support |\n|---|---|---|\n"


def findings(rows: str, *releases: str, head: str = HEAD) -> list[tuple[int, str]]:
    versions = [version for each in releases if (version := read_version(each))]
    return [
        (finding.line, finding.problem) for finding in lint(read_policy(head + rows), today=TODAY, releases=versions)
    ]


def test_a_sound_page_has_no_finding() -> None:
    assert (
        findings("| 2.x | yes | TBD |\n| 1.x | yes | 2025-12-31 |\n| < 1 | no | ended |\n", "2.1.0", "1.5.0", "0.3")
        == []
    )


def test_an_unreadable_page_is_one_finding() -> None:
    (finding,) = lint(read_policy("\x00"), today=TODAY)
    assert (finding.line, finding.problem) == (0, "The page is not text and was not read.")
    assert finding.fix


def test_a_page_without_versions_and_channel() -> None:
    assert findings("", "1.0", head="# Security\n\nBe kind.\n") == [
        (0, "The page does not say which versions are supported."),
        (0, "The page names no way to report a vulnerability."),
    ]


@pytest.mark.parametrize(
    ("rows", "line", "problem"),
    [
        (
            "| 2.x | yes | 2025-05-31 |\n",
            9,
            "“2.x | yes | 2025-05-31” says supported, but its own date, 2025-05-31, has passed.",
        ),
        ("| 2.x | yes |\n| 1.x | perhaps |\n", 10, "“1.x | perhaps” does not say whether it is supported."),
        ("| 2.x | yes |\n| 1.x | best effort |\n", 10, "“1.x | best effort” does not say whether it is supported."),
        ("| 2.x | yes |\n| beyond reason | yes |\n", 10, "“beyond reason | yes” names no version that can be read."),
        (
            "| 2.x | yes |\n\nWork on 2.x is at the mercy of sponsors.\n",
            11,
            "“Work on 2.x is at the mercy of sponsors.” may take back what “2.x | yes” promises: the answer is “I can't tell”.",
        ),
        ("| 2.x | yes |\n| < 2.5 | no |\n", 10, "“< 2.5” overlaps “2.x” in line 9, and they differ."),
        (
            "| 2.x | yes | 2026-01-01 |\n| 2.x | yes | 2027-01-01 |\n",
            10,
            "“2.x” overlaps “2.x” in line 9, and they differ.",
        ),
        ("| 0.15.x | yes |\n| < 0.14 | no |\n", 9, "0.14 is in no row."),
        ("| 9.x | yes |\n| < 5 | no |\n", 9, "5 to 8 is in no row."),
        ("| 1.4.x | yes |\n| 1.0.x | no |\n", 9, "1.1 to 1.3 is in no row."),
    ],
)
def test_each_fault_is_named_with_its_line(rows: str, line: int, problem: str) -> None:
    assert findings(rows) == [(line, problem)]


@pytest.mark.parametrize(
    "rows",
    [
        "| 0.15.x | yes |\n| 0.13.x | yes |\n| all others | no |\n",  # the rest is said
        "| 3.x | yes |\n| 2.4.x | no |\n",  # whether there is a 2.5 nobody knows
        "| >= 2 | yes |\n| < 2 | no |\n",
        "| > 1 | yes |\n| <= 1 | no |\n",
        "| 1.2.5 | yes |\n| 1.2.3 | no |\n",
        "| 2.0.0-rc1 | no |\n| 1.x | yes |\n",
        "| 2.x | yes |\n| 1.x | yes |\n| 2.x | yes |\n",
        "| < 2 | no |\n| < 1 | no |\n| >= 2 | yes |\n",
        "| main | yes |\n| latest | yes |\n",
        "| 2.x, 1.x | yes |\n| < 1 | no |\n",
        "| 3.x | yes |\n| * | no |\n".replace("| * | no |\n", ""),
    ],
)
def test_what_is_no_fault(rows: str) -> None:
    assert findings(rows) == []


def test_rows_of_two_components_do_not_overlap() -> None:
    head = HEAD.replace("| Version |", "| Component | Version |").replace("|---|\n", "|---|---|\n")
    assert findings("| a | 2.x | yes | |\n| b | 2.x | no | |\n", head=head) == []


def test_a_released_line_that_is_missing_is_named_once() -> None:
    rows = "| 1.2.x | yes |\n| < 1.2 | no |\n"
    assert findings(rows, "1.3.1", "1.3.0", "1.2.0", "1.4.0-rc1", "0.9") == [
        (0, "1.3 has been released (1.3.1) and is in no row.")
    ]


def test_at_most_fifty_findings() -> None:
    rows = "".join(f"| {at}.x | yes | 2020-01-01 |\n" for at in range(90))
    assert len(findings(rows)) == 50


def test_lists_and_sentences_are_looked_at_too() -> None:
    head = "# Security\n\nMail security@kestrel.org.\n\n## Supported versions\n\n"
    assert findings("- 1.3.x: yes\n- 1.1.x: no\n", head=head) == [(7, "1.2 is in no row.")]
    assert findings("Only the latest release is supported.\n", head=head) == []


@pytest.mark.parametrize(
    ("body", "problem", "fix"),
    [
        (b"caf\xe9", "is not UTF-8", "Save it as UTF-8; the first wrong byte is at 3."),
        (b"x" * 600 * 1024, "is longer than 512 KiB", "Shorten it, or move what is not policy elsewhere."),
        (b"a\0b", "is not text", "Put the Markdown text of the policy there, and no other kind of file."),
        (b"<!doctype html>", "is an HTML page: give the address of the Markdown itself", "Put the Markdown itself there, not the page that shows it."),
    ],
)  # fmt: skip
def test_a_page_that_cannot_be_read_is_reported_with_its_own_fault(body: bytes, problem: str, fix: str) -> None:
    with pytest.raises(UnreadablePage) as caught:
        read_text(body)
    assert (str(caught.value), caught.value.fix) == (problem, fix)
    policy = Policy(readable=False, problem=f"The page {problem}.", fix=fix)
    assert lint(policy, today=TODAY) == (Finding(0, f"The page {problem}.", fix),)


@pytest.mark.parametrize(
    ("state", "problems"),
    [
        ("on", []),
        ("unknown", []),
        ("off", ["The page sends reporters to the private report form, which is switched off."]),
    ],
)
def test_a_form_that_is_switched_off_is_found(state: PrivateForm, problems: list[str]) -> None:
    page = read_policy(
        HEAD.replace(
            "Mail security@kestrel.org.", "Report a vulnerability: use GitHub's private vulnerability reporting."
        )
        + "| 2.x | yes | TBD |\n| < 2 | no | |\n"
    )
    assert [contact.kind for contact in page.contacts] == ["form"]
    assert [each.problem for each in lint(page, today=TODAY, private_form=state)] == problems
