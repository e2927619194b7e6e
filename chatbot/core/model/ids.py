"""Ids as values. They print byte for byte what is stored and hashed."""

from dataclasses import dataclass
from typing import Literal, NewType, Self, get_args

ProjectId = NewType("ProjectId", str)  # a project's `id` in the configuration
NO_PROJECT = ProjectId("")
LONGEST_ADDRESS = 300  # characters
DIRECT = "dm:"  # before what the chat calls the room of a DM


class RoomAddress(str):
    """A room's `address` in the configuration, or a person's: the chat's name, a colon, and what the chat itself calls it.

    `discord:1234`, `matrix:!id:server`, `matrix:#alias:server`, `console`; `discord:user:1`, `matrix:@alice:example.org`;
    a person's DM as a room: `discord:dm:1234`, `matrix:dm:!id:server`.
    """

    __slots__ = ()

    @property
    def chat(self) -> str:
        """The chat that it belongs to: `discord`, `matrix` or `console`."""
        return self.partition(":")[0]

    @property
    def place(self) -> str:
        """What the chat itself calls it: `1234`, `!id:server`; empty for the console."""
        return self.partition(":")[2]

    @property
    def is_person(self) -> bool:
        """Whether it is the address of a person, not of a room."""
        place = self.place
        whole = 0 < len(self) <= LONGEST_ADDRESS and self.isprintable() and " " not in self
        return whole and (place.startswith("@") or (place.startswith("user:") and len(place) > len("user:")))

    @property
    def is_direct(self) -> bool:
        """Whether it is the DM of one person: it says who that is, and no log names it."""
        return self.startswith(DIRECT, self.find(":") + 1)

    @property
    def is_personal(self) -> bool:
        """Whether it says who somebody is: a person's address, or their DM. No configuration, log or notice names it."""
        return self.is_person or self.is_direct


NOWHERE = RoomAddress("")  # where there is no room, or no DM

SubjectKind = Literal[
    "release",
    "advisory",
    "policy",
    "summary",
    "notice",
    "follow-up",
    "alert",
    "digest",
    "reminder",
    "card",
    "schedule",
    "went-out",
    "correction",
]


@dataclass(frozen=True, slots=True)
class SubjectId:
    """What an announcement is about.

    kind: what it is
    project: the project's id, which has no slash
    name: a tag, an advisory's id, or what stands for a text; a tag may hold slashes. Empty for a project's policy as such
    """

    kind: SubjectKind
    project: ProjectId
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind}/{self.project}/{self.name}" if self.name else f"{self.kind}/{self.project}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The subject that prints as this text. Raises ValueError for a text that no subject prints."""
        kind, _, rest = text.partition("/")
        project, slash, name = rest.partition("/")
        if kind not in get_args(SubjectKind) or not project or bool(slash) != bool(name):
            raise ValueError(f"no subject prints as {text[:80]!r}")
        return cls(kind, project, name)  # type: ignore[arg-type]  # it is one of them
