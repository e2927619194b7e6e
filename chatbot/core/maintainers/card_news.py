"""What a card asks about: a release, an advisory, or a change of the policy page, in the words that the card needs."""

from collections.abc import Callable
from dataclasses import dataclass

from chatbot.core.announce.plan_builder import PlanBuilder
from chatbot.core.announce.policy_news import PolicyNews, control_of
from chatbot.core.announce.subject import Subject
from chatbot.core.maintainers.controls import Control
from chatbot.core.model.message import Message
from chatbot.core.model.watches import NotesLength, Project

POLICY = "policy"  # what maintainers call a change of the policy page


@dataclass(frozen=True, slots=True, kw_only=True)
class CardNews:
    """One piece of news.

    names: all subjects under which it may have been posted, the current one first
    name: what maintainers call it in a command
    digest: stands for what its announcement shows
    message_for: its announcement in rooms that show so much of release notes
    """

    project: Project
    names: tuple[str, ...]
    name: str
    control: Control
    digest: str
    message_for: Callable[[NotesLength], Message]

    @property
    def id(self) -> str:
        return self.names[0]

    @property
    def message(self) -> Message:
        return self.message_for("short")


def news_of(subject: Subject) -> CardNews:
    """A release or an advisory."""
    return CardNews(
        project=subject.snapshot.project,
        names=subject.names,
        name=subject.name,
        control=subject.control,
        digest=subject.digest,
        message_for=subject.message_for,
    )


def policy_news_of(builder: PlanBuilder, news: PolicyNews, subject: str, message: Message) -> CardNews:
    """A change of the policy page, by the subject of the card."""
    return CardNews(
        project=builder.snapshot.project,
        names=(subject,),
        name=POLICY,
        control=control_of(builder, subject),
        digest=news.digest,
        message_for=lambda _notes: message,
    )
