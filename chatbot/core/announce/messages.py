"""What was said in a room, and what is to be said there next."""

import hashlib
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from chatbot.core.delivery import Lane
from chatbot.core.model.message import Message

Verdict = Literal["announce", "amend", "escalate", "skip", "hold"]
MessageKind = Literal["new", "edit", "reply"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was decided of one subject for one room, and why; kept for `/why`. `subject` is `release/<project>/<tag>`,
    `advisory/<project>/<id>` or `policy/<project>/<digest>`."""

    project: str
    subject: str
    room: str
    verdict: Verdict
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedMessage:
    """The last revision of an announcement in a room, sent or on its way.

    `digest` stands for the facts that it shows (`core.shown`), and `template` for its wording; an empty digest equals none.
    `told` are what its readers were called for, such as `severity:high` or `exploited`: nobody is called twice for the same.
    """

    announcement: str
    room: str
    subject: str
    revision: int
    digest: str
    template: int = 0
    told: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedMessage:
    """One message for rooms that shall see the same. `revisions` gives each room's revision number (1 for new words);
    `told` is what its readers are called for from now on. A `reply` answers the announcement's first message. `digest` stands
    for the facts that it shows and `template` for its wording, both computed once, in the plan."""

    project: str
    subject: str
    kind: MessageKind
    message: Message
    lane: Lane
    revisions: Mapping[str, int]
    told: frozenset[str] = frozenset()
    digest: str = ""  # none for what is never edited: a notice
    template: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The difference between what rooms show and what they should show. `look_again_at`: when the clock alone changes it."""

    decisions: tuple[Decision, ...] = ()
    messages: tuple[PlannedMessage, ...] = ()
    look_again_at: datetime | None = None


def short_hash(*parts: str) -> str:
    """24 characters of [a-z2-7] that stand for the parts: fits Discord's nonce (25) and a Matrix transaction id."""
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()
    return b32encode(digest).decode().lower()[:24]


# Marks of one subject begin alike: a store keeps them side by side, and a fan-out to many rooms touches few of its pages.
_ALIKE = 8


def announcement_id(room: str, subject: str) -> str:
    """What marks an announcement in a room, the same for all its revisions."""
    return _hash("announcement", subject)[:_ALIKE] + _hash("announcement", room, subject)[: 24 - _ALIKE]


def delivery_key(announcement: str, revision: int, kind: str) -> str:
    """The idempotency key of one delivery, the same for all its attempts."""
    return announcement[:_ALIKE] + _hash("delivery", announcement, str(revision), kind)[: 24 - _ALIKE]


def _hash(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
