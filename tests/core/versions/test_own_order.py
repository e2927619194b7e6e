"""Ranges of a project's own advisories, read as the project writes its versions."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chatbot.core.advisories.evidence import gather
from chatbot.core.advisories.identity import affects
from chatbot.core.announce.render.fixes import further_fixes
from chatbot.core.model.facts import Affected, Span
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.versions.ecosystems import place
from chatbot.core.versions.version import Version, read_tag
from tests.core import make

KUBE = ("v1.24.9+rke2r1", "v1.24.10+rke2r1", "v1.24.10+rke2r2")
DASHED = ("rel-2-4-18", "rel-2-4-19", "rel-2-5")
COUNTED = ("33.0.7-ls439", "34.0.3-ls445", "34.0.3-ls446")
AGAIN = ("2020.11.0", "2020.12.3", "3.0.0", "3.1.0")
PACKAGE_AGAIN = tuple(f"app-{tag}" for tag in AGAIN)


def drawn(tags: tuple[str, ...], affected: str, patched: str = "") -> ProjectSnapshot:
    releases = [make.release(tag, make.START + timedelta(days=day), "Notes.") for day, tag in enumerate(tags)]
    return make.snapshot(releases, [make.advisory("GHSA-aaaa-bbbb-cccc", affected=affected, patched=patched)])


@pytest.mark.parametrize(
    ("tags", "affected", "states"),
    [
        (KUBE, "< 1.24.10+rke2r2", ["yes", "yes", "no"]),
        (KUBE, "< 1.24.10", ["yes", "no", "no"]),
        (KUBE, "<= 1.24.10", ["yes", "yes", "yes"]),
        (KUBE, "= 1.24.10", ["no", "yes", "yes"]),
        (KUBE, ">= 1.24.10+rke2r1, < 1.24.10+rke2r2", ["no", "yes", "no"]),
        (DASHED, "< 2.4.19", ["yes", "no", "no"]),
        (DASHED, "< 2-4-19", ["yes", "no", "no"]),
        (DASHED, "< 2.5", ["yes", "yes", "no"]),
        (DASHED, "< 2-5", ["yes", "yes", "no"]),
        (COUNTED, "< 34.0.3", ["yes", "no", "no"]),
        (COUNTED, "<= 34.0.3", ["yes", "yes", "yes"]),
        (COUNTED, ">= 34.0.3, < 34.0.5", ["no", "yes", "yes"]),
        (COUNTED, "< 34.0.3-ls446", ["yes", "yes", "no"]),
        (AGAIN, "< 2020.12.3", ["yes", "no", "no", "no"]),
        (AGAIN, ">= 2020.12.0", ["no", "yes", "yes", "yes"]),
        (AGAIN, "< 3.0.5", ["yes", "yes", "yes", "no"]),
        (AGAIN, ">= 2020.12.0, < 3.1.0", ["no", "yes", "yes", "no"]),
        (AGAIN, "3.x", ["no", "no", "yes", "yes"]),
        (AGAIN, "< 1:3.0.5", ["unreadable"] * 4),
        (PACKAGE_AGAIN, "< 3.0.5", ["yes", "yes", "yes", "no"]),
        (PACKAGE_AGAIN, ">= 2020.12.0, < 3.1.0", ["no", "yes", "yes", "no"]),
    ],
)
def test_a_range_is_read_by_the_habits_of_the_list(tags: tuple[str, ...], affected: str, states: list[str]) -> None:
    snapshot = drawn(tags, affected)
    advisory = snapshot.advisories["GHSA-aaaa-bbbb-cccc"]
    versions = [version for tag in tags if (version := snapshot.releases[tag].version)]
    assert [affects(advisory, version).state for version in versions] == states
    assert [_exposed(snapshot, version) for version in versions] == states


def _exposed(snapshot: ProjectSnapshot, version: Version) -> str:
    yes, unreadable = snapshot.exposure.of(version)
    return "yes" if yes else "unreadable" if unreadable else "no"


@pytest.mark.parametrize(
    ("tags", "patched", "fixing"),
    [
        (KUBE, "1.24.10+rke2r2", ["v1.24.10+rke2r2"]),
        (KUBE, "v1.24.10+rke2r2", ["v1.24.10+rke2r2"]),
        (KUBE, "1.24.10", ["v1.24.10+rke2r1", "v1.24.10+rke2r2"]),
        (KUBE, "1.24.10+rke2r3", []),
        (DASHED, "2.4.19", ["rel-2-4-19"]),
        (DASHED, "2-4-19", ["rel-2-4-19"]),
        (COUNTED, "34.0.3-ls446", ["34.0.3-ls446"]),
        (COUNTED, "34.0.3", ["34.0.3-ls445", "34.0.3-ls446"]),
        (AGAIN, "3.1.0", ["3.1.0"]),
        (PACKAGE_AGAIN, "3.1.0", ["app-3.1.0"]),
        (("v1.0", "1.0.0", "1.0.1"), "1.0.0", ["1.0.0"]),
        (("v1.0", "1.0.1"), "1.0.0", ["v1.0"]),
    ],
)
def test_a_version_that_is_named_as_fixed_is_the_release_that_has_it_as_written(
    tags: tuple[str, ...], patched: str, fixing: list[str]
) -> None:
    snapshot = drawn(tags, "", patched)
    assert [tag for tag, item in snapshot.releases.items() if item.fixes] == fixing


def test_without_a_list_a_fix_means_every_release_of_its_order() -> None:
    advisory = make.advisory(affected="", patched="1.0.0")
    published = gather([advisory])
    release = make.release("v1.0")
    version = read_tag("v1.0")
    assert published.of(release, version, out_of_band_from=advisory.severity, declared="").fixes == (advisory.id,)


@pytest.mark.parametrize(
    ("one", "other", "before", "equal"),
    [
        ("1.0+rke2r1", "1.0+rke2r2", True, False),
        ("1.0+rke2r2", "1.0+rke2r10", True, False),
        ("1.0", "1.0+rke2r2", False, True),
        ("1.0+k3s1", "1.0+rke2r2", False, False),
        ("1.0+a", "1.0+b", False, True),
        ("1.0+12", "1.1+1", True, False),
    ],
)
def test_builds_count_where_both_have_them(one: str, other: str, *, before: bool, equal: bool) -> None:
    here, there = place("project", one), place("project", other)
    assert here is not None
    assert there is not None
    assert (here < there, here == there) == (before, equal)
    assert not there < here
    if one[:3] == other[:3]:
        assert place("semver", one) == place("semver", other)


def test_a_distributions_order_reads_the_whole_of_a_distributions_version() -> None:
    version = make.snapshot([make.release("9.2p1")]).look_up("1:9.2p1-2+deb12u3").version
    assert version is not None
    advisory = make.advisory(affected="", patched="")
    for fixed, state in (("1:9.2p1-2+deb12u4", "yes"), ("1:9.2p1-2+deb12u3", "no")):
        entry = Affected(package="mail", ecosystem="Debian:12", scheme="debian", spans=(Span(fixed=fixed),))
        assert affects(replace(advisory, affected=(entry,)), version).state == state


@pytest.mark.parametrize(
    ("tags", "patched", "words"),
    [
        (KUBE, "1.24.10+rke2r2", []),
        (KUBE, "1.24.10+rke2r2, 1.24.10+rke2r3", [("1.24.10+rke2r3", "not released here yet")]),
        (COUNTED, "34.0.3-ls446", []),
        (COUNTED, "34.0.3-ls446, 34.0.4", [("34.0.4", "not released here yet")]),
        (DASHED, "2-4-19", []),
        (DASHED, "2-4-19, 2-6", [("2-6", "not released here yet")]),
    ],
)
def test_a_fix_that_was_released_is_not_called_unreleased(
    tags: tuple[str, ...], patched: str, words: list[tuple[str, str]]
) -> None:
    snapshot = drawn(tags, "", patched)
    assert further_fixes(snapshot, snapshot.advisories["GHSA-aaaa-bbbb-cccc"]) == words
