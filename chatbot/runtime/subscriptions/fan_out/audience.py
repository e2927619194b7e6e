"""News for a project's subscribers, loaded once for all of them: what each situation gets, computed once for equal ones."""

from bisect import bisect_left
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol

from chatbot.core.announce.digest import TEMPLATE
from chatbot.core.announce.messages import PlannedMessage
from chatbot.core.announce.subject import find
from chatbot.core.delivery import Lane
from chatbot.core.images.readiness import images_of
from chatbot.core.images.words import LABEL
from chatbot.core.model.facts import Advisory
from chatbot.core.model.ids import NOWHERE, ProjectId, RoomAddress, SubjectId
from chatbot.core.model.message import Message
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.subscriptions.ageing import OLD
from chatbot.core.subscriptions.alerts import Alerts, PersonalMessage, Situation
from chatbot.core.subscriptions.releases import is_news_to
from chatbot.core.subscriptions.subscription import Subscription
from chatbot.store.database.columns import to_number
from chatbot.store.database.db import Tx
from chatbot.store.subscriptions import alerts, mutes
from chatbot.store.subscriptions.alerts import AlertPosts
from chatbot.store.subscriptions.subscribers import Stored, Subscriber

_NOTHING = AlertPosts()
Messages = Sequence[PersonalMessage]


@dataclass(slots=True)
class Alike:
    """DMs whose people get the same.

    key: equal keys, equal messages
    work: computes them
    """

    key: Hashable
    work: Callable[[], Messages]
    dms: list[RoomAddress] = field(default_factory=list)


class Audience(Protocol):
    """One piece of news, and what its subscribers get of it."""

    @property
    def project(self) -> ProjectId: ...

    async def look(self, tx: Tx, subscribers: Sequence[Subscriber]) -> Sequence[Alike]:
        """What these people get, by what it depends on."""

    async def note(self, tx: Tx, alike: Sequence[Alike]) -> None:
        """Write down beside the messages what later ones depend on."""


