"""What a list of tags says about each of them: names, separators, words that mean nothing, and numberings."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.core.releases.classification import Classified, classify
from chatbot.core.versions.ecosystems import place, scheme_for
from chatbot.core.versions.tags.habits import fold
from tests.core import make
from tests.cost import assert_cheap


def listed(*tags: str, names: Sequence[str] = ()) -> dict[str, Classified]:
    """These tags as they were published, one a day; `!` behind one is GitHub's mark of a prerelease."""
    releases = [
        make.release(tag.rstrip("!"), make.START + timedelta(days=day), prerelease=tag.endswith("!"), notes="")
        for day, tag in enumerate(tags)
    ]
    return {item.release.tag: item for item in classify(releases, [], names=names)}


def read_all(items: dict[str, Classified]) -> list[tuple[str, str] | None]:
    return [(item.version.package, item.version.text) if item.version else None for item in items.values()]


def newest(items: dict[str, Classified]) -> list[str]:
    return [tag for tag, item in items.items() if item.newest]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (["rel-2-4-18", "rel-2-4-19", "rel-2-5"], ["2.4.18", "2.4.19", "2.5"]),
        (["2-4-18", "2-5"], ["2.4.18", "2.5"]),
        (["2-4", "2-5", "2-10"], ["2.4", "2.5", "2.10"]),
        (["254", "254-1", "255"], ["254", "254-1", "255"]),
        (["curl-8-11-0", "curl-8-12"], ["8.11.0", "8.12"]),
        (["v1-2-3-rc1", "v1-2-3"], ["1.2.3-rc1", "1.2.3"]),
        (["7.1.1-28", "7.1.1-29"], ["7.1.1-28", "7.1.1-29"]),
        (["v2-14-g2414721"], ["2-14-g2414721"]),
        (["2024-06", "2024-06a"], ["2024-06", "2024-06a"]),
        (["2024-1-5", "2024-10-12"], ["2024.1.5", "2024-10-12"]),
    ],
)
def test_dashes_join_numbers_where_nothing_else_does(tags: list[str], expected: list[str]) -> None:
    assert [words[1] for words in read_all(listed(*tags)) if words] == expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (["libsoup3-3_4_0", "libsoup3_3.4.1"], [("libsoup3", "3.4.0"), ("libsoup3", "3.4.1")]),
        (["libsoup3_3.4.1", "libsoup3/3.4.2"], [("libsoup3", "3.4.1"), ("libsoup3", "3.4.2")]),
        (["libsoup3_3.4.1"], [("libsoup3", "3.4.1")]),
        (["libsoup_3_4_1", "libsoup3_3.5.0"], [("libsoup", "3.4.1"), ("libsoup3", "3.5.0")]),
        (["REL9_6.0", "v9_6.1"], [("", "9.6.0"), ("", "9.6.1")]),
        (["libsoup3-v3.4.0", "libsoup-2.74.1"], [("libsoup3", "3.4.0"), ("libsoup", "2.74.1")]),
        (["libsoup3-3.4.0", "libsoup-3-4-0"], [("libsoup3", "3.4.0"), ("libsoup", "3.4.0")]),
        (["http2-1.0.0", "http2_1.0.1"], [("http2", "1.0.0"), ("http2", "1.0.1")]),
        (["k8s_1_2_3", "k8s-1.2.4"], [("k8s", "1.2.3"), ("k8s", "1.2.4")]),
        (["log4j-2.17.0", "log4j2.17.1"], [("log4j", "2.17.0"), ("log4j", "2.17.1")]),
        (["log4j2@2.17.0", "log4j2_2.17.1"], [("log4j2", "2.17.0"), ("log4j2", "2.17.1")]),
        (["go1.23.4", "go1.24"], [("go", "1.23.4"), ("go", "1.24")]),
        (["Web_App-1.0", "web-app-1.1", "web-app-1.2"], [("web-app", "1.0"), ("web-app", "1.1"), ("web-app", "1.2")]),
        (["@scope/pkg@1.2.3", "pkg/v1.2.3", "pkg-v1.2.4", "pkg_1_2_5"], [("@scope/pkg", "1.2.3"), *(("pkg", f"1.2.{n}") for n in (3, 4, 5))]),
        (["name-2-1.4.0"], [("name-2", "1.4.0")]),
        (["issue-17-2", "phase-2-1"], [None, None]),
    ],
)  # fmt: skip
def test_the_digits_of_a_name_belong_to_the_name(tags: list[str], expected: list[tuple[str, str] | None]) -> None:
    assert read_all(listed(*tags)) == expected


