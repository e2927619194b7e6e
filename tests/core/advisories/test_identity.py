"""Whom an advisory affects, what fixes it, and that all its ids are one advisory."""

from dataclasses import replace

import pytest

from chatbot.core.advisories.identity import Verdict, affected, affects, fixed_versions, fixes, worded_range
from chatbot.core.model.facts import Advisory, Affected, Span
from chatbot.core.model.severity import Severity
from chatbot.core.versions.version import LineStyle, Version, read_tag
from tests.core import make


def holding(*entries: Affected, **more: object) -> Advisory:
    return replace(make.advisory(**more), affected=entries)  # type: ignore[arg-type]  # a table of mixed fields


def entry(range_: str = "", patched: str = "", **more: object) -> Affected:
    return Affected(range=range_, patched=patched, **more)  # type: ignore[arg-type]  # a table of mixed fields


def version(tag: str) -> Version:
    version = read_tag(tag)
    assert version, tag
    return version


def states(advisory: Advisory, *versions: str) -> list[str]:
    return [affects(advisory, version).state for version in versions]


@pytest.mark.parametrize(
    ("one", "yes", "no"),
    [
        (entry("< 0.13.3", "0.13.3"), "0.13.2 0.11 v0.13.0 0.13.3-rc1", "0.13.3 0.14"),
        (entry(">= 1.0, < 1.4 || 2.0"), "1.0 1.3 2.0", "0.9 1.4 2.1"),
        (entry(spans=(Span(introduced="1.0", fixed="1.4"), Span(introduced="2.0", last_affected="2.3"))), "1.0 1.3 2.0 2.3", "0.9 1.4 1.9 2.4"),
        (entry(spans=(Span(fixed="1.4"),)), "0 1.3", "1.4"),
        (entry(spans=(Span(introduced="1.4"),)), "1.4 99", "1.3"),
        (entry(spans=(Span(introduced="1", fixed="1"),)), "", "1 0.9 1.1"),
        (entry(spans=(Span(introduced="1.0", fixed="2.0", last_affected="1.4"),)), "1.4", "1.5 2.0"),
        (entry(versions=("1.0", "v1.1", "odd")), "1.0 1.0.0 1.1 v1.1 odd", "1.2"),
        (entry(versions=("9.9",), spans=(Span(fixed="1.0"),)), "9.9 0.1", "1.0 9.8"),
        (entry("< 1.0", spans=(Span(introduced="2.0"),)), "0.9 2.0", "1.0"),
        (entry(scheme="git", spans=(Span(introduced="8f3e", fixed="a1b2"),), versions=("server-1.0", "v1.1")), "1.0 1.1", "1.2"),
        (entry("< 1.10.2", "1.10.2, 1.9.9"), "1.9.8 1.8.9 1.10.1", "1.9.9 1.9.10 1.10.2"),
        (entry("<= 1.10.1", "1.10.1"), "1.10.1 1.9", "1.10.2"),
        (entry("< 2.0", "2.0, what", scheme="maven"), "1.9 r07", "2.0"),
        (entry(scheme="pypi", spans=(Span(fixed="1.0rc2"),)), "1.0rc1 1.0.dev1", "1.0rc2 1.0"),
        (entry(scheme="maven", spans=(Span(introduced="11.0", fixed="24.1.1-android"),)), "24.1-jre 11.0", "24.1.1-android 25"),
    ],
)  # fmt: skip
def test_what_is_affected(one: Affected, yes: str, no: str) -> None:
    assert {text: affects(holding(one), text).state for text in yes.split()} == dict.fromkeys(yes.split(), "yes")
    assert {text: affects(holding(one), text).state for text in no.split()} == dict.fromkeys(no.split(), "no")


@pytest.mark.parametrize(
    ("one", "version", "range_"),
    [
        (entry("before the fix"), "1.0", "before the fix"),
        (entry(), "1.0", ""),
        (entry(patched="1.4"), "1.0", ""),
        (entry(scheme="git", spans=(Span(introduced="8f3e"),)), "1.0", ""),
        (entry(spans=(Span(introduced="what"),)), "1.0", ">= what"),
        (entry(spans=(Span(fixed="what"),)), "1.0", "< what"),
        (entry(spans=(Span(last_affected="what"),)), "1.0", "<= what"),
        (entry("< 1.0", scheme="pypi"), "what", "< 1.0"),
    ],
)
def test_what_cannot_be_read_is_shown_with_its_text(one: Affected, version: str, range_: str) -> None:
    verdict = affects(holding(one), version)
    assert (verdict.state, verdict.range, verdict.first_fixed) == ("unreadable", range_, None)


def test_a_readable_yes_stands_above_an_unreadable_entry_and_that_above_a_no() -> None:
    both = holding(entry("before the fix"), entry("< 1.0"))
    assert states(both, "0.9", "1.0") == ["yes", "unreadable"]
    assert affects(both, "0.9").range == "< 1.0"


