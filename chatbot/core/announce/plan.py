"""The plan: from the snapshot, what was posted, the filters and the time, what has to be posted or edited in each room."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from chatbot.core.announce import decide, summary
from chatbot.core.announce.audience import Watch, bridge_for, by_filter, with_mention
from chatbot.core.announce.decide import Announce, Hold, Outcome, Skip, Wait
from chatbot.core.announce.digest import digest, same_facts
from chatbot.core.announce.follow_up import RoomPosts, follow_up
from chatbot.core.announce.messages import Plan, PostedMessage
from chatbot.core.announce.plan_builder import EDITED, IN_DIGEST, SAME_AS, Place, PlanBuilder, PostedThere
from chatbot.core.announce.policy_news import PolicyNews, announce_policy
from chatbot.core.announce.render.advisory import same_message
from chatbot.core.announce.subject import FIX, NO_FIX, Subject, find, indirectly_changed
from chatbot.core.delivery import Lane
from chatbot.core.maintainers import cards
from chatbot.core.maintainers.renderings import NO_RENDERERS, Renderers
from chatbot.core.maintainers.schedule import planning
from chatbot.core.model.ids import RoomAddress
from chatbot.core.model.message import Mention
from chatbot.core.model.watches import WatchFilter
from chatbot.core.snapshot import ProjectSnapshot


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
    in_digest: Collection[Place] = frozenset(),
    cards_arrive: bool = True,
    renderers: Renderers = NO_RENDERERS,
) -> Plan:
    """What follows from the touched subjects (and those bound to them) for the rooms that watch the project, as of `now`.

    Where a subject was posted, its announcement is edited to show the newest facts, and only what got worse pings again. In
    the other rooms it is announced, if it is news there and the filter lets it through. The same input gives the same plan,
    and once a plan was carried out, the next one is empty. What was published by `singly_until` goes into no summary: after
    a backup was restored, it may have been posted one by one in the time that the store does not know about. `in_digest` are
    the subjects that were posted in a room's digest, each with the room. `cards_arrive`: the maintainers can be asked in their
    room before something is announced; `renderers`: how that looks in each chat.
    """
    bridges = _bridges(watches)
    builder = PlanBuilder(
        snapshot=snapshot,
        posted=posted,
        now=now,
        settle=settle,
        bridges=bridges,
        listed=summary.listed(posted),
        in_digest=in_digest,
        cards_arrive=cards_arrive,
        renderers=renderers,
    )
    groups = _groups(watches, bridges)
    direct = snapshot.touched_with(_under_one_name(builder, watches, touched))
    indirect = indirectly_changed(snapshot, direct, _notified_for(posted)) if direct else frozenset()
    subjects = direct | {snapshot.canonical(each) for each in indirect}
    on_show: list[RoomPosts] = []
    for subject in sorted(filter(None, (find(snapshot, each) for each in subjects)), key=_advisories_first):
        builder.planned.add(subject.id)
        for watch_filter, group in groups:
            on_show += _for_group(builder, subject, watch_filter, group, touched=subject.id in direct)
    follow_up(builder, on_show)
    cards.lay(builder)
    planning.lay(builder, groups)
    if policy_news is not None:
        announce_policy(builder, policy_news, groups)
        cards.lay_policy(builder, policy_news)
    summary.gather(builder, singly_until)
    summary.update(builder)
    return builder.build()


def _under_one_name(builder: PlanBuilder, watches: Sequence[Watch], touched: Collection[str]) -> frozenset[str]:
    """The touched subjects under their current names; each former name gets a decision that points to the current one."""
    names = {subject: builder.snapshot.canonical(subject) for subject in touched}
    for subject, name in sorted(names.items()):
        if name != subject:
            for watch in watches:
                builder.note(watch.room.address, subject, Skip(f"{SAME_AS}{name}"))
    return frozenset(names.values())


def _advisories_first(subject: Subject) -> tuple[bool, datetime, str]:
    """A sort key: advisories before releases, both in the order in which they were published."""
    fact = subject.advisory or subject.snapshot.releases[subject.name].release
    return (subject.advisory is None, fact.published_at, subject.id)


def _bridges(watches: Sequence[Watch]) -> dict[RoomAddress, RoomAddress]:
    rooms = [watch.room for watch in watches]
    if not any(room.bridged_with for room in rooms):
        return {}
    return {room.address: other.address for room in rooms if (other := bridge_for(room, rooms)) is not None}


def _groups(
    watches: Sequence[Watch], bridges: Mapping[RoomAddress, RoomAddress]
) -> list[tuple[WatchFilter, list[Watch]]]:
    """Rooms with equal filters together; after them, one by one, the bridged rooms, which the earlier room may already serve."""
    groups = by_filter(watch for watch in watches if watch.room.address not in bridges)
    alone = [(item.room.watch_filter, [item]) for item in watches if item.room.address in bridges]
    return [*groups.items(), *alone]


def _notified_for(posted: PostedThere) -> dict[str, frozenset[str]]:
    """Each subject that was posted anywhere, with all reasons for which readers were pinged."""
    reasons: dict[str, frozenset[str]] = {}
    for (_, subject), item in posted.items():
        earlier = reasons.get(subject)
        reasons[subject] = (
            item.notified_for if earlier is None or earlier == item.notified_for else earlier | item.notified_for
        )
    return reasons


def _for_group(
    builder: PlanBuilder, subject: Subject, watch_filter: WatchFilter, group: Iterable[Watch], *, touched: bool
) -> list[RoomPosts]:
    """Plan a subject for rooms with equal filters. Only a `touched` one can be announced; others can only be edited. Return
    what was posted of it, for follow-ups, where nothing of it is settling."""
    outcomes: dict[frozenset[str], Outcome] = {}
    advisories = [] if subject.advisory else [each.id for each in builder.snapshot.fixed_by(subject.name)]
    on_show: list[RoomPosts] = []
    until = subject.settling(builder.settle)
    for watch in group:
        room = watch.room.address
        before = [builder.posted[room, name] for name in subject.names if (room, name) in builder.posted]
        if before:
            builder.in_plan.add((room, subject.id))
            if _update(builder, subject, watch_filter, before, until, touched=touched):
                on_show.append(RoomPosts(subject, watch_filter, before, watch.line_roles, watch.followed))
        elif (room, subject.id) in builder.listed:
            builder.in_plan.add((room, subject.id))
            builder.relisted.append((builder.listed[room, subject.id], subject.id))
        elif (room, subject.id) in builder.in_digest:
            builder.in_plan.add((room, subject.id))
            builder.note(room, subject.id, _of_digest(until))
        elif touched and not builder.bridge_shows(room, subject.id):
            leaders = frozenset(name for name in advisories if (room, builder.advisory(name)) in builder.in_plan)
            if leaders not in outcomes:
                outcomes[leaders] = subject.outcome(watch_filter, builder.settle, leaders)
            outcome = _after_its_advisories(builder, room, advisories, outcomes[leaders])
            _announce(builder, subject, watch, outcome, leaders)
    return on_show


def _of_digest(until: datetime | None) -> Outcome:
    """The decision about what a digest lists: whoever corrects digests waits until it has settled."""
    if until is not None:
        return Hold("its changes are read once more before they are shown", until)
    return Skip(IN_DIGEST)


def _after_its_advisories(
    builder: PlanBuilder, room: RoomAddress, advisories: Iterable[str], outcome: Outcome
) -> Outcome:
    """A release that may be announced waits while an advisory that it fixes is settling: the advisory leads."""
    waits = [
        until for name in advisories if (until := builder.hold_ends.get((room, builder.advisory(name)))) is not None
    ]
    if isinstance(outcome, Announce) and waits:
        return Hold("the advisory that it fixes comes first", max(waits))
    return outcome


def _announce(builder: PlanBuilder, subject: Subject, watch: Watch, outcome: Outcome, leaders: frozenset[str]) -> None:
    """Announce a subject in a room where it was not posted yet, if it is news there and the filter lets it through. `leaders`:
    the advisories that it fixes and that the room is shown by themselves."""
    room = watch.room.address
    if not subject.news_to(watch):
        builder.note(room, subject.id, Skip(decide.TOO_EARLY))
        return
    ready_at = subject.ready_at(builder.settle)
    if subject.id not in watch.introduce:
        if subject.advisory is None and subject.control.announced_at is None:
            outcome = decide.for_images(outcome, builder.snapshot, subject.name, builder.now)
        outcome = cards.outcome_of(builder, subject, watch, outcome, ready_at)
    if subject.advisory is None and subject.id not in watch.introduce:
        outcome = decide.for_digest(outcome, watch.room.watch_filter, ready_at, watch.last_digest)
    builder.note(room, subject.id, outcome)
    if isinstance(outcome, Hold):
        builder.hold_ends[room, subject.id] = outcome.until
    if isinstance(outcome, Wait):  # a room that is bridged with this one sees it then
        builder.in_plan.add((room, subject.id))
    if isinstance(outcome, Announce):
        builder.in_plan.add((room, subject.id))
        watch_filter = watch.room.watch_filter
        ping = decide.is_severe(outcome, watch_filter) and subject.id not in watch.introduce
        roles = _roles(builder, subject, watch, leaders) if ping and watch.line_roles else ()
        words = with_mention(subject.message_for(watch_filter.notes), watch_filter, ping=ping, roles=roles)
        builder.add_message(
            (room, subject.id),
            "new",
            words,
            outcome.lane,
            revision=1,
            notified_for=subject.notified_for,
            digest=subject.digest_for(watch_filter.notes),
            layout=watch_filter.notes,
        )


def _roles(builder: PlanBuilder, subject: Subject, watch: Watch, leaders: frozenset[str]) -> tuple[Mention, ...]:
    """The roles of release lines that an announcement pings: of an advisory by its ranges, of a release by the advisories that it
    fixes and that were not announced by themselves."""
    if subject.advisory is not None:
        return builder.pinged.by_advisories([subject.advisory], watch.line_roles)
    advisories = [each for each in builder.snapshot.fixed_by(subject.name) if each.id not in leaders]
    if advisories:
        return builder.pinged.by_advisories(advisories, watch.line_roles)
    return builder.pinged.by_release(builder.snapshot.releases[subject.name], watch.line_roles)


def _update(
    builder: PlanBuilder,
    subject: Subject,
    watch_filter: WatchFilter,
    before: Sequence[PostedMessage],
    until: datetime | None,
    *,
    touched: bool,
) -> bool:
    """Edit what was posted in the room to show the newest facts; return whether it does then. Where one advisory was posted
    twice, under ids that turned out to be aliases, the second post becomes a pointer to the first."""
    first, *others = before
    is_current = subject.is_shown_by(first)
    if not is_current and until is not None:
        builder.note(first.room, subject.id, Hold("its changes are read once more before they are shown", until))
        return False
    if not is_current:
        notified_for = frozenset[str]().union(*(each.notified_for for each in before))
        _amend(builder, subject, watch_filter, first, notified_for)
    elif touched:
        builder.note(first.room, subject.id, Skip("this room shows its newest words"))
    for other in others:
        alias = other.subject.rpartition("/")[2]
        shows = digest(same_facts(builder.snapshot.advisories[subject.name], alias))
        if other.digest != shows:
            place, revision = (other.room, other.subject), other.revision + 1
            message = same_message(builder.snapshot, subject.name, alias)
            builder.add_message(
                place, "edit", message, Lane.ROUTINE, revision=revision, notified_for=other.notified_for, digest=shows
            )
            builder.decide(other.room, other.subject, "amend", f"{SAME_AS}{subject.id}")
    return True


def _amend(
    builder: PlanBuilder,
    subject: Subject,
    watch_filter: WatchFilter,
    before: PostedMessage,
    was_notified_for: frozenset[str],
) -> None:
    """Edit the announcement, which pings nobody. That a fix can be had is for a follow-up to say, where readers saw none."""
    fresh = subject.notified_for - {FIX} if NO_FIX in was_notified_for else subject.notified_for
    builder.add_message(
        (before.room, before.subject),
        "edit",
        subject.message_for(watch_filter.notes),
        Lane.SECURITY if subject.advisory else Lane.ROUTINE,
        revision=before.revision + 1,
        notified_for=was_notified_for | fresh,
        digest=subject.digest_for(watch_filter.notes),
        layout=watch_filter.notes,
    )
    builder.decide(before.room, subject.id, "amend", EDITED)
