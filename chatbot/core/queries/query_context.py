"""What an answer is computed from, and the short answers that belong to no single question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from chatbot.core.model.knowledge import Knowledge
from chatbot.core.model.message import (
    CHOOSE,
    Action,
    BulletList,
    Code,
    ListItem,
    Message,
    Paragraph,
    Spans,
    Text,
    Tone,
    paragraph,
)
from chatbot.core.model.source_profile import ForgeProfile, SourceKind
from chatbot.core.model.watches import Project
from chatbot.core.queries.commands import COMMANDS, Command, Right, find, usage
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


def which_project(reason: str, projects: Sequence[Project]) -> Message:
    """Asks back which project was meant, with the choices; only the asker sees it."""
    choices = tuple(Action(CHOOSE, project.name, project.id, "") for project in projects)
    return replace(unsure("Which project?", reason), actions=choices, private=True)


def helped(rights: frozenset[Right], prefix: str, near: str = "") -> Message:
    """The commands that the asker may use. `prefix` starts a command in this chat; `near` is the command that was probably
    meant, or ""."""
    nearest = find(near)
    if nearest is not None:
        return unsure(
            f"Did you mean {prefix}{usage(nearest).removeprefix('/')}?", f"{prefix}help lists all I can be asked."
        )
    items = tuple(ListItem(_help_line(command, prefix)) for command in COMMANDS if command.right in rights)
    return Message(title="What you can ask me", tone=Tone.ANSWER, body=(BulletList(items),))


def _help_line(command: Command, prefix: str) -> tuple[Code | Text, ...]:
    return (Code(prefix + usage(command).removeprefix("/")), Text(f" – {command.description}"))
