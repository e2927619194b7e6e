"""What tags and words say: which are versions, of what, and in which line."""

from itertools import pairwise

import pytest

from chatbot.core.versions.version import LineStyle, Version, line_numbers, line_of, read_tag, read_version


def version(tag: str) -> Version:
    version = read_tag(tag)
    assert version, tag
    return version


@pytest.mark.parametrize(
    ("tag", "text", "package"),
    [
        ("v1.2.3", "1.2.3", ""),
        ("V1.2.3", "1.2.3", ""),
        ("1", "1", ""),
        ("v254", "254", ""),
        ("1.2", "1.2", ""),
        ("2.2.6.4", "2.2.6.4", ""),
        ("REL_16_2", "16.2", ""),
        ("REL9_6_0", "9.6.0", ""),
        ("release-1.2.3", "1.2.3", ""),
        ("release/1.2.3", "1.2.3", ""),
        ("Version_1.2.3", "1.2.3", ""),
        ("refs/tags/v1.2.3", "1.2.3", ""),
        ("r1234", "1234", ""),
        ("curl-8_11_0", "8.11.0", "curl"),
        ("go1.23.4", "1.23.4", "go"),
        ("jdk-21+35", "21+35", "jdk"),
        ("log4j-2.17.1", "2.17.1", "log4j"),
        ("k3s-v1.2.3+k3s1", "1.2.3+k3s1", "k3s"),
        ("auth-4.9.1", "4.9.1", "auth"),
        ("pkg@1.2.3", "1.2.3", "pkg"),
        ("@scope/pkg@1.2.3-rc.1", "1.2.3-rc.1", "@scope/pkg"),
        ("sdk/go/v1.2.3", "1.2.3", "sdk/go"),
        ("sdk/release/v1.2.3", "1.2.3", "sdk"),
        ("tokio-test-0.4.4", "0.4.4", "tokio-test"),
        ("releases/solr/9.4.0", "9.4.0", "solr"),
        ("docker-v29.0.0", "29.0.0", "docker"),
        ("RELENG_2_7_0", "2.7.0", ""),
        ("R_1_95_8", "1.95.8", ""),
        ("REL42.2.5.jre7", "42.2.5.jre7", ""),
        ("test/v1.2.3", "1.2.3", "test"),
        ("pkg@3", "3", "pkg"),
        ("my-app-release-1.2", "1.2", "my-app"),
        ("sdk/auth-1.2.3", "1.2.3", "sdk/auth"),
        ("react-v5-compat-6.11.0", "6.11.0", "react-v5-compat"),
        ("react-v5-compat@6.11.0", "6.11.0", "react-v5-compat"),
        ("2024.06.12", "2024.06.12", ""),
        ("2026-03b", "2026-03b", ""),
        ("RELEASE.2024-01-16T16-07-38Z", "2024-01-16T16-07-38Z", ""),
        ("20240612", "20240612", ""),
        ("5.3.0.Final", "5.3.0.Final", ""),
        ("1.0.2k", "1.0.2k", ""),
        ("OpenSSL_1_0_2x", "1.0.2x", "OpenSSL"),
        ("23lts", "23lts", ""),
        ("1.2.3foo", "1.2.3foo", ""),
    ],
)
def test_a_tag_is_taken_apart_and_kept_as_written(tag: str, text: str, package: str) -> None:
    result = version(tag)
    assert (result.text, result.package, result.tag, str(result)) == (text, package, tag, text)


@pytest.mark.parametrize(
    "tag",
    [
        "", "nightly", "latest", "main", "test", "hs-voip-sticky", "dev-7.17.0", "nightly-2024-01-02", "phase-2", "issue-17",
        "7f3e2a1", "1234abc", "1.x", "1.2.x", "v5.1.x-dev", "1.2.X", "1.2.*", "v", "-", ".", "@", "/", "x", "v1.2.3 ", "é1.2",
        "1.2.3\n", "v" + "1" * 128, "build/12", "١.٢.٣", "pkg@", "pkg@latest", "nightly/2024.01.02", "release-test-1.2", "issue/17",
    ],
)  # fmt: skip
def test_what_names_no_version_is_none(tag: str) -> None:
    assert read_tag(tag) is None


@pytest.mark.parametrize(
    "tag",
    [
        "1.8-rc", "v1.98.0rc1", "1.0.0-alpha.1", "3.0.0.beta1", "1.0a1", "1.0b2", "6.4.0-pre.9", "1.0-SNAPSHOT", "1.0.dev3",
        "v0.0.0-nightly-c5012af14-20260305", "v0.0.0-experimental-compat.2", "1.2.4-0", "8.0.0-preview.5", "1.0-M2", "beta-1.2",
        "rc-2.0.0-1", "1.0.0-x.7.z.92", "1.2.3-whatever", "2.0.0-canary.4", "1.0-CR2", "1.0_RC1", "v17.05.0-ce-rc1", "v16.7.0-rc42-ee",
        "3.16.0-0.5.pre", "3.2.0-210.4.beta", "8.0-m01", "v3_3_0_preview1", "php-8.3.1RC1", "5.9.13dr1",
    ],
)  # fmt: skip
def test_prereleases_are_known_by_every_spelling(tag: str) -> None:
    assert version(tag).prerelease


