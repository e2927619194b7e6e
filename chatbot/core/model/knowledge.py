"""What a project has published as far as we have read it, each fact with the times it was read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Literal, TypeVar

from chatbot.core.model.facts import Advisory, PolicyPage, Release
from chatbot.core.model.source_profile import SourceKind, SourceProfile

PrivateForm = Literal["on", "off", "unknown"]
FactT = TypeVar("FactT", Release, Advisory)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked(Generic[FactT]):
    """A release or an advisory as last read.

    `first_read_at`, `read_at` (last seen present) and `changed_at` (its content last differed; at first, `first_read_at`)
    are times of our clock. `known_before` marks what the baseline found: it is never announced. `promoted_at` is when a
    prerelease was first read as a full release. `missing_since` is the first complete listing without it; `gone` says that
    its own address confirmed the removal twice. `origins` are those that reported it ("GitHub", "OSV"), the first one first;
    `authoritative` says that the project itself is among them.
    """

    fact: FactT
    first_read_at: datetime
    read_at: datetime
    changed_at: datetime
    known_before: bool = False
    promoted_at: datetime | None = None
    missing_since: datetime | None = None
    gone: bool = False
    origins: tuple[str, ...] = ()
    authoritative: bool = False


def taken_back(tracked: Tracked[Release] | Tracked[Advisory]) -> bool:
    """Whether the project removed it, confirmed or as it seems."""
    return tracked.gone or tracked.missing_since is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedPolicy:
    """One text of the policy page. The one in force is the last readable one; a newer unreadable one is kept beside it."""

    page: PolicyPage
    digest: str
    readable: bool
    first_read_at: datetime
    read_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReading:
    """How a source was last read: `read_at` is its last answer, None before the first; `trouble` says why the last look
    failed, `gap` what of its list could not be read; both are empty where all is well."""

    profile: SourceProfile
    read_at: datetime | None = None
    trouble: str = ""
    gap: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """All we know of one project. `baseline_at` is the time (the server's clock) of the first complete reading, None before.

    `policy` is in force; `newer_unreadable` is the page as it stands when nobody can read it; `previous_policy` was in force
    before. `private_form` says whether its forge's form for private reports is switched on. `pending` are tags that a signal
    named and no listing has confirmed yet, with the time they were seen. `sources` says by name how each source was read.
    """

    project: str
    version: int = 0
    baseline_at: datetime | None = None
    releases: Mapping[str, Tracked[Release]] = field(default_factory=dict)
    advisories: Mapping[str, Tracked[Advisory]] = field(default_factory=dict)
    policy: TrackedPolicy | None = None
    previous_policy: TrackedPolicy | None = None
    newer_unreadable: TrackedPolicy | None = None
    private_form: PrivateForm = "unknown"
    pending: Mapping[str, datetime] = field(default_factory=dict)
    sources: Mapping[str, SourceReading] = field(default_factory=dict)

    def pages(self) -> tuple[PolicyPage, ...]:
        """The policy pages that answers and plans are made from."""
        known = (self.previous_policy, self.policy, self.newer_unreadable)
        return tuple(tracked.page for tracked in known if tracked is not None)

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
