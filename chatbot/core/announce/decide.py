"""The decision about one subject for one watch filter: Announce, Skip, Hold, Wait or Stay, each with its reason."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from chatbot.core.delivery import Lane
from chatbot.core.digests.schedule import due_words, next_digest
from chatbot.core.images.readiness import waits_until
from chatbot.core.images.words import images_words
from chatbot.core.model.facts import Advisory, Release
from chatbot.core.model.knowledge import Tracked
from chatbot.core.model.severity import Severity
from chatbot.core.model.watches import WatchFilter
from chatbot.core.releases.classification import Classified
from chatbot.core.snapshot import ProjectSnapshot

FRESH = timedelta(hours=24)  # an advisory this close to its release pings by itself: the release need not
TOO_EARLY = "it was published before this room began to watch the project"
OLD_NEWS = timedelta(days=30)  # an advisory this old is no news when an old release that fixes it is published late
WAITS_FOR_DIGEST = "it waits for the digest "  # followed by its day and hour
WAITS_FOR_IMAGES = "it waits for its Docker images"
NAMED_BY = "it is named in the announcement of "  # followed by the advisory's id
MOST_FIXED = 10  # releases that an advisory's announcement names
LONGEST_HOLD = 10  # settling times; after that, a release that is edited again and again is announced all the same


@dataclass(frozen=True, slots=True)
class Announce:
    """`severity` is the severity that pings, None when nothing should ping."""

    reason: str
    lane: Lane
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Skip:
    reason: str


@dataclass(frozen=True, slots=True)
class Hold:
    reason: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Wait:
    """It would be announced; the room's digest that is due at `until` lists it, or a later one where it is still to come."""

    reason: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Stay:
    """It would be announced, and waits for the word of its maintainers; no time decides it."""

    reason: str


Outcome = Announce | Skip | Hold | Wait | Stay


def settling(tracked: Tracked[Release] | Tracked[Advisory], settle: timedelta) -> datetime | None:
    """Until when the fact is settling, or None when it was read unchanged for long enough. A fact that is missing from its
    listing does not settle: it stays as it was last read until its removal is confirmed."""
    if tracked.missing_since is not None or tracked.removal_confirmed or tracked.read_at >= tracked.changed_at + settle:
        return None
    return tracked.changed_at + settle


def _unfinished(tracked: Tracked[Release] | Tracked[Advisory], settle: timedelta) -> datetime | None:
    """The same for a fact that was not announced yet, but no longer than `LONGEST_HOLD` after it was first read."""
    return None if tracked.read_at >= tracked.first_read_at + LONGEST_HOLD * settle else settling(tracked, settle)


def release_for(
    snapshot: ProjectSnapshot,
    tag: str,
    watch_filter: WatchFilter,
    settle: timedelta,
    leaders: frozenset[str] = frozenset(),
) -> Outcome:
    """Whether the release is announced in a room with this filter. The caller decides whether it is news to the room.

    `leaders` are the ids of the advisories that it fixes and that the room is leaders: they name it, and they pinged.
    """
    tracked, item = snapshot.knowledge.releases[tag], snapshot.releases[tag]
    if tracked.removal_confirmed or tracked.missing_since is not None:
        return Skip("it is not published any more")
    if not snapshot.project.has_tag(tag):
        return Skip("its tag is excluded by the project's settings (tags, exclude_tags)")
    if item.version is None:
        return Skip("its tag is not a version")
    if item.kind == "prerelease" and not watch_filter.prereleases:
        return Skip("prereleases are off in this room")
    unwanted = _unwanted_release(item, snapshot.severity(tag), watch_filter)
    if unwanted:
        return Skip(unwanted)
    advisory_id = _named_by(snapshot, item, leaders)
    if advisory_id and "releases" not in watch_filter.events:
        return Skip(f"{NAMED_BY}{advisory_id}")
    until = _unfinished(tracked, settle)
    if until is not None:
        return Hold("it is read once more before it is announced", until)
    return _announced_release(snapshot, item, watch_filter, leaders)


def _named_by(snapshot: ProjectSnapshot, item: Classified, leaders: frozenset[str]) -> str:
    """The first of these advisories whose announcement names the release; "" if none does."""
    advisories = [advisory for advisory in snapshot.fixed_by(item.release.tag) if advisory.id in leaders]
    naming = (each.id for each in advisories if item in snapshot.fixing(each)[:MOST_FIXED])
    return next(naming, "")


def _unwanted_release(item: Classified, severity: Severity, watch_filter: WatchFilter) -> str:
    if "releases" in watch_filter.events:
        return ""
    if "security" not in watch_filter.events:
        return "this room does not watch releases"
    if not item.security:
        return "this room watches security releases only, and nothing published says that this is one"
    return below(severity, watch_filter)


def below(severity: Severity, watch_filter: WatchFilter) -> str:
    """Why this severity is below the room's threshold; "" if it is not. An unknown severity passes every threshold."""
    if severity is Severity.UNKNOWN or severity.rank >= watch_filter.min_severity.rank:
        return ""
    return f"its severity ({severity}) is below this room's threshold ({watch_filter.min_severity})"


