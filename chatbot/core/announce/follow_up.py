"""Follow-ups: a short reply to an announcement for what changed since, once for each reason and room, corrected like any post.

What got worse pings; the first fix and a withdrawal do not. Several changes at once make one reply.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chatbot.core.announce import decide, escalation
from chatbot.core.announce.audience import with_mention
from chatbot.core.announce.decide import Announce, Hold
from chatbot.core.announce.digest import digest
from chatbot.core.announce.messages import PostedMessage, short_hash
from chatbot.core.announce.plan_builder import PlanBuilder
from chatbot.core.announce.render.fixes import to_take
from chatbot.core.announce.render.follow_up import follow_up_facts, follow_up_message
from chatbot.core.announce.subject import BAD, FIX, NO_FIX, WITHDRAWN, Subject
from chatbot.core.delivery import Lane
from chatbot.core.model.facts import Advisory
from chatbot.core.model.ids import SubjectId
from chatbot.core.model.severity import Severity
from chatbot.core.model.watches import WatchFilter

RECENT = timedelta(days=7)
_FIRST_TEMPLATE = 2  # posts of older templates do not remember that they were struck


@dataclass(frozen=True, slots=True)
class RoomPosts:
    """A subject that a room shows, with what was posted of it there: under several ids, if these turned out to be aliases.

    line_roles: the roles of release lines that may be pinged there: line → role
    followed: whether others follow the room, who would not see an edit
    """

    subject: Subject
    watch_filter: WatchFilter
    before: Sequence[PostedMessage]
    line_roles: Mapping[str, str] = field(default_factory=dict)
    followed: bool = False

    @property
    def first(self) -> PostedMessage:
        return self.before[0]

    @property
    def notified_for(self) -> frozenset[str]:
        return frozenset[str]().union(*(each.notified_for for each in self.before))


@dataclass(frozen=True, slots=True)
class News:
    """What a follow-up is to say: the reasons that it stores, and the sentences of what got worse."""

    reasons: frozenset[str]
    worse: tuple[str, ...] = ()


def follow_up(builder: PlanBuilder, on_show: Sequence[RoomPosts]) -> None:
    """Plan the follow-ups of what rooms show, and the corrections of earlier ones. Call it when all else is planned: what a
    room is told by another announcement needs no follow-up."""
    replies: dict[str, list[PostedMessage]] = {}
    for posted in builder.posted.values():
        if posted.parent:
            replies.setdefault(posted.parent, []).append(posted)
    for item in on_show:
        for before in item.before:
            for reply in replies.get(before.announcement, ()):
                _correct(builder, item.subject, reply)
        news = _news(builder, item)
        if news.reasons:
            _reply(builder, item, news)


def _correct(builder: PlanBuilder, subject: Subject, reply: PostedMessage) -> None:
    """Edit an earlier follow-up where its facts changed."""
    shows = digest(follow_up_facts(subject, reply.notified_for))
    if shows != reply.digest:
        builder.add_message(
            (reply.room, reply.subject),
            "edit",
            follow_up_message(subject, reply.notified_for),
            _lane(subject),
            revision=reply.revision + 1,
            notified_for=reply.notified_for,
            digest=shows,
        )


def _reply(builder: PlanBuilder, item: RoomPosts, news: News) -> None:
    subject, first = item.subject, item.first
    name = SubjectId("follow-up", builder.snapshot.project.id, short_hash(first.subject, *sorted(news.reasons)))
    message = follow_up_message(subject, news.reasons)
    if news.worse and subject.advisory is not None:
        severity = subject.advisory.severity
        ping = decide.is_severe(Announce("it got worse", _lane(subject), severity), item.watch_filter)
        roles = builder.pinged.by_advisories([subject.advisory], item.line_roles) if ping else ()
        message = with_mention(message, item.watch_filter, ping=ping, roles=roles)
        builder.decide(first.room, subject.id, "escalate", " ".join(news.worse))
    else:
        why = "a reply says that it was taken back" if subject.is_struck else "a reply says that it is fixed"
        why = "a reply says not to use it" if BAD in news.reasons else why
        builder.decide(first.room, subject.id, "amend", why)
    builder.add_message(
        (first.room, str(name)),
        "reply",
        message,
        _lane(subject),
        revision=1,
        notified_for=news.reasons,
        digest=digest(follow_up_facts(subject, news.reasons)),
        parent=first.subject,
    )


def _lane(subject: Subject) -> Lane:
    advisory = subject.advisory
    if advisory is None:
        return Lane.SECURITY if subject.snapshot.releases[subject.name].security else Lane.ROUTINE
    urgent = advisory.severity is Severity.CRITICAL or advisory.known_exploited
    return Lane.CRITICAL if urgent and not subject.is_struck else Lane.SECURITY


def _news(builder: PlanBuilder, item: RoomPosts) -> News:
    """What readers in the room were not notified for yet."""
    if item.subject.is_struck:
        return News(frozenset({item.subject.struck_for}) if _is_said_of_struck(builder, item) else frozenset())
    advisory = item.subject.advisory
    if advisory is None:
        return News(frozenset())
    if decide.below(advisory.severity, item.watch_filter) and not advisory.known_exploited:
        return News(frozenset())  # posted while its severity was unknown, which passes every threshold
    points = escalation.worse(advisory, item.notified_for, builder.snapshot)
    reasons = frozenset[str]().union(*(point.reasons for point in points))
    if _is_first_fix(builder, item, advisory):
        reasons |= {FIX}
    return News(reasons, tuple(point.sentence for point in points))


def _is_said_of_struck(builder: PlanBuilder, item: RoomPosts) -> bool:
    """Whether a reply says that the announcement is crossed out: that a release is bad to all who were told of it, a retraction
    only where an edit would not be seen."""
    why = item.subject.struck_for
    if why == WITHDRAWN:
        return _taken_back_since(builder, item)
    return why not in item.notified_for and (why == BAD or item.followed)


def _taken_back_since(builder: PlanBuilder, item: RoomPosts) -> bool:
    """Whether it was withdrawn or removed since it was posted, and no reply says so. A post of an older program does not
    remember that it was struck: then only what was taken back lately counts, and only where the post changes now."""
    if WITHDRAWN in item.notified_for:
        return False
    if item.first.template >= _FIRST_TEMPLATE:
        return True
    when = item.subject.taken_back_at
    return not item.subject.is_shown_by(item.first) and when is not None and when >= builder.now - RECENT


def _is_first_fix(builder: PlanBuilder, item: RoomPosts, advisory: Advisory) -> bool:
    """Whether a fix can be had for the first time, and the room is not shown the release itself. What is still settling may be
    pulled back: it waits."""
    if NO_FIX not in item.notified_for or FIX in item.notified_for:
        return False
    room = item.first.room
    fixes = [fix for fix in to_take(builder.snapshot, advisory).values() if fix is not None]
    names = [str(SubjectId("release", builder.snapshot.project.id, fix.release.tag)) for fix in fixes]
    if not fixes or any((room, name) in builder.in_plan or (room, name) in builder.posted for name in names):
        return False
    tracked = [builder.snapshot.knowledge.releases[fix.release.tag] for fix in fixes]
    waits: list[datetime] = [until for each in tracked if (until := decide.settling(each, builder.settle)) is not None]
    if len(waits) == len(tracked):
        builder.note(room, item.subject.id, Hold("its fix is read once more before a reply says so", min(waits)))
        return False
    return True
