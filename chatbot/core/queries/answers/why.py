"""The answer to `/why`: whether something was announced, why or why not, and what happened to it since, in order."""

from collections.abc import Callable, Sequence
from datetime import datetime

from chatbot.core.announce.plan_builder import BRIDGED
from chatbot.core.announce.render.release import version_label
from chatbot.core.model.facts import Advisory, Release
from chatbot.core.model.ids import RoomAddress, SubjectId
from chatbot.core.model.knowledge import Tracked
from chatbot.core.model.message import (
    Block,
    BulletList,
    Code,
    ListItem,
    Message,
    Moment,
    Spans,
    Strong,
    Text,
    Tone,
    paragraph,
)
from chatbot.core.queries.answers.course import Course, TimedDecision, by_room, course_of
from chatbot.core.queries.query_context import QueryContext, unsure
from chatbot.core.support.current import current_page
from chatbot.core.text.words import calendar_day, count, listed

_POLICY = ("policy", "security policy", "security.md")  # what the policy page is called in a question
MOST_EVENTS = 8
MOST_ROOMS = 12
NameOf = Callable[[RoomAddress], str]


def subjects_of(context: QueryContext) -> tuple[str, ...]:
    """The subjects that an id refers to: a tag or a version, an advisory by any of its ids, or `policy` for the policy page;
    empty where it is unknown."""
    text = context.arguments.get("id", "").strip().casefold()
    project = context.project.id
    if text in _POLICY:
        return (str(SubjectId("policy", project)),)
    subjects = [
        str(SubjectId("release", project, tag))
        for tag, item in context.snapshot.releases.items()
        if text in (tag.casefold(), (item.version.text if item.version else tag).casefold())
    ]
    if not subjects and (release := context.snapshot.look_up(text).release) is not None:
        subjects = [str(SubjectId("release", project, release.release.tag))]
    for advisory in context.snapshot.advisories.values():
        if text in {name.casefold() for name in advisory.ids}:
            subjects += [str(SubjectId("advisory", project, name)) for name in sorted(advisory.ids)]
    return tuple(subjects)


def why(
    context: QueryContext,
    decisions: Sequence[TimedDecision],
    *,
    all_rooms: bool,
    watching: bool = True,
    name_of: NameOf = str,
) -> Message:
    """Whether it was announced, and why or why not.

    decisions: those that the asker may see, the oldest first
    all_rooms: whether these are all
    watching: whether it is asked in a room that watches the project
    name_of: what people call a room, by its address
    """
    subjects = subjects_of(context)
    if not subjects:
        name = context.arguments.get("id", "").strip()[:60]
        return unsure(
            f"I don't know “{name}”",
            paragraph(
                "Ask with a tag, a version or an advisory's id, such as ",
                Code(f"{context.prefix}why {context.example}"),
                ".",
            ),
        )
    name, rooms = _name(context, subjects), by_room(decisions)
    own = sorted({event for subject in subjects for event in _own_events(context, subject)})
    if all_rooms and rooms:
        title, rows, events = _everywhere(name, rooms, name_of)
    elif rooms:
        course = course_of(next(iter(rooms.values())), all_rooms=False)
        title, rows, events = f"{name} {_here(context, course)}", (), _lived(course)
    else:
        title, rows, events = f"{name} {_undecided(context, subjects, all_rooms, watching)}", (), ()
    history = sorted({*own, *events})
    newest = history if len(history) <= MOST_EVENTS else [history[0], *history[1 - MOST_EVENTS :]]
    items = tuple(ListItem((Moment(at), Text(f" – {words}"))) for at, words in newest)
    return Message(
        title=title,
        tone=Tone.ANSWER,
        body=(
            *rows,
            *((BulletList(items),) if items else ()),
            *(paragraph(sentence) for sentence in _remarks(context, subjects)),
        ),
        small=tuple(_first_read(context, subjects)),
    )


def _name(context: QueryContext, subjects: Sequence[str]) -> str:
    """What it is called in a sentence."""
    first = SubjectId.parse(subjects[0])
    if first.kind == "policy":
        return f"The security policy of {context.project.name}"
    if first.kind == "advisory":
        return next(item.id for item in context.snapshot.advisories.values() if first.name in item.ids)
    item = context.snapshot.releases[first.name]
    return f"{context.project.name} {version_label(item) if item.version else first.name}"


# ---- the answer --------------------------------------------------------------------------------------------------------------


def _lived(course: Course) -> tuple[tuple[datetime, str], ...]:
    if course.announced_at is None:
        return course.events
    return ((course.announced_at, f"announced ({course.reason})" if course.reason else "announced"), *course.events)


def _here(context: QueryContext, course: Course) -> str:
    if course.is_announced:
        return "was announced here" + (f" on {calendar_day(course.announced_at)}" if course.announced_at else "")
    reason = course.reason.replace("this room", f"this {context.room_word}")
    if course.waits:
        return f"is not announced here yet: {reason}"
    return f"was not announced here, because {reason}"