def _announced_release(
    snapshot: ProjectSnapshot, item: Classified, watch_filter: WatchFilter, leaders: frozenset[str]
) -> Announce:
    if not item.security or _is_old_news(snapshot, item):
        return Announce(f"a new release{without(item.release)}", Lane.ROUTINE)
    severity = snapshot.severity(item.release.tag)
    fixed = snapshot.fixed_by(item.release.tag)
    pinged_already = "security" in watch_filter.events and any(
        advisory.published_at >= item.release.published_at - FRESH for advisory in fixed
    )
    urgent = item.out_of_band or severity is Severity.CRITICAL
    if leaders:  # their announcements pinged; this one pings for the others that it fixes
        others = [advisory.severity for advisory in fixed if advisory.id not in leaders]
        severity = others[0] if others else Severity.UNKNOWN
    return Announce(
        f"a new {'urgent ' if item.out_of_band else ''}security release{without(item.release)}",
        Lane.CRITICAL if urgent else Lane.SECURITY,
        None if pinged_already else (Severity.CRITICAL if item.out_of_band and not leaders else severity),
    )


def _is_old_news(snapshot: ProjectSnapshot, item: Classified) -> bool:
    """Whether an old release was published late, and all that it fixes was published long before."""
    recent = item.release.published_at - OLD_NEWS
    return item.late and all(advisory.published_at < recent for advisory in snapshot.fixed_by(item.release.tag))


def advisory_for(snapshot: ProjectSnapshot, name: str, watch_filter: WatchFilter, settle: timedelta) -> Outcome:
    """Whether the advisory is announced in a room with this filter."""
    advisory = snapshot.advisories[name]
    if advisory.withdrawn_at is not None or removed(snapshot, advisory):
        return Skip("it was withdrawn")
    if "security" not in watch_filter.events:
        return Skip("this room does not watch security advisories")
    unwanted = below(advisory.severity, watch_filter)
    if unwanted:
        return Skip(unwanted)
    reports = standing(snapshot, advisory)
    if all(item.missing_since is not None for item in reports):
        return Skip("it is not published any more")
    waits = [_unfinished(item, settle) for item in reports]
    until = max((wait for wait in waits if wait is not None), default=None)
    if until is not None:
        return Hold("it is read once more before it is announced", until)
    lane = Lane.CRITICAL if advisory.severity is Severity.CRITICAL or advisory.known_exploited else Lane.SECURITY
    return Announce(f"a new advisory{without(advisory)}", lane, advisory.severity)


def for_images(outcome: Outcome, snapshot: ProjectSnapshot, tag: str, now: datetime) -> Outcome:
    """What becomes of an outcome about a release whose images are not all there: routine news waits for them, for as long as the
    project's settings say. Security never waits."""
    if not isinstance(outcome, Announce) or outcome.lane is not Lane.ROUTINE:
        return outcome
    until = waits_until(snapshot, tag)
    if until is None or until <= now:
        return outcome
    states = snapshot.knowledge.images.get(tag, ())
    return Hold(f"{WAITS_FOR_IMAGES}{f': {images_words(states)}' if states else ''}", until)


def for_digest(outcome: Outcome, watch_filter: WatchFilter, ready_at: datetime, last: datetime | None) -> Outcome:
    """What becomes of an outcome in a room with a digest: routine news waits for the next one after `ready_at`, when it could
    have been announced, and after the `last` that was posted there. Security never waits."""
    schedule = watch_filter.digest
    if schedule is None or not isinstance(outcome, Announce) or outcome.lane is not Lane.ROUTINE:
        return outcome
    until = next_digest(schedule, max(ready_at, last or ready_at))
    return Wait(f"{WAITS_FOR_DIGEST}on {due_words(schedule, until)}", until)


def without(item: Release | Advisory) -> str:
    """The end of a reason where not all of the text could be parsed."""
    return f"; not all of it could be parsed: {item.unread}" if item.unread else ""


def standing(snapshot: ProjectSnapshot, advisory: Advisory) -> tuple[Tracked[Advisory], ...]:
    """Every report of the advisory, under any of its ids."""
    by_id = {report.fact.id: report for name in sorted(advisory.ids) for report in snapshot.reports.get(name, ())}
    return tuple(by_id.values())


def removed(snapshot: ProjectSnapshot, advisory: Advisory) -> bool:
    """Whether everyone who published the advisory has confirmed its removal."""
    reports = [item for item in standing(snapshot, advisory) if item.fact.withdrawn_at is None]
    return bool(reports) and all(item.removal_confirmed for item in reports)


def pings(outcome: Announce, watch_filter: WatchFilter) -> bool:
    """Whether the announcement pings with the room's mention."""
    return watch_filter.mention is not None and is_severe(outcome, watch_filter)


def is_severe(outcome: Announce, watch_filter: WatchFilter) -> bool:
    """Whether the announcement reaches the severity from which the room pings. An unknown one does not."""
    match outcome.severity:
        case None | Severity.UNKNOWN:
            return False
        case Severity.CRITICAL | Severity.HIGH | Severity.MEDIUM | Severity.LOW as severity:
            return severity.rank >= watch_filter.mention_min_severity.rank
        case _ as unreachable:
            assert_never(unreachable)
