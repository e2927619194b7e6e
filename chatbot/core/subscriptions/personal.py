"""What is stored of one person, as a value."""

from dataclasses import dataclass
from datetime import datetime

from chatbot.core.model.ids import ProjectId, SubjectKind
from chatbot.core.subscriptions.subscription import Person, Subscription


@dataclass(frozen=True, slots=True, kw_only=True)
class Alerted:
    """A message that was sent, and why: `severity:high`, `exploited`. `kind` says whether it is an alert, a reply to one
    (`follow-up`), a release, what became of one (`correction`), a reminder, or a weekly list (`digest`)."""

    kind: SubjectKind = "alert"
    project: ProjectId
    name: str
    reasons: frozenset[str]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Personal:
    """What is stored of one person.

    alerts: those that were given, and what else was sent but answers, the oldest first
    mutes: project, advisory and time of each
    snoozes: project, advisory and when it is due
    questions: the commands of the last thirty days with their times, where the chat needs them to be stored
    messages: how many messages to their DM are stored, sent or waiting
    waiting: how many pieces of news they are to be asked about again, or looked at for
    decisions: how many entries of a maintainers' log are theirs, which stay
    """

    person: Person | None
    subscriptions: tuple[Subscription, ...] = ()
    alerts: tuple[Alerted, ...] = ()
    mutes: tuple[tuple[ProjectId, str, datetime], ...] = ()
    snoozes: tuple[tuple[ProjectId, str, datetime], ...] = ()
    questions: tuple[tuple[str, datetime], ...] = ()
    messages: int = 0
    waiting: int = 0
    decisions: int = 0

    @property
    def is_empty(self) -> bool:
        return self == Personal(person=None)
