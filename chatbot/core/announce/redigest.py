"""Digests for what was posted before announcements were compared by the facts that they show."""

from collections.abc import Collection, Iterable, Mapping

from chatbot.core.announce import summary
from chatbot.core.announce.digest import digest, same_facts
from chatbot.core.announce.messages import PostedMessage
from chatbot.core.announce.subject import LISTS, Subject, find
from chatbot.core.snapshot import ProjectSnapshot

_UNKNOWN = ""  # equals no digest: what shows it is edited once


def redigest(snapshot: ProjectSnapshot, posted: Iterable[PostedMessage], pending: Collection[str]) -> Mapping[str, str]:
    """Announcement → the digest of the facts that it shows, for those that have no such digest yet (template 0).

    `snapshot` must be of the knowledge that the last plan was made from: what rooms show then is what it says. Only a subject
    whose correction is `held` shows something older; its digest is left open, so that the correction is still made.
    """
    posted = list(posted)
    there = {(item.room, item.subject) for item in posted}
    digests: dict[str, str] = {}
    for item in posted:
        if item.template == 0:
            about = find(snapshot, item.subject)
            late = item.subject in pending or (about is not None and about.subject in pending)
            digests[item.announcement] = _UNKNOWN if late else _digest(snapshot, item, about, there)
    return digests


def _digest(
    snapshot: ProjectSnapshot, item: PostedMessage, about: Subject | None, there: Collection[tuple[str, str]]
) -> str:
    if item.subject.startswith("summary/"):
        names = [point.removeprefix(LISTS) for point in item.notified_for if point.startswith(LISTS)]
        return summary.summary_digest(snapshot, names)
    if about is None:
        return item.digest
    first = next(name for name in about.names if (item.room, name) in there or name == item.subject)
    if about.advisory is not None and first != item.subject:
        return digest(same_facts(about.advisory, item.subject.rpartition("/")[2]))
    return about.digest
