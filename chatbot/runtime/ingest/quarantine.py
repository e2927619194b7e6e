"""The journal of parsing, kept in the store: what failed twice is quarantined, and its maintainers are told."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog

from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.ports import Clock
from chatbot.runtime.delivery import notices
from chatbot.sources.parsing.documents import Document
from chatbot.sources.parsing.journal import Past
from chatbot.store import parsing
from chatbot.store.database.db import Store, StoreUnavailable
from chatbot.store.parsing import Attempt

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Quarantine:
    """Writes attempts down. `maintainers_room` gives a project's room, or an empty string; `failpoint` is called where a test may
    end the process."""

    store: Store
    clock: Clock
    maintainers_room: Callable[[ProjectId], RoomAddress]
    failpoint: Callable[[str], None]

    async def recover(self) -> None:
        """At the start: what was being parsed when the bot last ended may have ended it, and is parsed in a worker only.

        It may as well have been a kill, so nothing is concluded from it."""
        try:
            async with self.store.writing() as tx:
                attempts = await parsing.left_over(tx, self.clock())
        except StoreUnavailable as full:  # parsing waits for the store too: nothing is parsed that is not written down
            log.error("the documents parsed last could not be loaded", reason=str(full))  # noqa: TRY400 - its sentence says all
            return
        for attempt in attempts:
            log.info(
                "was being parsed when the bot last stopped",
                project=attempt.project,
                kind=attempt.kind,
                name=attempt.name,
            )

    async def begin(self, documents: Sequence[Document]) -> Mapping[str, Past]:
        """Write down that these are about to be parsed, but for those still in quarantine; return the pasts of those known."""
        now = self.clock()
        attempts = {each.digest: _attempt(each) for each in documents}
        async with self.store.writing() as tx:
            pasts = {digest: _past(row) for digest, row in (await parsing.find(tx, list(attempts))).items()}
            shut = {digest for digest, past in pasts.items() if past.again_at(now) is not None}
            await parsing.begin(tx, [attempts[digest] for digest in attempts if digest not in shut], now)
        self.failpoint("parsing")
        return pasts

    async def finish(self, documents: Sequence[Document]) -> None:
        """Forget these: they were parsed."""
        if documents:
            async with self.store.writing() as tx:
                await parsing.clear(tx, [_attempt(each) for each in documents])

    async def strike(self, document: Document, reason: str) -> Past:
        """Write down that the document ended or exceeded its worker; at the second time it is quarantined."""
        now, own = self.clock(), _attempt(document)
        async with self.store.writing() as tx:
            attempt = (await parsing.find(tx, [own.digest])).get(own.digest, own)
            past = _past(attempt).struck(reason, now)
            await parsing.strike(tx, _attempt(document, past), now)
            if past.quarantined_at is not None:
                to = self.maintainers_room(document.project)
                await notices.quarantined(tx, to, _attempt(document, past), now)
        log.warning(
            "could not be parsed",
            project=document.project,
            kind=document.kind,
            name=document.name,
            reason=reason,
            quarantined=past.quarantined_at is not None,
        )
        return past


def _attempt(document: Document, past: Past | None = None) -> Attempt:
    past = past or Past()
    return Attempt(
        digest=document.digest,
        project=document.project,
        kind=document.kind,
        name=document.name,
        strikes=past.strikes,
        worker_only=past.worker_only,
        reason=past.reason,
        quarantined_at=past.quarantined_at,
    )


def _past(attempt: Attempt) -> Past:
    return Past(
        strikes=attempt.strikes,
        worker_only=attempt.worker_only,
        reason=attempt.reason,
        quarantined_at=attempt.quarantined_at,
    )