@pytest.mark.parametrize(
    ("range_", "patched", "yes", "unsure", "no"),
    [
        ("2.41", "2.41.4", "2.41", "2.41.1 2.41.3 2.41.4-rc1", "2.40.9 2.41.4 2.42"),
        ("<= 1.2.3", "1.3.0", "1.2.3", "1.2.4 1.3.0-rc1", "1.3.0 1.3.1"),
        ("< 2.41.2", "2.41.4", "2.41.1", "2.41.2 2.41.3", "2.41.4"),
        (">= 2.41.2, <= 2.41.3", ">= 2.41.5", "2.41.2 2.41.3", "2.41.4", "2.41.1 2.41.5"),
        ("<= 2.0.9 || >= 2.1.0, <= 2.1.1", "2.0.10, 2.1.4", "2.0.9 2.1.1", "2.1.2 2.1.3", "2.0.10 2.0.11 2.1.0-rc1 2.1.4"),
        ("< 1.4.2", "1.4.2, 2.0.0", "1.4.1", "", "1.4.2 1.9.9 2.0.0"),
        ("< 1.4", "1.4.0", "1.3.9", "", "1.4 1.4.1"),
        ("<= 9.0.*", "9.2.0", "9.0.7 8.1", "9.1.0 9.1.7", "9.2.0"),
        ("<= 1.4", "", "1.4", "", "1.4.1"),
        ("<= 1.4", "soon", "1.4", "", "1.4.1"),
        ("< 1.10.2", "1.10.2, 1.9.9", "1.9.8", "", "1.9.9 1.9.10"),
    ],
)  # fmt: skip
def test_between_the_range_and_the_fix_nobody_can_tell(
    range_: str, patched: str, yes: str, unsure: str, no: str
) -> None:
    for scheme in ("project", "semver"):
        one = holding(entry(range_, patched, scheme=scheme))
        for words, state in ((yes, "yes"), (unsure, "unreadable"), (no, "no")):
            assert {text: affects(one, text).state for text in words.split()} == dict.fromkeys(words.split(), state)
    assert all(affects(one, text).range == range_ for text in unsure.split())


def test_an_advisory_that_states_no_versions_clears_none() -> None:
    assert states(holding(), "1.0") == ["unreadable"]


@pytest.mark.parametrize(
    ("one", "version", "lines", "in_line", "overall"),
    [
        (entry("< 0.13.3", "0.13.3"), "0.13.2", "auto", "0.13.3", "0.13.3"),
        (entry("< 0.13.3", "0.13.3"), "0.12.5", "auto", None, "0.13.3"),
        (entry("< 0.13.3", "0.13.3"), "0.12.5", "major", "0.13.3", "0.13.3"),
        (entry("< 1.2.9, >= 1.3, < 1.3.4", "1.3.4, 1.2.9"), "1.2.1", "auto", "1.2.9", "1.2.9"),
        (entry("< 1.2.9, >= 1.3, < 1.3.4", "1.3.4, 1.2.9"), "1.3.0", "auto", "1.3.4", "1.3.4"),
        (entry("< 1.2.9, >= 1.3, < 1.3.4", "1.3.4, 1.2.9"), "1.1.0", "auto", None, "1.2.9"),
        (entry("< 1.10.2", "1.10.2 and later, 1.9.9"), "1.9.1", "auto", "1.9.9", "1.9.9"),
        (entry("<= 1.10.1", ">= 1.10.2"), "1.9.1", "auto", None, "1.10.2"),
        (entry("<= 1.10.1", "none"), "1.9.1", "auto", None, None),
        (entry("<= 1.10.1", "1.11.x"), "1.9.1", "auto", None, None),
        (entry("< 1.10.2"), "1.10.1", "auto", "1.10.2", "1.10.2"),
        (entry(spans=(Span(introduced="1.0", fixed="1.4.0"),)), "1.4.0-rc1", "auto", "1.4.0", "1.4.0"),
        (entry(spans=(Span(introduced="1.0", last_affected="1.4.0"),)), "1.4.0", "auto", None, None),
        (entry(scheme="maven", spans=(Span(fixed="24.1.1-android"),)), "r07", "auto", None, "24.1.1-android"),
        (entry(spans=(Span(introduced="1.0", fixed="1.2"), Span(introduced="1.1", fixed="1.4"))), "1.1", "auto", None, "1.4"),
        (entry(versions=("1.0",), scheme="git", spans=(Span(fixed="8f3e"),)), "1.0", "auto", None, None),
    ],
)  # fmt: skip
def test_the_first_fix_in_the_line_and_overall(
    one: Affected, version: str, lines: LineStyle, in_line: str | None, overall: str | None
) -> None:
    verdict = affects(holding(one), version, lines=lines)
    assert verdict.state == "yes"
    assert (verdict.first_fixed_in_line, verdict.first_fixed) == (in_line, overall)


def test_the_lowest_fix_of_several_packages_is_found() -> None:
    both = holding(entry("< 2.4", "2.4"), entry("< 2.3.1", "2.3.1"), entry("< 9", "9.0"))
    assert affects(both, "2.3.0").first_fixed == "2.3.1"
    assert affects(both, "2.3.5").first_fixed == "2.4"


