"""What each release of a list is: line, newest, backport, and security on published evidence alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chatbot.core.model.facts import Advisory, Affected, Release
from chatbot.core.model.message import (
    Block,
    BulletList,
    Code,
    CodeBlock,
    Heading,
    Link,
    ListItem,
    Paragraph,
    Quote,
    Strong,
    Text,
)
from chatbot.core.model.severity import Severity
from chatbot.core.releases.classification import Classified, classify
from tests.core import make

START = datetime(2030, 1, 1, tzinfo=UTC)


def listed(*tags: str, url: str = "") -> list[Release]:
    """Releases in the order of their publication; a tag that ends with `!` carries the project's mark of a prerelease."""
    return [
        make.release(tag.rstrip("!"), START + timedelta(days=day), prerelease=tag.endswith("!"), url=url, notes="")
        for day, tag in enumerate(tags)
    ]


def tags(items: list[Classified]) -> list[str]:
    return [item.release.tag for item in items]


def classified(*releases: str) -> list[Classified]:
    return classify(listed(*releases), [])


def test_the_order_given_is_kept_and_every_release_is_there() -> None:
    tags_given = ["v1.0.0", "nightly", "v0.9.0", "v1.1.0-rc.1"]
    items = classified(*tags_given)
    assert tags(items) == tags_given
    assert [item.kind for item in items] == ["major", "unknown", "minor", "prerelease"]
    assert [item.line for item in items] == ["1.0", None, "0.9", "1.1"]
    assert [item.version and item.version.text for item in items] == ["1.0.0", None, "0.9.0", "1.1.0-rc.1"]


def test_newest_in_line_and_overall() -> None:
    items = classified("1.0.0", "1.0.1", "1.1.0", "1.0.2", "1.2.0-rc.1", "2.0.0!", "nightly")
    assert [item.release.tag for item in items if item.newest] == ["1.1.0"]
    assert [item.release.tag for item in items if item.newest_in_line] == ["1.1.0", "1.0.2", "1.2.0-rc.1", "2.0.0"]


def test_where_there_are_only_prereleases_the_newest_of_them_is_newest() -> None:
    assert [
        item.release.tag for item in classified("0.1.0-alpha.1", "0.1.0-alpha.2", "0.1.0-alpha.10") if item.newest
    ] == ["0.1.0-alpha.10"]


def test_a_backport_comes_after_a_full_release_of_a_newer_line() -> None:
    items = classified("1.0.0", "2.0.0-rc.1", "1.0.1", "2.0.0", "1.0.2", "2.0.1", "1.1.0-rc.1", "2.0.0")
    assert [item.release.tag for item in items if item.backport] == ["1.0.2"]


def test_what_comes_out_on_one_day_is_judged_by_what_stood_before() -> None:
    together = [make.release(tag, START, notes="") for tag in ("3.0.4", "2.2.6")]
    assert not any(item.backport for item in classify(together, []))
    assert [item.backport for item in classify([*together, make.release("3.0.3", START - timedelta(days=1))], [])] == [
        False,
        True,
        False,
    ]


def test_line_and_newest_are_per_package() -> None:
    items = classified("a@1.0.0", "b@3.0.0", "a@1.0.1", "a@1.1.0-rc.1", "b/v2.9.9")
    assert [item.release.tag for item in items if item.newest] == ["b@3.0.0", "a@1.0.1"]
    assert [item.release.tag for item in items if item.backport] == ["b/v2.9.9"]


def test_the_package_that_is_called_as_its_repository_continues_the_plain_tags() -> None:
    items = classify(
        listed("4.7.4", "Server@4.7.5", "client@1.0.0", url="https://github.example/org/server/releases/tag/x"), []
    )
    assert [item.release.tag for item in items if item.newest] == ["Server@4.7.5", "client@1.0.0"]


def test_lines_by_the_projects_setting() -> None:
    items = classify(listed("1.0.0", "1.1.0", "1.2.0"), [], lines="major")
    assert [(item.line, item.newest_in_line) for item in items] == [("1", False), ("1", False), ("1", True)]


def test_tags_that_are_not_the_projects_have_no_version() -> None:
    items = classify(listed("server-1.0.0", "client-9.0.0", "v2.0.0"), [], tags=("server-*", "v*"))
    assert [item.kind for item in items] == ["major", "unknown", "major"]
    assert [item.newest for item in items] == [True, False, True]


def test_a_counter_in_the_list_makes_patches() -> None:
    assert [item.kind for item in classified("2024.06.0", "2024.06.1", "2024.06.2")] == ["minor", "patch", "patch"]
    days = [make.release(tag, datetime(2024, 6, int(tag[-2:]), tzinfo=UTC)) for tag in ("2024.06.12", "2024.06.13")]
    assert [item.kind for item in classify(days, [])] == ["unknown", "unknown"]


def advisory(name: str = "GHSA-aaaa-bbbb-cccc", severity: Severity = Severity.HIGH, **more: object) -> Advisory:
    return make.advisory(name, severity, **more)  # type: ignore[arg-type]  # a table of mixed fields


