"""Where a repository is read, and what was read of it."""

from dataclasses import dataclass, field
from datetime import datetime

from chatbot.core.model.facts import Advisory, PolicyPage, Release
from chatbot.core.model.knowledge import PrivateForm, SourceReading, TrackedPolicy
from chatbot.core.model.source_profile import ForgeProfile
from chatbot.core.model.watches import Project
from chatbot.core.support.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where to read: the addresses of a GitHub, and a token or ""."""

    api_url: str
    web_url: str
    token: str = ""


@dataclass(slots=True, kw_only=True)
class Published:
    """What was read.

    page: where the policy page stands; None where there is none, or where it was not read
    policy: what it says; None without a page
    pages: it and its earlier states, each with what it says, the oldest first
    gaps: what was not read, a sentence each
    left_out: items that nothing could be made of, a line each
    requests: how many it took
    quota: how many are left in this hour, None where the server did not say
    """

    project: Project
    forge: ForgeProfile
    read_at: datetime
    releases: list[Release] = field(default_factory=list)
    advisories: list[Advisory] = field(default_factory=list)
    page: TrackedPolicy | None = None
    policy: Policy | None = None
    pages: list[tuple[TrackedPolicy, Policy]] = field(default_factory=list)
    private_form: PrivateForm = "unknown"
    sources: dict[str, SourceReading] = field(default_factory=dict)
    gaps: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    requests: int = 0
    quota: int | None = None


def tracked_page(page: PolicyPage, policy: Policy, read_at: datetime) -> TrackedPolicy:
    """A state of the policy page with what it says, as first read then."""
    return TrackedPolicy(page=page, digest="", readable=policy.readable, first_read_at=read_at, read_at=read_at)
