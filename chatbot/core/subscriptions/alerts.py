"""What one person gets of one advisory: an alert, a reply because it got worse, a silent edit, a withdrawal, or nothing.

An alert is given once, and each reason for it once (`reasons`): what a person was told stands in their ledger, and what they
were shown when they subscribed counts as told. So nothing alerts twice, however often it changes to and fro. A mute ends alerts
and replies about the advisory, whatever happens to it; the message that is there goes on being corrected, which nobody hears.
"""

from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chatbot.core.announce.decide import Announce, Hold, Outcome, Stay, advisory_for
from chatbot.core.announce.digest import TEMPLATE, digest
from chatbot.core.announce.messages import MessageKind, PostedMessage, short_hash
from chatbot.core.announce.subject import FIX, NO_FIX, WITHDRAWN
from chatbot.core.delivery import Lane
from chatbot.core.maintainers.approval import controlled
from chatbot.core.model.facts import Advisory
from chatbot.core.model.ids import SubjectId
from chatbot.core.model.message import Message
from chatbot.core.model.severity import Severity
from chatbot.core.model.watches import WatchFilter
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.subscriptions import reasons
from chatbot.core.subscriptions.alerting.baseline import Baseline
from chatbot.core.subscriptions.alerting.occasion import Occasion
from chatbot.core.subscriptions.alerting.showing import Showing, alert_facts, reply_facts
from chatbot.core.subscriptions.render.alert import alert_message
from chatbot.core.subscriptions.render.escalation import escalation_message
from chatbot.core.subscriptions.render.withdrawal import withdrawal_message
from chatbot.core.subscriptions.subscription import Subscription
from chatbot.core.support.policy import Policy

