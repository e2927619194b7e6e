"""Where a second source contradicts the project's own page about the support of its lines: for its maintainers to see to."""

from datetime import date

from chatbot.core.recommend import stands
from chatbot.core.snapshot import ProjectSnapshot
from chatbot.core.support.by_releases import status_by_releases
from chatbot.core.support.lifecycle.status import Difference, differences, says_nothing
from chatbot.core.support.policy import Policy

MOST_LINES = 30  # the newest lines are compared


def drift(snapshot: ProjectSnapshot, policy: Policy | None, today: date) -> list[Difference]:
    """The differences, one for each release line. They are never an answer: the project's page counts."""
    lifecycle = snapshot.knowledge.lifecycle
    if policy is None or not policy.readable or says_nothing(policy):
        return []
    if lifecycle is None or lifecycle.product != snapshot.project.endoflife:
        return []
    standing = [item for item in snapshot.releases.values() if item.version is not None and stands(snapshot, item)]
    full = [item for item in standing if item.version and not item.version.package]
    of_lines = sorted((item.version for item in full if item.newest_in_line and item.version), reverse=True)
    statuses = [
        status_by_releases(
            policy, version, full, today=today, component=snapshot.project.component, lines=snapshot.lines
        )
        for version in of_lines[:MOST_LINES]
    ]
    return list(differences(lifecycle, statuses))
