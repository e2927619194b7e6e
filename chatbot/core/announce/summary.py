"""Summaries: many routine releases for one room become one announcement that lists them; it is edited like any other."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from chatbot.core.announce.decide import Hold, Skip
from chatbot.core.announce.digest import digest, summary_facts
from chatbot.core.announce.messages import Plan, PostedMessage, short_hash
from chatbot.core.announce.plan_builder import Place, PlanBuilder, PostedThere
from chatbot.core.announce.render.control import state_words
from chatbot.core.announce.render.headline import severity_label
from chatbot.core.announce.render.release import release_kind, version_label
from chatbot.core.announce.subject import FIXES, LISTS, find
from chatbot.core.delivery import Lane
from chatbot.core.model.ids import RoomAddress, SubjectId
from chatbot.core.model.message import (
    BulletList,
    Link,
    ListItem,
    Message,
    Span,
    Strong,
    Struck,
    Text,
    Tone,
    field_of,
    paragraph,
)
from chatbot.core.releases.classification import Classified
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.text.words import calendar_day

MOST_SINGLY = 5  # routine releases announced in a room at once; more are listed in one message
MOST_NAMED = 40  # in one list; the project's page leads to the rest
MOST_LATE = 1_000  # releases published late in one summary; more begin another
TOGETHER = timedelta(days=7)  # releases published late within this time of each other share a summary
AWAY = timedelta(hours=1)  # what is read so long after it was published was published while nobody polled
_LATE = "late-"

Listed = dict[Place, PostedMessage]


def listed(posted: PostedThere) -> Listed:
    """(room, release subject) → the summary in that room that lists the release."""
    return {
        (item.room, point.removeprefix(LISTS)): item
        for item in posted.values()
        if item.subject.startswith("summary/")
        for point in item.notified_for
        if point.startswith(LISTS)
    }


def gather(builder: PlanBuilder, singly_until: datetime | None = None) -> None:
    """Put a room's routine releases into one summary where there are too many, and releases published late always. Security
    releases never go into a summary, nor does what was published by `singly_until`."""
    late = {
        str(SubjectId("release", builder.snapshot.project.id, tag))
        for tag, item in builder.snapshot.releases.items()
        if item.late
    }
    new: dict[RoomAddress, set[str]] = {}
    for (subject, kind, _, _, mentions, lane, _), (message, rooms) in builder.messages.items():
        too_late = singly_until is not None and (message.at is None or message.at <= singly_until)
        if kind == "new" and lane is Lane.ROUTINE and subject.startswith("release/") and not mentions and not too_late:
            for room in rooms:
                new.setdefault(room, set()).add(subject)
    full = {room: frozenset(fresh) for room, subjects in new.items() if len(fresh := subjects - late) > MOST_SINGLY}
    old = {room: frozenset(subjects & late) for room, subjects in new.items() if subjects & late}
    _take_out(builder, {room: full.get(room, frozenset()) | old.get(room, frozenset()) for room in new})
    messages: dict[frozenset[str], Message] = {}
    for room, subjects in full.items():
        _list(builder, room, subjects, messages.setdefault(subjects, summary_message(builder.snapshot, subjects)))
    for room, subjects in old.items():
        _list_late(builder, room, subjects)


def _take_out(builder: PlanBuilder, listed: Mapping[RoomAddress, Collection[str]]) -> None:
    """Remove the single messages of releases that are in a summary."""
    for wording, (_, rooms) in list(builder.messages.items()):
        for room in [room for room in rooms if wording[0] in listed.get(room, ()) and wording[1] == "new"]:
            del rooms[room]
        if not rooms:
            del builder.messages[wording]


def _list_late(builder: PlanBuilder, room: RoomAddress, subjects: frozenset[str]) -> None:
    """Add releases published late to the room's summary of such, or begin one."""
    for subject in sorted(subjects):
        builder.decide(room, subject, "announce", "an old release that was published late, in one summary of such")
    before = _recent_late(builder, room, subjects)
    if before is not None:
        builder.joined[before.announcement] = (before, subjects)
        return
    name = f"{_late_start(builder.snapshot)}{short_hash(*sorted(subjects))}"
    builder.add_message(
        (room, name),
        "new",
        summary_message(builder.snapshot, subjects, late=True),
        Lane.ROUTINE,
        revision=1,
        notified_for=_notified_for(builder.snapshot, subjects),
        digest=summary_digest(builder.snapshot, subjects),
    )


