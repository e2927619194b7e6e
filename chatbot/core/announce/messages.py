"""What was posted in a room, and what is to be posted there next."""

import hashlib
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Literal

from chatbot.core.delivery import Lane
from chatbot.core.model.ids import DIRECT, NOWHERE, ProjectId, RoomAddress
from chatbot.core.model.message import Message

Verdict = Literal["announce", "amend", "escalate", "skip", "hold"]
MessageKind = Literal["new", "edit", "reply"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was decided about one subject for one room, and why; `/why` shows it. `subject` is `release/<project>/<tag>`,
    `advisory/<project>/<id>` or `policy/<project>/<digest>`."""

    project: ProjectId
    subject: str
    room: RoomAddress
    verdict: Verdict
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedMessage:
    """The last revision of an announcement in a room, sent or on its way.

    digest: stands for the facts that it shows (`core.announce.digest`); an empty one equals none
    template: the number of its wording
    notified_for: why its readers were pinged, such as `severity:high` or `exploited`: nobody is pinged twice for the same
    parent: of a follow-up, the announcement that it replies to
    """

    announcement: str
    room: RoomAddress
    subject: str
    revision: int
    digest: str
    template: int = 0
    notified_for: frozenset[str] = frozenset()
    parent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedMessage:
    """One message for rooms that should see the same.

    kind: a `reply` is a first message, too: a follow-up that answers the announcement of `parent`
    revisions: each room's revision number, 1 for a new announcement
    notified_for: why its readers are pinged, or were before
    digest, template: of the facts that it shows and of its wording, both computed once, in the plan
    parent: the subject whose announcement a reply answers, as it was posted
    """

    project: ProjectId
    subject: str
    kind: MessageKind
    message: Message
    lane: Lane
    revisions: Mapping[RoomAddress, int]
    notified_for: frozenset[str] = frozenset()
    digest: str = ""  # none for what is never edited: a notice
    template: int = 0
    parent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The difference between what rooms show and what they should show. `replan_at`: when to plan again without any news."""

    decisions: tuple[Decision, ...] = ()
    messages: tuple[PlannedMessage, ...] = ()
    replan_at: datetime | None = None


def short_hash(*parts: str) -> str:
    """24 characters of [a-z2-7] that stand for the parts: fits Discord's nonce (25) and a Matrix transaction id."""
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()
    return b32encode(digest).decode().lower()[:24]


# The ids of one subject share their beginning, so that an index keeps them together and a fan-out touches few of its pages.
_ALIKE = 8
# There are a hundred times as many DMs as rooms, and they are gone through in the order of their names. So their ids have four
# characters of the subject, then what their names begin with, and end in what is theirs alone.
_ALIKE_FOR_DMS, _OF_THE_NAME, _OWN = 4, 8, 12


def announcement_id(room: RoomAddress, subject: str) -> str:
    """The id of an announcement in a room, the same for all its revisions."""
    own = _hash("announcement", room, subject)
    if not room.is_direct:
        return _of_subject(subject)[:_ALIKE] + own[: 24 - _ALIKE]
    begin = room.find(":") + 1 + len(DIRECT)
    name = room[begin : begin + _OF_THE_NAME].translate(_AS_DIGITS).ljust(_OF_THE_NAME, "0")
    return _of_subject(subject)[:_ALIKE_FOR_DMS] + name + own[:_OWN]


def delivery_key(announcement: str, revision: int, kind: str, room: RoomAddress = NOWHERE) -> str:
    """The idempotency key of one delivery, the same for all its attempts. `room`: where to."""
    alike = 24 - _OWN if room.is_direct else _ALIKE
    return announcement[:alike] + _hash("delivery", announcement, str(revision), kind)[: 24 - alike]


class _AsDigits(dict[int, str]):
    """Any character as a hexadecimal digit; the digits are themselves."""

    def __missing__(self, character: int) -> str:
        digit = self[character] = f"{character % 16:x}"
        return digit


_AS_DIGITS = _AsDigits()


@lru_cache(maxsize=64)
def _of_subject(subject: str) -> str:
    return _hash("announcement", subject)


def _hash(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
