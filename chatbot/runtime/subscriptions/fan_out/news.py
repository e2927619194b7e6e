"""What subscribers are gone through for: the facts of an advisory on which alerts depend, and releases that are news."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chatbot.core.announce import decide
from chatbot.core.announce.decide import Announce, Hold, Outcome, Skip, Stay
from chatbot.core.announce.digest import Facts, digest
from chatbot.core.announce.render.fixes import line_name
from chatbot.core.announce.subject import Subject, find
from chatbot.core.delivery import Lane
from chatbot.core.images.readiness import waits_until
from chatbot.core.maintainers.approval import controlled
from chatbot.core.model.facts import Advisory
from chatbot.core.model.ids import SubjectId
from chatbot.core.model.knowledge import taken_back
from chatbot.core.model.severity import Severity
from chatbot.core.model.watches import WatchFilter
from chatbot.core.recommend import Recommended, first, highest_first, passes, stands
from chatbot.core.releases.classification import Classified
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.subscriptions.alerts import lane_of
from chatbot.core.subscriptions.taken_back import state_facts

RECENT = timedelta(days=7)  # a release that was read earlier is no news to anybody any more
_SECURITY = WatchFilter(events=frozenset({"security"}))
_EVERYTHING = WatchFilter(events=frozenset({"releases", "security"}))


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Something of a project as it concerns its subscribers.

    name: the advisory's id, or the release's tag
    digest: stands for all facts on which their messages depend; "" while it is read once more
    replan_at: when to look again without any news, since something is read once more; None where nothing is
    """

    name: str
    digest: str
    lane: Lane
    replan_at: datetime | None = None


def advisories(
    snapshot: ProjectSnapshot,
    settle: timedelta,
    advised: Mapping[str, Collection[str]],
    now: datetime,
    *,
    cards_arrive: bool = True,
) -> list[News]:
    """Every advisory of the project. `advised`: by id, the tags that some alert about it recommends; `cards_arrive`: whether its
    maintainers can be asked first."""
    lines = _best_of_lines(snapshot, settle)
    snapshot = replace(snapshot, knowledge=replace(snapshot.knowledge, images={}))  # alerts say nothing of images
    news = [
        _advisory(snapshot, each, settle, lines, {tag for name in each.ids for tag in advised.get(name, ())})
        for each in snapshot.advisories.values()
    ]
    return [_with_the_rooms(snapshot, each, settle, now, cards_arrive=cards_arrive) for each in news]


def _with_the_rooms(
    snapshot: ProjectSnapshot, news: News, settle: timedelta, now: datetime, *, cards_arrive: bool
) -> News:
    """The news, once its maintainers let it out: people and rooms are told together."""
    advisory = snapshot.advisories[news.name]
    subject = find(snapshot, str(SubjectId("advisory", snapshot.project.id, news.name)))
    if subject is None or not news.digest:
        return news
    urgent = advisory.severity is Severity.CRITICAL or advisory.known_exploited
    would_go = Announce("", Lane.CRITICAL if urgent else Lane.SECURITY)
    control = subject.control
    outcome = controlled(would_go, control, snapshot.project, subject.ready_at(settle), now, cards_arrive=cards_arrive)
    if isinstance(outcome, Hold):
        return replace(news, digest="", replan_at=outcome.until)
    if isinstance(outcome, Stay) or control.skipped:
        return replace(news, digest="", replan_at=None)
    word = (
        control.announced_at.isoformat() if control.announced_at is not None else ""
    )  # whoever was passed over gets it now
    return replace(news, digest=digest([news.digest, word])) if word else news


def releases(snapshot: ProjectSnapshot, settle: timedelta, now: datetime, *, cards_arrive: bool = True) -> list[News]:
    """The full releases that were read lately and are still there. `cards_arrive`: whether the maintainers can be asked first."""
    news = []
    for tag, item in snapshot.releases.items():
        tracked = snapshot.knowledge.releases[tag]
        is_new = not tracked.known_before and tracked.first_read_at >= now - RECENT
        if is_new and stands(snapshot, item) and snapshot.project.has_tag(tag):
            until = decide.settling(tracked, settle) or _waits_for_images(snapshot, item, now)
            outcome = _let_out(snapshot, item, settle, now, cards_arrive=cards_arrive)
            until = until or (outcome.until if isinstance(outcome, Hold) else None)
            is_free = until is None and isinstance(outcome, Announce)
            news.append(News(name=tag, digest=tag if is_free else "", lane=Lane.PERSONAL, replan_at=until))
    return news