def _late_start(snapshot: ProjectSnapshot) -> str:
    return str(SubjectId("summary", snapshot.project.id, _LATE))


def _recent_late(builder: PlanBuilder, room: RoomAddress, subjects: Collection[str]) -> PostedMessage | None:
    """The room's summary of late releases that these belong to: one that lists releases from shortly before."""
    first = min(item.release.published_at for item in _items(builder.snapshot, subjects))
    recent = [
        posted
        for (at, name), posted in builder.posted.items()
        if at == room and name.startswith(_late_start(builder.snapshot))
    ]
    dated = [
        (items[0].release.published_at, posted.subject, posted)
        for posted in recent
        if (items := _items(builder.snapshot, _listed_by(posted))) and len(items) < MOST_LATE
    ]
    latest = max(dated, default=None, key=lambda each: each[:2])
    return latest[2] if latest is not None and first - latest[0] <= TOGETHER else None


def _listed_by(posted: PostedMessage) -> frozenset[str]:
    return frozenset(point.removeprefix(LISTS) for point in posted.notified_for if point.startswith(LISTS))


def instead(snapshot: ProjectSnapshot, room: RoomAddress, subjects: Iterable[str], now: datetime) -> Plan:
    """One summary for a room, in place of announcements that never reached it."""
    builder = PlanBuilder(snapshot=snapshot, posted={}, now=now, settle=timedelta(), bridges={})
    chosen = frozenset(subjects)
    _list(builder, room, chosen, summary_message(snapshot, chosen))
    return builder.build()


def _list(builder: PlanBuilder, room: RoomAddress, subjects: frozenset[str], message: Message) -> None:
    name = str(SubjectId("summary", builder.snapshot.project.id, short_hash(*sorted(subjects))))
    notified_for = _notified_for(builder.snapshot, subjects)
    builder.add_message(
        (room, name),
        "new",
        message,
        Lane.ROUTINE,
        revision=1,
        notified_for=notified_for,
        digest=summary_digest(builder.snapshot, subjects),
    )
    for subject in sorted(subjects):
        builder.decide(room, subject, "announce", f"a new release, in one summary of {len(subjects)}")


def update(builder: PlanBuilder) -> None:
    """Edit the summaries that list a touched release, once all that they list has settled, and those that got more releases."""
    touched: dict[str, tuple[PostedMessage, set[str]]] = {
        name: (posted, set()) for name, (posted, _) in builder.joined.items()
    }
    for posted, subject in builder.relisted:
        touched.setdefault(posted.announcement, (posted, set()))[1].add(subject)
    words: dict[tuple[frozenset[str], bool], tuple[Message, datetime | None]] = {}
    for name, (posted, changed) in sorted(touched.items()):
        joined = builder.joined[name][1] if name in builder.joined else frozenset[str]()
        subjects, late = _listed_by(posted) | joined, posted.subject.startswith(_late_start(builder.snapshot))
        if (subjects, late) not in words:
            until = None if joined else _settling(builder, subjects)
            words[subjects, late] = summary_message(builder.snapshot, subjects, late=late), until
        _update(builder, posted, changed, subjects, *words[subjects, late])


def _settling(builder: PlanBuilder, subjects: Collection[str]) -> datetime | None:
    times = [
        subject.settling(builder.settle) for name in subjects if (subject := find(builder.snapshot, name)) is not None
    ]
    return max((until for until in times if until is not None), default=None)


def _update(
    builder: PlanBuilder,
    posted: PostedMessage,
    changed: Collection[str],
    subjects: frozenset[str],
    message: Message,
    until: datetime | None,
) -> None:
    shows = summary_digest(builder.snapshot, subjects)
    if until is not None and shows != posted.digest:
        for subject in sorted(changed):
            builder.note(posted.room, subject, Hold("its changes are read once more before they are shown", until))
        return
    for subject in sorted(changed):
        builder.note(posted.room, subject, Skip("this room's summary lists it"))
    if shows != posted.digest:
        notified_for = posted.notified_for | _notified_for(builder.snapshot, subjects)
        place, revision = (posted.room, posted.subject), posted.revision + 1
        builder.add_message(
            place, "edit", message, Lane.ROUTINE, revision=revision, notified_for=notified_for, digest=shows
        )
        builder.decide(posted.room, posted.subject, "amend", "a release that it lists changed")


