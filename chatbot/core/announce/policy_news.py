"""A change of the policy page as an announcement: it is said once, and never edited."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from chatbot.core.announce import decide
from chatbot.core.announce.audience import Watch
from chatbot.core.announce.decide import Announce, Skip, Wait
from chatbot.core.announce.plan_builder import PlanBuilder
from chatbot.core.delivery import Lane
from chatbot.core.model.message import Message
from chatbot.core.model.watches import WatchFilter

POLICY_CHANGED = "the policy changed"


@dataclass(frozen=True, slots=True)
class PolicyNews:
    """A change of the policy page, rendered once: it is announced or not, and never edited. `digest` stands for its facts."""

    subject: str
    message: Message
    digest: str
    read_at: datetime


def announce_policy(builder: PlanBuilder, news: PolicyNews, groups: Iterable[tuple[WatchFilter, list[Watch]]]) -> None:
    """Plan a change of the policy for the rooms that want such news."""
    for watch_filter, group in groups:
        for watch in group:
            room = watch.room.address
            if (room, news.subject) in builder.posted or (room, news.subject) in builder.in_digest:
                builder.in_plan.add((room, news.subject))
            elif builder.bridge_shows(room, news.subject):
                continue
            elif "policy" not in watch_filter.events:
                builder.note(room, news.subject, Skip("this room does not watch policy changes"))
            elif news.read_at < watch.since:
                builder.note(room, news.subject, Skip(decide.TOO_EARLY))
            else:
                place = (room, news.subject)
                builder.in_plan.add(place)
                announced = Announce(POLICY_CHANGED, Lane.ROUTINE)
                outcome = decide.for_digest(announced, watch_filter, news.read_at, watch.last_digest)
                builder.note(room, news.subject, outcome)
                if not isinstance(outcome, Wait):
                    shows, none = news.digest, frozenset[str]()
                    builder.add_message(
                        place, "new", news.message, Lane.ROUTINE, revision=1, notified_for=none, digest=shows
                    )
