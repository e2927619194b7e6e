"""Planned releases as posts: what rooms show of each, and what they should show, as of now.

A move and a cancellation are an edit and one reply; that the release came, or is late, is an edit; an hour before there is one
reminder. What was said to a room is read from its posts, so that restarts and repeats say nothing twice.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from chatbot.core.announce import decide
from chatbot.core.announce.audience import Watch
from chatbot.core.announce.decide import Announce
from chatbot.core.announce.digest import digest, moment_facts
from chatbot.core.announce.messages import PostedMessage, short_hash
from chatbot.core.announce.plan_builder import PlanBuilder
from chatbot.core.delivery import Lane
from chatbot.core.maintainers.controls import Scheduled
from chatbot.core.maintainers.schedule import words
from chatbot.core.maintainers.schedule.phases import LATE_AFTER, REMIND_BEFORE, State, phase, state
from chatbot.core.model.ids import ProjectId, RoomAddress, SubjectId
from chatbot.core.model.watches import WatchFilter
from chatbot.core.releases.classification import Classified

TOLD_FOR = timedelta(days=7)  # so long after it is late, maintainers are still told: later it is no news
_MOVES, _CANCELLED = "moves:", "cancelled:"  # in `notified_for`, with the number of moves: what readers were told


def schedule_subject(project: ProjectId, version: str) -> str:
    """`schedule/<project>/<version>`."""
    return str(SubjectId("schedule", project, version))


@dataclass(frozen=True, slots=True)
class _Plan:
    """One planned release, as rooms should show it."""

    entry: Scheduled
    subject: str
    state: State
    url: str

    @property
    def digest(self) -> str:
        entry = self.entry
        return digest(["schedule", entry.version, self.state, moment_facts(entry.at), str(entry.severity), self.url])

    @property
    def marks(self) -> frozenset[str]:
        """What a room's readers were told once it shows this."""
        moves = {f"{_MOVES}{self.entry.moves}"}
        return frozenset(moves | ({f"{_CANCELLED}{self.entry.moves}"} if self.state == "cancelled" else set()))


def lay(builder: PlanBuilder, groups: Iterable[tuple[WatchFilter, list[Watch]]]) -> None:
    """Plan what rooms show of every planned release. The rooms come as the plan groups them, bridged ones last."""
    scheduled = builder.snapshot.controls.scheduled
    if not scheduled:
        return
    rooms = [watch for _, group in groups for watch in group]
    for version in sorted(scheduled):
        item = _of_entry(builder, scheduled[version])
        for watch in rooms:
            _for_room(builder, item, watch)
        _tell_of_delay(builder, item)


def release_of(builder: PlanBuilder, entry: Scheduled) -> Classified | None:
    """The release of that version, once it was read twice."""
    item = builder.snapshot.look_up(entry.version).release
    if item is None:
        return None
    until = decide.settling(builder.snapshot.knowledge.releases[item.release.tag], builder.settle)
    if until is None:
        return item
    builder.replan_times.append(until)
    return None


def _of_entry(builder: PlanBuilder, entry: Scheduled) -> _Plan:
    project, release = builder.snapshot.project, release_of(builder, entry)
    is_there = release is not None and not builder.snapshot.knowledge.releases[release.release.tag].removal_confirmed
    url = release.release.url if release is not None and is_there else ""
    became = state(entry, builder.now, is_released=release is not None)
    return _Plan(entry, schedule_subject(project.id, entry.version), became, url)


def _for_room(builder: PlanBuilder, item: _Plan, watch: Watch) -> None:
    place = (watch.room.address, item.subject)
    before = builder.posted.get(place)
    project, entry = builder.snapshot.project, item.entry
    if before is None:
        if _is_news(builder, item, watch) and not builder.bridge_shows(*place):
            builder.in_plan.add(place)
            builder.note(*place, Announce("its maintainers planned a release", Lane.SECURITY))
            message = words.post(project, entry, item.state)
            builder.add_message(
                place, "new", message, Lane.SECURITY, revision=1, notified_for=item.marks, digest=item.digest
            )
        return
    builder.in_plan.add(place)
    if before.digest != item.digest:
        _correct(builder, item, before)
    _remind(builder, item, before)


def _is_news(builder: PlanBuilder, item: _Plan, watch: Watch) -> bool:
    """Whether a room that was not told yet is told: only of what lies ahead."""
    entry, watch_filter = item.entry, watch.room.watch_filter
    is_wanted = not {"security", "releases"}.isdisjoint(watch_filter.events)
    is_ahead = item.state == "planned" and builder.now < entry.at
    return is_ahead and is_wanted and entry.said_at >= watch.since and not decide.below(entry.severity, watch_filter)


def _correct(builder: PlanBuilder, item: _Plan, before: PostedMessage) -> None:
    """Edit the post; say a move or a cancellation that its readers were not told of in a reply."""
    entry, marks = item.entry, before.notified_for
    builder.add_message(
        (before.room, before.subject),
        "edit",
        words.post(builder.snapshot.project, entry, item.state, item.url),
        Lane.SECURITY,
        revision=before.revision + 1,
        notified_for=marks | item.marks,
        digest=item.digest,
    )
    if item.state == "cancelled" and f"{_CANCELLED}{entry.moves}" not in marks:
        _reply(builder, item, before.room, "cancelled", str(entry.moves))
    elif item.state == "planned" and entry.moves and f"{_MOVES}{entry.moves}" not in marks:
        _reply(builder, item, before.room, "moved", str(entry.moves))


def _remind(builder: PlanBuilder, item: _Plan, before: PostedMessage) -> None:
    """One reminder in the hour before, unless that is when the time was named."""
    entry = item.entry
    is_soon = item.state == "planned" and phase(entry.at, builder.now) == "soon"
    if is_soon and entry.said_at <= entry.at - REMIND_BEFORE:
        _reply(builder, item, before.room, "reminder", moment_facts(entry.at))


def _reply(builder: PlanBuilder, item: _Plan, room: RoomAddress, kind: words.ReplyKind, which: str) -> None:
    project, entry = builder.snapshot.project, item.entry
    name = str(SubjectId("follow-up", project.id, short_hash(item.subject, kind, which)))
    if (room, name) in builder.posted:
        return
    builder.add_message(
        (room, name),
        "reply",
        words.reply(project, entry, kind),
        Lane.SECURITY,
        revision=1,
        notified_for=item.marks,
        digest=digest(["schedule", kind, entry.version, moment_facts(entry.at), str(entry.severity)]),
        parent=item.subject,
    )


def _tell_of_delay(builder: PlanBuilder, item: _Plan) -> None:
    """Tell the maintainers once that it has not come."""
    project, entry = builder.snapshot.project, item.entry
    is_late = item.state == "late" and builder.now < entry.at + LATE_AFTER + TOLD_FOR
    name = str(SubjectId("notice", project.id, short_hash("late", item.subject, moment_facts(entry.at))))
    place = (project.maintainers_room, name)
    if not is_late or not project.maintainers_room or place in builder.posted:
        return
    shows = digest(["schedule", "late", entry.version, moment_facts(entry.at)])
    message = words.delay(project, entry)
    builder.add_message(place, "new", message, Lane.SECURITY, revision=1, notified_for=frozenset(), digest=shows)
