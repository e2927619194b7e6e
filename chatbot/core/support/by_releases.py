"""What a page says of a version where its rules are decided by the project's releases."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from chatbot.core.releases.classification import Classified
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.support.lifecycle.status import lifecycle_status, says_nothing
from chatbot.core.support.policy import Policy, Status, status
from chatbot.core.versions.version import LineStyle, Version


def status_by_releases(
    policy: Policy | None,
    version: Version,
    releases: Iterable[Classified],
    *,
    today: date,
    component: str,
    lines: LineStyle,
) -> Status:
    """The status of a version on a day. `releases` are the standing full ones of its package: they decide rules such as "only the
    latest release", unless it is not certain which that is."""
    members = [item for item in releases if item.version is not None]
    dates = {item.version: item.release.published_at.date() for item in members if item.version is not None}
    newest = [item.version for item in members if item.newest]
    return status(
        policy,
        version,
        today=today,
        releases=list(dates),
        published=dates,
        newest=newest[0] if len(newest) == 1 else None,
        component=component,
        lines=lines,
    )


_UNREAD = "I have not read the security policy yet."


class ProjectSupport:
    """What is published about the support of the versions of one package, by the page, else by the second source; each verdict
    is computed once. `releases` are the standing full ones of the package."""

    def __init__(
        self, snapshot: ProjectSnapshot, policy: Policy | None, today: date, releases: Sequence[Classified]
    ) -> None:
        self._snapshot, self._policy, self._today, self._releases = snapshot, policy, today, releases
        self._statuses: dict[str, Status] = {}

    def of(self, version: Version) -> Status:
        if version.text not in self._statuses:
            verdict = status_by_releases(
                self._policy,
                version,
                self._releases,
                today=self._today,
                component=self._snapshot.project.component,
                lines=self._snapshot.lines,
            )
            unread = self._policy is None and not self._snapshot.knowledge.read_times("policy")
            verdict = replace(verdict, reason=_UNREAD) if unread else self._else_by_lifecycle(version, verdict)
            self._statuses[version.text] = verdict
        return self._statuses[version.text]

    def _else_by_lifecycle(self, version: Version, verdict: Status) -> Status:
        """What the second source says, where the project's page was read and says nothing about any version."""
        lifecycle = self._snapshot.knowledge.lifecycle
        if lifecycle is None or lifecycle.product != self._snapshot.project.endoflife:
            return verdict
        if not says_nothing(self._policy):
            return verdict
        return lifecycle_status(lifecycle, version, self._today) or verdict

    def has_ended(self, version: Version) -> bool:
        """Whether the version gets no fixes any more, by the page."""
        return self.of(version).state in {"ended", "not_listed"}
