"""The tables of the configuration file, key by key, with what each is when left out."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, time, tzinfo
from typing import Annotated, ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from chatbot.core.model.ids import ProjectId, RoomAddress
from chatbot.core.model.message import Mention
from chatbot.core.model.severity import Severity
from chatbot.core.model.watches import DigestSchedule, EventKind, LineStyle, NotesLength, Project, Room, WatchFilter
from chatbot.runtime.settings.fields import (
    ApiUrl,
    Duration,
    EndOfLifeProduct,
    GatewayUrl,
    HomeserverUrl,
    Image,
    Inviter,
    Listen,
    Maintainer,
    MatrixUser,
    MentionForm,
    OptionalRoomAddressField,
    Package,
    PageUrl,
    PolicyPlace,
    ProjectIdField,
    PublicUrl,
    Repository,
    RoomAddressField,
    TagGlob,
    TimeOfDay,
    Timezone,
    WatchdogSeconds,
    duration,
)

Threshold = Literal["critical", "high", "medium", "low"]
Seconds = Annotated[int, Field(ge=1, le=86400)]
SecondsOrNone = Annotated[int, Field(ge=0, le=86400)]


class Table(BaseModel):
    """What all tables agree on: no unknown key, no change, and no value in an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class GitHub(Table):
    api_url: ApiUrl = "https://api.github.com"
    web_url: ApiUrl = "https://github.com"
    token: SecretStr = SecretStr("")
    token_file: str = ""
    poll_seconds: Seconds = 60
    settle_seconds: SecondsOrNone = 30
    webhook_secret: SecretStr = SecretStr("")
    webhook_secret_file: str = ""


class Discord(Table):
    token: SecretStr = SecretStr("")
    token_file: str = ""
    api_url: ApiUrl = "https://discord.com/api/v10"
    gateway_url: GatewayUrl = "wss://gateway.discord.gg/"
    allow_guilds: tuple[Annotated[int, Field(gt=0, lt=2**64)], ...] = ()
    sharded: bool = False


class Matrix(Table):
    homeserver: HomeserverUrl = ""
    user_id: MatrixUser = ""
    password: SecretStr = SecretStr("")
    password_file: str = ""
    store_path: Annotated[str, Field(min_length=1)] = "matrix-store"
    access_token: SecretStr = SecretStr("")
    access_token_file: str = ""
    device_id: str = ""
    pickle_key: SecretStr = SecretStr("")
    pickle_key_file: str = ""
    allow_invites_from: tuple[Inviter, ...] = ()
    direct_chats: Literal["members", "listed"] = "members"


class Advisories(Table):
    endoflife_url: PageUrl = "https://endoflife.date/api/v1"
    kev_url: PageUrl = ""
    osv_url: ApiUrl = "https://api.osv.dev"


class Web(Table):
    listen: Listen = "127.0.0.1:8080"
    public_url: PublicUrl = ""
    metrics_listen: Listen = "127.0.0.1:9090"


class Watching(Table):
    repositories: Literal["configured", "any"] = "configured"
    per_server: Annotated[int, Field(ge=1, le=1000)] = 10


class Reports(Table):
    token: SecretStr = SecretStr("")
    token_file: str = ""


class HealthTable(Table):
    deadman_url: PageUrl = ""
    watchdog_seconds: WatchdogSeconds = 60
    watch_self: bool = True


_RULES = {field.name for field in fields(Project)}
_OF_IMAGES = {"images", "wait_for_images"}


class ProjectTable(Table):
    id: ProjectIdField
    name: str = ""
    repository: Repository
    policy: PolicyPlace = ""
    tags: Annotated[tuple[TagGlob, ...], Field(min_length=1)] = ("*",)
    exclude_tags: tuple[TagGlob, ...] = ()
    component: str = ""
    lines: LineStyle = "auto"
    public: bool = True
    out_of_band_from: Threshold = "critical"
    images: tuple[Image, ...] = ()
    packages: tuple[Package, ...] = ()
    bugs_url: PageUrl = ""
    maintainers: tuple[Maintainer, ...] = ()
    maintainers_room: OptionalRoomAddressField = ""
    announce: Literal["auto", "approve"] = "auto"
    wait_for_images: Duration = "2h"
    endoflife: EndOfLifeProduct = ""
    cra: Literal["off", "manufacturer", "steward"] = "off"

    def rule(self) -> Project:
        """The project as the core knows it; one without a name is called by its id."""
        values = self.model_dump(include=_RULES - _OF_IMAGES)
        severity = Severity(self.out_of_band_from)
        room = RoomAddress(self.maintainers_room)
        own = {"name": self.name or self.id, "out_of_band_from": severity, "maintainers_room": room}
        waiting = {"images": self.images, "wait_for_images": duration(self.wait_for_images)}
        return Project(**values | own | waiting)


class RoomTable(Table):
    RENAMED: ClassVar[Mapping[str, str]] = {"at": "address", "hears": "events", "mention_from": "mention_min_severity"}

    address: RoomAddressField
    projects: Annotated[tuple[ProjectId, ...], Field(min_length=1)]
    events: Annotated[tuple[EventKind, ...], Field(min_length=1)] = ("releases", "security", "policy")
    prereleases: bool = False
    min_severity: Threshold = "low"
    mention: MentionForm = ""
    mention_min_severity: Threshold = "high"
    bridged_with: tuple[RoomAddressField, ...] = ()
    notes: NotesLength = "short"
    digest: Literal["off", "daily", "weekly"] = "off"
    digest_at: TimeOfDay = "09:00"
    timezone: Timezone = "UTC"
    line_roles: bool = False

    def rule(self) -> Room:
        """The room as the core knows it."""
        kind, _, name = self.mention.partition(":")
        watch_filter = WatchFilter(
            events=frozenset(self.events),
            prereleases=self.prereleases,
            min_severity=Severity(self.min_severity),
            mention=Mention(kind, name) if kind else None,
            mention_min_severity=Severity(self.mention_min_severity),
            notes=self.notes,
            digest=self._digest(),
        )
        return Room(
            address=RoomAddress(self.address),
            projects=self.projects,
            watch_filter=watch_filter,
            bridged_with=tuple(RoomAddress(each) for each in self.bridged_with),
            line_roles=self.line_roles,
            zone=self._zone(),
        )

    def _digest(self) -> DigestSchedule | None:
        if self.digest == "off":
            return None
        return DigestSchedule(every=self.digest, at=time.fromisoformat(self.digest_at), zone=self._zone())

    def _zone(self) -> tzinfo:
        return UTC if self.timezone == "UTC" else ZoneInfo(self.timezone)  # a small container may have no others


SECRETS: tuple[tuple[str, str], ...] = tuple(
    (table, key.removesuffix("_file"))
    for table, model in (("github", GitHub), ("discord", Discord), ("matrix", Matrix), ("reports", Reports))
    for key in model.model_fields
    if key.endswith("_file")
)
