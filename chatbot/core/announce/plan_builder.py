"""A plan in the making: collects decisions, and merges equal messages for several rooms into one planned message."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import assert_never

from chatbot.core.announce.decide import Announce, Hold, Outcome, Skip, Stay, Wait
from chatbot.core.announce.digest import TEMPLATE
from chatbot.core.announce.messages import Decision, MessageKind, Plan, PlannedMessage, PostedMessage, Verdict
from chatbot.core.delivery import Lane
from chatbot.core.line_roles.pinged import Pinged
from chatbot.core.maintainers.renderings import Renderers
from chatbot.core.model.ids import RoomAddress, SubjectId
from chatbot.core.model.message import Mention, Message
from chatbot.core.model.watches import NotesLength
from chatbot.core.snapshot import ProjectSnapshot

BRIDGED = "it is bridged with "  # followed by the other room's address, which only maintainers of both may see
SAME_AS = "it is the same as "  # followed by the subject under which an advisory goes on
EDITED = "its words changed"
IN_DIGEST = "this room's digest lists it"
Place = tuple[RoomAddress, str]  # a room, and a subject there
PostedThere = Mapping[Place, PostedMessage]  # the last revision posted there
Wording = tuple[str, MessageKind, str, str, tuple[Mention, ...], Lane, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A room that is to be told of something once the maintainers have approved it, or let it go.

    ready_at: when it could first have been announced
    pings: whether it pings there
    notes: how much of release notes it shows
    """

    room: RoomAddress
    lane: Lane
    ready_at: datetime
    pings: bool = False
    notes: NotesLength = "short"


@dataclass(slots=True)
class PlanBuilder:
    """Collects what a plan consists of. Messages with equal words become one planned message.

    - `in_plan`: (room, subject) for each room that shows the subject or will show it
    - `listed`: the summary that lists a subject in a room, by (room, subject)
    - `in_digest`: (room, subject) for each subject that a digest of the room lists; the digest is corrected elsewhere
    - `relisted`: the summaries that may need an edit, each with the subject that changed
    - `joined`: the summaries that get more subjects, by announcement
    - `hold_ends`: until when a first announcement waits, by (room, subject)
    - `parents`: the subject that a reply answers, by the reply's subject
    - `bridges`: the earlier room that a room is bridged with, by the room's address
    - `cards_arrive`: whether the maintainers can be asked
    - `renderers`: how messages look in each chat, for cards
    - `waiting`: the rooms where a subject waits for its maintainers, by subject
    - `planned`: the subjects that were looked at
    - `pinged`: which roles of release lines are pinged
    """

    snapshot: ProjectSnapshot
    posted: PostedThere
    now: datetime
    settle: timedelta
    bridges: Mapping[RoomAddress, RoomAddress]
    listed: Mapping[Place, PostedMessage] = field(default_factory=dict)
    in_digest: Collection[Place] = frozenset()
    cards_arrive: bool = True
    renderers: Renderers = field(default_factory=dict)
    waiting: dict[str, list[Waiting]] = field(default_factory=dict)
    planned: set[str] = field(default_factory=set)
    decisions: list[Decision] = field(default_factory=list)
    messages: dict[Wording, tuple[Message, dict[RoomAddress, int]]] = field(default_factory=dict)
    replan_times: list[datetime] = field(default_factory=list)
    in_plan: set[Place] = field(default_factory=set)
    relisted: list[tuple[PostedMessage, str]] = field(default_factory=list)
    joined: dict[str, tuple[PostedMessage, frozenset[str]]] = field(default_factory=dict)
    hold_ends: dict[Place, datetime] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    pinged: Pinged = field(init=False)

    def __post_init__(self) -> None:
        self.pinged = Pinged(self.snapshot)

    def add_message(
        self,
        place: Place,
        kind: MessageKind,
        message: Message,
        lane: Lane,
        *,
        revision: int,
        notified_for: frozenset[str],
        digest: str,
        layout: str = "",
        parent: str = "",
    ) -> None:
        """Plan a message for one room. `place` is the room and the subject; `digest` stands for the facts that it shows, and
        `layout` for what else makes messages about them differ; `parent` is the subject that a reply answers, the same for
        all rooms."""
        room, subject = place
        if parent:
            self.parents[subject] = parent
        wording = (subject, kind, digest, layout, message.mentions, lane, notified_for)
        self.messages.setdefault(wording, (message, {}))[1][room] = revision

    def decide(self, room: RoomAddress, subject: str, verdict: Verdict, reason: str) -> None:
        project = self.snapshot.project.id
        self.decisions.append(Decision(project=project, subject=subject, room=room, verdict=verdict, reason=reason))

    def advisory(self, name: str) -> str:
        """The subject of an advisory of the project."""
        return str(SubjectId("advisory", self.snapshot.project.id, name))

    def note(self, room: RoomAddress, subject: str, outcome: Outcome) -> None:
        match outcome:
            case Announce(reason=reason):
                self.decide(room, subject, "announce", reason)
            case Skip(reason=reason):
                self.decide(room, subject, "skip", reason)
            case Hold(reason=reason, until=until):
                self.decide(room, subject, "hold", reason)
                self.replan_times.append(until)
            case (
                Wait(reason=reason) | Stay(reason=reason)
            ):  # a digest collects it, or somebody's word decides it: nothing has to be planned for it by then
                self.decide(room, subject, "hold", reason)
            case _ as unreachable:
                assert_never(unreachable)

    def bridge_shows(self, room: RoomAddress, subject: str) -> bool:
        """Whether the room gets the subject through a bridge; if so, a skip with that reason is recorded."""
        other = self.bridges.get(room)
        if other is None or (other, subject) not in self.in_plan:
            return False
        self.in_plan.add((room, subject))
        self.note(room, subject, Skip(f"{BRIDGED}{other}, which shows it"))
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
                parent=self.parents.get(subject, "") if kind == "reply" else "",
            )
            for (subject, kind, digest, _, _, lane, notified_for), (message, revisions) in self.messages.items()
        ]
        again = max(self.now, min(self.replan_times)) if self.replan_times else None  # never in the past
        return Plan(decisions=tuple(self.decisions), messages=tuple(planned_messages), replan_at=again)
