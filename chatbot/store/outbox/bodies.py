"""The messages themselves, each kept once however many rooms show it."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from chatbot.core.model.message import Message
from chatbot.store.database import wire
from chatbot.store.database.db import Tx
from chatbot.store.database.rows import insert, listed_texts, texts
from chatbot.store.database.tables import messages


async def keep(tx: Tx, message: Message) -> str:
    """Keep a message; return its digest."""
    body = wire.dumps(message)
    digest = wire.digest(body)
    await tx.run(tx.insert(messages).values(digest=digest, body=body).on_conflict_do_nothing())
    return digest


async def keep_all(tx: Tx, several: Sequence[Message]) -> list[str]:
    """Keep messages; return the digest of each."""
    pairs = [_digest_and_body(message) for message in several]
    bodies = dict(pairs)
    there = sa.select(messages.c.digest).where(messages.c.digest.in_(texts(tx.postgres)))
    for row in await tx.rows(there, {"b_texts": listed_texts(tx, bodies)}):
        del bodies[row.digest]
    await insert(tx, messages, [{"digest": digest, "body": body} for digest, body in bodies.items()])
    return [digest for digest, _ in pairs]


_MOST = 256  # messages whose text is at hand
_texts: OrderedDict[int, tuple[Message, str, str]] = OrderedDict()  # by the object itself, which is kept as long


def _digest_and_body(message: Message) -> tuple[str, str]:
    """The digest and the text of a message: a fan-out says the same ones again and again."""
    at_hand = _texts.get(id(message))
    if at_hand is None or at_hand[0] is not message:
        body = wire.dumps(message)
        at_hand = _texts[id(message)] = (message, wire.digest(body), body)
        if len(_texts) > _MOST:
            _texts.popitem(last=False)
    return at_hand[1:]


async def read(tx: Tx, digest: str) -> Message | None:
    """The message with this digest, if it is kept."""
    row = await tx.row(sa.select(messages.c.body).where(messages.c.digest == digest))
    return wire.loads(Message, row.body) if row else None


async def reword(tx: Tx, digest: str, words: Message | None, pinging: Message | None) -> str:
    """The message `digest` with other words, or with the mentions of another one besides its own, which stay; return the
    digest of what comes out."""
    old = await read(tx, digest)
    mentions = (old.mentions if old else ()) + (pinging.mentions if pinging else ())
    fresh = words or old or pinging
    if fresh is None:
        return digest
    return await keep(tx, replace(fresh, mentions=tuple(dict.fromkeys(mentions))))
