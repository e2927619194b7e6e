"""A recorded history, planned moment by moment for one room: what it would have been shown, and what not and why."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

from chatbot.core.announce.audience import Watch
from chatbot.core.announce.messages import Plan, PlannedMessage, PostedMessage, announcement_id
from chatbot.core.announce.plan import plan
from chatbot.core.announce.plan_builder import Place
from chatbot.core.announce.policy_news import PolicyNews
from chatbot.core.model.message import Message
from chatbot.core.model.watches import Room
from chatbot.core.replay.history import History
from chatbot.core.replay.pages import policy_news
from chatbot.core.snapshot import ProjectSnapshot, build_snapshot

POLL = timedelta(seconds=60)  # what comes within a poll's distance is read at once
SETTLE = timedelta(seconds=30)
MOST_MOMENTS = 360  # each is planned by what there is then: a project that publishes every hour has thousands

Kind = Literal["new", "edit", "reply", "silent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One thing that the room would have been shown, or not.

    at: when what it is about was published, or what changed it was
    subject: what it is about, as a subject's id
    message: what it would have looked like; None where nothing was shown
    earlier: of an edit, what stood there before; of a reply, what it answers
    before: of an edit or a reply, when its announcement was posted
    reason: why, or why not
    because: the subjects that were published or withdrawn then
    """

    at: datetime
    kind: Kind
    subject: str
    message: Message | None = None
    earlier: Message | None = None
    before: datetime | None = None
    reason: str = ""
    because: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What happened, in time order.

    since: when the replay begins; later than it was asked for where there was more than it can hold
    passed_over: changes before that
    snapshot: what everything adds up to at the end
    """

    happenings: tuple[Happening, ...]
    since: datetime
    passed_over: int
    snapshot: ProjectSnapshot


def replay(history: History, room: Room) -> Replay:
    """Plan the history for one room that watches the project since its beginning, as the running bot would have: what a poll
    brought, once it had settled."""
    moments = list(_moments(history))
    passed_over = moments[: max(0, len(moments) - MOST_MOMENTS)]
    moments = moments[len(passed_over) :]
    if passed_over and moments:
        history = replace(history, since=moments[0].at)
    room_so_far = _Room(Watch(room, history.since))
    first_read: dict[str, datetime] = {}
    happenings: list[Happening] = []
    for moment in moments:
        read_at = min(moment.at + POLL, history.read_at)
        first_read |= dict.fromkeys(moment.published, read_at)
        snapshot = _snapshot(history, read_at, first_read)
        steps = plan(
            snapshot,
            [room_so_far.watch],
            room_so_far.posted,
            moment.published | moment.withdrawn,
            now=read_at + SETTLE,
            settle=SETTLE,
            policy_news=moment.policy_news,
        )
        happenings += room_so_far.carry_out(steps, moment)
    return Replay(
        happenings=tuple(happenings),
        since=history.since,
        passed_over=sum(len(each.published | each.withdrawn) or 1 for each in passed_over),
        snapshot=_snapshot(history, history.read_at, first_read),
    )


def _snapshot(history: History, at: datetime, first_read: Mapping[str, datetime]) -> ProjectSnapshot:
    knowledge = history.knowledge(at, first_read, at + SETTLE)
    return build_snapshot(history.project, knowledge, lines=history.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moment:
    """What one poll would have brought: when the first of it was published, and the subjects."""

    at: datetime
    published: frozenset[str]
    withdrawn: frozenset[str]
    policy_news: PolicyNews | None = None


def _moments(history: History) -> Iterator[_Moment]:
    """The changes since the replay begins, those of one poll together; those of the policy page by themselves."""
    of_page = [
        _Moment(at=at, published=frozenset(), withdrawn=frozenset(), policy_news=news) for at, news in _news(history)
    ]
    yield from sorted([*_of_listings(history), *of_page], key=lambda moment: moment.at)


def _news(history: History) -> Iterator[tuple[datetime, PolicyNews]]:
    """The changes of the policy page that people are told, each with its time."""
    for before, after in pairwise(history.pages):
        at = after[0].page.committed_at or after[0].first_read_at
        if history.since <= at <= history.read_at:
            news = policy_news(history.project, before, after, at)
            if news is not None:
                yield at, news


def _of_listings(history: History) -> Iterator[_Moment]:
    together: list[tuple[datetime, str, bool]] = []
    for change in sorted(_changes(history)):
        if together and change[0] > together[0][0] + POLL:
            yield _moment(together)
            together = []
        together.append(change)
    if together:
        yield _moment(together)


def _moment(changes: Sequence[tuple[datetime, str, bool]]) -> _Moment:
    return _Moment(
        at=changes[0][0],
        published=frozenset(subject for _, subject, is_new in changes if is_new),
        withdrawn=frozenset(subject for _, subject, is_new in changes if not is_new),
    )


def _changes(history: History) -> Iterator[tuple[datetime, str, bool]]:
    """When, the subject, and whether it is new then."""
    for release in history.releases:
        if history.since <= release.published_at <= history.read_at:
            yield release.published_at, f"release/{release.subject}", True
    for advisory in history.advisories:
        subject = f"advisory/{advisory.subject}"
        if history.since <= advisory.published_at <= history.read_at:
            yield advisory.published_at, subject, True
        withdrawn_at = advisory.withdrawn_at
        if withdrawn_at is not None and max(history.since, advisory.published_at) < withdrawn_at <= history.read_at:
            yield withdrawn_at, subject, False


@dataclass(slots=True)
class _Room:
    """What the room shows so far.

    posted: as the plan asks for it
    posted_at: by subject, when its announcement was posted
    messages: by subject, what stands there
    """

    watch: Watch
    posted: dict[Place, PostedMessage] = field(default_factory=dict)
    posted_at: dict[str, datetime] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)

    def carry_out(self, steps: Plan, moment: _Moment) -> Iterator[Happening]:
        """Post what is planned, and yield what happened."""
        reasons = {each.subject: each.reason for each in steps.decisions}
        because = moment.published | moment.withdrawn
        for each in steps.messages:
            subject = each.parent or each.subject
            yield Happening(
                at=moment.at,
                kind=each.kind,
                subject=subject,
                message=each.message,
                earlier=self.messages.get(subject),
                before=None if each.kind == "new" else self.posted_at.get(subject),
                reason=reasons.get(subject, ""),
                because=because,
            )
            self._post(each, moment.at)
        for decision in steps.decisions:
            if decision.verdict in ("skip", "hold") and decision.subject in moment.published:
                yield Happening(
                    at=moment.at, kind="silent", subject=decision.subject, reason=decision.reason, because=because
                )

    def _post(self, message: PlannedMessage, at: datetime) -> None:
        self.messages[message.subject] = message.message
        if message.kind != "edit":
            self.posted_at[message.subject] = at
        for room, revision in message.revisions.items():
            parent = self.posted.get((room, message.parent)) if message.kind == "reply" else None
            if parent is not None:
                reasons = parent.notified_for | message.notified_for
                self.posted[room, parent.subject] = replace(parent, notified_for=reasons)
            earlier = self.posted.get((room, message.subject))
            self.posted[room, message.subject] = PostedMessage(
                announcement=announcement_id(room, message.subject),
                room=room,
                subject=message.subject,
                revision=revision,
                digest=message.digest,
                template=message.template,
                notified_for=message.notified_for,
                parent=parent.announcement if parent is not None else earlier.parent if earlier is not None else "",
            )
