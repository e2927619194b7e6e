"""Laws that hold for any list of tags: everything is classified, the same in any order, and nothing costs more than its length."""

import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from chatbot.core.model.facts import Release
from chatbot.core.releases.classification import Classified, classify
from chatbot.core.releases.lookup import look_up
from chatbot.core.versions.tags.grammar import split_tag
from chatbot.core.versions.tags.listing import habits_of, learn
from chatbot.core.versions.version import read_tag
from tests.core import make
from tests.cost import assert_cheap, cpu

NAMES = (
    "",
    "v",
    "V",
    "zfs-",
    "libsoup3-",
    "libsoup3_",
    "rel-",
    "REL_",
    "release/",
    "@acme/pkg@",
    "pkg/v",
    "flip-link-v",
    "Flip_Link ",
    "b",
)
TAILS = (
    "", "-rc1", "-beta.2", "-ls446", "+rke2r1", "+rke2r2", "-1", "p1", "w", "-alpine", "-cuda", ".post1", "-SNAPSHOT", "_2", "~rc1",
    "+build.5", "-0.5.pre", "-g1a2b3c4", "-dev", "-2+deb12u3", ".x", "-LTS", "-final", "😀", "-" * 40, "." * 40,
)  # fmt: skip
NUMBER = st.integers(0, 30) | st.sampled_from([0, 1, 9, 2020, 2031, 20310612, 446, 10**12])
NUMBERS = st.lists(NUMBER, min_size=1, max_size=5)
SEPARATORS = st.sampled_from([".", "-", "_", ".", "."])
WORDS = st.sampled_from(["latest", "nightly", "stable", "", "V1990307", "phase-2", "1.2.3.4.5.6.7.8.9"]) | st.text(
    max_size=20
)


@st.composite
def tags(draw: st.DrawFn) -> str:
    joined = draw(SEPARATORS).join(map(str, draw(NUMBERS)))
    return draw(st.sampled_from(NAMES)) + joined + draw(st.sampled_from(TAILS))


@st.composite
def lists(draw: st.DrawFn) -> list[Release]:
    """Releases of different tags, some flagged as prereleases, some made long before they were published."""
    names = draw(st.lists(tags() | tags() | tags() | WORDS, max_size=14, unique=True))
    releases = []
    for tag in names:
        published = make.START + timedelta(days=draw(st.integers(0, 900)), seconds=draw(st.integers(0, 2)))
        age = draw(st.none() | st.integers(0, 2000))
        releases.append(
            make.release(
                tag,
                at=published,
                created_at=None if age is None else published - timedelta(days=age),
                prerelease=draw(st.booleans()) and draw(st.booleans()),
            )
        )
    return releases


def by_tag(items: Sequence[Classified]) -> dict[str, Classified]:
    return {item.release.tag: item for item in items}


@given(lists())
def test_every_release_is_classified_once_and_in_its_order(releases: list[Release]) -> None:
    items = classify(releases, [])
    assert [item.release for item in items] == releases
    for item in items:
        assert (item.version is None) == (item.line is None)
        assert (item.version is not None) or (item.kind, item.newest, item.newest_in_line) == ("unknown", False, False)


@given(lists(), st.randoms(use_true_random=False))
def test_the_order_of_reading_changes_nothing(releases: list[Release], chance: random.Random) -> None:
    shuffled = list(releases)
    chance.shuffle(shuffled)
    assert by_tag(classify(shuffled, [])) == by_tag(classify(releases, []))
    assert habits_of(shuffled) == habits_of(releases)


@given(lists())
def test_each_package_has_one_newest_and_each_line_one_newest(releases: list[Release]) -> None:
    versioned = [item for item in classify(releases, []) if item.version is not None]
    newest: dict[object, list[Classified]] = defaultdict(list)
    for item in versioned:
        assert item.version is not None
        package = item.version.package
        newest[package] += [item] if item.newest else []
        line = package, item.version.numbering, item.version.numbers[:2]
        newest[line] += [item] if item.newest_in_line else []
    assert all(len(items) == 1 for items in newest.values())