@pytest.mark.parametrize(
    "tag",
    ["1.2.3", "1.2.3-1", "7.1.1-29", "V_9_3_P1", "1.0.post1", "2026-03b", "1.1.1w", "v1.2.3-14-g2414721", "17.03.0-ce", "1.2.3+rc1",
     "5.9-RELEASE", "v1.26.0-deb", "1.0-hotfix2", "REL42.2.5.jre7",
     "1.26-linux-amd64", "5.9-RELEASE-p1", "v16.6.1-ee", "jdk-21.0.1-ga", "android-14.0.0_r21"],
)  # fmt: skip
def test_releases_and_their_patches_are_no_prereleases(tag: str) -> None:
    assert not version(tag).prerelease


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.11", "0.11"), (" v0.11.5 ", "0.11.5"), ("version 0.11.5", "0.11.5"), ("Version: 0.11.5", "0.11.5"), ("v 2", "2"),
        ("auth-4.9.1", "4.9.1"), ("0.11.x", None), ("latest", None), ("1.2.3 or later", None), ("1.2.3 beta", None), ("", None),
        ("   ", None), ("1.2.3 " * 1000, None), ("server 1.2", None),
    ],
)  # fmt: skip
def test_what_a_person_types(text: str, expected: str | None) -> None:
    version = read_version(text)
    assert (version.text if version else None) == expected


@pytest.mark.parametrize(
    "ascending",
    [
        # https://semver.org/#spec-item-11
        "1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0",
        # https://peps.python.org/pep-0440/#summary-of-permitted-suffixes-and-relative-ordering
        "1.0.dev456 1.0a1 1.0a2.dev456 1.0a12.dev456 1.0a12 1.0b1.dev456 1.0b2 1.0b2.post345 1.0rc1.dev456 1.0rc1 1.0 1.0.post456 1.1.dev1",
        "2026-03 2026-03a 2026-03b 2026-04",
        "2021.01.07 2021.01.07-1 2021.01.08 2021.1.9 2021.1.10 2021.03.24 2021.03.24.1",
        "1.0.2 1.0.2a 1.0.2k 1.0.2za 1.1.0",
        "2.2.6 2.2.6.1 2.2.6.4 2.2.7",
        "1.2.4-0 1.2.4-alpha 1.2.4 1.2.4-1 1.2.4-2 1.2.4-10 1.2.5",
        "REL_16_2 REL_16_10 REL_17_BETA1 REL_17_RC1 REL_17_0",
        "1.0-SNAPSHOT 1.0-M1 1.0-RC1 1.0.Final 1.0-SP1",
        "0.9 0.10 0.11.0 0.11.1 1",
        "9.3 9.3p1 9.3p2 9.4",
    ],
)  # fmt: skip
def test_the_order(ascending: str) -> None:
    versions = [version(tag) for tag in ascending.split()]
    assert sorted(versions) == versions
    assert all(one < other and one != other for one, other in pairwise(versions))


@pytest.mark.parametrize(
    ("one", "other"),
    [("v1.0", "1.0.0"), ("0", "0.0"), ("REL_16_2", "16.2"), ("1.0.0+a", "1.0.0+b"), ("1.0-RC1", "1.0rc1"), ("1.0.GA", "1.0"), ("1.0a1", "1.0-alpha.1")],
)  # fmt: skip
def test_spellings_of_one_version_are_equal(one: str, other: str) -> None:
    assert version(one) == version(other)
    assert hash(version(one)) == hash(version(other))


def test_equality_is_of_the_package_too_and_of_versions_only() -> None:
    assert version("a@1.0") != version("b@1.0")
    assert version("a@1.0").key == version("b@1.0").key
    assert version("1.0") != "1.0"


@pytest.mark.parametrize(
    ("tag", "style", "line"),
    [
        ("v0.11.5", "auto", "0.11"),
        ("v0.11.5", "major", "0"),
        ("v0.11.5", "major.minor", "0.11"),
        ("REL_16_2", "major", "16"),
        ("2024.06.52", "auto", "2024.06"),
        ("2026-03b", "auto", "2026-03"),
        ("2026-03b", "major", "2026"),
        ("254", "auto", "254"),
        ("254-1", "auto", "254"),
        ("0.13.0-rc1", "auto", "0.13"),
        ("2.2.6.4", "auto", "2.2"),
    ],
)
def test_lines(tag: str, style: LineStyle, line: str) -> None:
    assert line_of(version(tag), style) == line


def test_lines_are_equal_by_their_numbers() -> None:
    assert line_numbers(version("v1.02.3")) == line_numbers(version("1.2")) == (1, 2)
    assert line_numbers(version("1.2.3"), "major") == (1,)


@pytest.mark.parametrize(
    ("tag", "calendar"),
    [("2024.06.12", True), ("20240612", True), ("2026-03", True), ("24.04", False), ("12345678", False)],
)
def test_a_calendar_version_begins_with_a_year(tag: str, *, calendar: bool) -> None:
    assert version(tag).calendar is calendar
