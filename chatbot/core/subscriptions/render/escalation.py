"""A reply to an alert once it got worse, or there is a fix; computed from the facts, so that it can be corrected."""

from collections.abc import Collection

from chatbot.core.announce.render.headline import advisory_label
from chatbot.core.model.message import Message, Strong, Tone, paragraph, text
from chatbot.core.subscriptions.alerting.showing import Showing
from chatbot.core.subscriptions.render.alert import WHAT, actions, fields, headline_of, links_of, tone_of, why
from chatbot.core.subscriptions.render.change import change_words, since
from chatbot.core.subscriptions.render.words import as_subject, title_of


def escalation_message(showing: Showing, about: Collection[str]) -> Message:
    """What the reply says now. `about`: the reasons that it alerts for."""
    advisory, change = showing.advisory, change_words(showing, about)
    is_struck = showing.withdrawn or showing.removed
    summary = (paragraph(Strong(advisory.summary)),) if showing.by_version and advisory.summary else ()
    if is_struck or not showing.main:
        over = () if is_struck else (paragraph("It is not about you any more: see the alert."),)
        return Message(
            title=change,
            tone=Tone.WITHDRAWN if is_struck else Tone.ANSWER,
            url=advisory.url,
            body=(*summary, *over),
            small=(text(advisory.id),),
            struck=is_struck,
        )
    steps = tuple(paragraph(step) for step in showing.steps)
    return Message(
        title=f"{change}: {as_subject(title_of(showing))}",
        tone=tone_of(showing),
        label=advisory_label(advisory, WHAT),
        headline=headline_of(showing, change),
        severity=advisory.severity,
        url=advisory.url,
        fields=tuple(fields(showing)),
        body=(*summary, *since(showing, about), *steps),
        small=(text(advisory.id), why(showing)),
        links=links_of(showing),
        actions=actions(showing),
    )
