"""The words of a changed security policy."""

from collections.abc import Sequence
from datetime import datetime

from chatbot.core.model.facts import PolicyPage
from chatbot.core.model.message import Link, Message, Tone, bullets, text
from chatbot.core.model.watches import Project
from chatbot.core.text.words import calendar_day


def policy_title(project: Project) -> str:
    """What such news is called."""
    return f"{project.name} – security policy changed"


def policy_message(project: Project, page: PolicyPage, sentences: Sequence[str], read_at: datetime) -> Message:
    """What changed in the security policy, a sentence each."""
    when = page.committed_at or read_at
    name = page.link.rpartition("/")[2] or "The policy page"
    link = (Link("Security policy", page.link),) if page.link else ()
    return Message(
        title=policy_title(project),
        tone=Tone.POLICY,
        url=page.link,
        body=(bullets(sentences),),
        small=(
            text(f"{name} of {calendar_day(when)}" if page.committed_at else f"{name}, read on {calendar_day(when)}"),
        ),
        links=link,
        at=when,
    )
