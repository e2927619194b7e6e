"""What the operator configured: projects, rooms, and the filter of each room."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, time, timedelta, tzinfo
from fnmatch import fnmatchcase
from typing import Literal

from chatbot.core.model.ids import NOWHERE, ProjectId, RoomAddress
from chatbot.core.model.images import ImageTemplate
from chatbot.core.model.message import Mention
from chatbot.core.model.severity import Severity

LineStyle = Literal["auto", "major", "major.minor"]
EventKind = Literal["releases", "security", "policy"]
NotesLength = Literal["short", "full", "none"]
DigestEvery = Literal["daily", "weekly"]
AnnounceMode = Literal["auto", "approve"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A watched project.

    repository: `owner/name`
    tags, exclude_tags: globs of its releases' tags
    images: those of each of its releases
    wait_for_images: how long routine news of a release waits for them
    endoflife: its product on endoflife.date, or ""
    maintainers: addresses of people or roles: `discord:user:1`, `discord:role:2`, `matrix:@alice:example.org`
    maintainers_room: an address or ""
    announce: whether news goes out by itself, or once a maintainer has approved it
    """

    id: ProjectId
    name: str
    repository: str
    policy: str = ""
    tags: tuple[str, ...] = ("*",)
    exclude_tags: tuple[str, ...] = ()
    component: str = ""
    lines: LineStyle = "auto"
    public: bool = True
    out_of_band_from: Severity = Severity.CRITICAL
    images: tuple[ImageTemplate, ...] = ()
    wait_for_images: timedelta = timedelta(hours=2)
    packages: tuple[str, ...] = ()
    bugs_url: str = ""
    endoflife: str = ""
    maintainers: tuple[str, ...] = ()
    maintainers_room: RoomAddress = NOWHERE
    announce: AnnounceMode = "auto"

    def has_tag(self, tag: str) -> bool:
        """Whether a tag is one of its releases, by its globs."""
        return has_tag(tag, self.tags, self.exclude_tags)


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSchedule:
    """When routine news is collected in one message: each day, or each Monday, at a wall time in a time zone."""

    every: DigestEvery
    at: time
    zone: tzinfo


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchFilter:
    """What a room wants of a project, and whom it pings; rooms with equal filters share one rendering.

    notes: how much of the release notes is shown
    digest: when its routine news is posted, in one message; None: each by itself, when it comes
    """

    events: frozenset[EventKind] = frozenset({"releases", "security", "policy"})
    prereleases: bool = False
    min_severity: Severity = Severity.LOW
    mention: Mention | None = None
    mention_min_severity: Severity = Severity.HIGH
    notes: NotesLength = "short"
    digest: DigestSchedule | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A room and what it watches; `address` is `discord:1234`, `matrix:!id:server`, `matrix:#alias:server` or `console`.

    line_roles: whether its server gets a role for each supported line, which security news there pings
    zone: by whose clocks it lives, its digest and the lists of those who subscribed there
    """

    address: RoomAddress
    projects: tuple[ProjectId, ...]
    watch_filter: WatchFilter
    bridged_with: tuple[RoomAddress, ...] = ()
    line_roles: bool = False
    zone: tzinfo = UTC


def has_tag(tag: str, tags: Sequence[str], exclude_tags: Sequence[str] = ()) -> bool:
    """Whether a tag is one of a project's releases by its globs."""
    return any(fnmatchcase(tag, glob) for glob in tags) and not any(fnmatchcase(tag, glob) for glob in exclude_tags)
