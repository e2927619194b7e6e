"""What a project has published as far as we have read it, each fact with the times it was read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Literal, TypeVar

from chatbot.core.model.facts import Advisory, PolicyPage, Release
from chatbot.core.model.ids import ProjectId
from chatbot.core.model.images import ImageState
from chatbot.core.model.lifecycle import Lifecycle
from chatbot.core.model.source_profile import SourceKind, SourceProfile

PrivateForm = Literal["on", "off", "unknown"]
FactT = TypeVar("FactT", Release, Advisory)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked(Generic[FactT]):
    """A release or an advisory as last read. All times are of our own clock.

    fact: the newest reading
    first_read_at, read_at: when it was first and last read
    changed_at: when a reading last differed; at first, `first_read_at`
    known_before: the baseline already had it, so it is never announced
    promoted_at: when a prerelease was first read as a full release
    missing_since: the time of the first complete listing without it
    removal_confirmed: its own address confirmed the removal twice
    origins: who reported it ("GitHub", "OSV"), the first one first
    authoritative: the project itself is among these
    """

    fact: FactT
    first_read_at: datetime
    read_at: datetime
    changed_at: datetime
    known_before: bool = False
    promoted_at: datetime | None = None
    missing_since: datetime | None = None
    removal_confirmed: bool = False
    origins: tuple[str, ...] = ()
    authoritative: bool = False


def taken_back(tracked: Tracked[Release] | Tracked[Advisory]) -> bool:
    """Whether it is missing from its listing, or its removal is confirmed."""
    return tracked.removal_confirmed or tracked.missing_since is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedPolicy:
    """One text of the policy page. The last readable one is in force; a newer unreadable one is stored beside it."""

    page: PolicyPage
    digest: str
    readable: bool
    first_read_at: datetime
    read_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReading:
    """How a source was last read.

    read_at: when it last answered, None before the first time
    trouble: why the last poll failed, else ""
    gap: what could not be read of its listing, else ""
    """

    profile: SourceProfile
    read_at: datetime | None = None
    trouble: str = ""
    gap: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """All tracked facts of one project.

    baseline_at: the time, by the server's clock, of the first complete reading; None before
    policy: the policy page in force
    previous_policy: the one that was in force before
    newer_unreadable: the page as it is today, where that cannot be read
    private_form: whether the forge's form for private reports is switched on
    lifecycle: when release lines are supported by the word of somebody else; None where nobody was asked
    images: by tag, what registries said of the images of a release, each in the order in which they are configured
    pending: tags that a signal named and no listing has confirmed yet, with the time of the signal
    sources: by name, how each source was last read
    """

    project: ProjectId
    version: int = 0
    baseline_at: datetime | None = None
    releases: Mapping[str, Tracked[Release]] = field(default_factory=dict)
    advisories: Mapping[str, Tracked[Advisory]] = field(default_factory=dict)
    policy: TrackedPolicy | None = None
    previous_policy: TrackedPolicy | None = None
    newer_unreadable: TrackedPolicy | None = None
    private_form: PrivateForm = "unknown"
    lifecycle: Lifecycle | None = None
    images: Mapping[str, tuple[ImageState, ...]] = field(default_factory=dict)
    pending: Mapping[str, datetime] = field(default_factory=dict)
    sources: Mapping[str, SourceReading] = field(default_factory=dict)

    def pages(self) -> tuple[PolicyPage, ...]:
        """The policy pages that answers and plans are made from."""
        policies = (self.previous_policy, self.policy, self.newer_unreadable)
        return tuple(tracked.page for tracked in policies if tracked is not None)

    def read_times(self, *kinds: SourceKind) -> list[datetime]:
        """When the project's own sources of these kinds last answered; without a kind, all sources."""
        return [
            source.read_at
            for source in self.sources.values()
            if source.read_at is not None
            and (not kinds or (source.profile.authoritative and source.profile.kind in kinds))
        ]

    def gaps(self, kind: SourceKind) -> list[str]:
        """What of this kind could not be read, by whatever source, in the order of their names."""
        return [source.gap for _, source in sorted(self.sources.items()) if source.gap and source.profile.kind == kind]
