"""Knowledge, what was said, rules and the clock → what each room shall now be told, as the difference to what it shows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chatbot.core.announce import decide, escalation, summary
from chatbot.core.announce.audience import Watch, bridged_away, by_filter, calling
from chatbot.core.announce.decide import Announce, Hold, Outcome, Skip
from chatbot.core.announce.digest import digest, same_facts
from chatbot.core.announce.messages import Plan, PostedMessage
from chatbot.core.announce.plan_builder import PlanBuilder, PostedThere
from chatbot.core.announce.render_advisory import escalation_message, same_message
from chatbot.core.announce.subject import Subject, echoes, find
from chatbot.core.delivery import Lane
from chatbot.core.model.facts import Advisory, Severity
from chatbot.core.model.message import Message
from chatbot.core.model.watches import WatchFilter
from chatbot.core.snapshot import ProjectSnapshot


@dataclass(frozen=True, slots=True)
class PolicyNews:
    """A change of the policy page, rendered once: it is said or not, and never edited. `digest` stands for its facts."""

    subject: str
    message: Message
    digest: str
    read_at: datetime


def plan(
    snapshot: ProjectSnapshot,
    watches: Sequence[Watch],
    posted: PostedThere,
    touched: Collection[str],
    *,
    now: datetime,
    settle: timedelta,
    policy_news: PolicyNews | None = None,
    singly_until: datetime | None = None,
) -> Plan:
    """What follows from the touched subjects (and those bound to them) for the rooms that watch the project, as of `now`.

    A room that was told a subject is shown its newest words by an edit, and called again only by what got worse. A room
    that was not is told it as new, where it is news there and the room wants it. The same input gives the same plan, and a
    plan that was carried out leaves nothing more to say. What was published by `singly_until` is in no summary: it may have
    been said, one by one, in a time that a restored store has forgotten.
    """
    bridges = _bridges(watches)
    builder = PlanBuilder(
        snapshot=snapshot, posted=posted, now=now, settle=settle, bridges=bridges, listed=summary.listed(posted)
    )
    groups = _groups(watches, bridges)
    direct = snapshot.touched_with(_under_one_name(builder, watches, touched))
    echoed = echoes(snapshot, direct, _notified_for(posted)) if direct else frozenset()
    subjects = direct | {snapshot.canonical(each) for each in echoed}
    for about in sorted(filter(None, (find(snapshot, subject) for subject in subjects)), key=_advisories_first):
        for watch_filter, group in groups:
            _for_group(builder, about, watch_filter, group, touched=about.subject in direct)
    if policy_news is not None:
        _policy(builder, policy_news, groups)
    summary.gather(builder, singly_until)
    summary.keep_true(builder)
    return builder.build()


def _under_one_name(builder: PlanBuilder, watches: Sequence[Watch], touched: Collection[str]) -> frozenset[str]:
    """The touched subjects as they are called by now; what was decided under another name is settled by that."""
    names = {subject: builder.snapshot.canonical(subject) for subject in touched}
    for subject, name in sorted(names.items()):
        if name != subject:
            for watch in watches:
                builder.note(watch.room.address, subject, Skip(f"it is the same as {name}"))
    return frozenset(names.values())


def _advisories_first(about: Subject) -> tuple[bool, datetime, str]:
    """Advisories before releases, and either in the order in which they were published."""
    fact = about.advisory or about.snapshot.releases[about.name].release
    return (about.advisory is None, fact.published_at, about.subject)


def _bridges(watches: Sequence[Watch]) -> dict[str, str]:
    rooms = [watch.room for watch in watches]
    if not any(room.bridged_with for room in rooms):
        return {}
    return {room.address: other.address for room in rooms if (other := bridged_away(room, rooms)) is not None}


def _groups(watches: Sequence[Watch], bridges: Mapping[str, str]) -> list[tuple[WatchFilter, list[Watch]]]:
    """Rooms of equal filter together; after them, one by one, those that a bridge may have served by then."""
    groups = by_filter(watch for watch in watches if watch.room.address not in bridges)
    alone = [(item.room.watch_filter, [item]) for item in watches if item.room.address in bridges]
    return [*groups.items(), *alone]


def _notified_for(posted: PostedThere) -> dict[str, frozenset[str]]:
    """Each subject that was said anywhere, with all that was told of it."""
    points: dict[str, frozenset[str]] = {}
    for (_, subject), item in posted.items():
        earlier = points.get(subject)
        points[subject] = (
            item.notified_for if earlier is None or earlier == item.notified_for else earlier | item.notified_for
        )
    return points


def _for_group(
    builder: PlanBuilder, about: Subject, watch_filter: WatchFilter, group: Iterable[Watch], *, touched: bool
) -> None:
    """Rooms that want the same. Only what was `touched` can be new to one; else only its words may have changed."""
    outcome: Outcome | None = None
    until = about.settling(builder.settle)
    for watch in group:
        at = watch.room.address
        before = [builder.posted[at, name] for name in about.names if (at, name) in builder.posted]
        if before:
            builder.in_plan.add((at, about.subject))
            _keep_true(builder, about, watch_filter, before, until, touched=touched)
        elif (at, about.subject) in builder.listed:
            builder.in_plan.add((at, about.subject))
            builder.relisted.append((builder.listed[at, about.subject], about.subject))
        elif touched and not builder.told_by_another(at, about.subject):
            outcome = outcome or about.outcome(watch_filter, builder.settle)
            _tell(builder, about, watch, outcome)


def _tell(builder: PlanBuilder, about: Subject, watch: Watch, outcome: Outcome) -> None:
    """Tell a room what it was not told yet, if that is news there and wanted."""
    at = watch.room.address
    if not about.news_to(watch):
        builder.note(at, about.subject, Skip(decide.TOO_EARLY))
        return
    builder.note(at, about.subject, outcome)
    if isinstance(outcome, Announce):
        builder.in_plan.add((at, about.subject))
        watch_filter = watch.room.watch_filter
        call = decide.calls(outcome, watch_filter) and about.subject not in watch.introduce
        words = calling(about.message, watch_filter, call=call)
        place = (at, about.subject)
        builder.say(place, "new", words, outcome.lane, revision=1, notified_for=about.notified_for, digest=about.digest)


def _keep_true(
    builder: PlanBuilder,
    about: Subject,
    watch_filter: WatchFilter,
    before: Sequence[PostedMessage],
    until: datetime | None,
    *,
    touched: bool,
) -> None:
    """Show the newest words of what the room was told; where it was told twice under ids that proved to be one, the second
    time becomes a pointer to the first."""
    first, *others = before
    if first.digest != about.digest and until is not None:
        builder.note(first.room, about.subject, Hold("its changes are read once more before they are shown", until))
        return
    if first.digest != about.digest:
        notified_for = frozenset[str]().union(*(each.notified_for for each in before))
        _amend(builder, about, watch_filter, first, notified_for)
    elif touched:
        builder.note(first.room, about.subject, Skip("this room shows its newest words"))
    for other in others:
        alias = other.subject.rpartition("/")[2]
        shows = digest(same_facts(builder.snapshot.advisories[about.name], alias))
        if other.digest != shows:
            place, revision = (other.room, other.subject), other.revision + 1
            message = same_message(builder.snapshot, about.name, alias)
            builder.say(
                place, "edit", message, Lane.ROUTINE, revision=revision, notified_for=other.notified_for, digest=shows
            )
            builder.decide(other.room, other.subject, "amend", f"it is the same as {about.subject}")


def _amend(
    builder: PlanBuilder,
    about: Subject,
    watch_filter: WatchFilter,
    before: PostedMessage,
    was_notified_for: frozenset[str],
) -> None:
    """Show the newest words in the place of the old; call people again only for what got worse."""
    place, revision, notified_for = (
        (before.room, before.subject),
        before.revision + 1,
        was_notified_for | about.notified_for,
    )
    lane = Lane.SECURITY if about.advisory else Lane.ROUTINE
    builder.say(place, "edit", about.message, lane, revision=revision, notified_for=notified_for, digest=about.digest)
    builder.decide(before.room, about.subject, "amend", "its words changed")
    if about.advisory is None or about.message.struck:
        return
    if decide.below(about.advisory.severity, watch_filter) and not about.advisory.known_exploited:
        return  # told while its severity was unknown, which passes every threshold; now it is known to be below this one
    sentences = escalation.worse(about.advisory, was_notified_for, builder.snapshot)
    if sentences:
        call = decide.calls(Announce("it got worse", _lane(about.advisory), about.advisory.severity), watch_filter)
        words = calling(escalation_message(builder.snapshot, about.name, sentences), watch_filter, call=call)
        builder.say(
            place,
            "reply",
            words,
            _lane(about.advisory),
            revision=revision,
            notified_for=notified_for,
            digest=digest(["escalation", *sentences]),
        )
        builder.decide(before.room, about.subject, "escalate", " ".join(sentences))


def _lane(advisory: Advisory) -> Lane:
    return Lane.CRITICAL if advisory.severity is Severity.CRITICAL or advisory.known_exploited else Lane.SECURITY


def _policy(builder: PlanBuilder, news: PolicyNews, groups: Iterable[tuple[WatchFilter, list[Watch]]]) -> None:
    for watch_filter, group in groups:
        for watch in group:
            at = watch.room.address
            if (at, news.subject) in builder.posted:
                builder.in_plan.add((at, news.subject))
            elif builder.told_by_another(at, news.subject):
                continue
            elif "policy" not in watch_filter.events:
                builder.note(at, news.subject, Skip("this room does not hear policy changes"))
            elif news.read_at < watch.since:
                builder.note(at, news.subject, Skip(decide.TOO_EARLY))
            else:
                builder.in_plan.add((at, news.subject))
                builder.note(at, news.subject, Announce("the policy changed", Lane.ROUTINE))
                place = (at, news.subject)
                builder.say(
                    place, "new", news.message, Lane.ROUTINE, revision=1, notified_for=frozenset(), digest=news.digest
                )
