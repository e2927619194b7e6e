"""What a command is: its parameters, what they hold, and who may use it."""

from dataclasses import dataclass
from enum import StrEnum


class Right(StrEnum):
    """Who may use a command. Everybody has EVERYONE; the chat or the configuration grants the others at each request."""

    EVERYONE = "everyone"
    ROOM_ADMIN = "room_admin"  # manages the room: Discord's Manage Channels, Matrix's level for state
    MODERATOR = "moderator"  # may delete others' messages there
    MAINTAINER = "maintainer"  # is listed in the project's `maintainers`


class Kind(StrEnum):
    """What a parameter holds; chats suggest versions, lines, advisories, projects and sections while somebody types."""

    VERSION = "version"
    LINE = "line"
    SCOPE = "scope"  # a version, or a release line
    ADVISORY = "advisory"
    SECTION = "section"
    SEVERITY = "severity"
    DATE = "date"
    SUBJECT = "subject"
    PROJECT = "project"
    WORDS = "words"
    COMMAND = "command"
    SETTING = "setting"  # an option of a room, free text or one of its choices
    MENTION = "mention"  # somebody whom the bot shall ping


@dataclass(frozen=True, slots=True)
class Parameter:
    """`several`: it takes more than one version, separated by blanks or commas."""

    name: str
    description: str
    kind: Kind
    required: bool = True
    choices: tuple[str, ...] = ()
    several: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """`private`: only the asker sees the answer, wherever the chat supports that. `hidden`: it stands behind menus alone; no help
    lists it, and nobody types it."""

    name: str
    description: str
    parameters: tuple[Parameter, ...] = ()
    right: Right = Right.EVERYONE
    private: bool = False
    hidden: bool = False
