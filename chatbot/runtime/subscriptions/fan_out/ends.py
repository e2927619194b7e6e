"""Reminders of ends of support for those who subscribed to a line: what each was told before decides what they get today."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

from chatbot.core.announce.digest import TEMPLATE, digest
from chatbot.core.delivery import Lane
from chatbot.core.model.ids import ProjectId, SubjectId
from chatbot.core.reminders.ends import LineEnds, ends_by_line
from chatbot.core.reminders.personal import (
    PersonalReminder,
    lines_of,
    personal_message,
    personal_reminders,
    reminder_day,
)
from chatbot.core.reminders.render import reminder_facts, reminder_name
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.subscriptions.alerts import PersonalMessage
from chatbot.core.subscriptions.subscription import Scope
from chatbot.core.support.current import current_policy
from chatbot.core.support.policy import Policy
from chatbot.runtime.subscriptions.fan_out.audience import Alike, Messages
from chatbot.store import reminders
from chatbot.store.database.db import Tx
from chatbot.store.subscriptions.subscribers import Subscriber


def ends_of(loaded: ProjectSnapshot, read: Callable[[str], Policy], now: datetime) -> LineEnds | None:
    """The ends of a project's lines by what its page says today; None where nobody can tell."""
    return ends_by_line(loaded, current_policy(loaded.knowledge, read), reminder_day(now))


@dataclass(slots=True)
class OfEnds:
    """Those who follow lines of a project. What somebody was told is kept by their DM, as it is by room."""

    snapshot: ProjectSnapshot
    ends: LineEnds | None
    today: date
    _lines: dict[Scope, str | None] = field(default_factory=dict)  # of the scopes met so far

    @property
    def project(self) -> ProjectId:
        return self.snapshot.project.id

    async def look(self, tx: Tx, subscribers: Sequence[Subscriber]) -> Sequence[Alike]:
        earlier = await reminders.load(tx, self.project, [each.dm for each in subscribers])
        alike: dict[tuple[PersonalReminder, ...], Alike] = {}
        for each in subscribers:
            theirs = each.subscriptions
            lines = self._lines_of({item.scope for item in theirs})
            due = personal_reminders(self.ends, earlier.get(each.dm, {}), lines, theirs, self.today)
            if due:
                alike.setdefault(due, Alike(due, partial(self._messages, due))).dms.append(each.dm)
        return list(alike.values())

    def _lines_of(self, scopes: Collection[Scope]) -> dict[Scope, str]:
        unknown = [scope for scope in scopes if scope not in self._lines]
        lines = lines_of(self.snapshot, unknown)
        self._lines |= {scope: lines.get(scope) for scope in unknown}
        return {scope: line for scope in scopes if (line := self._lines[scope]) is not None}

    def _messages(self, due: Sequence[PersonalReminder]) -> Messages:
        return [self._message(each) for each in due]

    def _message(self, personal: PersonalReminder) -> PersonalMessage:
        name = reminder_name(personal.reminder, self.today)
        return PersonalMessage(
            kind="new",
            subject=str(SubjectId("reminder", self.project, name)),
            message=personal_message(self.snapshot, personal, self.today),
            lane=Lane.PERSONAL,
            notified_for=frozenset(),
            digest=digest(reminder_facts(personal.reminder)),
            revision=1,
            template=TEMPLATE,
        )

    async def note(self, tx: Tx, alike: Sequence[Alike]) -> None:
        rows = [
            (dm, each.reminder.line, each.reminder.record)
            for together in alike
            if isinstance(together.key, tuple)
            for dm in together.dms
            for each in together.key
        ]
        await reminders.keep_all(tx, self.project, rows)