_EVERYTHING = WatchFilter(events=frozenset({"security"}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What one person wants and was told, of one advisory.

    subscriptions: theirs to the advisory's project
    posted: the alert that they were given, sent or on its way; None before
    doubles: further ones, of advisories that turned out to be this one: they stay true beside it
    replies: those to it
    muted: they want to hear nothing more about the advisory
    """

    subscriptions: tuple[Subscription, ...]
    posted: PostedMessage | None = None
    doubles: tuple[PostedMessage, ...] = ()
    replies: tuple[PostedMessage, ...] = ()
    muted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalMessage:
    """One message for the DM of one person.

    kind: a `reply` is a first message, too: it answers the alert
    parent: the subject of the alert that a reply answers
    The rest is as in `core.announce.messages.PlannedMessage`.
    """

    kind: MessageKind
    subject: str
    message: Message
    lane: Lane
    notified_for: frozenset[str]
    digest: str
    revision: int
    template: int = TEMPLATE
    parent: str = ""


@dataclass(frozen=True, slots=True)
class PersonalPlan:
    """What a person gets now. `replan_at`: when to plan again without any news, since something is read once more first."""

    messages: tuple[PersonalMessage, ...] = ()
    replan_at: datetime | None = None


class Alerts:
    """One advisory as it stands, for all people: what they have in common is computed once. Equal keys give equal plans."""

    def __init__(
        self,
        snapshot: ProjectSnapshot,
        policy: Policy | None,
        advisory: Advisory,
        revisions: Sequence[tuple[datetime, Advisory]],
        now: datetime,
        settle: timedelta,
    ) -> None:
        self._occasion = Occasion(snapshot, policy, advisory, now, settle)
        self._baseline = Baseline(self._occasion, revisions)
        wanted = advisory_for(snapshot, advisory.id, _EVERYTHING, settle)
        control, project = snapshot.control_of_advisory(advisory), snapshot.project
        self._outcome: Outcome = controlled(wanted, control, project, now, now, cards_arrive=False)  # asked before

    @property
    def now(self) -> datetime:
        """As of when."""
        return self._occasion.now

    def moments(self, subscription: Subscription) -> Sequence[datetime]:
        """The times between which it makes no difference for `key` when a subscription like this was made; sorted."""
        return self._baseline.moments(subscription)

    def key(self, situation: Situation) -> Hashable:
        """What the plan depends on, without the person and ids."""
        posts = [each and _key_of_post(each) for each in (situation.posted, *situation.doubles, *situation.replies)]
        own = sorted(map(self._baseline.key, situation.subscriptions))
        return (tuple(own), *posts, len(situation.doubles), situation.muted)

    def plan(self, situation: Situation) -> PersonalPlan:
        """What the person gets now."""
        if not situation.subscriptions:
            return PersonalPlan()
        if situation.posted is None:
            return self._first(situation)
        alerted = frozenset[str]().union(
            *(each.notified_for for each in (situation.posted, *situation.doubles, *situation.replies))
        )
        showing = self._occasion.showing(situation.subscriptions, alerted)
        if not (showing.main or showing.former or showing.withdrawn or showing.removed):
            return PersonalPlan()  # they run something else by now
        shows = digest(alert_facts(showing))
        until = self._occasion.settling
        stale = [each for each in (situation.posted, *situation.doubles) if each.digest != shows]
        if stale and until is not None:
            return PersonalPlan(replan_at=until)
        messages = [self._edit(each, showing, shows) for each in stale]
        messages += self._corrections(situation.replies, showing)
        if showing.control.retracted or isinstance(self._outcome, Stay):  # nobody is told more of it
            return PersonalPlan(tuple(messages))
        reply, replan_at = self._reply(situation, situation.posted, showing, alerted)
        return PersonalPlan((*messages, *reply), replan_at)

    def remind(self, situation: Situation) -> PersonalMessage | None:
        """The reminder that somebody asked for, as a reply to their alert; None where there is nothing to remind them of: they
        run something else by now, were alerted of nothing, or want to hear nothing more of it."""
        if situation.posted is None or situation.muted:
            return None
        showing = self._occasion.showing(situation.subscriptions, situation.posted.notified_for)
        if not showing.main or showing.withdrawn or showing.removed or showing.control.retracted:
            return None
        about = frozenset({f"{reasons.REMINDER}{self._occasion.now.date()}"})
        return self._answer(situation.posted, showing, about, lane_of(self._occasion.advisory))

    def _first(self, situation: Situation) -> PersonalPlan:
        """The first message about the advisory: an alert, or what got worse since the subscription showed it."""
        occasion = self._occasion
        matches = occasion.audible(situation.subscriptions)
        if situation.muted or not matches or not isinstance(self._outcome, Announce | Hold):
            return PersonalPlan()
        before = self._baseline.shown_to(situation.subscriptions)
        showing = occasion.showing(situation.subscriptions, None)
        about, replan_at = frozenset[str](), None
        if before:
            about, replan_at = occasion.worse(showing, matches, before)
            if not about:
                return PersonalPlan(replan_at=replan_at)
        if isinstance(self._outcome, Hold):
            return PersonalPlan(replan_at=self._outcome.until)
        fixes = occasion.fixes(showing)
        if before:  # a fix that is still read once more is for the next time
            fixes = frozenset(each for each in fixes if each != FIX and not each.startswith(reasons.FIX_IN))
        holding = frozenset(map(reasons.of_match, matches)) | reasons.facts_of(occasion.advisory) | fixes
        message = PersonalMessage(
            kind="new",
            subject=str(SubjectId("alert", occasion.snapshot.project.id, occasion.advisory.id)),
            message=alert_message(showing, about),
            lane=lane_of(occasion.advisory),
            notified_for=about | holding | reasons.advised(showing.advices),
            digest=digest(alert_facts(showing)),
            revision=1,
        )
        return PersonalPlan((message,), replan_at)

    def _edit(self, posted: PostedMessage, showing: Showing, shows: str) -> PersonalMessage:
        """The alert as it is now; nobody hears of it. What is for a reply to say counts as told with the reply."""
        fixes = self._occasion.fixes(showing)
        silent = {each for each in fixes if each == NO_FIX or each.startswith(reasons.NO_FIX_IN)}
        return PersonalMessage(
            kind="edit",
            subject=posted.subject,
            message=alert_message(showing),
            lane=Lane.ALERT,
            notified_for=posted.notified_for | silent | reasons.advised(showing.advices),
            digest=shows,
            revision=posted.revision + 1,
        )

    def _corrections(self, replies: Iterable[PostedMessage], showing: Showing) -> list[PersonalMessage]:
        messages = []
        for reply in replies:
            shows = digest(reply_facts(showing, reply.notified_for))
            if shows != reply.digest:
                messages.append(
                    PersonalMessage(
                        kind="edit",
                        subject=reply.subject,
                        message=_reply_message(showing, reply.notified_for),
                        lane=Lane.ALERT,
                        notified_for=reply.notified_for,
                        digest=shows,
                        revision=reply.revision + 1,
                    )
                )
        return messages

    def _reply(
        self, situation: Situation, posted: PostedMessage, showing: Showing, alerted: frozenset[str]
    ) -> tuple[list[PersonalMessage], datetime | None]:
        """What is to be said now: it was withdrawn, it stands again, it got worse, or there is a fix."""
        if situation.muted or not showing.main:
            return [], None
        if showing.withdrawn or showing.removed:
            about = frozenset({WITHDRAWN} - alerted)
            return [self._answer(posted, showing, about, Lane.ALERT)] if about else [], None
        matches = self._occasion.audible(situation.subscriptions, alerted)
        if not matches:
            return [], None
        earlier = alerted | self._baseline.shown_to(situation.subscriptions)
        about, replan_at = self._occasion.worse(showing, matches, earlier)
        if WITHDRAWN in alerted and reasons.STANDS_AGAIN not in alerted:
            about |= {reasons.STANDS_AGAIN}
        lane = lane_of(self._occasion.advisory)
        return [self._answer(posted, showing, about, lane)] if about else [], replan_at

    def _answer(self, posted: PostedMessage, showing: Showing, about: frozenset[str], lane: Lane) -> PersonalMessage:
        project = self._occasion.snapshot.project.id
        return PersonalMessage(
            kind="reply",
            subject=str(SubjectId("follow-up", project, short_hash(posted.subject, *sorted(about)))),
            message=_reply_message(showing, about),
            lane=lane,
            notified_for=about,
            digest=digest(reply_facts(showing, about)),
            revision=1,
            parent=posted.subject,
        )


def _reply_message(showing: Showing, about: Collection[str]) -> Message:
    if WITHDRAWN in about:
        return withdrawal_message(showing)
    return escalation_message(showing, about)


def _key_of_post(posted: PostedMessage) -> Hashable:
    return posted.subject, posted.digest, posted.template, posted.revision, posted.notified_for


def lane_of(advisory: Advisory) -> Lane:
    """How urgent an alert about it is."""
    if advisory.severity is Severity.CRITICAL or advisory.known_exploited:
        return Lane.ALERT_URGENT
    return Lane.ALERT_HIGH if advisory.severity is Severity.HIGH else Lane.ALERT
