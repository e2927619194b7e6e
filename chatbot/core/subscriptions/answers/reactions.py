"""Answers to what people do about an alert: they upgraded, want to be reminded, or hear nothing more of it."""

from dataclasses import replace
from datetime import datetime

from chatbot.core.model.facts import Advisory
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.message import (
    Action,
    Block,
    Code,
    Link,
    Message,
    Moment,
    Span,
    Strong,
    Tone,
    field_of,
    paragraph,
)
from chatbot.core.queries.answers.affected import affecting
from chatbot.core.queries.query_context import QueryContext, unsure
from chatbot.core.queries.reference import Reference
from chatbot.core.subscriptions.answers.words import subscription_name
from chatbot.core.subscriptions.subscription import Subscription
from chatbot.core.text.words import listed


def now_runs(
    context: QueryContext, reference: Reference, subscription: Subscription | None, has_dropped: bool
) -> Message:
    """They upgraded: what alerts are about from now on, and whether anything that is known affects the new version.
    `has_dropped`: something was still on its way to them."""
    project = context.project.name
    answer = affecting(replace(context, arguments={"version": reference.version.tag}))
    fields = [field_of("Right now", answer.title), *(each for each in answer.fields if each.label == "What to do")]
    alerts = subscription_name(project, subscription) if subscription is not None else ""
    words = "I dropped the alerts and reminders that were still on their way to you."
    body: list[Block] = [paragraph(words)] if has_dropped else []
    return Message(
        title=f"Noted: you run {project} {reference.version.text}",
        tone=Tone.WARNING if answer.tone is Tone.WARNING else Tone.GOOD,
        fields=(*([field_of("Alerts for", alerts)] if alerts else []), *fields),
        body=(*body, *answer.body) if answer.tone is Tone.UNSURE else tuple(body),
        private=True,
        answer=True,
    )


def nothing_to_move(context: QueryContext, reference: Reference) -> Message:
    """They upgraded, and have no subscription to this project."""
    line = f"{context.prefix}subscribe {reference.version.text}"
    how = paragraph("Send ", Code(line), " to get alerts for it.")
    return replace(unsure(f"You have no subscription to {context.project.name}", how), private=True)


def which_version(context: QueryContext) -> Message:
    """They upgraded, and nobody can tell to what."""
    how = paragraph("For example: ", Code(f"{context.prefix}upgraded {context.example}"))
    return replace(unsure("Which version do you run now?", how), private=True)


def remind(advisory: Advisory, due: datetime) -> Message:
    """They are reminded."""
    words = paragraph("I'll remind you on ", Moment(due), ", unless you say before that you upgraded.")
    return Message(
        title=f"You are reminded of {advisory.id} tomorrow",
        tone=Tone.GOOD,
        fields=(field_of("About", *_about(advisory)),),
        body=(words,),
        private=True,
        answer=True,
    )


def muted(context: QueryContext, advisory: Advisory) -> Message:
    """They hear nothing more of one advisory."""
    words = (
        "You hear nothing more of this advisory, not even if it gets worse. All other advisories alert you as before."
    )
    return Message(
        title=f"{advisory.id} is muted",
        tone=Tone.GOOD,
        fields=(field_of("About", *_about(advisory)),),
        body=(paragraph(words),),
        actions=(Action("unmute", "Undo", context.project.id, advisory.id),),
        private=True,
        answer=True,
    )


def unmuted(advisory: Advisory) -> Message:
    """They hear of it again."""
    words = paragraph("You hear of this advisory again when it gets worse.")
    return Message(title=f"{advisory.id} is no longer muted", tone=Tone.GOOD, body=(words,), private=True, answer=True)


def which_advisory(prefix: str, command: str) -> Message:
    """A reaction to an alert, and nobody can tell which."""
    how = paragraph("For example: ", Code(f"{prefix}{command} CVE-2031-1234"))
    return replace(unsure("Which advisory?", how), private=True)


def no_such_advisory(text: str, projects: dict[ProjectId, str]) -> Message:
    """No project of theirs has an advisory with this id."""
    names = listed(sorted(projects.values())[:5])
    where = f"of {names}" if names else "here"
    return replace(unsure(f"There is no advisory “{text[:40]}” {where}"), private=True)


def _about(advisory: Advisory) -> tuple[Span, ...]:
    words = advisory.summary or advisory.id
    return (Link(words, advisory.url) if advisory.url else Strong(words),)
