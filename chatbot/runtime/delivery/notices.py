"""What a project's maintainers are told in their room when a person is needed: once for each thing, through the outbox."""

from dataclasses import replace
from datetime import datetime, timedelta

from chatbot.core.announce.messages import PlannedMessage, short_hash
from chatbot.core.announce.render.release import version_label
from chatbot.core.delivery import Lane
from chatbot.core.model.ids import ProjectId, RoomAddress, SubjectId
from chatbot.core.model.message import Message, Tone, field_of, paragraph
from chatbot.core.model.watches import Project
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.runtime.delivery import direct
from chatbot.store import outbox, parsing
from chatbot.store.database.db import Tx
from chatbot.store.outbox import Claimed
from chatbot.store.parsing import Attempt

_UNPARSED = (
    "It took its parser too long, or ended it, twice. It is announced without its text, and tried again daily and when it "
    "changes. Until then nothing is concluded from it: answers that depend on it say that they cannot tell."
)
MOST_UNPARSED = 5  # a day and a project; `/status` names more
_FIX = "See what waits with `chatbot deliveries list`, then `retry` or `drop` it by its number."


async def parked(tx: Tx, to: RoomAddress, claimed: Claimed, reason: str, now: datetime) -> None:
    """A message needs a person; the same fault of the same words in many rooms is one notice."""
    words = claimed.outgoing.message.title
    message = Message(
        title="A message could not be delivered",
        tone=Tone.WARNING,
        fields=(
            field_of("Message", words),
            field_of("Room", direct.shown(claimed.outgoing.room)),
            field_of("Reason", reason),
        ),
        body=(paragraph(_FIX),),
    )
    await _tell(tx, to, claimed, message, short_hash("parked", claimed.project, words, reason), now)


async def given_up(tx: Tx, to: RoomAddress, claimed: Claimed, reason: str, now: datetime) -> None:
    """A message became too old to be worth planned message before it could be said."""
    words = claimed.outgoing.message.title
    message = Message(
        title="A message was given up",
        tone=Tone.WARNING,
        fields=(
            field_of("Message", words),
            field_of("Room", direct.shown(claimed.outgoing.room)),
            field_of("Last failure", reason),
        ),
        body=(paragraph("`chatbot deliveries retry` says it all the same."),),
    )
    await _tell(tx, to, claimed, message, short_hash("given up", claimed.project, words), now)


async def refused(tx: Tx, to: RoomAddress, claimed: Claimed, reason: str, now: datetime) -> None:
    """A room began to refuse our messages. It is tried again by itself; this is said once until it takes one."""
    room = claimed.outgoing.room
    message = Message(
        title="A room refuses the bot's messages",
        tone=Tone.WARNING,
        fields=(field_of("Room", direct.shown(room)), field_of("Reason", reason)),
        body=(paragraph("It is tried again automatically, hourly at the latest, and what it missed waits."),),
    )
    await _tell(tx, to, claimed, message, short_hash("refused", claimed.project, room, now.isoformat()), now)


async def quarantined(tx: Tx, to: RoomAddress, attempt: Attempt, now: datetime) -> None:
    """Something that the project published ended its parser twice. Whoever publishes chooses how many there are and how often
    each changes: each is told of once a day, and of a few only."""
    message = Message(
        title=f"{attempt.name} cannot be parsed",
        tone=Tone.WARNING,
        fields=(field_of("What", attempt.kind), field_of("Reason", attempt.reason)),
        body=(paragraph(_UNPARSED),),
    )
    day = now - timedelta(days=1)
    lately = [
        each
        for each in await parsing.quarantined(tx, [attempt.project], now)
        if each.quarantined_at and each.quarantined_at > day
    ]
    if to and len(lately) <= MOST_UNPARSED:
        key = short_hash("quarantined", attempt.kind, attempt.name, now.date().isoformat())
        await _add(tx, to, attempt.project, message, key, now)


def remark(project: Project, sentence: str) -> list[PlannedMessage]:
    """Something about a project's sources that a person should see to: once for each sentence."""
    if not project.maintainers_room:
        return []
    message = Message(
        title=f"{project.name}: please check the configuration", tone=Tone.WARNING, body=(paragraph(sentence),)
    )
    return [_planned_message(project.id, project.maintainers_room, message, short_hash("remark", project.id, sentence))]


def renumbered(project: Project, snapshot: ProjectSnapshot) -> list[PlannedMessage]:
    """A project began to count its versions again, so that a lower number is the newer one: once for each time."""
    if not project.maintainers_room:
        return []
    return [_renumbered(project, version_label(old), version_label(new)) for old, new in snapshot.renumbered()]


def _renumbered(project: Project, old: str, new: str) -> PlannedMessage:
    message = Message(
        title=f"{project.name} counts its versions again",
        tone=Tone.WARNING,
        fields=(field_of("Before", old), field_of("Since then", new)),
        body=(
            paragraph(
                f"{new} is lower than {old} and was made after it. From {new} on, every release counts as newer than {old}."
                " If that is wrong, the operator can leave the wrong tags out with `exclude_tags`."
            ),
        ),
    )
    return _planned_message(
        project.id, project.maintainers_room, message, short_hash("renumbered", project.id, old, new)
    )


def findings(project: Project, message: Message, name: str) -> PlannedMessage:
    """What maintainers are asked to fix in an advisory of theirs: once for each `name`, and before it is announced."""
    return _planned_message(project.id, project.maintainers_room, message, name)


def reading(project: Project, message: Message, name: str) -> PlannedMessage:
    """How a project's policy page is read: once for each `name`. It is no news about security, and lets that pass."""
    planned = _planned_message(project.id, project.maintainers_room, message, name)
    return replace(planned, lane=Lane.ROUTINE)


async def _tell(tx: Tx, to: RoomAddress, claimed: Claimed, message: Message, name: str, now: datetime) -> None:
    if to and to != claimed.outgoing.room:  # a room that takes nothing cannot be told so
        await _add(tx, to, claimed.project, message, name, now)


async def _add(tx: Tx, to: RoomAddress, project: ProjectId, message: Message, name: str, now: datetime) -> None:
    await outbox.add(tx, [_planned_message(project, to, message, name)], now)


def _planned_message(project: ProjectId, to: RoomAddress, message: Message, name: str) -> PlannedMessage:
    return PlannedMessage(
        project=project,
        subject=str(SubjectId("notice", project, name)),
        kind="new",
        message=message,
        lane=Lane.SECURITY,
        revisions={to: 1},
    )
