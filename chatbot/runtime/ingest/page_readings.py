"""Tells a project's maintainers in their room how their policy page is read: at first, and whenever that becomes another way."""

import json
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from chatbot.core.announce.messages import short_hash
from chatbot.core.announce.render.reading import reading_message
from chatbot.core.model.ids import NOWHERE, ProjectId, RoomAddress, SubjectId
from chatbot.core.model.knowledge import Knowledge
from chatbot.core.model.watches import Project
from chatbot.core.support.current import current_policy
from chatbot.core.support.reading import reading_facts
from chatbot.runtime.delivery import notices
from chatbot.runtime.ingest.policy_cache import PolicyReader
from chatbot.store import ledger, outbox
from chatbot.store.database.db import Tx

log = structlog.get_logger(__name__)

_NAME = "reading"
_DIGITS = 6  # of the number of a notice, so that the last one is the last in the alphabet

_Check = tuple[RoomAddress, tuple[str, ...]]


@dataclass(slots=True)
class PageReadings:
    """Compares how a page is read now with what a room was last told. That is written in the subject of the notice: its number
    in the room, what the reading comes to, and the text that was read.

    checks: by project, the room and the texts for which this process has compared them
    """

    reader: PolicyReader
    checks: dict[ProjectId, _Check] = field(default_factory=dict)

    def is_due(self, project: Project) -> bool:
        """Whether nobody has looked yet since the start, or since the project's room is another one."""
        return (
            bool(project.maintainers_room) and self.checks.get(project.id, (NOWHERE, ()))[0] != project.maintainers_room
        )

    async def tell(self, tx: Tx, project: Project, facts: Knowledge, now: datetime) -> None:
        """Enqueue a notice where the maintainers do not know yet how the page is read."""
        room = project.maintainers_room
        tracked = facts.newer_unreadable or facts.policy
        texts = tuple(each.digest for each in (facts.policy, facts.newer_unreadable) if each is not None)
        if not room or self.checks.get(project.id) == (room, texts):
            return
        policy = current_policy(facts, self.reader.read)
        if tracked is None or policy is None:
            self.checks[project.id] = (room, texts)
            return
        page = tracked.page
        if page.exists and not page.unreadable and not self.reader.was_parsed(page.text):
            self.checks[project.id] = (room, ())  # how we failed is no reading of it: it is compared once it was parsed
            return
        start = str(SubjectId("notice", project.id, f"{_NAME}-"))
        last = await ledger.last_subject(tx, project.id, room, start)
        number, reading, text = [*last.removeprefix(start).split("-"), "", "", ""][:3] if last else ("0", "", "")
        new_reading, new_text = _hash(json.dumps(reading_facts(policy))), _hash(tracked.digest)
        if new_reading != reading:
            message = reading_message(project, page, policy, now.date(), before=bool(last), same_page=text == new_text)
            name = f"{_NAME}-{int(number) + 1:0{_DIGITS}}-{new_reading}-{new_text}"
            await outbox.lock(tx)
            await outbox.add(tx, [notices.reading(project, message, name)], now)
            log.info("the maintainers are told how their policy page is read", project=project.id, room=room)
            return  # the transaction may still fail: that they were told is seen at the next look
        self.checks[project.id] = (room, texts)


def _hash(text: str) -> str:
    return short_hash(_NAME, text)
