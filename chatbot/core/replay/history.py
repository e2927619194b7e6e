"""A project's published history as one reading of it shows it, and what was known of it at any moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from chatbot.core.model.facts import Advisory, Release
from chatbot.core.model.knowledge import FactT, Knowledge, PrivateForm, SourceReading, Tracked, TrackedPolicy
from chatbot.core.model.watches import LineStyle, Project
from chatbot.core.support.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What was read of a project at once.

    since: when the replay begins, as though a room had begin to watch then
    read_at: when it was read, by the source's clock
    lines: what the policy page calls a line
    policy: the page as it is now; None where there is none
    pages: the readable pages of before and the one of now, each with what it says, the oldest first; those of before the replay
        begins are there to be compared with
    sources: by name, how each source was read, with what is missing
    origin: whose word all of it is
    """

    project: Project
    releases: Sequence[Release]
    advisories: Sequence[Advisory]
    since: datetime
    read_at: datetime
    lines: LineStyle = "auto"
    policy: TrackedPolicy | None = None
    pages: Sequence[tuple[TrackedPolicy, Policy]] = ()
    private_form: PrivateForm = "unknown"
    sources: Mapping[str, SourceReading] = field(default_factory=dict)
    origin: str = ""

    def knowledge(self, at: datetime, first_read: Mapping[str, datetime], read_at: datetime) -> Knowledge:
        """What was published by `at`, as read unchanged at `read_at`. `first_read`: by subject, when it was first read; what is
        not in it was there before the replay began."""
        releases = {
            each.tag: self._tracked(each, first_read.get(f"release/{each.subject}"), read_at)
            for each in self.releases
            if each.published_at <= at
        }
        advisories = {
            each.id: self._tracked(_as_of(each, at), first_read.get(f"advisory/{each.subject}"), read_at)
            for each in self.advisories
            if each.published_at <= at
        }
        return Knowledge(
            project=self.project.id,
            baseline_at=self.since,
            releases=releases,
            advisories=advisories,
            policy=self.policy if self.policy is not None and self.policy.readable else None,
            newer_unreadable=self.policy if self.policy is not None and not self.policy.readable else None,
            private_form=self.private_form,
            sources=self.sources,
        )

    def _tracked(self, fact: FactT, first_read: datetime | None, read_at: datetime) -> Tracked[FactT]:
        begin = first_read if first_read is not None else fact.published_at
        return Tracked(
            fact=fact,
            first_read_at=begin,
            read_at=read_at,
            changed_at=begin,
            known_before=first_read is None,
            origins=(self.origin,) if self.origin else (),
            authoritative=True,
        )


def _as_of(advisory: Advisory, at: datetime) -> Advisory:
    """The advisory before it was withdrawn, if that came later. How else it read then, nobody tells."""
    if advisory.withdrawn_at is None or advisory.withdrawn_at <= at:
        return advisory
    return replace(advisory, withdrawn_at=None)
