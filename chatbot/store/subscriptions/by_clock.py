"""What people were told by the clock – reminders, and when their last list was due – goes where the messages go."""

from collections.abc import Collection, Iterable

from chatbot.core.model.ids import RoomAddress, SubjectId
from chatbot.store import digests, reminders
from chatbot.store.database.db import Tx


async def forget(tx: Tx, dms: Collection[RoomAddress]) -> None:
    """Nothing of it is kept."""
    await reminders.forget(tx, dms)
    await digests.forget(tx, dms)


async def move(tx: Tx, old: RoomAddress, new: RoomAddress) -> None:
    """A person has another DM: what they were told in the old one counts there."""
    await reminders.move(tx, old, new)
    await digests.move(tx, old, new)


async def take_back(tx: Tx, dm: RoomAddress, messages: Iterable[tuple[str, str]]) -> None:
    """These never reached the DM: the announcement and the subject of each."""
    for announcement, subject in messages:
        kind = subject.partition("/")[0]
        if kind == "digest":
            await digests.take_back(tx, announcement)
        elif kind == "reminder":
            about = SubjectId.parse(subject)
            line = about.name.rsplit("/", 2)[0]  # as `core.reminders.render.reminder_name` puts it together
            await reminders.take_back(tx, dm, about.project, line)