@pytest.mark.parametrize(
    ("names", "tags"),
    [
        (["flip-link"], ["v0.1.9", "flip-link-v0.1.10"]),
        (["flip-link"], ["v0.1.9", "FlipLink_0.1.10"]),
        (["acme/flip-link"], ["0.1.9", "@acme/flip-link@0.1.10"]),
        (["Flip Link"], ["0.1.9", "flip_link/v0.1.10"]),
        (["flip-link"], ["0.1.9", "crates/flip-link/v0.1.10"]),
        (["http2"], ["0.1.9", "http2_0.1.10"]),
        (["mail-server"], ["v0.1.9", "MailServer-0.1.10"]),
    ],
)
def test_the_projects_own_name_is_no_package(names: list[str], tags: list[str]) -> None:
    items = listed(*tags, names=names)
    assert read_all(items) == [("", "0.1.9"), ("", "0.1.10")]
    assert newest(items) == [tags[-1]]


def test_of_several_names_of_its_own_the_first_is_no_package() -> None:
    items = listed(
        "react-router@7.0.0", "router@1.0.0", "7.1.0", names=["react-router", "remix/react-router", "router"]
    )
    assert read_all(items) == [("", "7.0.0"), ("router", "1.0.0"), ("", "7.1.0")]


@pytest.mark.parametrize(
    ("tags", "prereleases"),
    [
        (["33.0.7-ls439", "34.0.3-ls445", "34.0.3-ls446"], []),
        (["33.0.7-ls439", "34.0.3-ls446", "34.0.4-rc1"], ["34.0.4-rc1"]),
        (["33.0.7-ls439", "34.0.3-ls446", "34.0.4-ls447-rc1", "34.0.5-rc2-ls448"], ["34.0.4-ls447-rc1", "34.0.5-rc2-ls448"]),
        (["V1990307", "34.0.3-ls445", "34.0.3-ls446", "34.0.4-rc1"], ["34.0.4-rc1"]),
        (["33.0.0", "33.0.7-ls439", "34.0.3-ls445", "34.0.3-ls446"], []),
        (["1.0.0-ls1", "1.0.1-ls2", "1.0.2-ls3!"], ["1.0.2-ls3"]),
        (["1.0.0-acme1!", "1.0.1-acme2!", "1.0.2-acme3!"], ["1.0.0-acme1", "1.0.1-acme2", "1.0.2-acme3"]),
        (["1.0.0", "1.0.1", "1.0.2", "1.0.3", "1.0.4", "1.1.0-foo1"], ["1.1.0-foo1"]),
        ([f"1.0.{n}" for n in range(20)] + [f"1.1.{n}-acme{n}" for n in range(9)], []),
        (["9.4.53.v20231009", "9.4.54.v20240208"], []),
        (["9.4.53.v20231009", "10.0.18", "9.4.54.v20240208", "11.0.20", "12.0.0"], []),
        (["1.0.0", "1.0.1", "2.0.0-foo1", "2.0.0-foo2"], ["2.0.0-foo1", "2.0.0-foo2"]),
        (["1.0.0.Final", "1.0.1.RELEASE", "1.0.2-stable", "1.0.3-alpine"], []),
        (["0.1-beta1", "0.1-beta2", "0.1-beta3"], []),
        (["0.1-beta1!", "0.1-beta2!", "0.1-beta3!"], ["0.1-beta1", "0.1-beta2", "0.1-beta3"]),
        (["0.1-beta1", "0.1-beta2"], ["0.1-beta1", "0.1-beta2"]),
        (["1.0-rc1", "1.0", "1.1-rc1", "1.1"], ["1.0-rc1", "1.1-rc1"]),
        (["1.0.0", "1.0.0-cuda", "1.0.1", "1.0.1-cuda"], []),
        (["1.0.0", "1.0.0-cuda", "1.0.1", "1.0.1-cuda", "1.1.0-cuda", "1.1.0"], []),
        (["1.0.0", "1.0.0-cuda", "1.0.1", "1.0.1-cuda!"], ["1.0.0-cuda", "1.0.1-cuda"]),
        (["1.0.0", "1.0.0-cuda", "1.0.1", "1.0.1-cuda-rc1"], ["1.0.1-cuda-rc1"]),
        (["1.0.0", "1.0.0-cuda", "1.0.1"], ["1.0.0-cuda"]),
        (["1.0.0-foo", "1.0.0", "1.0.1-foo", "1.0.1"], ["1.0.0-foo", "1.0.1-foo"]),
    ],
)  # fmt: skip
def test_a_word_that_nearly_every_release_carries_makes_no_prerelease(tags: list[str], prereleases: list[str]) -> None:
    items = listed(*tags)
    assert [tag for tag, item in items.items() if item.kind == "prerelease"] == prereleases


