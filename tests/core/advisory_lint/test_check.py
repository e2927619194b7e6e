"""What is found in an advisory, and that nothing is found in a good one."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.core.advisory_lint.check import lint_advisory
from chatbot.core.advisory_lint.material import Material
from chatbot.core.model.facts import Advisory, Affected, Span
from chatbot.core.model.message import Block, BulletList, Heading, ListItem, Paragraph, Text
from chatbot.core.model.severity import Severity
from chatbot.core.releases.classification import classify
from chatbot.core.support.policy import Status
from chatbot.core.versions.version import Version
from tests.core import make

CVE = frozenset({"CVE-2030-1000"})
TAGS = ("v2.2.8", "v2.2.9", "v2.2.10", "v2.3.0", "v2.3.3", "v2.3.4", "v2.3.5", "v2.4.0-rc.1")


def text_of(*blocks: str | Block) -> tuple[Block, ...]:
    return tuple(Paragraph((Text(each),)) if isinstance(each, str) else each for each in blocks)


def codes(advisory: Advisory, material: Material | None = None) -> list[str]:
    return sorted(finding.code for finding in lint_advisory(advisory, material))


def about(*entries: Affected) -> Advisory:
    return replace(make.advisory(aliases=CVE), affected=entries)


def beside(*tags: str, supported: tuple[str, ...] = (), missing: dict[str, list[str]] | None = None) -> Material:
    releases = [make.release(tag, make.START + timedelta(days=number)) for number, tag in enumerate(tags)]

    def status(version: Version) -> Status:
        is_supported = str(version).startswith(supported)
        state = "supported" if is_supported else "ended"
        return Status(version=str(version), state=state, row="the row", reason="", on=make.START.date())  # type: ignore[arg-type]  # a word

    return Material(
        releases=classify(releases, []),
        status=status if supported else None,
        missing_images=missing or {},
        names=frozenset({"mail"}),
    )


@pytest.mark.parametrize(
    ("affected", "patched", "expected"),
    [
        (">= 2.3.0, < 2.3.5", "2.3.5", []),
        ("< 1.9.9 || >= 2.0, < 2.0.5", "1.9.9, 2.0.5", []),
        ("<= 2.3.4", "2.3.5", []),
        ("<= 2.3.4", "", []),
        ("<= 2.3.4", "None", []),
        ("*", "", []),
        ("= 2.3.4", "2.3.5", []),
        ("< 2.3.6", "2.3.5", ["range-covers-fix"]),
        (">= 2.0", "2.3.5", ["range-covers-fix"]),
        ("< 1.10.2", "1.10.2, 1.9.9", ["range-covers-fix"]),
        ("< 2.3.5", "", ["no-patched-version"]),
        ("< 2.3.5", "none", ["no-patched-version"]),
        ("", "2.3.5", ["no-range"]),
        ("", "", ["no-range"]),
        ("all before the fix", "2.3.5", ["unreadable-range"]),
        (">= 2, < 1", "2.3.5", ["unreadable-range"]),
        ("< 2.3.5", "2.3.x", ["unreadable-fix"]),
        ("< 2.3.5", "the next one", ["unreadable-fix"]),
    ],
)
def test_what_it_says_of_versions(affected: str, patched: str, expected: list[str]) -> None:
    assert codes(make.advisory(affected=affected, patched=patched, aliases=CVE)) == expected


def test_ranges_of_one_package_are_seen_together() -> None:
    entry = Affected(package="mail", range=">= 2.0, < 2.0.5", patched="2.0.5")
    older = Affected(package="mail", range="< 2.0.6", patched="1.9.9")
    other = Affected(package="post", range="< 9", patched="9")
    assert codes(about(entry, other)) == []
    assert codes(about(entry, entry)) == ["duplicate-range"]
    assert codes(about(entry, older)) == ["range-covers-fix"] * 2


def test_commits_and_spans_are_no_text() -> None:
    spans = Affected(package="mail", scheme="semver", spans=(Span(introduced="1.0.0", fixed="1.4.0"),))
    commits = Affected(package="mail", scheme="git", spans=(Span(introduced="a" * 40, fixed="b" * 40),))
    assert codes(about(spans, commits)) == []
    wrong = Affected(package="mail", scheme="semver", spans=(Span(introduced="one", fixed="1.4.0"),))
    assert codes(about(wrong)) == ["unreadable-range"]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"severity": Severity.LOW}, []),
        ({"severity": Severity.MEDIUM}, ["no-cve"]),
        ({"severity": Severity.LOW, "scores": (("CVSS:3.1/…", 3.9),)}, []),
        ({"severity": Severity.LOW, "scores": (("CVSS:3.1/…", 4.0),)}, ["no-cve"]),
        ({"severity": Severity.CRITICAL, "aliases": CVE}, []),
        ({"severity": Severity.UNKNOWN}, ["no-severity"]),
        ({"severity": Severity.UNKNOWN, "scores": (("CVSS:3.1/…", 9.8),), "aliases": CVE}, []),
        ({"severity": Severity.LOW, "unread": "its text is too long"}, ["not-read-whole"]),
        ({"severity": Severity.UNKNOWN, "withdrawn_at": make.START}, []),
    ],
)
def test_what_its_fields_leave_out(more: dict[str, object], expected: list[str]) -> None:
    assert codes(make.advisory(**more)) == expected  # type: ignore[arg-type]  # a table of mixed fields


@pytest.mark.parametrize(
    ("affected", "patched", "expected"),
    [
        (">= 2.3.0, < 2.3.5", "2.3.5", []),
        ("< 1.4.2", "1.4.2", []),  # below the oldest release of the list
        ("<= 2.3.3", "2.3.5", ["range-leaves-gap"]),
        ("<= 2.3.4", "", ["no-patched-version"]),
        ("*", "", []),
        (">= 3.0, < 3.1", "3.1", ["fix-not-released", "no-release-in-range"]),
        (">= 2.3.0, < 2.3.6", "2.3.6", ["fix-not-released"]),
        (">= 2.3.0, < 2.3.2", "2.3.2", ["fix-not-released"]),
        (">= 2.3.0, < 2.4.0-rc.1", "2.4.0-rc.1", ["fix-is-prerelease"]),
    ],
)
def test_what_the_releases_show(affected: str, patched: str, expected: list[str]) -> None:
    assert codes(make.advisory(affected=affected, patched=patched, aliases=CVE), beside(*TAGS)) == expected


def test_a_fix_that_was_never_released_names_the_next() -> None:
    (finding,) = lint_advisory(make.advisory(affected="< 2.3.2", patched="2.3.2", aliases=CVE), beside(*TAGS))
    assert "the next release of its line is 2.3.3" in finding.problem


def test_the_image_of_a_fix() -> None:
    material = beside(*TAGS, missing={"v2.3.5": ["example/mail:2.3.5"]})
    (finding,) = lint_advisory(make.advisory(affected=">= 2.3, < 2.3.5", patched="2.3.5", aliases=CVE), material)
    assert (finding.code, "example/mail:2.3.5" in finding.problem) == ("fix-image-missing", True)


@pytest.mark.parametrize(
    ("affected", "patched", "supported", "expected"),
    [
        ("< 2.3.5", "2.3.5", ("2.3",), []),
        ("< 2.3.5", "2.3.5", ("2.2", "2.3"), ["supported-line-without-fix"]),
        (">= 2.3, < 2.3.5", "2.3.5", ("2.2", "2.3"), []),
        ("< 2.2.11 || >= 2.3, < 2.3.5", "2.2.11, 2.3.5", ("2.2", "2.3"), ["fix-not-released"]),
    ],
)
def test_a_supported_line_needs_a_fix(
    affected: str, patched: str, supported: tuple[str, ...], expected: list[str]
) -> None:
    material = beside(*TAGS, supported=supported)
    assert codes(make.advisory(affected=affected, patched=patched, aliases=CVE), material) == expected


def test_a_package_of_several_that_is_not_ours_is_left_alone() -> None:
    ours = Affected(package="mail", range=">= 2.3.0, < 2.3.5", patched="2.3.5")
    theirs = Affected(package="mail-client", range=">= 7.0, < 7.2", patched="7.2")
    advisory = about(ours, theirs)
    assert codes(advisory, beside(*TAGS)) == []


@pytest.mark.parametrize(
    ("text", "affected", "patched"),
    [
        ("Versions 0.12.0 to 0.13.2 are affected.", "< 0.13.3", "0.13.3"),
        ("Versions 0.12.0 through 0.13.4 are affected.", ">= 0.12.0, < 0.13.3", "0.13.3"),
        ("Mail versions prior to 0.13.3 are vulnerable.", "< 0.13.4", "0.13.4"),
        ("All versions before 0.14 are vulnerable.", "< 0.13.3", "0.13.3"),
        ("**Affected versions:** 0.12.0 - 0.13.2", "< 0.12.9", "0.12.9"),
        ("This has been fixed in version 0.13.3.", "< 0.13.4", "0.13.4"),
        ("Users should upgrade to 0.13.3 or later.", "<= 0.13.3", "0.13.4"),
        ("This was fixed in 0.12.8 and 0.13.3.", "< 0.13.3", "0.13.3"),
    ],
)
def test_the_text_says_something_else(text: str, affected: str, patched: str) -> None:
    advisory = make.advisory(affected=affected, patched=patched, aliases=CVE, description=text_of(text))
    assert codes(advisory) == ["text-contradicts-range"]


@pytest.mark.parametrize(
    ("text", "affected", "patched"),
    [
        ("Versions 0.12.0 to 0.13.2 are affected.", ">= 0.12.0, < 0.13.3", "0.13.3"),
        ("Versions 0.12.0 to 0.13.2 are affected.", ">= 0.12.0, <= 0.13.2", "0.13.3"),
        ("Versions prior to 0.13.3 are vulnerable.", ">= 0.12.0, < 0.13.3", "0.13.3"),
        ("Versions prior to 0.12.0 are not affected.", ">= 0.12.0, < 0.13.3", "0.13.3"),
        ("Versions prior to 0.12.0 are unaffected, the others are vulnerable.", ">= 0.12.0, < 0.13.3", "0.13.3"),
        ("Versions of Tokio prior to 1.30.0 are vulnerable.", "< 0.13.3", "0.13.3"),
        ("Affects 0.12 and 0.13, see issue 0.14.", "< 0.13.3", "0.13.3"),
        (
            "Versions 0.11 through 0.12.x before 0.12.8 and 0.13.x before 0.13.3 are affected.",
            ">= 0.13, < 0.13.3",
            "0.13.3",
        ),
        ("Versions 0.12.0 to 0.12.7 are affected. Versions 0.13.0 to 0.13.2 are affected.", "< 0.13.3", "0.13.3"),
        ("Fixed in 0.13.3. Upgrade nginx to 0.9.0.", "< 0.13.3", "0.13.3"),
        ("It was not fixed in 0.13.2 as we had said.", "< 0.13.3", "0.13.3"),
        ("Upgrade to 0.14.1.", "< 0.13.3", "0.13.3"),
        ("In versions before 0.9 the default was another.", "< 0.13.3", "0.13.3"),
    ],
)
def test_what_the_text_says_is_believed_only_where_it_is_clear(text: str, affected: str, patched: str) -> None:
    advisory = make.advisory(affected=affected, patched=patched, aliases=CVE, description=text_of(text))
    assert codes(advisory) == []


def test_sections_about_other_things_are_not_read() -> None:
    item = BulletList((ListItem((Text("0.12.0 to 0.13.2"),)),))
    heading, workaround = (Heading(3, (Text(words),)) for words in ("Affected versions", "Workarounds"))
    here = make.advisory(affected="< 0.12.9", patched="0.12.9", aliases=CVE, description=text_of(heading, item))
    there = make.advisory(
        affected="< 0.12.9", patched="0.12.9", aliases=CVE, description=text_of(workaround, "Upgrade to 0.12.1.")
    )
    assert (codes(here), codes(there)) == (["text-contradicts-range"], [])


def test_a_fix_that_only_the_text_names() -> None:
    advisory = make.advisory(affected="<= 0.13.2", patched="", aliases=CVE, description=text_of("Fixed in 0.13.3."))
    (finding,) = lint_advisory(advisory)
    assert (finding.code, "Enter 0.13.3" in finding.fix) == ("no-patched-version", True)


def test_no_release_before_the_first_is_missed() -> None:
    """`< 0.13.3` and "0.12.0 to 0.13.2" are one thing where 0.12.0 is the first release."""
    advisory = make.advisory(
        affected="< 0.13.3",
        patched="0.13.3",
        aliases=CVE,
        description=text_of("Versions 0.12.0 to 0.13.2 are affected."),
    )
    assert codes(advisory, beside("v0.12.0", "v0.13.2", "v0.13.3")) == []
    assert codes(advisory, beside("v0.11.9", "v0.12.0", "v0.13.2", "v0.13.3")) == ["text-contradicts-range"]


VERSIONS = st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(0, 5)).map(lambda each: ".".join(map(str, each)))


@given(low=VERSIONS, fix=VERSIONS)
def test_a_text_that_says_the_range_never_contradicts_it(low: str, fix: str) -> None:
    texts = (
        f"Versions {low} to before {fix} are affected.",
        f"Versions >= {low}, < {fix} are affected. Fixed in {fix}.",
    )
    for text in texts:
        advisory = make.advisory(affected=f">= {low}, < {fix}", patched=fix, description=text_of(text))
        assert "text-contradicts-range" not in codes(advisory)


@given(st.text(max_size=200), st.text(max_size=40), st.text(max_size=40))
def test_whatever_it_says_the_look_ends(text: str, affected: str, patched: str) -> None:
    advisory = make.advisory(affected=affected, patched=patched, description=text_of(text))
    for finding in lint_advisory(advisory, beside(*TAGS, supported=("2.2",))):
        assert finding.problem
        assert finding.fix
        assert "\n" not in finding.problem