def corrections(snapshot: ProjectSnapshot, former: Collection[tuple[str, str]], advised: Collection[str]) -> list[News]:
    """The releases that were removed or taken back after people were told of them, or that stand again. `former`: kind and name
    of what people were gone through for; `advised`: the tags that some alert recommends."""
    news = []
    for tag in snapshot.releases:
        control, before = snapshot.control_of_release(tag), ("correction", tag) in former
        is_removed = snapshot.knowledge.releases[tag].removal_confirmed
        is_told = before or ("release", tag) in former or tag in advised
        if before or control.bad is not None or (is_told and (is_removed or control.retracted)):
            subject = find(snapshot, str(SubjectId("release", snapshot.project.id, tag)))
            facts = digest(["correction", state_facts(subject)]) if subject is not None else ""
            news.append(News(name=tag, digest=facts, lane=Lane.ALERT))
    return news


def _let_out(
    snapshot: ProjectSnapshot, item: Classified, settle: timedelta, now: datetime, *, cards_arrive: bool
) -> Outcome:
    """Whether the maintainers let a release out to people: as soon as to rooms, which are told of it by the same rules."""
    tag = item.release.tag
    subject = find(snapshot, str(SubjectId("release", snapshot.project.id, tag)))
    if subject is None:
        return Skip("there is no such release")
    outcome = decide.release_for(snapshot, tag, _EVERYTHING, settle)
    lane = outcome.lane if isinstance(outcome, Announce) else Lane.ROUTINE
    ready_at = subject.ready_at(settle)
    would_go = Announce("", lane)
    return controlled(would_go, subject.control, snapshot.project, ready_at, now, cards_arrive=cards_arrive)


def _waits_for_images(snapshot: ProjectSnapshot, item: Classified, now: datetime) -> datetime | None:
    """Until when a release waits for its images, as it does in rooms; security never waits."""
    is_free = item.security or snapshot.control_of_release(item.release.tag).announced_at is not None
    until = None if is_free else waits_until(snapshot, item.release.tag)
    return until if until is not None and until > now else None


def _advisory(
    snapshot: ProjectSnapshot,
    advisory: Advisory,
    settle: timedelta,
    lines: Mapping[str, tuple[Facts, Recommended | None]],
    advised: Collection[str],
) -> News:
    subject = find(snapshot, str(SubjectId("advisory", snapshot.project.id, advisory.id)))
    outcome = decide.advisory_for(snapshot, advisory.id, _SECURITY, settle)
    lane = lane_of(advisory)
    if subject is None or isinstance(outcome, Hold):
        until = outcome.until if isinstance(outcome, Hold) else None
        return News(name=advisory.id, digest="", lane=lane, replan_at=until)
    waits = list(_waits(snapshot, subject, settle))
    facts: Facts = [
        subject.digest,
        advisory.known_exploited,
        advisory.withdrawn_at is not None,
        [[line, state, _doubts(best, advisory)] for line, (state, best) in sorted(lines.items())],
        sorted(tag for tag in advised if not _may_be_taken(snapshot, tag)),
        sorted(name for name, _ in waits),
    ]
    replan_at = min((until for _, until in waits), default=None)
    return News(name=advisory.id, digest=digest(facts), lane=lane, replan_at=replan_at)


def _waits(snapshot: ProjectSnapshot, subject: Subject, settle: timedelta) -> Iterator[tuple[str, datetime]]:
    """What is read once more before people are told of it: the advisory's changes, and the releases that fix it."""
    if (until := subject.settling(settle)) is not None:
        yield "", until
    for item in snapshot.fixing(subject.advisory) if subject.advisory is not None else ():
        until = decide.settling(snapshot.knowledge.releases[item.release.tag], settle)
        if until is not None:
            yield item.release.tag, until


def _best_of_lines(snapshot: ProjectSnapshot, settle: timedelta) -> dict[str, tuple[Facts, Recommended | None]]:
    """By line, whether its newest release may be taken, else which one. A newer one beside one that may be taken is nothing to
    tell anybody again; one that is read once more is not there yet."""
    by_line: dict[str, list[Classified]] = {}
    for item in snapshot.releases.values():
        settling = decide.settling(snapshot.knowledge.releases[item.release.tag], settle)
        if stands(snapshot, item) and settling is None:
            by_line.setdefault(line_name(item), []).append(item)
    best_of: dict[str, tuple[Facts, Recommended | None]] = {}
    for line, items in by_line.items():
        highest = highest_first(items)
        best = first(snapshot, highest)
        is_newest = best is not None and best.release is highest[0]
        best_of[line] = ("newest" if is_newest else best.release.release.tag if best else None, best)
    return best_of


def _doubts(best: Recommended | None, advisory: Advisory) -> bool:
    return best is not None and any(doubt.id == advisory.id for doubt in best.doubts)


def _may_be_taken(snapshot: ProjectSnapshot, tag: str) -> bool:
    item = snapshot.releases.get(tag)
    there = item is not None and not taken_back(snapshot.knowledge.releases[tag])
    return there and item is not None and passes(snapshot, item) is not None
