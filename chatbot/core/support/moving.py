"""Rules that move with the releases ("only the latest", "older 3.x"): whom they mean, and why that is not known."""

from collections.abc import Sequence

from chatbot.core.support.rows import Latest, Range, ReleaseHistory, Row, latest_covers
from chatbot.core.versions.version import Key, Version


def by_named(rule: Latest, version: Version, exists: Sequence[Key]) -> bool | None:
    """Whether a rule about the newest release covers a version, where no release is known but the page supports newer ones:
    then that version is not the newest."""
    inside = rule.within
    newer = any(low > version.key and (inside is None or inside.high is None or low < inside.high) for low in exists)
    if not newer or rule.count > 1 or rule.level != "release" or rule.each or (inside and not inside.covers(version)):
        return None
    return rule.older


def what_is_meant(row: Row, version: Version) -> Range:
    """What a rule that covers a version is about: that version alone, or for "older 3.x" its line, of which rows name parts."""
    inside = row.latest.within if row.latest is not None and row.latest.older else None
    return inside or Range(version.key, version.key)


def why_not_known(row: Row, version: Version, history: ReleaseHistory) -> str:
    """Why it is not certain whether a rule about the latest release covers a version."""
    newest = history.newest_within(row.latest.within if row.latest is not None else None)
    if newest is None:
        return "The page speaks of the latest release, and none is known here; a known release would tell."
    if version.order > newest.order:
        return f"The page speaks of the latest release: that is {newest} here, and {version} is newer; ask again once it is out."
    return (
        f"The page speaks of the latest release, {newest}, and may mean {version} too; a row for its line would tell."
    )


def implies_an_end(row: Row, version: Version, history: ReleaseHistory) -> bool:
    """Whether a row that does not cover the version is about newer ones only."""
    if row.denies_before is not None:
        return latest_covers(row.denies_before, version, history) is False
    return row.latest is not None and not row.ranges and row.mark != "no" and _leaves_behind(row, version)


def _leaves_behind(row: Row, version: Version) -> bool:
    """Whether a rule about the latest, which does not cover the version, means that it is too old."""
    rule = row.latest
    return (
        rule is not None and not rule.older and not rule.skip and (rule.within is None or rule.within.covers(version))
    )
