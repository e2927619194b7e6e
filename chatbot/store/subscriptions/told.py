"""What people were told of a release: by its announcement, by an alert or a list that recommended it, and what became of it."""

from collections.abc import Collection

import sqlalchemy as sa

from chatbot.core.announce.messages import PostedMessage
from chatbot.core.announce.subject import Subject
from chatbot.core.model.ids import ProjectId
from chatbot.core.subscriptions import taken_back
from chatbot.core.subscriptions.reasons import tags_advised
from chatbot.core.subscriptions.taken_back import Told
from chatbot.store.database.db import Tx
from chatbot.store.database.rows import listed_texts, texts
from chatbot.store.database.tables import announcements
from chatbot.store.subscriptions import fan_outs, lists
from chatbot.store.subscriptions.alerts import posted_message, subject_of


async def of_release(tx: Tx, release: Subject, dms: Collection[str]) -> dict[str, Told]:
    """By DM, what was told there; DMs without anything are left out."""
    project, tag = release.snapshot.project.id, release.name
    announced = await _under(tx, release.id, dms)
    warned = await _under(tx, taken_back.subject_of(release), dms)
    recommended: dict[str, str] = {}
    digests: dict[str, set[str]] = {}
    for which in await lists.showing(tx, project, release.id):
        digests.setdefault(which.subject, set()).add(which.digest)
    for subject, these in digests.items():
        posts = await _under(tx, subject, dms)
        recommended |= {dm: subject for dm, post in posts.items() if post.digest in these}
    for subject in await _alerts_that_advise(tx, project, tag):
        posts = await _under(tx, subject, dms)
        recommended |= {dm: post.subject for dm, post in posts.items() if tag in tags_advised(post.notified_for)}
    return {
        dm: Told(announced=announced.get(dm), recommended=recommended.get(dm, ""), warned=warned.get(dm))
        for dm in {*announced, *recommended, *warned}
    }


async def _under(tx: Tx, subject: str, dms: Collection[str]) -> dict[str, PostedMessage]:
    ours = (announcements.c.subject == subject) & announcements.c.room.in_(texts(tx.postgres))
    rows = await tx.rows(sa.select(announcements).where(ours), {"b_texts": listed_texts(tx, dms)})
    return {row.room: posted_message(row) for row in rows}


async def _alerts_that_advise(tx: Tx, project: ProjectId, tag: str) -> list[str]:
    """The subjects of alerts of which some recommends the release."""
    facts = await fan_outs.facts(tx, project)
    return [
        subject_of(project, name) for (kind, name), item in facts.items() if kind == "advisory" and tag in item.advised
    ]