def test_a_withdrawn_advisory_affects_and_is_fixed_by_nothing() -> None:
    withdrawn = holding(entry("< 1.0", "1.0"), withdrawn_at=make.START)
    assert affects(withdrawn, "0.9").state == "no"
    assert not fixes(withdrawn, "1.0")


def test_packages_are_distinguished_where_both_name_one() -> None:
    one = holding(entry("< 2.0", package="@org/a", scheme="semver"), entry("< 1.0", package="@org/b", scheme="semver"))
    assert affects(one, version("@org/a@1.5.0")).state == "yes"
    assert affects(one, version("@org/b@1.5.0")).state == "no"
    assert affects(one, "1.5.0").state == "yes"
    assert affects(one, "1.5.0", package="@ORG/B").state == "no"
    assert affects(one, "1.5.0", package="other").state == "no"
    assert affects(holding(entry("< 2.0")), "1.5", package="other").state == "yes"
    recursor = holding(entry("< 5.0.2", package="DNS Recursor", ecosystem="other"))
    assert affects(recursor, version("rec-5.0.1")).state == "yes"


@pytest.mark.parametrize(
    ("tag", "state"),
    [
        ("jackson-2.0.0", "yes"),
        ("org.example:jackson@2.0.0", "yes"),
        ("jackson@2.0.0", "yes"),
        ("go2.0", "yes"),
        ("other@2.0.0", "no"),
        ("core-2.0.0", "no"),
    ],
)
def test_names_glued_to_a_version_shut_nothing_out_but_choose(tag: str, state: str) -> None:
    jackson = entry("< 3.0", package="org.example:jackson", scheme="maven")
    core = entry("< 1.0", package="example/core", scheme="maven")
    assert affects(holding(jackson, core), version(tag)).state == state


def test_a_listed_tag_is_found_as_written() -> None:
    listed = holding(entry(scheme="npm", versions=("release-x-1.0", "1.2")))
    assert affects(listed, version("release-x-1.0")).state == "yes"
    assert affects(listed, version("v1.2.0")).state == "yes"
    assert affects(listed, "not readable").state == "no"


def ids(verdicts: list[Verdict]) -> list[str]:
    return [verdict.advisory.id for verdict in verdicts]


def test_the_worst_comes_first_and_the_unreadable_are_apart() -> None:
    every = [
        holding(entry("< 2.0"), name="GHSA-1", severity=Severity.LOW),
        holding(entry("what?"), name="GHSA-3"),
        holding(entry("what?"), name="GHSA-2"),
        holding(entry("< 2.0"), name="GHSA-5", severity=Severity.CRITICAL),
        holding(entry("< 2.0"), name="GHSA-4", severity=Severity.CRITICAL),
        holding(entry("< 1.0"), name="GHSA-6"),
    ]
    yes, unreadable = affected("1.5", every)
    assert (ids(yes), ids(unreadable)) == (["GHSA-4", "GHSA-5", "GHSA-1"], ["GHSA-2", "GHSA-3"])


def test_aliases_are_asked_once() -> None:
    ghsa = holding(entry("< 2.0"), name="GHSA-1", aliases=frozenset({"CVE-1"}))
    cve = holding(entry("< 1.0", "1.0"), name="CVE-1")
    yes, _ = affected("0.5", [cve, ghsa], lines="major", package="")
    assert ids(yes) == ["GHSA-1"]
    assert yes[0].first_fixed == "1.0"


def test_what_is_named_as_fixed() -> None:
    several = holding(
        entry(patched="1.2, 1.1"),
        entry(patched="1.2"),
        entry("< 3.0"),
        entry(spans=(Span(fixed="4.0"),)),
        entry(patched="no"),
    )
    assert fixed_versions(several) == ["1.2", "1.1", "3.0", "4.0"]
    assert [fixes(several, version) for version in ("v1.2.0", "1.3", "4.0", "nightly")] == [True, False, True, False]
    assert fixes(several, version("1.1"))


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (entry("< 0.13.3"), "before 0.13.3"),
        (entry("< 0.13.3", package="server"), "server before 0.13.3"),
        (
            entry(spans=(Span(introduced="1", fixed="2"), Span(introduced="3", last_affected="4"))),
            "1 and later, before 2; 3 – 4",
        ),
        (entry(spans=(Span(),)), "every version"),
        (entry("*"), "every version"),
        (entry(versions=("1.0", "1.1")), "1.0, 1.1"),
        (entry(), "(versions not stated)"),
        (entry("before the fix"), "“before the fix” (please compare your version by hand)"),
        (
            entry("x" * 900, package="server"),
            f"server “{'x' * 198} …” (please compare your version by hand)",
        ),
    ],
)
def test_the_range_for_people(one: Affected, words: str) -> None:
    assert worded_range(one) == words


def test_a_long_list_is_quoted_in_part() -> None:
    many = holding(entry(versions=tuple(f"1.{n}" for n in range(1000))))
    assert len(affects(many, "1.5").range) <= 500
    assert affects(many, "1.999").state == "yes"