@dataclass(slots=True)
class OfAdvisory:
    """The subscribers of an advisory's project.

    names: all ids of the advisory, under which alerts may have been posted
    """

    snapshot: ProjectSnapshot
    advisory: Advisory
    alerting: Alerts
    is_new: bool = False  # nobody was alerted of it before this fan-out began
    _old: int = field(init=False)  # who confirmed before it has an old subscription
    _numbers: dict[Hashable, int] = field(default_factory=dict)  # of situations: cheaper to compare
    _looks: dict[Hashable, int] = field(default_factory=dict)  # by what is stored: the number of the situation
    _wishes: dict[Hashable, tuple[int, Sequence[int]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._old = to_number(self.alerting.now - OLD)

    @property
    def project(self) -> ProjectId:
        return self.snapshot.project.id

    async def look(self, tx: Tx, subscribers: Sequence[Subscriber]) -> Sequence[Alike]:
        if not subscribers:
            return []
        ids = self.advisory.ids
        muted_by = await mutes.who(tx, self.project, ids, [each.person for each in subscribers])
        posts: dict[str, AlertPosts] = {}
        if not self.is_new:
            dms = [each.dm for each in subscribers]
            posts = await alerts.posted(tx, self.project, self.advisory.id, dms, aliases=ids)
        alike: dict[int, Alike] = {}
        for each in subscribers:
            number, situation = self._number(each, posts.get(each.dm), muted=each.person in muted_by)
            if number not in alike:
                alike[number] = Alike(number, partial(self._messages, situation))
            alike[number].dms.append(each.dm)
        return list(alike.values())

    def _number(
        self, subscriber: Subscriber, post: AlertPosts | None, *, muted: bool
    ) -> tuple[int, Callable[[], Situation]]:
        """The number of a person's situation, and the situation itself; most are in one that was met before."""

        def situation() -> Situation:
            there = post or _NOTHING
            return Situation(
                subscriptions=subscriber.subscriptions,
                posted=there.alert,
                doubles=there.doubles,
                replies=there.replies,
                muted=muted,
            )

        if post is not None or muted:
            return self._numbered(situation()), situation
        looks = tuple(map(self._look, subscriber.stored))
        number = self._looks.get(looks)
        if number is None:
            number = self._looks[looks] = self._numbered(situation())
        return number, situation

    def _numbered(self, situation: Situation) -> int:
        return self._numbers.setdefault(self.alerting.key(situation), len(self._numbers))

    def _look(self, stored: Stored) -> tuple[int, int]:
        """Equal for subscriptions on which an alert depends in the same way."""
        is_old = stored.confirmed_at <= self._old
        wish = self._wishes.get((stored.wish, is_old))
        if wish is None:
            (subscription,) = Subscriber(NOWHERE, NOWHERE, self.project, (stored,)).subscriptions
            moments: Sequence[int] = [to_number(at) for at in self.alerting.moments(subscription)]
            wish = self._wishes[stored.wish, is_old] = (len(self._wishes), moments)
        number, moments = wish
        return number, bisect_left(moments, stored.since)

    def _messages(self, situation: Callable[[], Situation]) -> Messages:
        return self.alerting.plan(situation()).messages

    async def note(self, tx: Tx, alike: Sequence[Alike]) -> None:
        """What they were alerted for is kept with the alerts."""


@dataclass(slots=True)
class OfRelease:
    """Those who want to hear of releases at once."""

    snapshot: ProjectSnapshot
    tag: str
    _messages: list[PersonalMessage] = field(default_factory=list)

    @property
    def project(self) -> ProjectId:
        return self.snapshot.project.id

    async def look(self, tx: Tx, subscribers: Sequence[Subscriber]) -> Sequence[Alike]:  # noqa: ARG002 - the port's
        them = [each.dm for each in subscribers if any(map(self._wants, each.subscriptions))]
        return [Alike("all", self._message, them)] if them else []

    async def note(self, tx: Tx, alike: Sequence[Alike]) -> None:
        """What they were told of is known by its subject."""

    def _wants(self, subscription: Subscription) -> bool:
        return subscription.releases == "now" and is_news_to(self.snapshot, self.tag, subscription)

    def _message(self) -> Messages:
        subject = find(self.snapshot, str(SubjectId("release", self.project, self.tag)))
        if subject is None or subject.message.struck or subject.control.skipped or subject.control.held_at is not None:
            return ()  # since it was asked for, which may have been long ago
        message = PersonalMessage(
            kind="new",
            subject=subject.id,
            message=self._without_late_images(_for_a_subscriber(subject.message)),
            lane=Lane.PERSONAL,
            notified_for=frozenset(),
            digest=subject.digest_for("short"),
            revision=1,
            template=TEMPLATE,
        )
        return (message,)

    def _without_late_images(self, message: Message) -> Message:
        """Nobody edits it once the images come: it says where they are only where all are there."""
        if all(image.is_complete for image in images_of(self.snapshot, self.tag) if image.name is not None):
            return message
        return replace(message, fields=tuple(each for each in message.fields if each.label != LABEL))


def _for_a_subscriber(message: Message) -> Message:
    """An announcement without the offer to subscribe, which its reader has taken."""
    return replace(message, actions=tuple(each for each in message.actions if each.name != "subscribe"))


def planned_message(project: ProjectId, message: PersonalMessage, rooms: Sequence[RoomAddress]) -> PlannedMessage:
    """What these DMs get, for the outbox."""
    return PlannedMessage(
        project=project,
        subject=message.subject,
        kind=message.kind,
        message=message.message,
        lane=message.lane,
        revisions=dict.fromkeys(rooms, message.revision),
        notified_for=message.notified_for,
        digest=message.digest,
        template=message.template,
        parent=message.parent,
    )
