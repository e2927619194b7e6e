"""What registries said of the images of a project's releases."""

from collections.abc import Sequence
from typing import get_args

import sqlalchemy as sa

from chatbot.core.model.ids import ProjectId
from chatbot.core.model.images import ImageName, ImageState, Platform, Presence
from chatbot.store.database.db import Tx
from chatbot.store.database.tables import images
from chatbot.store.knowledge import source_states

_MAY_READ: frozenset[Presence] = frozenset(get_args(Presence))


async def load(tx: Tx, project: ProjectId) -> dict[str, tuple[ImageState, ...]]:
    """By tag, the images of a release in the order in which they were configured."""
    states: dict[str, tuple[ImageState, ...]] = {}
    rows = sa.select(images).where(images.c.project == project).order_by(images.c.tag, images.c.place, images.c.image)
    for row in await tx.rows(rows):
        state = ImageState(
            name=_name(row.image),
            must_have=_platforms(row.must_have),
            presence=row.presence if row.presence in _MAY_READ else "unknown",
            platforms=_platforms(row.platforms),
            digest=row.digest,
            before=row.before,
            first_seen_at=row.first_seen_at,
            asked_at=row.asked_at,
            failures=row.failures,
            trouble=row.trouble,
        )
        states[row.tag] = (*states.get(row.tag, ()), state)
    return states


async def replace(tx: Tx, project: ProjectId, tag: str, states: Sequence[ImageState]) -> None:
    """Write down what is known now of all images of a release; what is no image of it any more is forgotten."""
    await tx.run(sa.delete(images).where(images.c.project == project, images.c.tag == tag))
    rows = [
        {
            "project": project,
            "tag": tag,
            "image": str(state.name),
            "place": place,
            "must_have": _text(state.must_have),
            "presence": state.presence,
            "platforms": _text(state.platforms),
            "digest": state.digest,
            "before": state.before,
            "first_seen_at": state.first_seen_at,
            "asked_at": state.asked_at,
            "failures": state.failures,
            "trouble": state.trouble,
        }
        for place, state in enumerate(states)
    ]
    if rows:
        await tx.run(sa.insert(images), rows)
    await source_states.bump(tx, [project])


def _name(text: str) -> ImageName:
    registry, _, path = text.partition("/")
    repository, _, tag = path.rpartition(":")
    return ImageName(registry, repository, tag)


def _text(platforms: Sequence[Platform]) -> str:
    return " ".join(map(str, platforms))


def _platforms(text: str) -> tuple[Platform, ...]:
    return tuple(Platform(*each.split("/")) for each in text.split())
