"""Cards in the maintainers' room: each piece of news that waits for their word, as it will look, and what became of it."""

from collections import Counter
from datetime import datetime, timedelta

from chatbot.core.announce import decide
from chatbot.core.announce.audience import Watch
from chatbot.core.announce.decide import Announce, Outcome
from chatbot.core.announce.digest import digest
from chatbot.core.announce.messages import short_hash
from chatbot.core.announce.plan_builder import PlanBuilder, Waiting
from chatbot.core.announce.policy_news import PolicyNews
from chatbot.core.announce.render.policy import policy_title
from chatbot.core.announce.subject import Subject, find
from chatbot.core.delivery import Lane
from chatbot.core.maintainers.approval import LONGEST_WAIT, controlled, needs_approval
from chatbot.core.maintainers.card_news import CardNews, news_of, policy_news_of
from chatbot.core.maintainers.render import CardState, card_message, exploited_message, held_message, nudge_message
from chatbot.core.maintainers.renderings import renderings_of
from chatbot.core.model.ids import RoomAddress, SubjectId
from chatbot.core.model.message import Message, Tone

NUDGE_AFTER = timedelta(days=1)  # of a card about routine news that nobody answered
REMIND_EVERY = timedelta(hours=1)  # of security news that is held


def outcome_of(builder: PlanBuilder, subject: Subject, watch: Watch, outcome: Outcome, ready_at: datetime) -> Outcome:
    """What becomes of a first announcement by the word of the maintainers; what waits for it is remembered."""
    project = builder.snapshot.project
    controlled_outcome = controlled(
        outcome, subject.control, project, ready_at, builder.now, cards_arrive=builder.cards_arrive
    )
    if isinstance(outcome, Announce) and isinstance(controlled_outcome, decide.Stay | decide.Hold):
        pings = decide.pings(outcome, watch.room.watch_filter)
        notes = watch.room.watch_filter.notes
        waiting = Waiting(watch.room.address, outcome.lane, ready_at, pings=pings, notes=notes)
        builder.waiting.setdefault(subject.id, []).append(waiting)
    return controlled_outcome


def lay(builder: PlanBuilder) -> None:
    """Plan the cards of what was looked at, their corrections, and reminders. Call it when all else is planned."""
    room = builder.snapshot.project.maintainers_room
    if not room:
        return
    for name in sorted(builder.planned):
        subject = find(builder.snapshot, name)
        if subject is not None:
            _remind_of_hold(builder, subject, room)
            _warn_of_exploited(builder, subject, room)
            if needs_approval(builder.snapshot.project):
                _card(builder, news_of(subject), room)


def lay_policy(builder: PlanBuilder, news: PolicyNews) -> None:
    """Plan the card of a changed policy page, and close those of changes that are told together with it, or not at all."""
    project = builder.snapshot.project
    room, message = project.maintainers_room, news.message
    if not room or not needs_approval(project):
        return
    for name in news.replaced:
        _card(
            builder,
            policy_news_of(builder, news, name, message or Message(title=policy_title(project), tone=Tone.POLICY)),
            room,
        )
    if message is not None:
        _card(builder, policy_news_of(builder, news, news.subject, message), room)


def card_subject(subject: str) -> str:
    """The subject of the card about a release or an advisory: `card/<project>/release/<tag>`."""
    about = SubjectId.parse(subject)
    return str(SubjectId("card", about.project, f"{about.kind}/{about.name}"))


