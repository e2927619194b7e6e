"""The words of a changed security policy."""

from collections.abc import Sequence
from datetime import UTC, datetime

from chatbot.core.model.facts import PolicyPage
from chatbot.core.model.message import Link, Message, Tone, bullets, paragraph
from chatbot.core.model.watches import Project
from chatbot.core.text.words import day


def policy_message(project: Project, page: PolicyPage, sentences: Sequence[str], read_at: datetime) -> Message:
    """What changed in the security policy, a sentence each."""
    when = page.committed_at or read_at
    link = (Link("The whole policy", page.link),) if page.link else ()
    dated = "committed" if page.committed_at else "first read"
    return Message(
        title=f"{project.name} – security policy changed",
        tone=Tone.POLICY,
        url=page.link,
        body=(bullets(sentences), paragraph(f"The page was {dated} on {day(when.astimezone(UTC))}.")),
        links=link,
        at=when,
    )
