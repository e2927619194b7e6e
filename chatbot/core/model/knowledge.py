"""What a project has published as far as we have read it, each fact with the times it was read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Literal, TypeVar

from chatbot.core.model.facts import Advisory, PolicyPage, Release

PrivateForm = Literal["on", "off", "unknown"]
FactT = TypeVar("FactT", Release, Advisory)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked(Generic[FactT]):
    """A release or an advisory as last read.

    `first_read_at`, `read_at` (last seen present) and `changed_at` (its content last differed; at first, `first_read_at`)
    are times of our clock. `known_before` marks what the baseline found: it is never announced. `promoted_at` is when a
    prerelease was first read as a full release. `missing_since` is the first complete listing without it; `gone` says that
    its own address confirmed the removal twice. `doors` are the sources that reported it, the first one first.
    """

    fact: FactT
    first_read_at: datetime
    read_at: datetime
    changed_at: datetime
    known_before: bool = False
    promoted_at: datetime | None = None
    missing_since: datetime | None = None
    gone: bool = False
    doors: tuple[str, ...] = ()


def taken_back(known: Tracked[Release] | Tracked[Advisory]) -> bool:
    """Whether the project removed it, confirmed or as it seems."""
    return known.gone or known.missing_since is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedPolicy:
    """One text of the policy page. The one in force is the last readable one; a newer unreadable one is kept beside it."""

    page: PolicyPage
    digest: str
    readable: bool
    first_read_at: datetime
    read_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """All we know of one project. `baseline_at` is the time (the server's clock) of the first complete reading, None before.

    `policy` is in force; `newer_unreadable` is the page as it stands when nobody can read it; `previous_policy` was in force
    before. `private_form` says whether GitHub's form for private reports is switched on. `pending` are tags that a cheap
    door saw and no careful one has confirmed yet, with the time they were seen.
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
    read_at: Mapping[str, datetime] = field(default_factory=dict)  # source name → last successful look
    trouble: Mapping[str, str] = field(default_factory=dict)  # source name → why the last look failed
    gaps: Mapping[str, str] = field(default_factory=dict)  # source name → what of its list could not be read
