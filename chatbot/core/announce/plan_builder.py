"""A plan while it is made: decisions as they fall, and planned messages of the same words gathered for all their rooms."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import assert_never

from chatbot.core.announce.decide import Announce, Hold, Outcome, Skip
from chatbot.core.announce.digest import TEMPLATE
from chatbot.core.announce.messages import Decision, MessageKind, Plan, PlannedMessage, PostedMessage, Verdict
from chatbot.core.delivery import Lane
from chatbot.core.model.message import Mention, Message
from chatbot.core.snapshot import ProjectSnapshot

BRIDGED = "it is bridged with "  # then the other room's address, which is for those alone who keep both
PostedThere = Mapping[tuple[str, str], PostedMessage]  # (room address, subject) → the last revision said there
Wording = tuple[str, MessageKind, str, tuple[Mention, ...], Lane, frozenset[str]]


@dataclass(slots=True)
class PlanBuilder:
    """What the plan comes to while it is made: planned messages of the same words are gathered into one.

    - `shown`: the rooms, each with a subject, that show it or soon will
    - `listed`: for a room and a subject, the summary that told of it
    - `relisted`: the summaries to look at again, each for one of its subjects
    - `joined`: the summaries that get more subjects, by announcement
    - `bridges`: for a room, the earlier one that it is bridged with
    """

    snapshot: ProjectSnapshot
    posted: PostedThere
    now: datetime
    settle: timedelta
    bridges: Mapping[str, str]
    listed: Mapping[tuple[str, str], PostedMessage] = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)
    messages: dict[Wording, tuple[Message, dict[str, int]]] = field(default_factory=dict)
    look_again: list[datetime] = field(default_factory=list)
    in_plan: set[tuple[str, str]] = field(default_factory=set)
    relisted: list[tuple[PostedMessage, str]] = field(default_factory=list)
    joined: dict[str, tuple[PostedMessage, frozenset[str]]] = field(default_factory=dict)

    def say(
        self,
        place: tuple[str, str],
        kind: MessageKind,
        message: Message,
        lane: Lane,
        *,
        revision: int,
        notified_for: frozenset[str],
        digest: str,
    ) -> None:
        """Gather one room's planned message. `place` is the room and the subject; `digest` stands for the facts it shows."""
        at, subject = place
        wording = (subject, kind, digest, message.mentions, lane, notified_for)
        self.messages.setdefault(wording, (message, {}))[1][at] = revision

    def decide(self, at: str, subject: str, verdict: Verdict, reason: str) -> None:
        project = self.snapshot.project.id
        self.decisions.append(Decision(project=project, subject=subject, room=at, verdict=verdict, reason=reason))

    def note(self, at: str, subject: str, outcome: Outcome) -> None:
        match outcome:
            case Announce(reason=reason):
                self.decide(at, subject, "announce", reason)
            case Skip(reason=reason):
                self.decide(at, subject, "skip", reason)
            case Hold(reason=reason, until=until):
                self.decide(at, subject, "hold", reason)
                self.look_again.append(until)
            case _ as unreachable:
                assert_never(unreachable)

    def told_by_another(self, at: str, subject: str) -> bool:
        """Whether a bridge brings the subject to the room already; noted as the reason for silence."""
        other = self.bridges.get(at)
        if other is None or (other, subject) not in self.in_plan:
            return False
        self.in_plan.add((at, subject))
        self.note(at, subject, Skip(f"{BRIDGED}{other}, which says it"))
        return True

    def build(self) -> Plan:
        planned_messages = [
            PlannedMessage(
                project=self.snapshot.project.id,
                subject=subject,
                kind=kind,
                message=message,
                lane=lane,
                revisions=revisions,
                digest=digest,
                template=TEMPLATE,
                notified_for=notified_for,
            )
            for (subject, kind, digest, _, lane, notified_for), (message, revisions) in self.messages.items()
        ]
        again = max(self.now, min(self.look_again)) if self.look_again else None  # what is overdue waits for a source
        return Plan(decisions=tuple(self.decisions), messages=tuple(planned_messages), look_again_at=again)
