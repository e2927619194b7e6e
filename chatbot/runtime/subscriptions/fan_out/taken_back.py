"""What becomes of a release that subscribers were told of: who was told what decides what they get."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from chatbot.core.announce.messages import PostedMessage
from chatbot.core.announce.subject import Subject
from chatbot.core.model.ids import ProjectId
from chatbot.core.subscriptions.taken_back import Told, corrections
from chatbot.runtime.subscriptions.fan_out.audience import Alike
from chatbot.store.database.db import Tx
from chatbot.store.subscriptions import told
from chatbot.store.subscriptions.subscribers import Subscriber


@dataclass(slots=True)
class OfTakenBack:
    """Those who were told of a release that was removed, or that its maintainers took back."""

    release: Subject

    @property
    def project(self) -> ProjectId:
        return self.release.snapshot.project.id

    async def look(self, tx: Tx, subscribers: Sequence[Subscriber]) -> Sequence[Alike]:
        alike: dict[tuple[object, ...], Alike] = {}
        by_dm = await told.of_release(tx, self.release, [each.dm for each in subscribers])
        for each in subscribers:
            theirs = by_dm.get(each.dm)
            if theirs is not None:
                key = _key(theirs)
                if key not in alike:
                    alike[key] = Alike(key, partial(corrections, self.release, theirs))
                alike[key].dms.append(each.dm)
        return list(alike.values())

    async def note(self, tx: Tx, alike: Sequence[Alike]) -> None:
        """What they were told is known by its subject."""


def _key(theirs: Told) -> tuple[object, ...]:
    return _of_post(theirs.announced), theirs.recommended, _of_post(theirs.warned)


def _of_post(posted: PostedMessage | None) -> object:
    return posted and (posted.digest, posted.revision, posted.notified_for)
