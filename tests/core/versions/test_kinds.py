"""The kind of a release is numeric, and a date says nothing unless the list shows a counter."""

from datetime import UTC, datetime, timedelta

import pytest

from chatbot.core.versions.kinds import Kind, counting_packages, kind_of
from chatbot.core.versions.version import Version, read_tag


def version(tag: str) -> Version:
    version = read_tag(tag)
    assert version, tag
    return version


@pytest.mark.parametrize(
    ("tag", "kind"),
    [
        ("1.0.0", "major"), ("v2", "major"), ("2.0", "major"), ("0.0.0", "major"), ("3.0.0.0", "major"), ("254", "major"),
        ("1.2.0", "minor"), ("0.12.0", "minor"), ("1.2", "minor"), ("REL_16_2", "minor"), ("24.04", "minor"),
        ("1.2.3", "patch"), ("0.0.1", "patch"), ("2.2.6.4", "patch"), ("2.2.0.1", "patch"), ("1.0.0-1", "patch"), ("9.3p1", "patch"),
        ("1.0.0-rc.1", "prerelease"), ("2024.06.1-beta", "prerelease"), ("0.0.0-nightly-1", "prerelease"),
        ("2026-03", "minor"), ("2026-03b", "patch"), ("2024.06", "minor"), ("2024.13.1", "patch"),
        ("2024.06.12", "unknown"), ("2021.01.07-1", "unknown"), ("2021.03.24.1", "unknown"), ("20240612", "unknown"),
        ("RELEASE.2024-01-16T16-07-38Z", "unknown"),
    ],
)  # fmt: skip
def test_kind_by_numbers(tag: str, kind: Kind) -> None:
    assert kind_of(version(tag)) == kind


def test_what_is_no_version_has_no_kind_and_the_projects_mark_counts() -> None:
    assert kind_of(None) == "unknown"
    assert kind_of(None, prerelease=True) == "unknown"
    assert kind_of(version("1.2.3"), prerelease=True) == "prerelease"


@pytest.mark.parametrize(
    ("tag", "kind"), [("2024.06.12", "patch"), ("2024.06.0", "minor"), ("2024.6.1", "patch"), ("2024.06", "minor")]
)
def test_a_known_counter_makes_patches_of_calendar_versions(tag: str, kind: Kind) -> None:
    assert kind_of(version(tag), counts=True) == kind


DAY = datetime(2024, 6, 12, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tags", "counts"),
    [
        ([("2024.06.12", DAY), ("2024.06.14", DAY + timedelta(days=3))], False),
        ([("2024.06.1", DAY), ("2024.06.2", DAY)], True),
        ([("2024.06.12", DAY), ("2024.06.0", DAY)], True),
        ([("2024.06.12", DAY), ("2024.06.40", DAY)], True),
        ([("2024.02.30", DAY)], True),
        ([("2024.06.12", DAY), ("2024.06.1", DAY)], False),
        ([("2024.06", DAY), ("1.2.3", DAY), ("2024.13.1", DAY)], False),
        ([], False),
    ],
)
def test_a_list_shows_a_counter_by_numbers_that_are_no_days(tags: list[tuple[str, datetime]], *, counts: bool) -> None:
    packages = counting_packages(("p", version(tag), at) for tag, at in tags)
    assert packages == (frozenset({"p"}) if counts else frozenset())


def test_packages_count_for_themselves() -> None:
    dated = [("a", version("2024.06.0"), DAY), ("b", version("2024.06.12"), DAY)]
    assert counting_packages(dated) == {"a"}


@pytest.mark.parametrize("tag", ["2020.1.1000000000000", "2020.12.99999999999999999999", "1990.1.2147483648"])
def test_a_number_that_no_calendar_has_counts(tag: str) -> None:
    version = read_tag(tag)
    assert version is not None
    assert counting_packages([("", version, datetime(2031, 1, 1, tzinfo=UTC))]) == {""}
