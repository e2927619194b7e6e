"""Knowledge, what was said, rules and the clock → what each room shall now be told, as the difference to what it shows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from chatbot.core import decide, escalation
from chatbot.core.audience import Listener, bridged_away, by_hearing, calling
from chatbot.core.decide import Announce, Hold, Outcome, Skip
from chatbot.core.delivery import Lane
from chatbot.core.events import Advisory, Release
from chatbot.core.knowledge import Known
from chatbot.core.message import Message
from chatbot.core.picture import Picture
from chatbot.core.render import release_message
from chatbot.core.render_advisory import advisory_message, escalation_message
from chatbot.core.rules import Hearing
from chatbot.core.saying import Decision, Plan, Said, Saying, SayingKind, Verdict, short_hash

SaidThere = Mapping[tuple[str, str], Said]  # (room address, subject) → the last revision said there


@dataclass(frozen=True, slots=True)
class PolicyNews:
    """A change of the policy page, rendered once: it is said or not, and never edited."""

    subject: str
    message: Message
    read_at: datetime


@dataclass(slots=True)
class _Draft:
    """What the plan comes to while it is made: sayings of the same words are gathered into one."""

    project: str
    decisions: list[Decision] = field(default_factory=list)
    sayings: dict[tuple[str, SayingKind, Message, Lane, frozenset[str]], dict[str, int]] = field(default_factory=dict)
    look_again: list[datetime] = field(default_factory=list)

    def say(
        self,
        subject: str,
        kind: SayingKind,
        message: Message,
        lane: Lane,
        room: str,
        revision: int,
        told: frozenset[str],
    ) -> None:
        self.sayings.setdefault((subject, kind, message, lane, told), {})[room] = revision

    def note(self, subject: str, room: str, outcome: Outcome) -> None:
        match outcome:
            case Announce(reason=reason):
                self.decisions.append(_decision(self.project, subject, room, "announce", reason))
            case Skip(reason=reason):
                self.decisions.append(_decision(self.project, subject, room, "skip", reason))
            case Hold(reason=reason, until=until):
                self.decisions.append(_decision(self.project, subject, room, "hold", reason))
                self.look_again.append(until)

    def done(self) -> Plan:
        sayings = [
            Saying(
                project=self.project,
                subject=subject,
                kind=kind,
                message=message,
                lane=lane,
                revisions=revisions,
                told=told,
            )
            for (subject, kind, message, lane, told), revisions in self.sayings.items()
        ]
        return Plan(
            decisions=tuple(self.decisions), sayings=tuple(sayings), look_again_at=min(self.look_again, default=None)
        )


def plan(
    picture: Picture,
    listeners: Sequence[Listener],
    said: SaidThere,
    touched: Collection[str],
    *,
    settle: timedelta,
    policy_news: PolicyNews | None = None,
) -> Plan:
    """What follows from the touched subjects (and those bound to them) for the rooms that hear the project.

    A room that was told a subject is shown its newest words by an edit, and called again only by what got worse. A room
    that was not is told it as new, where it is news there and the room wants it. The same input gives the same plan, and a
    plan that was carried out leaves nothing more to say.
    """
    draft = _Draft(project=picture.project.id)
    groups = by_hearing(_heard(listeners, draft, touched))
    for subject in sorted(picture.touched_with(frozenset(touched)), key=_advisories_first):
        about = _Subject.of(picture, subject)
        if about is None:
            continue
        for hearing, group in groups.items():
            _for_group(draft, about, hearing, group, said, settle)
    if policy_news is not None:
        _policy(draft, policy_news, groups, said)
    return draft.done()


def message_digest(message: Message) -> str:
    """What tells one wording from another; whom it calls is no wording."""
    return short_hash(repr(replace(message, mentions=())))


def _advisories_first(subject: str) -> tuple[bool, str]:
    return (not subject.startswith("advisory/"), subject)


def _heard(listeners: Sequence[Listener], draft: _Draft, touched: Collection[str]) -> Iterable[Listener]:
    rooms = [listener.room for listener in listeners]
    bridges = any(room.bridged_with for room in rooms)
    for listener in listeners:
        other = bridged_away(listener.room, rooms) if bridges else None
        if other is None:
            yield listener
            continue
        for subject in touched:
            draft.note(subject, listener.room.at, Skip(f"it is bridged with {other.at}, which says it"))


@dataclass(frozen=True, slots=True)
class _Subject:
    """One release or advisory: its name, when it became news, and how it is decided and worded."""

    picture: Picture
    subject: str
    name: str
    is_release: bool
    published_at: datetime
    known_before: bool

    @classmethod
    def of(cls, picture: Picture, subject: str) -> "_Subject | None":
        kind, _, rest = subject.partition("/")
        name = rest.removeprefix(f"{picture.project.id}/")
        if kind == "release" and name in picture.releases:
            known = picture.knowledge.releases[name]
            promoted = known.promoted_at is not None
            when = known.promoted_at or known.fact.published_at
            return cls(picture, subject, name, True, when, known.known_before and not promoted)
        if kind == "advisory":
            advisory = next((item for item in picture.advisories.values() if name in item.ids), None)
            if advisory is not None:
                before = all(known.known_before for known in decide.standing(picture, advisory))
                canonical = f"advisory/{picture.project.id}/{advisory.id}"
                return cls(picture, canonical, advisory.id, False, advisory.published_at, before)
        return None

    def outcome(self, hearing: Hearing, settle: timedelta) -> Outcome:
        if self.is_release:
            return decide.release_for(self.picture, self.name, hearing, settle)
        return decide.advisory_for(self.picture, self.name, hearing, settle)

    def message(self) -> Message:
        return (
            release_message(self.picture, self.name) if self.is_release else advisory_message(self.picture, self.name)
        )

    def told(self) -> frozenset[str]:
        return frozenset() if self.is_release else escalation.points(self.picture.advisories[self.name])

    def settling(self, settle: timedelta) -> datetime | None:
        """Until when its words may still change by themselves; a release's depend on its advisories too."""
        known: list[Known[Release] | Known[Advisory]] = []
        advisories = self.picture.fixed_by(self.name) if self.is_release else (self.picture.advisories[self.name],)
        for advisory in advisories:
            known += decide.standing(self.picture, advisory)
        if self.is_release:
            known.append(self.picture.knowledge.releases[self.name])
        return max((until for item in known if (until := decide.settling(item, settle))), default=None)

    def news_to(self, listener: Listener) -> bool:
        return self.subject in listener.introduce or (not self.known_before and self.published_at > listener.since)


