"""The roles of a chat's servers, as a port: found, made without any permission, and given to people who ask for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from chatbot.core.model.ids import RoomAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerRole:
    """A role as its server has it now.

    power: what it gives to whoever has it, or who manages it, as a sentence's end (`it has permissions`); "" for a role that only
        carries a name: no other may be given to anybody
    out_of_reach: whether it stands above the bot's own, so that the bot can't give it
    mentionable: whether everybody may ping it
    """

    id: str
    name: str
    power: str = ""
    out_of_reach: bool = False
    mentionable: bool = False


def server_roles(chat: object) -> "ServerRoles | None":
    """The roles of a chat's servers; None for a chat that has no such thing."""
    roles = getattr(chat, "roles", None)
    return roles if isinstance(roles, ServerRoles) else None


@runtime_checkable
class ServerRoles(Protocol):
    """A server is called as its chat calls it (`discord:1234`). All raise ChatRefused, with a sentence for people that says
    what to do, and ChatUnavailable; what is not there any more is no error where it is taken away."""

    async def server_of(self, room: RoomAddress) -> str:
        """The server that a room belongs to."""

    async def ids(self, server: str) -> frozenset[str]:
        """The roles that there are."""

    async def with_name(self, server: str, name: str) -> Sequence[ServerRole]:
        """The roles with exactly this name, the oldest first."""

    async def look(self, server: str, role: str) -> ServerRole | None:
        """The role as it is now; None where there is none any more."""

    async def make(self, server: str, name: str) -> str:
        """Make a role that has no permission and that not everybody may mention; return its id."""

    async def delete(self, server: str, role: str) -> None: ...

    async def give(self, server: str, role: str, person: RoomAddress) -> None: ...

    async def take(self, server: str, role: str, person: RoomAddress) -> None: ...