@pytest.mark.parametrize(
    "tags",
    [
        ["v1.24.10+rke2r1", "v1.24.10+rke2r2"],
        ["v1.24.10+k3s9", "v1.24.10+k3s10"],
        ["34.0.3-ls445", "34.0.3-ls446"],
        ["v1.0", "1.0.0"],
        ["1.0.GA", "1.0"],
        ["1.2.3+a", "1.2.3+b"],
        ["1.0.0-alpine", "1.0.0"],
        ["b4567", "b4568", "b10000"],
        ["build-9", "build-10", "build-11"],
    ],
)
def test_two_releases_are_never_both_the_newest(tags: list[str]) -> None:
    items = listed(*tags)
    assert newest(items) == [tags[-1]]
    assert [tag for tag, item in items.items() if item.newest_in_line and item.line == items[tags[-1]].line] in (
        [tags[-1]],
        tags[-1:],
    )


def test_an_edition_beside_each_release_is_as_affected_as_that() -> None:
    items = listed("1.0.0", "1.0.0-cuda", "1.0.1", "1.0.1-cuda")
    plain, edition = items["1.0.1"].version, items["1.0.1-cuda"].version
    assert plain is not None
    assert edition is not None
    assert plain.order == edition.order, "a range that begins with 1.0.1 holds both"
    assert newest(items) == ["1.0.1"]


def test_two_packages_have_a_newest_each() -> None:
    assert newest(listed("a@1.0.0", "b@1.0.0")) == ["a@1.0.0", "b@1.0.0"]


def test_a_further_build_is_a_patch() -> None:
    items = listed("v1.24.0+rke2r1", "v1.24.0+rke2r2", "35.0.0-ls1", "35.0.0-ls2", "jdk-21+35")
    assert [item.kind for item in items.values()] == ["minor", "patch", "prerelease", "prerelease", "major"]
    assert [item.kind for item in listed("35.0.0-ls1", "35.0.0-ls2").values()] == ["major", "patch"]
    assert [item.kind for item in listed("0.1.0-a1", "0.1.0-a2", "0.1.0-a3").values()] == ["minor", "patch", "patch"]


@pytest.mark.parametrize(
    "tag",
    ["V1990307", "20240612", "20240612.1", "202406.2", "240612", "202406", "r123456", "1990307.2", "20240612153000"],
)
def test_a_long_number_is_no_major_release(tag: str) -> None:
    assert listed(tag)[tag].kind == "unknown"


NUMBERINGS = [
    (["2020.11.0", "2020.12.3", "3.0.0", "3.1.0"], "3.1.0"),
    (["2020.11.0", "2020.12.3", "3.1.0"], "3.1.0"),
    (["2020.11.0", "2020.12.3", "3.0.0", "2020.12.4"], "3.0.0"),
    (["2020.11.0", "2020.12.3", "3.0.0", "2021.1.0"], "2021.1.0"),
    (["20201103", "20201211", "1.0.0"], "1.0.0"),
    (["1.0.0", "2.0.0", "2020.1", "2020.2", "3.0.0"], "3.0.0"),
    (["7.1.0", "8.3.0", "1.0.0", "1.1.0"], "1.1.0"),
    (["1.0.0", "0.1.0", "0.2.0"], "0.2.0"),
    (["5.0.0", "5.1.0", "4.9.1", "4.9.2"], "5.1.0"),
    (["5.0.0", "5.1.0", "4.9.1"], "5.1.0"),
    (["1.9.0", "2.0.0", "1.9.1", "1.9.2"], "2.0.0"),
    (["1.0.0", "0.9.5", "0.9.6"], "1.0.0"),
    (["8.3.0", "1.0.0"], "8.3.0"),
]


@pytest.mark.parametrize(("tags", "expected"), NUMBERINGS)
def test_where_counting_began_again_the_later_numbering_is_newer(tags: list[str], expected: str) -> None:
    assert newest(listed(*tags)) == [expected]


def test_old_releases_that_are_published_together_are_no_new_numbering() -> None:
    old = [make.release(f"1.{n}.0", make.START + timedelta(days=9, minutes=n)) for n in range(5)]
    items = classify([make.release("2020.1.0", make.START), make.release("2020.2.0", make.START + make.DAY), *old], [])
    assert [item.release.tag for item in items if item.newest] == ["2020.2.0"]


def test_when_a_release_was_made_counts_not_when_it_was_published() -> None:
    then = make.START - timedelta(days=2000)
    releases = [
        make.release("2020.1.0", make.START, created_at=make.START),
        make.release("1.0.0", make.START + make.DAY, created_at=then),
        make.release("1.1.0", make.START + 3 * make.DAY, created_at=then + make.DAY),
    ]
    assert [item.release.tag for item in classify(releases, []) if item.newest] == ["2020.1.0"]
    fresh = [releases[0], make.release("1.0.0", make.START + make.DAY, created_at=make.START + make.DAY)]
    assert [item.release.tag for item in classify(fresh, []) if item.newest] == ["1.0.0"]


