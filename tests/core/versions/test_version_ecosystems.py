"""Each package ecosystem's own order, by the names that OSV and GitHub give it."""

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.core.versions.ecosystems import place, scheme_of
from tests.cost import assert_cheap

SCHEMES = ["project", "semver", "pypi", "maven", "rubygems", "packagist", "nuget", "debian", "rpm", "alpine"]


@pytest.mark.parametrize(
    ("ecosystem", "scheme"),
    [
        ("npm", "semver"), ("crates.io", "semver"), ("rust", "semver"), ("Go", "semver"), ("PyPI", "pypi"), ("pip", "pypi"),
        ("Maven", "maven"), ("RubyGems", "rubygems"), ("composer", "packagist"), ("Packagist:https://packages.example", "packagist"),
        ("NuGet", "nuget"), ("Debian:11", "debian"), ("Ubuntu:22.04:LTS", "debian"), ("Rocky Linux", "rpm"), ("Alpine:v3.18", "alpine"),
        ("GIT", "git"), ("other", "project"), ("", "project"), ("OSS-Fuzz", "project"),
    ],
)  # fmt: skip
def test_an_ecosystem_has_a_scheme(ecosystem: str, scheme: str) -> None:
    assert scheme_of(ecosystem) == scheme


@pytest.mark.parametrize(
    ("scheme", "ascending"),
    [
        # https://semver.org/#spec-item-11
        ("semver", "1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0 1.0.1-0 1.0.1"),
        ("npm", "1.2 1.2.1 v1.3.0rc1 1.3.0+build"),
        ("go", "v0.0.0-20220412211240-33da011f77ad v0.1.0"),
        # https://peps.python.org/pep-0440/
        ("pypi", "1.0.dev1 1.0a1 1.0b2 1.0rc1 1.0 1.0.post1 1.0.1 1!0.1"),
        # https://maven.apache.org/pom.html#version-order-specification
        ("maven", "1.0-alpha-1 1.0-beta-1 1.0-M2 1.0-rc1 1.0-SNAPSHOT 1.0 1.0-sp 24.1-jre 24.1.1-android"),
        # https://docs.ruby-lang.org/en/3.3/Gem/Version.html
        ("rubygems", "4.0.0.rc.1 4.0.0.rc.2 4.0.0 4.0.0.1"),
        # https://learn.microsoft.com/nuget/concepts/package-versioning
        ("nuget", "1.0.0-Alpha 1.0.0-beta 1.0.0 1.0.0.1 v2.3.1"),
        # https://www.php.net/manual/function.version-compare.php
        ("packagist", "1.0.0-dev 1.0.0-alpha9 1.0.0-alpha10 1.0-beta1 1.0-RC1 1.0.0 1.0.0-p1 1.0.0.1 v1.1"),
        ("debian", "1.0~rc1 1.0 1.0-1 1:0.1"),
        ("rpm", "1.0-1 1.0-2 1.1"),
        ("alpine", "1.0_rc1 1.0 1.0-r1 1.1"),
        ("no such scheme", "1.0rc1 1.0 REL_1_1"),
    ],
)  # fmt: skip
def test_the_order_of_a_scheme(scheme: str, ascending: str) -> None:
    places = [place(scheme, version) for version in ascending.split()]
    assert None not in places
    for lower, higher in pairwise(places):
        assert lower is not None
        assert higher is not None
        assert lower < higher
        assert not higher < lower


@pytest.mark.parametrize(
    ("scheme", "text"),
    [("semver", "latest"), ("pypi", "1.0-foo"), ("nuget", "abc"), ("git", "8f3e"), ("maven", "a b"), ("semver", ""), ("pypi", "1" * 129), ("alpine", "1_x"),
     ("project", "nightly"), ("maven", "ünï")],
)  # fmt: skip
def test_what_a_scheme_cannot_read_has_no_place(scheme: str, text: str) -> None:
    assert place(scheme, text) is None


def test_maven_knows_versions_without_a_number() -> None:
    assert place("maven", "Finchley.RELEASE") is not None


@given(
    st.sampled_from(SCHEMES),
    st.text("0123456789.-+~^:_!*abrcvzZ ", max_size=12),
    st.text("0123456789.-+~^:_!*abrcvzZ ", max_size=12),
)
def test_any_two_places_can_be_compared(scheme: str, one: str, other: str) -> None:
    here, there = place(scheme, one), place(scheme, other)
    if here is not None and there is not None:
        assert (here < there) + (there < here) <= 1
        assert not here < here  # noqa: PLR0124 - that is the law


@given(st.sampled_from([*SCHEMES, "git", "?"]), st.text(max_size=140))
def test_any_text_has_a_place_or_none(scheme: str, text: str) -> None:
    place(scheme, text)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("piece", ["1", "1.", "a", "a1", "-", "1-", "0", ".0", "~", "1_", "rc", "+1"])
def test_hostile_versions_cost_little(scheme: str, piece: str) -> None:
    text = "1" + piece * 127
    generator = random.Random(piece)
    mixed = ["1" + "".join(generator.choices(piece + ".-1a", k=126)) + end for end in ("", "!", "-")]
    versions = [*mixed, *(text[:127] + end for end in ("", "!", "-"))]
    assert_cheap(lambda: [place.__wrapped__(scheme, each) for each in versions], 1.0)  # the first loads its library