def _for_group(
    draft: _Draft, about: _Subject, hearing: Hearing, group: list[Listener], said: SaidThere, settle: timedelta
) -> None:
    outcome = about.outcome(hearing, settle)
    until = about.settling(settle)
    message = about.message()
    digest = message_digest(message)
    for listener in group:
        before = said.get((listener.room.at, about.subject))
        if before is not None:
            if before.digest != digest:
                if until is None:
                    _amend(draft, about, hearing, before, message)
                else:
                    draft.note(
                        about.subject, before.room, Hold("its changes are read once more before they are shown", until)
                    )
        elif not about.news_to(listener):
            draft.note(about.subject, listener.room.at, Skip("it was published before this room began to listen"))
        else:
            draft.note(about.subject, listener.room.at, outcome)
            if isinstance(outcome, Announce):
                introduced = about.subject in listener.introduce
                call = decide.calls(outcome, hearing) and not introduced
                words = calling(message, hearing, call=call)
                draft.say(about.subject, "new", words, outcome.lane, listener.room.at, 1, about.told())


def _amend(draft: _Draft, about: _Subject, hearing: Hearing, before: Said, message: Message) -> None:
    """Show the newest words in the place of the old; call people again only for what got worse."""
    room, revision = before.room, before.revision + 1
    lane = Lane.ROUTINE if about.is_release else Lane.SECURITY
    sentences: tuple[str, ...] = ()
    if not about.is_release and not message.struck:
        advisory = about.picture.advisories[about.name]
        sentences = escalation.worse(advisory, before.told, about.picture)
    told = before.told | (about.told() if not message.struck else frozenset())
    draft.say(about.subject, "edit", message, lane, room, revision, told)
    draft.decisions.append(_decision(draft.project, about.subject, room, "amend", "its words changed"))
    if sentences:
        advisory = about.picture.advisories[about.name]
        outcome = Announce("it got worse", Lane.CRITICAL, advisory.severity)
        words = calling(
            escalation_message(about.picture, about.name, sentences), hearing, call=decide.calls(outcome, hearing)
        )
        draft.say(about.subject, "reply", words, Lane.SECURITY, room, revision, told)
        draft.decisions.append(_decision(draft.project, about.subject, room, "escalate", " ".join(sentences)))


def _policy(draft: _Draft, news: PolicyNews, groups: Mapping[Hearing, list[Listener]], said: SaidThere) -> None:
    for hearing, group in groups.items():
        for listener in group:
            at = listener.room.at
            if (at, news.subject) in said:
                continue
            if "policy" not in hearing.hears:
                draft.note(news.subject, at, Skip("this room does not hear policy changes"))
            elif news.read_at <= listener.since:
                draft.note(news.subject, at, Skip("it was published before this room began to listen"))
            else:
                draft.note(news.subject, at, Announce("the policy changed", Lane.ROUTINE))
                draft.say(news.subject, "new", news.message, Lane.ROUTINE, at, 1, frozenset())


def _decision(project: str, subject: str, room: str, verdict: Verdict, reason: str) -> Decision:
    return Decision(project=project, subject=subject, room=room, verdict=verdict, reason=reason)
