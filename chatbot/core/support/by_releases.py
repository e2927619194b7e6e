"""What a page says of a version where its rules are decided by the project's releases."""

from collections.abc import Iterable
from datetime import date

from chatbot.core.releases.classification import Classified
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
