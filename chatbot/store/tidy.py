"""What nobody needs any more is forgotten: old questions and their answers. What was announced, where and why is kept."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from chatbot.core.delivery import PRUNABLE
from chatbot.store import inbox
from chatbot.store.database.db import Tx
from chatbot.store.database.states import state_in
from chatbot.store.database.tables import deliveries, messages
from chatbot.store.outbox import heads
from chatbot.store.privacy import forgetting
from chatbot.store.subscriptions import lists

KEEP = timedelta(days=30)


async def tidy(tx: Tx, now: datetime) -> int:
    """Forget questions and answers of more than thirty days ago, and words that no delivery says; return how many rows."""
    await heads.lock(tx)  # else words may go that somebody is about to say once more
    count = await inbox.prune(tx, now)
    answers = deliveries.c.announcement.is_(None) & (deliveries.c.enqueued_at < now - KEEP)
    count += await tx.run(sa.delete(deliveries).where(answers, state_in(PRUNABLE)))
    count += await forgetting.sweep(tx, now)
    count += await lists.forget_old(tx, now)
    in_use = sa.select(deliveries.c.message)  # read once, and not for each message
    return count + await tx.run(sa.delete(messages).where(messages.c.digest.not_in(in_use)))
