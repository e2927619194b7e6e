"""Digests for messages that were posted before announcements were compared by the facts that they show."""

from collections.abc import Collection, Iterable, Mapping

from chatbot.core.announce import summary
from chatbot.core.announce.digest import digest, same_facts
from chatbot.core.announce.messages import PostedMessage
from chatbot.core.announce.plan_builder import Place
from chatbot.core.announce.subject import LISTS, Subject, find
from chatbot.core.snapshot import ProjectSnapshot

_FIRST_TEMPLATE = 1  # what shows as much as the posts from before templates had numbers
_UNKNOWN = ""  # equals no digest, so that the post is edited once


def redigest(snapshot: ProjectSnapshot, posted: Iterable[PostedMessage], pending: Collection[str]) -> Mapping[str, str]:
    """Announcement → the digest of the facts that it shows, for those that have no such digest yet (template 0).

    `snapshot` must be built from the knowledge that the last plan was made from: then rooms show what it says. Only a subject
    with a `pending` edit shows something older; its digest is left empty, so that the edit is still made.
    """
    posted = list(posted)
    there = {(item.room, item.subject) for item in posted}
    digests: dict[str, str] = {}
    for item in posted:
        if item.template == 0:
            subject = find(snapshot, item.subject)
            late = item.subject in pending or (subject is not None and subject.id in pending)
            digests[item.announcement] = _UNKNOWN if late else _digest(snapshot, item, subject, there)
    return digests


def _digest(snapshot: ProjectSnapshot, item: PostedMessage, subject: Subject | None, there: Collection[Place]) -> str:
    if item.subject.startswith("summary/"):
        names = [reason.removeprefix(LISTS) for reason in item.notified_for if reason.startswith(LISTS)]
        return summary.summary_digest(snapshot, names)
    if subject is None:
        return item.digest
    first = next(name for name in subject.names if (item.room, name) in there or name == item.subject)
    if subject.advisory is not None and first != item.subject:
        return digest(same_facts(subject.advisory, item.subject.rpartition("/")[2]))
    return subject.digest_as_of(_FIRST_TEMPLATE)