def _notified_for(snapshot: ProjectSnapshot, subjects: Collection[str]) -> frozenset[str]:
    """What a summary notifies for: the releases that it lists, and the advisories that these fix."""
    prefix = f"release/{snapshot.project.id}/"
    tags = [tag for subject in subjects if (tag := subject.removeprefix(prefix)) in snapshot.releases]
    fixed = [f"{FIXES}{advisory.id}" for tag in tags for advisory in snapshot.fixed_by(tag)]
    return frozenset([*(f"{LISTS}{subject}" for subject in subjects), *fixed])


def summary_message(snapshot: ProjectSnapshot, subjects: Iterable[str], *, late: bool = False) -> Message:
    """What a room is shown of many releases, or of old ones that were published late: a line each, the newest first."""
    items = _items(snapshot, subjects)
    lines = tuple(ListItem(_line(snapshot, item.release.tag, late=late)) for item in items[:MOST_NAMED])
    more = (paragraph(f"And {len(items) - MOST_NAMED} more."),) if len(items) > MOST_NAMED else ()
    secure = [item for item in items if item.security]
    newest = items[0].release if items else None
    away = "" if late else _while_away(snapshot, items)
    return Message(
        title=f"{snapshot.project.name} – {_counted(len(items), late=late)}{away}",
        tone=Tone.SECURITY if secure else Tone.ROUTINE,
        url=newest.url if newest else "",
        fields=(field_of("Security releases", ", ".join(version_label(item) for item in secure)),) if secure else (),
        body=(BulletList(lines), *more),
        links=(Link("Release notes of the newest", newest.url),) if newest and newest.url else (),
        at=newest.published_at if newest else None,
    )


def _counted(number: int, *, late: bool) -> str:
    if late:
        return "1 version published late" if number == 1 else f"{number} versions published late"
    return f"{number} new releases"


def _while_away(snapshot: ProjectSnapshot, items: Sequence[Classified]) -> str:
    """The end of the title where the releases were read long after they had been published: why they come at once."""
    tracked = [snapshot.knowledge.releases[item.release.tag] for item in items]
    if not any(each.first_read_at - each.fact.published_at > AWAY for each in tracked):
        return ""
    days = sorted(each.fact.published_at for each in tracked)
    first, last = f"{days[0]:%-d %B}", f"{days[-1]:%-d %B}"
    if days[0].month == days[-1].month:
        first = first if first == last else f"{days[0].day}–{last}"
        return f" while I was away ({first})"
    return f" while I was away ({first} – {last})"


def summary_digest(snapshot: ProjectSnapshot, subjects: Iterable[str]) -> str:
    """Stands for the facts that the summary of these releases shows."""
    return digest(summary_facts(snapshot, _items(snapshot, subjects)))


def _items(snapshot: ProjectSnapshot, subjects: Iterable[str]) -> list[Classified]:
    """The releases of these subjects, the newest first."""
    prefix = f"release/{snapshot.project.id}/"
    tags = [subject.removeprefix(prefix) for subject in subjects]
    items = [snapshot.releases[tag] for tag in tags if tag in snapshot.releases]
    return sorted(items, key=lambda item: (item.release.published_at, item.release.tag), reverse=True)


def _line(snapshot: ProjectSnapshot, tag: str, *, late: bool) -> tuple[Span, ...]:
    item = snapshot.releases[tag]
    name = version_label(item)
    removed = snapshot.knowledge.releases[tag].removal_confirmed
    state = state_words(snapshot.control_of_release(tag))
    first: Span = (
        Struck(name) if removed or state else Link(name, item.release.url) if item.release.url else Strong(name)
    )
    backport = f", backport for {item.line}.x" if item.backport and item.line and not late else ""
    kind = f"{release_kind(item)}{backport}"
    standing = state or f"{kind}, {calendar_day(item.release.published_at)}"
    words = "removed by the project" if removed else standing
    fixed = ", ".join(
        f"{advisory.id} ({severity_label(advisory.severity).lower()})" for advisory in snapshot.fixed_by(tag)
    )
    return (first, Text(f" – {words}{f'; fixes {fixed}' if fixed else ''}"))