@given(lists())
def test_a_prerelease_is_newest_only_where_there_is_nothing_else(releases: list[Release]) -> None:
    versioned = [item for item in classify(releases, []) if item.version is not None]
    for item in versioned:
        if item.kind != "prerelease" or item.version is None:
            continue
        package = [each for each in versioned if each.version and each.version.package == item.version.package]
        on_line = [each for each in package if each.version and _line(each) == _line(item)]
        assert not item.newest or all(each.kind == "prerelease" for each in package)
        assert not item.newest_in_line or all(each.kind == "prerelease" for each in on_line)


@given(lists())
def test_what_github_flags_is_a_prerelease_and_kinds_follow_the_numbers(releases: list[Release]) -> None:
    for item in classify(releases, []):
        if item.version is None:
            continue
        assert item.kind == "prerelease" or not (item.release.prerelease or item.version.prerelease)
        if item.kind == "major":
            assert not any(item.version.numbers[1:])
        if item.kind == "minor":
            assert any(item.version.numbers[1:2]) or item.version.calendar
            assert not any(item.version.numbers[2:])


@given(lists())
def test_of_the_same_numbers_no_two_full_releases_are_both_new(releases: list[Release]) -> None:
    first = defaultdict(list)
    for item in classify(releases, []):
        if item.version is not None and item.kind in ("major", "minor"):
            first[item.version.package, item.version.numbering, item.version.key[0]].append(item)
    for items in first.values():  # editions of one version stand beside it, whichever is published first
        assert len({item.version.build for item in items if item.version}) == 1


@given(lists())
def test_every_release_is_looked_up_by_its_own_tag(releases: list[Release]) -> None:
    items = classify(releases, [])
    for item in items:
        if item.version is not None:
            lookup = look_up(item.release.tag, items)
            assert lookup.release is item, (item.release.tag, lookup)


@given(lists(), st.text(max_size=30) | tags())
def test_whatever_is_asked_gives_a_version_or_says_why_not(releases: list[Release], text: str) -> None:
    lookup = look_up(text, classify(releases, []))
    assert (lookup.version is None) == bool(lookup.problem)


@given(lists(), st.integers(0, 13))
def test_a_fix_that_is_named_as_it_is_written_reaches_just_what_is_lower(releases: list[Release], at: int) -> None:
    full = [item for item in classify(releases, []) if item.version and item.kind != "prerelease"]
    if not full:
        return
    fix = full[at % len(full)].version
    assert fix is not None
    snapshot = make.snapshot(releases, [make.advisory(affected=f"< {fix.text}", patched=fix.text)])
    for item in snapshot.releases.values():
        if item.version is None or item.version.package != fix.package or item.kind == "prerelease":
            continue
        affected, unsure = snapshot.exposure.of(item.version)
        if item.version.order < fix.order:
            assert affected or unsure, f"{item.version.tag} is lower than {fix.tag}"
        elif item.version.tag == fix.tag:
            assert not affected, fix.tag


def many(count: int) -> list[Release]:
    """So many releases of several packages and numberings, of every way to write a tag."""
    names = [f"{NAMES[at % len(NAMES)]}{at % 40}.{at % 97}.{at}{TAILS[at % len(TAILS)]}" for at in range(count)]
    return [
        make.release(tag, at=make.START + timedelta(hours=(at * 7919) % count), notes="")
        for at, tag in enumerate(names)
    ]


def work(releases: list[Release]) -> None:
    """Classify a list of which nothing is at hand yet."""
    for cached in (learn, read_tag, split_tag):
        cached.cache_clear()
    classify(releases, [])


def test_the_time_grows_with_the_length_of_the_list() -> None:
    small, large = many(1500), many(6000)
    assert_cheap(lambda: work(large), 8 * min(cpu(lambda: work(small))[0] for _ in range(3)) + 0.05)


def _line(item: Classified) -> object:
    return item.version and (item.version.numbering, item.version.numbers[:2])
