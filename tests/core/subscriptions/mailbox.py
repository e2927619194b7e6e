"""The DM of one person in tests: every plan is carried out at once, and the ledger remembers what was told."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from chatbot.core.announce.messages import PostedMessage, announcement_id
from chatbot.core.model.facts import Advisory
from chatbot.core.model.ids import RoomAddress
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.subscriptions.alerts import Alerts, PersonalMessage, PersonalPlan, Situation
from chatbot.core.subscriptions.subscription import Subscription
from chatbot.core.support.policy import Policy
from tests.core import make

DM = RoomAddress("matrix:dm:!d:example.org")


@dataclass
class Mailbox:
    """What one person subscribed to, and what they were sent.

    revisions: by the id of an advisory, its wordings as they were read
    messages: all that was sent, with the time, in order
    """

    subscriptions: tuple[Subscription, ...]
    policy: Policy | None = None
    settle: timedelta = timedelta()
    posted: dict[str, PostedMessage] = field(default_factory=dict)
    mutes: set[str] = field(default_factory=set)
    revisions: dict[str, list[tuple[datetime, Advisory]]] = field(default_factory=dict)
    messages: list[tuple[datetime, PersonalMessage]] = field(default_factory=list)
    snapshots: list[ProjectSnapshot] = field(default_factory=list)

    @property
    def last(self) -> ProjectSnapshot:
        """What was known when they heard last."""
        return self.snapshots[-1]

    def receive(self, snapshot: ProjectSnapshot, now: datetime, *names: str) -> list[PersonalMessage]:
        """Let the person hear of these advisories (of all without a name) as they are known now; what they are sent."""
        self.snapshots = [snapshot]
        sent_now: list[PersonalMessage] = []
        for name in names or sorted(snapshot.advisories):
            advisory = snapshot.advisories[name]
            wordings = self.revisions.setdefault(name, [])
            if not wordings or wordings[-1][1] != advisory:
                first_read_at = min(report.first_read_at for report in snapshot.reports[name])
                wordings.append((now if wordings else first_read_at, advisory))
            plan = self.plan(snapshot, advisory, now)
            for message in plan.messages:
                self._carry_out(message, now)
            sent_now += plan.messages
            again = self.plan(snapshot, advisory, now)
            assert again.messages == (), "a plan that was carried out leaves something more to send"
        return sent_now

    def plan(self, snapshot: ProjectSnapshot, advisory: Advisory, now: datetime) -> PersonalPlan:
        wordings = self.revisions.get(advisory.id, [])
        alerts = Alerts(snapshot, self.policy, advisory, wordings, now, self.settle)
        return alerts.plan(self.situation(advisory))

    def situation(self, advisory: Advisory) -> Situation:
        names = {f"alert/{advisory.project}/{name}" for name in advisory.ids}
        current = f"alert/{advisory.project}/{advisory.id}"
        alerts = [post for subject, post in self.posted.items() if subject in names]
        alerts.sort(key=lambda post: (post.subject != current, post.subject))
        ids = {post.announcement for post in alerts}
        replies = [post for post in self.posted.values() if post.parent in ids]
        return Situation(
            subscriptions=self.subscriptions,
            posted=alerts[0] if alerts else None,
            doubles=tuple(alerts[1:]),
            replies=tuple(replies),
            muted=advisory.id in self.mutes,
        )

    def _carry_out(self, message: PersonalMessage, now: datetime) -> None:
        self.messages.append((now, message))
        earlier = self.posted.get(message.subject)
        parent = self.posted[message.parent] if message.kind == "reply" else None
        if parent is not None:
            told_all = parent.notified_for | message.notified_for
            self.posted[parent.subject] = replace(parent, notified_for=told_all)
        if message.kind == "edit":
            assert earlier is not None
            assert message.revision == earlier.revision + 1
        else:
            assert earlier is None, "a first message twice"
        self.posted[message.subject] = PostedMessage(
            announcement=announcement_id(DM, message.subject),
            room=DM,
            subject=message.subject,
            revision=message.revision,
            digest=message.digest,
            template=message.template,
            notified_for=message.notified_for,
            parent=parent.announcement if parent is not None else earlier.parent if earlier is not None else "",
        )

    def loud(self) -> list[PersonalMessage]:
        """What made a sound."""
        return [message for _, message in self.messages if message.kind != "edit" and message.message.loud]

    def upgrade(self, words: Subscription, *before: str) -> None:
        """Replace the subscriptions to these scopes by another one."""
        self.subscriptions = (*(each for each in self.subscriptions if each.scope.name not in before), words)


def transcript(messages: Sequence[tuple[datetime, PersonalMessage]]) -> str:
    """What somebody reads, message by message, with how it reaches them."""
    parts = []
    for at, planned in messages:
        sound = "edit" if planned.kind == "edit" else "with sound" if planned.message.loud else "without sound"
        how = f"reply, {sound}" if planned.kind == "reply" else sound
        lines = make.lines_of(planned.message)
        headline = [f"({planned.message.headline})"] if planned.message.loud and planned.kind != "edit" else []
        head = f"{at:%Y-%m-%d %H:%M} · {how} · {planned.lane.name}"
        parts.append("\n".join([head, *headline, *lines]))
    return "\n\n".join(parts) + "\n"