def test_a_patched_version_is_evidence() -> None:
    first, second = classify(listed("0.15.4", "v0.15.5"), [advisory()])
    assert (first.security, first.fixes, first.evidence) == (False, (), ())
    assert (second.security, second.out_of_band, second.fixes) == (True, False, ("GHSA-aaaa-bbbb-cccc",))
    assert second.evidence == ("GHSA-aaaa-bbbb-cccc (high) names 0.15.5 as fixed",)


@pytest.mark.parametrize(
    ("severity", "from_", "out_of_band"),
    [
        (Severity.CRITICAL, Severity.CRITICAL, True),
        (Severity.HIGH, Severity.CRITICAL, False),
        (Severity.HIGH, Severity.HIGH, True),
        (Severity.UNKNOWN, Severity.LOW, False),
        (Severity.UNKNOWN, Severity.UNKNOWN, False),
    ],
)
def test_out_of_band_from_a_severity(severity: Severity, from_: Severity, *, out_of_band: bool) -> None:
    (items,) = classify(listed("0.15.5"), [advisory(severity=severity)], out_of_band_from=from_)
    assert (items.security, items.out_of_band) == (True, out_of_band)


def test_a_maintainers_word_is_evidence() -> None:
    declared = {"1.0.1": "security", "1.0.2": "outofband", "nightly": "security", "1.0.0": "what"}
    items = classify(listed("1.0.0", "1.0.1", "1.0.2", "nightly"), [], declared=declared)
    assert [(item.security, item.out_of_band) for item in items] == [
        (False, False),
        (True, False),
        (True, True),
        (True, False),
    ]
    assert items[1].evidence == ("a maintainer called it a security release",)


@pytest.mark.parametrize(
    "block",
    [
        Paragraph((Text("Fixes CVE-2030-0001."),)),
        Paragraph((Text("Fixes "), Strong("cve-2030-0001"), Text(" at last"))),
        Heading(2, (Text("GHSA-aaaa-bbbb-cccc: crafted messages"),)),
        BulletList(
            (
                ListItem((Text("nothing"),)),
                ListItem((Text("see "), Link("here", "https://x.example/GHSA-AAAA-bbbb-cccc"))),
            )
        ),
        Quote((BulletList((ListItem((Code("CVE-2030-0001"),)),)),)),
        CodeBlock("log: CVE-2030-0001\n"),
    ],
)
def test_an_id_in_the_notes_is_evidence(block: Block) -> None:
    fact = advisory(aliases=frozenset({"CVE-2030-0001"}), affected="< 0.15.5", patched="")
    release = replace(make.release("0.15.7"), notes=(Paragraph((Text("Hello"),)), block))
    (items,) = classify([release], [fact])
    assert items.fixes == ("GHSA-aaaa-bbbb-cccc",)
    assert items.evidence == ("its notes name GHSA-aaaa-bbbb-cccc (high)",)


@pytest.mark.parametrize(
    "words",
    [
        "A security release! Fixes a vulnerability.",
        "Fixes CVE-2030-00011.",
        "XCVE-2030-0001",
        "Fixes CVE-2030-0002",
        "CVE-2030",
        "",
    ],
)
def test_words_that_name_no_advisory_of_the_project_are_none(words: str) -> None:
    fact = advisory(aliases=frozenset({"CVE-2030-0001"}), affected="< 0.15.5")
    (items,) = classify([make.release("0.15.7", notes=words)], [fact])
    assert not items.security


def test_notes_that_name_an_advisory_which_still_affects_the_release_are_none() -> None:
    (items,) = classify([make.release("0.15.2", notes="We know of GHSA-aaaa-bbbb-cccc.")], [advisory()])
    assert (items.security, items.fixes) == (False, ())


def test_an_advisory_is_named_once_and_the_title_counts() -> None:
    (items,) = classify(
        [make.release("0.15.5", notes="GHSA-aaaa-bbbb-cccc", name="Fix GHSA-aaaa-bbbb-cccc")], [advisory()]
    )
    assert items.fixes == ("GHSA-aaaa-bbbb-cccc",)
    assert len(items.evidence) == 1
    (nightly,) = classify([make.release("nightly", notes="", name="Fix GHSA-aaaa-bbbb-cccc")], [advisory()])
    assert nightly.security


def test_a_withdrawn_advisory_is_no_evidence() -> None:
    (items,) = classify([make.release("0.15.5", notes="GHSA-aaaa-bbbb-cccc")], [advisory(withdrawn_at=START)])
    assert not items.security


def test_another_package_of_the_repository_is_not_fixed() -> None:
    entries = (Affected(package="@org/a", ecosystem="npm", scheme="semver", range="< 1.0.1", patched="1.0.1"),)
    items = classify(listed("@org/a@1.0.1", "@org/b@1.0.1"), [replace(advisory(), affected=entries)])
    assert [item.security for item in items] == [True, False]
