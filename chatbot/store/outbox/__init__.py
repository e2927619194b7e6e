"""The outbox: what is to be sent where and in which order, what is claimed, and what became of it."""

from chatbot.store.outbox.backlog import counts, failing, last_sent, oldest_pending, oldest_stuck, refusing
from chatbot.store.outbox.claims import Claimed, claim, next_due, recover
from chatbot.store.outbox.enqueue import add, add_addressed, add_answer
from chatbot.store.outbox.heads import lock
from chatbot.store.outbox.outcomes import drop, expire, park, record_sent, refuse, retry_at
from chatbot.store.outbox.rows import Addressed, address

__all__ = [
    "Addressed",
    "Claimed",
    "add",
    "add_addressed",
    "add_answer",
    "address",
    "claim",
    "counts",
    "drop",
    "expire",
    "failing",
    "last_sent",
    "lock",
    "next_due",
    "oldest_pending",
    "oldest_stuck",
    "park",
    "record_sent",
    "recover",
    "refuse",
    "refusing",
    "retry_at",
]
