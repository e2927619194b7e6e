"""A change of the policy page as an announcement: it is said once, and never edited."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from chatbot.core.announce import decide
from chatbot.core.announce.audience import Watch
from chatbot.core.announce.decide import Announce, Hold, Outcome, Skip, Stay, Wait
from chatbot.core.announce.plan_builder import Place, PlanBuilder, Waiting
from chatbot.core.delivery import Lane
from chatbot.core.maintainers.approval import controlled
from chatbot.core.maintainers.controls import Control
from chatbot.core.model.message import Message
from chatbot.core.model.watches import WatchFilter

POLICY_CHANGED = "the policy changed"
SAME_AGAIN = "the page says again what it said before"
ONE_OF_SEVERAL = "it is told together with a later change"


@dataclass(frozen=True, slots=True)
class PolicyNews:
    """A change of the policy page, rendered once: it is announced or not, and never edited.

    message: None where the page says again what it said before changes that still wait
    digest: stands for its facts
    read_at: when the page was read, by its server
    waiting: (room, subject) of changes that wait for the maintainers; this one tells of all of them
    """

    subject: str
    message: Message | None
    digest: str
    read_at: datetime
    waiting: frozenset[Place] = frozenset()

    @property
    def replaced(self) -> list[str]:
        """The changes that are told together with this one."""
        return sorted({subject for _, subject in self.waiting if subject != self.subject or self.message is None})


def announce_policy(builder: PlanBuilder, news: PolicyNews, groups: Iterable[tuple[WatchFilter, list[Watch]]]) -> None:
    """Plan a change of the policy for the rooms that want such news."""
    for watch_filter, group in groups:
        for watch in group:
            _for_room(builder, news, watch, watch_filter)
    reason = SAME_AGAIN if news.message is None else ONE_OF_SEVERAL
    for room, subject in sorted(news.waiting):
        if subject in news.replaced:
            builder.note(room, subject, Skip(reason))


def _for_room(builder: PlanBuilder, news: PolicyNews, watch: Watch, watch_filter: WatchFilter) -> None:
    room, place = watch.room.address, (watch.room.address, news.subject)
    waits = any(each == room for each, _ in news.waiting)
    if news.message is None:
        return
    if place in builder.posted or place in builder.in_digest:
        builder.in_plan.add(place)
    elif builder.bridge_shows(room, news.subject):
        return
    elif "policy" not in watch_filter.events:
        builder.note(room, news.subject, Skip("this room does not watch policy changes"))
    elif news.read_at < watch.since and not waits:
        builder.note(room, news.subject, Skip(decide.TOO_EARLY))
    else:
        builder.in_plan.add(place)
        outcome = _outcome(builder, news, watch)
        builder.note(room, news.subject, outcome)
        if isinstance(outcome, Announce):
            shows, none = news.digest, frozenset[str]()
            builder.add_message(place, "new", news.message, Lane.ROUTINE, revision=1, notified_for=none, digest=shows)
        elif not isinstance(outcome, Wait):
            builder.in_plan.discard(place)


def _outcome(builder: PlanBuilder, news: PolicyNews, watch: Watch) -> Outcome:
    """What becomes of it in a room: maintainers may be asked first, and a digest may collect it."""
    project, watch_filter = builder.snapshot.project, watch.room.watch_filter
    announced, control = Announce(POLICY_CHANGED, Lane.ROUTINE), control_of(builder, news.subject)
    outcome = controlled(announced, control, project, news.read_at, builder.now, cards_arrive=builder.cards_arrive)
    if isinstance(outcome, Stay | Hold):
        waiting = Waiting(watch.room.address, Lane.ROUTINE, news.read_at, notes=watch_filter.notes)
        builder.waiting.setdefault(news.subject, []).append(waiting)
    return decide.for_digest(outcome, watch_filter, news.read_at, watch.last_digest)


def control_of(builder: PlanBuilder, subject: str) -> Control:
    """What the maintainers decided about a change of the policy."""
    return builder.snapshot.controls.of(subject)
