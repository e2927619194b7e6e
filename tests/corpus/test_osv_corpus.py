"""Every real OSV record, asked at every boundary, against OSV's algorithm written down plainly.

https://ossf.github.io/osv-schema/#evaluation. The order of versions comes from elsewhere than the code under test where it
can: `packaging`, `semver`; for Maven, RubyGems, NuGet and Debian straight from univers, as nobody else has them in Python.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from packaging.version import InvalidVersion
from packaging.version import Version as Pep440
from semver import Version as Semver
from univers import versions as univers

from chatbot.core.advisories.identity import affected
from chatbot.core.model.ids import ProjectId
from chatbot.sources.osv.records import is_osv, read_osv
from tests.corpus.where import files, load, needed

RECORDS = [path for path in files("advisories") if is_osv(load(path))]
Order = Callable[[str], Any]


def _semver(text: str) -> Any:
    numbers, mark, rest = re.fullmatch(r"v?([0-9.]+)([-+]?)(.*)", text).groups()  # type: ignore[union-attr]  # else the test fails
    return Semver.parse(".".join([*numbers.split("."), "0", "0"][:3]) + mark + rest)


def _php(text: str) -> tuple[tuple[int, ...], int, int]:
    """Packagist: numbers, then the stage, as far as the corpus has them."""
    match = re.fullmatch(r"v?([0-9]+(?:\.[0-9]+)*)(?:[-.]?(dev|alpha|beta|rc)\.?([0-9]*))?", text, re.IGNORECASE)
    numbers, stage, count = match.groups()  # type: ignore[union-attr]  # else the test fails
    parts = [int(number) for number in numbers.split(".")]
    while parts and not parts[-1]:
        parts.pop()
    return tuple(parts), {"dev": 0, "alpha": 1, "beta": 2, "rc": 3, None: 4}[stage and stage.lower()], int(count or 0)


ORDERS: dict[str, Order] = {
    "PyPI": Pep440,
    "Maven": univers.MavenVersion,
    "RubyGems": univers.RubygemsVersion,
    "NuGet": univers.NugetVersion,
    "Debian": univers.DebianVersion,
    "Packagist": _php,
    "npm": _semver,
    "crates.io": _semver,
    "Go": _semver,
}


def _order(package: dict[str, str], kind: str) -> Order:
    return _semver if kind == "SEMVER" else ORDERS[package["ecosystem"].partition(":")[0]]


def vulnerable(version: str, block: dict[str, Any]) -> bool:
    """OSV's algorithm, for one affected block."""
    if version in block.get("versions", []):
        return True
    return any(_in_range(version, each, block) for each in block.get("ranges", []) if each["type"] != "GIT")


def _in_range(version: str, each: dict[str, Any], block: dict[str, Any]) -> bool:
    order = _order(block["package"], each["type"])
    at = order(version)
    limits = [event["limit"] for event in each["events"] if "limit" in event]
    if limits and not any(limit == "*" or at < order(limit) for limit in limits):
        return False
    events = [next(iter(event.items())) for event in each["events"] if "limit" not in event]
    first = [event for event in events if event[1] == "0"]
    result = False
    for what, when in first + sorted((event for event in events if event[1] != "0"), key=lambda event: order(event[1])):
        if what == "introduced" and (when == "0" or at >= order(when)):
            result = True
        elif (what == "fixed" and at >= order(when)) or (what == "last_affected" and at > order(when)):
            result = False
    return result


def _boundaries(block: dict[str, Any]) -> Iterator[str]:
    """Each event's version, and versions just below and just above, prereleases among them."""
    for each in block.get("ranges", []):
        if each["type"] == "GIT":
            continue
        for event in each["events"]:
            for version in event.values():
                yield from _around("0.0.0" if version == "0" else version, semver=_semver_order(each, block))
    yield from block.get("versions", [])[:50]


def _semver_order(each: dict[str, Any], block: dict[str, Any]) -> bool:
    return _order(block["package"], each["type"]) is _semver


def _around(version: str, *, semver: bool) -> Iterator[str]:
    yield version
    numbers = version.partition("-")[0].partition("+")[0]
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)*", numbers):
        return
    parts = [int(number) for number in numbers.split(".")]
    for place, part in enumerate(parts):
        for other in {part + 1, max(0, part - 1)}:
            yield ".".join(str(number) for number in (*parts[:place], other, *parts[place + 1 :]))
    yield f"{numbers}-rc.1"
    yield f"{numbers}-0" if semver else f"{numbers}.1"
    yield numbers


def _readable(version: str, block: dict[str, Any]) -> bool:
    """Whether the plain evaluation can read it; what no order can read is asked elsewhere."""
    try:
        for each in block.get("ranges", []):
            if each["type"] != "GIT":
                _order(block["package"], each["type"])(version)
    except (InvalidVersion, ValueError, AttributeError):
        return False
    return True


@needed
@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_affected_agrees_with_the_algorithm_at_every_boundary(path: Path) -> None:
    record = load(path)
    questions = 0
    for block in record["affected"]:
        alone = read_osv({**record, "affected": [block], "withdrawn": None}, project=ProjectId("p"))
        for version in dict.fromkeys(_boundaries(block)):
            if not _readable(version, block):
                continue
            questions += 1
            yes, unreadable = affected(version, [alone])
            assert not unreadable, (block.get("package"), version)
            assert bool(yes) == vulnerable(version, block), (block.get("package"), version, block.get("ranges"))
    assert (
        questions
        or not any(block.get("ranges") or block.get("versions") for block in record["affected"])
        or _only_git(record)
    )


def _only_git(record: dict[str, Any]) -> bool:
    return all(each["type"] == "GIT" for block in record["affected"] for each in block.get("ranges", []))


@needed
def test_whole_records_agree_too_and_withdrawn_ones_affect_nothing() -> None:
    for path in RECORDS:
        record = load(path)
        advisory = read_osv(record, project=ProjectId("p"))
        for version in ("0.0.1", "1.0.0", "2.5.3", "4.17.20", "100.0.0"):
            blocks = [block for block in record["affected"] if _readable(version, block) and block.get("package")]
            if len(blocks) == len(record["affected"]):
                expected = any(vulnerable(version, block) for block in blocks) and not record.get("withdrawn")
                assert bool(affected(version, [advisory])[0]) == expected, (path.stem, version)