def _everywhere(
    name: str, rooms: dict[RoomAddress, list[TimedDecision]], name_of: NameOf
) -> tuple[str, tuple[Block, ...], tuple[tuple[datetime, str], ...]]:
    """The title, a row for each room or for rooms with the same reason, and what happened in any of them."""
    by_name = sorted(rooms.items(), key=lambda pair: name_of(pair[0]))
    courses = {room: course_of(decisions, all_rooms=True) for room, decisions in by_name}
    showing = [room for room, course in courses.items() if course.is_announced]
    groups: dict[tuple[bool, str], list[str]] = {}
    for room, course in courses.items():
        groups.setdefault((course.is_announced, _verdict(course, name_of)), []).append(name_of(room))
    if len(showing) == len(courses):
        where = f"in {name_of(showing[0])}" if len(showing) == 1 else f"in all {len(showing)} rooms that were watching"
    else:
        where = f"in {len(showing)} of {count(len(courses), 'room')}"
    title = f"{name} was announced {where}" if showing else f"{name} was announced nowhere"
    ordered = sorted(groups.items(), key=lambda group: not group[0][0])
    rows: list[Spans] = [(Strong(_some(names)), Text(f": {verdict}")) for (_, verdict), names in ordered]
    events = {event for course in courses.values() for event in course.events}
    return title, (BulletList(tuple(ListItem(row) for row in rows[:MOST_ROOMS])),), tuple(events)


def _verdict(course: Course, name_of: NameOf) -> str:
    """Whether and why, with the names of rooms in the place of their addresses."""
    reason = course.reason
    if reason.startswith(BRIDGED):
        other = RoomAddress(reason.removeprefix(BRIDGED).rpartition(",")[0])
        reason = f"{BRIDGED}{name_of(other)}, which shows it"
    if course.is_announced:
        at = f" on {calendar_day(course.announced_at)}" if course.announced_at else ""
        return f"announced{at}" + (f" ({reason})" if reason else "")
    return f"not yet: {reason}" if course.waits else f"not announced, because {reason}"


def _some(names: Sequence[str]) -> str:
    return (
        listed(names)
        if len(names) <= MOST_ROOMS
        else f"{', '.join(names[:MOST_ROOMS])} and {len(names) - MOST_ROOMS} more"
    )


def _undecided(context: QueryContext, subjects: Sequence[str], all_rooms: bool, watching: bool) -> str:
    """The end of the title where nothing was decided."""
    project, word = context.project.name, context.room_word
    if SubjectId.parse(subjects[0]).kind == "policy":
        if current_page(context.knowledge) is None:
            return "is not there, or I have not found it yet"
        if context.knowledge.previous_policy is None and context.knowledge.newer_unreadable is None:
            return "has not changed since I began to watch it, so there was nothing to announce"
    if not all_rooms and not watching:
        return f"was not announced here, because announcements go to {word}s that watch {project}"
    where = "anywhere" if all_rooms else "here"
    if any(tracked.known_before for subject in subjects for tracked in _tracked(context, subject)):
        return f"was not announced {where}, because it was out before I began to watch {project}"
    if all_rooms:
        return f"was not announced anywhere, because no {word} watched {project} when I first saw it"
    return f"was not announced here, because it was known before this {word} began to watch {project}"


# ---- what was read -----------------------------------------------------------------------------------------------------------


def _tracked(context: QueryContext, subject: str) -> list[Tracked[Release] | Tracked[Advisory]]:
    subject_id, facts = SubjectId.parse(subject), context.knowledge
    reports: list[Tracked[Release] | Tracked[Advisory] | None] = [
        facts.releases.get(subject_id.name) if subject_id.kind == "release" else None,
        facts.advisories.get(subject_id.name) if subject_id.kind == "advisory" else None,
    ]
    return [tracked for tracked in reports if tracked is not None]


def _own_events(context: QueryContext, subject: str) -> list[tuple[datetime, str]]:
    """What the project did, as far as it concerns whoever asks."""
    events: list[tuple[datetime, str]] = []
    for tracked in _tracked(context, subject):
        events.append((tracked.fact.published_at, "published"))
        if tracked.promoted_at is not None:
            events.append((tracked.promoted_at, "became a full release"))
        if isinstance(tracked.fact, Advisory) and tracked.fact.withdrawn_at is not None:
            events.append((tracked.fact.withdrawn_at, "withdrawn by the project"))
        if tracked.missing_since is not None:
            removed = "removed by the project" if tracked.removal_confirmed else "no longer listed by the project"
            events.append((tracked.missing_since, removed))
    return events


def _remarks(context: QueryContext, subjects: Sequence[str]) -> list[str]:
    """What could not be read."""
    if SubjectId.parse(subjects[0]).kind == "policy":
        if context.policy is None or context.policy.readable:
            return []
        return [f"I can't read it, so I can't tell which versions are supported: {context.policy.problem}"]
    return list(
        dict.fromkeys(
            f"Not all of it could be parsed: {tracked.fact.unread}. It is tried again daily, and when it changes."
            for subject in subjects
            for tracked in _tracked(context, subject)
            if tracked.fact.unread
        )
    )


def _first_read(context: QueryContext, subjects: Sequence[str]) -> list[Spans]:
    """Small print: when it was first read, and where."""
    if SubjectId.parse(subjects[0]).kind == "policy":
        page = current_page(context.knowledge)
        return [(Text("First read like this "), Moment(page.first_read_at))] if page is not None else []
    reports = [tracked for subject in subjects for tracked in _tracked(context, subject)]
    if not reports:
        return []
    origins = dict.fromkeys(origin for tracked in reports for origin in tracked.origins)
    source = f" on {', then '.join(origins)}" if origins else ""
    return [(Text("First read "), Moment(min(tracked.first_read_at for tracked in reports)), Text(source))]
