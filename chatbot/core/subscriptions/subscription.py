"""What a person wants to hear of: one version, a release line, or a whole project from a severity on."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from chatbot.core.model.ids import NOWHERE, ProjectId, RoomAddress
from chatbot.core.model.severity import Severity

ScopeKind = Literal["version", "line", "project"]
Releases = Literal["now", "weekly", "never"]
Via = Literal["dm", "role"]

MOST = 20  # subscriptions of one person


@dataclass(frozen=True, slots=True, order=True)
class Scope:
    """What a subscription is about.

    name: the version as the project writes it (`0.15.3`), or the line (`0.15`); empty for the whole project
    """

    kind: ScopeKind
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One thing that one person wants to hear of.

    id: its number in the store; 0 for one that is not stored yet
    min_severity: advisories below it are no alert; an unknown severity passes
    releases: whether releases of the scope are news too, and when
    since: when it began to want this scope; what we had read before is no news
    confirmed_at: when the person last said that they run this
    unconfirmed: the alerts since then that arrived. Counted as they do: a fan-out goes through a hundred thousand people and
        cannot count what each was sent
    home: the room where it was made, whose members may know of the project; empty for a DM
    runs, runs_since: of a line, the version that the person upgraded to, and when they said so: what was read before that is
        about the versions that they ran then, unless its range holds this one; empty where they never said
    via: how alerts come: in the DM, or by a line's role, which then stands in for the DM
    """

    id: int = 0
    person: RoomAddress
    project: ProjectId
    scope: Scope
    min_severity: Severity = Severity.LOW
    releases: Releases = "never"
    since: datetime
    confirmed_at: datetime
    unconfirmed: int = 0
    home: RoomAddress = NOWHERE
    via: Via = "dm"
    runs: str = ""
    runs_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person who gets alerts.

    dm: their DM as a room, once it is there
    trouble: why nothing is sent at present, for them to read; empty where all is well
    lost_at: since when nobody can be reached there
    """

    address: RoomAddress
    dm: RoomAddress = NOWHERE
    trouble: str = ""
    lost_at: datetime | None = None
