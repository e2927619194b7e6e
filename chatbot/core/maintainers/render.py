"""The words of cards and reminders in the maintainers' room."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from chatbot.core.announce.subject import Subject
from chatbot.core.maintainers.card_news import POLICY, CardNews
from chatbot.core.maintainers.controls import Control
from chatbot.core.maintainers.renderings import Renderings
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.message import Action, Block, Field, Link, Message, Moment, Tone, field_of, paragraph, text
from chatbot.core.text.words import count, listed

CardState = Literal["waiting", "held", "announced", "skipped", "retracted", "bad", "over", "unanswered"]

_TITLES: Mapping[CardState, str] = {
    "waiting": "Announce {}?",
    "held": "{} is held",
    "announced": "{} is announced",
    "skipped": "{} is not announced",
    "retracted": "{} was taken back",
    "bad": "{} must not be used",
    "over": "No room waits for {} any more",
    "unanswered": "{} went out without an answer",
}


def card_message(
    subject: CardNews,
    state: CardState,
    rooms: Mapping[str, int],
    until: datetime | None,
    renderings: Renderings,
    *,
    pings: int,
    urgent: bool,
) -> Message:
    """The card about one piece of news.

    rooms: how many wait for it, by chat
    until: when it goes out without an answer; None where it stays until somebody answers
    renderings: how it looks in each chat
    pings: in how many of the rooms it pings
    urgent: it is news about security
    """
    news = subject.message
    is_open = state in ("waiting", "held")
    return Message(
        title=_TITLES[state].format(name_of(subject)),
        tone=(Tone.SECURITY if urgent else Tone.ROUTINE) if is_open else Tone.ANSWER,
        label=news.label,
        severity=news.severity if is_open else None,
        headline=_TITLES[state].format(name_of(subject)),
        fields=(*_fields(state, rooms, until, pings), *(_notification(news) if is_open else ())),
        body=_reasons(subject.control, state),
        actions=_buttons(subject.project.id, subject.name, state) if is_open else (),
        footer=subject.project.name,
        example=renderings.message if is_open else None,
        renderings=renderings.renderings if is_open else (),
    )


def nudge_message(subject: CardNews) -> Message:
    """That nobody has answered a card."""
    return Message(
        title=f"{name_of(subject)} still waits for your word",
        tone=Tone.ROUTINE,
        body=(paragraph("It stays unannounced until somebody answers. I won't ask again."),),
        actions=_buttons(subject.project.id, subject.name, "waiting"),
    )


def held_message(subject: Subject, held_at: datetime, rooms: int) -> Message:
    """That security news is still held."""
    return Message(
        title=f"{name_of(subject)} is still held",
        tone=Tone.WARNING,
        label=subject.message.label,
        fields=(
            field_of("Held since", Moment(held_at)),
            field_of("Not told", f"{count(rooms, 'room')}, and everybody who subscribed"),
        ),
        body=(paragraph("It is about security: nobody is told until you announce it."),),
        actions=_buttons(subject.snapshot.project.id, subject.name, "held"),
    )


def exploited_message(subject: Subject) -> Message:
    """That something they keep back is known to be exploited."""
    news = subject.snapshot.advisories[subject.name]
    return Message(
        title=f"{news.summary or news.id} is known to be exploited",
        tone=Tone.CRITICAL,
        label="Nobody is told, by your word",
        severity=news.severity,
        url=news.url,
        body=(
            paragraph(
                "You took its announcement back, skipped it or hold it. Please check whether that is still right."
            ),
        ),
        small=(text(" · ".join([news.id, *sorted(news.ids - {news.id})])),),
        links=(Link("Advisory", news.url),) if news.url else (),
    )


def name_of(subject: Subject | CardNews) -> str:
    """What a piece of news is called: the release, or the advisory by its title."""
    return subject.message.title


def _fields(state: CardState, rooms: Mapping[str, int], until: datetime | None, pings: int) -> list[Field]:
    if state not in ("waiting", "held"):
        return []
    where = listed([f"{count(many, 'room')} on {chat.capitalize()}" for chat, many in sorted(rooms.items())])
    fields = [field_of("Goes to", f"{where}{f', {pings} with a ping' if pings else ''}")]
    if until is not None:
        fields.append(field_of("Goes out", "at ", Moment(until), " in any case, since it is about security"))
    elif state == "held":
        fields.append(field_of("Waits", "until you announce it"))
    else:
        fields.append(field_of("Waits", "until somebody answers"))
    return fields


def _notification(news: Message) -> tuple[Field, ...]:
    """What a phone shows of it, which stands outside of what is shown below."""
    return (field_of("Notification", f"“{news.headline}”"),) if news.loud and news.headline else ()


def _reasons(control: Control, state: CardState) -> tuple[Block, ...]:
    reason = control.retracted if state == "retracted" else control.bad.reason if control.bad is not None else ""
    return (paragraph(f"Reason: {reason}"),) if reason else ()


def _buttons(project: ProjectId, name: str, state: CardState) -> tuple[Action, ...]:
    skip = (Action("skip", "Skip", project, name),) if state == "waiting" else ()
    note = (
        (Action("add-note", "Add a note", project, name),) if name != POLICY else ()
    )  # its words are those of the page
    return (Action("approve", "Announce", project, name), *note, *skip)