def _card(builder: PlanBuilder, subject: CardNews, room: RoomAddress) -> None:
    waiting = builder.waiting.get(subject.id, [])
    names = [(room, card_subject(name)) for name in subject.names]
    place = next((each for each in names if each in builder.posted), names[0])
    before = builder.posted.get(place)
    if not waiting and before is None:
        return
    state = _state(builder, subject, waiting)
    rooms = Counter(each.room.chat for each in waiting)
    urgent = any(each.lane is not Lane.ROUTINE for each in waiting)
    ready_at = min((each.ready_at for each in waiting), default=None)
    until = ready_at + LONGEST_WAIT if ready_at is not None and urgent and state == "waiting" else None
    pings = sum(each.pings for each in waiting)
    shows = digest(
        [
            "card",
            state,
            subject.digest if waiting else "",
            [[chat, many] for chat, many in sorted(rooms.items())],
            until.isoformat() if until is not None else None,
            pings,
        ]
    )
    if before is not None and before.digest == shows:
        _nudge(builder, subject, place, state, ready_at, urgent=urgent)
        return
    layouts = [(each.room.chat, each.notes) for each in waiting]
    renderings = renderings_of(subject.message_for, layouts, room.chat, builder.renderers)
    message = card_message(subject, state, rooms, until, renderings, pings=pings, urgent=urgent)
    builder.add_message(
        place,
        "new" if before is None else "edit",
        message,
        Lane.SECURITY if urgent else Lane.ROUTINE,
        revision=1 if before is None else before.revision + 1,
        notified_for=frozenset(),
        digest=shows,
    )
    if state == "waiting" and not urgent and ready_at is not None:
        builder.replan_times.append(ready_at + NUDGE_AFTER)


def _state(builder: PlanBuilder, subject: CardNews, waiting: list[Waiting]) -> CardState:
    control = subject.control
    if control.retracted:
        return "retracted"
    if control.bad is not None:
        return "bad"
    if control.skipped:
        return "skipped"
    if waiting:
        return "held" if control.held_at is not None else "waiting"
    if not any(name in subject.names for _, name in builder.in_plan):
        return "over"
    return "announced" if control.announced_at is not None else "unanswered"


def _nudge(
    builder: PlanBuilder,
    subject: CardNews,
    place: tuple[RoomAddress, str],
    state: CardState,
    ready_at: datetime | None,
    *,
    urgent: bool,
) -> None:
    """One reply to a card about routine news that nobody answered for a day."""
    if state != "waiting" or urgent or ready_at is None:
        return
    room, parent = place
    name = str(SubjectId("notice", builder.snapshot.project.id, short_hash("nudge", subject.id)))
    if (room, name) in builder.posted:
        return
    if builder.now < ready_at + NUDGE_AFTER:
        builder.replan_times.append(ready_at + NUDGE_AFTER)
        return
    builder.add_message(
        (room, name),
        "reply",
        nudge_message(subject),
        Lane.ROUTINE,
        revision=1,
        notified_for=frozenset(),
        digest=digest(["nudge", subject.id]),
        parent=parent,
    )


def _warn_of_exploited(builder: PlanBuilder, subject: Subject, room: RoomAddress) -> None:
    """Once, that what they took back, skipped or hold is known to be exploited: nobody else is told so."""
    control, advisory = subject.control, subject.advisory
    is_silent = bool(control.retracted) or control.skipped or control.held_at is not None
    if advisory is None or not advisory.known_exploited or not is_silent:
        return
    name = str(SubjectId("notice", builder.snapshot.project.id, short_hash("exploited", subject.id)))
    if (room, name) in builder.posted:
        return
    builder.add_message(
        (room, name),
        "new",
        exploited_message(subject),
        Lane.CRITICAL,
        revision=1,
        notified_for=frozenset(),
        digest=digest(["exploited", subject.id]),
    )


def _remind_of_hold(builder: PlanBuilder, subject: Subject, room: RoomAddress) -> None:
    """Every hour while security news is held back, one reminder; after a time without the bot the last one only."""
    held_at = subject.control.held_at
    urgent = [each for each in builder.waiting.get(subject.id, []) if each.lane is not Lane.ROUTINE]
    if held_at is None or not urgent:
        return
    hours = int((builder.now - held_at) / REMIND_EVERY)
    builder.replan_times.append(held_at + (hours + 1) * REMIND_EVERY)
    name = str(
        SubjectId(
            "notice", builder.snapshot.project.id, short_hash("held", subject.id, held_at.isoformat(), str(hours))
        )
    )
    if hours < 1 or (room, name) in builder.posted:
        return
    builder.add_message(
        (room, name),
        "new",
        held_message(subject, held_at, len(urgent)),
        Lane.SECURITY,
        revision=1,
        notified_for=frozenset(),
        digest=digest(["held", subject.id, hours]),
    )
