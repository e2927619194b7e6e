"""What rooms watch by command, kept until somebody ends it; when each began by the source's clock is in `watches`."""

import json

import sqlalchemy as sa

from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.watching.room_watch import RoomWatch
from chatbot.store.database.db import Tx
from chatbot.store.database.people_tables import room_watches

CHANGED = "room_watches"  # is woken, in other processes too, when one was added, changed or ended


async def every(tx: Tx) -> list[RoomWatch]:
    """All of them."""
    rows = await tx.rows(sa.select(room_watches).order_by(room_watches.c.project, room_watches.c.room))
    return [
        RoomWatch(
            room=RoomAddress(row.room),
            project=ProjectId(row.project),
            options=json.loads(row.options),
            repository=row.repository,
            server=row.server,
            began_at=row.began_at,
        )
        for row in rows
    ]


async def put(tx: Tx, watch: RoomWatch) -> None:
    """Write it down; one that is there gets the new options, and goes on."""
    options = json.dumps(dict(watch.options), sort_keys=True)
    adding = tx.insert(room_watches).values(
        room=watch.room,
        project=watch.project,
        repository=watch.repository,
        server=watch.server,
        options=options,
        began_at=watch.began_at,
    )
    await tx.run(adding.on_conflict_do_update(index_elements=["room", "project"], set_={"options": options}))
    tx.woken.add(CHANGED)


async def remove(tx: Tx, room: RoomAddress, project: ProjectId) -> bool:
    """End it; whether there was one."""
    this = (room_watches.c.room == room) & (room_watches.c.project == project)
    tx.woken.add(CHANGED)
    return await tx.run(sa.delete(room_watches).where(this)) > 0
