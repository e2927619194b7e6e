"""The one short message, without a sound, that an alert was taken back; and what becomes of it if the advisory stands again."""

from chatbot.core.announce.render.follow_up import NOT_PUBLISHED, NOTHING_TO_DO
from chatbot.core.model.message import Link, Message, Tone, paragraph, text
from chatbot.core.subscriptions.alerting.showing import Showing

_STANDS_AGAIN = "It was withdrawn for a time. It stands again, as the alert says."


def withdrawal_message(showing: Showing) -> Message:
    """What the reply says now."""
    advisory = showing.advisory
    is_struck = showing.withdrawn or showing.removed
    reason = NOT_PUBLISHED if showing.removed else NOTHING_TO_DO
    return Message(
        title=f"{'Withdrawn' if is_struck else 'Published again'}: {advisory.summary or advisory.id}",
        tone=Tone.WITHDRAWN if is_struck else Tone.ANSWER,
        url=advisory.url,
        body=(paragraph(reason if is_struck else _STANDS_AGAIN),),
        small=(text(f"{showing.snapshot.project.name} · {advisory.id}"),),
        links=(Link("Advisory", advisory.url),) if advisory.url else (),
    )
