"""Which version of a project somebody means, and whether it is one that was released."""

from datetime import timedelta

import pytest

from chatbot.core.releases.lookup import Lookup
from chatbot.core.snapshot import ProjectSnapshot
from tests.core import make


def drawn(*tags: str) -> ProjectSnapshot:
    """A project that published these tags, one a day."""
    return make.snapshot([make.release(tag, make.START + timedelta(days=day)) for day, tag in enumerate(tags)])


def tag_of(lookup: Lookup) -> str | None:
    return lookup.release.release.tag if lookup.release else None


ONE_PACKAGE = ("zfs-2.1.3", "zfs-2.1.4", "zfs-2.1.5")
SEVERAL = ("auth@1.0.0", "auth@1.1.0", "core@1.0.0", "core@2.0.0")
WITH_MAIN = ("v1.0.0", "v1.1.0", "cli@1.0.0", "cli@3.0.0")
BUILDS = ("v1.24.9+rke2r1", "v1.24.10+rke2r1", "v1.24.10+rke2r2")


@pytest.mark.parametrize(
    ("tags", "text", "tag"),
    [
        (ONE_PACKAGE, "2.1.3", "zfs-2.1.3"),
        (ONE_PACKAGE, "v2.1.4", "zfs-2.1.4"),
        (ONE_PACKAGE, "zfs-2.1.5", "zfs-2.1.5"),
        (ONE_PACKAGE, "ZFS_2.1.5", "zfs-2.1.5"),
        (ONE_PACKAGE, "2.1.3-1ubuntu4", "zfs-2.1.3"),
        (ONE_PACKAGE, "2.1.3-2", "zfs-2.1.3"),
        (ONE_PACKAGE, "2.1.9", None),
        (SEVERAL, "2.0.0", "core@2.0.0"),
        (SEVERAL, "1.1", "auth@1.1.0"),
        (SEVERAL, "auth@1.0.0", "auth@1.0.0"),
        (WITH_MAIN, "1.0.0", "v1.0.0"),
        (WITH_MAIN, "3.0.0", "cli@3.0.0"),
        (WITH_MAIN, "9.9.9", None),
        (BUILDS, "1.24.10+rke2r1", "v1.24.10+rke2r1"),
        (BUILDS, "1.24.10", "v1.24.10+rke2r1"),
        (BUILDS, "1.24.10+rke2r9", None),
        (("rel-2-4-18", "rel-2-4-19"), "2.4.18", "rel-2-4-18"),
        (("rel-2-4-18", "rel-2-4-19"), "2-4-19", "rel-2-4-19"),
        (("V_9_1_P1", "V_9_2_P1"), "1:9.2p1-2+deb12u3", "V_9_2_P1"),
        (("7.1.1-28", "7.1.1-29"), "7.1.1-29", "7.1.1-29"),
        (("7.1.1-28", "7.1.1-29"), "7.1.1-30", None),
        (("34.0.3-ls445", "34.0.3-ls446"), "34.0.3", "34.0.3-ls445"),
        (("1.2.3", "1.2.4"), "1.2.3-r4", "1.2.3"),
        (("1.2.3", "1.2.4"), "1.2.3_2", "1.2.3"),
        (("1.2.3", "1.2.4"), "1.2.3-alpine3.19", "1.2.3"),
        ((), "1.2.3", None),
    ],
)
def test_what_is_typed_is_a_release_where_it_is_in_the_list(tags: tuple[str, ...], text: str, tag: str | None) -> None:
    lookup = drawn(*tags).look_up(text)
    assert lookup.version is not None
    assert not lookup.problem
    assert tag_of(lookup) == tag


@pytest.mark.parametrize(
    ("tags", "text", "words"),
    [
        (SEVERAL, "1.0.0", "Several packages have a version 1.0.0: auth and core"),
        (SEVERAL, "7.0.0", "No package has a version 7.0.0"),
        (SEVERAL, "web@1.0.0", "There is no package “web” here"),
        (ONE_PACKAGE, "2.1.4-foo", "before or after 2.1.4"),
        (ONE_PACKAGE, "latest", "doesn't look like a version"),
        (ONE_PACKAGE, "", "doesn't look like a version"),
        (ONE_PACKAGE, "2.1.4+really2.1.3-1", "I can't tell which release"),
    ],
)
def test_where_it_cannot_be_known_there_is_no_version_but_a_reason(
    tags: tuple[str, ...], text: str, words: str
) -> None:
    lookup = drawn(*tags).look_up(text)
    assert lookup.version is None
    assert lookup.release is None
    assert words in lookup.problem


def test_an_uncertain_reading_is_marked() -> None:
    assert "distribution" in drawn("9.2p1").look_up("1:9.2p1-2+deb12u3").note
    assert "built more than once" in drawn(*BUILDS).look_up("1.24.10").note
    assert drawn(*BUILDS).look_up("1.24.9+rke2r1").note == ""


@pytest.mark.parametrize("tags", [ONE_PACKAGE, SEVERAL, WITH_MAIN, BUILDS, ("v1.0", "1.0.0", "1.0.GA")])
def test_every_whole_tag_means_its_own_release(tags: tuple[str, ...]) -> None:
    snapshot = drawn(*tags)
    assert [tag_of(snapshot.look_up(tag)) for tag in tags] == list(tags)


def test_a_typed_version_stands_in_the_order_of_the_project() -> None:
    lookup = drawn("2020.11.0", "2020.12.3", "3.0.0", "3.1.0").look_up("3.0.5")
    newest, old = (
        drawn("2020.11.0", "2020.12.3", "3.0.0", "3.1.0").releases[tag].version for tag in ("3.1.0", "2020.12.3")
    )
    assert lookup.version is not None
    assert newest is not None
    assert old is not None
    assert old < lookup.version < newest