TAGS = ["v1.0", "1.0.0", "rel-1-2-3", "1-3", "a@1.0", "A_1.0.1", "lib3-3_4", "lib3_3.5", "1.0-ls1", "1.1-ls2", "1.0-rc1", "2020.1", "nightly"]  # fmt: skip


@given(st.lists(st.sampled_from(TAGS), min_size=1, max_size=7, unique=True))
def test_the_order_of_the_list_makes_no_difference(tags: list[str]) -> None:
    releases = [make.release(tag, make.START + timedelta(days=day)) for day, tag in enumerate(tags)]
    expected = {item.release.tag: item for item in classify(releases, [])}
    for order in list(permutations(releases))[:6]:
        assert {item.release.tag: item for item in classify(order, [])} == expected


@given(st.lists(st.sampled_from(TAGS), min_size=1, max_size=13, unique=True))
def test_each_package_and_each_line_has_one_newest_and_no_two_releases_share_a_place(tags: list[str]) -> None:
    items = [item for item in listed(*tags).values() if item.version]
    packages = [item.version.package for item in items if item.newest and item.version]
    assert sorted(packages) == sorted({item.version.package for item in items if item.version})
    lines = [(item.version.package, item.line) for item in items if item.newest_in_line and item.version]
    assert len(lines) == len(set(lines))


PREFIXES = ["", "v", "rel-", "pkg-", "pkg@", "Pkg_", "lib3-", "lib3_", "lib-", "app/v"]
NUMBERS = ["1.0", "1.0.0", "1.0.1", "1.2.3", "2.0.0", "1-2-4", "1_2_5", "2020.1", "2020.12.3", "3-1", "10", "20240612"]
TAILS = ["", "", "-ls1", "-ls2", "+k3s1", "+k3s2", "-rc1", "-beta", "-1", "p1", ".Final", "-alpine", "-foo"]
WRITTEN_TAGS = st.builds("".join, st.tuples(*map(st.sampled_from, (PREFIXES, NUMBERS, TAILS))))


@given(st.lists(WRITTEN_TAGS, min_size=1, max_size=12, unique=True), st.sampled_from([(), ("pkg",), ("lib3", "app")]))
def test_published_releases_are_in_one_order_and_read_again_the_same(tags: list[str], names: tuple[str, ...]) -> None:
    items = [item for item in listed(*tags, names=names).values() if item.version]
    versions = [item.version for item in items if item.version]
    for one in versions:
        for other in versions:
            assert (one < other) + (other < one) + (one == other) == 1
            here, there = (place(scheme_for("project", each), each.text) for each in (one, other))
            if one.package == other.package and here is not None and there is not None:
                assert not (here < there and other < one)
    snapshot = make.snapshot([make.release(tag, make.START + timedelta(days=day)) for day, tag in enumerate(tags)])
    for tag, item in snapshot.releases.items():
        if item.version:
            assert snapshot.look_up(tag).release is item


@given(st.lists(WRITTEN_TAGS, min_size=1, max_size=8, unique=True), WRITTEN_TAGS)
def test_what_nobody_published_is_never_a_release(tags: list[str], text: str) -> None:
    snapshot = make.snapshot([make.release(tag, make.START + timedelta(days=day)) for day, tag in enumerate(tags)])
    lookup = snapshot.look_up(text)
    assert (lookup.version is None) == bool(lookup.problem)
    if lookup.release is not None and lookup.version is not None and lookup.release.version is not None:
        assert lookup.version.package == lookup.release.version.package
        assert lookup.version.numbers[:1] == lookup.release.version.numbers[:1]


@given(st.text(alphabet="aB9", min_size=1, max_size=8), st.lists(st.sampled_from("-_. /@"), max_size=4))
def test_case_and_separators_make_no_other_name(name: str, separators: list[str]) -> None:
    changed = "".join(f"{letter}{separator}" for letter, separator in zip(name, [*separators, *[""] * 9], strict=False))
    assert fold(changed) == fold(name) == fold(name.upper()) == fold(fold(name))


def test_a_long_list_of_hostile_tags_costs_little() -> None:
    tags = [f"{'a1-' * 30}{'1-' * 10}{number}{'-ls1' * 3}" for number in range(200)]
    releases = [make.release(tag, make.START + timedelta(minutes=minute), notes="") for minute, tag in enumerate(tags)]
    assert_cheap(lambda: classify(releases, []), 4.0)  # it takes a third of a second
