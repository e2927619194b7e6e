"""What a room's digest lists now: the releases whose wait is over, and the security news since the last one."""

from collections.abc import Collection
from datetime import datetime, timedelta

from chatbot.core.announce import decide
from chatbot.core.announce.decide import Wait
from chatbot.core.announce.subject import Subject, find
from chatbot.core.digests.item import DigestItem, advisory_item, release_item
from chatbot.core.model.watches import DigestSchedule, WatchFilter
from chatbot.core.snapshot import ProjectSnapshot

_LONGEST = timedelta(days=31)  # a digest after a quiet year does not tell its whole story
_PERIODS = {"daily": timedelta(days=1), "weekly": timedelta(days=7)}


def waiting_releases(
    snapshot: ProjectSnapshot,
    watch_filter: WatchFilter,
    subjects: Collection[str],
    *,
    last: datetime | None,
    now: datetime,
    settle: timedelta,
) -> list[DigestItem]:
    """Of these subjects, which waited for a digest, the releases that are still routine news and whose digest is due."""
    items = []
    for subject in filter(None, (find(snapshot, each) for each in sorted(subjects))):
        if subject.advisory is None:
            outcome = subject.outcome(watch_filter, settle)
            waits = decide.for_digest(outcome, watch_filter, subject.ready_at(settle), last)
            if isinstance(waits, Wait) and waits.until <= now:
                items.append(release_item(snapshot, subject.name))
    return items


def security_news(snapshot: ProjectSnapshot, announced: Collection[str]) -> list[DigestItem]:
    """Of these subjects, which were announced, those that are about security."""
    subjects = filter(None, (find(snapshot, each) for each in sorted(announced)))
    about_security = {
        subject.id: subject
        for subject in subjects
        if subject.advisory is not None or snapshot.releases[subject.name].security
    }
    return [item_of(subject, announced=True) for subject in about_security.values()]


def item_of(subject: Subject, *, announced: bool) -> DigestItem:
    """A subject as a digest lists it now; `announced` where it is listed as security news that was announced."""
    if subject.advisory is not None:
        return advisory_item(subject.snapshot, subject.name)
    return release_item(subject.snapshot, subject.name, announced=announced)


def since(schedule: DigestSchedule, due: datetime, last: datetime | None) -> datetime:
    """From when on security news are repeated: since the last digest, or for the time that a first one stands for."""
    return max(last or due - _PERIODS[schedule.every], due - _LONGEST)
