"""What an answer is computed from, and how it says that it does not know."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from chatbot.core.model.knowledge import Knowledge
from chatbot.core.model.message import Message, Paragraph, Spans, Tone, paragraph
from chatbot.core.model.source_profile import ForgeProfile, SourceKind
from chatbot.core.model.watches import Project
from chatbot.core.releases.lookup import example_of
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.support.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryContext:
    """What an answer about one project is computed from.

    snapshot: what the project's facts add up to
    policy: the parsed policy page in force, None where there is none
    now: the time of the answer
    forge: where the project publishes
    arguments: the command's, by parameter
    prefix: stands before a command in the chat where it was asked
    room_word: what people call a room there
    """

    snapshot: ProjectSnapshot
    policy: Policy | None
    now: datetime
    forge: ForgeProfile
    arguments: Mapping[str, str] = field(default_factory=dict)
    prefix: str = "/"
    room_word: str = "room"

    @property
    def project(self) -> Project:
        return self.snapshot.project

    @property
    def knowledge(self) -> Knowledge:
        return self.snapshot.knowledge

    @property
    def example(self) -> str:
        """A version to ask with: the project's newest, else an invented one."""
        return example_of(self.snapshot.releases.values()) or "1.2.3"

    def has_read(self, kind: SourceKind) -> bool:
        """Whether the project's own releases, advisories or policy page were ever read."""
        return bool(self.knowledge.read_times(kind))


def unsure(title: str, *reasons: str | Paragraph, small: tuple[Spans, ...] = ()) -> Message:
    """An honest “I don't know”, with the reason."""
    body = tuple(reason if isinstance(reason, Paragraph) else paragraph(reason) for reason in reasons)
    return Message(title=title, tone=Tone.UNSURE, body=body, small=small)
