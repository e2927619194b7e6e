"""A role of a server that stands for one supported release line of a project."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chatbot.core.model.ids import ProjectId

MOST = 20  # roles of one project in a server: its newest lines
LONGEST_NAME = 100  # characters, as the strictest chat has it
GRACE = timedelta(
    days=7
)  # a retired role; if its line turns out to be supported after all, its members are still there


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRole:
    """One role. It is known by its id: anybody may rename it.

    server: what it belongs to, as its chat calls it: `discord:1234`
    line: the release line, `0.15`
    role: its id there; "" while it is being made
    adopted: somebody else made it: it is used, and never deleted
    retired_at: since when it is pinged no more, because support of the line has ended
    """

    server: str
    project: ProjectId
    line: str
    role: str = ""
    adopted: bool = False
    retired_at: datetime | None = None

    @property
    def name(self) -> str:
        """What it is called when it is made, and by what an existing one is found: `mailer 2.1`."""
        return role_name(self.project, self.line)

    @property
    def stands(self) -> bool:
        """Whether people can have it and news pings it."""
        return bool(self.role) and self.retired_at is None


def role_name(project: ProjectId, line: str) -> str:
    """`mailer 2.1`."""
    return f"{project} {line}"[:LONGEST_NAME]
