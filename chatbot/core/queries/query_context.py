"""A question and what we know → a message: which answer belongs to which command, and the answers of few words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from chatbot.core.model.knowledge import Knowledge
from chatbot.core.model.message import CHOOSE, Action, BulletList, Code, ListItem, Message, Text, Tone, paragraph
from chatbot.core.model.source_profile import ForgeProfile, SourceKind
from chatbot.core.model.watches import Project
from chatbot.core.queries.commands import COMMANDS, Command, Right, find, usage
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.support.policy import Policy
from chatbot.core.text.words import age

MOST_UNPARSED = 5  # things that cannot be parsed, named for one project


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryContext:
    """What an answer about one project is made from. `policy` is the reading of the page in force, None where there is
    none; `forge` is where the project publishes."""

    snapshot: ProjectSnapshot
    policy: Policy | None
    now: datetime
    forge: ForgeProfile
    arguments: Mapping[str, str] = field(default_factory=dict)

    @property
    def project(self) -> Project:
        return self.snapshot.project

    @property
    def knowledge(self) -> Knowledge:
        return self.snapshot.knowledge

    def has_read(self, kind: SourceKind) -> bool:
        """Whether the project's own releases, advisories or policy page were ever read."""
        return bool(self.knowledge.read_times(kind))

    def age(self, *kinds: SourceKind) -> str:
        """Small print: how old the knowledge is that the answer rests on: of these kinds, or all of it."""
        times = self.knowledge.read_times(*kinds)
        if not times:
            return f"{self.forge.name} has not been read yet."
        return f"As read from {self.forge.name} {age(self.now - min(times))}."


def unsure(title: str, *reasons: str, footer: str = "") -> Message:
    """An honest “I don't know”, with the reason."""
    return Message(title=title, tone=Tone.UNSURE, body=tuple(paragraph(reason) for reason in reasons), footer=footer)


def which_project(reason: str, projects: Sequence[Project]) -> Message:
    """The question back, with what there is to choose from; for the asker alone."""
    choices = tuple(Action(CHOOSE, project.name, project.id, "") for project in projects)
    return replace(unsure("Which project?", reason), actions=choices, private=True)


def helped(rights: frozenset[Right], prefix: str, near: str = "") -> Message:
    """What the asker may ask. `prefix` is how a command begins in this chat; `near` names the command that what was typed
    is closest to."""
    nearest = find(near)
    if nearest is not None:
        return unsure(
            f"Did you mean {prefix}{usage(nearest).removeprefix('/')}?", f"{prefix}help lists all I can be asked."
        )
    items = tuple(ListItem(_help_line(command, prefix)) for command in COMMANDS if command.right in rights)
    return Message(title="What you can ask me", tone=Tone.ANSWER, body=(BulletList(items),))


def _help_line(command: Command, prefix: str) -> tuple[Code | Text, ...]:
    return (Code(prefix + usage(command).removeprefix("/")), Text(f" – {command.about}"))
