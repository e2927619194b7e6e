"""Old releases that are published late are told from news and from backports."""

from datetime import timedelta

import pytest

from chatbot.core.model.facts import Release
from chatbot.core.releases.classification import classify
from tests.core import make

YEARS = timedelta(days=1500)


def late(*releases: Release) -> list[str]:
    return [item.release.tag for item in classify(releases, []) if item.late]


def published(*tags: str, first: timedelta = timedelta()) -> list[Release]:
    """One a day, of which nobody says when they were made."""
    return [make.release(tag, make.START + first + timedelta(days=day), notes="") for day, tag in enumerate(tags)]


def release_made(tag: str, day: float, before: timedelta) -> Release:
    at = make.START + timedelta(days=day)
    return make.release(tag, at, created_at=at - before, notes="")


def test_what_was_made_years_before_is_late() -> None:
    now = [release_made("5.0.0", 0, make.HOUR), release_made("5.1.0", 1, make.HOUR)]
    old = [release_made(f"1.0.{n}", 2 + n / 1000, YEARS) for n in range(40)]
    assert late(*now, *old) == [each.tag for each in old]
    assert late(*old) == [each.tag for each in old]


@pytest.mark.parametrize(
    ("tag", "before", "expected"),
    [
        ("5.2.0", timedelta(days=60), False),
        ("5.2.0", timedelta(days=200), False),
        ("5.2.0", timedelta(days=400), True),
        ("4.0.9", timedelta(days=60), True),
        ("4.0.9", timedelta(days=3), False),
        ("1.0.0", timedelta(days=-3), False),
    ],
)
def test_the_newest_may_wait_longer_for_its_publication(tag: str, before: timedelta, *, expected: bool) -> None:
    releases = [release_made("4.0.8", 0, make.HOUR), release_made("5.1.0", 1, make.HOUR), release_made(tag, 20, before)]
    assert (tag in late(*releases)) is expected


@pytest.mark.parametrize(
    ("before", "tag", "expected"),
    [
        (("1.0.0", "1.0.7", "2.0.0"), "1.0.3", True),
        (("1.0.0", "1.0.7", "2.0.0"), "1.0.8", False),
        (("1.0.0", "1.0.7", "2.0.0"), "1.1.0", False),
        (("4.0.0", "4.1.0", "5.0.0"), "1.2.0", True),
        (("0.11.0", "0.12.0", "0.13.0"), "0.3.0", True),
        (("0.11.0", "0.12.0", "0.13.0"), "0.10.9", False),
        (("5.0.0",), "4.9.1", False),
        (("2.2.3", "2.2.4", "3.0.0"), "2.2.3.1", False),
        (("2.2.3.1", "2.2.3.3", "3.0.0"), "2.2.3.2", True),
        (("254", "255", "256"), "253", True),
        (("2020.11.0", "2020.12.0", "2020.12.3"), "3.0.0", False),
        (("v1.0.0", "v2.0.0", "v3.0.0"), "v0.0.0-nightly-1", False),
        (("a@3.0.0", "a@3.1.0", "a@3.2.0"), "b@1.0.0", False),
    ],
)
def test_far_below_what_was_published_before(before: tuple[str, ...], tag: str, *, expected: bool) -> None:
    assert late(*published(*before), *published(tag, first=timedelta(days=60))) == [tag] * expected


def test_what_comes_out_together_comes_out_in_any_order() -> None:
    together = [
        make.release(tag, make.START + timedelta(minutes=n)) for n, tag in enumerate(("2.1.2", "2.1.1", "2.0.9"))
    ]
    assert late(*together) == []
