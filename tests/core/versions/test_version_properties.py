"""Laws that hold for every text: reading never fails, is quick, and gives one total order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from semver import Version as Semver

from chatbot.core.versions.ecosystems import place
from chatbot.core.versions.version import Version, line_of, read_tag, read_version
from tests.cost import assert_cheap

ALPHABET = "0123456789.-_+@/ vxabrcpl"
PIECES = [
    "1",
    "2",
    "10",
    "0",
    "03",
    ".",
    "-",
    "_",
    "rc",
    "alpha",
    "beta",
    "dev",
    "pre",
    "post",
    "p",
    "b",
    "x",
    "v",
    "+",
    "final",
    "foo",
    "2024",
]

tags = st.lists(st.sampled_from(PIECES), min_size=1, max_size=10).map("".join)
versions = tags.map(read_tag).filter(lambda version: version is not None)
semvers = st.from_regex(
    r"(0|[1-9][0-9]?)\.(0|[1-9][0-9]?)\.(0|[1-9][0-9]?)(-(alpha|beta|rc)(\.(0|[1-9][0-9]?))?)?", fullmatch=True
)


@given(st.text(max_size=300) | st.text(ALPHABET, max_size=140) | tags)
def test_any_text_gives_an_answer(text: str) -> None:
    for reader in (read_tag, read_version):
        version = reader(text)
        if version is not None:
            assert version.numbers
            assert version.tag in text
            assert line_of(version)


@given(versions, versions, versions)
def test_the_order_is_total(one: Version, two: Version, three: Version) -> None:
    assert (one < two) + (two < one) + (one == two) == 1
    assert (one == two) <= (hash(one) == hash(two))
    low, middle, high = sorted([one, two, three])
    assert low <= middle <= high
    assert low <= high


@given(semvers, semvers)
def test_plain_semver_is_ordered_as_the_specification_says(one: str, other: str) -> None:
    expected = Semver.parse(one).compare(other)
    for lower, right in ((read_tag(one), read_tag(other)), (read_tag(f"v{one}"), read_tag(other))):
        assert lower is not None
        assert right is not None
        assert (lower > right) - (lower < right) == expected
    here, there = place("npm", one), place("npm", other)
    assert here is not None
    assert there is not None
    assert (there < here) - (here < there) == expected


@given(versions)
def test_what_is_read_is_read_again_the_same(version: Version) -> None:
    again = read_tag(version.text)
    if version.text[0].isdigit() and again is not None and not version.prerelease:
        assert again.key == version.key


@pytest.mark.parametrize(
    "text",
    ["1" * 128, "1." * 64, "a1" * 64, "-" * 128, "v" * 128, "1-" * 64, "a-" * 60 + "1.0", "1.0" + "-a1" * 41, "@" * 128, "/" * 128,
     "1.0+" + "a" * 124, "a." * 64, "_1" * 64, "1" * 10_000, "v" * 100_000],
)  # fmt: skip
def test_hostile_tags_cost_little(text: str) -> None:
    tags = (text, text + "!", text + ".0")
    assert_cheap(lambda: [(read_tag.__wrapped__(tag), read_version(tag)) for tag in tags], 0.5)  # some microseconds
