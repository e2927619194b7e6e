"""What a distribution adds to a version is taken away, and where nobody can tell the version there is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.core.versions.upstream import bare_revision, upstream
from chatbot.core.versions.version import read_version


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("1:9.2p1-2+deb12u3", "9.2p1"), ("1:8.4p1-5", "8.4p1"), ("2:1.2.3-1ubuntu4~bpo12+1", "1.2.3"), ("1.2.3-1.el9", "1.2.3"),
        ("1.2.3-1.el9_2.1", "1.2.3"), ("1.2.3-1.fc39", "1.2.3"), ("1.2.3+dfsg-1", "1.2.3"), ("1.2.3~rc1-1", "1.2.3~rc1"),
        ("5:24.0.7-1~debian.12~bookworm", "24.0.7"), ("1.2.3-0ubuntu0.22.04.1", "1.2.3"), ("1.2.3-1build1", "1.2.3"),
        ("1.2.3_1,1", "1.2.3"), ("1.2.3,1", "1.2.3"), ("1.2.3-lp154.2.1", "1.2.3"), ("1.2.3-1.module+el8.9.0+123", "1.2.3"),
        ("8.0.36-1.amzn2", "8.0.36"), ("2:1.2.3", "1.2.3"),
    ],
)  # fmt: skip
def test_the_version_inside_a_distributions_is_found(text: str, version: str) -> None:
    assert upstream(text) == version
    parsed = read_version(text)
    assert parsed is not None
    assert (parsed.text, parsed.package_of) == (version, text)


@pytest.mark.parametrize("text", ["1.2.3+really1.2.2-1", "1:1.2.3+git20240101-1", "1.2.3+git20240101.abc-1", "1::2", "1:", ":1", "server:1.2.3"])  # fmt: skip
def test_what_stands_for_another_version_is_none(text: str) -> None:
    assert upstream(text) == ""
    assert read_version(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "1.2.3", "v1.2.3", "1.2.3-1", "1.2.3-r3", "1.24.10+rke2r1", "1.24.10+k3s1", "34.0.3-ls446", "1.0.0-beta.11", "1.0.dev456",
        "1.2.3.Final", "jdk-21+35", "RELEASE.2024-01-16T16-07-38Z", "v1.2.3-14-g2414721", "1.0.0+build.5", "4.3.2.build7",
        "@scope/pkg@1.2.3", "org.example:jackson@2.0.0", "3.2.0-210.4.beta", "2024.06.12",
    ],
)  # fmt: skip
def test_what_projects_write_stays_as_it_is(text: str) -> None:
    assert upstream(text) == text


@given(st.text(alphabet="0123456789.:-_+~,abdeltuflr", max_size=60))
def test_what_was_taken_away_stays_away(text: str) -> None:
    once = upstream(text)
    assert once in text
    assert not once or upstream(once) in once


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("1.2.3-1", "1.2.3"), ("1.2.3-r4", "1.2.3"), ("1.2.3_2", "1.2.3"), ("1.2.3-1+b1", "1.2.3"), ("1.2.3-150400.3.1", "1.2.3"),
        ("254-1", "254"), ("1.2.3", ""), ("2-4-19", ""), ("2_4_19", ""), ("rel-5", ""), ("1.2.3-rc1", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_bare_revision_is_found_where_it_joins_no_numbers(text: str, head: str) -> None:
    assert text[: bare_revision(text)] == head
