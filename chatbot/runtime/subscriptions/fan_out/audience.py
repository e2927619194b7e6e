"""News for a project's subscribers, loaded once for all of them: what each situation gets, computed once for equal ones."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from chatbot.core.announce.digest import TEMPLATE
from chatbot.core.announce.messages import PlannedMessage
from chatbot.core.announce.subject import find
from chatbot.core.delivery import Lane
from chatbot.core.images.readiness import images_of
from chatbot.core.images.words import LABEL
from chatbot.core.model.facts import Advisory
from chatbot.core.model.ids import ProjectId, RoomAddress, SubjectId
from chatbot.core.model.message import Message
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.subscriptions.alerts import Alerts, PersonalMessage, Situation
from chatbot.core.subscriptions.releases import is_news_to
from chatbot.core.subscriptions.subscription import Subscription
from chatbot.store.database.db import Tx
from chatbot.store.subscriptions import alerts, mutes
from chatbot.store.subscriptions.alerts import AlertPosts
from chatbot.store.subscriptions.subscriptions import Subscriber

_NOTHING = AlertPosts()
Messages = Sequence[PersonalMessage]
Work = Callable[[], Messages]
Situated = tuple[RoomAddress, Hashable]  # a DM, and what its messages depend on


class Audience(Protocol):
    """One piece of news, and what its subscribers get of it."""

    @property
    def project(self) -> ProjectId: ...

    async def look(self, tx: Tx, subscribers: Sequence[Subscriber]) -> Sequence[tuple[RoomAddress, Hashable, Work]]:
        """For each of these who can be reached: the DM, what their messages depend on, and how to compute them."""

    async def note(self, tx: Tx, situations: Sequence[Situated]) -> None:
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
    _numbers: dict[Hashable, int] = field(default_factory=dict)  # of situations: cheaper to compare

    @property
    def project(self) -> ProjectId:
        return self.snapshot.project.id

    async def look(self, tx: Tx, subscribers: Sequence[Subscriber]) -> Sequence[tuple[RoomAddress, Hashable, Work]]:
        if not subscribers:
            return []
        ids = self.advisory.ids
        muted_by = await mutes.who(tx, self.project, ids, subscribers[0].person, subscribers[-1].person)
        posts: dict[str, AlertPosts] = {}
        if not self.is_new:
            dms = [each.dm for each in subscribers if each.dm]
            posts = await alerts.posted(tx, self.project, self.advisory.id, dms, aliases=ids)
        return [self._one(each, posts, each.person in muted_by) for each in subscribers if each.dm]

    def _one(
        self, subscriber: Subscriber, posts: dict[str, AlertPosts], muted: bool
    ) -> tuple[RoomAddress, Hashable, Work]:
        post = posts.get(subscriber.dm, _NOTHING)
        situation = Situation(
            subscriptions=subscriber.subscriptions, posted=post.alert, replies=post.replies, muted=muted
        )
        number = self._numbers.setdefault(self.alerting.key(situation), len(self._numbers))
        return subscriber.dm, number, lambda: self.alerting.plan(situation).messages

    async def note(self, tx: Tx, situations: Sequence[Situated]) -> None:
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

    async def look(self, tx: Tx, subscribers: Sequence[Subscriber]) -> Sequence[tuple[RoomAddress, Hashable, Work]]:  # noqa: ARG002 - the port's
        return [
            (each.dm, True, self._message)
            for each in subscribers
            if each.dm and any(self._wants(item) for item in each.subscriptions)
        ]

    async def note(self, tx: Tx, situations: Sequence[Situated]) -> None:
        """What they were told of is known by its subject."""

    def _wants(self, subscription: Subscription) -> bool:
        return subscription.releases == "now" and is_news_to(self.snapshot, self.tag, subscription)

    def _message(self) -> Messages:
        subject = find(self.snapshot, str(SubjectId("release", self.project, self.tag)))
        if subject is None:
            return ()
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
