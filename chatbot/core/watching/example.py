"""What a room would have got: the last announcement that its filter lets through, as it would look there."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chatbot.core.announce.decide import Announce
from chatbot.core.announce.subject import Subject, find
from chatbot.core.model.ids import SubjectId
from chatbot.core.model.message import Message
from chatbot.core.model.watches import WatchFilter
from chatbot.core.snapshot import ProjectSnapshot

_AT_ONCE = timedelta()  # what has been read is settled


@dataclass(frozen=True, slots=True)
class Example:
    """`message` pings nobody. `security`: whether it is about security; else nothing about security would have come."""

    message: Message
    security: bool


def last_announcement(snapshot: ProjectSnapshot, watch_filter: WatchFilter) -> Example | None:
    """The newest advisory that a room with this filter would be told of, else the newest security release, else the newest
    release; None where there is none."""
    project = snapshot.project.id
    advisories = [
        (item.published_at, SubjectId("advisory", project, name)) for name, item in snapshot.advisories.items()
    ]
    releases = [
        (item.release.published_at, SubjectId("release", project, tag), item.security)
        for tag, item in snapshot.releases.items()
    ]
    fixes = [(at, subject) for at, subject, security in releases if security]
    for subjects in (advisories, fixes):
        if (subject := _newest(snapshot, subjects, watch_filter)) is not None:
            return Example(_message(subject, watch_filter), security=True)
    others = [(at, subject) for at, subject, security in releases if not security]
    newest = _newest(snapshot, others, watch_filter)
    return None if newest is None else Example(_message(newest, watch_filter), security=False)


def _newest(
    snapshot: ProjectSnapshot, subjects: list[tuple[datetime, SubjectId]], watch_filter: WatchFilter
) -> Subject | None:
    for _, name in sorted(subjects, key=lambda pair: (pair[0], str(pair[1])), reverse=True):
        subject = find(snapshot, str(name))
        if subject is not None and isinstance(subject.outcome(watch_filter, _AT_ONCE), Announce):
            return subject
    return None


def _message(subject: Subject, watch_filter: WatchFilter) -> Message:
    return replace(subject.message_for(watch_filter.notes), mentions=(), answer=True)
