"""What is stored of one person, as a value."""

from dataclasses import dataclass
from datetime import datetime

from chatbot.core.model.ids import ProjectId
from chatbot.core.subscriptions.subscription import Person, Subscription


@dataclass(frozen=True, slots=True, kw_only=True)
class Alerted:
    """An alert that was given, and why: `severity:high`, `exploited`."""

    project: ProjectId
    name: str
    reasons: frozenset[str]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Personal:
    """What is stored of one person.

    alerts: those that were given, the oldest first
    mutes: project, advisory and time of each
    snoozes: project, advisory and when it is due
    questions: the commands of the last thirty days with their times, where the chat needs them to be stored
    messages: how many messages to their DM are stored, sent or waiting
    """

    person: Person | None
    subscriptions: tuple[Subscription, ...] = ()
    alerts: tuple[Alerted, ...] = ()
    mutes: tuple[tuple[ProjectId, str, datetime], ...] = ()
    snoozes: tuple[tuple[ProjectId, str, datetime], ...] = ()
    questions: tuple[tuple[str, datetime], ...] = ()
    messages: int = 0

    @property
    def is_empty(self) -> bool:
        return self == Personal(person=None)
