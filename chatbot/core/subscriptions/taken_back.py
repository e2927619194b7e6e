"""What becomes of a release that people were told of, once it is removed or its maintainers take it back: their DM is corrected,
and whoever was told to take it reads that they should not."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from chatbot.core.announce.digest import Facts, digest
from chatbot.core.announce.messages import PostedMessage
from chatbot.core.announce.render.follow_up import follow_up_facts, follow_up_message
from chatbot.core.announce.subject import BAD, WITHDRAWN, Subject
from chatbot.core.delivery import Lane
from chatbot.core.maintainers.controls import control_facts
from chatbot.core.model.ids import SubjectId
from chatbot.core.model.message import Message, text
from chatbot.core.subscriptions.alerts import PersonalMessage

_WHY = text("You get this because the release was announced or recommended to you here.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one person was told of one release.

    announced: its announcement in their DM; None where there is none
    recommended: the subject of an alert or a list that recommended it to them, else ""
    warned: the reply that said what became of it; None before
    """

    announced: PostedMessage | None = None
    recommended: str = ""
    warned: PostedMessage | None = None


def state_facts(subject: Subject) -> Facts:
    """What it depends on: whether the release stands, and why not."""
    return [subject.struck_for, *control_facts(subject.control)] if subject.message.struck else []


def corrections(subject: Subject, told: Told) -> tuple[PersonalMessage, ...]:
    """What the person gets now. An announcement that was never crossed out is left as it is: nobody edits it for less."""
    return tuple(_corrections(subject, told))


def _corrections(subject: Subject, told: Told) -> Iterator[PersonalMessage]:
    is_struck, posted, shows = subject.message.struck, told.announced, subject.digest_for("short")
    if posted is not None and posted.digest != shows and (is_struck or posted.revision > 1):
        message = replace(subject.message, actions=())
        yield _edit(posted, message, shows)
    if told.warned is not None:
        facts = digest(follow_up_facts(subject, told.warned.notified_for))
        if facts != told.warned.digest:
            yield _edit(told.warned, _warning(subject, told.warned.notified_for), facts)
        return
    parent = posted.subject if posted is not None else told.recommended
    says = subject.struck_for == BAD or (subject.struck_for == WITHDRAWN and posted is not None)
    if is_struck and parent and says:
        about = frozenset({subject.struck_for})
        yield PersonalMessage(
            kind="reply",
            subject=subject_of(subject),
            message=_warning(subject, about),
            lane=Lane.ALERT,
            notified_for=about,
            digest=digest(follow_up_facts(subject, about)),
            revision=1,
            parent=parent,
        )


def subject_of(subject: Subject) -> str:
    """The subject of the reply: there is one for each release."""
    return str(SubjectId("correction", subject.snapshot.project.id, subject.name))


def _warning(subject: Subject, about: frozenset[str]) -> Message:
    message = follow_up_message(subject, about)
    return replace(message, small=(*message.small, _WHY))


def _edit(posted: PostedMessage, message: Message, shows: str) -> PersonalMessage:
    return PersonalMessage(
        kind="edit",
        subject=posted.subject,
        message=message,
        lane=Lane.PERSONAL,
        notified_for=posted.notified_for,
        digest=shows,
        revision=posted.revision + 1,
    )
